// What Adam and its relatives share.

using System;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    internal static class Moments
    {
        /// <summary>Moves the running means of gradient and squared gradient.</summary>
        internal static void Follow(double[] means, double[] squares, int i, double g, double beta1, double beta2)
        {
            means[i] += (1 - beta1) * (g - means[i]);
            squares[i] += (1 - beta2) * (g * g - squares[i]);
        }

        /// <summary>One step of Adam (Kingma and Ba, 2015); with <paramref name="largest"/> of AMSGrad (Reddi et al., 2018).</summary>
        internal static void Step(ref long step, double[] x, double[] g, Tensor mean, Tensor square, Tensor largest, double rate, double beta1, double beta2, double eps)
        {
            step++;
            double first = 1 - Math.Pow(beta1, step), second = Math.Sqrt(1 - Math.Pow(beta2, step));
            double[] means = mean.Materialize(), squares = square.Materialize(), maxima = largest?.Materialize();
            for (var i = 0; i < x.Length; i++)
            {
                Follow(means, squares, i, g[i], beta1, beta2);
                if (maxima is not null) maxima[i] = Math.Max(maxima[i], squares[i]);
                x[i] -= rate / first * means[i] / (Math.Sqrt((maxima ?? squares)[i]) / second + eps);
            }
        }
    }
}
