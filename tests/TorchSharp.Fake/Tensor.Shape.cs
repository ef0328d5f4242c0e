// Views, indices, joining and filling.

using System;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public static partial class torch
    {
        public partial class Tensor
        {
            /// <summary>For each index of an index tensor, the offset it means along a dimension of this one.</summary>
            int[] Offsets(long dim, Tensor index)
            {
                if (index.dtype != ScalarType.Int64) throw Kernel.Error($"scatter(): Expected dtype int64 for index");
                var strides = Kernel.Strides(_shape);
                var d = Kernel.Dim(this, dim);
                var chosen = index.Read();
                var offsets = new int[chosen.Length];
                var k = 0;
                foreach (var at in Kernel.Indices(index._shape))
                {
                    if (chosen[k] < 0 || chosen[k] >= _shape[d]) throw Kernel.Error($"index {chosen[k]} is out of bounds for dimension {d} with size {_shape[d]}");
                    long to = 0;
                    for (var i = 0; i < at.Length; i++) to += (i == d ? (long)chosen[k] : at[i]) * strides[i];
                    offsets[k++] = (int)to;
                }
                return offsets;
            }

            Tensor Scattered(long dim, Tensor index, Tensor source, bool add)
            {
                var to = Offsets(dim, index);
                if (!source._shape.SequenceEqual(index._shape)) source = Kernel.Compose<Tensor>(() => Kernel.Index(source, index._shape.Select(n => TensorIndex.Slice(0, n)).ToArray()));
                var from = source.Read();
                var values = (double[])Read().Clone();
                for (var i = 0; i < to.Length; i++) values[to[i]] = (add ? values[to[i]] : 0) + from[i];
                return Kernel.Make(_shape, dtype, device, values).Follow(add ? "scatter_add" : "scatter", new[] { this, source }, Array.Empty<Tensor>(), g =>
                {
                    var kept = (double[])g.Clone();
                    if (!add)
                        foreach (var i in to) kept[i] = 0;
                    return new[] { kept, Array.ConvertAll(to, i => g[i]) };
                });
            }

            Tensor Triangle(Func<long, long, bool> keep, string operation)
            {
                int rows = (int)_shape[_shape.Length - 2], columns = (int)_shape[_shape.Length - 1];
                return Kernel.Gather(this, _shape, Enumerable.Range(0, (int)numel()).Select(i => keep(i / columns % rows, i % columns) ? i : -1).ToArray(), 0, false, operation);
            }

            public Tensor fill_(Scalar value) => Assign(() => new Tensor(_shape, dtype, device, null, value.Value));
            public Tensor copy_(Tensor source, bool nonBlocking = false) => Assign(() => Kernel.Expand(source, _shape, false), true);

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[params TensorIndex[] indices] {
                get => Kernel.Index(this, indices);
                set => Kernel.IndexPut(this, indices, value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[params Tensor[] indices] {
                get => index(indices);
                set => Kernel.IndexPut(this, indices.Select(TensorIndex.Tensor).ToArray(), value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[long i1] {
                get => Kernel.Index(this, new TensorIndex[] { i1 });
                set => Kernel.IndexPut(this, new TensorIndex[] { i1 }, value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[long i1, long i2] {
                get => Kernel.Index(this, new TensorIndex[] { i1, i2 });
                set => Kernel.IndexPut(this, new TensorIndex[] { i1, i2 }, value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[long i1, long i2, long i3] {
                get => Kernel.Index(this, new TensorIndex[] { i1, i2, i3 });
                set => Kernel.IndexPut(this, new TensorIndex[] { i1, i2, i3 }, value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[long i1, long i2, long i3, long i4] {
                get => Kernel.Index(this, new TensorIndex[] { i1, i2, i3, i4 });
                set => Kernel.IndexPut(this, new TensorIndex[] { i1, i2, i3, i4 }, value);
            }

            [System.Runtime.CompilerServices.IndexerName("TensorItems")]
            public Tensor this[params long[] indices] {
                get => Kernel.Index(this, Array.ConvertAll(indices, i => (TensorIndex)i));
                set => Kernel.IndexPut(this, Array.ConvertAll(indices, i => (TensorIndex)i), value);
            }

            public Tensor index(params TensorIndex[] indices) => Kernel.Index(this, indices);
            public Tensor index(params Tensor[] indices) => Kernel.Index(this, indices.Select(TensorIndex.Tensor).ToArray());
            public Tensor index_put_(Tensor value, params TensorIndex[] indices) { Kernel.IndexPut(this, indices, value); return this; }
            public Tensor index_select(long dim, Tensor index) => Kernel.Take(this, dim, Kernel.Range(0, index.numel()).Select(i => (long)index.At(i)).ToArray());
            public Tensor select(long dim, long index) => Kernel.Select(this, dim, index);
            public Tensor reshape(params long[] shape) => Kernel.Reshape(this, shape);

            public Tensor flatten(long start_dim = 0, long end_dim = -1)
            {
                if (_shape.Length == 0) return Kernel.Reshape(this, new long[] { 1 });
                int a = Kernel.Dim(this, start_dim), b = Kernel.Dim(this, end_dim);
                return Kernel.Reshape(this, _shape.Take(a).Concat(new[] { Kernel.Count(_shape.Skip(a).Take(b - a + 1)) }).Concat(_shape.Skip(b + 1)).ToArray());
            }

            public Tensor unflatten(long dim, params long[] sizes)
            {
                var d = Kernel.Dim(this, dim);
                return Kernel.Reshape(this, _shape.Take(d).Concat(sizes).Concat(_shape.Skip(d + 1)).ToArray());
            }

            public Tensor squeeze(long? dim = null)
                => Kernel.Reshape(this, dim is { } d ? _shape.Where((s, i) => i != Kernel.Dim(this, d) || s != 1).ToArray() : _shape.Where(s => s != 1).ToArray());

            public Tensor squeeze_(long? dim = null) => Reshaped(() => squeeze(dim));
            public Tensor t() => Kernel.Swap(this, 0, -1);
            public Tensor T => Kernel.Permute(this, Enumerable.Range(0, _shape.Length).Select(i => (long)i).Reverse().ToArray());
            public Tensor mT => Kernel.Swap(this, -2, -1);
            public Tensor transpose(long dim0, long dim1) => Kernel.Swap(this, dim0, dim1);
            public Tensor tril(long diagonal = 0) => Triangle((r, c) => c - r <= diagonal, nameof(tril));
            public Tensor triu(long diagonal = 0) => Triangle((r, c) => c - r >= diagonal, nameof(triu));
            public Tensor swapdims(long dim0, long dim1) => Kernel.Swap(this, dim0, dim1);
            public Tensor swapaxes(long dim0, long dim1) => Kernel.Swap(this, dim0, dim1);
            public Tensor view(params long[] shape) => Kernel.Reshape(this, shape);
            public Tensor view_as(Tensor other) => Kernel.Reshape(this, other.shape);
            public Tensor tile(long[] reps) => Kernel.Repeat(this, Enumerable.Repeat(1L, Math.Max(0, _shape.Length - reps.Length)).Concat(reps).ToArray());
            public Tensor ravel() => Kernel.Reshape(this, new long[] { -1 });
            public Tensor masked_fill(Tensor mask, Scalar value) => Kernel.Compose(() => torch.where(mask, new Tensor(Array.Empty<long>(), dtype, device, null, value.Value), this));
            public Tensor masked_fill_(Tensor mask, Scalar value) => Assign(() => masked_fill(mask, value));

            public Tensor masked_select(Tensor mask)
                => Kernel.Compose(() => Kernel.Index(Kernel.Reshape(expand(Kernel.Broadcast(_shape, mask._shape)), new long[] { -1 }), new[] { TensorIndex.Tensor(mask.expand(Kernel.Broadcast(_shape, mask._shape)).flatten()) }));

            public Tensor[] unbind(long dimension = 0)
                => Kernel.Range(0, _shape[Kernel.Dim(this, dimension)]).Select(i => Kernel.Select(this, dimension, i)).ToArray();

            public Tensor[] split(long size, int dim = 0) => Kernel.SplitBy(this, size, dim);
            public Tensor[] split(long[] sizes, long dim = 0) => Kernel.Split(this, sizes, dim);
            public Tensor[] split(params long[] sizes) => Kernel.Split(this, sizes, 0);
            public Tensor[] chunk(long chunks, long dim = 0) => Kernel.SplitBy(this, (_shape[Kernel.Dim(this, dim)] + chunks - 1) / chunks, dim);
            public Tensor expand(Size sizes, bool isImplicit = false) => Kernel.Expand(this, sizes.Shape);
            public Tensor expand(long[] sizes, bool isImplicit = false) => Kernel.Expand(this, sizes);
            public Tensor expand_as(Tensor other) => Kernel.Expand(this, other.shape);
            public Tensor expand(params long[] sizes) => Kernel.Expand(this, sizes);
            public Tensor repeat(params long[] sizes) => Kernel.Repeat(this, sizes);
            public Tensor broadcast_to(params long[] shape) => Kernel.Expand(this, shape);

            public Tensor rand_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.rand_like(this, dtype, device, requires_grad);

            public Tensor randn_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.randn_like(this, dtype, device, requires_grad);

            public Tensor bernoulli(Generator? generator = null)
                => Kernel.Compose(() => Kernel.Zip(Rng.Fill(_shape, dtype, device, generator, r => r.NextDouble()), detach(), (r, p) => Kernel.Bit(r < p)));

            public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null)
            {
                var random = (generator ?? Generator.Default).Source;
                var (n, rows) = ((int)_shape[_shape.Length - 1], numel() / _shape[_shape.Length - 1]);
                if (!replacement && num_samples > n) throw Kernel.Error("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
                var drawn = new List<double>();
                for (var row = 0; row < rows; row++)
                {
                    var weights = Read().Skip(row * n).Take(n).ToArray();
                    for (var k = 0; k < num_samples; k++)
                    {
                        var left = random.NextDouble() * weights.Sum();
                        var i = 0;
                        while (i < n - 1 && left >= weights[i]) left -= weights[i++];
                        drawn.Add(i);
                        if (!replacement) weights[i] = 0;
                    }
                }
                return Kernel.Make(_shape.Take(_shape.Length - 1).Concat(new[] { num_samples }).ToArray(), ScalarType.Int64, device, drawn.ToArray());
            }

            public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
                => Assign(() => Rng.Fill(_shape, dtype, device, generator, r => Kernel.Bit(r.NextDouble() < p)));

            public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
                => Assign(() => Rng.Fill(_shape, dtype, device, generator, r => mean + std * Rng.Normal(r)));

            public Tensor uniform_(double from, double to, Generator? generator = null)
                => Assign(() => Rng.Fill(_shape, dtype, device, generator, r => from + r.NextDouble() * (to - from)));

            public Tensor permute(params long[] permutation) => Kernel.Permute(this, permutation);
            public Tensor permute(IEnumerable<long> permutation) => Kernel.Permute(this, permutation.ToArray());

            public Tensor new_ones(long size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.ones(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

            public Tensor zero_() => Assign(() => new Tensor(_shape, dtype, device));

            public Tensor new_zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.zeros(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

            public Tensor zeros_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.zeros_like(this, dtype, device, requires_grad);

            public Tensor ones_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.ones_like(this, dtype, device, requires_grad);

            public Tensor new_empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.zeros(size, dtype ?? this.dtype, device ?? this.device, requires_grad);

            public Tensor empty_like(ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.empty_like(this, dtype, device, requires_grad);

            public Tensor new_full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.full(size, value, dtype ?? this.dtype, device ?? this.device, requires_grad);

            public Tensor full_like(Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
                => torch.full_like(this, value, dtype, device, requires_grad);

            public Tensor scatter(long dim, Tensor index, Tensor src) => Scattered(dim, index, src, false);
            public Tensor scatter_(long dim, Tensor index, Tensor src) => Assign(() => scatter(dim, index, src));
            public Tensor scatter_add(long dim, Tensor index, Tensor src) => Scattered(dim, index, src, true);
            public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Assign(() => scatter_add(dim, index, src));

            public Tensor gather(long dim, Tensor index) => Kernel.Gather(this, index.shape, Offsets(dim, index));

            public Tensor flip(params long[] dims)
                => Kernel.Compose(() => dims.Aggregate(alias(), (t, d) => Kernel.Take(t, d, Kernel.Range(0, t._shape[Kernel.Dim(t, d)]).Reverse().ToArray())));

            public Tensor narrow(long dim, long start, long length) => Kernel.Slice(this, dim, start, start + length, 1);

            public Tensor nonzero()
            {
                var found = new List<double>();
                long n = 0, k = 0;
                foreach (var at in Kernel.Indices(_shape))
                    if (At(k++) != 0)
                    {
                        n++;
                        foreach (var x in at) found.Add(x);
                    }
                return new Tensor(new[] { n, (long)_shape.Length }, ScalarType.Int64, device, found.ToArray());
            }

            public Tensor slice(long dim, long start, long finish, long step) => Kernel.Slice(this, dim, start, finish, step);

            public Tensor unsqueeze(long dim)
            {
                var d = Kernel.Dim(_shape.Length + 1, dim);
                return Kernel.Reshape(this, _shape.Take(d).Concat(new long[] { 1 }).Concat(_shape.Skip(d)).ToArray());
            }

            public Tensor unsqueeze_(long dim) => Reshaped(() => unsqueeze(dim));

            Tensor Reshaped(Func<Tensor> view)
            {
                var t = Kernel.Compose<Tensor>(view);
                (_shape, _node) = (t._shape, t._node);
                return this;
            }

            public Tensor where(Tensor condition, Tensor y) => torch.where(condition, this, y);
        }
    }
}
