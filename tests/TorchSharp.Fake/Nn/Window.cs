// What convolutions and pools have in common: windows that slide over a space of any number of dimensions.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    internal static class Window
    {
        /// <summary>For each place in the kernel and each window the offset that it sees in one channel of the space, -1 outside.</summary>
        internal static int[] Offsets(long[] space, long[] windows, long[] kernel, long[] stride, long[] before, long[] dilation)
        {
            var strides = Kernel.Strides(space);
            var offsets = new int[Kernel.Count(kernel) * Kernel.Count(windows)];
            var k = 0;
            foreach (var place in Kernel.Indices(kernel))
                foreach (var at in Kernel.Indices(windows))
                {
                    long offset = 0;
                    for (var d = 0; d < space.Length && offset >= 0; d++)
                    {
                        var i = at[d] * stride[d] - before[d] + place[d] * dilation[d];
                        offset = i < 0 || i >= space[d] ? -1 : offset + i * strides[d];
                    }
                    offsets[k++] = (int)offset;
                }
            return offsets;
        }

        /// <summary>Input [batch, channels, ...space] with weight [out, channels / groups, ...kernel]: each image's windows as the columns of a matrix, times the weight.</summary>
        internal static Tensor Convolve(Tensor input, Tensor weight, int[] window, long[] shape, int batch, int groups)
        {
            var g = new Geometry(weight._shape, window, (int)(input.numel() / batch), (int)(Kernel.Count(shape) / batch), groups, (int)weight._shape[1], (int)weight._shape[0] / groups);
            double[] x = input.Read(), w = weight.Read();
            var values = new double[batch * g.Result];
            for (var b = 0; b < batch; b++)
                for (var k = 0; k < groups; k++)
                    Products.AddProduct(w, k * g.Weights, g.Columns(x, b * g.Source + k * g.SourceGroup), 0, values, b * g.Result + k * g.ResultGroup, g.Out, g.Rows, g.Windows);
            bool gx = input._requires_grad, gw = weight._requires_grad;
            return Kernel.Make(shape, input.dtype, input.device, values).Follow("convolution", new[] { input, weight }, new[] { input, weight }, gradient =>
            {
                var (dx, dw) = (gx ? new double[x.Length] : null, gw ? new double[w.Length] : null);
                for (var k = 0; k < groups; k++)
                {
                    var turned = Products.Transpose(w, k * g.Weights, g.Out, g.Rows);
                    for (var b = 0; b < batch; b++)
                    {
                        var from = b * g.Result + k * g.ResultGroup;
                        if (gw) Products.AddProduct(gradient, from, Products.Transpose(g.Columns(x, b * g.Source + k * g.SourceGroup), 0, g.Rows, g.Windows), 0, dw, k * g.Weights, g.Out, g.Windows, g.Rows);
                        if (!gx) continue;
                        var columns = new double[g.Rows * g.Windows];
                        Products.AddProduct(turned, 0, gradient, from, columns, 0, g.Rows, g.Out, g.Windows);
                        g.AddColumns(columns, dx, b * g.Source + k * g.SourceGroup);
                    }
                }
                return new[] { dx, dw };
            });
        }

        /// <summary>The transpose of the map above: input [batch, channels, ...windows] with weight [channels, out / groups, ...kernel] is laid back over the space.</summary>
        internal static Tensor ConvolveTransposed(Tensor input, Tensor weight, int[] window, long[] shape, int batch, int groups)
        {
            var g = new Geometry(weight._shape, window, (int)(Kernel.Count(shape) / batch), (int)(input.numel() / batch), groups, (int)weight._shape[1], (int)weight._shape[0] / groups);
            double[] x = input.Read(), w = weight.Read();
            var values = new double[batch * g.Source];
            for (var k = 0; k < groups; k++)
            {
                var turned = Products.Transpose(w, k * g.Weights, g.Out, g.Rows);
                for (var b = 0; b < batch; b++)
                {
                    var columns = new double[g.Rows * g.Windows];
                    Products.AddProduct(turned, 0, x, b * g.Result + k * g.ResultGroup, columns, 0, g.Rows, g.Out, g.Windows);
                    g.AddColumns(columns, values, b * g.Source + k * g.SourceGroup);
                }
            }
            return Kernel.Make(shape, input.dtype, input.device, values).Follow("conv_transpose", new[] { input, weight }, new[] { input, weight }, gradient =>
            {
                var (dx, dw) = (new double[x.Length], new double[w.Length]);
                for (var b = 0; b < batch; b++)
                    for (var k = 0; k < groups; k++)
                    {
                        var columns = g.Columns(gradient, b * g.Source + k * g.SourceGroup);
                        var at = b * g.Result + k * g.ResultGroup;
                        Products.AddProduct(w, k * g.Weights, columns, 0, dx, at, g.Out, g.Rows, g.Windows);
                        Products.AddProduct(x, at, Products.Transpose(columns, 0, g.Rows, g.Windows), 0, dw, k * g.Weights, g.Out, g.Windows, g.Rows);
                    }
                return new[] { dx, dw };
            });
        }

        /// <summary>Sizes of one image on the side of the space (source) and of the windows (result), whole and per group of channels.</summary>
        sealed class Geometry
        {
            readonly int[] window;
            readonly int channels, plane;

            internal Geometry(long[] weight, int[] window, int source, int result, int groups, int channels, int outs)
            {
                var kernel = (int)Kernel.Count(weight.Skip(2));
                (this.window, this.channels) = (window, channels);
                (Source, Result, SourceGroup, ResultGroup) = (source, result, source / groups, result / groups);
                (Rows, Out, Windows) = (channels * kernel, outs, window.Length / kernel);
                Weights = Out * Rows;
                plane = SourceGroup / channels;
            }

            internal int Source { get; }
            internal int Result { get; }
            internal int SourceGroup { get; }
            internal int ResultGroup { get; }
            internal int Rows { get; }
            internal int Out { get; }
            internal int Windows { get; }
            internal int Weights { get; }

            internal double[] Columns(double[] image, int from)
            {
                var columns = new double[channels * window.Length];
                for (int c = 0, k = 0; c < channels; c++, from += plane)
                    foreach (var i in window) columns[k++] = i < 0 ? 0 : image[from + i];
                return columns;
            }

            internal void AddColumns(double[] columns, double[] image, int to)
            {
                for (int c = 0, k = 0; c < channels; c++, to += plane)
                    foreach (var i in window)
                    {
                        if (i >= 0) image[to + i] += columns[k];
                        k++;
                    }
            }
        }

        /// <param name="windows">For each element of one channel of the result, the offsets that it sees.</param>
        internal static (Tensor Values, Tensor Indices) Max(Tensor input, int[][] windows, long[] shape, string operation)
        {
            if (windows.Length == 0) throw Kernel.Error("Output size is too small");
            var x = input.Read();
            var (n, made) = (windows.Length, Kernel.Count(shape));
            var planes = (int)made / n;
            var plane = x.Length / Math.Max(planes, 1);
            var (values, chosen) = (new double[made], new int[made]);
            for (int p = 0, k = 0; p < planes; p++)
                foreach (var window in windows)
                {
                    var best = p * plane + window[0];
                    foreach (var i in window)
                        if (x[p * plane + i] > x[best] || double.IsNaN(x[p * plane + i])) best = p * plane + i;
                    (values[k], chosen[k++]) = (x[best], best);
                }
            var result = Kernel.Make(shape, input.dtype, input.device, values).Follow(operation, new[] { input }, new[] { input }, g =>
            {
                var dx = new double[x.Length];
                for (var i = 0; i < g.Length; i++) dx[chosen[i]] += g[i];
                return new[] { dx };
            });
            return (result, Kernel.Compose<Tensor>(() => Kernel.Make(shape, ScalarType.Int64, input.device, Array.ConvertAll(chosen, i => (double)(i % plane)))));
        }

        internal static Tensor Mean(Tensor input, int[][] windows, long[] divisors, long[] shape, string operation)
        {
            var x = input.Read();
            var values = new double[Kernel.Count(shape)];
            var planes = values.Length / windows.Length;
            var plane = x.Length / Math.Max(planes, 1);
            for (int p = 0, k = 0; p < planes; p++)
                for (var o = 0; o < windows.Length; o++, k++)
                {
                    foreach (var i in windows[o]) values[k] += x[p * plane + i];
                    values[k] /= divisors[o];
                }
            return Kernel.Make(shape, input.dtype, input.device, values).Follow(operation, new[] { input }, Array.Empty<Tensor>(), g =>
            {
                var dx = new double[x.Length];
                for (int p = 0, k = 0; p < planes; p++)
                    for (var o = 0; o < windows.Length; o++, k++)
                        foreach (var i in windows[o]) dx[p * plane + i] += g[k] / divisors[o];
                return new[] { dx };
            });
        }
    }
}
