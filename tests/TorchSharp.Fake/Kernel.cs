// The arithmetic behind the fake tensors: plain loops over doubles, with the library's rules for shapes, dtypes and devices.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp
{
    internal static class Kernel
    {
        /// <summary>Above this many elements (or multiplications) only the labels are right: all values are one constant.</summary>
        internal const long Limit = 4_000_000;

        internal static long Count(IEnumerable<long> shape)
        {
            long n = 1;
            foreach (var d in shape) n *= d;
            return n;
        }

        internal static bool IsFloat(ScalarType t) => t is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

        internal static ScalarType FloatOf(ScalarType t) => IsFloat(t) ? t : Defaults.Dtype;

        internal static double Fit(ScalarType t, double v) => t switch
        {
            ScalarType.Float32 => (float)v,
            ScalarType.Bool => v != 0 ? 1 : 0,
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => double.IsNaN(v) ? 0 : Math.Truncate(v),
            _ => v,
        };

        internal static ScalarType Promote(ScalarType a, ScalarType b)
        {
            if (a == b) return a;
            static int Rank(ScalarType t) => t switch
            {
                ScalarType.Bool => 0,
                ScalarType.Byte => 1,
                ScalarType.Int8 => 2,
                ScalarType.Int16 => 3,
                ScalarType.Int32 => 4,
                ScalarType.Int64 => 5,
                ScalarType.Float16 => 6,
                ScalarType.BFloat16 => 7,
                ScalarType.Float32 => 8,
                ScalarType.Float64 => 9,
                ScalarType.ComplexFloat32 => 10,
                _ => 11,
            };
            return Rank(a) > Rank(b) ? a : b;
        }

        internal static ScalarType Promote(Tensor t, Scalar s)
        {
            if (IsFloat(t.dtype)) return t.dtype;
            if (IsFloat(s.Type)) return Defaults.Dtype;
            return t.dtype == ScalarType.Bool ? s.Type : t.dtype;
        }

        internal static Exception Error(string text) => new ExternalException(text);

        internal static Device SameDevice(params Tensor[] tensors)
        {
            Device device = null;
            foreach (var t in tensors)
            {
                if (t is null || t.shape.Length == 0 && t.device.type == DeviceType.CPU) continue;
                if (device is null) device = t.device;
                else if (!Devices.Same(device, t.device)) throw Error($"Expected all tensors to be on the same device, but found at least two devices, {device} and {t.device}!");
            }
            return device ?? tensors.First(t => t is not null).device;
        }

        // ---- making results

        internal static Tensor Make(long[] shape, ScalarType dtype, Device device, double[] values, double fill, params Tensor[] inputs)
        {
            var live = inputs.Where(t => t is not null && t._requires_grad).ToArray();
            var tracked = live.Length > 0 && IsFloat(dtype) && GradMode.Enabled;
            if (values is not null)
                for (var i = 0; i < values.Length; i++) values[i] = Fit(dtype, values[i]);
            return new Tensor(shape, dtype, device, values, Fit(dtype, fill)) { _requires_grad = tracked, _inputs = tracked ? live : null };
        }

        /// <summary>A result of which only the labels are known.</summary>
        internal static Tensor Label(long[] shape, params Tensor[] inputs)
        {
            var first = inputs.First(t => t is not null);
            return Make(shape, FloatOf(first.dtype), SameDevice(inputs), null, 0, inputs);
        }

        internal static Tensor Map(Tensor t, Func<double, double> f, ScalarType? dtype = null)
        {
            t.Use();
            var type = dtype ?? FloatOf(t.dtype);
            return t._values is null ? Make(t._shape, type, t._device, null, f(t._fill), t) : Make(t._shape, type, t._device, Array.ConvertAll(t._values, v => f(v)), 0, t);
        }

        internal static long[] Broadcast(long[] a, long[] b)
        {
            var n = Math.Max(a.Length, b.Length);
            var shape = new long[n];
            for (var i = 1; i <= n; i++)
            {
                var x = i <= a.Length ? a[a.Length - i] : 1;
                var y = i <= b.Length ? b[b.Length - i] : 1;
                if (x != y && x != 1 && y != 1) throw Error($"The size of tensor a ({x}) must match the size of tensor b ({y}) at non-singleton dimension {n - i}");
                shape[n - i] = x == 1 ? y : x;
            }
            return shape;
        }

        internal static Tensor Zip(Tensor a, Tensor b, Func<double, double, double> f, ScalarType? dtype = null)
        {
            a.Use();
            b.Use();
            var device = SameDevice(a, b);
            var shape = Broadcast(a._shape, b._shape);
            var type = dtype ?? (a._shape.Length == 0 && IsFloat(b.dtype) == IsFloat(a.dtype) && b._shape.Length > 0 ? b.dtype
                : b._shape.Length == 0 && IsFloat(b.dtype) == IsFloat(a.dtype) && a._shape.Length > 0 ? a.dtype : Promote(a.dtype, b.dtype));
            var n = Count(shape);
            if (a._values is null && b._values is null || n > Limit) return Make(shape, type, device, null, f(a._fill, b._fill), a, b);
            var values = new double[n];
            int ra = shape.Length - a._shape.Length, rb = shape.Length - b._shape.Length;
            long[] sa = Strides(a._shape), sb = Strides(b._shape);
            var i = 0;
            foreach (var at in Indices(shape))
            {
                long ia = 0, ib = 0;
                for (var d = 0; d < shape.Length; d++)
                {
                    if (d >= ra && a._shape[d - ra] != 1) ia += at[d] * sa[d - ra];
                    if (d >= rb && b._shape[d - rb] != 1) ib += at[d] * sb[d - rb];
                }
                values[i++] = f(a.At(ia), b.At(ib));
            }
            return Make(shape, type, device, values, 0, a, b);
        }

        internal static Tensor Zip(Tensor a, Scalar b, Func<double, double, double> f, ScalarType? dtype = null) => Map(a, v => f(v, b.Value), dtype ?? Promote(a, b));

        internal static Tensor Zip(Scalar a, Tensor b, Func<double, double, double> f, ScalarType? dtype = null) => Map(b, v => f(a.Value, v), dtype ?? Promote(b, a));

        // ---- indices

        internal static long[] Strides(long[] shape)
        {
            var s = new long[shape.Length];
            long n = 1;
            for (var i = shape.Length - 1; i >= 0; i--)
            {
                s[i] = n;
                n *= shape[i];
            }
            return s;
        }

        /// <summary>All indices of a shape in row order. The array is the same one each time.</summary>
        internal static IEnumerable<long[]> Indices(long[] shape)
        {
            var n = Count(shape);
            var at = new long[shape.Length];
            for (long k = 0; k < n; k++)
            {
                yield return at;
                for (var d = shape.Length - 1; d >= 0 && ++at[d] == shape[d]; d--) at[d] = 0;
            }
        }

        internal static int Dim(Tensor t, long dim) => Dim(t._shape.Length, dim);

        internal static int Dim(int rank, long dim)
        {
            var r = Math.Max(rank, 1);
            if (dim < -r || dim >= r) throw Error($"Dimension out of range (expected to be in range of [{-r}, {r - 1}], but got {dim})");
            return (int)(dim < 0 ? dim + r : dim);
        }

        /// <summary>A tensor of another shape whose element at an index is the source's element at <paramref name="from"/>.</summary>
        internal static Tensor Shuffle(Tensor t, long[] shape, Func<long[], long> from)
        {
            t.Use();
            var n = Count(shape);
            if (t._values is null || n > Limit) return Make(shape, t.dtype, t.device, null, t._fill, t);
            var values = new double[n];
            var i = 0;
            foreach (var at in Indices(shape)) values[i++] = t._values[from(at)];
            return Make(shape, t.dtype, t.device, values, 0, t);
        }

        internal static Tensor Reshape(Tensor t, long[] shape)
        {
            t.Use();
            var size = (long[])shape.Clone();
            var open = Array.IndexOf(size, -1L);
            if (open >= 0)
            {
                size[open] = 1;
                var rest = Count(size);
                if (rest == 0 || t.numel() % rest != 0) throw Error($"shape '[{string.Join(", ", shape)}]' is invalid for input of size {t.numel()}");
                size[open] = t.numel() / rest;
            }
            if (Count(size) != t.numel()) throw Error($"shape '[{string.Join(", ", shape)}]' is invalid for input of size {t.numel()}");
            return Make(size, t.dtype, t.device, (double[])t._values?.Clone(), t._fill, t);
        }

        internal static Tensor Permute(Tensor t, long[] order)
        {
            if (order.Length != t._shape.Length) throw Error("permute: the number of dimensions in the tensor input does not match the length of the desired ordering");
            var dims = order.Select(o => Dim(t, o)).ToArray();
            var strides = Strides(t._shape);
            return Shuffle(t, dims.Select(d => t._shape[d]).ToArray(), at =>
            {
                long i = 0;
                for (var d = 0; d < dims.Length; d++) i += at[d] * strides[dims[d]];
                return i;
            });
        }

        internal static Tensor Swap(Tensor t, long a, long b)
        {
            var order = Enumerable.Range(0, t._shape.Length).Select(i => (long)i).ToArray();
            if (order.Length == 0) return Reshape(t, t._shape);
            int x = Dim(t, a), y = Dim(t, b);
            (order[x], order[y]) = (order[y], order[x]);
            return Permute(t, order);
        }

        internal static Tensor Expand(Tensor t, long[] sizes)
        {
            var lead = sizes.Length - t._shape.Length;
            if (lead < 0) throw Error("expand: the number of sizes provided must be greater or equal to the number of dimensions in the tensor");
            var shape = sizes.Select((s, i) => s == -1 ? t._shape[i - lead] : s).ToArray();
            for (var i = lead; i < shape.Length; i++)
                if (t._shape[i - lead] != 1 && t._shape[i - lead] != shape[i]) throw Error($"The expanded size of the tensor ({shape[i]}) must match the existing size ({t._shape[i - lead]}) at non-singleton dimension {i}.");
            var strides = Strides(t._shape);
            return Shuffle(t, shape, at =>
            {
                long k = 0;
                for (var d = lead; d < shape.Length; d++)
                    if (t._shape[d - lead] != 1) k += at[d] * strides[d - lead];
                return k;
            });
        }

        internal static Tensor Repeat(Tensor t, long[] sizes)
        {
            var lead = sizes.Length - t._shape.Length;
            if (lead < 0) throw Error("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
            var shape = sizes.Select((s, i) => i < lead ? s : s * t._shape[i - lead]).ToArray();
            var strides = Strides(t._shape);
            return Shuffle(t, shape, at =>
            {
                long k = 0;
                for (var d = lead; d < shape.Length; d++) k += at[d] % t._shape[d - lead] * strides[d - lead];
                return k;
            });
        }

        /// <summary>Along one dimension, the chosen positions.</summary>
        internal static Tensor Take(Tensor t, long dim, IReadOnlyList<long> positions)
        {
            var d = Dim(t, dim);
            var shape = (long[])t._shape.Clone();
            shape[d] = positions.Count;
            var strides = Strides(t._shape);
            foreach (var p in positions)
                if (p < 0 || p >= t._shape[d]) throw Error($"index {p} is out of bounds for dimension {d} with size {t._shape[d]}");
            return Shuffle(t, shape, at =>
            {
                long k = 0;
                for (var i = 0; i < shape.Length; i++) k += (i == d ? positions[(int)at[i]] : at[i]) * strides[i];
                return k;
            });
        }

        internal static long[] Range(long start, long stop, long step = 1)
        {
            var list = new List<long>();
            for (var i = start; i < stop; i += step) list.Add(i);
            return list.ToArray();
        }

        internal static Tensor Slice(Tensor t, long dim, long start, long stop, long step)
        {
            var n = t._shape[Dim(t, dim)];
            if (start < 0) start += n;
            if (stop < 0) stop += n;
            return Take(t, dim, Range(Math.Max(start, 0), Math.Min(stop, n), step));
        }

        internal static Tensor Select(Tensor t, long dim, long index)
        {
            var d = Dim(t, dim);
            if (t._shape.Length == 0) throw Error("select() cannot be applied to a 0-dim tensor.");
            var one = Take(t, dim, new[] { index < 0 ? index + t._shape[d] : index });
            return Reshape(one, one._shape.Where((_, i) => i != d).ToArray());
        }

        internal static Tensor Index(Tensor t, TensorIndex[] indices)
        {
            var result = t;
            var dim = 0;
            var left = indices.Count(i => i.Kind is not TensorIndex.Kinds.None and not TensorIndex.Kinds.Ellipsis);
            foreach (var index in indices)
            {
                switch (index.Kind)
                {
                    case TensorIndex.Kinds.None:
                        result = Reshape(result, result._shape.Take(dim).Concat(new long[] { 1 }).Concat(result._shape.Skip(dim)).ToArray());
                        dim++;
                        break;
                    case TensorIndex.Kinds.Ellipsis:
                        dim = result._shape.Length - left;
                        break;
                    case TensorIndex.Kinds.Single:
                        result = Select(result, dim, index.First.Value);
                        left--;
                        break;
                    case TensorIndex.Kinds.Slice:
                        result = Slice(result, dim, index.First ?? 0, index.Last ?? long.MaxValue, index.Step ?? 1);
                        dim++;
                        left--;
                        break;
                    case TensorIndex.Kinds.Bool:
                        result = Reshape(result, result._shape.Take(dim).Concat(new long[] { 1 }).Concat(result._shape.Skip(dim)).ToArray());
                        if (!index.Flag) result = Slice(result, dim, 0, 0, 1);
                        dim++;
                        left--;
                        break;
                    default:
                        var by = index.By;
                        if (by.dtype == ScalarType.Bool)
                        {
                            var rank = by._shape.Length;
                            result = Reshape(result, result._shape.Take(dim).Concat(new[] { by.numel() }).Concat(result._shape.Skip(dim + rank)).ToArray());
                            result = Take(result, dim, Range(0, by.numel()).Where(i => by.At(i) != 0).ToArray());
                            dim++;
                        }
                        else
                        {
                            var n = result._shape[dim];
                            var taken = Take(result, dim, Range(0, by.numel()).Select(i => (long)by.At(i)).Select(i => i < 0 ? i + n : i).ToArray());
                            result = Reshape(taken, taken._shape.Take(dim).Concat(by._shape).Concat(taken._shape.Skip(dim + 1)).ToArray());
                            dim += by._shape.Length;
                        }
                        left--;
                        break;
                }
            }
            return ReferenceEquals(result, t) ? Reshape(t, t._shape) : result;
        }

        /// <summary>Writes through an index: the same walk over a tensor of positions says where to.</summary>
        internal static void IndexPut(Tensor t, TensorIndex[] indices, Tensor value)
        {
            using (GradMode.Set(false))
            {
                if (t.numel() > Limit) return;
                var positions = Index(new Tensor(t._shape, ScalarType.Int64, t._device, Range(0, t.numel()).Select(i => (double)i).ToArray()), indices);
                var source = Expand(value, positions._shape);
                var into = t.Materialize();
                for (long i = 0; i < positions.numel(); i++) into[(long)positions.At(i)] = Fit(t.dtype, source.At(i));
            }
        }

        // ---- reductions

        internal static long[] ReducedShape(long[] shape, int[] dims, bool keepdim) =>
            keepdim ? shape.Select((s, i) => dims.Contains(i) ? 1 : s).ToArray() : shape.Where((_, i) => !dims.Contains(i)).ToArray();

        internal static Tensor Reduce(Tensor t, long[] dims, bool keepdim, Func<double[], double> f, ScalarType? dtype = null)
        {
            t.Use();
            var over = dims is null || dims.Length == 0 ? Enumerable.Range(0, t._shape.Length).ToArray() : dims.Select(d => Dim(t, d)).ToArray();
            var type = dtype ?? t.dtype;
            var shape = ReducedShape(t._shape, over, keepdim);
            if (t._shape.Length == 0) return Make(shape, type, t.device, null, f(new[] { t._fill0 }), t);
            var size = Count(over.Select(d => t._shape[d]));
            var n = t.numel();
            if (n > Limit) return Make(shape, type, t.device, null, t._fill, t);
            var groups = new double[Count(shape)][];
            var filled = new int[groups.Length];
            for (var g = 0; g < groups.Length; g++) groups[g] = new double[size];
            var strides = Strides(ReducedShape(t._shape, over, true));
            long k = 0;
            foreach (var at in Indices(t._shape))
            {
                long g = 0;
                for (var d = 0; d < at.Length; d++)
                    if (!over.Contains(d)) g += at[d] * strides[d];
                groups[g][filled[g]++] = t.At(k++);
            }
            return Make(shape, type, t.device, Array.ConvertAll(groups, g => f(g)), 0, t);
        }

        internal static double Sum(double[] v)
        {
            double s = 0;
            foreach (var x in v) s += x;
            return s;
        }

        internal static double Mean(double[] v) => Sum(v) / v.Length;

        internal static double Max(double[] v) => v.Aggregate(double.NegativeInfinity, (a, b) => double.IsNaN(b) ? b : Math.Max(a, b));

        internal static double Min(double[] v) => v.Aggregate(double.PositiveInfinity, (a, b) => double.IsNaN(b) ? b : Math.Min(a, b));

        internal static double ArgMax(double[] v)
        {
            var best = 0;
            for (var i = 1; i < v.Length; i++)
                if (v[i] > v[best]) best = i;
            return best;
        }

        internal static double ArgMin(double[] v)
        {
            var best = 0;
            for (var i = 1; i < v.Length; i++)
                if (v[i] < v[best]) best = i;
            return best;
        }

        internal static double Var(double[] v, bool unbiased)
        {
            var m = Mean(v);
            return v.Sum(x => (x - m) * (x - m)) / (unbiased ? v.Length - 1 : v.Length);
        }

        internal static double LogSumExp(double[] v)
        {
            var m = Max(v);
            return double.IsInfinity(m) ? m : m + Math.Log(v.Sum(x => Math.Exp(x - m)));
        }

        internal static double Norm(double[] v, double p) => double.IsPositiveInfinity(p) ? v.Max(Math.Abs) : p == 0 ? v.Count(x => x != 0) : Math.Pow(v.Sum(x => Math.Pow(Math.Abs(x), p)), 1 / p);

        /// <summary>Turns each line along a dimension into a line of the same (or another) length.</summary>
        internal static Tensor Lines(Tensor t, long dim, Func<double[], double[]> f, ScalarType? dtype = null, long? length = null)
        {
            t.Use();
            var type = dtype ?? t.dtype;
            if (t._shape.Length == 0) return Make(t._shape, type, t.device, f(new[] { t._fill0 }), 0, t);
            var d = Dim(t, dim);
            var n = t._shape[d];
            var shape = (long[])t._shape.Clone();
            shape[d] = length ?? n;
            if (t.numel() > Limit || t.numel() == 0) return Make(shape, type, t.device, null, 0, t);
            long inner = Strides(t._shape)[d], outer = t.numel() / (n * inner);
            var values = new double[Count(shape)];
            var line = new double[n];
            for (long o = 0; o < outer; o++)
                for (long i = 0; i < inner; i++)
                {
                    for (long k = 0; k < n; k++) line[k] = t.At((o * n + k) * inner + i);
                    var made = f(line);
                    for (long k = 0; k < shape[d]; k++) values[(o * shape[d] + k) * inner + i] = made[k];
                }
            return Make(shape, type, t.device, values, 0, t);
        }

        internal static double[] Softmax(double[] v)
        {
            var z = LogSumExp(v);
            return Array.ConvertAll(v, x => Math.Exp(x - z));
        }

        internal static double[] LogSoftmax(double[] v)
        {
            var z = LogSumExp(v);
            return Array.ConvertAll(v, x => x - z);
        }

        // ---- products

        internal static Tensor MatMul(Tensor a, Tensor b)
        {
            a.Use();
            b.Use();
            var device = SameDevice(a, b);
            if (a._shape.Length == 0 || b._shape.Length == 0) throw Error("both arguments to matmul need to be at least 1D");
            if (a.dtype != b.dtype) throw Error($"expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}");
            bool va = a._shape.Length == 1, vb = b._shape.Length == 1;
            var sa = va ? new[] { 1, a._shape[0] } : a._shape;
            var sb = vb ? new[] { b._shape[0], 1 } : b._shape;
            long n = sa[sa.Length - 2], m = sa[sa.Length - 1], p = sb[sb.Length - 1];
            if (m != sb[sb.Length - 2]) throw Error($"mat1 and mat2 shapes cannot be multiplied ({n}x{m} and {sb[sb.Length - 2]}x{p})");
            long[] ba = sa.Take(sa.Length - 2).ToArray(), bb = sb.Take(sb.Length - 2).ToArray();
            var batch = Broadcast(ba, bb);
            var tail = new List<long>();
            if (!va) tail.Add(n);
            if (!vb) tail.Add(p);
            var shape = batch.Concat(tail).ToArray();
            var batches = Count(batch);
            if (a._values is null && b._values is null || batches * n * m * p > Limit * 10) return Make(shape, a.dtype, device, null, a._fill * b._fill * m, a, b);
            var values = new double[batches * n * p];
            long[] ta = Strides(ba), tb = Strides(bb);
            long k = 0;
            foreach (var at in Indices(batch))
            {
                long oa = 0, ob = 0;
                for (var d = 0; d < batch.Length; d++)
                {
                    int da = d - (batch.Length - ba.Length), db = d - (batch.Length - bb.Length);
                    if (da >= 0 && ba[da] != 1) oa += at[d] * ta[da];
                    if (db >= 0 && bb[db] != 1) ob += at[d] * tb[db];
                }
                for (long i = 0; i < n; i++)
                    for (long j = 0; j < p; j++)
                    {
                        double s = 0;
                        for (long x = 0; x < m; x++) s += a.At((oa * n + i) * m + x) * b.At((ob * m + x) * p + j);
                        values[k++] = s;
                    }
            }
            return Make(shape, a.dtype, device, values, 0, a, b);
        }

        // ---- joining

        internal static Tensor Cat(IReadOnlyList<Tensor> tensors, long dim)
        {
            if (tensors.Count == 0) throw Error("expected a non-empty list of Tensors");
            var first = tensors[0];
            var d = Dim(first, dim);
            foreach (var t in tensors)
                if (t._shape.Length != first._shape.Length || t._shape.Where((s, i) => i != d && s != first._shape[i]).Any())
                    throw Error("Sizes of tensors must match except in dimension " + d);
            var shape = (long[])first._shape.Clone();
            shape[d] = tensors.Sum(t => t._shape[d]);
            var type = tensors.Select(t => t.dtype).Aggregate(Promote);
            var all = tensors.ToArray();
            var device = SameDevice(all);
            if (Count(shape) > Limit || all.All(t => t._values is null && t._fill == first._fill)) return Make(shape, type, device, null, first._fill, all);
            var values = new double[Count(shape)];
            var outer = Count(shape.Take(d));
            long at = 0;
            for (long o = 0; o < outer; o++)
                foreach (var t in all)
                {
                    var run = t.numel() / Math.Max(outer, 1);
                    for (long i = 0; i < run; i++) values[at++] = t.At(o * run + i);
                }
            return Make(shape, type, device, values, 0, all);
        }

        internal static Tensor Stack(IEnumerable<Tensor> tensors, long dim)
        {
            var list = tensors.ToArray();
            if (list.Length == 0) throw Error("stack expects a non-empty TensorList");
            if (list.Any(t => !t._shape.SequenceEqual(list[0]._shape))) throw Error("stack expects each tensor to be equal size");
            var d = Dim(list[0]._shape.Length + 1, dim);
            return Cat(list.Select(t => Reshape(t, t._shape.Take(d).Concat(new long[] { 1 }).Concat(t._shape.Skip(d)).ToArray())).ToArray(), d);
        }

        internal static Tensor[] Split(Tensor t, IEnumerable<long> sizes, long dim)
        {
            var parts = new List<Tensor>();
            long at = 0;
            foreach (var size in sizes)
            {
                parts.Add(Take(t, dim, Range(at, at + size)));
                at += size;
            }
            return parts.ToArray();
        }

        internal static Tensor[] SplitBy(Tensor t, long size, long dim)
        {
            var n = t._shape[Dim(t, dim)];
            return Split(t, Range(0, n, size).Select(i => Math.Min(size, n - i)), dim);
        }

        internal static double Erf(double x)
        {
            // A series near zero, a continued fraction outside.
            var a = Math.Abs(x);
            if (a < 2.5)
            {
                double term = a, sum = a;
                for (var n = 1; n < 60; n++)
                {
                    term *= -a * a / n;
                    sum += term / (2 * n + 1);
                }
                return Math.Sign(x) * 2 / Math.Sqrt(Math.PI) * sum;
            }
            double tail = 0;
            for (var n = 40; n > 0; n--) tail = n / 2.0 / (a + tail);
            return Math.Sign(x) * (1 - Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + tail));
        }

        internal static double Round(double x) => Math.Round(x, MidpointRounding.ToEven);

        internal static double Bit(bool b) => b ? 1 : 0;
    }
}
