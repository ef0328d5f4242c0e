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

        internal static Tensor Convolve(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] padding, Padding? kind, long[] dilation, long groups, PaddingModes mode = PaddingModes.Zeros)
        {
            var rank = weight._shape.Length - 2;
            var (batch, channels, space) = Parts(input, rank, $"conv{rank}d");
            if (channels != weight._shape[1] * groups) throw Kernel.Error($"Given groups={groups}, weight of size [{string.Join(", ", weight._shape)}], expected input[{string.Join(", ", input._shape)}] to have {weight._shape[1] * groups} channels, but got {channels} channels instead");
            SameType(input, weight);
            var kernel = weight._shape.Skip(2).ToArray();
            // What "same" lacks on one side it adds at the end.
            var total = Enumerable.Range(0, rank).Select(i => kind == TorchSharp.Padding.Same ? Get(dilation, i, 1) * (kernel[i] - 1) : kind is null ? 2 * Get(padding, i, 0) : 0).ToArray();
            var before = Array.ConvertAll(total, p => p / 2);
            if (mode is not (PaddingModes.Zeros or PaddingModes.Constant))
            {
                var sides = Enumerable.Range(0, rank).Reverse().SelectMany(i => new[] { before[i], total[i] - before[i] }).ToArray();
                return Kernel.Compose(() => Convolve(Pad(input, sides, mode, 0), weight, bias, stride, null, null, dilation, groups));
            }
            var made = space.Select((n, i) => (n + total[i] - Get(dilation, i, 1) * (kernel[i] - 1) - 1) / Get(stride, i, 1) + 1).ToArray();
            if (made.Any(n => n <= 0)) throw Kernel.Error($"Calculated padded input size per channel: ({string.Join(" x ", space.Select((n, i) => n + total[i]))}). Kernel size: ({string.Join(" x ", kernel)}). Kernel size can't be greater than actual input size");
            var window = Window.Offsets(space, made, kernel, All(stride, rank, 1), before, All(dilation, rank, 1));
            var shape = batch.Concat(new[] { weight._shape[0] }).Concat(made).ToArray();
            return Kernel.Compose(() => Biased(Window.Convolve(input, weight, window, shape, (int)Kernel.Count(batch), (int)groups), bias, rank));
        }

        internal static Tensor ConvolveTransposed(Tensor input, Tensor weight, Tensor bias, long[] stride, long[] padding, long[] outputPadding, long[] dilation, long groups)
        {
            var rank = weight._shape.Length - 2;
            var (batch, channels, space) = Parts(input, rank, $"conv_transpose{rank}d");
            if (channels != weight._shape[0]) throw Kernel.Error($"Given transposed=1, weight of size [{string.Join(", ", weight._shape)}], expected input to have {weight._shape[0]} channels, but got {channels} channels instead");
            SameType(input, weight);
            var kernel = weight._shape.Skip(2).ToArray();
            var made = space.Select((n, i) => (n - 1) * Get(stride, i, 1) - 2 * Get(padding, i, 0) + Get(dilation, i, 1) * (kernel[i] - 1) + Get(outputPadding, i, 0) + 1).ToArray();
            var window = Window.Offsets(made, space, kernel, All(stride, rank, 1), All(padding, rank, 0), All(dilation, rank, 1));
            var shape = batch.Concat(new[] { weight._shape[1] * groups }).Concat(made).ToArray();
            return Kernel.Compose(() => Biased(Window.ConvolveTransposed(input, weight, window, shape, (int)Kernel.Count(batch), (int)groups), bias, rank));
        }

        static void SameType(Tensor input, Tensor weight)
        {
            if (input.dtype != weight.dtype || !Devices.Same(input.device, weight.device))
                throw Kernel.Error($"Input type ({Type(input)}) and weight type ({Type(weight)}) should be the same");
            static string Type(Tensor t) => $"torch.{(t.device_type == DeviceType.CPU ? "" : t.device_type.ToString().ToLowerInvariant() + ".")}{Kernel.NameOf(t.dtype)}Tensor";
        }

        static Tensor Biased(Tensor y, Tensor bias, int rank) => bias is null ? y : y + Kernel.Reshape(bias, new[] { bias.numel() }.Concat(Enumerable.Repeat(1L, rank)).ToArray());

        static long[] All(long[] a, int rank, long otherwise) => Enumerable.Range(0, rank).Select(i => Get(a, i, otherwise)).ToArray();

        /// <summary>The largest of each window, or its mean.</summary>
        internal static (Tensor Values, Tensor Indices) Pool(Tensor input, int rank, bool max, long[] kernel, long[] stride, long[] padding, long[] dilation, bool ceil, bool countPadding = true, long? divisor = null, string operation = null)
        {
            var (batch, channels, space) = Parts(input, rank, operation);
            kernel = All(kernel, rank, 1);
            stride = stride is null || stride.Length == 0 ? kernel : All(stride, rank, 1);
            (padding, dilation) = (All(padding, rank, 0), All(dilation, rank, 1));
            if (padding.Where((p, i) => 2 * p > kernel[i]).Any()) throw Kernel.Error("pad should be at most half of effective kernel size");
            var made = space.Select((n, i) =>
            {
                var room = n + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
                var count = (ceil ? (room + stride[i] - 1) / stride[i] : room / stride[i]) + 1;
                // The last window starts inside the input or its left padding.
                return ceil && (count - 1) * stride[i] >= n + padding[i] ? count - 1 : count;
            }).ToArray();
            if (made.Any(n => n <= 0)) throw Kernel.Error($"Given input size: ({string.Join("x", input._shape.Skip(batch.Length))}). Calculated output size: ({channels}x{string.Join("x", made)}). Output size is too small");
            var offsets = Window.Offsets(space, made, kernel, stride, padding, dilation);
            var (n, k) = ((int)Kernel.Count(made), (int)Kernel.Count(kernel));
            var windows = Enumerable.Range(0, n).Select(o => Enumerable.Range(0, k).Select(i => offsets[i * n + o]).Where(i => i >= 0).ToArray()).ToArray();
            var shape = batch.Concat(new[] { channels }).Concat(made).ToArray();
            if (max) return Window.Max(input, windows, shape, operation);
            // With padding counted, a window is as large as its part of the padded input.
            var sizes = countPadding ? Window.Offsets(space.Select((s, i) => s + 2 * padding[i]).ToArray(), made, kernel, stride, new long[rank], dilation) : offsets;
            return (Window.Mean(input, windows, Enumerable.Range(0, n).Select(o => divisor ?? Enumerable.Range(0, k).Count(i => sizes[i * n + o] >= 0)).ToArray(), shape, operation), null);
        }

        internal static (Tensor Values, Tensor Indices) Adaptive(Tensor input, int rank, bool max, long[] size, string operation)
        {
            var (batch, channels, space) = Parts(input, rank, operation);
            var made = space.Select((n, i) => Get(size, i, n)).ToArray();
            var strides = Kernel.Strides(space);
            var windows = Kernel.Indices(made).Select(at =>
            {
                IEnumerable<int> offsets = new[] { 0 };
                for (var d = 0; d < rank; d++)
                {
                    long first = at[d] * space[d] / made[d], last = ((at[d] + 1) * space[d] + made[d] - 1) / made[d];
                    var step = strides[d];
                    offsets = offsets.SelectMany(o => Kernel.Range(first, last).Select(i => o + (int)(i * step))).ToArray();
                }
                return offsets.ToArray();
            }).ToArray();
            var shape = batch.Concat(new[] { channels }).Concat(made).ToArray();
            return max ? Window.Max(input, windows, shape, operation) : (Window.Mean(input, windows, Array.ConvertAll(windows, w => (long)w.Length), shape, operation), null);
        }

        /// <summary>The nearest element for each place of the enlarged space. Other modes have the right shape and no values.</summary>
        internal static Tensor Scaled(Tensor input, long[] size, double[] scale, bool nearest, [System.Runtime.CompilerServices.CallerMemberName] string operation = null)
        {
            var space = input.shape.Skip(2).ToArray();
            var made = space.Select((n, i) => size is not null ? Get(size, i, n) : (long)(n * scale[Math.Min(i, scale.Length - 1)])).ToArray();
            var shape = input.shape.Take(2).Concat(made).ToArray();
            if (!nearest) return Kernel.Label(operation, shape, input);
            var strides = Kernel.Strides(space);
            var plane = (int)Kernel.Count(space);
            var from = Kernel.Indices(made).Select(at => (int)at.Select((p, d) => p * space[d] / made[d] * strides[d]).Sum()).ToArray();
            return Kernel.Gather(input, shape, Enumerable.Range(0, (int)(input.shape[0] * input.shape[1])).SelectMany(c => from.Select(f => c * plane + f)).ToArray(), 0, false, operation);
        }

        /// <param name="pad">Before and after, from the last dimension on.</param>
        internal static Tensor Pad(Tensor input, long[] pad, PaddingModes mode, double value)
        {
            var s = input._shape;
            var shape = (long[])s.Clone();
            var before = new long[s.Length];
            for (var i = 0; i < pad.Length / 2; i++)
            {
                before[s.Length - 1 - i] = pad[2 * i];
                shape[s.Length - 1 - i] += pad[2 * i] + pad[2 * i + 1];
            }
            var strides = Kernel.Strides(s);
            var from = new int[Kernel.Count(shape)];
            var k = 0;
            foreach (var at in Kernel.Indices(shape))
            {
                long to = 0;
                for (var d = 0; d < at.Length && to >= 0; d++)
                {
                    var (i, n) = (at[d] - before[d], s[d]);
                    if (i < 0 || i >= n)
                        i = mode switch
                        {
                            PaddingModes.Reflect => i < 0 ? -i : 2 * (n - 1) - i,
                            PaddingModes.Replicate => i < 0 ? 0 : n - 1,
                            PaddingModes.Circular => (i % n + n) % n,
                            _ => -1,
                        };
                    to = i < 0 ? -1 : to + i * strides[d];
                }
                from[k++] = (int)to;
            }
            return Kernel.Gather(input, shape, from, value);
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

        internal static Tensor Fill(Tensor tensor, Func<RandomStream, double> draw, Generator generator = null)
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

        internal static Tensor Input(Tensor x, Func<string, Tensor> parameter) => nn.functional.linear(x, parameter("weight_ih"), parameter("bias_ih"));

        internal static Tensor Hidden(Tensor h, Func<string, Tensor> parameter) => nn.functional.linear(h, parameter("weight_hh"), parameter("bias_hh"));

        /// <summary>Runs all layers, step by step.</summary>
        /// <param name="initial">The states before the first step, each of [layers * directions, batch, hidden]; zeros where null.</param>
        /// <param name="cell">From a step's input and the states [batch, hidden] before it to the states after it; the first of them is the output.</param>
        /// <returns>The output, and the states after the last step.</returns>
        internal (Tensor Output, Tensor[] States) Run(Tensor input, nn.Module module, int kinds, Tensor[] initial, double dropout, Func<Tensor, Tensor[], Func<string, Tensor>, Tensor[]> cell)
        {
            var s = input.shape;
            if (s.Length is not (2 or 3)) throw Kernel.Error($"input must have 3 dimensions, got {s.Length}");
            if (s[s.Length - 1] != inputs) throw Kernel.Error($"input.size(-1) must be equal to input_size. Expected {inputs}, got {s[s.Length - 1]}");
            var parameters = module.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
            Kernel.SameDevice(parameters.Values.Prepend(input).Concat(initial ?? Array.Empty<Tensor>()).ToArray());
            var alone = s.Length == 2;
            var steps = alone ? input.unsqueeze(1).unbind(0) : input.unbind(batchFirst ? 1 : 0);
            var ends = Enumerable.Range(0, kinds).Select(_ => new List<Tensor>()).ToArray();
            for (var layer = 0; layer < layers; layer++)
            {
                if (layer > 0 && dropout > 0 && module.training) steps = Array.ConvertAll(steps, x => nn.functional.dropout(x, dropout));
                var sides = new List<Tensor[]>();
                for (var d = 0; d < directions; d++)
                {
                    var suffix = $"_l{layer}{(d == 1 ? "_reverse" : "")}";
                    var at = layer * directions + d;
                    var states = Enumerable.Range(0, kinds).Select(k => initial is null ? torch.zeros(new[] { steps[0].shape[0], hidden }, input.dtype, input.device)
                        : alone ? initial[k].select(0, at).unsqueeze(0) : initial[k].select(0, at)).ToArray();
                    var outputs = new Tensor[steps.Length];
                    for (var i = 0; i < steps.Length; i++)
                    {
                        var step = d == 0 ? i : steps.Length - 1 - i;
                        states = cell(steps[step], states, name => parameters.TryGetValue(name + suffix, out var p) ? p : null);
                        outputs[step] = states[0];
                    }
                    sides.Add(outputs);
                    for (var k = 0; k < kinds; k++) ends[k].Add(states[k]);
                }
                steps = directions == 1 ? sides[0] : sides[0].Zip(sides[1], (a, b) => torch.cat(new[] { a, b }, 1)).ToArray();
            }
            var output = torch.stack(steps, alone || !batchFirst ? 0 : 1);
            var last = Array.ConvertAll(ends, e => torch.stack(e, 0));
            return alone ? (output.squeeze(1), Array.ConvertAll(last, t => t.squeeze(1))) : (output, last);
        }
    }
}
