using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class StaticSubmoduleTests
{
    private const string Id = "TL0315";

    [Fact]
    public Task Names_the_field_and_its_module() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private static readonly Module<Tensor, Tensor> [|embedding|] = Linear(4, 8);
            private readonly Module<Tensor, Tensor> head = Linear(8, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(embedding.forward(x));
        }
        """, "'embedding' is static, and RegisterComponents() only looks at the fields of the instance: parameters() of 'Net' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");

    [Fact]
    public Task Warns_on_a_parameter_and_on_dropout_in_every_way_to_set_them() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private static Parameter? [|scale|];
            internal static Dropout [|Drop|] { get; } = Dropout(0.5);
            public static Block [|Shared|];

            static Net() => Shared = new Block();

            public Net() : base(nameof(Net))
            {
                scale ??= new Parameter(ones(2));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => Run(Drop.forward(x)) * scale!;

            private static Tensor Run(Tensor x) => Shared.forward(x);
        }

        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> inner = Sequential(Linear(2, 2), ReLU());

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => inner.forward(x);
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_of_another_class_makes_it_and_another_part_runs_it() => Verifier.Warns(Id, """
        // file: Net.cs
        internal sealed partial class Net : Module<Tensor, Tensor>
        {
            private static readonly Module<Tensor, Tensor> [|trunk|] = Layers.Trunk();

            public Net() : base(nameof(Net)) => RegisterComponents();
        }
        // file: Net.Forward.cs
        internal sealed partial class Net
        {
            public override Tensor forward(Tensor x) => trunk.forward(x);
        }
        // file: Layers.cs
        internal static class Layers
        {
            public static Module<Tensor, Tensor> Trunk()
            {
                var conv = Conv2d(1, 8, 3);
                return Sequential(conv, ReLU());
            }
        }
        """);

    [Theory]
    [InlineData("private static readonly Module<Tensor, Tensor> act = ReLU();", "act.forward(x)")]
    [InlineData("private static readonly Loss<Tensor, Tensor, Tensor> loss = MSELoss();", "loss.forward(x, x)")]
    [InlineData("private static readonly Tensor mask = ones(2);", "x * mask")]
    [InlineData("public static readonly Net Default = new();", "x")]
    [InlineData("private static Module<Tensor, Tensor>? given; public static void Set(Module<Tensor, Tensor> m) => given = m;", "given!.forward(x)")]
    [InlineData("private static readonly Module<Tensor, Tensor> vgg = Vgg(); private static Module<Tensor, Tensor> Vgg() { var m = Linear(2, 2); m.load(\"vgg\"); return m; }", "vgg.forward(x)")]
    [InlineData("private static readonly Linear frozen = Linear(2, 2); static Net() { foreach (var p in frozen.parameters()) p.requires_grad = false; }", "frozen.forward(x)")]
    [InlineData("private static readonly Linear teacher = Linear(2, 2); private static Tensor Ask(Tensor x) { using (no_grad()) return teacher.forward(x); }", "Ask(x)")]
    public Task Silent_where_static_is_right_or_may_be(string members, string use) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            {{members}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward({{use}});
        }
        """);

    [Fact]
    public Task Silent_when_it_is_registered_by_hand_or_kept_outside_of_modules() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private static readonly Linear shared = Linear(2, 2);

            public Net() : base(nameof(Net)) => register_module("shared", shared);

            public override Tensor forward(Tensor x) => shared.forward(x);
        }

        public static class Cache
        {
            private static readonly Linear kept = Linear(2, 2);

            public static Tensor forward(Tensor x) => kept.forward(x);
        }
        """);

    [Fact]
    public Task Fixes_by_removing_the_word() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            /// <summary>All of it.</summary>
            private static readonly Linear [|first|] = Linear(2, 2); // 2 x 2
            static Linear [|second|] = Linear(2, 2);
    
            public Net() : base(nameof(Net))
            {
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => second.forward(first.forward(x));
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            /// <summary>All of it.</summary>
            private readonly Linear first = Linear(2, 2); // 2 x 2
            Linear second = Linear(2, 2);
    
            public Net() : base(nameof(Net))
            {
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => second.forward(first.forward(x));
        }
        """);

    [Theory]
    [InlineData("private static readonly Linear [|a|] = Linear(2, 2), [|b|] = Linear(2, 2);")]
    [InlineData("private static readonly Linear [|a|] = Linear(2, 2); private static readonly Linear [|b|] = Linear(2, 2); public static Tensor Run(Tensor x) => b.forward(a.forward(x));")]
    [InlineData("[ThreadStatic] private static Linear? [|a|]; private static readonly Linear /* shared */ [|b|] = Linear(2, 2); public static void Make() => a = Linear(b.in_features, 2);")]
    public Task Offers_nothing_where_more_would_have_to_change(string fields) => Verifier.NoFix(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => b.forward(a!.forward(x));
        }
        """);

    [Fact]
    public Task Warns_where_forward_has_a_dispose_scope() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private static readonly Linear [|last|] = Linear(4, 3);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                return last.forward(x).MoveToOuterDisposeScope();
            }
        }
        """);
}
