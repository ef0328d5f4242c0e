using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class TensorEscapesScopeTests
{
    private const string Id = "TL1103";

    [Fact]
    public Task Names_the_tensor_and_the_scope() => Verifier.Warns(Id, """
        public static class Probability
        {
            public static Tensor Of(Module<Tensor, Tensor> net, Tensor x)
            {
                using var scope = {|#0:torch.NewDisposeScope()|};
                var y = net.forward(x);
                return [|y|];
            }
        }
        """, "'y' is disposed at the end of 'torch.NewDisposeScope()', so whoever uses it later gets an exception: let it leave the scope with MoveToOuterDisposeScope()", [[0]]);

    [Fact]
    public Task Moves_what_is_returned() => Verifier.Fix(Id, """
        public sealed class Focal : Module<Tensor, Tensor, Tensor>
        {
            private readonly Loss<Tensor, Tensor, Tensor> inner = BCEWithLogitsLoss();

            public Focal() : base(nameof(Focal)) => RegisterComponents();

            public override Tensor forward(Tensor x, Tensor y)
            {
                using (NewDisposeScope())
                {
                    Tensor loss = inner.forward(x, y);
                    loss *= 1 - x.sigmoid();
                    return [|loss.mean()|]; // one number
                }
            }

            public static (Tensor Low, Tensor High) Bounds(Tensor x, bool both)
            {
                using var scope = NewDisposeScope();
                if (!both)
                    return (x, [|x + 1|]);
                var low = x - 1;
                return (low.MoveToOuterDisposeScope(), [|low + 2|]);
            }
        }
        """, """
        public sealed class Focal : Module<Tensor, Tensor, Tensor>
        {
            private readonly Loss<Tensor, Tensor, Tensor> inner = BCEWithLogitsLoss();

            public Focal() : base(nameof(Focal)) => RegisterComponents();

            public override Tensor forward(Tensor x, Tensor y)
            {
                using (NewDisposeScope())
                {
                    Tensor loss = inner.forward(x, y);
                    loss *= 1 - x.sigmoid();
                    return loss.mean().MoveToOuterDisposeScope(); // one number
                }
            }

            public static (Tensor Low, Tensor High) Bounds(Tensor x, bool both)
            {
                using var scope = NewDisposeScope();
                if (!both)
                    return (x, (x + 1).MoveToOuterDisposeScope());
                var low = x - 1;
                return (low.MoveToOuterDisposeScope(), (low + 2).MoveToOuterDisposeScope());
            }
        }
        """);

    [Fact]
    public Task Moves_what_the_next_round_reads() => Verifier.Fix(Id, """
        Tensor means = zeros(4);
        for (var i = 0; i < 10; i++)
        {
            using var scope = NewDisposeScope();
            var distance = means - rand(4);
            means = [|means - distance|];
        }

        Console.WriteLine(means.sum().item<float>());
        """, """
        Tensor means = zeros(4);
        for (var i = 0; i < 10; i++)
        {
            using var scope = NewDisposeScope();
            var distance = means - rand(4);
            means = (means - distance).MoveToOuterDisposeScope();
        }

        Console.WriteLine(means.sum().item<float>());
        """);

    [Fact]
    public Task Moves_a_sum_and_what_a_list_keeps() => Verifier.Fix(Id, """
        public static class Prediction
        {
            public static Tensor All(Module<Tensor, Tensor> net, List<Tensor> inputs)
            {
                var outputs = new List<Tensor>();
                var total = zeros(2, 2);
                foreach (var x in inputs)
                {
                    using var scope = NewDisposeScope();
                    using var _ = no_grad();
                    var y = net.forward(x).cpu();
                    outputs.Add([|y|]);
                    [|total += y|];
                }

                return cat(outputs.ToArray()) / total;
            }
        }
        """, """
        public static class Prediction
        {
            public static Tensor All(Module<Tensor, Tensor> net, List<Tensor> inputs)
            {
                var outputs = new List<Tensor>();
                var total = zeros(2, 2);
                foreach (var x in inputs)
                {
                    using var scope = NewDisposeScope();
                    using var _ = no_grad();
                    var y = net.forward(x).cpu();
                    outputs.Add(y.MoveToOuterDisposeScope());
                    total = (total + y).MoveToOuterDisposeScope();
                }

                return cat(outputs.ToArray()) / total;
            }
        }
        """);

    [Fact]
    public Task Detaches_what_a_field_keeps() => Verifier.Fix(Id, """
        public sealed class Critic(Module<Tensor, Tensor> net)
        {
            private Tensor? baseline;

            public float Advantage(Tensor reward) => (reward - baseline!).item<float>();

            public void Learn(Tensor state)
            {
                using var scope = NewDisposeScope();
                var value = net.forward(state);
                baseline = [|value.detach()|];
                Console.WriteLine(baseline.item<float>());
            }
        }
        """, """
        public sealed class Critic(Module<Tensor, Tensor> net)
        {
            private Tensor? baseline;

            public float Advantage(Tensor reward) => (reward - baseline!).item<float>();

            public void Learn(Tensor state)
            {
                using var scope = NewDisposeScope();
                var value = net.forward(state);
                baseline = value.detach().DetachFromDisposeScope();
                Console.WriteLine(baseline.item<float>());
            }
        }
        """);

    [Fact]
    public Task Warns_after_the_block_in_finally_and_in_a_lambda() => Verifier.Warns(Id, """
        public static class Uses
        {
            public static float After(Tensor x)
            {
                Tensor y;
                using (NewDisposeScope())
                {
                    y = [|x.relu()|];
                }

                return y.sum().item<float>();
            }

            public static Tensor Finally(Tensor x)
            {
                var scope = NewDisposeScope();
                try
                {
                    return [|x.relu()|];
                }
                finally
                {
                    scope.Dispose();
                }
            }

            public static float Outer(Tensor x)
            {
                Tensor? last = null;
                Action<Tensor> run = t =>
                {
                    using var scope = NewDisposeScope();
                    last = [|t.relu()|];
                };
                run(x);
                return last!.sum().item<float>();
            }
        }
        """);

    [Fact]
    public Task Warns_about_a_helper_that_makes_the_tensor_and_about_what_is_put_together() => Verifier.Warns(Id, """
        public sealed record Output
        {
            public Tensor? Logits { get; init; }
        }

        public sealed class Predictor(Module<Tensor, Tensor> net)
        {
            private Tensor Raw(Tensor x)
            {
                net.eval();
                return net.forward(x).softmax(1);
            }

            public Tensor Predict(Tensor x)
            {
                using var scope = NewDisposeScope();
                var y = Raw(x);
                return [|y|];
            }

            public Output Wrap(Tensor x)
            {
                using var scope = NewDisposeScope();
                return new Output { Logits = [|Raw(x)|] };
            }

            public Tensor[] Split(Tensor x)
            {
                using var scope = NewDisposeScope();
                return new[] { x, [|-x|] };
            }
        }
        """);

    [Fact]
    public Task Leaves_the_using_of_what_is_returned_out() => Verifier.Fix(Id, """
        public static class Uses
        {
            public static Tensor Relu(Tensor x)
            {
                using var y = x.relu();
                return [|y|];
            }
        }
        """, """
        public static class Uses
        {
            public static Tensor Relu(Tensor x)
            {
                var y = x.relu();
                return y;
            }
        }
        """, new VerifyOptions { Message = "'y' is disposed at the end of 'using y', so whoever uses it later gets an exception: leave the using out" });

    [Fact]
    public Task Offers_nothing_for_one_of_several_values() => Verifier.NoFix(Id, """
        Tensor best = zeros(4), where = zeros(4);
        using (NewDisposeScope())
        {
            ([|best|], [|where|]) = rand(4, 4).max(1);
        }

        Console.WriteLine((best + where).sum().item<float>());
        """);

    [Theory]
    [InlineData("return x.relu().MoveToOuterDisposeScope();")]
    [InlineData("var y = x.relu();\ny.MoveToOuterDisposeScope();\nreturn y;")]
    [InlineData("var y = x.relu();\nscope.MoveToOuter(y);\nreturn y;")]
    [InlineData("return scope.MoveToOuter(x.relu());")]
    [InlineData("return scope.Detach(x.relu());")]
    [InlineData("var y = x.relu().DetachFromDisposeScope();\nvar z = y;\nreturn z;")]
    [InlineData("var y = x.relu();\nvar z = y;\nz.MoveToOuterDisposeScope();\nreturn y;")]
    [InlineData("var y = x.relu();\nreturn scope.DisposeEverythingBut(y).MoveToOuterDisposeScope();")]
    [InlineData("x.relu();\nreturn x;")]
    [InlineData("return x.add_(1);")]
    [InlineData("return before;")]
    [InlineData("return before.add_(x.relu());")]
    [InlineData("var y = x.relu();\ny?.MoveToOuterDisposeScope();\nreturn y!;")]
    [InlineData("return x.relu().MoveToOtherDisposeScope(outer);")]
    [InlineData("var y = x.relu();\nholder.register_buffer(\"y\", y);\nreturn y;")]
    [InlineData("var y = x.relu();\nouter.Attach(y);\nreturn y;")]
    [InlineData("return Kept(x);")]
    [InlineData("var y = x.relu();\nKeep(y);\nreturn y;")]
    [InlineData("return weight;")]
    [InlineData("return Parameter(x.relu());")]
    public Task Silent_when_it_has_left_or_was_never_in(string code) => Verifier.Silent(Id, $$"""
        public sealed class Uses(DisposeScope outer, Module<Tensor, Tensor> holder)
        {
            private static readonly List<Tensor> cache = [];
            private readonly Tensor weight = zeros(4);

            public Tensor Run(Tensor x)
            {
                var before = zeros(4);
                using var scope = NewDisposeScope();
                {{code}}
            }

            private static Tensor Kept(Tensor x) => cache[0];

            private static void Keep(Tensor y) => y.MoveToOuterDisposeScope();
        }
        """);

    [Fact]
    public Task Silent_in_an_iterator_and_across_an_await() => Verifier.Silent(Id, """
        public static class Uses
        {
            public static IEnumerable<Tensor> All(List<Tensor> inputs)
            {
                foreach (var x in inputs)
                {
                    using var scope = NewDisposeScope();
                    yield return x.relu();
                }
            }

            public static async Task<Tensor> Later(Tensor x)
            {
                using var scope = NewDisposeScope();
                await Task.Yield();
                return x.relu();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_name_is_set_anew_before_it_is_read() => Verifier.Silent(Id, """
        Tensor? y = null;
        var total = 0f;
        foreach (var (x, t) in data)
        {
            using var scope = NewDisposeScope();
            y = model.forward(x);
            total += y.mean().item<float>();
        }

        y?.Dispose();
        if (y is null) Console.WriteLine(total);
        y = zeros(1);
        Console.WriteLine(y.item<float>());
        """);

    [Fact]
    public Task Silent_when_a_list_is_moved_or_lives_no_longer() => Verifier.Silent(Id, """
        var kept = new List<Tensor>();
        foreach (var (x, t) in data)
        {
            using var scope = NewDisposeScope();
            var parts = new List<Tensor>();
            parts.Add(x.relu());
            kept.Add(x + 1);
            scope.MoveToOuter(kept);
            Console.WriteLine(cat(parts.ToArray()).sum().item<float>());
        }

        Console.WriteLine(cat(kept.ToArray()).sum().item<float>());
        """);

    [Fact]
    public Task Silent_when_nobody_reads_the_field_before_it_is_written_again() => Verifier.Silent(Id, """
        public sealed class Cached : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 2);
            private Tensor? weight;

            public Cached() : base(nameof(Cached)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                weight = rand(2).exp();
                return (layer.forward(x) * weight).MoveToOuterDisposeScope();
            }

            public float Again(Tensor x)
            {
                weight = rand(2);
                return (x * weight).sum().item<float>();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_scope_belongs_to_somebody_else() => Verifier.Silent(Id, """
        public sealed class Holder : IDisposable
        {
            private readonly List<IDisposable> scopes = [];

            public Tensor Make(Tensor x)
            {
                var scope = NewDisposeScope();
                scopes.Add(scope);
                return x.relu();
            }

            public void Dispose() => scopes.ForEach(s => s.Dispose());
        }
        """);

    [Fact]
    public Task Silent_when_a_using_is_not_what_is_returned() => Verifier.Silent(Id, """
        public static class Uses
        {
            public static Tensor Relu(Tensor x)
            {
                using var y = x.relu();
                Func<Tensor> again = () => { return y; };
                Console.WriteLine(again().shape.Length);
                return y + 1;
            }
        }
        """);

    [Theory]
    [InlineData("([|h.detach()|], h.detach().MoveToOuterDisposeScope())", true)]
    [InlineData("(h.detach().MoveToOuterDisposeScope(), h.clone().MoveToOuterDisposeScope())", false)]
    public Task Looks_into_a_tuple_that_the_next_round_reads(string state, bool escapes)
    {
        var source = $$"""
            (Tensor, Tensor)? state = null;
            foreach (var (x, y) in data)
            {
                using var scope = NewDisposeScope();
                var h = Next(x, state);
                state = {{state}};
            }

            static Tensor Next(Tensor x, (Tensor h, Tensor c)? state) => state is null ? x : x + state.Value.h + state.Value.c;
            """;
        return escapes ? Verifier.Warns(Id, source) : Verifier.Silent(Id, source);
    }
}
