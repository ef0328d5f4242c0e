// A shape as a value.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace TorchSharp
{
    public static partial class torch
    {
        public struct Size : IEnumerable<long>
        {
            readonly long[] dims;
            long[] Dims => dims ?? Array.Empty<long>();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

            public static Size Empty= new Size(Array.Empty<long>());
            public Size(long[] shape) => dims = (long[])shape.Clone();
            public Size(IEnumerable<long> shape) => dims = shape.ToArray();
            public Size(int[] shape) => dims = Array.ConvertAll(shape, s => (long)s);
            public Size(long size) => dims = new long[] { size };
            public Size((long, long) size) => dims = new long[] { size.Item1, size.Item2 };
            public Size((long, long, long) size) => dims = new long[] { size.Item1, size.Item2, size.Item3 };
            public Size((long, long, long, long) size) => dims = new long[] { size.Item1, size.Item2, size.Item3, size.Item4 };
            public Size(int size) => dims = new long[] { size };
            public Size((int, int) size) => dims = new long[] { size.Item1, size.Item2 };
            public Size((int, int, int) size) => dims = new long[] { size.Item1, size.Item2, size.Item3 };
            public Size((int, int, int, int) size) => dims = new long[] { size.Item1, size.Item2, size.Item3, size.Item4 };
            public static implicit operator Size(long size) => new Size(size);
            public static implicit operator Size((long, long) size) => new Size(size);
            public static implicit operator Size((long, long, long) size) => new Size(size);
            public static implicit operator Size((long, long, long, long) size) => new Size(size);
            public static implicit operator Size(long[] size) => new Size(size);
            public static Size operator +(Size left, Size right) => new Size(left.Dims.Concat(right.Dims));
            public static Size operator +(Size left, IEnumerable<long> right) => new Size(left.Dims.Concat(right));
            public static bool operator ==(Size left, Size right) => left.Dims.SequenceEqual(right.Dims);
            public static bool operator !=(Size left, Size right) => !left.Dims.SequenceEqual(right.Dims);
            public override bool Equals(object? obj) => obj is Size other && Dims.SequenceEqual(other.Dims);
            public Size Slice(int first, int next) => new Size(Dims.Skip(first).Take(next - first));
            public override int GetHashCode() => Dims.Aggregate(17, (h, d) => h * 31 + d.GetHashCode());
            public long numel() => Kernel.Count(Dims);
            public bool IsEmpty => Dims.Length == 0;
            public bool IsScalar => Dims.Length == 0;
            public int Length => Dims.Length;
            public IEnumerable<long> Take(int i) => Dims.Take(i);
            public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)Dims).GetEnumerator();
            public long this[int idx] => Dims[idx];
            public long this[long idx] => Dims[idx];
            public long[] Shape => Dims;
        }
    }
}
