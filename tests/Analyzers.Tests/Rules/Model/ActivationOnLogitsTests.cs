using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class ActivationOnLogitsTests
{
    private const string Id = "TL0309";

    [Fact]
    public Task Names_the_activation_and_points_at_the_loss() => Verifier.Warns(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 3), [|ReLU()|]);
        foreach (var (x, y) in data)
            {|#0:functional.cross_entropy(net.forward(x), y)|}.backward();
        """, "'ReLU()' stands between the last layer and 'functional.cross_entropy(…)', which wants raw scores: scores below zero are cut off, and a class whose scores are all cut off is never learned");

    [Theory]
    [InlineData("Tanh()", "between its limits the scores cannot become sure, and the loss stops at a floor")]
    [InlineData("Dropout(0.5)", "while training it sets scores of right classes to zero, and the loss stays high")]
    [InlineData("BatchNorm1d(3)", "it fixes their mean and spread, which the loss is to choose")]
    [InlineData("LayerNorm(3)", "it fixes their mean and spread, which the loss is to choose")]
    public Task Says_what_each_does(string layer, string harm) => Verifier.Warns(Id, $$"""
        var net = Sequential(("in", Linear(4, 3)), ("last", [|{{layer}}|]));
        var loss = BCEWithLogitsLoss();
        foreach (var (x, y) in data)
            {|#0:loss.forward(net.forward(x), y)|}.backward();
        """, $"'{layer.Split('(')[0]}(…)' stands between the last layer and 'loss.forward(…)', which wants raw scores: {harm}".Replace("Tanh(…)", "Tanh()"));

    [Fact]
    public Task Fixes_forward_in_another_class() => Verifier.Fix(Id, """
        // file: Net.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 8);
            private readonly Module<Tensor, Tensor> last = Linear(8, 3);
            private readonly Dropout dropout = Dropout(0.2);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                x = functional.relu(first.forward(x));
                x = dropout.forward(x);
                x = last.forward(x);
                x = [|dropout.forward(x)|];
                return x;
            }
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Classifier net = new();
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public void Learn(Tensor x, Tensor y)
            {
                var scores = net.forward(x);
                criterion.forward(scores, y).backward();
            }
        }
        """, """
        // file: Net.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 8);
            private readonly Module<Tensor, Tensor> last = Linear(8, 3);
            private readonly Dropout dropout = Dropout(0.2);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                x = functional.relu(first.forward(x));
                x = dropout.forward(x);
                x = last.forward(x);
                return x;
            }
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Classifier net = new();
            private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

            public void Learn(Tensor x, Tensor y)
            {
                var scores = net.forward(x);
                criterion.forward(scores, y).backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_functions_and_methods() => Verifier.Fix(Id, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var a = [|net.forward(x).relu()|];
            var b = [|functional.tanh(net.forward(x))|].view(-1, 3);
            functional.cross_entropy(a, y).backward();
            functional.nll_loss(functional.log_softmax(b, 1), y).backward();
            functional.cross_entropy([|functional.dropout(net.forward(x), 0.1, true)|], y).backward();
            var c = net.forward(x);
            [|c.relu_()|];
            functional.cross_entropy(c, y).backward();
        }
        """, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var a = net.forward(x);
            var b = net.forward(x).view(-1, 3);
            functional.cross_entropy(a, y).backward();
            functional.nll_loss(functional.log_softmax(b, 1), y).backward();
            functional.cross_entropy(net.forward(x), y).backward();
            var c = net.forward(x);
            functional.cross_entropy(c, y).backward();
        }
        """);

    [Fact]
    public Task Offers_nothing_that_would_dispose_the_scores() => Verifier.NoFix(Id, """
        var net = Linear(4, 3);
        var (x, y) = data.First();
        var scores = net.forward(x);
        using var cut = [|scores.relu()|];
        {|#0:functional.cross_entropy(cut, y)|}.backward();
        """);

    [Theory]
    [InlineData("functional.cross_entropy(net.forward(x), y).backward();")]
    [InlineData("functional.cross_entropy(last.forward(net.forward(x).relu()), y).backward();")]
    [InlineData("functional.cross_entropy(10 * net.forward(x).tanh(), y).backward();")]
    [InlineData("functional.mse_loss(net.forward(x).relu(), y).backward();")]
    [InlineData("functional.binary_cross_entropy(net.forward(x).sigmoid(), y).backward();")]
    [InlineData("functional.cross_entropy(net.forward(x), net.forward(x).relu()).backward();")]
    [InlineData("functional.cross_entropy(net.forward(x).relu() @ x, y).backward();")]
    [InlineData("var h = net.forward(x);\nif (h.sum().item<float>() > 0)\n    h = h.relu();\nfunctional.cross_entropy(h, y).backward();")]
    [InlineData("var h = net.forward(x);\nh = h.relu();\nh.add_(1);\nfunctional.cross_entropy(h, y).backward();")]
    [InlineData("functional.cross_entropy(net.forward(x), y).backward();\nConsole.WriteLine(net.forward(x).relu().ToString());")]
    public Task Silent_where_scores_go_into_the_loss_or_something_else_does(string code) => Verifier.Silent(Id, $$"""
        var net = Linear(4, 4);
        var last = Linear(4, 3);
        var (x, y) = data.First();
        {{code.Replace(" @ x", ".matmul(x)")}}
        """);

    [Fact]
    public Task Silent_on_pooled_channels_and_hidden_layers() => Verifier.Silent(Id, """
        public sealed class Squeeze : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Conv2d(3, 16, 3), ReLU(), Dropout(0.5), Conv2d(16, 10, 1), ReLU(), AdaptiveAvgPool2d(1), Flatten());

            public Squeeze() : base(nameof(Squeeze)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }

        public static class Training
        {
            public static Tensor Loss(Squeeze net, Tensor x, Tensor y) => functional.cross_entropy(net.forward(x), y);
        }
        """);

    [Fact]
    public Task Warns_behind_a_model_of_which_nothing_is_known() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, Func<Module<Tensor, Tensor>> create, torch.optim.Optimizer optimizer)
        {
            public void Learn(Tensor x, Tensor y)
            {
                var logits = model.call(x);
                functional.cross_entropy([|functional.relu(logits)|], y).backward();
                functional.cross_entropy([|logits.view(-1, 10).tanh()|], y).backward();
                var made = create();
                functional.cross_entropy([|functional.dropout(made.forward(x))|], y).backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_behind_a_model_of_which_nothing_is_known() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, Module<Tensor, Tensor> head, BatchNorm1d norm, torch.optim.Optimizer optimizer)
        {
            public void Learn(Tensor x, Tensor y)
            {
                var features = functional.relu(model.call(x));
                functional.cross_entropy(head.call(features), y).backward();
                functional.cross_entropy(norm.call(model.call(x)), y).backward();
                functional.cross_entropy(functional.relu(model.call(x) + features), y).backward();
                functional.cross_entropy(5 * model.call(x).tanh(), y).backward();
                functional.cross_entropy(functional.relu(model.call(x)).mean(new long[] { 2, 3 }), y).backward();
                functional.mse_loss(functional.relu(model.call(x)), y).backward();
                optimizer.step();
            }
        }
        """);
}
