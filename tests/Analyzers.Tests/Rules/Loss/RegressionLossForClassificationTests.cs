using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class RegressionLossForClassificationTests
{
    private const string Id = "TL0405";

    [Fact]
    public Task Names_the_loss_and_points_at_the_softmax() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var p = {|#0:model.forward(x).softmax(1)|};
        var loss = [|functional.mse_loss(p, functional.one_hot(y, 3))|];
        """, "'functional.mse_loss(…)' compares what softmax made with classes: its gradients vanish where the model is sure and wrong; cross entropy learns classes faster");

    [Theory]
    [InlineData("functional.mse_loss(scores.softmax(1), functional.one_hot(y, 3).to(float32))")]
    [InlineData("functional.l1_loss(scores.sigmoid(), y.to(int64))")]
    [InlineData("MSELoss().forward(scores.sigmoid(), y.eq(1))")]
    [InlineData("L1Loss().call(scores.softmax(1), y.argmax(1))")]
    public Task Warns_for_every_kind(string loss) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        [|{{loss}}|].backward();
        """);

    [Fact]
    public Task Warns_across_a_model_and_a_field() => Verifier.Warns(Id, """
        // file: Classifier.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 3), Softmax(1));

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private readonly Classifier net = new();
            private readonly Loss<Tensor, Tensor, Tensor> criterion = MSELoss();

            public void Learn(Tensor x, Tensor y) => Step(net.forward(x), functional.one_hot(y, 3).to(float32));

            private void Step(Tensor output, Tensor target) => [|criterion.forward(output, target)|].backward();
        }
        """);

    [Fact]
    public Task Fixes_softmax_and_one_hot() => Verifier.Fix(Id, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var target = functional.one_hot(y, 3).to(float32);
            [|functional.mse_loss(net.forward(x).softmax(1), target)|].backward();
            var p = functional.softmax(net.forward(x), 1); // rows
            [|functional.mse_loss(p, target, reduction: Reduction.Sum)|].backward();
        }
        """, """
        var net = Linear(4, 3);
        foreach (var (x, y) in data)
        {
            var target = functional.one_hot(y, 3).to(float32);
            functional.cross_entropy(net.forward(x), target).backward();
            var p = net.forward(x); // rows
            functional.cross_entropy(p, target, reduction: Reduction.Sum).backward();
        }
        """);

    [Fact]
    public Task Fixes_sigmoid_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(Linear(4, 3), Sigmoid());
        var mse = nn.MSELoss();
        for (var i = 0; i < 10; i++) [|mse.forward(net.forward(rand(8, 4)), functional.one_hot(zeros(8, int64), 3).to(float32))|].backward();
        """, """
        // top-level
        var net = Sequential(Linear(4, 3), Sigmoid());
        var mse = nn.BCELoss();
        for (var i = 0; i < 10; i++) mse.forward(net.forward(rand(8, 4)), functional.one_hot(zeros(8, int64), 3).to(float32)).backward();
        """);

    [Fact]
    public Task Offers_nothing_for_whole_numbers() => Verifier.NoFix(Id, """
        foreach (var (x, y) in data)
            [|functional.mse_loss(model.forward(x).softmax(1), functional.one_hot(y, 3))|].backward();
        """);

    [Theory]
    [InlineData("functional.mse_loss(model.forward(x).sigmoid(), x)")]
    [InlineData("functional.mse_loss(model.forward(x), y.to(int64))")]
    [InlineData("functional.mse_loss(model.forward(x), functional.one_hot(y, 3).to(float32))")]
    [InlineData("functional.mse_loss(model.forward(x).softmax(1), model.forward(y).softmax(1).detach())")]
    [InlineData("functional.mse_loss(model.forward(x).sigmoid() * 255, y.to(uint8))")]
    [InlineData("functional.cross_entropy(model.forward(x), functional.one_hot(y, 3).to(float32))")]
    [InlineData("functional.binary_cross_entropy(model.forward(x).sigmoid(), functional.one_hot(y, 3).to(float32))")]
    [InlineData("functional.smooth_l1_loss(model.forward(x), y)")]
    public Task Silent_when_it_may_be_a_regression(string loss) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
            {{loss}}.backward();
        """);

    [Fact]
    public Task Silent_on_a_Brier_score() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var brierScore = functional.mse_loss(model.forward(x).softmax(1), functional.one_hot(y, 3).to(float32));
            brierScore.backward();
        }
        """);
}
