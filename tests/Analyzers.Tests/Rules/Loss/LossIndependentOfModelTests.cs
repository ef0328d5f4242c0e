using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class LossIndependentOfModelTests
{
    private const string Id = "TL0410";

    [Fact]
    public Task Names_the_loss() => Verifier.Warns(Id, """
        var input = torch.rand(32, 4);
        var target = torch.rand(32, 1);
        var output = model.forward(input);
        optimizer.zero_grad();
        var loss = criterion.forward(input, target);
        [|loss.backward()|];
        optimizer.step();
        """, "No output of a model and no parameter takes part in 'loss', so backward() throws: compute the loss from what the model returns");

    [Theory]
    [InlineData("zeros(1)")]
    [InlineData("torch.tensor(0.5f)")]
    [InlineData("functional.mse_loss(ones(8, 1), zeros(8, 1))")]
    [InlineData("(randn(8) - randn(8)).pow(2).mean()")]
    [InlineData("torch.cat(new[] { zeros(3), ones(3) }).sum()")]
    [InlineData("Dropout(0.5).forward(randn(8, 4)).mean()")]
    public Task Warns_for_data_of_every_kind(string loss) => Verifier.Warns(Id, $$"""
        var loss = {{loss}};
        [|loss.backward()|];
        """);

    [Fact]
    public Task Warns_where_a_placeholder_was_never_replaced() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public void Learn(torch.optim.Optimizer optimizer, Tensor x)
            {
                net.forward(x);
                optimizer.zero_grad();
                Apply(Loss(), optimizer);
            }

            private static Tensor Loss() => functional.mse_loss(torch.zeros(3), torch.zeros(3));

            private static void Apply(Tensor loss, torch.optim.Optimizer optimizer)
            {
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_where_the_output_is_computed_and_not_used() => Verifier.Warns(Id, """
        // top-level
        var net = Sequential(("hidden", Linear(2, 8)), ("out", Linear(8, 1)));
        var optimizer = torch.optim.SGD(net.parameters(), 0.1);
        var inputs = torch.tensor(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }).view(4, 2);
        var targets = torch.tensor(new float[] { 0, 1, 1, 0 }).view(4, 1);
        for (var epoch = 0; epoch < 100; epoch++)
        {
            optimizer.zero_grad();
            using var output = net.forward(inputs);
            using var loss = functional.mse_loss(targets, targets);
            [|loss.backward()|];
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_loss_that_grows_from_zero() => Verifier.Silent(Id, """
        Tensor total = zeros(1);
        foreach (var (x, y) in data)
        {
            total = total + criterion.forward(model.forward(x), y);
        }
        total.backward();

        Tensor sum = torch.tensor(0f);
        foreach (var (x, y) in data) sum += criterion.forward(model.forward(x), y);
        sum.backward();
        """);

    [Fact]
    public Task Silent_on_a_buffer_that_is_filled_by_the_model() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var outputs = zeros(8, 4);
        for (var t = 0; t < 8; t++) outputs[t] = model.forward(x);
        functional.mse_loss(outputs, ones(8, 4)).backward();

        var rows = zeros(8, 4);
        var row = rows[0];
        row.copy_(model.forward(x));
        rows.sum().backward();

        var sum = zeros(1);
        sum.add_(model.forward(x).sum());
        sum.backward();
        """);

    [Fact]
    public Task Silent_on_collections_that_are_filled_later() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        List<Tensor> losses = [zeros(1)];
        losses.Add(model.forward(x).mean());
        torch.cat(losses).sum().backward();

        Tensor[] two = [zeros(1), zeros(1)];
        two[1] = model.forward(x).mean();
        torch.cat(two).sum().backward();
        """);

    [Fact]
    public Task Silent_on_tensors_that_were_asked_for_gradients() => Verifier.Silent(Id, """
        var a = torch.ones(3, requires_grad: true);
        (a * 2).sum().backward();
        var b = torch.randn(3);
        b.requires_grad = true;
        b.pow(2).sum().backward();
        var c = torch.randn(3);
        c.requires_grad_();
        c.pow(2).sum().backward();
        var d = new Parameter(torch.zeros(3));
        (d - 1).pow(2).sum().backward();
        Tensor e = torch.nn.Parameter(torch.zeros(3));
        (e - 1).pow(2).sum().backward();
        """);

    [Fact]
    public Task Silent_on_data_whose_origin_is_not_known() => Verifier.Silent(Id, """
        foreach (var (x, y) in data) functional.mse_loss(x, y).backward();
        """);

    [Fact]
    public Task Silent_on_a_variable_that_a_lambda_sets() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            private Tensor output = torch.zeros(1);

            public void Learn(Tensor x)
            {
                Tensor loss = torch.zeros(1);
                Timed(() => { loss = net.forward(x).mean(); });
                loss.backward();
            }

            public void Fields(Tensor x)
            {
                output = torch.zeros(1);
                Fill(x);
                output.sum().backward();
            }

            private void Fill(Tensor x) => output = net.forward(x);

            private void Timed(Action action)
            {
                optimizer.zero_grad();
                action();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_where_the_target_comes_out_of_a_loader() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Fit(DataLoader loader, IterableDataLoader rows)
            {
                foreach (var batch in loader)
                {
                    var y = batch["y"].to(CPU);
                    var output = net.forward(batch["x"]);
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(randn_like(y), y);
                    [|loss.backward()|];
                    optimizer.step();
                }

                foreach (var row in rows)
                {
                    var (x, y) = (row[0], row[1]);
                    optimizer.zero_grad();
                    [|functional.l1_loss(x, y).backward()|];
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_batches_that_are_asked_for_gradients_or_come_from_elsewhere() => Verifier.Silent(Id, """
        public sealed class Attack(Module<Tensor, Tensor> net)
        {
            public void Run(DataLoader loader, IEnumerable<Dictionary<string, Tensor>> features)
            {
                foreach (var batch in loader)
                {
                    var x = batch["x"];
                    x.requires_grad_();
                    x.pow(2).sum().backward();
                    var y = batch["y"].detach().clone().requires_grad_();
                    functional.mse_loss(y, batch["x"]).backward();
                    var z = batch["z"];
                    z.requires_grad = true;
                    functional.mse_loss(z, batch["x"]).backward();
                }

                foreach (var batch in features) functional.mse_loss(zeros(3), batch["encoded"]).backward();
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_closure_over_data_that_is_handed_in() => Verifier.Warns(Id, """
        public static class Fitting
        {
            public static void Main()
            {
                var t = linspace(0, 10, 500);
                Fit(t.unsqueeze(1), (2 * t).sin().unsqueeze(1) + 0.1 * randn(500, 1));
            }

            private static void Fit(Tensor x, Tensor y)
            {
                var net = Linear(1, 1);
                var optimizer = torch.optim.LBFGS(net.parameters());
                optimizer.step(() =>
                {
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(x, y);
                    [|loss.backward()|];
                    return loss;
                });
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_closure_over_what_a_model_made() => Verifier.Silent(Id, """
        public static class Fitting
        {
            public static void Main()
            {
                var net = Linear(1, 1);
                var t = linspace(0, 10, 500).unsqueeze(1);
                Fit(net, t, net.forward(t));
                Anew(net, t, t);
            }

            private static void Fit(Linear net, Tensor x, Tensor y)
            {
                var optimizer = torch.optim.LBFGS(net.parameters());
                optimizer.step(() =>
                {
                    optimizer.zero_grad();
                    var loss = functional.mse_loss(x, y);
                    loss.backward();
                    return loss;
                });
            }

            private static void Anew(Linear net, Tensor x, Tensor y)
            {
                var optimizer = torch.optim.LBFGS(net.parameters());
                y = net.forward(y);
                optimizer.step(() =>
                {
                    var loss = functional.mse_loss(x, y);
                    loss.backward();
                    return loss;
                });
            }
        }
        """);

    [Fact]
    public Task Warns_where_only_the_target_was_to_be_without_gradients() => Verifier.Warns(Id, """
        public sealed class Agent(Module<Tensor, Tensor> policy, Module<Tensor, Tensor> target, torch.optim.Optimizer optimizer)
        {
            public void Learn(Tensor states, Tensor next)
            {
                var values = policy.forward(states);
                Tensor expected;
                using (no_grad()) expected = target.forward(next);
                var loss = functional.smooth_l1_loss(zeros(4), expected);
                optimizer.zero_grad();
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """);
}
