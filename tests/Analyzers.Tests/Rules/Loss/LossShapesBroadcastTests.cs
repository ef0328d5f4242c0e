using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class LossShapesBroadcastTests
{
    private const string Id = "TL0416";

    [Fact]
    public Task Names_the_loss_and_points_at_the_column() => Verifier.Warns(Id, """
        var x = torch.rand(32, 4);
        var y = torch.rand(32);
        var output = Linear(4, 1).forward(x);
        var loss = [|functional.mse_loss({|#0:output|}, y)|];
        """, "The input of 'functional.mse_loss(…)' is a column and the target has one dimension, so every row is compared with every other and the model learns the mean: bring them to one shape", [[0]]);

    [Theory]
    [InlineData("functional.mse_loss(output, y)")]
    [InlineData("functional.l1_loss(output, y)")]
    [InlineData("functional.smooth_l1_loss(output, y)")]
    [InlineData("functional.huber_loss(output, y)")]
    [InlineData("MSELoss().forward(output, y)")]
    [InlineData("functional.mse_loss(y, output)")]
    public Task Warns_for_every_loss_that_broadcasts(string loss) => Verifier.Warns(Id, $$"""
        var x = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 } });
        var y = torch.tensor(new float[] { 1, 2 });
        var net = Sequential(Linear(2, 8), ReLU(), Linear(8, 1));
        var output = net.forward(x);
        [|{{loss}}|].backward();
        """);

    [Fact]
    public Task Warns_where_the_model_is_a_class_and_the_data_are_reshaped() => Verifier.Warns(Id, """
        public sealed class Regressor : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> hidden = Linear(4, 8);
            private readonly Module<Tensor, Tensor> last = Linear(8, 1);

            public Regressor() : base(nameof(Regressor)) => RegisterComponents();

            public override Tensor forward(Tensor x) => last.forward(hidden.forward(x).relu());
        }

        public sealed class Trainer
        {
            private readonly Regressor net = new();
            private readonly MSELoss criterion = MSELoss();

            public void Fit(float[] inputs, float[] targets)
            {
                var x = torch.tensor(inputs).view(-1, 4);
                Learn(net.forward(x), torch.tensor(targets));
            }

            private void Learn(Tensor output, Tensor y)
            {
                var loss = [|criterion.forward(output, y)|];
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_by_squeezing() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 1);
        var optimizer = torch.optim.SGD(net.parameters(), 0.1);
        var x = rand(32, 4);
        var y = rand(32); // one number per row
        for (var epoch = 0; epoch < 10; epoch++)
        {
            optimizer.zero_grad();
            var loss = [|functional.mse_loss(net.forward(x), y)|]; // the mean over all rows
            loss.backward();
            optimizer.step();
        }
        """, """
        // top-level
        var net = Linear(4, 1);
        var optimizer = torch.optim.SGD(net.parameters(), 0.1);
        var x = rand(32, 4);
        var y = rand(32); // one number per row
        for (var epoch = 0; epoch < 10; epoch++)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(net.forward(x).squeeze(-1), y); // the mean over all rows
            loss.backward();
            optimizer.step();
        }
        """);

    [Theory]
    [InlineData("output.squeeze(1)", "y")]
    [InlineData("output.squeeze()", "y")]
    [InlineData("output.view(-1)", "y")]
    [InlineData("output.flatten()", "y")]
    [InlineData("output", "y.unsqueeze(1)")]
    [InlineData("output", "y.view(-1, 1)")]
    [InlineData("output", "torch.rand(32, 1)")]
    [InlineData("output", "torch.tensor(0.5f)")]
    [InlineData("output", "data.First().y")]
    [InlineData("Linear(4, 2).forward(x)", "y")]
    [InlineData("output[TensorIndex.Colon, 0]", "y")]
    public Task Silent_where_the_shapes_agree_or_are_not_known(string input, string target) => Verifier.Silent(Id, $$"""
        var x = torch.rand(32, 4);
        var y = torch.rand(32);
        var output = Linear(4, 1).forward(x);
        functional.mse_loss({{input}}, {{target}}).backward();
        """);

    [Fact]
    public Task Silent_on_one_row_at_a_time() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Fit(Module<Tensor, Tensor> model, float[][] inputs, float[][] targets)
            {
                var net = Sequential(Linear(2, 4), Tanh(), Linear(4, 1));
                for (var i = 0; i < inputs.Length; i++)
                {
                    var x = torch.tensor(inputs[i]);
                    var y = torch.tensor(targets[i]);
                    functional.mse_loss(net.forward(x), y).backward();
                    functional.mse_loss(net.forward(torch.rand(1, 2)), y).backward();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_losses_that_check_the_shapes() => Verifier.Silent(Id, """
        var output = Linear(4, 1).forward(torch.rand(32, 4)).sigmoid();
        functional.binary_cross_entropy(output, torch.rand(32)).backward();
        """);
}
