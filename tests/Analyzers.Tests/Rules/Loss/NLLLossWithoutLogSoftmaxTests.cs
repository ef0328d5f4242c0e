using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class NLLLossWithoutLogSoftmaxTests
{
    private const string Id = "TL0403";

    [Fact]
    public Task Names_the_loss_and_points_at_the_softmax() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var p = {|#0:functional.softmax(model.forward(x), 1)|};
        var loss = [|functional.nll_loss(p, y)|];
        """, "'functional.nll_loss(…)' takes log-probabilities, but its input is what softmax made, probabilities: apply log_softmax, or use cross entropy on the raw scores");

    [Fact]
    public Task Names_the_loss_and_points_at_the_layer() => Verifier.Warns(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), {|#0:Linear(8, 3)|});
        var (x, y) = data.First();
        var loss = [|functional.nll_loss(net.forward(x), y)|];
        """, "'functional.nll_loss(…)' takes log-probabilities, but its input is the raw output of a layer: apply log_softmax, or use cross entropy on the raw scores");

    [Theory]
    [InlineData("Linear(4, 3)")]
    [InlineData("Sequential(Conv2d(1, 3, 3))")]
    [InlineData("Sequential((\"a\", Linear(4, 8)), (\"b\", Linear(8, 3)))")]
    [InlineData("Sequential(Linear(4, 3), Softmax(1))")]
    [InlineData("new Classifier()")]
    public Task Warns_for_every_kind_of_model(string net) => Verifier.Warns(Id, $$"""
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 8);
            private readonly Module<Tensor, Tensor> last = Linear(8, 3);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var hidden = first.forward(x).relu();
                return last.forward(hidden).view(-1, 3);
            }
        }

        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = {{net}};
            private readonly Loss<Tensor, Tensor, Tensor> criterion = NLLLoss(reduction: Reduction.Sum);

            public void Learn(Tensor x, Tensor y) => Step(net.forward(x), y);

            private void Step(Tensor output, Tensor y)
            {
                var loss = [|criterion.forward(output, y)|];
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Fixes_with_cross_entropy() => Verifier.Fix(Id, """
        var net = Linear(4, 3);
        var criterion = nn.NLLLoss().cuda();
        foreach (var (x, y) in data)
        {
            [|functional.nll_loss(net.forward(x), y, reduction: Reduction.Sum)|].backward(); // summed
            [|criterion.forward(net.forward(x), y)|].backward();
        }
        """, """
        var net = Linear(4, 3);
        var criterion = nn.CrossEntropyLoss().cuda();
        foreach (var (x, y) in data)
        {
            functional.cross_entropy(net.forward(x), y, reduction: Reduction.Sum).backward(); // summed
            criterion.forward(net.forward(x), y).backward();
        }
        """);

    [Fact]
    public Task Fixes_with_log_softmax_where_the_loss_is_handed_in() => Verifier.Fix(Id, """
        public static class Training
        {
            public static void Learn(Loss<Tensor, Tensor, Tensor> loss, IEnumerable<(Tensor, Tensor)> batches)
            {
                var net = Linear(4, 3);
                foreach (var (x, y) in batches)
                    [|loss.forward(net.forward(x), y)|].backward();
            }

            public static void Run(IEnumerable<(Tensor, Tensor)> batches) => Learn(NLLLoss(), batches);
        }
        """, """
        public static class Training
        {
            public static void Learn(Loss<Tensor, Tensor, Tensor> loss, IEnumerable<(Tensor, Tensor)> batches)
            {
                var net = Linear(4, 3);
                foreach (var (x, y) in batches)
                    loss.forward(net.forward(x).log_softmax(1), y).backward();
            }

            public static void Run(IEnumerable<(Tensor, Tensor)> batches) => Learn(NLLLoss(), batches);
        }
        """);

    [Fact]
    public Task Fixes_softmax_to_log_softmax_where_only_the_loss_wants_it() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(ReLU(), Linear(4, 3));
        var (x, y) = (rand(8, 4), zeros(8, int64));
        var p = functional.softmax(net.forward(x), 1);
        [|functional.nll_loss(p, y)|].backward();
        [|functional.nll_loss(net.forward(x).softmax(1), y)|].backward();
        Console.WriteLine(p.argmax(1).eq(y).sum().item<long>());
        """, """
        // top-level
        var net = Sequential(ReLU(), Linear(4, 3));
        var (x, y) = (rand(8, 4), zeros(8, int64));
        var p = functional.log_softmax(net.forward(x), 1);
        functional.nll_loss(p, y).backward();
        functional.nll_loss(net.forward(x).log_softmax(1), y).backward();
        Console.WriteLine(p.argmax(1).eq(y).sum().item<long>());
        """);

    [Fact]
    public Task Offers_no_logarithm_of_a_softmax_where_others_want_the_probabilities() => Verifier.NoFix(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Sequential(Linear(4, 3), Softmax(1));

            public Tensor Loss(Tensor x, Tensor y) => [|functional.nll_loss(net.forward(x), y)|];

            public Tensor Predict(Tensor x) => net.forward(x);
        }
        """);

    [Theory]
    [InlineData("functional.nll_loss(functional.log_softmax(scores, 1), y)")]
    [InlineData("functional.nll_loss(scores.softmax(1).log(), y)")]
    [InlineData("functional.nll_loss((scores.softmax(1) + 1e-8).log(), y)")]
    [InlineData("functional.nll_loss(scores - scores.logsumexp(1, true), y)")]
    [InlineData("functional.nll_loss(LogSoftmax(1).forward(scores), y)")]
    [InlineData("functional.nll_loss(y, scores)")]
    [InlineData("functional.cross_entropy(scores, y)")]
    [InlineData("functional.nll_loss(data.Any() ? scores.log_softmax(1) : scores, y)")]
    [InlineData("functional.nll_loss(net.forward(x), y)")]
    public Task Silent_when_it_may_be_a_logarithm(string loss) => Verifier.Silent(Id, $$"""
        var net = new Headless();
        var (x, y) = data.First();
        var scores = Linear(4, 3).forward(x);
        {{loss}}.backward();
        // file: Headless.cs
        public sealed class Headless : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Linear(4, 3);
            private readonly Module<Tensor, Tensor> activation;

            public Headless(Module<Tensor, Tensor>? last = null) : base(nameof(Headless))
            {
                activation = last ?? Identity();
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => activation.forward(layers.forward(x));
        }
        """);

    [Fact]
    public Task Silent_when_the_model_of_another_file_ends_in_log_softmax() => Verifier.Silent(Id, """
        // file: Model.cs
        public class Model : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> conv = Conv2d(1, 8, 3);
            private readonly Module<Tensor, Tensor> fc = Linear(8, 10);
            private readonly Module<Tensor, Tensor> logsm = LogSoftmax(1);

            public Model(string name) : base(name) => RegisterComponents();

            public override Tensor forward(Tensor input)
            {
                var l1 = conv.call(input).relu().flatten(1);
                return logsm.call(fc.call(l1));
            }
        }
        // file: Program.cs
        public static class Program
        {
            public static void Main() => Train(new Model("mnist"), NLLLoss(reduction: Reduction.Mean), rand(8, 1, 28, 28), zeros(8, int64));

            private static void Train(Model model, Loss<Tensor, Tensor, Tensor> loss, Tensor data, Tensor target)
            {
                var prediction = model.call(data);
                loss.call(prediction, target).backward();
                loss.call(functional.log_softmax(Linear(4, 3).call(data), 1), target).backward();
            }
        }
        """);

    [Fact]
    public Task Silent_on_cross_entropy_by_hand() => Verifier.Silent(Id, """
        var scores = Linear(4, 3).forward(rand(8, 4));
        var loss = functional.nll_loss(scores, zeros(8, int64), reduction: Reduction.None) + scores.logsumexp(1);
        loss.mean().backward();
        """);

    [Fact]
    public Task Silent_when_the_scores_are_made_log_probabilities_in_place() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var t = Linear(4, 3).forward(x);
        t.sub_(t.logsumexp(1, true));
        functional.nll_loss(t, y).backward();
        """);

    [Fact]
    public Task Warns_where_rows_are_selected_before_the_loss() => Verifier.Warns(Id, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var output = functional.softmax(net.forward(x), 1);
            [|functional.nll_loss(output.index_select(0, y), y)|].backward();
            functional.nll_loss(output.log().index_select(0, y), y).backward();
        }
        """);
}
