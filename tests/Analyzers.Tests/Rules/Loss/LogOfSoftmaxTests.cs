using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Loss;

public class LogOfSoftmaxTests
{
    private const string Id = "TL0417";

    [Fact]
    public Task Names_the_call_and_what_to_use() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var logs = [|torch.log(functional.softmax(x, 1))|];
        """, "'torch.log(…)' loses precision and may become infinite: 'log_softmax' computes the same in one step");

    [Theory]
    [InlineData("x.softmax(1).log()", "x.log_softmax(1)")]
    [InlineData("torch.log(functional.softmax(x, 1))", "functional.log_softmax(x, 1)")]
    [InlineData("functional.softmax(x, dim: -1).log()", "functional.log_softmax(x, dim: -1)")]
    [InlineData("torch.softmax(x, 1).log()", "torch.nn.functional.log_softmax(x, 1)")]
    [InlineData("(1 + x).log()", "x.log1p()")]
    [InlineData("torch.log(x + 1)", "x.log1p()")]
    [InlineData("torch.log(1.0 + x * 2)", "(x * 2).log1p()")]
    [InlineData("x.exp() - 1", "x.expm1()")]
    [InlineData("torch.exp(x * 2) - 1.0f", "torch.expm1(x * 2)")]
    [InlineData("x.exp().sum(1).log()", "x.logsumexp(1)")]
    [InlineData("torch.log(torch.exp(x).sum(1, keepdim: true))", "x.logsumexp(1, keepdim: true)")]
    public Task Fixes_every_form(string before, string after) => Verifier.Fix(Id, $$"""
        var (x, y) = data.First();
        var result = [|{{before}}|]; // in one step
        """, $$"""
        var (x, y) = data.First();
        var result = {{after}}; // in one step
        """);

    [Fact]
    public Task Fixes_inside_an_expression() => Verifier.Fix(Id, """
        public sealed class Loss : Module<Tensor, Tensor, Tensor>
        {
            public Loss() : base(nameof(Loss)) { }

            public override Tensor forward(Tensor scores, Tensor target) =>
                -([|scores.softmax(1).log()|] * target).sum(1).mean()
                + ([|scores.exp() - 1|]).mean();
        }
        """, """
        public sealed class Loss : Module<Tensor, Tensor, Tensor>
        {
            public Loss() : base(nameof(Loss)) { }

            public override Tensor forward(Tensor scores, Tensor target) =>
                -(scores.log_softmax(1) * target).sum(1).mean()
                + (scores.expm1()).mean();
        }
        """);

    [Fact]
    public Task Warns_where_the_softmax_is_a_module_or_stands_in_a_variable() => Verifier.NoFix(Id, """
        public sealed class Policy(Module<Tensor, Tensor> net)
        {
            private readonly Softmax softmax = Softmax(1);

            public Tensor Loss(Tensor x, Tensor y)
            {
                var p = net.forward(x).softmax(1);
                return -(y * [|p.log()|]).mean() - [|softmax.forward(x).log()|].mean() + p.mean();
            }
        }
        """);

    [Fact]
    public Task Warns_where_the_model_ends_in_a_softmax() => Verifier.NoFix(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Sequential(Linear(4, 8), ReLU(), Linear(8, 2), Softmax(1));

            public Tensor Loss(Tensor state, Tensor reward) => -([|torch.log(policy.forward(state))|] * reward).mean();
        }
        """);

    [Theory]
    [InlineData("(x.softmax(1) + 1e-8f).log()")]
    [InlineData("x.softmax(1).clamp(1e-8, 1).log()")]
    [InlineData("x.log()")]
    [InlineData("x.sigmoid().log()")]
    [InlineData("(x + 2).log()")]
    [InlineData("(x + y).log()")]
    [InlineData("x.exp() - 2")]
    [InlineData("1 - x.exp()")]
    [InlineData("x.exp() - y")]
    [InlineData("x.exp().sum().log()")]
    [InlineData("x.exp().mean().log()")]
    [InlineData("x.sum(1).log()")]
    [InlineData("x.log_softmax(1)")]
    public Task Silent_on_other_logarithms(string expression) => Verifier.Silent(Id, $$"""
        var (x, y) = data.First();
        var result = {{expression}};
        """);

    [Fact]
    public Task Silent_on_numbers_and_on_a_variable_that_is_set_anew() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var p = x.softmax(1);
        p = p + 1e-6f;
        var result = p.log();
        var number = Math.Log(1 + 0.5) + Math.Exp(0.5) - 1;
        """);
}
