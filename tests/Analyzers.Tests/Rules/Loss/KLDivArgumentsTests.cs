using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class KLDivArgumentsTests
{
    private const string Id = "TL0414";

    [Fact]
    public Task Points_at_the_softmax_of_the_input() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var p = {|#0:model.forward(x).softmax(1)|};
        [|functional.kl_div(p, y)|].backward();
        """, "'functional.kl_div(…)' takes log-probabilities as input and gets probabilities: use log_softmax in the place of softmax", [[0]]);

    [Fact]
    public Task Points_at_the_softmax_of_the_target() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var teacher = Linear(4, 3);
        var soft = {|#0:functional.softmax(teacher.forward(x), 1)|};
        [|functional.kl_div(model.forward(x).log_softmax(1), soft)|].backward();
        """, "'functional.kl_div(…)' takes the target for log-probabilities, because log_target is true unless it is set, and gets probabilities: pass log_target: false", [[0]]);

    [Fact]
    public Task Warns_for_raw_scores_of_a_module_in_a_field() => Verifier.Warns(Id, """
        public sealed class Distiller
        {
            private readonly Module<Tensor, Tensor> student = Linear(4, 3);
            private readonly KLDivLoss criterion = KLDivLoss(log_target: false);

            public void Learn(Tensor x, Tensor soft) => [|criterion.forward({|#0:student.forward(x)|}, soft)|].backward();
        }
        """, "'criterion.forward(…)' takes log-probabilities as input and gets raw scores: apply log_softmax first", [[0]]);

    [Fact]
    public Task Warns_where_the_helper_of_a_teacher_returns_probabilities() => Verifier.Warns(Id, """
        public sealed class Distiller(Module<Tensor, Tensor> teacher, Module<Tensor, Tensor> student)
        {
            private readonly Loss<Tensor, Tensor, Tensor> criterion = KLDivLoss();

            public Tensor Loss(Tensor x) => [|criterion.forward(functional.log_softmax(student.forward(x), 1), Targets(x))|];

            private Tensor Targets(Tensor x)
            {
                using var _ = no_grad();
                return {|#0:functional.softmax(teacher.forward(x), 1)|};
            }
        }
        """, null, [[0]]);

    [Fact]
    public Task Fixes_the_function() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            var loss = [|functional.kl_div(functional.softmax(model.forward(x), 1), y, log_target: false)|];
            loss.backward();
            [|functional.kl_div(model.forward(y).log_softmax(1), y.softmax(1))|].backward();
        }
        """, """
        foreach (var (x, y) in data)
        {
            var loss = functional.kl_div(functional.log_softmax(model.forward(x), 1), y, log_target: false);
            loss.backward();
            functional.kl_div(model.forward(y).log_softmax(1), y.softmax(1), log_target: false).backward();
        }
        """);

    [Fact]
    public Task Fixes_the_module_where_it_is_made() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 3);
        var criterion = KLDivLoss(); // as in the paper
        var soft = rand(8, 3).softmax(1);
        if (args.Length == 0)
            [|criterion.forward(net.forward(rand(8, 4)).log_softmax(1), soft)|].backward();
        """, """
        // top-level
        var net = Linear(4, 3);
        var criterion = KLDivLoss(log_target: false); // as in the paper
        var soft = rand(8, 3).softmax(1);
        if (args.Length == 0)
            criterion.forward(net.forward(rand(8, 4)).log_softmax(1), soft).backward();
        """);

    [Fact]
    public Task Fixes_raw_scores() => Verifier.Fix(Id, """
        var (x, y) = data.First();
        var student = Linear(4, 3);
        [|functional.kl_div(student.forward(x), y, log_target: false)|].backward();
        """, """
        var (x, y) = data.First();
        var student = Linear(4, 3);
        functional.kl_div(student.forward(x).log_softmax(-1), y, log_target: false).backward();
        """);

    [Theory]
    [InlineData("functional.kl_div(scores.log_softmax(1), y.softmax(1), log_target: false)")]
    [InlineData("functional.kl_div(scores.log_softmax(1), y.log_softmax(1))")]
    [InlineData("functional.kl_div(scores.log_softmax(1), y)")]
    [InlineData("functional.kl_div((scores / 2).log_softmax(1), (y / 2).softmax(1), log_target: false, reduction: Reduction.Sum)")]
    [InlineData("functional.kl_div(scores.softmax(1).log(), y.log_softmax(1))")]
    [InlineData("functional.kl_div((scores.softmax(1) + 1e-8f).log(), y)")]
    [InlineData("functional.kl_div(y, y)")]
    [InlineData("KLDivLoss(log_target: false).forward(scores.log_softmax(1), y.softmax(1))")]
    public Task Silent_on_correct_pairs(string loss) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var scores = model.forward(x);
        {{loss}}.backward();
        """);
}
