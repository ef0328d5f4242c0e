using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class TensorInsteadOfParameterTests
{
    private const string Id = "TL0304";

    [Fact]
    public Task Names_the_field_and_its_module() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Tensor [|weight|] = torch.randn(2, 8, requires_grad: true);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x.matmul(weight);
        }
        """, "'weight' is made with requires_grad but is a Tensor and no Parameter: 'Net' registers it as a buffer, so parameters() misses it and the optimizer never trains it");

    [Theory]
    [InlineData("weight = randn(2, 8, requires_grad: true);")]
    [InlineData("weight = randn(2, 8).requires_grad_();")]
    [InlineData("weight = randn(2, 8).requires_grad_(true).to(CPU);")]
    [InlineData("weight = randn(2, 8); weight.requires_grad = true;")]
    [InlineData("this.weight = randn(2, 8); this.weight.requires_grad_();")]
    [InlineData("var made = zeros(2, 8, requires_grad: true); weight = made;")]
    [InlineData("Build();")]
    public Task Warns_on_every_way_to_ask_for_gradients(string code) => Verifier.Warns(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Tensor [|weight|] = null!;

            public Net() : base(nameof(Net))
            {
                {{code}}
                RegisterComponents();
            }

            private void Build() => weight = randn(2, 8, requires_grad: true);

            public override Tensor forward(Tensor x) => Project(x);

            private Tensor Project(Tensor x) => x.matmul(weight);
        }
        """);

    [Fact]
    public Task Warns_on_a_property_in_another_part_and_in_a_base_class() => Verifier.Warns(Id, """
        // file: Layer.cs
        public abstract partial class Layer : Module<Tensor, Tensor>
        {
            protected Tensor [|Scale|] { get; } = ones(2, requires_grad: true);
        }
        // file: Layer.Forward.cs
        public abstract partial class Layer
        {
            protected Layer(string name) : base(name) => RegisterComponents();

            public override Tensor forward(Tensor x) => x * Scale;
        }
        """);

    [Theory]
    [InlineData("mask = ones(2);")]
    [InlineData("mask = ones(2, requires_grad: false);")]
    [InlineData("mask = ones(2).requires_grad_(false);")]
    [InlineData("mask = new Parameter(ones(2, requires_grad: true));")]
    [InlineData("mask = ones(2, requires_grad: true); register_parameter(\"mask\", new Parameter(mask));")]
    [InlineData("mask = ones(2, requires_grad: true); optimizer = optim.SGD(new[] { new Parameter(mask) }, 0.1);")]
    [InlineData("mask = ones(2, requires_grad: true); kept = new Parameter(mask);")]
    public Task Silent_when_it_is_a_buffer_or_is_trained(string code) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Tensor mask;
            private readonly Parameter? kept;
            private readonly optim.Optimizer? optimizer;
            private readonly Tensor unused = ones(2, requires_grad: true);

            public Net() : base(nameof(Net))
            {
                {{code}}
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => x * mask;
        }
        """);

    [Fact]
    public Task Silent_when_its_own_trainer_updates_it_by_hand() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Tensor weight = randn(2, 8, requires_grad: true);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x.matmul(weight);

            public void Step()
            {
                using (no_grad()) weight.sub_(weight.grad! * 0.1);
            }
        }
        """);

    [Fact]
    public Task Silent_on_an_input_whose_gradient_is_asked_for_and_outside_of_modules() => Verifier.Silent(Id, """
        public sealed class Saliency : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            private Tensor? seen;

            public Saliency() : base(nameof(Saliency)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                seen = x.detach().requires_grad_();
                return layer.forward(seen);
            }
        }

        public sealed class Regression
        {
            private readonly Tensor weight = randn(2, 1, requires_grad: true);

            public Tensor forward(Tensor x) => x.matmul(weight);
        }
        """);

    [Fact]
    public Task Fixes_the_type_and_the_value() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            // 2 x 8
            private readonly Tensor [|weight|] = torch.randn(2, 8, requires_grad: true); // random
            private readonly Tensor [|bias|];
            public Tensor [|Scale|] = ones(requires_grad: true, size: 8);

            public Net() : base(nameof(Net))
            {
                bias = torch.zeros(8).requires_grad_();
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => (x.matmul(weight) + bias) * Scale;
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            // 2 x 8
            private readonly Parameter weight = new Parameter(torch.randn(2, 8)); // random
            private readonly Parameter bias;
            public Parameter Scale = new Parameter(ones(size: 8));

            public Net() : base(nameof(Net))
            {
                bias = new Parameter(torch.zeros(8));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => (x.matmul(weight) + bias) * Scale;
        }
        """);

    [Fact]
    public Task Fixes_where_the_namespace_is_not_imported() => Verifier.Fix(Id, """
        using static TorchSharp.torch;

        public sealed class Net : nn.Module<Tensor, Tensor>
        {
            private readonly Tensor [|weight|] = randn(2, 8, requires_grad: true);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x.matmul(weight);
        }
        """, """
        using static TorchSharp.torch;

        public sealed class Net : nn.Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Parameter weight = new TorchSharp.Modules.Parameter(randn(2, 8));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x.matmul(weight);
        }
        """);

    [Theory]
    [InlineData("private readonly Tensor [|weight|] = randn(2, 8, requires_grad: true), [|bias|] = zeros(8, requires_grad: true);", "")]
    [InlineData("private readonly Tensor [|weight|], bias = zeros(8);", "weight = randn(2, 8); weight.requires_grad = true;")]
    public Task Offers_nothing_where_more_would_have_to_change(string fields, string code) => Verifier.NoFix(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net() : base(nameof(Net))
            {
                {{code}}
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => x.matmul(weight) + bias;
        }
        """);
}
