using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Batches;

public class BatchSizeImplausibleTests
{
    private const string Id = "TL0602";

    private const string Points = """

        // file: Points.cs
        public sealed class Points : torch.utils.data.Dataset
        {
            public override long Count => 100;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["x"] = zeros(4) + index, ["y"] = zeros(1) };
        }
        """;

    private static string With(string loader, string step = "optimizer.step();", string net = "Linear(4, 1)") => $$"""
        public static class Program
        {
            public static void Run()
            {
                var net = {{net}};
                var optimizer = optim.Adam(net.parameters());
                using var train = {{loader}};
                var i = 0;
                foreach (var batch in train)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    {{step}}
                    i++;
                }
            }
        }
        """ + Points;

    [Theory]
    [InlineData("new DataLoader(new Points(), [|1|], shuffle: true)", "'train' trains on one sample at a time: each step follows the noise of that sample, and training is slow")]
    [InlineData("new DataLoader(new Points(), [|batchSize: 1|])", "'train' trains on one sample at a time: each step follows the noise of that sample, and training is slow")]
    [InlineData("new DataLoader(new Points(), [|16384|], shuffle: true)", "'train' trains on 16384 samples at a time: an epoch has few steps, and the usual learning rates are too low for them")]
    [InlineData("torch.utils.data.DataLoader(new Points(), [|100 * 1000|], true)", "'train' trains on 100000 samples at a time: an epoch has few steps, and the usual learning rates are too low for them")]
    public Task Suggests_when_training_on_one_sample_or_very_many(string loader, string message) => Verifier.Warns(Id, With(loader), message);

    [Fact]
    public Task Suggests_when_a_constant_of_a_trainer_says_so() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private static readonly int size = {|#0:1|};
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit()
            {
                var batches = new DataLoader(new Points(), [|size|], shuffle: true);
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
    public Task Suggests_when_a_helper_trains() => Verifier.Warns(Id, """
        internal static class Program
        {
            public static void Run(Module<Tensor, Tensor> net)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                Epoch(net, sgd, new DataLoader(new Points(), [|1|], shuffle: true));
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
    [InlineData("new DataLoader(new Points(), 2)")]
    [InlineData("new DataLoader(new Points(), 8192)")]
    [InlineData("new DataLoader(new Points(), Environment.ProcessorCount)")]
    public Task Silent_on_usual_sizes(string loader) => Verifier.Silent(Id, With(loader));

    [Theory]
    [InlineData("if (i % 16 == 15) optimizer.step();")]
    public Task Silent_when_gradients_are_gathered(string step) => Verifier.Silent(Id, With("new DataLoader(new Points(), 1)", step));

    [Fact]
    public Task Silent_where_batch_normalization_is_the_matter() =>
        Verifier.Silent(Id, With("new DataLoader(new Points(), 1)", net: "Sequential(Linear(4, 8), BatchNorm1d(8), Linear(8, 1))"));

    [Fact]
    public Task Silent_when_nothing_learns_from_it() => Verifier.Silent(Id, """
        public static class Program
        {
            public static void Run(Module<Tensor, Tensor> net, Action<DataLoader> other)
            {
                foreach (var batch in new DataLoader(new Points(), 1)) Console.WriteLine(net.forward(batch["x"]).item<float>());
                foreach (var batch in new DataLoader(new Points(), 100000)) Console.WriteLine(net.forward(batch["x"]).item<float>());
                other(new DataLoader(new Points(), 1));
            }
        }
        """ + Points);

    [Fact]
    public Task Silent_when_sequences_of_their_own_lengths_come_one_by_one() => Verifier.Silent(Id, """
        public sealed class Reader : Module<Tensor, Tensor>
        {
            private readonly LSTM memory = LSTM(4, 8);
            private readonly Linear last = Linear(8, 1);

            public Reader() : base(nameof(Reader)) => RegisterComponents();

            public override Tensor forward(Tensor input) => last.forward(memory.forward(input).Item1);
        }

        public static class Program
        {
            public static void Run()
            {
                var net = new Reader();
                var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var batch in new DataLoader(new Points(), 1, shuffle: true))
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                    sgd.step();
                }
            }
        }
        """ + Points);

    [Fact]
    public Task Goes_by_what_the_project_has_set()
        => Verifier.Warns(Id, With("new DataLoader(new Points(), [|512|])"), options: new() { EditorConfig = "trainlint.TL0602.max = 256\n" });

    [Fact]
    public Task Silent_below_what_the_project_has_set() => Verifier.Silent(Id, With("new DataLoader(new Points(), 16384)"), new() { EditorConfig = "trainlint.TL0602.max = 65536\n" });
}
