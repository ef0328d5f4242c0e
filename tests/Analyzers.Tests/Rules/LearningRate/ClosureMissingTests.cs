using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class ClosureMissingTests
{
    private const string Id = "TL0107";

    [Theory]
    [InlineData("lbfgs.step()")]
    [InlineData("lbfgs.step(null)")]
    [InlineData("lbfgs.step(closure: null)")]
    public Task Warns_without_a_closure(string step) => Verifier.Warns(Id, $$"""
        optim.Optimizer lbfgs = {|#0:optim.LBFGS(model.parameters(), lr: 1)|};
        foreach (var (x, y) in data)
        {
            lbfgs.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            [|{{step}}|];
        }
        """, $"'{(step.EndsWith("()", StringComparison.Ordinal) ? step : "lbfgs.step(…)")}' gives LBFGS no closure, and throws: pass a lambda that clears the gradients, computes the loss, runs backward() and returns the loss");

    [Fact]
    public Task Warns_when_a_field_holds_the_optimizer() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer optimizer = {|#0:optim.LBFGS(net.parameters())|};

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                net.forward(x).mean().backward();
                [|optimizer.step()|];
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_steps_what_every_caller_makes_so() => Verifier.Warns(Id, """
        internal static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Tensor x)
            {
                var first = {|#0:optim.LBFGS(net.parameters())|};
                Learn(net, first, x);
                Learn(net, {|#1:optim.LBFGS(net.parameters(), lr: 1)|}, x);
            }

            private static void Learn(Module<Tensor, Tensor> net, optim.Optimizer optimizer, Tensor x)
            {
                optimizer.zero_grad();
                net.forward(x).mean().backward();
                [|optimizer.step()|];
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_lambda() => Verifier.Warns(Id, """
        // top-level
        var net = Linear(2, 1);
        optim.Optimizer lbfgs = optim.LBFGS(net.parameters());
        Action<Tensor> learn = x =>
        {
            lbfgs.zero_grad();
            net.forward(x).mean().backward();
            [|lbfgs.step()|];
        };
        learn(rand(3, 2));
        """);

    [Fact]
    public Task Silent_with_a_closure() => Verifier.Silent(Id, """
        var lbfgs = optim.LBFGS(model.parameters(), lr: 1);
        optim.Optimizer same = lbfgs;
        Func<Tensor>? known = null;
        foreach (var (x, y) in data)
        {
            Tensor Closure()
            {
                lbfgs.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                return loss;
            }

            lbfgs.step(Closure);
            same.step(() => Closure());
            same.step(known);
        }
        """);

    [Fact]
    public Task Silent_on_other_optimizers() => Verifier.Silent(Id, """
        optim.Optimizer adam = optim.Adam(model.parameters());
        var lbfgs = optim.LBFGS(model.parameters());
        adam.step();
        adam.step(null);
        lbfgs.step(() => model.forward(data.First().x).mean());
        """);

    [Fact]
    public Task Silent_when_it_may_be_another_or_is_asked_for() => Verifier.Silent(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net, bool second)
        {
            private readonly optim.Optimizer either = second ? optim.LBFGS(net.parameters()) : optim.Adam(net.parameters());
            private readonly optim.Optimizer only = optim.LBFGS(net.parameters());

            public void Learn(Tensor x)
            {
                either.step();
                if (only is LBFGS) only.step(() => net.forward(x).mean());
                else only.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_it_is_meant_to_throw() => Verifier.Silent(Id, """
        public static class Assert
        {
            public static void Throws<T>(Func<object> action) => action();
        }

        public static class Tests
        {
            public static void Closure(Module<Tensor, Tensor> net)
            {
                optim.Optimizer optimizer = optim.LBFGS(net.parameters());
                Assert.Throws<ArgumentNullException>(() => optimizer.step());
            }
        }
        """);
}
