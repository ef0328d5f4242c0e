using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class TrainingDataNotShuffledTests
{
    private const string Id = "TL0601";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(2) + index, ["y"] = zeros(1) };
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

    [Fact]
    public Task Names_the_loader_and_points_at_the_loop() => Verifier.Warns(Id, """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                using var train = [|new DataLoader(new Points(), 32)|];
                foreach (var batch in {|#0:train|})
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    optimizer.step();
                }
            }
        }
        """ + Points, "The training loop reads 'train' in the same order every epoch: pass shuffle: true (the default is false)");

    [Theory]
    [InlineData("[|new DataLoader(new Points(), 32)|]")]
    [InlineData("[|torch.utils.data.DataLoader(new Points(), 32)|]")]
    [InlineData("[|torch.utils.data.DataLoader(new Points(), batchSize: 32, device: CPU)|]")]
    [InlineData("[|new DataLoader(new Points(), 32, drop_last: true, num_worker: 2)|]")]
    [InlineData("new DataLoader(new Points(), 32, [|false|])")]
    [InlineData("new DataLoader(new Points(), 32, [|shuffle: false|], device: CPU)")]
    public Task Warns_for_every_way_to_make_one(string creation) => Verifier.Warns(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                var loader = {{creation}};
                for (var epoch = 0; epoch < 10; epoch++)
                {
        {{Learn}}
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_when_the_loader_goes_to_a_method_that_trains() => Verifier.Warns(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                var training = [|new DataLoader(new Points(), 32)|];
                var testing = new DataLoader(new Points(), 32);
                var optimizer = optim.Adam(net.parameters());
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    Train(net, optimizer, training);
                    Test(net, testing);
                }
            }

            private static void Train(Module<Tensor, Tensor> net, optim.Optimizer optimizer, DataLoader loader)
            {
        {{Learn}}
            }

            private static void Test(Module<Tensor, Tensor> net, DataLoader loader)
            {
                foreach (var batch in loader)
                    Console.WriteLine(net.forward(batch["x"]).mean().item<float>());
            }
        }
        """ + Points, "The training loop reads 'training' in the same order every epoch: pass shuffle: true (the default is false)");

    [Fact]
    public Task Fixes_when_the_loader_is_a_field_and_the_step_is_in_a_helper() => Verifier.Fix(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(2, 1);
            private readonly optim.Optimizer sgd;
            private readonly DataLoader batches;

            public Trainer(Points points)
            {
                sgd = optim.SGD(net.parameters(), 0.1);
                batches = [|new DataLoader(points, 16)|];
            }

            public void Fit()
            {
                foreach (var batch in batches)
                    Learn(batch);
            }

            private void Learn(Dictionary<string, Tensor> batch)
            {
                sgd.zero_grad();
                functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                sgd.step();
            }
        }
        """ + Points, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(2, 1);
            private readonly optim.Optimizer sgd;
            private readonly DataLoader batches;

            public Trainer(Points points)
            {
                sgd = optim.SGD(net.parameters(), 0.1);
                batches = new DataLoader(points, 16, shuffle: true);
            }

            public void Fit()
            {
                foreach (var batch in batches)
                    Learn(batch);
            }

            private void Learn(Dictionary<string, Tensor> batch)
            {
                sgd.zero_grad();
                functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                sgd.step();
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_when_a_property_of_the_base_class_hands_it_out() => Verifier.Warns(Id, """
        public abstract class Experiment
        {
            protected DataLoader Training { get; } = [|new DataLoader(new Points(), 16)|];
        }

        public sealed class Regression(Module<Tensor, Tensor> net) : Experiment
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit()
            {
                foreach (var batch in Training)
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_in_top_level_statements_with_a_local_function() => Verifier.Warns(Id, """
        // file: Program.cs
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters());
        var loader = new DataLoader(new Points(), 8, [|false|]);
        for (var epoch = 0; epoch < 5; epoch++)
            Epoch();

        void Epoch()
        {
            foreach (var batch in loader)
            {
                adam.zero_grad();
                functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                adam.step();
            }
        }
        """ + Points.Replace("public sealed class", "using TorchSharp;\nusing static TorchSharp.torch;\n\npublic sealed class", StringComparison.Ordinal));

    [Fact]
    public Task Fixes_in_an_async_iterator_with_a_using_statement() => Verifier.Fix(Id, """
        public static class Streaming
        {
            public static async IAsyncEnumerable<float> Losses(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                using (var loader = [|torch.utils.data.DataLoader(new Points(), 8)|])
                {
                    foreach (var batch in loader)
                    {
                        await Task.Yield();
                        optimizer.zero_grad();
                        var loss = functional.mse_loss(net.forward(batch["x"]), batch["y"]);
                        loss.backward();
                        optimizer.step();
                        yield return loss.item<float>();
                    }
                }
            }
        }
        """ + Points, """
        public static class Streaming
        {
            public static async IAsyncEnumerable<float> Losses(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                using (var loader = torch.utils.data.DataLoader(new Points(), 8, shuffle: true))
                {
                    foreach (var batch in loader)
                    {
                        await Task.Yield();
                        optimizer.zero_grad();
                        var loss = functional.mse_loss(net.forward(batch["x"]), batch["y"]);
                        loss.backward();
                        optimizer.step();
                        yield return loss.item<float>();
                    }
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_when_a_factory_makes_it() => Verifier.Warns(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                using var loader = Make(16);
        {{Learn}}
            }

            private static DataLoader Make(int size) => [|new DataLoader(new Points(), size)|];
        }
        """ + Points);

    [Theory]
    [InlineData("new DataLoader(new Points(), 32, true)")]
    [InlineData("new DataLoader(new Points(), 32, shuffle: true, device: CPU)")]
    [InlineData("new DataLoader(new Points(), 32, shuffle)")]
    [InlineData("new DataLoader(new Points(), 32, Order(100))")]
    [InlineData("torch.utils.data.DataLoader(new Points(), 32, shuffler: Order(100))")]
    [InlineData("new DataLoader(new Points(), 32, shuffle: false /* a time series */)")]
    [InlineData("new DataLoader(new Points(), 32,\n            shuffle: false, // the order carries the state\n            device: CPU)")]
    public Task Silent_when_the_order_is_decided(string creation) => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer, bool shuffle)
            {
                var loader = {{creation}};
        {{Learn}}
            }

            private static IEnumerable<long> Order(int count) => Enumerable.Range(0, count).OrderBy(i => i * 7919 % count).Select(i => (long)i);
        }
        """ + Points);

    [Fact]
    public Task Silent_on_a_loader_that_only_evaluation_reads() => Verifier.Silent(Id, """
        public static class Evaluation
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                using var validation = new DataLoader(new Points(), 256, false);
                net.eval();
                using var guard = no_grad();
                foreach (var batch in validation)
                    Console.WriteLine(functional.mse_loss(net.forward(batch["x"]), batch["y"]).item<float>());
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_when_evaluation_stands_beside_training_in_one_method() => Verifier.Silent(Id, $$"""
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                var loader = new DataLoader(new Points(), 32, shuffle: true);
                var test = new DataLoader(new Points(), 32, shuffle: false);
                for (var epoch = 0; epoch < 10; epoch++)
                {
        {{Learn}}
                    foreach (var batch in test)
                        Console.WriteLine(net.forward(batch["x"]).mean().item<float>());
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_on_adversarial_examples() => Verifier.Silent(Id, """
        public static class Attack
        {
            public static IEnumerable<Tensor> Disturb(Module<Tensor, Tensor> net)
            {
                var loader = new DataLoader(new Points(), 1);
                foreach (var batch in loader)
                {
                    var x = batch["x"].requires_grad_();
                    net.zero_grad();
                    functional.mse_loss(net.forward(x), batch["y"]).backward();
                    yield return (x + 0.1 * x.grad!.sign()).detach();
                }
            }
        }
        """ + Points);

    [Theory]
    [InlineData("private readonly int[] order = Enumerable.Range(0, 100).OrderBy(_ => Random.Shared.Next()).ToArray();")]
    [InlineData("private readonly Tensor order = randperm(100);")]
    [InlineData("public void Shuffle() { }")]
    public Task Silent_on_a_dataset_that_mixes_itself(string mixing) => Verifier.Silent(Id, $$"""
        public sealed class Mixed : torch.utils.data.Dataset
        {
            {{mixing}}

            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(2) + index, ["y"] = zeros(1) };
        }

        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                var loader = new DataLoader(new Mixed(), 32);
        {{Learn}}
            }
        }
        """);

    [Fact]
    public Task Silent_on_an_iterable_dataset() => Verifier.Silent(Id, """
        public sealed class Streamed : torch.utils.data.IterableDataset
        {
            public override long Count => 100;

            public override IList<Tensor> GetTensor(long index) => [zeros(2), zeros(1)];
        }

        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                var loader = torch.utils.data.DataLoader(new Streamed(), 32);
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch[0]), batch[1]).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_loader_of_ones_own() => Verifier.Silent(Id, """
        public sealed class DataLoader(int count, bool shuffle = false) : List<(Tensor, Tensor)>
        {
            public int Size => shuffle ? count : 0;
        }

        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                foreach (var (x, y) in new DataLoader(10, false))
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Theory]
    [InlineData("private readonly Random random = new();")]
    [InlineData("private Tensor Noise(Tensor x) => x + (float)new Random(1).NextDouble();")]
    public Task Warns_when_a_dataset_is_random_in_another_way(string member) => Verifier.Warns(Id, $$"""
        public sealed class Ratings(Tensor x) : torch.utils.data.Dataset
        {
            {{member}}

            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = x[index] };
        }

        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer, Ratings ratings)
            {
                foreach (var batch in torch.utils.data.DataLoader(ratings, 16, [|shuffle: false|]))
                {
                    optimizer.zero_grad();
                    net.forward(batch["x"]).mean().backward();
                    optimizer.step();
                }
            }
        }
        """);

    private const string Table = """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                PREPARE
                using var set = torch.utils.data.TensorDataset(x, y);
                using var loader = CREATE;
                foreach (var batch in loader)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch[0]), batch[1]).backward();
                    optimizer.step();
                }
            }
        }
        """;

    [Theory]
    [InlineData("[|torch.utils.data.DataLoader(set, 32)|]")]
    [InlineData("torch.utils.data.DataLoader(set, 32, [|shuffle: false|])")]
    public Task Warns_on_the_rows_of_tensors(string creation) => Verifier.Warns(Id, Table.Replace("PREPARE", "", StringComparison.Ordinal).Replace("CREATE", creation, StringComparison.Ordinal));

    [Theory]
    [InlineData("var order = randperm(x.shape[0]); x = x.index_select(0, order); y = y.index_select(0, order);", "torch.utils.data.DataLoader(set, 32)")]
    [InlineData("", "torch.utils.data.DataLoader(set, 32, shuffle: true)")]
    [InlineData("", "torch.utils.data.DataLoader(set, 32, shuffle: false /* hours in their order */)")]
    public Task Silent_on_rows_that_are_mixed_or_in_order_on_purpose(string prepare, string creation) => Verifier.Silent(Id, Table.Replace("PREPARE", prepare, StringComparison.Ordinal).Replace("CREATE", creation, StringComparison.Ordinal));
}
