using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class EvaluationDataShuffledTests
{
    private const string Id = "TL0604";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4) + index, ["y"] = zeros(1) };
        }
        """;

    private static string With(string loader, string body = "Console.WriteLine(functional.mse_loss(net.forward(batch[\"x\"]), batch[\"y\"]).item<float>());") => $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                using var test = {{loader}};
                foreach (var batch in test)
                {
                    {{body}}
                }
            }
        }
        """ + Points;

    [Theory]
    [InlineData("new DataLoader(new Points(), 32, [|shuffle: true|])")]
    [InlineData("torch.utils.data.DataLoader(new Points(), 32, [|true|], CPU)")]
    public Task Reports_what_is_only_evaluated(string loader) => Verifier.Warns(Id, With(loader), "'test' is only evaluated, and shuffled all the same: it costs time, and predictions do not line up with the samples");

    [Fact]
    public Task Reports_the_one_of_two_that_is_evaluated() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);
            private readonly DataLoader train = new(new Points(), 32, shuffle: true);
            private readonly DataLoader valid = new(new Points(), 32, [|shuffle: true|]);

            public void Fit()
            {
                foreach (var batch in train)
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }

                Evaluate(valid);
            }

            private void Evaluate(DataLoader loader)
            {
                foreach (var batch in {|#0:loader|}) Console.WriteLine(Loss(batch));
            }

            private float Loss(Dictionary<string, Tensor> batch) => functional.mse_loss(net.forward(batch["x"]), batch["y"]).item<float>();
        }
        """ + Points);

    [Theory]
    [InlineData("new DataLoader(new Points(), 32)")]
    [InlineData("new DataLoader(new Points(), 32, shuffle: false)")]
    [InlineData("new DataLoader(new Points(), 32, shuffle: DateTime.Now.Hour > 3)")]
    public Task Silent_without_shuffling(string loader) => Verifier.Silent(Id, With(loader));

    [Theory]
    [InlineData("Console.WriteLine(net.forward(batch[\"x\"]).mean().item<float>()); break;")]
    [InlineData("Console.WriteLine(batch[\"x\"].shape[0]);")]
    [InlineData("optimizer.zero_grad(); net.forward(batch[\"x\"]).mean().backward(); optimizer.step();")]
    [InlineData("net.forward(batch[\"x\"]).mean().backward();")]
    public Task Silent_when_it_is_no_evaluation(string body) => Verifier.Silent(Id, With("new DataLoader(new Points(), 32, shuffle: true)", body));

    [Fact]
    public Task Silent_when_others_get_the_loader() => Verifier.Silent(Id, """
        public static class Program
        {
            public static DataLoader Run(Module<Tensor, Tensor> net)
            {
                var loader = new DataLoader(new Points(), 32, shuffle: true);
                foreach (var batch in loader) Console.WriteLine(net.forward(batch["x"]).mean().item<float>());
                return loader;
            }
        }
        """ + Points);

    [Theory]
    [InlineData("new DataLoader(new Points(), 32, [|shuffle: true|])", "new DataLoader(new Points(), 32, shuffle: false)")]
    [InlineData("torch.utils.data.DataLoader(new Points(), 32, [|true|], CPU)", "torch.utils.data.DataLoader(new Points(), 32, false, CPU)")]
    public Task Fixes_every_way_to_write_it(string before, string after) => Verifier.Fix(Id, With(before), With(after));
}
