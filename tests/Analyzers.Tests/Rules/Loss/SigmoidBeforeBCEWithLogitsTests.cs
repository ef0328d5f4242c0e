using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class SigmoidBeforeBCEWithLogitsTests
{
    private const string Id = "TL0402";

    [Fact]
    public Task Names_the_loss_and_points_at_the_sigmoid() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var p = {|#0:functional.sigmoid(model.forward(x))|};
        var loss = [|functional.binary_cross_entropy_with_logits(p, y)|];
        """, "The input of 'functional.binary_cross_entropy_with_logits(…)' has already been through sigmoid; this loss applies its own, so it cannot fall below a floor: pass the raw scores, or use the loss for probabilities");

    [Theory]
    [InlineData("torch.sigmoid(scores)")]
    [InlineData("scores.sigmoid()")]
    [InlineData("scores.sigmoid_()")]
    [InlineData("torch.sigmoid_(scores)")]
    [InlineData("Sigmoid().forward(scores)")]
    [InlineData("nn.Sigmoid().call(scores)")]
    [InlineData("torch.special.sigmoid(scores).squeeze(1)")]
    [InlineData("scores.sigmoid().to(CPU).view(-1)")]
    public Task Warns_for_every_kind_of_sigmoid(string sigmoid) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        [|functional.binary_cross_entropy_with_logits({{sigmoid}}, y)|].backward();
        """);

    [Theory]
    [InlineData("BCEWithLogitsLoss()", "[|criterion.forward(p, y)|]")]
    [InlineData("nn.BCEWithLogitsLoss(reduction: Reduction.Sum)", "[|criterion.call(p, y)|]")]
    [InlineData("new BCEWithLogitsLoss()", "[|criterion.forward(p, y)|]")]
    public Task Warns_for_every_kind_of_loss(string creation, string loss) => Verifier.Warns(Id, $$"""
        Loss<Tensor, Tensor, Tensor> criterion = {{creation}};
        foreach (var (x, y) in data)
        {
            var p = model.forward(x).sigmoid();
            {{loss}}.backward();
        }
        """);

    [Fact]
    public Task Warns_when_the_sigmoid_is_applied_in_place_on_a_line_of_its_own() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var p = model.forward(x);
        {|#0:p.sigmoid_()|};
        [|functional.binary_cross_entropy_with_logits(p, y)|].backward();
        """);

    [Fact]
    public Task Warns_when_a_helper_of_another_class_applies_it() => Verifier.Warns(Id, """
        // file: Prediction.cs
        public static class Prediction
        {
            public static Tensor Probability(this Module<Tensor, Tensor> net, Tensor x) => {|#0:net.forward(x).sigmoid()|};
        }
        // file: Trainer.cs
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly BCEWithLogitsLoss criterion = BCEWithLogitsLoss();

            public void Learn(Tensor x, Tensor y)
            {
                var output = net.Probability(x);
                [|criterion.forward(output, y)|].backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_where_it_is_applied_inside_the_call() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
            [|functional.binary_cross_entropy_with_logits(torch.sigmoid(model.forward(x)), y)|].backward();
        """, """
        foreach (var (x, y) in data)
            functional.binary_cross_entropy_with_logits(model.forward(x), y).backward();
        """);

    [Fact]
    public Task Fixes_top_level_statements_with_a_variable_of_its_own() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        var criterion = nn.BCEWithLogitsLoss();
        var (x, y) = (rand(8, 4), rand(8, 1));

        // the probability
        var p = net.forward(x).sigmoid(); // of class 1
        var loss = [|criterion.call(p, y)|];
        loss.backward();
        """, """
        // top-level
        var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
        var criterion = nn.BCEWithLogitsLoss();
        var (x, y) = (rand(8, 4), rand(8, 1));

        // the probability
        var p = net.forward(x); // of class 1
        var loss = criterion.call(p, y);
        loss.backward();
        """);

    [Fact]
    public Task Fixes_by_passing_the_scores_where_the_probabilities_are_wanted_too() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            var scores = model.forward(x);
            var p = scores.sigmoid();
            [|functional.binary_cross_entropy_with_logits(p, y)|].backward();
            Console.WriteLine((p > 0.5).sum().item<long>());
        }
        """, """
        foreach (var (x, y) in data)
        {
            var scores = model.forward(x);
            var p = scores.sigmoid();
            functional.binary_cross_entropy_with_logits(scores, y).backward();
            Console.WriteLine((p > 0.5).sum().item<long>());
        }
        """);

    [Fact]
    public Task Fixes_with_the_loss_for_probabilities_where_nothing_holds_the_scores() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            var p = model.forward(x).sigmoid();
            [|functional.binary_cross_entropy_with_logits(p, y)|].backward();
            Console.WriteLine((p > 0.5).sum().item<long>());
        }
        """, """
        foreach (var (x, y) in data)
        {
            var p = model.forward(x).sigmoid();
            functional.binary_cross_entropy(p, y).backward();
            Console.WriteLine((p > 0.5).sum().item<long>());
        }
        """);

    [Fact]
    public Task Fixes_with_the_loss_for_probabilities_where_the_model_ends_in_sigmoid() => Verifier.Fix(Id, """
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Detector net = new();
            private readonly BCEWithLogitsLoss criterion = BCEWithLogitsLoss(reduction: Reduction.Mean);

            public void Learn(Tensor x, Tensor y) => [|this.criterion.forward(net.forward(x), y)|].backward();

            public Tensor Predict(Tensor x) => net.forward(x) > 0.5;
        }
        // file: Detector.cs
        public sealed class Detector : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), Sigmoid());

            public Detector() : base(nameof(Detector)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """, """
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Detector net = new();
            private readonly BCELoss criterion = BCELoss(reduction: Reduction.Mean);

            public void Learn(Tensor x, Tensor y) => this.criterion.forward(net.forward(x), y).backward();

            public Tensor Predict(Tensor x) => net.forward(x) > 0.5;
        }
        // file: Detector.cs
        public sealed class Detector : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 8), ReLU(), Linear(8, 1), Sigmoid());

            public Detector() : base(nameof(Detector)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """);

    [Fact]
    public Task Fixes_where_the_loss_is_made_in_the_call_and_in_a_constructor() => Verifier.Fix(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Sequential(Linear(4, 1), Sigmoid());
            private readonly Loss<Tensor, Tensor, Tensor> criterion;

            public Trainer()
            {
                criterion = nn.BCEWithLogitsLoss();
            }

            public Tensor First(Tensor x, Tensor y) => [|new BCEWithLogitsLoss().forward(net.forward(x), y)|];

            public Tensor Second(Tensor x, Tensor y) => [|criterion.forward(net.forward(x), y)|];
        }
        """, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Sequential(Linear(4, 1), Sigmoid());
            private readonly Loss<Tensor, Tensor, Tensor> criterion;

            public Trainer()
            {
                criterion = nn.BCELoss();
            }

            public Tensor First(Tensor x, Tensor y) => new BCELoss().forward(net.forward(x), y);

            public Tensor Second(Tensor x, Tensor y) => criterion.forward(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Offers_nothing_where_the_loss_is_handed_in() => Verifier.NoFix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> head, BCEWithLogitsLoss criterion)
        {
            private readonly Module<Tensor, Tensor> net = Sequential(head, Linear(4, 1), Sigmoid());

            public Tensor Loss(Tensor x, Tensor y) => [|criterion.forward(net.forward(x), y)|];
        }
        """);

    [Fact]
    public Task Offers_nothing_where_the_loss_weighs_the_positives() => Verifier.NoFix(Id, """
        var net = Sequential(Linear(4, 1), Sigmoid());
        foreach (var (x, y) in data)
            [|functional.binary_cross_entropy_with_logits(net.forward(x), y, pos_weights: ones(1))|].backward();
        """);

    [Theory]
    [InlineData("functional.binary_cross_entropy_with_logits(scores, y).backward();")]
    [InlineData("functional.binary_cross_entropy(scores.sigmoid(), y).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores, scores.sigmoid().round()).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores, y.sigmoid()).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores.sigmoid().logit(), y).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores * scores.sigmoid(), y).backward();")]
    [InlineData("functional.binary_cross_entropy_with_logits(scores, y).backward();\nConsole.WriteLine((scores.sigmoid() > 0.5).ToString());")]
    [InlineData("functional.mse_loss(scores.sigmoid(), y).backward();")]
    public Task Silent_when_the_scores_go_into_the_loss(string rest) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        {{rest}}
        """);

    [Fact]
    public Task Silent_on_a_gate_inside_the_network() => Verifier.Silent(Id, """
        public sealed class Gated : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> gate = Sequential(Linear(4, 8), Sigmoid());
            private readonly Module<Tensor, Tensor> value = Linear(4, 8);
            private readonly Module<Tensor, Tensor> head = Linear(8, 1);

            public Gated() : base(nameof(Gated)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(gate.forward(x) * value.forward(x));
        }

        public static class Training
        {
            public static Tensor Loss(Gated net, Tensor x, Tensor y) => functional.binary_cross_entropy_with_logits(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_when_only_evaluation_gives_probabilities() => Verifier.Silent(Id, """
        public sealed class Detector : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);

            public Detector() : base(nameof(Detector)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var scores = layer.forward(x);
                return training ? scores : scores.sigmoid();
            }

            public Tensor Predict(Tensor x) => forward(x).sigmoid_();
        }

        public static class Training
        {
            public static Tensor Loss(Detector net, Tensor x, Tensor y) => BCEWithLogitsLoss().forward(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_when_the_numbers_are_overwritten() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var p = model.forward(x).sigmoid();
        p.copy_(y);
        functional.binary_cross_entropy_with_logits(p, y).backward();
        var q = model.forward(x).sigmoid();
        q[0] = model.forward(x)[0];
        functional.binary_cross_entropy_with_logits(q, y).backward();
        """);

    [Fact]
    public Task Silent_on_a_model_that_ends_in_sigmoid_with_BCELoss() => Verifier.Silent(Id, """
        public sealed class Discriminator : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Linear(4, 1);

            public Discriminator() : base(nameof(Discriminator)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x).sigmoid_();
        }

        public static class Gan
        {
            public static Tensor Loss(Discriminator net, Tensor x) => BCELoss().forward(net.forward(x), ones(8, 1));
        }
        """);
}
