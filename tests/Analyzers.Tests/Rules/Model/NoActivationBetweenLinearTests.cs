using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class NoActivationBetweenLinearTests
{
    private const string Id = "TL0306";

    [Fact]
    public Task Names_both_layers() => Verifier.Warns(Id, """
        var net = Sequential({|#0:Linear(2, 64)|}, [|Linear(64, 3)|]);
        """, "Nothing non-linear stands between 'Linear(2, 64)' and 'Linear(64, 3)': together they compute no more than one such layer could");

    [Fact]
    public Task Fixes_a_Sequential() => Verifier.Fix(Id, """
        var net = Sequential(Linear(2, 64), [|Linear(64, 64)|], Dropout(0.1), [|nn.Linear(64, 3)|]);
        var named = Sequential(
            ("relu", ReLU()),
            ("hidden", Linear(2, 64)), // first
            ("out", [|Linear(64, 3)|]));
        var list = new List<Module<Tensor, Tensor>> { Conv2d(1, 8, 3), [|Conv2d(8, 8, 3)|] };
        list.Add(Flatten());
        list.Add(Linear(8, 8));
        list.Add([|Linear(8, 2)|]);
        var last = Sequential(list);
        """, """
        var net = Sequential(Linear(2, 64), ReLU(), Linear(64, 64), Dropout(0.1), nn.ReLU(), nn.Linear(64, 3));
        var named = Sequential(
            ("relu", ReLU()),
            ("hidden", Linear(2, 64)), // first
            ("relu2", ReLU()),
            ("out", Linear(64, 3)));
        var list = new List<Module<Tensor, Tensor>> { Conv2d(1, 8, 3), ReLU(), Conv2d(8, 8, 3) };
        list.Add(Flatten());
        list.Add(Linear(8, 8));
        list.Add(ReLU());
        list.Add(Linear(8, 2));
        var last = Sequential(list);
        """);

    [Fact]
    public Task Fixes_forward() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 32);
            private readonly Linear second;
            private readonly Module<Tensor, Tensor> third;
            private readonly Module<Tensor, Tensor> dropout = Dropout(0.2);

            public Net(int width) : base(nameof(Net))
            {
                second = [|Linear(32, width)|];
                third = [|Linear(width, 3)|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = first.forward(x); // in
                h = second.forward(h);
                h = dropout.forward(h);
                return third.call(h);
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 32);
            private readonly Linear second;
            private readonly Module<Tensor, Tensor> third;
            private readonly Module<Tensor, Tensor> dropout = Dropout(0.2);

            public Net(int width) : base(nameof(Net))
            {
                second = Linear(32, width);
                third = Linear(width, 3);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = first.forward(x); // in
                h = second.forward(h.relu());
                h = dropout.forward(h);
                return third.call(h.relu());
            }
        }
        """);

    [Theory]
    [InlineData("Linear[] layers = { Linear(2, 4), [|Linear(4, 3)|] }", "Length")]
    [InlineData("List<Linear> layers = [Linear(2, 4), [|Linear(4, 3)|]]", "Count")]
    [InlineData("ModuleList<Linear> layers = new(Linear(2, 4), [|Linear(4, 3)|])", "Count")]
    public Task Warns_of_layers_in_a_row(string field, string count) => Verifier.Warns(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly {{field}};

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < layers.{{count}}; i++) x = layers[i].forward(x);
                return x;
            }
        }
        """.Replace("Linear(2, 4)", "{|#0:Linear(2, 4)|}"));

    [Fact]
    public Task Warns_in_one_expression_and_a_helper() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = {|#0:Linear(4, 32)|};
            private readonly Module<Tensor, Tensor> second = [|Linear(32, 32)|];
            private readonly Module<Tensor, Tensor> third = Linear(32, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            private Tensor Encode(Tensor x) => second.forward(first.forward(x));

            public override Tensor forward(Tensor x) => third.forward(Encode(x).relu());
        }
        """);

    [Theory]
    [InlineData("Linear(2, 64), ReLU(), Linear(64, 3)")]
    [InlineData("Linear(2, 64), BatchNorm1d(64), Linear(64, 3)")]
    [InlineData("Linear(2, 64), LayerNorm(64), Linear(64, 3)")]
    [InlineData("Linear(256, 8, hasBias: false), Linear(8, 256)")]
    [InlineData("Linear(256, 8), Linear(8, 256)")]
    [InlineData("Linear(64, 64, false), Linear(64, 64)")]
    [InlineData("Conv2d(8, 8, 3, groups: 8), Conv2d(8, 16, 1)")]
    [InlineData("Conv2d(8, 8, (1, 3)), Conv2d(8, 8, (3, 1))")]
    [InlineData("Conv2d(8, 16, 3), Conv2d(16, 4, 1)")]
    [InlineData("Conv2d(8, 16, 3), MaxPool2d(2), Conv2d(16, 16, 3)")]
    [InlineData("ConvTranspose2d(8, 8, 2), ConvTranspose2d(8, 4, 2)")]
    [InlineData("Conv2d(1, 8, 3), Flatten(), Linear(8, 10)")]
    [InlineData("Linear(2, 8), GLU(), Linear(4, 3)")]
    public Task Silent_where_something_bends_or_is_factored(string layers) => Verifier.Silent(Id, $"""
        var net = Sequential({layers});
        """);

    [Fact]
    public Task Silent_where_what_is_between_is_used_elsewhere() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, (Tensor, Tensor)>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 32);
            private readonly Module<Tensor, Tensor> query = Linear(32, 32);
            private readonly Module<Tensor, Tensor> key = Linear(32, 32);
            private readonly Module<Tensor, Tensor> residual = Linear(32, 32);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override (Tensor, Tensor) forward(Tensor x)
            {
                var h = first.forward(x);
                var scores = query.forward(h).matmul(key.forward(h).transpose(0, 1));
                var y = residual.forward(scores);
                y = y + residual.forward(y);
                return (y, h);
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_projection_that_ends_the_model() => Verifier.Silent(Id, """
        public sealed class Encoder : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(4, 64), ReLU(), Linear(64, 64));

            public Encoder() : base(nameof(Encoder)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x);
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Encoder encoder = new();
            private readonly Module<Tensor, Tensor> hidden = Linear(4, 64);
            private readonly Module<Tensor, Tensor> features = Linear(64, 64);
            private readonly Module<Tensor, Tensor> projection = Linear(64, 16);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public Tensor Other(Tensor x) => projection.forward(encoder.forward(x));

            public override Tensor forward(Tensor x) => projection.forward(features.forward(hidden.forward(x).relu()));
        }
        """);

    [Fact]
    public Task Silent_where_an_activation_comes_on_one_way() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 32);
            private readonly Module<Tensor, Tensor> second = Linear(32, 2);
            private readonly Func<Tensor, Tensor>? activation;

            public Net(Func<Tensor, Tensor>? activation) : base(nameof(Net))
            {
                this.activation = activation;
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = first.forward(x);
                if (activation is not null)
                    h = activation(h);
                return second.forward(h);
            }
        }
        """);

    [Fact]
    public Task Silent_between_two_networks() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly Sequential generator = Sequential(Linear(16, 128), ReLU(), Linear(128, 2));
            private readonly Sequential critic = Sequential(Linear(2, 128), ReLU(), Linear(128, 1));

            public Tensor Score() => critic.call(generator.call(randn(64, 16))).mean();
        }
        """);
}
