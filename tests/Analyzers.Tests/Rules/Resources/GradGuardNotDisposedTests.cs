using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class GradGuardNotDisposedTests
{
    private const string Id = "TL1104";

    [Fact]
    public Task Names_the_guard_and_says_what_to_write() => Verifier.Warns(Id, """
        [|torch.no_grad()|];
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """, "Nobody disposes what 'torch.no_grad()' returns, so it stays in force on this thread for good: write using var _ = torch.no_grad();");

    [Theory]
    [InlineData("[|no_grad()|];")]
    [InlineData("[|torch.inference_mode()|];")]
    [InlineData("[|inference_mode(true)|];")]
    [InlineData("[|enable_grad()|];")]
    [InlineData("[|torch.set_grad_enabled(false)|];")]
    [InlineData("_ = [|no_grad()|];")]
    [InlineData("var guard = [|no_grad()|];")]
    [InlineData("IDisposable guard = [|torch.no_grad()|];\nvar same = guard;")]
    [InlineData("IDisposable? guard;\nguard = [|no_grad()|];")]
    public Task Warns_for_every_guard_that_is_dropped(string guard) => Verifier.Warns(Id, $$"""
        {{guard}}
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        """);

    [Fact]
    public Task Fixes_in_a_validation_method() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(IReadOnlyList<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var x in batches)
                    {
                        sgd.zero_grad();
                        net.forward(x).mean().backward();
                        sgd.step();
                    }

                    Console.WriteLine(Validate(batches));
                }
            }

            private float Validate(IReadOnlyList<Tensor> batches)
            {
                [|no_grad()|];
                return batches.Average(x => net.forward(x).mean().item<float>());
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Fit(IReadOnlyList<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    foreach (var x in batches)
                    {
                        sgd.zero_grad();
                        net.forward(x).mean().backward();
                        sgd.step();
                    }

                    Console.WriteLine(Validate(batches));
                }
            }

            private float Validate(IReadOnlyList<Tensor> batches)
            {
                using var _ = no_grad();
                return batches.Average(x => net.forward(x).mean().item<float>());
            }
        }
        """);

    [Fact]
    public Task Warns_in_forward_and_in_a_constructor() => Verifier.Warns(Id, """
        public sealed class Frozen : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 2);

            public Frozen() : base(nameof(Frozen))
            {
                [|torch.no_grad()|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var guard = [|torch.no_grad()|];
                return layer.forward(x);
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        net.eval();
        [|no_grad()|];
        Console.WriteLine(net.forward(rand(4, 2)).mean().item<float>());
        """, """
        // top-level
        var net = Linear(2, 1);
        net.eval();
        using var _ = no_grad();
        Console.WriteLine(net.forward(rand(4, 2)).mean().item<float>());
        """);

    [Fact]
    public Task Fixes_in_a_lambda_a_local_function_and_an_iterator() => Verifier.Fix(Id, """
        public static class Prediction
        {
            public static IEnumerable<float> Run(Module<Tensor, Tensor> net, IEnumerable<Tensor> inputs)
            {
                [|no_grad()|];
                Func<Tensor, Tensor> predict = x =>
                {
                    [|inference_mode()|];
                    return net.forward(x);
                };
                foreach (var x in inputs)
                    yield return Value(predict(x));

                static float Value(Tensor t)
                {
                    var off = [|no_grad()|];
                    return t.item<float>();
                }
            }
        }
        """, """
        public static class Prediction
        {
            public static IEnumerable<float> Run(Module<Tensor, Tensor> net, IEnumerable<Tensor> inputs)
            {
                using var _ = no_grad();
                Func<Tensor, Tensor> predict = x =>
                {
                    using var inferenceMode = inference_mode();
                    return net.forward(x);
                };
                foreach (var x in inputs)
                    yield return Value(predict(x));

                static float Value(Tensor t)
                {
                    using var off = no_grad();
                    return t.item<float>();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_it_is_kept_in_a_field_that_nobody_disposes() => Verifier.Warns(Id, """
        public sealed class Predictor(Module<Tensor, Tensor> net)
        {
            private IDisposable? guard;

            public Tensor Predict(Tensor x)
            {
                guard = [|no_grad()|];
                return net.forward(x);
            }
        }
        """);

    [Theory]
    [InlineData("using var _ = no_grad();")]
    [InlineData("using var guard = torch.no_grad();")]
    [InlineData("using (torch.inference_mode()) { Console.WriteLine(1); }")]
    [InlineData("using (no_grad())\nusing (var scope = NewDisposeScope()) { Console.WriteLine(1); }")]
    [InlineData("using IDisposable? guard = model.training ? null : no_grad();")]
    [InlineData("var guard = no_grad();\ntry { Console.WriteLine(1); } finally { guard.Dispose(); }")]
    [InlineData("var guard = no_grad();\nusing (guard) { Console.WriteLine(1); }")]
    [InlineData("var guard = model.training ? null : no_grad();\nguard?.Dispose();")]
    [InlineData("IDisposable? guard = null;\nif (!model.training) guard = no_grad();\nguard?.Dispose();")]
    [InlineData("no_grad().Dispose();")]
    public Task Silent_when_it_is_disposed(string guard) => Verifier.Silent(Id, guard);

    [Fact]
    public Task Silent_when_the_caller_disposes_it() => Verifier.Silent(Id, """
        public static class Modes
        {
            public static IDisposable Evaluation(Module net)
            {
                net.eval();
                return no_grad();
            }

            public static IDisposable? Of(bool training) => training ? null : torch.inference_mode();
        }
        """);

    [Fact]
    public Task Silent_when_a_list_or_another_object_takes_it() => Verifier.Silent(Id, """
        public sealed class Guards : IDisposable
        {
            private readonly List<IDisposable> all = [];

            public Guards() => all.Add(no_grad());

            public void Dispose() => all.ForEach(g => g.Dispose());
        }

        public sealed class Holder(IDisposable inner) : IDisposable
        {
            public static Holder NoGradients() => new(no_grad());

            public void Dispose() => inner.Dispose();
        }
        """);

    [Fact]
    public Task Silent_when_a_field_is_disposed_elsewhere() => Verifier.Silent(Id, """
        public sealed class Predictor : IDisposable
        {
            private readonly IDisposable guard = no_grad();

            public void Dispose() => guard.Dispose();
        }
        """);

    [Fact]
    public Task Silent_when_a_callee_disposes_it() => Verifier.Silent(Id, """
        public static class Cleaning
        {
            public static void Run()
            {
                var guard = no_grad();
                End(guard);
            }

            private static void End(IDisposable guard) => guard.Dispose();
        }
        """);

    [Fact]
    public Task Silent_when_the_mode_is_switched_for_good() => Verifier.Silent(Id, """
        torch.set_grad_enabled(false);
        foreach (var (x, y) in data)
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
        torch.set_grad_enabled(true);
        """);

    [Fact]
    public Task Silent_on_a_method_of_ones_own_with_the_same_name() => Verifier.Silent(Id, """
        public static class Mine
        {
            public static IDisposable no_grad() => new MemoryStream();

            public static void Run() => Mine.no_grad();
        }
        """);

    [Fact]
    public Task Silent_when_one_guard_takes_the_place_of_another() => Verifier.Silent(Id, """
        var guard = no_grad();
        foreach (var (x, y) in data)
        {
            Console.WriteLine(criterion.forward(model.forward(x), y).item<float>());
            guard.Dispose();
            guard = torch.inference_mode();
        }

        guard.Dispose();
        """);
}
