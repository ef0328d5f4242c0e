using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class DropoutAlwaysOnTests
{
    private const string Id = "TL0311";

    private static string Net(string code, string members = "") => $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            private readonly double rate = 0.1;

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{code}}
            }
            {{members}}
        }
        """;

    [Fact]
    public Task Says_that_the_default_is_true() => Verifier.Warns(Id, Net("return [|functional.dropout(layer.forward(x), 0.5)|];"),
        "'dropout' is not told whether the module is in training, and its default is true: it drops values after eval() as well, so results are worse and differ from call to call");

    [Fact]
    public Task Says_that_it_is_constant() => Verifier.Warns(Id, Net("return [|functional.dropout(layer.forward(x), 0.5, training: true)|];"),
        "'dropout' is told that this is training, always: it drops values after eval() as well, so results are worse and differ from call to call");

    [Theory]
    [InlineData("return [|functional.dropout(x)|];")]
    [InlineData("return [|nn.functional.dropout2d(x, p: rate)|];")]
    [InlineData("return [|functional.dropout1d(x, rate, true)|];")]
    [InlineData("return [|functional.dropout3d(x, inplace: true)|];")]
    [InlineData("return [|functional.alpha_dropout(x, 0.1, true)|];")]
    [InlineData("return [|functional.dropout(x, 0.5)|] + functional.dropout(x, 0.5, this.training);")]
    [InlineData("return Drop(x);")]
    [InlineData("Func<Tensor, Tensor> drop = t => [|functional.dropout(t, rate)|]; return drop(x);")]
    public Task Warns_on_every_form(string code) =>
        Verifier.Warns(Id, Net(code, code.Contains("Drop(x)", StringComparison.Ordinal) ? "private Tensor Drop(Tensor x) => [|functional.dropout(x, rate)|];" : ""));

    [Fact]
    public Task Warns_in_a_base_class_and_in_a_helper_beside_the_module() => Verifier.Warns(Id, """
        // file: Blocks.cs
        public abstract class Block(string name) : Module<Tensor, Tensor>(name)
        {
            protected Tensor Regularize(Tensor x) => [|functional.dropout(x, 0.2)|];
        }

        public sealed class Net : Block
        {
            private readonly Linear layer = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => Attention.Weigh(Regularize(layer.forward(x)), 0.1);
        }
        // file: Attention.cs
        internal static class Attention
        {
            public static Tensor Weigh(Tensor scores, double rate) => [|functional.dropout(scores.softmax(-1), p: rate, training: true)|];
        }
        """);

    [Theory]
    [InlineData("return functional.dropout(x, 0.5, training);")]
    [InlineData("return functional.dropout(x, 0.5, this.training);")]
    [InlineData("return functional.dropout(x, 0.5, training: false);")]
    [InlineData("return functional.alpha_dropout(x, 0.5);")]
    [InlineData("return functional.dropout(x, 0.0);")]
    [InlineData("return training ? functional.dropout(x, 0.5) : x;")]
    [InlineData("if (training) x = functional.dropout(x, 0.5, true); return x;")]
    [InlineData("if (!this.training) return x; return functional.dropout(x, 0.5);")]
    [InlineData("return is_grad_enabled() ? functional.dropout(x, rate, true) : x;")]
    [InlineData("return Dropout(0.5).forward(x);")]
    [InlineData("if (training) x = Drop(x); return x;")]
    [InlineData("return McDropout(x);")]
    public Task Silent_where_the_mode_is_asked_for(string code) =>
        Verifier.Silent(Id, Net(code, code.Contains("Drop(x)", StringComparison.Ordinal) ? "private Tensor Drop(Tensor x) => functional.dropout(x, rate, true);"
            : code.Contains("Mc", StringComparison.Ordinal) ? "private Tensor McDropout(Tensor x) => functional.dropout(x, rate);" : ""));

    [Fact]
    public Task Silent_outside_of_modules_and_on_purpose() => Verifier.Silent(Id, """
        public sealed class MonteCarloNet : Module<Tensor, Tensor>
        {
            public MonteCarloNet() : base(nameof(MonteCarloNet)) { }

            public override Tensor forward(Tensor x) => functional.dropout(x, 0.5);
        }

        public static class Noise
        {
            public static Tensor Add(Tensor x) => functional.dropout(x, 0.1);

            public static Tensor Both(Tensor x) => Add(x);

            public static Tensor For(Tensor x, bool isTraining) => isTraining ? functional.dropout(x, 0.1) : x;
        }
        """);

    [Theory]
    [InlineData("[|functional.dropout(x, 0.5)|]", "functional.dropout(x, 0.5, training)")]
    [InlineData("[|functional.dropout(x)|]", "functional.dropout(x, training: training)")]
    [InlineData("[|functional.dropout(x, p: rate)|]", "functional.dropout(x, p: rate, training: training)")]
    [InlineData("[|functional.dropout(x, 0.5, true)|]", "functional.dropout(x, 0.5, training)")]
    [InlineData("[|functional.dropout(x, training: true, p: 0.5)|]", "functional.dropout(x, training: training, p: 0.5)")]
    [InlineData("[|functional.dropout(x, 0.5, true, inplace: true)|]", "functional.dropout(x, 0.5, training, inplace: true)")]
    [InlineData("[|functional.dropout(x, /* half */ 0.5)|] + [|functional.dropout(x, 0.1)|]", "functional.dropout(x, /* half */ 0.5, training) + functional.dropout(x, 0.1, training)")]
    public Task Fixes_by_passing_the_mode(string before, string after) => Verifier.Fix(Id, Net($"return {before};"), Net($"return {after};"));

    [Fact]
    public Task Offers_nothing_where_there_is_no_module() => Verifier.NoFix(Id, """
        internal static class Attention
        {
            public static Tensor Weigh(Tensor scores) => [|functional.dropout(scores.softmax(-1), 0.1)|];
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            public Net() : base(nameof(Net)) { }

            public override Tensor forward(Tensor x) => Attention.Weigh(x);
        }
        """);
}
