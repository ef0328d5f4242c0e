using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class DropoutProbabilityTests
{
    private const string Id = "TL0308";

    [Fact]
    public Task Says_that_hardly_anything_is_left() => Verifier.NoFix(Id, """
        var drop = Dropout([|0.95|]);
        """, new() { Message = "With a probability of 0.95 'Dropout(…)' drops nearly every value while training: hardly any signal is left to learn from (the argument is the share that is dropped, not the share that is kept)" });

    [Fact]
    public Task Says_that_nothing_is_left() => Verifier.Warns(Id, """
        var drop = nn.Dropout2d([|1|]);
        """, "With a probability of 1 'nn.Dropout2d(…)' drops every value: what comes after it sees nothing but zeros while training, and nothing before it learns");

    [Fact]
    public Task Says_that_it_is_no_probability() => Verifier.Warns(Id, """
        var drop = Dropout([|50|]);
        """, "50 is no probability: 'Dropout(…)' drops each value with a probability from 0 up to, but not including, 1, and throws for anything else");

    [Fact]
    public Task Warns_wherever_something_is_dropped() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private const double Rate = 0.9;
            private readonly Module<Tensor, Tensor> layers = Sequential(("in", Linear(4, 8)), ("drop", AlphaDropout([|Rate|])), ("out", Linear(8, 2)));
            private readonly LSTM lstm = LSTM(4, 8, numLayers: 2, dropout: [|0.99|]);
            private readonly MultiheadAttention attention = MultiheadAttention(8, 2, [|-0.1|]);
            private readonly TransformerEncoderLayer encoder = TransformerEncoderLayer(8, 2, dropout: [|1.5|]);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                using var hidden = functional.dropout(x, p: [|1.0|], training: training);
                Func<Tensor, Tensor> drop = t => functional.dropout2d(t, [|1 - 0.05|], training);
                return layers.forward(drop(hidden));
            }
        }
        """);

    [Theory]
    [InlineData("Dropout()")]
    [InlineData("Dropout(0)")]
    [InlineData("Dropout(0.5f)")]
    [InlineData("Dropout(0.89)")]
    [InlineData("Dropout(data.Count() * 0.5)")]
    [InlineData("FeatureAlphaDropout(0.2)")]
    [InlineData("GRU(4, 8, numLayers: 3, dropout: 0.8)")]
    public Task Silent_on_what_leaves_something(string layer) => Verifier.Silent(Id, $"""
        var drop = {layer};
        """);

    [Fact]
    public Task Silent_on_a_dropout_of_ones_own() => Verifier.Silent(Id, """
        public static class Masks
        {
            public static Tensor dropout(Tensor x, double p) => x * (rand(4) > p);

            public static Tensor Of(Tensor x) => dropout(x, p: 0.95);
        }
        """);

    [Fact]
    public Task The_project_says_what_is_too_much() => Verifier.Warns(Id, """
        var strong = Dropout(0.92);
        var stronger = Dropout([|0.96|]);
        """, options: new() { EditorConfig = "trainlint.TL0308.high = 0.95" });
}
