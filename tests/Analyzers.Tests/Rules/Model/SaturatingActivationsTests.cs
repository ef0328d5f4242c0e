using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class SaturatingActivationsTests
{
    private const string Id = "TL0307";

    [Fact]
    public Task Names_the_first() => Verifier.Warns(Id, """
        var net = Sequential(Linear(2, 8), [|Sigmoid()|], Linear(8, 8), {|#0:Sigmoid()|}, Linear(8, 8), {|#1:Tanh()|}, Linear(8, 8), {|#2:Sigmoid()|}, Linear(8, 3));
        """, "'Sigmoid()' is the first of 4 saturating activations in a row with no normalization: the gradient shrinks at each of them, and hardly any reaches the first layers");

    [Fact]
    public Task Fixes_forward() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> l1 = Conv2d(1, 8, 3), l2 = Conv2d(8, 8, 3), l3 = Linear(8, 8), l4 = Linear(8, 8), l5 = Linear(8, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                x = functional.max_pool2d([|l1.forward(x).tanh()|], 2);
                x = functional.tanh(l2.forward(x)).flatten(1);
                x = l3.forward(x).sigmoid_();
                var h = l4.forward(x).tanh(); // last
                return l5.forward(h).sigmoid();
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> l1 = Conv2d(1, 8, 3), l2 = Conv2d(8, 8, 3), l3 = Linear(8, 8), l4 = Linear(8, 8), l5 = Linear(8, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                x = functional.max_pool2d(l1.forward(x).relu(), 2);
                x = functional.relu(l2.forward(x)).flatten(1);
                x = l3.forward(x).relu_();
                var h = l4.forward(x).relu(); // last
                return l5.forward(h).sigmoid();
            }
        }
        """);

    [Fact]
    public Task Fixes_a_list_filled_in_a_loop_and_one_layer_used_again() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> a = Linear(4, 4), b = Linear(4, 4), c = Linear(4, 4), d = Linear(4, 4), e = Linear(4, 4);
            private readonly Module<Tensor, Tensor> act = [|nn.Tanh()|];

            public Net() : base(nameof(Net))
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                for (var i = 0; i < 6; i++)
                {
                    modules.Add(($"layer{i}", Linear(8, 8)));
                    modules.Add(($"act{i}", [|Sigmoid()|]));
                }

                modules.Add(("head", Linear(8, 1)));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                x = act.forward(a.forward(x));
                x = act.forward(b.forward(x));
                x = act.forward(c.forward(x));
                x = act.forward(d.forward(x));
                return e.forward(x);
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> a = Linear(4, 4), b = Linear(4, 4), c = Linear(4, 4), d = Linear(4, 4), e = Linear(4, 4);
            private readonly Module<Tensor, Tensor> act = nn.ReLU();

            public Net() : base(nameof(Net))
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                for (var i = 0; i < 6; i++)
                {
                    modules.Add(($"layer{i}", Linear(8, 8)));
                    modules.Add(($"act{i}", ReLU()));
                }

                modules.Add(("head", Linear(8, 1)));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                x = act.forward(a.forward(x));
                x = act.forward(b.forward(x));
                x = act.forward(c.forward(x));
                x = act.forward(d.forward(x));
                return e.forward(x);
            }
        }
        """);

    [Theory]
    [InlineData("Linear(2, 8), Sigmoid(), Linear(8, 8), Sigmoid(), Linear(8, 8), Sigmoid(), Linear(8, 3), Sigmoid()")]
    [InlineData("Linear(2, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 8), BatchNorm1d(8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 3)")]
    [InlineData("Linear(2, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 8), ReLU(), Linear(8, 8), Tanh(), Linear(8, 8), Tanh(), Linear(8, 3)")]
    [InlineData("LSTM1(), Linear(2, 8), Tanh()")]
    public Task Silent_on_few_or_with_help(string layers) => Verifier.Silent(Id, $"""
        static Module<Tensor, Tensor> LSTM1() => Identity();
        var net = Sequential({layers});
        """);

    [Fact]
    public Task Silent_on_gates_and_residuals() => Verifier.Silent(Id, """
        public sealed class Cell : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> i = Linear(8, 8), f = Linear(8, 8), o = Linear(8, 8), g = Linear(8, 8), h = Linear(8, 8);

            public Cell() : base(nameof(Cell)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var state = f.forward(x).sigmoid() * x + i.forward(x).sigmoid() * g.forward(x).tanh();
                var output = o.forward(state).sigmoid() * state.tanh();
                for (var t = 0; t < 5; t++)
                    output = output + h.forward(output).tanh();
                return output;
            }
        }
        """);
}
