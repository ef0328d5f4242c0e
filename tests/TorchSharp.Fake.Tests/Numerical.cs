using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Fake.Tests;

/// <summary>Gradients by central differences, to hold those of backward() against.</summary>
internal static class Numerical
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-6;

    /// <summary>Random numbers between two bounds, of type float64, that require a gradient. The same for the same arguments.</summary>
    public static Tensor Numbers(double low, double high, params long[] shape)
    {
        using var generator = new Generator(7);
        return (rand(shape, ScalarType.Float64, generator: generator) * (high - low) + low).requires_grad_();
    }

    /// <summary>Fails where the gradient of a weighted sum of the result differs from its difference quotient, for any element of any input.</summary>
    public static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        foreach (var input in inputs)
            input.grad = null;
        var result = function(inputs);
        Assert.True(result.requires_grad, "The result is not tracked.");
        // Different weights, so that no gradient cancels and none goes to the wrong place unseen.
        var weights = arange(1, result.numel() + 1, dtype: ScalarType.Float64).mul(0.7).sin().add(1.5).reshape(result.shape);
        (result * weights).sum().backward();
        foreach (var (input, k) in inputs.Select((t, k) => (t, k)).Where(p => p.t.requires_grad))
        {
            var gradient = (input.grad ?? zeros_like(input)).data<double>().ToArray();
            for (var i = 0; i < gradient.Length; i++)
            {
                var expected = (At(k, i, Step) - At(k, i, -Step)) / (2 * Step);
                Assert.True(Math.Abs(expected - gradient[i]) <= Tolerance * (1 + Math.Abs(expected)), $"input {k}, element {i}: {gradient[i]} where the difference quotient is {expected}");
            }
        }

        double At(int k, int i, double step)
        {
            using var _ = no_grad();
            var moved = inputs.Select((t, j) => j == k ? t.clone() : t).ToArray();
            moved[k].data<double>().CopyFrom([moved[k].data<double>().ToArray()[i] + step], 0, i);
            return (function(moved) * weights).sum().ToDouble();
        }
    }
}
