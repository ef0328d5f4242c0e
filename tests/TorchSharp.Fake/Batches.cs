// The order in which a loader visits its data, and how it makes batches of it.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    /// <summary>0 .. n-1, in order or shuffled anew each time; with a seed in the same order each time, as in the library.</summary>
    internal sealed class Order : IEnumerable<long>
    {
        readonly bool shuffle;
        readonly int? seed;

        internal Order(long length, bool shuffle, int? seed) => (Length, this.shuffle, this.seed) = (length, shuffle, seed);

        internal long Length { get; }

        public IEnumerator<long> GetEnumerator()
        {
            var all = Enumerable.Range(0, (int)Length).Select(i => (long)i);
            if (!shuffle) return all.GetEnumerator();
            var random = seed is { } s ? new System.Random(s) : new System.Random();
            return all.OrderBy(_ => random.Next()).GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    internal static class Batches
    {
        internal static Dictionary<string, Tensor> Join(IEnumerable<Dictionary<string, Tensor>> items, Device device)
        {
            var list = items.ToArray();
            using var scope = NewDisposeScope();
            return list[0].Keys.ToDictionary(k => k, k => torch.stack(list.Select(i => i[k])).to(device).MoveToOuterDisposeScope());
        }

        internal static IList<Tensor> Join(IEnumerable<IList<Tensor>> items, Device device)
        {
            var list = items.ToArray();
            using var scope = NewDisposeScope();
            return Enumerable.Range(0, list[0].Count).Select(k => torch.stack(list.Select(i => i[k])).to(device).MoveToOuterDisposeScope()).ToArray();
        }

        internal static void Dispose(object batch)
        {
            switch (batch)
            {
                case IDictionary<string, Tensor> d: foreach (var t in d.Values) t.Dispose(); break;
                case IEnumerable<Tensor> list: foreach (var t in list) t.Dispose(); break;
                case IDisposable one: one.Dispose(); break;
            }
        }
    }
}
