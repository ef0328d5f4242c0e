using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class SoftmaxDimensionTests
{
    private const string Id = "TL0413";

    [Fact]
    public Task Names_the_call() => Verifier.Warns(Id, """
        var scores = Linear(4, 3).forward(rand(8, 4));
        var p = functional.softmax(scores, [|0|]);
        """, "'functional.softmax(…)' runs over dimension 0, the rows of the batch, so that each row's share depends on the others and a row's classes do not add up to 1: use dimension 1");

    [Theory]
    [InlineData("functional.log_softmax(scores, dim: [|0|])")]
    [InlineData("scores.softmax([|0|])")]
    [InlineData("torch.softmax(scores, [|0|])")]
    [InlineData("torch.special.log_softmax(scores, [|0|])")]
    [InlineData("Softmax([|0|]).forward(scores)")]
    [InlineData("nn.LogSoftmax(dim: [|0|]).call(scores)")]
    public Task Warns_for_every_kind_of_softmax_on_a_batch_of_a_loader(string softmax) => Verifier.Warns(Id, $$"""
        public static class Training
        {
            public static void Run(DataLoader loader, Device device)
            {
                var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));
                foreach (var batch in loader)
                {
                    var x = batch["data"].to(device);
                    var scores = net.forward(x);
                    var p = {{softmax}};
                    functional.nll_loss(p, batch["label"]).backward();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_at_the_end_of_a_forward_that_makes_rows() => Verifier.Warns(Id, """
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(784, 64);
            private readonly Linear last = Linear(64, 10);
            private readonly LogSoftmax logs = LogSoftmax([|0|]);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var rows = x.view(-1, 784);
                var scores = last.forward(first.forward(rows).relu());
                return logs.forward(scores);
            }

            public Tensor Predict(Tensor x) => functional.softmax(last.forward(first.forward(x.flatten(start_dim: 1)).relu()), [|0|]);
        }
        """);

    [Fact]
    public Task Warns_where_the_best_class_of_each_row_is_asked_for() => Verifier.Warns(Id, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var output = functional.log_softmax(net.forward(x), [|0|]);
            functional.nll_loss(output, y).backward();
            Console.WriteLine(output.argmax(1).eq(y).sum().item<long>());
        }
        """);

    [Fact]
    public Task Fixes_functions_and_layers() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(Flatten(), Linear(784, 64), ReLU(), Linear(64, 10), LogSoftmax([|0|])); // classes
        var named = Sequential(("norm", BatchNorm1d(4)), ("fc", Linear(4, 3)), ("prob", Softmax(dim: [|0|])));
        var plain = Sequential(Linear(4, 3), Softmax([|0|]));
        var p = plain.forward(rand(8, 4));
        var q = Linear(4, 3).forward(rand(8, 4)).softmax([|0|]);
        """, """
        // top-level
        var net = Sequential(Flatten(), Linear(784, 64), ReLU(), Linear(64, 10), LogSoftmax(1)); // classes
        var named = Sequential(("norm", BatchNorm1d(4)), ("fc", Linear(4, 3)), ("prob", Softmax(dim: 1)));
        var plain = Sequential(Linear(4, 3), Softmax(1));
        var p = plain.forward(rand(8, 4));
        var q = Linear(4, 3).forward(rand(8, 4)).softmax(1);
        """);

    [Theory]
    [InlineData("functional.softmax(Linear(4, 3).forward(x), 1)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(x), -1)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(x), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(4)), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(5, 8, 4)), 0)")]
    [InlineData("functional.softmax(x, 0)")]
    [InlineData("functional.softmax(x.matmul(y), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(8, 4)).transpose(0, 1), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(8, 4)).squeeze(), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(8, 4))[0], 0)")]
    [InlineData("functional.softmax(Conv2d(1, 3, 3).forward(rand(8, 1, 9, 9)), 0)")]
    [InlineData("functional.softmax(Linear(4, 3).forward(rand(8, 4)), x.dim() - 1)")]
    [InlineData("Sequential(Linear(4, 3), Softmax(0)).forward(x)")]
    [InlineData("Sequential(Flatten(), Linear(4, 3), ReLU(), Softmax(0)).forward(x)")]
    public Task Silent_when_dimension_0_may_be_right(string softmax) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var p = {{softmax}};
        """);

    [Fact]
    public Task Silent_on_an_agent_that_looks_at_one_state() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Sequential(Linear(4, 64), ReLU(), Linear(64, 2));
            private readonly Softmax choice = Softmax(0);

            public long Act(float[] state)
            {
                using var _ = no_grad();
                var scores = policy.forward(tensor(state));
                return choice.forward(scores).argmax().item<long>() + scores.softmax(0).argmax(0).item<long>();
            }
        }
        """);

    [Fact]
    public Task Silent_on_attention_over_time() => Verifier.Silent(Id, """
        public sealed class Attention : Module<Tensor, Tensor>
        {
            private readonly Linear score = Linear(16, 1);

            public Attention() : base(nameof(Attention)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var weights = functional.softmax(score.forward(x), 0);
                return (weights * x).sum(0);
            }
        }
        """);

    private static string Net(string softmax, string use) => $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(1, 8, 3);
            private readonly Linear first = Linear(800, 64);
            private readonly Module<Tensor, Tensor> last;
            private readonly Dropout drop = Dropout(0.5);

            public Net(int classes) : base(nameof(Net))
            {
                last = Linear(64, classes);
                RegisterComponents();
            }

            public override Tensor forward(Tensor input)
            {
                var x = functional.relu(conv.forward(input));
                {{softmax}}
            }
        }

        public static class Training
        {
            public static void Run(Net net, DataLoader loader)
            {
                foreach (var batch in loader)
                {
                    var p = net.forward(batch["data"]);
                    {{use}}
                }
            }
        }
        """;

    [Theory]
    [InlineData("x = x.flatten(1); x = functional.relu(first.forward(x)); x = drop.forward(x); return functional.log_softmax(last.forward(x), [|0|]);", "functional.nll_loss(p, batch[\"label\"]).backward();")]
    [InlineData("var scores = last.forward(first.forward(x.flatten())); return functional.softmax(scores, [|0|]);", "Console.WriteLine(p.gather(1, batch[\"label\"]).log().ToString(true));")]
    [InlineData("return functional.softmax(last.forward(first.forward(x)) / 2, [|0|]);", "Console.WriteLine(p.argmax(1).ToString(true));")]
    public Task Warns_where_the_way_to_the_scores_or_their_use_shows_rows(string softmax, string use) => Verifier.Warns(Id, Net(softmax, use));

    [Theory]
    [InlineData("var scores = last.forward(first.forward(x.flatten())); return functional.softmax(scores, 0);", "Console.WriteLine(p.gather(0, batch[\"label\"]).log().ToString(true));")]
    [InlineData("x = x.flatten(0); return functional.log_softmax(last.forward(first.forward(x)), 0);", "Console.WriteLine(p.argmax(0).ToString(true));")]
    [InlineData("return functional.softmax(first.forward(x.flatten(0, 1)), 0);", "Console.WriteLine(p.argmax().ToString(true));")]
    public Task Silent_where_nothing_shows_rows(string softmax, string use) => Verifier.Silent(Id, Net(softmax, use));

    [Fact]
    public Task Warns_for_scaled_scores_of_a_batch_and_behind_a_batch_norm() => Verifier.Warns(Id, """
        public sealed class Distiller(DataLoader loader)
        {
            private readonly Module<Tensor, Tensor> student = Sequential(Linear(4, 8), BatchNorm1d(8), ReLU(), Linear(8, 3));
            private readonly Module<Tensor, Tensor> teacher = Sequential(Linear(4, 8), ReLU(), Linear(8, 3));

            public Tensor Agree(Tensor x, double temperature) => functional.softmax(student.call(x + 0.1 * randn_like(x)), [|0|]);

            public void Run(double temperature)
            {
                foreach (var batch in loader)
                {
                    var images = batch["data"];
                    var logits = teacher.call(images);
                    Console.WriteLine((functional.log_softmax(logits / temperature, [|0|]) - functional.softmax(teacher.call(images) / temperature, [|0|])).mean().ToSingle());
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_instances_that_share_one_attention() => Verifier.Silent(Id, """
        public sealed class Pooling : Module<Tensor, Tensor>
        {
            private readonly Linear embed = Linear(16, 8);
            private readonly Linear score = Linear(8, 1);

            public Pooling() : base(nameof(Pooling)) => RegisterComponents();

            public override Tensor forward(Tensor bag)
            {
                var instances = embed.forward(bag.view(-1, 16)).tanh();
                return functional.softmax(score.forward(instances), 0).mul(instances).sum(0);
            }
        }
        """);
}
