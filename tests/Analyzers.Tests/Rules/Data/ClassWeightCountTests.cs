using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class ClassWeightCountTests
{
    private const string Id = "TL0206";

    [Fact]
    public Task Names_the_loss_and_both_numbers() => Verifier.NoFix(Id, """
        var net = Sequential(Linear(4, 8), ReLU(), {|#0:Linear(8, 3)|});
        var criterion = CrossEntropyLoss(weight: [|tensor(new[] { 1f, 2f })|]);
        foreach (var (x, y) in data)
            criterion.forward(net.forward(x), y).backward();
        """, new() { Message = "'CrossEntropyLoss(…)' gets 2 class weights, but the last layer of the model has 3 outputs: the loss throws" });

    [Theory]
    [InlineData("tensor(new float[] { 1, 2, 3, 4 })")]
    [InlineData("torch.tensor(new[] { 0.1f, 0.9f }).to(CPU)")]
    [InlineData("ones(4)")]
    [InlineData("from_array(new float[] { 1, 2 })")]
    public Task Warns_of_every_way_to_make_them(string weights) => Verifier.Warns(Id, $$"""
        var net = Linear(4, 3);
        var (x, y) = data.First();
        functional.cross_entropy({|#0:net.forward(x)|}, y, [|{{weights}}|]).backward();
        """);

    [Fact]
    public Task Warns_over_fields_and_classes() => Verifier.Warns(Id, """
        // file: Net.cs
        public sealed class Classifier : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> head = Linear(8, 10);

            public Classifier() : base(nameof(Classifier)) => RegisterComponents();

            public override Tensor forward(Tensor x) => functional.log_softmax({|#0:head.forward(x)|}, 1);
        }
        // file: Trainer.cs
        public sealed class Trainer
        {
            private static readonly float[] shares = { 1, 1, 1, 1, 1, 1, 1, 1, 2 };
            private readonly Classifier net = new();
            private readonly NLLLoss criterion;

            public Trainer()
            {
                var weights = tensor(shares);
                criterion = NLLLoss([|weights|]);
            }

            public void Learn(Tensor x, Tensor y) => criterion.forward(net.forward(x), y).backward();
        }
        """.Replace("functional.log_softmax({|#0:head.forward(x)|}, 1)", "{|#0:functional.log_softmax(head.forward(x), 1)|}"));

    [Theory]
    [InlineData("tensor(new float[] { 1, 2, 3 })")]
    [InlineData("tensor(data.Select(d => 1f).ToArray())")]
    [InlineData("ones(3)")]
    [InlineData("null")]
    [InlineData("rand(data.Count())")]
    public Task Silent_where_they_may_fit(string weights) => Verifier.Silent(Id, $$"""
        var net = Linear(4, 3);
        var (x, y) = data.First();
        functional.cross_entropy(net.forward(x), y, {{weights}}).backward();
        """);

    [Fact]
    public Task Silent_where_the_classes_are_not_certain() => Verifier.Silent(Id, """
        public static class Training
        {
            public static Tensor Loss(Module<Tensor, Tensor> net, Tensor x, Tensor y, int classes)
            {
                var weights = tensor(new[] { 1f, 2f });
                var own = Linear(4, classes);
                var other = net.forward(x);
                var set = tensor(new[] { 1f });
                set = tensor(new[] { 1f, 2f, 3f });
                return functional.cross_entropy(other, y, weights) + functional.cross_entropy(own.forward(x), y, weights)
                    + functional.cross_entropy(Linear(4, 3).forward(x), y, set) + functional.cross_entropy(Linear(4, 3).forward(x).transpose(0, 1), y, weights);
            }
        }
        """);
}
