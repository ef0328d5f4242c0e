// The arithmetic behind the fake tensors: plain loops over doubles, with the library's rules for shapes, dtypes and devices.
// Every function here also says how a gradient goes back through it.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp
{
    internal static class Kernel
    {
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

        internal static void Fit(ScalarType t, double[] values)
        {
            if (t == ScalarType.Float32)
                for (var i = 0; i < values.Length; i++) values[i] = (float)values[i];
            else if (t != ScalarType.Float64)
                for (var i = 0; i < values.Length; i++) values[i] = Fit(t, values[i]);
        }

        /// <summary>A type as the library's messages call it.</summary>
        internal static string NameOf(ScalarType t) => t switch
        {
            ScalarType.Int8 => "Char",
            ScalarType.Int16 => "Short",
            ScalarType.Int32 => "Int",
            ScalarType.Int64 => "Long",
            ScalarType.Float16 => "Half",
            ScalarType.Float32 => "Float",
            ScalarType.Float64 => "Double",
            ScalarType.ComplexFloat32 => "ComplexFloat",
            ScalarType.ComplexFloat64 => "ComplexDouble",
            _ => t.ToString(),
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

        internal static Tensor Make(long[] shape, ScalarType dtype, Device device, double[] values)
        {
            Fit(dtype, values);
            return new Tensor(shape, dtype, device, new Storage(values));
        }

        internal static Tensor Make(ScalarType dtype, Device device, double value) => new(Array.Empty<long>(), dtype, device, new Storage(1, Fit(dtype, value)));

        /// <summary>A result of which only the labels are known: the stand-in does not compute it, and says so to whoever reads it.</summary>
        internal static Tensor Label(string operation, long[] shape, params Tensor[] inputs)
        {
            var first = inputs.First(t => t is not null);
            return new Tensor(shape, FloatOf(first.dtype), SameDevice(inputs), new Storage(Count(shape), new Lazy<double[]>(() => throw new NotSupportedException($"The stand-in for TorchSharp does not compute '{operation}'.")))).Follow(operation, inputs, inputs.Where(t => t is not null).ToArray(), null);
        }

        /// <summary>An operation that the library does in one step and the stand-in in several: only its result is a tensor of the caller.</summary>
        internal static T Compose<T>(Func<T> body)
        {
            Tensor.Hiding++;
            try
            {
                return body();
            }
            finally
            {
                Tensor.Hiding--;
            }
        }

        internal static Tensor Compose(Func<Tensor> body) => Compose<Tensor>(body).Show();

        // ---- element by element

        /// <summary>A function of each element.</summary>
        /// <param name="dx">Its derivative at x.</param>
        /// <param name="dy">Its derivative where its value is y.</param>
        /// <param name="slope">Its derivative where that is a constant.</param>
        internal static Tensor Map(Tensor t, Func<double, double> f, Func<double, double> dx = null, Func<double, double> dy = null, double? slope = null, ScalarType? dtype = null, [CallerMemberName] string operation = null)
        {
            t.Use();
            var type = dtype ?? FloatOf(t.dtype);
            Tensor made;
            if (t._storage.IsUniform) made = new Tensor(t._shape, type, t._device, new Storage(t.numel(), Fit(type, f(t._storage.Fill))));
            else
            {
                var from = t.Read();
                var values = new double[from.Length];
                for (var i = 0; i < values.Length; i++) values[i] = f(from[i]);
                made = Make(t._shape, type, t._device, values);
            }
            if (!IsFloat(type) || !GradMode.Enabled || !t._requires_grad) return made;
            if (slope is { } c) return made.Follow(operation, new[] { t }, None, g => new[] { Scaled(g, c) });
            var (derive, of) = dx is not null ? (dx, t) : (dy, made);
            if (derive is null) return made.Follow(operation, new[] { t }, new[] { t }, null);
            var at = of.Read();
            return made.Follow(operation, new[] { t }, new[] { of }, g =>
            {
                var result = new double[g.Length];
                for (var i = 0; i < g.Length; i++) result[i] = g[i] * derive(at[i]);
                return new[] { result };
            });
        }

        /// <summary>Writes a function of each element in its place, as the library's native code does: no scope and no graph hears of it.</summary>
        internal static void Change(Tensor t, Func<double, double> f)
        {
            t.Use();
            t._storage.Update(values =>
            {
                for (var i = 0; i < values.Length; i++) values[i] = Fit(t._dtype, f(values[i]));
            });
        }

        /// <summary>A question to each element.</summary>
        internal static Tensor Test(Tensor t, Func<double, bool> f) => Map(t, v => Bit(f(v)), dtype: ScalarType.Bool);

        internal static Tensor Compare(Tensor a, Tensor b, Func<double, double, bool> f) => Zip(a, b, (x, y) => Bit(f(x, y)), dtype: ScalarType.Bool);

        internal static Tensor Compare(Tensor a, Scalar b, Func<double, double, bool> f) => Test(a, x => f(x, b.Value));

        internal static Tensor Compare(Scalar a, Tensor b, Func<double, double, bool> f) => Test(b, y => f(a.Value, y));

        static readonly Tensor[] None = Array.Empty<Tensor>();

        static double[] Scaled(double[] g, double by)
        {
            if (by == 1) return g;
            var result = new double[g.Length];
            for (var i = 0; i < g.Length; i++) result[i] = g[i] * by;
            return result;
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

        /// <summary>Strides with which a tensor is read as if it had been expanded to a shape.</summary>
        internal static long[] Spread(long[] from, long[] shape)
        {
            var lead = shape.Length - from.Length;
            var strides = Strides(from);
            return shape.Select((_, i) => i < lead || from[i - lead] == 1 ? 0 : strides[i - lead]).ToArray();
        }

        /// <summary>The offset of each index of a shape, in row order, under the given strides; null where that is 0, 1, 2, ...</summary>
        internal static int[] Offsets(long[] shape, long[] strides)
        {
            var n = Count(shape);
            var plain = Strides(shape);
            var straight = true;
            for (var d = 0; d < shape.Length; d++) straight &= shape[d] == 1 || strides[d] == plain[d];
            if (straight) return null;
            var offsets = new int[n];
            if (n == 0) return offsets;
            var filled = 1;
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                var step = (int)strides[d];
                for (var i = 1; i < shape[d]; i++)
                    for (var k = 0; k < filled; k++) offsets[i * filled + k] = offsets[k] + i * step;
                filled *= (int)shape[d];
            }
            return offsets;
        }

        /// <summary>A function of two elements, broadcast.</summary>
        /// <param name="da">Its derivative by the first; null where there is no formula.</param>
        /// <param name="db">Its derivative by the second.</param>
        /// <param name="constant">The derivatives do not look at the elements.</param>
        /// <param name="linear">The derivative by the first does not look at the first.</param>
        internal static Tensor Zip(Tensor a, Tensor b, Func<double, double, double> f, Func<double, double, double> da = null, Func<double, double, double> db = null, bool constant = false, bool linear = false, ScalarType? dtype = null, [CallerMemberName] string operation = null)
        {
            a.Use();
            b.Use();
            var device = SameDevice(a, b);
            var shape = Broadcast(a._shape, b._shape);
            var type = dtype ?? Promote(a, b);
            if (a._storage.IsUniform && b._storage.IsUniform && !Tracks(a, b)) return new Tensor(shape, type, device, new Storage(Count(shape), Fit(type, f(a._storage.Fill, b._storage.Fill))));
            int[] ia = Offsets(shape, Spread(a._shape, shape)), ib = Offsets(shape, Spread(b._shape, shape));
            double[] x = a.Read(), y = b.Read();
            var values = new double[Count(shape)];
            if (ia is null && ib is null)
                for (var i = 0; i < values.Length; i++) values[i] = f(x[i], y[i]);
            else
                for (var i = 0; i < values.Length; i++) values[i] = f(x[ia is null ? i : ia[i]], y[ib is null ? i : ib[i]]);
            var made = Make(shape, type, device, values);
            if (!IsFloat(type) || !Tracks(a, b)) return made;
            bool ga = a._requires_grad, gb = b._requires_grad;
            // Each factor is needed for the gradient of the other.
            var saved = constant ? None : new[] { gb ? a : null, ga ? b : null }.Where(t => t is not null).ToArray();
            return made.Follow(operation, new[] { a, b }, saved, da is null || db is null ? null : g => new[] { ga ? Back(da, x.Length, ia) : null, gb ? Back(db, y.Length, ib) : null }.Select(part => part?.Invoke(g)).ToArray());

            Func<double[], double[]> Back(Func<double, double, double> d, int size, int[] to) => g =>
            {
                var sums = new double[size];
                for (var i = 0; i < g.Length; i++) sums[to is null ? i : to[i]] += g[i] * d(x[ia is null ? i : ia[i]], y[ib is null ? i : ib[i]]);
                return sums;
            };
        }

        internal static Tensor Zip(Tensor a, Scalar b, Func<double, double, double> f, Func<double, double, double> da = null, Func<double, double, double> db = null, bool constant = false, bool linear = false, ScalarType? dtype = null, [CallerMemberName] string operation = null) =>
            (constant || linear) && da is not null ? Map(a, v => f(v, b.Value), slope: da(0, b.Value), dtype: dtype ?? Promote(a, b), operation: operation)
            : Map(a, v => f(v, b.Value), dx: da is null ? null : v => da(v, b.Value), dtype: dtype ?? Promote(a, b), operation: operation);

        internal static Tensor Zip(Scalar a, Tensor b, Func<double, double, double> f, Func<double, double, double> da = null, Func<double, double, double> db = null, bool constant = false, bool linear = false, ScalarType? dtype = null, [CallerMemberName] string operation = null) =>
            Zip(b, a, (y, x) => f(x, y), db is null ? null : (y, x) => db(x, y), null, constant, false, dtype ?? Promote(b, a), operation);

        internal static bool Tracks(params Tensor[] inputs)
        {
            if (!GradMode.Enabled) return false;
            foreach (var t in inputs)
                if (t is not null && t._requires_grad) return true;
            return false;
        }

        /// <summary>The type of a result: a scalar tensor does not widen a tensor of the same kind.</summary>
        static ScalarType Promote(Tensor a, Tensor b)
        {
            if (IsFloat(a.dtype) == IsFloat(b.dtype) && a._shape.Length == 0 != (b._shape.Length == 0)) return a._shape.Length == 0 ? b.dtype : a.dtype;
            return Promote(a.dtype, b.dtype);
        }

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

        /// <summary>A tensor of another shape with the source's elements at the given offsets (null: in their order), or <paramref name="otherwise"/> where the offset is negative.</summary>
        /// <param name="view">The result is a view: what is written to the one is seen in the other.</param>
        internal static Tensor Gather(Tensor t, long[] shape, int[] from, double otherwise = 0, bool view = false, [CallerMemberName] string operation = null)
        {
            t.Use();
            Tensor made;
            if (view) made = new Tensor(shape, t._dtype, t._device, from is null ? t._storage : new Storage(t._storage, from)) { _base = t._base ?? new WeakReference<Tensor>(t) };
            else if (t._storage.IsUniform && (from is null || Array.TrueForAll(from, i => i >= 0))) made = new Tensor(shape, t._dtype, t._device, new Storage(Count(shape), t._storage.Fill));
            else
            {
                var source = t.Read();
                var values = from is null ? (double[])source.Clone() : new double[from.Length];
                for (var i = 0; from is not null && i < from.Length; i++) values[i] = from[i] < 0 ? otherwise : source[from[i]];
                made = Make(shape, t._dtype, t._device, values);
            }
            var n = t.numel();
            return made.Follow(operation, new[] { t }, None, g =>
            {
                if (from is null) return new[] { g };
                var sums = new double[n];
                for (var i = 0; i < from.Length; i++)
                    if (from[i] >= 0) sums[from[i]] += g[i];
                return new[] { sums };
            });
        }

        /// <summary>The same elements in another shape: a view, which shares them.</summary>
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
            return View(t, size);
        }

        internal static Tensor View(Tensor t, long[] shape, [CallerMemberName] string operation = null) => Gather(t, shape, null, 0, true, operation);

        internal static Tensor Permute(Tensor t, long[] order, [CallerMemberName] string operation = null)
        {
            if (order.Length != t._shape.Length) throw Error("permute: the number of dimensions in the tensor input does not match the length of the desired ordering");
            var dims = order.Select(o => Dim(t, o)).ToArray();
            var strides = Strides(t._shape);
            var shape = dims.Select(d => t._shape[d]).ToArray();
            return Gather(t, shape, Offsets(shape, dims.Select(d => strides[d]).ToArray()), 0, true, operation);
        }

        internal static Tensor Swap(Tensor t, long a, long b)
        {
            var order = Enumerable.Range(0, t._shape.Length).Select(i => (long)i).ToArray();
            if (order.Length == 0) return Reshape(t, t._shape);
            int x = Dim(t, a), y = Dim(t, b);
            (order[x], order[y]) = (order[y], order[x]);
            return Permute(t, order);
        }

        internal static Tensor Expand(Tensor t, long[] sizes, bool view = true)
        {
            var lead = sizes.Length - t._shape.Length;
            if (lead < 0) throw Error("expand: the number of sizes provided must be greater or equal to the number of dimensions in the tensor");
            var shape = sizes.Select((s, i) => s == -1 ? t._shape[i - lead] : s).ToArray();
            for (var i = lead; i < shape.Length; i++)
                if (t._shape[i - lead] != 1 && t._shape[i - lead] != shape[i]) throw Error($"The expanded size of the tensor ({shape[i]}) must match the existing size ({t._shape[i - lead]}) at non-singleton dimension {i}.");
            return Gather(t, shape, Offsets(shape, Spread(t._shape, shape)), 0, view);
        }

        internal static Tensor Repeat(Tensor t, long[] sizes)
        {
            var lead = sizes.Length - t._shape.Length;
            if (lead < 0) throw Error("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
            // Each dimension becomes two: the repeats, along which nothing moves, and the dimension itself.
            var own = Enumerable.Repeat(1L, lead).Concat(t._shape).ToArray();
            var strides = Strides(own);
            var both = sizes.SelectMany((n, i) => new[] { n, own[i] }).ToArray();
            return Gather(t, sizes.Select((n, i) => n * own[i]).ToArray(), Offsets(both, sizes.SelectMany((_, i) => new[] { 0, strides[i] }).ToArray()));
        }

        /// <summary>Along one dimension, the chosen positions.</summary>
        internal static Tensor Take(Tensor t, long dim, IReadOnlyList<long> positions, bool view = false, [CallerMemberName] string operation = null)
        {
            var d = Dim(t, dim);
            var shape = (long[])t._shape.Clone();
            shape[d] = positions.Count;
            foreach (var p in positions)
                if (p < 0 || p >= t._shape[d]) throw Error($"index {p} is out of bounds for dimension {d} with size {t._shape[d]}");
            long inner = Strides(t._shape)[d], outer = Count(t._shape.Take(d));
            var from = new int[Count(shape)];
            var k = 0;
            for (long o = 0; o < outer; o++)
                foreach (var p in positions)
                    for (long i = 0; i < inner; i++) from[k++] = (int)((o * t._shape[d] + p) * inner + i);
            return Gather(t, shape, from, 0, view, operation);
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
            return Take(t, dim, Range(Math.Max(start, 0), Math.Min(stop, n), step), true);
        }

        internal static Tensor Select(Tensor t, long dim, long index)
        {
            var d = Dim(t, dim);
            if (t._shape.Length == 0) throw Error("select() cannot be applied to a 0-dim tensor.");
            return Compose(() => Reshape(Take(t, dim, new[] { index < 0 ? index + t._shape[d] : index }, true), t._shape.Where((_, i) => i != d).ToArray()));
        }

        internal static Tensor Index(Tensor t, TensorIndex[] indices) => Compose(() => Indexed(t, indices));

        static Tensor Indexed(Tensor t, TensorIndex[] indices)
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
            t.Changing();
            var positions = Compose<Tensor>(() => Index(new Tensor(t._shape, ScalarType.Int64, t._device, new Storage(Range(0, t.numel()).Select(i => (double)i).ToArray())), indices));
            var to = Array.ConvertAll(positions.Read(), p => (int)p);
            var source = Compose<Tensor>(() => Expand(value, positions._shape));
            var before = Tracks(t, value) ? Compose<Tensor>(() => t.alias()) : null;
            var values = (double[])source.Read().Clone();
            Fit(t._dtype, values);
            t._storage.Update(into =>
            {
                for (var i = 0; i < to.Length; i++) into[to[i]] = values[i];
            });
            if (before is null || !IsFloat(t._dtype)) return;
            t.Overtake();
            (t._requires_grad, t._node) = (true, new Node("index_put_", new[] { before, source }, None, g =>
            {
                var kept = (double[])g.Clone();
                foreach (var p in to) kept[p] = 0;
                return new[] { kept, Array.ConvertAll(to, p => g[p]) };
            }));
        }

        // ---- reductions

        internal static long[] ReducedShape(long[] shape, int[] dims, bool keepdim) =>
            keepdim ? shape.Select((s, i) => dims.Contains(i) ? 1 : s).ToArray() : shape.Where((_, i) => !dims.Contains(i)).ToArray();

        static int[] Over(Tensor t, long[] dims) => dims is null || dims.Length == 0 ? Enumerable.Range(0, t._shape.Length).ToArray() : dims.Select(d => Dim(t, d)).ToArray();

        /// <summary>To which element of the result each element goes; null where each is its own.</summary>
        internal static int[] Groups(Tensor t, int[] over)
        {
            var strides = Strides(ReducedShape(t._shape, over, true));
            return Offsets(t._shape, strides.Select((s, d) => over.Contains(d) ? 0 : s).ToArray());
        }

        /// <summary>Sums over dimensions, times a factor that the number of summands gives.</summary>
        internal static Tensor Sums(Tensor t, long[] dims, bool keepdim, Func<long, double> factor, ScalarType? dtype, [CallerMemberName] string operation = null)
        {
            t.Use();
            var over = t._shape.Length == 0 ? Array.Empty<int>() : Over(t, dims);
            var scale = factor(Count(over.Select(d => t._shape[d])));
            var shape = ReducedShape(t._shape, over, keepdim);
            var (from, sums) = (t.Read(), new double[Count(shape)]);
            var whole = sums.Length == 1;
            var group = whole ? null : Groups(t, over);
            if (whole) sums[0] = Sum(from);
            else for (var i = 0; i < from.Length; i++) sums[group is null ? i : group[i]] += from[i];
            for (var i = 0; i < sums.Length; i++) sums[i] *= scale;
            var n = from.Length;
            return Make(shape, dtype ?? t.dtype, t.device, sums).Follow(operation, new[] { t }, None, g =>
            {
                var result = new double[n];
                for (var i = 0; i < n; i++) result[i] = scale * g[whole ? 0 : group is null ? i : group[i]];
                return new[] { result };
            });
        }

        /// <summary>A function of all elements along dimensions.</summary>
        /// <param name="slopes">From those elements and the result, the derivatives of the result by each.</param>
        internal static Tensor Reduce(Tensor t, long[] dims, bool keepdim, Func<double[], double> f, Func<double[], double, double[]> slopes = null, ScalarType? dtype = null, [CallerMemberName] string operation = null)
        {
            t.Use();
            var over = t._shape.Length == 0 ? Array.Empty<int>() : Over(t, dims);
            var shape = ReducedShape(t._shape, over, keepdim);
            var size = Count(over.Select(d => t._shape[d]));
            var group = Groups(t, over);
            var from = t.Read();
            var groups = new double[Count(shape)][];
            var filled = new int[groups.Length];
            for (var g = 0; g < groups.Length; g++) groups[g] = new double[size];
            for (var i = 0; i < from.Length; i++)
            {
                var g = group is null ? i : group[i];
                groups[g][filled[g]++] = from[i];
            }
            var made = Make(shape, dtype ?? t.dtype, t.device, Array.ConvertAll(groups, g => f(g)));
            if (!Tracks(t)) return made;
            var y = made.Read();
            return made.Follow(operation, new[] { t }, new[] { t }, slopes is null ? null : gradient =>
            {
                var parts = groups.Select((g, k) => slopes(g, y[k])).ToArray();
                var (result, next) = (new double[from.Length], new int[groups.Length]);
                for (var i = 0; i < result.Length; i++)
                {
                    var g = group is null ? i : group[i];
                    result[i] = gradient[g] * parts[g][next[g]++];
                }
                return new[] { result };
            });
        }

        /// <summary>The whole gradient goes to one element: the first that is the result.</summary>
        internal static double[] ToFirst(double[] v, double y)
        {
            var slopes = new double[v.Length];
            var at = Array.FindIndex(v, x => x == y || double.IsNaN(x) && double.IsNaN(y));
            if (at >= 0) slopes[at] = 1;
            return slopes;
        }

        /// <summary>The gradient is shared evenly among the elements that are the result.</summary>
        internal static double[] ToAll(double[] v, double y)
        {
            var hits = v.Count(x => x == y);
            return Array.ConvertAll(v, x => x == y ? 1.0 / hits : 0);
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

        internal static double[] VarSlopes(double[] v, bool unbiased, double by)
        {
            var m = Mean(v);
            return Array.ConvertAll(v, x => 2 * (x - m) / (unbiased ? v.Length - 1 : v.Length) / by);
        }

        internal static double Product(double[] v) => v.Aggregate(1.0, (a, b) => a * b);

        internal static double[] ProductSlopes(double[] v, double y) => v.Select((_, i) => v.Where((_, k) => k != i).Aggregate(1.0, (a, b) => a * b)).ToArray();

        /// <summary>The sums of each beginning.</summary>
        internal static double[] Running(double[] v)
        {
            double s = 0;
            return Array.ConvertAll(v, x => s += x);
        }

        internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

        internal static double LogSumExp(double[] v)
        {
            var m = Max(v);
            return double.IsInfinity(m) ? m : m + Math.Log(v.Sum(x => Math.Exp(x - m)));
        }

        internal static double Norm(double[] v, double p) => double.IsPositiveInfinity(p) ? v.Max(Math.Abs) : p == 0 ? v.Count(x => x != 0) : Math.Pow(v.Sum(x => Math.Pow(Math.Abs(x), p)), 1 / p);

        internal static double[] NormSlopes(double[] v, double y, double p) => double.IsPositiveInfinity(p)
            ? ToAll(Array.ConvertAll(v, Math.Abs), y).Zip(v, (s, x) => s * Math.Sign(x)).ToArray()
            : Array.ConvertAll(v, x => y == 0 || p == 0 ? 0 : Math.Sign(x) * Math.Pow(Math.Abs(x) / y, p - 1));

        /// <summary>Turns each line along a dimension into a line of the same (or another) length.</summary>
        /// <param name="back">From a line, its result and the gradient of that, the gradient of the line.</param>
        internal static Tensor Lines(Tensor t, long dim, Func<double[], double[]> f, Func<double[], double[], double[], double[]> back = null, ScalarType? dtype = null, long? length = null, [CallerMemberName] string operation = null)
        {
            t.Use();
            var type = dtype ?? t.dtype;
            var d = Dim(t, dim);
            var shape = t._shape.Length == 0 ? Array.Empty<long>() : (long[])t._shape.Clone();
            var n = shape.Length == 0 ? 1 : shape[d];
            var m = length ?? n;
            if (shape.Length > 0) shape[d] = m;
            long inner = t._shape.Length == 0 ? 1 : Strides(t._shape)[d], lines = n == 0 ? 0 : t.numel() / n;
            var from = t.Read();
            var values = new double[Count(shape)];
            for (long l = 0; l < lines; l++) Put(values, m, inner, l, f(Get(from, n, inner, l)));
            var made = Make(shape, type, t.device, values);
            return made.Follow(operation, new[] { t }, new[] { t, made }, back is null ? null : g =>
            {
                var result = new double[from.Length];
                for (long l = 0; l < lines; l++) Put(result, n, inner, l, back(Get(from, n, inner, l), Get(values, m, inner, l), Get(g, m, inner, l)));
                return new[] { result };
            });

            static double[] Get(double[] all, long n, long inner, long l)
            {
                var line = new double[n];
                for (long k = 0, at = l / inner * n * inner + l % inner; k < n; k++, at += inner) line[k] = all[at];
                return line;
            }

            static void Put(double[] all, long n, long inner, long l, double[] line)
            {
                for (long k = 0, at = l / inner * n * inner + l % inner; k < n; k++, at += inner) all[at] = line[k];
            }
        }

        internal static Tensor Softmax(Tensor t, long dim, ScalarType? dtype, [CallerMemberName] string operation = null) => Lines(t, dim, Softmax, (_, y, g) =>
        {
            double dot = 0;
            for (var i = 0; i < y.Length; i++) dot += y[i] * g[i];
            return y.Select((v, i) => v * (g[i] - dot)).ToArray();
        }, dtype, null, operation);

        internal static Tensor LogSoftmax(Tensor t, long dim, ScalarType? dtype, [CallerMemberName] string operation = null) => Lines(t, dim, LogSoftmax, (_, y, g) =>
        {
            var sum = Sum(g);
            return y.Select((v, i) => g[i] - Math.Exp(v) * sum).ToArray();
        }, dtype, null, operation);

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

        internal static Tensor MatMul(Tensor a, Tensor b, [CallerMemberName] string operation = null)
        {
            a.Use();
            b.Use();
            var device = SameDevice(a, b);
            if (a._shape.Length == 0 || b._shape.Length == 0) throw Error("both arguments to matmul need to be at least 1D");
            if (a.dtype != b.dtype) throw Error($"expected m1 and m2 to have the same dtype, but got: {NameOf(a.dtype).ToLowerInvariant()} != {NameOf(b.dtype).ToLowerInvariant()}");
            bool va = a._shape.Length == 1, vb = b._shape.Length == 1;
            var sa = va ? new[] { 1, a._shape[0] } : a._shape;
            var sb = vb ? new[] { b._shape[0], 1 } : b._shape;
            int n = (int)sa[sa.Length - 2], m = (int)sa[sa.Length - 1], p = (int)sb[sb.Length - 1];
            if (m != sb[sb.Length - 2]) throw Error($"mat1 and mat2 shapes cannot be multiplied ({n}x{m} and {sb[sb.Length - 2]}x{p})");
            long[] ba = sa.Take(sa.Length - 2).ToArray(), bb = sb.Take(sb.Length - 2).ToArray();
            var batch = Broadcast(ba, bb);
            var shape = batch.Concat(va ? Array.Empty<long>() : new long[] { n }).Concat(vb ? Array.Empty<long>() : new long[] { p }).ToArray();
            var batches = (int)Count(batch);
            int[] ia = Offsets(batch, Spread(ba, batch)), ib = Offsets(batch, Spread(bb, batch));
            double[] x = a.Read(), y = b.Read();
            if (batches > 1 && bb.Length == 0)
            {
                // One matrix on the right: all rows of the left in one product.
                (n, batches, ia, ib) = (n * batches, 1, null, null);
            }
            int A(int k) => (ia is null ? k : ia[k]) * n * m;
            int B(int k) => (ib is null ? k : ib[k]) * m * p;
            var values = new double[Count(shape)];
            for (var k = 0; k < batches; k++) Products.AddProduct(x, A(k), y, B(k), values, k * n * p, n, m, p);
            bool ga = a._requires_grad, gb = b._requires_grad;
            return Make(shape, a.dtype, device, values).Follow(operation, new[] { a, b }, new[] { gb ? a : null, ga ? b : null }.Where(t => t is not null).ToArray(), g =>
            {
                var parts = new[] { ga ? new double[x.Length] : null, gb ? new double[y.Length] : null };
                for (var k = 0; k < batches; k++)
                {
                    if (ga) Products.AddProduct(g, k * n * p, Products.Transpose(y, B(k), m, p), 0, parts[0], A(k), n, p, m);
                    if (gb) Products.AddProduct(Products.Transpose(x, A(k), n, m), 0, g, k * n * p, parts[1], B(k), m, n, p);
                }
                return parts;
            });
        }

        // ---- joining

        internal static Tensor Cat(IReadOnlyList<Tensor> tensors, long dim, [CallerMemberName] string operation = null)
        {
            if (tensors.Count == 0) throw Error("expected a non-empty list of Tensors");
            var first = tensors[0];
            var d = Dim(first, dim);
            foreach (var t in tensors)
                if (t._shape.Length != first._shape.Length || t._shape.Where((s, i) => i != d && s != first._shape[i]).Any())
                    throw Error("Sizes of tensors must match except in dimension " + d);
            var shape = (long[])first._shape.Clone();
            shape[d] = tensors.Sum(t => t._shape[d]);
            var all = tensors.ToArray();
            var device = SameDevice(all);
            var values = new double[Count(shape)];
            var outer = (int)Count(shape.Take(d));
            var runs = Array.ConvertAll(all, t => (int)(t.numel() / Math.Max(outer, 1)));
            var parts = Array.ConvertAll(all, t => t.Read());
            Runs((k, part, whole, run) => Array.Copy(parts[k], part, values, whole, run));
            return Make(shape, all.Select(t => t.dtype).Aggregate(Promote), device, values).Follow(operation, all, None, g =>
            {
                var back = Array.ConvertAll(runs, run => new double[run * outer]);
                Runs((k, part, whole, run) => Array.Copy(g, whole, back[k], part, run));
                return back;
            });

            void Runs(Action<int, int, int, int> copy)
            {
                for (int o = 0, at = 0; o < outer; o++)
                    for (var k = 0; k < runs.Length; at += runs[k++]) copy(k, o * runs[k], at, runs[k]);
            }
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
                parts.Add(Take(t, dim, Range(at, at + size), true));
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
