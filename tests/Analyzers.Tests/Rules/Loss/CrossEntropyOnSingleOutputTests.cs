using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class CrossEntropyOnSingleOutputTests
{
    private const string Id = "TL0406";

    [Fact]
    public Task Names_the_loss_and_points_at_the_layer() => Verifier.Warns(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), {|#0:Linear(8, 1)|});
        var (x, y) = data.First();
        var loss = [|functional.cross_entropy(net.forward(x), y)|];
        """, "The input of 'functional.cross_entropy(…)' has one value per row: the softmax over a single class is always 1, so nothing is learned; use binary cross entropy with logits, or give the model one output per class");

    [Theory]
    [InlineData("Linear(4, 1)")]
    [InlineData("Linear(inputSize: 4, outputSize: 1, hasBias: false)")]
    [InlineData("Sequential(Linear(4, 8), Linear(8, 1), Sigmoid())")]
    [InlineData("new Scorer()")]
    public Task Warns_for_every_kind_of_model(string net) => Verifier.Warns(Id, $$"""
        public sealed class Scorer : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 8);
            private readonly Linear head = Linear(8, 1);

            public Scorer() : base(nameof(Scorer)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(layer.forward(x).relu());
        }

        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = {{net}};
            private readonly CrossEntropyLoss criterion = new();

            public void Learn(Tensor x, Tensor y)
            {
                var output = net.forward(x);
                var loss = [|criterion.forward(output, y)|];
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_helper_that_is_handed_the_output() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(4, 1);
        for (var i = 0; i < 10; i++) Losses.Of(net.forward(rand(8, 4)), zeros(8, int64)).backward();

        internal static class Losses
        {
            public static Tensor Of(Tensor output, Tensor target) => [|functional.cross_entropy(output, target)|];
        }
        """);

    [Fact]
    public Task Fixes_with_the_binary_loss() => Verifier.Fix(Id, """
        var net = Linear(4, 1);
        var squashed = Sequential(Linear(4, 1), Sigmoid());
        CrossEntropyLoss criterion = CrossEntropyLoss(reduction: Reduction.Sum);
        foreach (var (x, y) in data)
        {
            [|functional.cross_entropy(net.forward(x), y)|].backward();
            [|criterion.forward(net.forward(x), y)|].backward();
            [|functional.cross_entropy(squashed.forward(x), rand(8, 1))|].backward(); // drawn
        }
        """, """
        var net = Linear(4, 1);
        var squashed = Sequential(Linear(4, 1), Sigmoid());
        BCEWithLogitsLoss criterion = BCEWithLogitsLoss(reduction: Reduction.Sum);
        foreach (var (x, y) in data)
        {
            functional.binary_cross_entropy_with_logits(net.forward(x), y).backward();
            criterion.forward(net.forward(x), y).backward();
            functional.binary_cross_entropy(squashed.forward(x), rand(8, 1)).backward(); // drawn
        }
        """);

    [Fact]
    public Task Offers_nothing_for_class_indices() => Verifier.NoFix(Id, """
        var net = Linear(4, 1);
        foreach (var (x, y) in data)
            [|functional.cross_entropy(net.forward(x), y.to(int64))|].backward();
        """);

    [Theory]
    [InlineData("functional.cross_entropy(Linear(4, 3).forward(x), y)")]
    [InlineData("functional.cross_entropy(Linear(4, classes).forward(x), y)")]
    [InlineData("functional.cross_entropy(Linear(4, 1).forward(x).squeeze(-1), y)")]
    [InlineData("functional.cross_entropy(Linear(4, 1).forward(x).view(-1, 3), y)")]
    [InlineData("functional.cross_entropy(cat(new[] { Linear(4, 1).forward(x), Linear(4, 1).forward(x) }, 1), y)")]
    [InlineData("functional.binary_cross_entropy_with_logits(Linear(4, 1).forward(x), y)")]
    [InlineData("functional.cross_entropy(ones(8, 1), y)")]
    [InlineData("functional.cross_entropy(Conv2d(1, 10, 1).forward(x), y)")]
    [InlineData("functional.cross_entropy(model.forward(x) * Linear(4, 3).forward(x), y)")]
    public Task Silent_when_there_may_be_several_classes(string loss) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var classes = data.Count();
        {{loss}}.backward();
        """);

    [Fact]
    public Task Silent_on_scores_of_a_pointer_network() => Verifier.Silent(Id, """
        public sealed class Pointer : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> score = Linear(4, 1);

            public Pointer() : base(nameof(Pointer)) => RegisterComponents();

            public override Tensor forward(Tensor x) => score.forward(x).squeeze(-1);
        }

        public static class Training
        {
            public static Tensor Loss(Pointer net, Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);
        }
        """);

    private static string Handed(string made, string other) => $$"""
        public static class Training
        {
            public static void Run(IterableDataLoader loader)
            {
                Train({{made}}, loader);
                Train({{other}}, loader);
            }

            private static Sequential Create(int outputs) => Sequential(Linear(4, 8), ReLU(), Linear(8, 1));

            private static void Train(Module<Tensor, Tensor> model, IterableDataLoader loader)
            {
                foreach (var batch in loader)
                {
                    var scores = model.forward(batch[0]);
                    MARK.backward();
                }
            }
        }
        """;

    [Theory]
    [InlineData("Create(1)", "Create(1)")]
    [InlineData("Create(1)", "Linear(4, 1)")]
    public Task Warns_for_a_model_that_is_handed_in(string made, string other) =>
        Verifier.Warns(Id, Handed(made, other).Replace("MARK", "[|functional.cross_entropy(scores, batch[1])|]", StringComparison.Ordinal));

    [Theory]
    [InlineData("Create(1)", "Linear(4, 3)")]
    [InlineData("Sequential(Linear(4, 1), Linear(1, 3))", "Linear(4, 3)")]
    public Task Silent_where_one_of_the_models_that_are_handed_in_has_classes(string made, string other) =>
        Verifier.Silent(Id, Handed(made, other).Replace("MARK", "functional.cross_entropy(scores, batch[1])", StringComparison.Ordinal));

    [Fact]
    public Task Warns_where_the_scores_of_all_steps_are_put_into_rows() => Verifier.Warns(Id, """
        var net = Sequential(Linear(4, 8), Linear(8, 1));
        foreach (var (x, y) in data)
        {
            var scores = net.forward(x);
            [|functional.cross_entropy(scores.view(-1, scores.size(-1)), y.view(-1))|].backward();
            functional.cross_entropy(scores.view(-1, scores.size(1)), y.view(-1)).backward();
        }
        """);
}
