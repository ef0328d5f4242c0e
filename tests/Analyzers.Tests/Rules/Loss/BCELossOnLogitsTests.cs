using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class BCELossOnLogitsTests
{
    private const string Id = "TL0404";

    [Fact]
    public Task Names_the_loss_and_points_at_the_layer() => Verifier.Warns(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), {|#0:Linear(8, 1)|});
        var (x, y) = data.First();
        var loss = [|functional.binary_cross_entropy(net.forward(x), y)|];
        """, "'functional.binary_cross_entropy(…)' takes probabilities, but its input is the raw output of a layer, which leaves the range from 0 to 1: use binary cross entropy with logits, or apply sigmoid");

    [Theory]
    [InlineData("Linear(4, 1)")]
    [InlineData("Conv2d(1, 1, 3)")]
    [InlineData("Sequential(Linear(4, 8), Sigmoid(), Linear(8, 1))")]
    [InlineData("new Critic()")]
    public Task Warns_in_a_trainer_with_fields(string net) => Verifier.Warns(Id, $$"""
        // file: Critic.cs
        public sealed class Critic : Module<Tensor, Tensor>
        {
            private readonly Sequential layers = Sequential(Linear(4, 8), ReLU());
            private readonly Linear head = Linear(8, 1);

            public Critic() : base(nameof(Critic)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(layers.forward(x)).squeeze(-1);
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = {{net}};
            private readonly BCELoss criterion = BCELoss();

            public Tensor Loss(Tensor x, Tensor y)
            {
                var output = net.forward(x);
                return [|criterion.forward(output, y)|];
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_lambda_and_a_helper() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(4, 1);
        Tensor Loss(Tensor output, Tensor y) => [|nn.BCELoss().call(output, y)|];
        Func<Tensor, Tensor, Tensor> step = (x, y) => Loss(net.forward(x), y);
        step(rand(8, 4), rand(8, 1)).backward();
        """);

    [Fact]
    public Task Fixes_the_function_and_the_module() => Verifier.Fix(Id, """
        var net = Linear(4, 1);
        BCELoss criterion = BCELoss(reduction: Reduction.Sum); // summed
        foreach (var (x, y) in data)
        {
            [|functional.binary_cross_entropy(net.forward(x), y)|].backward();
            [|criterion.forward(net.forward(x), y)|].backward();
        }
        """, """
        var net = Linear(4, 1);
        BCEWithLogitsLoss criterion = BCEWithLogitsLoss(reduction: Reduction.Sum); // summed
        foreach (var (x, y) in data)
        {
            functional.binary_cross_entropy_with_logits(net.forward(x), y).backward();
            criterion.forward(net.forward(x), y).backward();
        }
        """);

    [Fact]
    public Task Fixes_with_sigmoid_where_the_loss_is_made_elsewhere() => Verifier.Fix(Id, """
        public sealed class Trainer(BCELoss criterion)
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public Tensor Loss(Tensor x, Tensor y) => [|criterion.forward(net.forward(x), y)|];
        }
        """, """
        public sealed class Trainer(BCELoss criterion)
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public Tensor Loss(Tensor x, Tensor y) => criterion.forward(net.forward(x).sigmoid(), y);
        }
        """);

    [Fact]
    public Task Fixes_with_sigmoid_where_the_loss_is_right_elsewhere() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 1);
        var bce = BCELoss();
        var (x, y) = (rand(8, 4), rand(8, 1));
        bce.forward(net.forward(x).sigmoid(), y).backward();
        if (y.requires_grad) [|bce.forward(net.forward(x), y)|].backward();
        """, """
        // top-level
        var net = Linear(4, 1);
        var bce = BCELoss();
        var (x, y) = (rand(8, 4), rand(8, 1));
        bce.forward(net.forward(x).sigmoid(), y).backward();
        if (y.requires_grad) bce.forward(net.forward(x).sigmoid(), y).backward();
        """);

    [Theory]
    [InlineData("functional.binary_cross_entropy(scores.sigmoid(), y)")]
    [InlineData("functional.binary_cross_entropy(scores.softmax(1), y)")]
    [InlineData("functional.binary_cross_entropy(scores.clamp(0, 1), y)")]
    [InlineData("functional.binary_cross_entropy(functional.hardsigmoid(scores), y)")]
    [InlineData("functional.binary_cross_entropy((scores.tanh() + 1) / 2, y)")]
    [InlineData("functional.binary_cross_entropy(scores / 10, y)")]
    [InlineData("functional.binary_cross_entropy(y, y)")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores, y)")]
    [InlineData("functional.binary_cross_entropy(scores.clamp_(0, 1), y)")]
    [InlineData("functional.binary_cross_entropy(Sequential(Linear(4, 1), Hardsigmoid()).forward(x), y)")]
    [InlineData("functional.binary_cross_entropy(Sequential(Linear(4, 1), Dropout(), Sigmoid()).forward(x), y)")]
    public Task Silent_when_it_may_be_a_probability(string loss) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var scores = Linear(4, 1).forward(x);
        {{loss}}.backward();
        """);

    [Fact]
    public Task Silent_when_the_forward_ends_in_a_sigmoid_in_place() => Verifier.Silent(Id, """
        public sealed class Discriminator : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> main = Sequential(Conv2d(3, 8, 4), LeakyReLU(0.2), Conv2d(8, 1, 4));

            public Discriminator() : base(nameof(Discriminator)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var t = main.forward(x);
                t.sigmoid_();
                return t;
            }
        }

        public sealed class Second : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> main = Linear(4, 1);

            public Second() : base(nameof(Second)) => RegisterComponents();

            public override Tensor forward(Tensor x) => main.forward(x).sigmoid_();
        }

        public static class Gan
        {
            public static Tensor Loss(Discriminator net, Second second, Tensor x) =>
                BCELoss().forward(net.forward(x), ones(8, 1)) + BCELoss().forward(second.forward(x), ones(8, 1));
        }
        """);

    [Fact]
    public Task Silent_when_a_part_is_turned_into_probabilities() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var t = Linear(4, 1).forward(x);
        t[0] = t[0].sigmoid();
        functional.binary_cross_entropy(t, y).backward();
        """);

    [Fact]
    public Task Silent_when_nothing_is_known_of_the_model() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public Tensor Loss(Tensor x, Tensor y) => BCELoss().forward(net.forward(x), y);
        }
        """);
}
