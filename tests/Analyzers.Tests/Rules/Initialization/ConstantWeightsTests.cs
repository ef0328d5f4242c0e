using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Initialization;

public class ConstantWeightsTests
{
    private const string Id = "TL0903";

    private static string In(string initialize, string more = "") => $$"""
        public sealed class Perceptron : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(4, 8);
            private readonly Linear second = Linear(8, 8);
            private readonly Linear last = Linear(8, 1);
            {{more}}

            public Perceptron() : base(nameof(Perceptron))
            {
                RegisterComponents();
                {{initialize}}
            }

            public override Tensor forward(Tensor input) => last.forward(second.forward(first.forward(input).relu()).relu());
        }
        """;

    [Theory]
    [InlineData("foreach (var m in modules()) if (m is Linear layer) [|init.constant_(layer.weight, 0.1)|];")]
    [InlineData("foreach (var m in this.children()) { if (m is Linear layer && layer.weight is not null) { [|init.ones_(layer.weight)|]; init.zeros_(layer.bias!); } }")]
    [InlineData("foreach (var layer in modules().OfType<Linear>()) [|init.zeros_(layer.weight)|];")]
    [InlineData("foreach (var m in modules()) { switch (m) { case Conv2d conv: [|init.ones_(conv.weight)|]; break; case Linear linear: [|init.ones_(linear.weight)|]; break; } }")]
    [InlineData("apply(m => { if (m is Linear layer) [|nn.init.constant_(layer.weight ?? throw new InvalidOperationException(), 0.5)|]; });")]
    public Task Warns_when_all_layers_get_one_value(string initialize) => Verifier.Warns(Id, In(initialize));

    [Fact]
    public Task Says_what_to_do() => Verifier.Warns(Id, In("foreach (var m in modules()) if (m is Linear layer) [|init.constant_(layer.weight, 0.1)|];"),
        "'init.constant_(…)' gives all weights of a layer one value, as in the next one: all its units compute the same and learn the same; use init.kaiming_uniform_ or another random initialization");

    [Fact]
    public Task Warns_when_each_layer_is_set_by_name() => Verifier.Warns(Id, In("""
        [|init.ones_(first.weight)|];
                [|init.constant_(this.second.weight, 0.1)|];
                [|init.zeros_(last.weight)|];
        """));

    [Fact]
    public Task Warns_when_all_but_the_last_are_set_by_name() => Verifier.Warns(Id, In("[|init.ones_(first.weight)|]; [|init.ones_(second.weight)|]; init.xavier_uniform_(last.weight);", "private readonly ReLU activation = ReLU();"));

    [Fact]
    public Task Warns_in_a_function_that_is_applied() => Verifier.Warns(Id, """
        internal static class Recipe
        {
            public static Module<Tensor, Tensor> Make()
            {
                var net = Sequential(Linear(4, 8), ReLU(), Linear(8, 1));
                net.apply(Initialize);
                return net;
            }

            private static void Initialize(nn.Module module)
            {
                if (module is Linear linear)
                {
                    [|init.constant_(linear.weight, 0.01)|];
                    init.zeros_(linear.bias!);
                }
            }
        }
        """);

    [Theory]
    [InlineData("foreach (var m in modules()) if (m is Linear layer) { init.zeros_(layer.bias!); init.kaiming_uniform_(layer.weight); }")]
    [InlineData("foreach (var m in modules()) if (m is BatchNorm1d layer) { init.ones_(layer.weight!); init.zeros_(layer.bias!); }")]
    [InlineData("foreach (var m in modules()) if (m is LayerNorm layer) init.ones_(layer.weight!);")]
    [InlineData("foreach (var (name, m) in named_modules()) if (m is Linear layer && name.EndsWith(\"last\")) init.zeros_(layer.weight);")]
    [InlineData("foreach (var m in modules()) if (m is Linear layer) { init.zeros_(layer.weight); init.normal_(layer.weight, 0, 0.02); }")]
    [InlineData("init.zeros_(last.weight);")]
    [InlineData("init.zeros_(last.weight); init.zeros_(last.bias!); init.zeros_(first.bias!);")]
    [InlineData("init.ones_(first.weight);")]
    [InlineData("init.zeros_(second.weight); init.zeros_(last.weight);")]
    [InlineData("if (DateTime.Now.Year > 3000) { init.ones_(first.weight); init.ones_(second.weight); init.ones_(last.weight); }")]
    [InlineData("init.ones_(rand(3)); init.zeros_(zeros(2, 2));")]
    public Task Silent_when_something_tells_the_units_apart(string initialize) => Verifier.Silent(Id, In(initialize));

    [Fact]
    public Task Silent_when_other_modules_hold_the_weights() => Verifier.Silent(Id, """
        public sealed class Heads : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> body = Sequential(Linear(4, 8), ReLU());
            private readonly Linear mean = Linear(8, 1);
            private readonly Linear scale = Linear(8, 1);

            public Heads() : base(nameof(Heads))
            {
                RegisterComponents();
                init.zeros_(mean.weight);
                init.zeros_(scale.weight);
            }

            public override Tensor forward(Tensor input) => mean.forward(body.forward(input)) + scale.forward(body.forward(input));
        }
        """);

    [Fact]
    public Task Silent_on_a_model_of_one_layer() => Verifier.Silent(Id, """
        public sealed class Logistic : Module<Tensor, Tensor>
        {
            private readonly Linear only = Linear(4, 1);

            public Logistic() : base(nameof(Logistic))
            {
                RegisterComponents();
                init.zeros_(only.weight);
                foreach (var m in modules())
                    if (m is Linear layer) init.zeros_(layer.weight);
            }

            public override Tensor forward(Tensor input) => only.forward(input).sigmoid();
        }
        """);

    [Fact]
    public Task Silent_on_a_layer_that_is_handed_in() => Verifier.Silent(Id, """
        public static class Recipe
        {
            public static Linear Zero(Linear layer)
            {
                init.zeros_(layer.weight);
                return layer;
            }
        }
        """);
}
