using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class RegisteredTooEarlyTests
{
    private const string Id = "TL0314";

    [Fact]
    public Task Names_the_component_and_shows_the_registration() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(2, 8);
            private readonly Module<Tensor, Tensor> last;

            public Net() : base(nameof(Net))
            {
                {|#0:RegisterComponents()|};
                [|last = Linear(8, 2)|];
            }

            public override Tensor forward(Tensor x) => last.forward(first.forward(x));
        }
        """, "'last' is set after RegisterComponents(), which looks at the fields only once: parameters() of 'Net' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");

    [Fact]
    public Task Names_the_base_class_whose_constructor_registers() => Verifier.Warns(Id, """
        public abstract class Backbone : Module<Tensor, Tensor>
        {
            protected readonly Module<Tensor, Tensor> stem = Linear(2, 8);

            protected Backbone(string name) : base(name) => {|#0:RegisterComponents()|};
        }

        public sealed class Net : Backbone
        {
            private readonly Module<Tensor, Tensor> head;

            public Net() : base(nameof(Net))
            {
                [|head = Linear(8, 2)|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => head.forward(stem.forward(x));
        }
        """, "'head' is set after the constructor of 'Backbone' has called RegisterComponents(), which looks at the fields only once: parameters() of 'Net' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");

    [Fact]
    public Task Names_the_dropout_where_the_layers_are_registered_otherwise() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            private readonly Module<Tensor, Tensor> all;

            public Net() : base(nameof(Net))
            {
                {|#0:RegisterComponents()|};
                [|all = Sequential(layer, ReLU(), Dropout(0.1))|];
            }

            public override Tensor forward(Tensor x) => all.forward(x);
        }
        """, "'all' is set after RegisterComponents(), which looks at the fields only once: eval() of 'Net' does not reach the dropout in it, which stays active in evaluation");

    [Fact]
    public Task Warns_through_helpers_local_variables_and_conditions() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Linear? first;
            private Module<Tensor, Tensor>? block;
            private Parameter? scale;
            private Module<Tensor, Tensor>? drop;

            public Net(bool deep) : base(nameof(Net))
            {
                Register();
                var made = Linear(2, 2);
                this.[|first = made|];
                Build();
                if (deep) [|drop = Dropout(0.1)|];
            }

            private void Register() => RegisterComponents();

            private void Build()
            {
                [|block = Sequential(Linear(2, 2), ReLU())|];
                [|scale ??= new Parameter(ones(2))|];
            }

            public override Tensor forward(Tensor x) => drop!.forward(block!.forward(first!.forward(x))) * scale!;
        }
        """.Replace("this.[|first = made|]", "[|this.first = made|]", StringComparison.Ordinal));

    [Fact]
    public Task Warns_when_the_base_registers_in_another_file_and_the_class_has_its_own_blocks() => Verifier.Warns(Id, """
        // file: Base.cs
        internal abstract class Base : Module<Tensor, Tensor>
        {
            protected Base() : base("base") => Finish();

            private void Finish() => RegisterComponents();
        }
        // file: Net.cs
        internal sealed class Net : Base
        {
            private Block Inner { get; }

            public Net(int width)
            {
                [|Inner = new Block(width)|];
            }

            public override Tensor forward(Tensor x) => Inner.forward(x);
        }

        internal sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Linear layer;

            public Block(int width) : base("block")
            {
                layer = Linear(width, width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Warns_on_a_sequence_of_a_local_list() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> body, tail;

            public Net(int depth) : base(nameof(Net))
            {
                {|#0:RegisterComponents()|};
                var layers = new List<(string, Module<Tensor, Tensor>)>();
                for (var i = 0; i < depth; i++) layers.Add(($"{i}", Linear(2, 2)));
                [|body = Sequential(layers)|];
                var acts = new List<Module<Tensor, Tensor>> { ReLU() };
                tail = Sequential(acts);
            }

            public override Tensor forward(Tensor x) => tail.forward(body.forward(x));
        }
        """);

    [Fact]
    public Task Names_the_list_that_is_filled_too_late() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> layers = new();

            public Net(int depth) : base(nameof(Net))
            {
                layers.Add(Linear(2, 2));
                {|#0:RegisterComponents()|};
                [|layers.Add(Linear(2, 2))|];
                layers.Add(ReLU());
            }

            public override Tensor forward(Tensor x) => layers[2].forward(layers[1].forward(layers[0].forward(x)));
        }
        """, "'layers' gets a layer after RegisterComponents(), which looks into it only once: parameters() of 'Net' misses the layer, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");

    [Fact]
    public Task Warns_on_a_sequence_that_is_filled_piece_by_piece_and_on_a_parameter_in_a_tensor_field() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Sequential body, registered = Sequential();
            private readonly Tensor scale, mask, probe;
            private readonly ModuleList<Linear> late;

            public Net(int depth) : base(nameof(Net))
            {
                RegisterComponents();
                registered.append(Linear(2, 2));
                [|body = Sequential()|];
                body.append(Linear(2, 2));
                [|this.scale = nn.Parameter(ones(2))|];
                mask = ones(2);
                probe = Linear(2, 2).forward(mask);
                [|late = new ModuleList<Linear>()|];
                for (var i = 0; i < depth; i++) late.Add(Linear(2, 2));
            }

            public override Tensor forward(Tensor x) => late[0].forward(registered.forward(body.forward(x))) * scale * mask + probe;
        }
        """);

    [Fact]
    public Task Fixes_a_list_that_is_filled_in_a_loop() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Linear> layers;

            public Net(int depth) : base(nameof(Net))
            {
                layers = new ModuleList<Linear>();
                RegisterComponents();
                for (var i = 0; i < depth; i++)
                {
                    [|layers.Add(Linear(2, 2))|];
                }

                Console.WriteLine(depth);
            }

            public override Tensor forward(Tensor x)
            {
                foreach (var layer in layers) x = layer.forward(x).relu();
                return x;
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Linear> layers;

            public Net(int depth) : base(nameof(Net))
            {
                layers = new ModuleList<Linear>();
                for (var i = 0; i < depth; i++)
                {
                    layers.Add(Linear(2, 2));
                }
                RegisterComponents();

                Console.WriteLine(depth);
            }

            public override Tensor forward(Tensor x)
            {
                foreach (var layer in layers) x = layer.forward(x).relu();
                return x;
            }
        }
        """);

    [Fact]
    public Task Warns_in_another_part() => Verifier.Warns(Id, """
        // file: Net.cs
        internal sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net() : base(nameof(Net))
            {
                {|#0:RegisterComponents()|};
                Build();
            }
        }
        // file: Net.Build.cs
        internal sealed partial class Net
        {
            private Linear? layer;

            private void Build()
            {
                [|layer = Linear(2, 2)|];
            }

            public override Tensor forward(Tensor x) => layer!.forward(x);
        }
        """);

    [Theory]
    [InlineData("layer = Linear(2, 2); RegisterComponents();")]
    [InlineData("RegisterComponents(); layer = Linear(2, 2); register_module(\"layer\", layer);")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); layer = layer.to(CPU);")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); width = 3;")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); act = ReLU();")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); mask = ones(2);")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); tied = layer;")]
    [InlineData("layer = Linear(2, 2); RegisterComponents(); teacher = given;")]
    [InlineData("if (given is not null) RegisterComponents(); layer = Linear(2, 2); RegisterComponents();")]
    [InlineData("Build(); RegisterComponents();")]
    [InlineData("Action register = () => RegisterComponents(); layer = Linear(2, 2); register();")]
    public Task Silent_when_nothing_is_missed_or_that_is_not_certain(string code) => Verifier.Silent(Id, $$"""
        public class Net : Module<Tensor, Tensor>
        {
            private Linear layer = null!;
            private Linear? tied;
            private Module<Tensor, Tensor>? act, teacher;
            private Tensor? mask;
            private int width;

            public Net(Module<Tensor, Tensor>? given) : base(nameof(Net))
            {
                {{code}}
            }

            private void Build() => layer = Linear(2, 2);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Silent_on_initializers_of_a_subclass() => Verifier.Silent(Id, """
        public abstract class Backbone : Module<Tensor, Tensor>
        {
            protected Backbone(string name) : base(name) => RegisterComponents();
        }

        public sealed class Net() : Backbone(nameof(Net))
        {
            private readonly Module<Tensor, Tensor> head = Linear(8, 2);

            public override Tensor forward(Tensor x) => head.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_the_class_registers_in_its_own_way() => Verifier.Silent(Id, """
        public abstract class Backbone : Module<Tensor, Tensor>
        {
            protected Backbone(string name) : base(name) => RegisterComponents();
        }

        public sealed class Net : Backbone
        {
            private readonly Module<Tensor, Tensor> head;
            private bool ready;

            public Net() : base(nameof(Net))
            {
                head = Linear(8, 2);
                ready = true;
                RegisterComponents();
            }

            protected override void RegisterComponents()
            {
                if (ready) base.RegisterComponents();
            }

            public override Tensor forward(Tensor x) => head.forward(x);
        }
        """);

    [Fact]
    public Task Silent_on_a_constructor_that_only_calls_the_one_that_registers_last() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public Net() : this(2) { }

            public Net(int width) : base(nameof(Net))
            {
                layer = Linear(width, 2);
                RegisterComponents();
            }

            public void Reset() => Console.WriteLine(layer);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Fixes_by_registering_last() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first, last;

            public Net(Device device) : base(nameof(Net))
            {
                // All fields.
                RegisterComponents();

                [|first = Linear(2, 8)|]; // in
                [|last = Linear(8, 2)|]; // out
                this.to(device);
            }

            public override Tensor forward(Tensor x) => last.forward(first.forward(x));
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first, last;

            public Net(Device device) : base(nameof(Net))
            {
                first = Linear(2, 8); // in
                last = Linear(8, 2); // out
                // All fields.
                RegisterComponents();
                this.to(device);
            }

            public override Tensor forward(Tensor x) => last.forward(first.forward(x));
        }
        """);

    [Fact]
    public Task Fixes_by_naming_them_where_the_base_class_registers_or_the_module_is_moved_between() => Verifier.Fix(Id, """
        public abstract class Backbone : Module<Tensor, Tensor>
        {
            protected Backbone(string name) : base(name) => RegisterComponents();
        }

        public sealed class Net : Backbone
        {
            private readonly Module<Tensor, Tensor> head;
            private readonly Parameter scale;

            public Net() : base(nameof(Net))
            {
                [|head = Linear(8, 2)|];
                [|this.scale = new Parameter(ones(2))|];
            }

            public override Tensor forward(Tensor x) => head.forward(x) * scale;
        }
        """, """
        public abstract class Backbone : Module<Tensor, Tensor>
        {
            protected Backbone(string name) : base(name) => RegisterComponents();
        }

        public sealed class Net : Backbone
        {
            private readonly Module<Tensor, Tensor> head;
            private readonly Parameter scale;

            public Net() : base(nameof(Net))
            {
                head = Linear(8, 2);
                register_module(nameof(head), head);
                this.scale = new Parameter(ones(2));
                register_parameter(nameof(scale), this.scale);
            }

            public override Tensor forward(Tensor x) => head.forward(x) * scale;
        }
        """);

    [Fact]
    public Task Offers_nothing_inside_a_larger_expression() => Verifier.NoFix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Linear last;

            public Net() : base(nameof(Net))
            {
                RegisterComponents();
                Console.WriteLine([|last = Linear(8, 2)|]);
            }

            public override Tensor forward(Tensor x) => last.forward(x);
        }
        """);

    [Fact]
    public Task Warns_where_one_of_two_layers_has_weights() => Verifier.Warns(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> body;
            private readonly Module<Tensor, Tensor> shortcut;
            private readonly Module<Tensor, Tensor> bend;

            public Block(int width, bool wide) : base(nameof(Block))
            {
                body = Linear(width, width);
                RegisterComponents();
                [|shortcut = wide ? Linear(width, width) : Identity()|];
                bend = wide ? ReLU() : Tanh();
            }

            public override Tensor forward(Tensor x) => bend.forward(body.forward(x) + shortcut.forward(x));
        }
        """);
}
