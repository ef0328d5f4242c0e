using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class BatchNormOnSingleSampleTests
{
    private const string Id = "TL0603";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4) + index, ["y"] = zeros(1) };
        }

        public sealed class Rows : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 8);
            private readonly BatchNorm1d norm = BatchNorm1d(8);
            private readonly Linear last = Linear(8, 1);

            public Rows() : base(nameof(Rows)) => RegisterComponents();

            public override Tensor forward(Tensor input) => last.forward(norm.forward(first.forward(input)).relu());
        }
        """;

    private static string With(string net, string loader) => $$"""
        public static class Program
        {
            public static void Run()
            {
                var net = {{net}};
                var optimizer = optim.Adam(net.parameters());
                using var train = {{loader}};
                foreach (var batch in train)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    optimizer.step();
                }
            }
        }
        """ + Points;

    [Theory]
    [InlineData("new Rows()")]
    [InlineData("Sequential(Linear(4, 8), BatchNorm1d(8), ReLU(), Linear(8, 1))")]
    [InlineData("Sequential((\"a\", Linear(4, 8)), (\"b\", ReLU()), (\"c\", Dropout(0.1)), (\"d\", BatchNorm1d(8)), (\"e\", Linear(8, 1)))")]
    public Task Warns_when_rows_come_one_by_one(string net) => Verifier.Warns(Id, With(net, "new DataLoader(new Points(), [|1|], shuffle: true)"),
        "'train' has batches of one sample, and 'net' normalises over the batch: its variance becomes NaN, and every evaluation after that");

    [Fact]
    public Task Warns_when_a_constant_and_a_trainer_are_in_between() => Verifier.Warns(Id, """
        internal static class Settings
        {
            public const int BatchSize = {|#0:1|};
        }

        internal sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = new Rows();
            private readonly optim.Optimizer sgd;
            private readonly DataLoader batches = new(new Points(), [|batchSize: Settings.BatchSize|], shuffle: true);

            public Trainer() => sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit()
            {
                net.train();
                foreach (var batch in batches) Learn(batch["x"], batch["y"]);
            }

            private void Learn(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                sgd.step();
            }
        }
        """ + Points);

    [Fact]
    public Task Warns_when_a_helper_gets_loader_and_model() => Verifier.Warns(Id, """
        internal static class Program
        {
            public static void Run()
            {
                var net = new Rows();
                var sgd = optim.SGD(net.parameters(), 0.1);
                Epoch(net, sgd, torch.utils.data.DataLoader(new Points(), [|1|], true));
            }

            private static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer sgd, DataLoader loader)
            {
                foreach (var batch in loader)
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Theory]
    [InlineData("new Rows()", "new DataLoader(new Points(), 2)")]
    [InlineData("Sequential(Linear(4, 8), ReLU(), Linear(8, 1))", "new DataLoader(new Points(), 1)")]
    [InlineData("Sequential(Linear(4, 8), LayerNorm(8), Linear(8, 1))", "new DataLoader(new Points(), 1)")]
    [InlineData("Sequential(Conv2d(1, 8, 3), BatchNorm2d(8), Flatten(), Linear(8, 1))", "new DataLoader(new Points(), 1)")]
    [InlineData("Sequential(Conv1d(1, 8, 3), BatchNorm1d(8), Flatten(), Linear(8, 1))", "new DataLoader(new Points(), 1)")]
    public Task Silent_when_there_is_more_than_one_value(string net, string loader) => Verifier.Silent(Id, With(net, loader));

    [Fact]
    public Task Silent_when_the_loop_only_evaluates() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run(DataLoader train)
            {
                var net = new Rows();
                var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var batch in train)
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }

                net.eval();
                using var test = new DataLoader(new Points(), 1);
                foreach (var batch in test) Console.WriteLine(net.forward(batch["x"]).item<float>());
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_when_the_model_is_frozen_in_evaluation_mode() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run()
            {
                var net = new Rows();
                var head = Linear(1, 1);
                var sgd = optim.SGD(head.parameters(), 0.1);
                net.eval();
                foreach (var batch in new DataLoader(new Points(), 1, shuffle: true))
                {
                    sgd.zero_grad();
                    functional.mse_loss(head.forward(net.forward(batch["x"])), batch["y"]).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_when_a_sample_is_many_rows() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run()
            {
                var net = new Rows();
                var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var graph in new DataLoader(new Points(), 1, shuffle: true))
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(graph["x"].squeeze(0)), graph["y"].squeeze(0)).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_when_the_size_is_not_certain() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run(int size = 1)
            {
                var net = new Rows();
                var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var batch in new DataLoader(new Points(), size, shuffle: true))
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Fixes_the_argument() => Verifier.Fix(Id, With("new Rows()", "new DataLoader(new Points(), [|1|], shuffle: true)"), With("new Rows()", "new DataLoader(new Points(), 32, shuffle: true)"));

    [Fact]
    public Task Fixes_the_constant() => Verifier.Fix(Id, """
        // top-level
        const int size = 1; // small on purpose
        var net = Sequential(Linear(2, 8), BatchNorm1d(8), Linear(8, 1));
        var sgd = optim.SGD(net.parameters(), 0.1);
        var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rand(10, 2), rand(10, 1)),
            [|batchSize: size|], shuffle: true);
        foreach (var batch in loader)
        {
            sgd.zero_grad();
            functional.mse_loss(net.forward(batch[0]), batch[1]).backward();
            sgd.step();
        }
        """, """
        // top-level
        const int size = 32; // small on purpose
        var net = Sequential(Linear(2, 8), BatchNorm1d(8), Linear(8, 1));
        var sgd = optim.SGD(net.parameters(), 0.1);
        var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rand(10, 2), rand(10, 1)),
            batchSize: size, shuffle: true);
        foreach (var batch in loader)
        {
            sgd.zero_grad();
            functional.mse_loss(net.forward(batch[0]), batch[1]).backward();
            sgd.step();
        }
        """);
}
