using Xunit;
using static TorchSharp.Fake.Tests.Numerical;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Fake.Tests;

/// <summary>Values of layers, each computed a second time, the long way.</summary>
public class LayerTests
{
    private static double At(Tensor t, params long[] index) => t[index].ToDouble();

    [Theory]
    [InlineData(1, 0, 1, 1)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(1, 2, 2, 2)]
    public void Convolution_is_a_sum_over_the_window(long stride, long padding, long dilation, long groups)
    {
        var (x, w, b) = (Numbers(-1, 1, 2, 4, 6, 5), Numbers(-1, 1, 6, 4 / groups, 3, 2), Numbers(-1, 1, 6));
        var y = functional.conv2d(x, w, b, [stride, stride], [padding, padding], [dilation, dilation], groups);
        for (var n = 0; n < y.shape[0]; n++)
            for (var o = 0; o < y.shape[1]; o++)
                for (var i = 0; i < y.shape[2]; i++)
                    for (var j = 0; j < y.shape[3]; j++)
                    {
                        var sum = At(b, o);
                        var first = o / (6 / groups) * (4 / groups);
                        for (var c = 0; c < 4 / groups; c++)
                            for (var k = 0; k < 3; k++)
                                for (var l = 0; l < 2; l++)
                                {
                                    var (row, column) = (i * stride - padding + k * dilation, j * stride - padding + l * dilation);
                                    if (row >= 0 && row < 6 && column >= 0 && column < 5)
                                        sum += At(x, n, first + c, row, column) * At(w, o, c, k, l);
                                }

                        Assert.Equal(sum, At(y, n, o, i, j), 1e-12);
                    }
    }

    [Fact]
    public void A_transposed_convolution_is_the_adjoint_of_the_convolution()
    {
        // <conv(x), y> = <x, convT(y)> for all x and y.
        var (x, w, y) = (Numbers(-1, 1, 1, 3, 7), Numbers(-1, 1, 4, 3, 3), Numbers(-1, 1, 1, 4, 4));
        var there = (functional.conv1d(x, w, null, 2, 1) * y).sum().ToDouble();
        Assert.Equal(there, (x * functional.conv_transpose1d(y, w, null, 2, 1)).sum().ToDouble(), 1e-12);
    }

    [Fact]
    public void Pools()
    {
        var x = arange(16, dtype: ScalarType.Float64).reshape(1, 1, 4, 4);
        Assert.Equal([5.0, 7, 13, 15], functional.max_pool2d(x, 2).data<double>().ToArray());
        Assert.Equal([2.5, 4.5, 10.5, 12.5], functional.avg_pool2d(x, 2).data<double>().ToArray());
        Assert.Equal([7.5], functional.adaptive_avg_pool2d(x, 1).data<double>().ToArray());
        var (values, indices) = MaxPool2d(2).forward_with_indices(x);
        Assert.Equal(values.data<double>().ToArray(), indices.data<long>().ToArray().Select(i => (double)i));
        // With the padding counted, a corner's mean is over four places.
        Assert.Equal(0, At(AvgPool2d([2, 2], [2, 2], [1, 1]).call(x), 0, 0, 0, 0));
        Assert.Equal(15.0 / 4, At(AvgPool2d([2, 2], [2, 2], [1, 1]).call(x), 0, 0, 2, 2));
        Assert.Equal(15.0, At(AvgPool2d([2, 2], [2, 2], [1, 1], count_include_pad: false).call(x), 0, 0, 2, 2));
    }

    [Fact]
    public void Batch_norm_standardizes_and_remembers()
    {
        var layer = BatchNorm1d(2, dtype: ScalarType.Float64);
        var x = tensor(new[] { 1.0, 10, 3, 20, 5, 60 }).reshape(3, 2);
        var y = layer.call(x);
        Assert.Equal(0, y.mean([0L]).abs().max().ToDouble(), 1e-12);
        Assert.Equal(1, y.var(0, false).max().ToDouble(), 1e-5);
        Assert.Equal([0.1 * 3, 0.1 * 30], layer.running_mean!.data<double>().ToArray());
        Assert.Equal(0.9 + 0.1 * 4, At(layer.running_var!, 0), 1e-12);
        Assert.Equal(1, layer.num_batches_tracked!.ToInt64());

        layer.eval();
        Assert.Equal((1 - 0.3) / Math.Sqrt(1.3 + 1e-5), At(layer.call(x), 0, 0), 1e-12);
        Assert.Equal(1, layer.num_batches_tracked.ToInt64());
        layer.train();
        Assert.Throws<ArgumentException>(() => layer.call(ones(1, 2, ScalarType.Float64)));
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_repeats_with_its_seed()
    {
        manual_seed(3);
        var dropped = functional.dropout(ones(10000), 0.3);
        Assert.Equal(1, dropped.mean().ToDouble(), 0.05);
        Assert.Equal(0.3, dropped.eq(0).to(ScalarType.Float32).mean().ToDouble(), 0.02);
        manual_seed(3);
        Assert.True(dropped.allclose(functional.dropout(ones(10000), 0.3)));
        var layer = Dropout(0.3);
        layer.eval();
        Assert.Equal(100, layer.call(ones(100)).sum().ToDouble());
    }

    [Fact]
    public void Lstm_is_its_four_gates()
    {
        manual_seed(1);
        var layer = LSTM(2, 1, dtype: ScalarType.Float64);
        var p = layer.named_parameters().ToDictionary(e => e.name, e => e.parameter.data<double>().ToArray());
        var x = Numbers(-1, 1, 3, 1, 2);
        var (output, hidden, cell) = layer.call(x);
        double h = 0, c = 0;
        for (var t = 0; t < 3; t++)
        {
            double Gate(int g) => p["weight_ih_l0"][2 * g] * At(x, t, 0, 0) + p["weight_ih_l0"][2 * g + 1] * At(x, t, 0, 1) + p["bias_ih_l0"][g] + p["weight_hh_l0"][g] * h + p["bias_hh_l0"][g];
            double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
            c = Sigmoid(Gate(1)) * c + Sigmoid(Gate(0)) * Math.Tanh(Gate(2));
            h = Sigmoid(Gate(3)) * Math.Tanh(c);
            Assert.Equal(h, At(output, t, 0, 0), 1e-12);
        }

        Assert.Equal(h, hidden.item<double>(), 1e-12);
        Assert.Equal(c, cell.item<double>(), 1e-12);
    }

    [Fact]
    public void Attention_with_one_head_is_a_weighted_mean()
    {
        manual_seed(2);
        var layer = MultiheadAttention(2, 1).to(ScalarType.Float64);
        var x = Numbers(-1, 1, 3, 2).detach();
        var named = layer.named_parameters().ToDictionary(e => e.name, e => (Tensor)e.parameter);
        var parts = named["in_proj_weight"].chunk(3);
        var weights = (x.mm(parts[0].t()).mm(x.mm(parts[1].t()).t()) / Math.Sqrt(2)).softmax(1);
        var expected = weights.mm(x.mm(parts[2].t())).mm(named["out_proj.weight"].t());
        var (output, seen) = layer.call(x, x, x);
        Assert.True(expected.allclose(output));
        Assert.True(weights.allclose(seen));
    }

    [Fact]
    public void Cross_entropy_of_equal_scores_is_the_logarithm_of_the_number_of_classes()
    {
        Assert.Equal(Math.Log(10), functional.cross_entropy(zeros(4, 10), tensor(new long[] { 0, 3, 9, 5 })).ToDouble(), 1e-6);
        Assert.Equal(Math.Log(2), functional.binary_cross_entropy_with_logits(zeros(4), ones(4)).ToDouble(), 1e-6);
        // The weighted mean is over the weights, and what is ignored does not count.
        var logs = Numbers(-1, 1, 3, 2).log_softmax(1).detach();
        var expected = -(1 * At(logs, 0, 0) + 3 * At(logs, 1, 1)) / 4;
        Assert.Equal(expected, functional.cross_entropy(logs, tensor(new long[] { 0, 1, -100 }), tensor(new[] { 1.0, 3 })).ToDouble(), 1e-12);
    }

    [Fact]
    public void Sequential_disposes_what_lies_between()
    {
        Tensor? between = null;
        var model = Sequential(Linear(2, 2), ReLU());
        ((Module<Tensor, Tensor>)model.children().First()).register_forward_hook((_, _, y) => between = y);
        using var x = ones(1, 2);
        model.call(x).sum().backward();
        Assert.True(between!.IsInvalid);
        Assert.False(x.IsInvalid);
    }

    [Fact]
    public void A_model_learns_exclusive_or()
    {
        manual_seed(5);
        var model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1));
        using var optimizer = optim.Adam(model.parameters(), 0.05);
        var (x, y) = (tensor(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }).reshape(4, 2), tensor(new float[] { 0, 1, 1, 0 }).reshape(4, 1));
        var loss = 0.0;
        for (var i = 0; i < 200; i++)
        {
            optimizer.zero_grad();
            var error = functional.binary_cross_entropy_with_logits(model.call(x), y);
            error.backward();
            optimizer.step();
            loss = error.ToDouble();
        }

        Assert.True(loss < 0.02, $"loss {loss}");
    }

    [Fact]
    public void A_saved_model_answers_the_same()
    {
        var (saved, loaded) = (Sequential(Linear(3, 4), BatchNorm1d(4)), Sequential(Linear(3, 4), BatchNorm1d(4)));
        saved.call(Numbers(-1, 1, 5, 3).to(ScalarType.Float32));
        using var stream = new MemoryStream();
        saved.save(stream);
        stream.Position = 0;
        loaded.load(stream);
        saved.eval();
        loaded.eval();
        Assert.True(saved.call(ones(2, 3)).allclose(loaded.call(ones(2, 3))));
    }
}
