using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class SeededShuffleRepeatsTests
{
    private const string Id = "TL0605";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4) + index, ["y"] = zeros(1) };
        }
        """;

    private const string Learn = """
                    foreach (var batch in loader)
                    {
                        optimizer.zero_grad();
                        functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                        optimizer.step();
                    }
        """;

    private static string With(string before, string inside) => $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer, int chosen)
            {
                {{before}}
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    {{inside}}
        {{Learn}}
                }
            }
        }
        """ + Points;

    [Theory]
    [InlineData("var loader = new DataLoader(new Points(), 32, shuffle: true, [|seed: 1|]);", "")]
    [InlineData("var loader = torch.utils.data.DataLoader(new Points(), 32, true, CPU, [|42|]);", "")]
    [InlineData("var loader = new DataLoader(new Points(), 32, shuffle: true, [|seed: chosen|], num_worker: 2);", "")]
    [InlineData("", "var loader = new DataLoader(new Points(), 32, shuffle: true, [|seed: 1|]);")]
    public Task Suggests_when_each_epoch_reads_the_same_order(string before, string inside) => Verifier.Warns(Id, With(before, inside),
        "'loader' is read in every epoch, and its seed gives the same order each time: leave it out, or make the DataLoader anew with another seed");

    [Fact]
    public Task Suggests_when_the_epoch_is_a_method_of_its_own() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer optimizer = optim.SGD(net.parameters(), 0.1);
            private readonly DataLoader loader = new(new Points(), 32, shuffle: true, [|seed: 7|]);

            public void Fit()
            {
                for (var epoch = 0; epoch < 10; epoch++) Epoch();
            }

            private void Epoch()
            {
                foreach (var batch in {|#0:loader|})
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    optimizer.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Suggests_when_the_loader_goes_to_a_method_that_trains() => Verifier.Warns(Id, """
        internal static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                Fit(net, optim.SGD(net.parameters(), 0.1), new DataLoader(new Points(), 32, true, [|seed: 3|]));
            }

            private static void Fit(Module<Tensor, Tensor> net, optim.Optimizer optimizer, DataLoader loader)
            {
                var epoch = 0;
                while (epoch++ < 10)
                {
                    foreach (var batch in loader)
                    {
                        optimizer.zero_grad();
                        functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                        optimizer.step();
                    }
                }
            }
        }
        """ + Points);

    [Theory]
    [InlineData("var loader = new DataLoader(new Points(), 32, shuffle: true);", "")]
    [InlineData("var loader = new DataLoader(new Points(), 32, shuffle: true, seed: null);", "")]
    [InlineData("var loader = new DataLoader(new Points(), 32, shuffle: false, seed: 1);", "")]
    [InlineData("var loader = new DataLoader(new Points(), 32, seed: 1);", "")]
    [InlineData("", "var loader = new DataLoader(new Points(), 32, shuffle: true, seed: epoch);")]
    [InlineData("", "var loader = new DataLoader(new Points(), 32, shuffle: true, seed: 100 + epoch);")]
    public Task Silent_when_the_order_changes_or_there_is_no_shuffling(string before, string inside) => Verifier.Silent(Id, With(before, inside));

    [Fact]
    public Task Silent_when_it_is_read_once_or_only_evaluated() => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                var loader = new DataLoader(new Points(), 32, shuffle: true, seed: 1);
        {{Learn}}
                var test = new DataLoader(new Points(), 32, shuffle: true, seed: 1);
                for (var epoch = 0; epoch < 10; epoch++)
                    foreach (var batch in test) Console.WriteLine(net.forward(batch["x"]).mean().item<float>());
            }
        }
        """ + Points);

    [Fact]
    public Task Fixes_by_leaving_the_seed_out() => Verifier.Fix(Id,
        With("""
            var loader = new DataLoader(new Points(), 32, shuffle: true, [|seed: 1|]); // repeatable
            """, ""),
        With("""
            var loader = new DataLoader(new Points(), 32, shuffle: true); // repeatable
            """, ""));

    [Theory]
    [InlineData("new DataLoader(new Points(), 32, true, CPU, [|1|], 2)", "new DataLoader(new Points(), 32, true, CPU, null, 2)")]
    [InlineData("new DataLoader(new Points(), 32, [|seed: 1|], shuffle: true)", "new DataLoader(new Points(), 32, shuffle: true)")]
    [InlineData("new DataLoader(new Points(), 32,\n    shuffle: true,\n    [|seed: 1|],\n    drop_last: true)", "new DataLoader(new Points(), 32,\n    shuffle: true,\n    drop_last: true)")]
    public Task Fixes_every_way_to_write_it(string before, string after) => Verifier.Fix(Id, With($"var loader = {before};", ""), With($"var loader = {after};", ""));
}
