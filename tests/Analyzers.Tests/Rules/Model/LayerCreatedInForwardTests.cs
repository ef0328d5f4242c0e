using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class LayerCreatedInForwardTests
{
    private const string Id = "TL0303";

    [Fact]
    public Task Names_the_layer_and_the_method() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var head = [|Linear(2, 3)|];
                return head.forward(x);
            }
        }
        """, "'Linear' is made anew in every call of forward(): each time it has other random weights, and the optimizer never trains it");

    [Theory]
    [InlineData("return [|Linear(2, 3)|].forward(x);")]
    [InlineData("return [|Linear(x.shape[1], 3)|].call(x);")]
    [InlineData("return [|Conv2d(1, 2, 3)|].to(x.device).forward(x);")]
    [InlineData("using var norm = [|LayerNorm(3)|]; return norm.forward(x);")]
    [InlineData("var layers = [|Sequential(Linear(2, 2), ReLU(), Linear(2, 3))|]; return layers.forward(x);")]
    [InlineData("var block = [|new Block(3)|]; block.to(CPU); return block.forward(x);")]
    [InlineData("if (x.shape[0] > 1) x = [|BatchNorm1d(3)|].forward(x); return x;")]
    [InlineData("using (NewDisposeScope()) return [|Linear(2, 3)|].forward(x).MoveToOuterDisposeScope();")]
    [InlineData("return Head(x);")]
    public Task Warns_on_every_layer_with_weights(string code)
    {
        var helper = code == "return Head(x);" ? "[|Linear(2, 3)|]" : "ReLU()";
        return Verifier.Warns(Id, $$"""
            public sealed class Net : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> first = Linear(2, 2);

                public Net() : base(nameof(Net)) => RegisterComponents();

                public override Tensor forward(Tensor x)
                {
                    x = first.forward(x);
                    {{code}}
                }

                private Tensor Head(Tensor x) => {{helper}}.forward(x);
            }

            public sealed class Block : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> inner;

                public Block(int width) : base(nameof(Block))
                {
                    inner = Linear(width, width);
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x) => inner.forward(x);
            }
            """);
    }

    [Fact]
    public Task Warns_in_another_part_and_in_a_module_with_a_forward_of_its_own() => Verifier.Warns(Id, """
        // file: Net.cs
        internal sealed partial class Net : Module
        {
            public Net() : base(nameof(Net)) { }

            public Tensor Encode(Tensor x) => Decode(x);
        }
        // file: Net.Decode.cs
        internal sealed partial class Net
        {
            private static Tensor Decode(Tensor x) => [|nn.Linear(2, 3)|].forward(x);
        }
        """);

    [Theory]
    [InlineData("return ReLU().forward(x);")]
    [InlineData("return MaxPool2d(2).forward(x);")]
    [InlineData("return Dropout(0.5).forward(x);")]
    [InlineData("return Sequential(ReLU(), Tanh()).forward(x);")]
    [InlineData("return Softmax(1).forward(x);")]
    [InlineData("return LayerNorm(3, elementwise_affine: false).forward(x);")]
    [InlineData("return Linear(weight, bias).forward(x);")]
    [InlineData("lazy ??= Linear(2, 3); return lazy.forward(x);")]
    [InlineData("if (lazy is null) { lazy = Linear(2, 3); register_module(\"lazy\", lazy); } return lazy.forward(x);")]
    [InlineData("var blur = Conv2d(1, 1, 3); blur.weight = weight; return blur.forward(x);")]
    [InlineData("var blur = Conv2d(1, 1, 3); init.constant_(blur.weight!, 0.1); return blur.forward(x);")]
    [InlineData("using (no_grad()) return Linear(2, 3).forward(x);")]
    [InlineData("var head = Linear(2, 3); Keep(head); return head.forward(x);")]
    [InlineData("return functional.linear(x, weight);")]
    public Task Silent_where_nothing_is_lost(string code) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Parameter weight = new(ones(2, 2));
            private readonly Parameter bias = new(ones(2));
            private Linear? lazy;

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{code}}
            }

            private void Keep(Linear layer) => lazy = layer;

            public Tensor Once(Tensor x) => Linear(2, 3).forward(x);
        }
        """);

    [Fact]
    public Task Silent_in_the_constructor_in_its_helpers_and_outside_of_modules() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly long width;
            private readonly Module<Tensor, Tensor> layer;

            public Net() : base(nameof(Net))
            {
                width = Linear(2, 3).forward(zeros(1, 2)).shape[1] + Probe(ones(1, 2)).shape[1];
                layer = Linear(width, 2);
                RegisterComponents();
            }

            private static Tensor Probe(Tensor x) => Linear(2, 3).forward(x);

            public override Tensor forward(Tensor x) => layer.forward(x.shape[0] > width ? Probe(x) : x);
        }

        public static class Shapes
        {
            public static Tensor forward(Tensor x) => Linear(2, 3).forward(x);
        }
        """);
}
