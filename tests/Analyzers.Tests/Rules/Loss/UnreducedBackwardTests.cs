using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class UnreducedBackwardTests
{
    private const string Id = "TL0415";

    [Fact]
    public Task Names_the_loss_and_points_at_where_it_is_computed() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var loss = {|#0:functional.cross_entropy(model.forward(x), y, reduction: Reduction.None)|};
        [|loss.backward()|];
        """, "'loss' has one value for each row because of Reduction.None, so backward() throws: reduce it with mean() first", [[0]]);

    [Fact]
    public Task Fixes_by_taking_the_mean() => Verifier.Fix(Id, """
        var perRow = MSELoss(reduction: Reduction.None);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = perRow.forward(model.forward(x), y);
            [|loss.backward()|]; // one value per row
            [|(loss * 0.5).backward()|];
            optimizer.step();
        }
        """, """
        var perRow = MSELoss(reduction: Reduction.None);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = perRow.forward(model.forward(x), y);
            loss.mean().backward(); // one value per row
            (loss * 0.5).mean().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_a_single_expression_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 3);
        if (args.Length == 0)
            [|functional.nll_loss(net.forward(rand(8, 4)).log_softmax(1), randint(0, 3, new long[] { 8 }), reduction: Reduction.None).backward()|];
        """, """
        // top-level
        var net = Linear(4, 3);
        if (args.Length == 0)
            functional.nll_loss(net.forward(rand(8, 4)).log_softmax(1), randint(0, 3, new long[] { 8 }), reduction: Reduction.None).mean().backward();
        """);

    [Fact]
    public Task Warns_where_the_loss_is_a_field_and_backward_stands_in_a_helper() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly BCEWithLogitsLoss criterion = BCEWithLogitsLoss(reduction: Reduction.None);

            public void Learn(Tensor x, Tensor y) => Apply({|#0:criterion.forward(net.forward(x), y)|});

            private static void Apply(Tensor loss)
            {
                [|loss.backward()|];
            }
        }
        """, null, [[0]]);

    [Fact]
    public Task Warns_where_a_helper_computes_the_loss() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Learn(Module<Tensor, Tensor> net, Tensor x, Tensor y)
            {
                var loss = Loss(net.forward(x), y);
                [|loss.backward()|];
            }

            private static Tensor Loss(Tensor output, Tensor target) => {|#0:functional.l1_loss(output, target, Reduction.None)|};
        }
        """, null, [[0]]);

    [Theory]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.None).mean()")]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: Reduction.None).sum()")]
    [InlineData("(functional.cross_entropy(model.forward(x), y, reduction: Reduction.None) * y).mean()")]
    [InlineData("functional.cross_entropy(model.forward(x), y)")]
    [InlineData("functional.cross_entropy(model.forward(x), y, reduction: y.numel() > 1 ? Reduction.Mean : Reduction.None)")]
    [InlineData("functional.mse_loss(model.forward(x), y, Reduction.Sum)")]
    [InlineData("functional.mse_loss(zeros(1, requires_grad: true), y, Reduction.None)")]
    public Task Silent_on_a_single_number(string loss) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var loss = {{loss}};
        loss.backward();
        """);

    [Fact]
    public Task Silent_where_the_gradient_is_given() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var loss = functional.mse_loss(model.forward(x), y, Reduction.None);
        loss.backward(new[] { ones_like(loss) });
        autograd.backward(loss, ones_like(loss));
        """);
}
