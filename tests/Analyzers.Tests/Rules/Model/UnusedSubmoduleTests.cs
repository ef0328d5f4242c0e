using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class UnusedSubmoduleTests
{
    private const string Id = "TL0312";

    [Fact]
    public Task Names_the_layer_and_its_module() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(2, 8);
            private readonly Linear [|second|] = Linear(8, 8);
            private readonly Linear last = Linear(8, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => last.forward(first.forward(x));
        }
        """, "'second' is registered, but nothing in 'Net' ever runs it: its weights are counted, moved and saved, and never get a gradient");

    [Fact]
    public Task Warns_on_what_is_only_set_filled_registered_and_disposed() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear used;
            private readonly Module<Tensor, Tensor> [|norm|];
            private readonly Linear [|head|];
            internal Parameter [|Scale|] { get; } = new(ones(2));
            private readonly Block [|block|];

            public Net() : base(nameof(Net))
            {
                used = Linear(2, 2);
                norm = Sequential(LayerNorm(2), ReLU());
                this.head = Linear(2, 2);
                init.xavier_uniform_(head.weight);
                block = new Block();
                register_module(nameof(block), block);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => used.forward(x);

            protected override void Dispose(bool disposing)
            {
                head.Dispose();
                norm?.Dispose();
                base.Dispose(disposing);
            }
        }

        internal sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Warns_in_a_part_of_its_own_when_another_class_has_a_field_of_that_name() => Verifier.Warns(Id, """
        // file: Net.cs
        internal sealed partial class Net : Module<Tensor, Tensor>
        {
            private readonly Linear [|extra|] = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();
        }
        // file: Net.Forward.cs
        internal sealed partial class Net
        {
            private readonly Linear layer = Linear(2, 2);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        // file: Other.cs
        internal sealed class Other : Module<Tensor, Tensor>
        {
            private readonly Linear extra = Linear(2, 2);

            public Other() : base(nameof(Other)) => RegisterComponents();

            public override Tensor forward(Tensor x) => extra.forward(x);
        }
        """);

    [Theory]
    [InlineData("", "layer.forward(x)")]
    [InlineData("private Tensor Run(Tensor x) => layer.forward(x);", "Run(x)")]
    [InlineData("public Linear Layer => layer;", "x")]
    [InlineData("private readonly Module<Tensor, Tensor> all; partial void Make(Linear l);", "x")]
    [InlineData("private Tensor All(Tensor x) { foreach (var (_, m) in named_children()) x = ((Module<Tensor, Tensor>)m).forward(x); return x; }", "All(x)")]
    [InlineData("public Tensor Encode(Tensor x) => layer.forward(x);", "x")]
    public Task Silent_when_something_runs_it(string member, string use) => Verifier.Silent(Id, $$"""
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            {{member}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => {{use}};
        }
        """.Replace("private readonly Module<Tensor, Tensor> all; partial void Make(Linear l);", "private Module<Tensor, Tensor> Whole() => Sequential(layer, ReLU());", StringComparison.Ordinal));

    [Fact]
    public Task Silent_when_the_constructor_puts_it_into_a_sequence() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(2, 2);
            private readonly Linear second;
            private readonly Module<Tensor, Tensor> all;

            public Net() : base(nameof(Net))
            {
                var layers = new List<Module<Tensor, Tensor>> { first };
                layers.Add(second = Linear(2, 2));
                all = Sequential(layers);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => all.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_others_may_or_do_run_it() => Verifier.Silent(Id, """
        public abstract class Base : Module<Tensor, Tensor>
        {
            protected readonly Linear inherited = Linear(2, 2);

            protected Base(string name) : base(name) { }
        }

        public class Net : Base
        {
            public readonly Linear Open = Linear(2, 2);
            internal readonly Linear friendly = Linear(2, 2);
            private readonly Module<Tensor, Tensor> act = ReLU();
            private readonly Module<Tensor, Tensor>? given;

            public Net(Module<Tensor, Tensor>? given) : base(nameof(Net))
            {
                this.given = given;
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => inherited.forward(x);
        }

        public static class Probe
        {
            public static Tensor Run(Net net, Tensor x) => net.friendly.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_weights_are_tied_or_the_class_is_not_registered() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear encoder = Linear(2, 2);
            private readonly Linear decoder = Linear(2, 2);

            public Net() : base(nameof(Net))
            {
                encoder.weight = decoder.weight;
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => encoder.forward(x);
        }

        public sealed class Plain : Module<Tensor, Tensor>
        {
            private readonly Linear left = Linear(2, 2);

            public Plain() : base(nameof(Plain)) { }

            public override Tensor forward(Tensor x) => x;
        }
        """);
}
