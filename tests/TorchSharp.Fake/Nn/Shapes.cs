// What the layers' shapes come to, and how their parameters begin.

using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    /// <summary>Sizes per dimension, from all the ways in which the library lets them be written.</summary>
    internal static class Dims
    {
        internal static long[] One(long n) => new[] { n };

        internal static long[] One(long? n) => n is { } v ? One(v) : null;

        internal static long[] Two(long n) => new[] { n, n };

        internal static long[] Two(long? n) => n is { } v ? Two(v) : null;

        internal static long[] Two((long, long) n) => new[] { n.Item1, n.Item2 };

        internal static long[] Two((long, long)? n) => n is { } v ? Two(v) : null;

        internal static long[] Two(long[] n) => n;

        internal static long[] Three(long n) => new[] { n, n, n };

        internal static long[] Three(long? n) => n is { } v ? Three(v) : null;

        internal static long[] Three((long, long, long) n) => new[] { n.Item1, n.Item2, n.Item3 };

        internal static long[] Three((long, long, long)? n) => n is { } v ? Three(v) : null;

        internal static long[] Three(long[] n) => n;

        internal static long[] One(Padding _) => null;

        internal static long[] Two(Padding _) => null;

        internal static long[] Three(Padding _) => null;

        internal static Padding? Padding(Padding p) => p;

        internal static Padding? Padding<T>(T _) => null;

        internal static long[] Any(long n) => new[] { n };

        internal static long[] Any(long[] n) => n;

        internal static long[] Sides(long n, int rank) => Enumerable.Repeat(n, 2 * rank).ToArray();

        internal static long[] Sides((long, long) n, int rank) => new[] { n.Item1, n.Item2 };

        internal static long[] Sides((long, long, long, long) n, int rank) => new[] { n.Item1, n.Item2, n.Item3, n.Item4 };

        internal static long[] Sides((long, long, long, long, long, long) n, int rank) => new[] { n.Item1, n.Item2, n.Item3, n.Item4, n.Item5, n.Item6 };

        static long Get(long[] a, int i, long otherwise) => a is null || a.Length == 0 ? otherwise : a[Math.Min(i, a.Length - 1)];

        /// <summary>The batch (if there is one) and the spatial sizes of an input.</summary>
        static (long[] Batch, long Channels, long[] Space) Parts(Tensor input, int rank, string what)
        {
            var s = input.shape;
            if (s.Length != rank + 1 && s.Length != rank + 2) throw Kernel.Error($"Expected {rank + 1}D (unbatched) or {rank + 2}D (batched) input to {what}, but got input of size: [{string.Join(", ", s)}]");
            return (s.Take(s.Length - rank - 1).ToArray(), s[s.Length - rank - 1], s.Skip(s.Length - rank).ToArray());
        }

        internal static Tensor Convolve(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] padding, Padding? kind, long[] dilation, long groups)
        {
            var rank = weight._shape.Length - 2;
            var (batch, channels, space) = Parts(input, rank, $"conv{rank}d");
            if (channels != weight._shape[1] * groups) throw Kernel.Error($"Given groups={groups}, weight of size [{string.Join(", ", weight._shape)}], expected input[{string.Join(", ", input._shape)}] to have {weight._shape[1] * groups} channels, but got {channels} channels instead");
            if (input.dtype != weight.dtype) throw Kernel.Error($"Input type ({input.dtype}) and weight type ({weight.dtype}) should be the same");
            var made = space.Select((n, i) => kind == TorchSharp.Padding.Same ? n
                : (n + 2 * (kind is null ? Get(padding, i, 0) : 0) - Get(dilation, i, 1) * (weight._shape[i + 2] - 1) - 1) / Get(stride, i, 1) + 1);
            return Kernel.Label(batch.Concat(new[] { weight._shape[0] }).Concat(made).ToArray(), input, weight, bias);
        }

        internal static Tensor ConvolveTransposed(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding, long[] dilation, long groups)
        {
            var rank = weight._shape.Length - 2;
            var (batch, channels, space) = Parts(input, rank, $"conv_transpose{rank}d");
            if (channels != weight._shape[0]) throw Kernel.Error($"Given transposed=1, weight of size [{string.Join(", ", weight._shape)}], expected input to have {weight._shape[0]} channels, but got {channels} channels instead");
            var made = space.Select((n, i) => (n - 1) * Get(stride, i, 1) - 2 * Get(padding, i, 0) + Get(dilation, i, 1) * (weight._shape[i + 2] - 1) + Get(outputPadding, i, 0) + 1);
            return Kernel.Label(batch.Concat(new[] { weight._shape[1] * groups }).Concat(made).ToArray(), input, weight, bias);
        }

        internal static Tensor Pool(Tensor input, int rank, long[] kernel, long[] stride, long[] padding, long[] dilation, bool ceil)
        {
            var (batch, channels, space) = Parts(input, rank, $"pool{rank}d");
            var made = space.Select((n, i) =>
            {
                var room = n + 2 * Get(padding, i, 0) - Get(dilation, i, 1) * (Get(kernel, i, 1) - 1) - 1;
                var step = Get(stride, i, Get(kernel, i, 1));
                return (ceil ? (room + step - 1) / step : room / step) + 1;
            });
            return Kernel.Label(batch.Concat(new[] { channels }).Concat(made).ToArray(), input);
        }

        internal static Tensor Adaptive(Tensor input, int rank, long[] size)
        {
            var (batch, channels, space) = Parts(input, rank, $"adaptive_pool{rank}d");
            return Kernel.Label(batch.Concat(new[] { channels }).Concat(space.Select((n, i) => Get(size, i, n))).ToArray(), input);
        }

        internal static Tensor Scaled(Tensor input, long[] size, double[] scale)
        {
            var s = input.shape;
            return Kernel.Label(s.Take(2).Concat(s.Skip(2).Select((n, i) => size is not null ? Get(size, i, n) : (long)(n * scale[Math.Min(i, scale.Length - 1)]))).ToArray(), input);
        }

        internal static Tensor Pad(Tensor input, long[] pad, double value)
        {
            var s = input.shape;
            for (var i = 0; i < pad.Length / 2; i++) s[s.Length - 1 - i] += pad[2 * i] + pad[2 * i + 1];
            return Kernel.Make(s, input.dtype, input.device, null, value, input);
        }
    }

    internal static class Init
    {
        internal static Parameter Uniform(double bound, Device device, ScalarType? dtype, params long[] shape) =>
            Own(Rng.Fill(shape, dtype ?? Defaults.Dtype, device ?? Defaults.Device, null, r => (2 * r.NextDouble() - 1) * bound));

        internal static Parameter Normal(Device device, ScalarType? dtype, params long[] shape) => Own(Rng.Fill(shape, dtype ?? Defaults.Dtype, device ?? Defaults.Device, null, Rng.Normal));

        internal static Parameter Constant(double value, Device device, ScalarType? dtype, params long[] shape) => Own(torch.full(shape, value, dtype ?? Defaults.Dtype, device));

        static Parameter Own(Tensor tensor)
        {
            var parameter = new Parameter(tensor);
            parameter.DetachFromDisposeScope();
            return parameter;
        }

        internal static Tensor Fill(Tensor tensor, Func<System.Random, double> draw, Generator generator = null)
        {
            tensor.Put(Rng.Fill(tensor.shape, tensor.dtype, tensor.device, generator, draw));
            return tensor;
        }

        internal static (long In, long Out) Fans(Tensor tensor)
        {
            var s = tensor.shape;
            if (s.Length < 2) throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
            var field = Kernel.Count(s.Skip(2));
            return (s[1] * field, s[0] * field);
        }
    }

    /// <summary>What the recurrent layers have in common.</summary>
    internal sealed class RecurrentShape
    {
        readonly long inputs, hidden, layers, directions;
        readonly bool batchFirst;

        internal RecurrentShape(long inputs, long hidden, long layers, bool batchFirst, bool bidirectional) =>
            (this.inputs, this.hidden, this.layers, this.batchFirst, directions) = (inputs, hidden, layers, batchFirst, bidirectional ? 2 : 1);

        internal IEnumerable<(string, Parameter)> Parameters(long gates, bool bias, Device device, ScalarType? dtype)
        {
            var bound = Math.Sqrt(1.0 / hidden);
            for (var layer = 0; layer < layers; layer++)
                for (var d = 0; d < directions; d++)
                {
                    var suffix = $"_l{layer}{(d == 1 ? "_reverse" : "")}";
                    yield return ("weight_ih" + suffix, Init.Uniform(bound, device, dtype, gates * hidden, layer == 0 ? inputs : hidden * directions));
                    yield return ("weight_hh" + suffix, Init.Uniform(bound, device, dtype, gates * hidden, hidden));
                    if (!bias) continue;
                    yield return ("bias_ih" + suffix, Init.Uniform(bound, device, dtype, gates * hidden));
                    yield return ("bias_hh" + suffix, Init.Uniform(bound, device, dtype, gates * hidden));
                }
        }

        internal (Tensor Output, Tensor States) Run(Tensor input, IEnumerable<Parameter> parameters)
        {
            var s = input.shape;
            if (s.Length is not (2 or 3)) throw Kernel.Error($"input must have 3 dimensions, got {s.Length}");
            if (s[s.Length - 1] != inputs) throw Kernel.Error($"input.size(-1) must be equal to input_size. Expected {inputs}, got {s[s.Length - 1]}");
            var all = parameters.Cast<Tensor>().Prepend(input).ToArray();
            var states = s.Length == 2 ? new[] { layers * directions, hidden } : new[] { layers * directions, batchFirst ? s[0] : s[1], hidden };
            return (Kernel.Label(s.Take(s.Length - 1).Concat(new[] { hidden * directions }).ToArray(), all), Kernel.Label(states, all));
        }
    }
}
