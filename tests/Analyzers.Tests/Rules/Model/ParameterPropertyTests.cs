using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class ParameterPropertyTests
{
    private const string Id = "TL0317";

    [Fact]
    public Task Names_the_key_of_a_module() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public Module<Tensor, Tensor> [|Head|] { get; } = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => Head.forward(x);
        }
        """, "'Head' is a property, so RegisterComponents() finds its hidden field: in state_dict() it is named '<Head>k__BackingField.…', and weights saved under 'Head' do not fit");

    [Fact]
    public Task Names_the_key_of_a_parameter() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Parameter [|Scale|] { get; set; } = new(ones(2));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x * Scale;
        }
        """, "'Scale' is a property, so RegisterComponents() finds its hidden field: in state_dict() it is named '<Scale>k__BackingField', and weights saved under 'Scale' do not fit");

    [Theory]
    [InlineData("register_parameter(nameof(Scale), Scale);")]
    [InlineData("register_parameter(\"Scale\", Scale); RegisterComponents();")]
    public Task Says_what_a_move_does_to_one_registered_by_its_name(string code) => Verifier.Warns(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            public Parameter [|Scale|] { get; set; }

            public Net() : base(nameof(Net))
            {
                Scale = new Parameter(ones(2));
                {{code}}
            }

            public override Tensor forward(Tensor x) => x * Scale;
        }
        """, "'Scale' is a property and registered under its own name: a to() that really moves it fails, or leaves forward() and the optimizer with different parameters");

    [Fact]
    public Task Warns_where_the_base_class_registers_and_a_helper_sets_it() => Verifier.Warns(Id, """
        public abstract class Base : Module<Tensor, Tensor>
        {
            protected Base(string name) : base(name)
            {
                Build();
                RegisterComponents();
            }

            protected abstract void Build();
        }

        public sealed class Net() : Base(nameof(Net))
        {
            public Module<Tensor, Tensor>? [|Inner|] { get; private set; }
            public Block? [|Block|] { get; private set; }

            protected override void Build()
            {
                Inner = Sequential(Linear(2, 2), ReLU());
                Block = new Block();
            }

            public override Tensor forward(Tensor x) => Block!.forward(Inner!.forward(x));
        }

        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Theory]
    [InlineData("public Module<Tensor, Tensor> Act { get; } = ReLU();")]
    [InlineData("public Loss<Tensor, Tensor, Tensor> Loss { get; } = MSELoss();")]
    [InlineData("public Linear Layer => layer;")]
    [InlineData("public Linear Layer { get => layer; }")]
    [InlineData("public static Linear Shared { get; } = Linear(2, 2);")]
    [InlineData("public Tensor Mask { get; } = ones(2);")]
    [InlineData("public Module<Tensor, Tensor>? Teacher { get; set; }")]
    public Task Silent_on_properties_that_register_nothing_with_a_name(string property) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            {{property}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_modules_are_registered_by_hand_and_outside_of_modules() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public Linear Head { get; } = Linear(2, 2);

            public Net() : base(nameof(Net)) => register_module("head", Head);

            public override Tensor forward(Tensor x) => Head.forward(x);
        }

        public sealed class Agent
        {
            public Linear Policy { get; } = Linear(2, 2);
        }
        """);

    [Fact]
    public Task Fixes_by_a_field() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            /// <summary>The first one.</summary>
            public Linear [|Head|] { get; } = Linear(2, 2); // 2 x 2
            private Parameter [|Scale|] { get; set; }
            public Parameter [|Bias|]
            {
                get;
            }

            public Net() : base(nameof(Net))
            {
                Scale = new Parameter(ones(2));
                Bias = new Parameter(zeros(2));
                register_parameter(nameof(Scale), Scale);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => Head.forward(x) * Scale + Bias;
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            /// <summary>The first one.</summary>
            public readonly Linear Head = Linear(2, 2); // 2 x 2
            private Parameter Scale;
            public readonly Parameter Bias;

            public Net() : base(nameof(Net))
            {
                Scale = new Parameter(ones(2));
                Bias = new Parameter(zeros(2));
                register_parameter(nameof(Scale), Scale);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => Head.forward(x) * Scale + Bias;
        }
        """);

    [Theory]
    [InlineData("public Linear [|Head|] { get; private set; } = Linear(2, 2);")]
    [InlineData("public Linear [|Head|] { get; init; } = Linear(2, 2);")]
    [InlineData("public virtual Linear [|Head|] { get; } = Linear(2, 2);")]
    [InlineData("public Linear [|Head|] { get; /* once */ } = Linear(2, 2);")]
    public Task Offers_nothing_where_something_would_be_lost(string property) => Verifier.NoFix(Id, $$"""
        public class Net : Module<Tensor, Tensor>
        {
            {{property}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => Head.forward(x);
        }
        """);

    [Fact]
    public Task Offers_nothing_where_an_interface_asks_for_the_property() => Verifier.NoFix(Id, """
        public interface IHeaded
        {
            Linear Head { get; }
        }

        public sealed class Net : Module<Tensor, Tensor>, IHeaded
        {
            public Linear [|Head|] { get; } = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => Head.forward(x);
        }
        """);
}
