using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class RecurrentDropoutOnOneLayerTests
{
    private const string Id = "TL0319";

    [Fact]
    public Task Names_the_network() => Verifier.Warns(Id, """
        var lstm = LSTM(4, 8, [|dropout: 0.2|]);
        """, "'LSTM(…)' has one layer: its dropout works between layers only, so nothing is ever dropped");

    [Fact]
    public Task Fixes_a_named_argument_in_a_field_and_a_helper() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly GRU gru = GRU(inputSize: 4, [|dropout: 0.1|], hiddenSize: 8);
            private readonly RNN rnn = nn.RNN(
                4,
                8,
                numLayers: 1,
                [|dropout: 0.3|],
                batchFirst: true);

            public Net() : base(nameof(Net)) => RegisterComponents();

            private static LSTM Make() => LSTM([|dropout: 0.4|], hiddenSize: 8, inputSize: 4);

            public override Tensor forward(Tensor x) => x;
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly GRU gru = GRU(inputSize: 4, hiddenSize: 8);
            private readonly RNN rnn = nn.RNN(
                4,
                8,
                numLayers: 1,
                batchFirst: true);

            public Net() : base(nameof(Net)) => RegisterComponents();

            private static LSTM Make() => LSTM(hiddenSize: 8, inputSize: 4);

            public override Tensor forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task Fixes_arguments_without_names() => Verifier.Fix(Id, """
        // top-level
        const int layers = 1;
        var one = LSTM(4, 8, layers, true, false, [|0.2|], true);
        var two = LSTM(4, 8, layers, true, false, [|0.2|]);
        """, """
        // top-level
        const int layers = 1;
        var one = LSTM(4, 8, layers, true, false, 0, true);
        var two = LSTM(4, 8, layers, true, false);
        """);

    [Fact]
    public Task Offers_nothing_that_loses_a_comment() => Verifier.NoFix(Id, """
        var lstm = LSTM(4, 8,
            // helps against overfitting
            [|dropout: 0.2|]);
        """);

    [Theory]
    [InlineData("LSTM(4, 8)")]
    [InlineData("LSTM(4, 8, dropout: 0)")]
    [InlineData("LSTM(4, 8, numLayers: 2, dropout: 0.2)")]
    [InlineData("LSTM(4, 8, numLayers: data.Count(), dropout: 0.2)")]
    [InlineData("LSTM(4, 8, dropout: data.Count() > 1 ? 0.2 : 0)")]
    [InlineData("MultiheadAttention(8, 2, dropout: 0.2)")]
    public Task Silent_where_something_is_dropped_or_may_be(string network) => Verifier.Silent(Id, $"""
        var net = {network};
        """);
}
