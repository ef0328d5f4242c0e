using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class SoftmaxBeforeCrossEntropyTests
{
    private const string Id = "TL0401";

    [Fact]
    public Task Names_the_loss_and_points_at_the_softmax() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var scores = model.forward(x);
        var probabilities = {|#0:functional.softmax(scores, 1)|};
        var loss = [|functional.cross_entropy(probabilities, y)|];
        """, "The input of 'functional.cross_entropy(…)' has already been through softmax; cross entropy applies its own, so the loss cannot fall below a floor: pass the raw scores");

    [Theory]
    [InlineData("functional.softmax(scores, dim: 1)")]
    [InlineData("scores.softmax(1)")]
    [InlineData("torch.softmax(scores, 1)")]
    [InlineData("torch.special.softmax(scores, 1)")]
    [InlineData("Softmax(1).forward(scores)")]
    [InlineData("nn.Softmax(dim: 1).call(scores)")]
    [InlineData("scores.softmax(1).view(-1, 3)")]
    [InlineData("(data.Any() ? scores.softmax(1) : scores.softmax(-1))")]
    public Task Warns_for_every_kind_of_softmax(string softmax) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        [|functional.cross_entropy({{softmax}}, y)|].backward();
        """);

    [Theory]
    [InlineData("CrossEntropyLoss()", "[|criterion.forward(p, y)|]")]
    [InlineData("nn.CrossEntropyLoss(reduction: Reduction.Sum)", "[|criterion.call(p, y)|]")]
    [InlineData("new CrossEntropyLoss()", "[|criterion.forward(p, y)|]")]
    public Task Warns_for_every_kind_of_cross_entropy(string creation, string loss) => Verifier.Warns(Id, $$"""
        Loss<Tensor, Tensor, Tensor> criterion = {{creation}};
        foreach (var (x, y) in data)
        {
            var p = model.forward(x).softmax(1);
            {{loss}}.backward();
        }
        """);

    [Fact]
    public Task Fixes_when_the_model_ends_in_a_softmax_layer() => Verifier.Fix(Id, """
        var net = Sequential(("first", Linear(4, 8)), ("act", ReLU()), ("last", Linear(8, 3)), ("prob", Softmax(1)));
        var ce = CrossEntropyLoss();
        foreach (var (x, y) in data)
            [|ce.forward(net.forward(x), y)|].backward();
        """, """
        var net = Sequential(("first", Linear(4, 8)), ("act", ReLU()), ("last", Linear(8, 3)));
        var ce = CrossEntropyLoss();
        foreach (var (x, y) in data)
            ce.forward(net.forward(x), y).backward();
        """);

    [Fact]
    public Task Warns_when_the_forward_of_a_model_in_another_file_ends_in_softmax() => Verifier.Warns(Id, """
        // file: Classifier.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> body = Linear(4, 8);
            private readonly Module<Tensor, Tensor> head = Linear(8, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var hidden = body.forward(x).relu();
                return {|#0:functional.softmax(head.forward(hidden), 1)|};
            }
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Classifier net = new();
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public void Learn(Tensor x, Tensor y)
            {
                var output = net.forward(x);
                [|criterion.forward(output, y)|].backward();
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_method_does_nothing_but_return_the_loss() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public Tensor Loss(Tensor x, Tensor y) => [|criterion.forward(Probabilities(x), y)|];

            private Tensor Probabilities(Tensor x) => net.forward(x).softmax(1);
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_applies_it() => Verifier.Warns(Id, """
        public static class Training
        {
            public static float Evaluate(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                var prediction = Predict(net, x);
                return [|functional.cross_entropy(prediction, y)|].item<float>();
            }

            private static Tensor Predict(Module<Tensor, Tensor> net, Tensor x) => {|#0:net.forward(x).softmax(-1)|};
        }
        """);

    [Fact]
    public Task Fixes_when_the_layer_is_a_field_of_the_base_class() => Verifier.Fix(Id, """
        public abstract class Head(string name) : Module<Tensor, Tensor>(name)
        {
            protected readonly Softmax softmax = Softmax(1);
        }

        public sealed class Classifier : Head
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => softmax.forward(layer.forward(x));
        }

        public static class Training
        {
            public static void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                var net = new Classifier();
                foreach (var (x, y) in batches)
                    [|functional.cross_entropy(net.call(x), y)|].backward();
            }
        }
        """, """
        public abstract class Head(string name) : Module<Tensor, Tensor>(name)
        {
            protected readonly Softmax softmax = Softmax(1);
        }

        public sealed class Classifier : Head
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        public static class Training
        {
            public static void Run(IEnumerable<(Tensor, Tensor)> batches)
            {
                var net = new Classifier();
                foreach (var (x, y) in batches)
                    functional.cross_entropy(net.call(x), y).backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_when_a_variable_is_assigned_step_by_step() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            var t = model.forward(x);
            t = t / 2;
            t = t.softmax(1);
            var loss = [|functional.cross_entropy(t, y)|];
        }
        """, """
        foreach (var (x, y) in data)
        {
            var t = model.forward(x);
            t = t / 2;
            var loss = functional.cross_entropy(t, y);
        }
        """);

    [Fact]
    public Task Fixes_in_a_local_function_and_an_async_lambda() => Verifier.Fix(Id, """
        Tensor Loss(Tensor x, Tensor y) => [|functional.cross_entropy(functional.softmax(model.forward(x), 1), y)|];

        Func<Tensor, Tensor, Task<Tensor>> later = async (x, y) =>
        {
            await Task.Yield();
            var p = model.forward(x).softmax(1);
            return [|functional.cross_entropy(p, y)|];
        };
        """, """
        Tensor Loss(Tensor x, Tensor y) => functional.cross_entropy(model.forward(x), y);

        Func<Tensor, Tensor, Task<Tensor>> later = async (x, y) =>
        {
            await Task.Yield();
            var p = model.forward(x);
            return functional.cross_entropy(p, y);
        };
        """);

    [Fact]
    public Task Warns_in_top_level_statements_with_a_tuple() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(4, 3);
        var (p, y) = (net.forward(rand(8, 4)).softmax(1), zeros(8, int64));
        [|functional.cross_entropy(p, y)|].backward();
        """);

    [Fact]
    public Task Warns_when_the_loss_is_handed_in() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                Step(net, CrossEntropyLoss(), x, y);
                Step(net, CrossEntropyLoss(reduction: Reduction.Sum), x, y);
            }

            private static void Step(Module<Tensor, Tensor> net, Loss<Tensor, Tensor, Tensor> loss, Tensor x, Tensor y) =>
                [|loss.forward({|#0:net.forward(x).softmax(1)|}, y)|].backward();
        }
        """);

    [Fact]
    public Task Silent_when_different_losses_are_handed_in() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                Step(net, CrossEntropyLoss(), x, y);
                Step(net, MSELoss(), x, y);
            }

            private static void Step(Module<Tensor, Tensor> net, Loss<Tensor, Tensor, Tensor> loss, Tensor x, Tensor y) =>
                loss.forward(net.forward(x).softmax(1), y).backward();
        }
        """);

    [Fact]
    public Task Suggests_where_log_softmax_is_applied_twice() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var logs = {|#0:functional.log_softmax(model.forward(x), 1)|};
        var loss = [|functional.cross_entropy(logs, y)|];
        """, "The input of 'functional.cross_entropy(…)' has already been through log-softmax; applying it twice changes nothing: pass the raw scores, or use NLLLoss",
        options: new() { Severity = DiagnosticSeverity.Info });

    [Theory]
    [InlineData("functional.cross_entropy(scores, y).backward();\nConsole.WriteLine(scores.softmax(1).ToString());")]
    [InlineData("var best = scores.softmax(1).argmax(1);\nfunctional.cross_entropy(scores, y).backward();")]
    [InlineData("var p = scores.softmax(1);\nfunctional.cross_entropy(scores, p).backward();")]
    [InlineData("functional.cross_entropy(scores, model.forward(x).softmax(1)).backward();")]
    [InlineData("functional.nll_loss(scores.log_softmax(1), y).backward();")]
    [InlineData("functional.nll_loss(scores.softmax(1).log(), y).backward();")]
    [InlineData("(-(y * scores.log_softmax(1))).sum(1).mean().backward();")]
    [InlineData("functional.cross_entropy((scores.softmax(1) + 1e-8).log(), y).backward();")]
    [InlineData("functional.mse_loss(scores.softmax(1), y).backward();")]
    [InlineData("functional.kl_div(scores.log_softmax(1), y.softmax(1), log_target: false).backward();")]
    public Task Silent_when_the_scores_go_into_the_loss(string rest) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        {{rest}}
        """);

    [Fact]
    public Task Silent_on_attention_inside_the_network() => Verifier.Silent(Id, """
        public sealed class Attention : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> query = Linear(4, 4);
            private readonly Module<Tensor, Tensor> head = Linear(4, 3);

            public Attention() : base(nameof(Attention)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var weights = functional.softmax(query.forward(x).matmul(x.transpose(-1, -2)), -1);
                return head.forward(weights.matmul(x));
            }
        }

        public static class Training
        {
            public static Tensor Loss(Attention net, Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_on_weights_that_are_multiplied_in() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var gates = model.forward(x).softmax(1);
        functional.cross_entropy(gates * model.forward(x), y).backward();
        """);

    [Fact]
    public Task Silent_when_only_evaluation_gives_probabilities() => Verifier.Silent(Id, """
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var logits = layer.forward(x);
                return training ? logits : logits.softmax(1);
            }
        }

        public static class Training
        {
            public static Tensor Loss(Classifier net, Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_when_a_separate_method_predicts() => Verifier.Silent(Id, """
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 3);
            private readonly Softmax softmax = Softmax(1);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);

            public Tensor Predict(Tensor x) => softmax.forward(forward(x));
        }

        public static class Training
        {
            public static void Run(Classifier net, Tensor x, Tensor y)
            {
                functional.cross_entropy(net.forward(x), y).backward();
                Console.WriteLine(net.Predict(x).ToString());
            }
        }
        """);

    [Fact]
    public Task Silent_on_log_softmax_and_NLLLoss_over_two_classes() => Verifier.Silent(Id, """
        // file: Classifier.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 3), LogSoftmax(1));

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        // file: Training.cs
        public static class Training
        {
            public static Tensor Loss(Classifier net, Tensor x, Tensor y) => NLLLoss().forward(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_on_distillation() => Verifier.Silent(Id, """
        var teacher = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            Tensor soft;
            using (no_grad())
                soft = functional.softmax(teacher.forward(x) / 2, 1);
            var scores = model.forward(x);
            var loss = functional.kl_div(functional.log_softmax(scores / 2, 1), soft, log_target: false) + functional.cross_entropy(scores, y);
            loss.backward();
        }
        """);

    [Fact]
    public Task Silent_when_the_softmax_network_is_replaced_before_training() => Verifier.Silent(Id, """
        public class Policy
        {
            protected Module<Tensor, Tensor> net = Sequential(Linear(4, 2), Softmax(1));
        }

        public sealed class CrossEntropyMethod : Policy
        {
            public CrossEntropyMethod() => net = Linear(4, 2);

            public Tensor Loss(Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Silent_when_one_of_two_ways_gives_scores() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var t = model.forward(x);
        if (Console.ReadLine() == "p")
            t = t.softmax(1);
        else
            t = t / 2;
        functional.cross_entropy(t, y).backward();
        """);

    [Fact]
    public Task Silent_on_a_cross_entropy_of_ones_own_over_probabilities() => Verifier.Silent(Id, """
        public static class Losses
        {
            public static Tensor cross_entropy(Tensor probabilities, Tensor target) => -(target * (probabilities + 1e-8).log()).sum(1).mean();

            public static Tensor Of(Module<Tensor, Tensor> net, Tensor x, Tensor y) => cross_entropy(net.forward(x).softmax(1), y);
        }
        """);
}
