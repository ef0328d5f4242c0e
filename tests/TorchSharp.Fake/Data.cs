// Data sets and loaders.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class utils
        {
            public static class data
            {
                public abstract class Dataset<T> : IDisposable
                {
                    public void Dispose()
                    {
                        Dispose(true);
                        GC.SuppressFinalize(this);
                    }

                    public abstract long Count { get; }
                    public abstract T GetTensor(long index);
                    protected virtual void Dispose(bool disposing) { }
                }

                public abstract class Dataset : Dataset<Dictionary<string, Tensor>>
                {
                }

                public abstract class IterableDataset : Dataset<IList<Tensor>>
                {
                }

                public static DataLoader DataLoader(Dataset dataset, int batchSize, IEnumerable<long> shuffler, Device device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
                    => new DataLoader(dataset, batchSize, shuffler, device, num_worker, drop_last, disposeBatch, disposeDataset);

                public static DataLoader DataLoader(Dataset dataset, int batchSize, bool shuffle = false, Device device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
                    => new DataLoader(dataset, batchSize, shuffle, device, seed, num_worker, drop_last, disposeBatch, disposeDataset);

                public static IterableDataLoader DataLoader(IterableDataset dataset, int batchSize, IEnumerable<long> shuffler, Device device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
                    => new IterableDataLoader(dataset, batchSize, shuffler, device, num_worker, drop_last, disposeBatch, disposeDataset);

                public static IterableDataLoader DataLoader(IterableDataset dataset, int batchSize, bool shuffle = false, Device device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
                    => new IterableDataLoader(dataset, batchSize, shuffle, device, seed, num_worker, drop_last, disposeBatch, disposeDataset);

                public static TensorDataset TensorDataset(params Tensor[] tensors) => new TensorDataset(tensors);
            }
        }
    }
}

namespace TorchSharp.Modules
{
    public class TensorDataset : utils.data.IterableDataset
    {
        readonly Tensor[] tensors;
        internal TensorDataset(params Tensor[] tensors)
        {
            if (tensors.Length == 0 || tensors.Any(t => t.shape[0] != tensors[0].shape[0])) throw new ArgumentException("All tensors must have the same first dimension size.");
            this.tensors = Array.ConvertAll(tensors, t => t.alias().DetachFromDisposeScope());
        }

        public IList<Tensor> this[long index] => GetTensor(index);
        public override long Count => tensors[0].shape[0];
        public override IList<Tensor> GetTensor(long index) => Array.ConvertAll(tensors, t => Kernel.Select(t, 0, index));
    }

    public class DataLoader<T, S> : IEnumerable<S>, IDisposable
    {
        IEnumerable<S> One(List<long> indices)
        {
            var items = indices.Select(dataset.GetTensor).ToArray();
            var batch = collate_fn(items, Device);
            try
            {
                yield return batch;
            }
            finally
            {
                if (DisposeBatch) Batches.Dispose(batch);
            }
        }
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public utils.data.Dataset<T> dataset { get; }
        public int batch_size { get; }
        public bool drop_last { get; }
        public IEnumerable<long> sampler { get; }
        public int num_workers { get; }
        public Func<IEnumerable<T>, Device, S> collate_fn { get; }
        public Device Device { get; }
        public bool DisposeBatch { get; }
        public bool DisposeDataset { get; }

        public DataLoader(utils.data.Dataset<T> dataset, int batchSize, Func<IEnumerable<T>, Device, S> collate_fn, IEnumerable<long> shuffler, Device? device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true)
        {
            (this.dataset, batch_size, this.collate_fn, sampler) = (dataset, batchSize, collate_fn, shuffler);
            (Device, num_workers, this.drop_last, DisposeBatch, DisposeDataset) = (device ?? torch.CPU, num_worker, drop_last, disposeBatch, disposeDataset);
        }

        public DataLoader(utils.data.Dataset<T> dataset, int batchSize, Func<IEnumerable<T>, Device, S> collate_fn, bool shuffle = false, Device? device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true) : this(dataset, batchSize, collate_fn, new Order(dataset.Count, shuffle, seed), device, num_worker, drop_last, disposeBatch, disposeDataset) { }

        public IEnumerator<S> GetEnumerator()
        {
            var open = new List<long>();
            foreach (var i in sampler)
            {
                open.Add(i);
                if (open.Count < batch_size) continue;
                foreach (var batch in One(open)) yield return batch;
                open.Clear();
            }
            if (open.Count == 0 || drop_last) yield break;
            foreach (var batch in One(open)) yield return batch;
        }

        public long Count { get { long n = sampler is Order o ? o.Length : sampler.LongCount(); return drop_last ? n / batch_size : (n + batch_size - 1) / batch_size; } }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing) { if (disposing && DisposeDataset) dataset.Dispose(); }
    }

    public class DataLoader : DataLoader<Dictionary<string, Tensor>, Dictionary<string, Tensor>>
    {
        public DataLoader(utils.data.Dataset dataset, int batchSize, IEnumerable<long> shuffler, Device device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true) : base(dataset, batchSize, Batches.Join, shuffler, device, num_worker, drop_last, disposeBatch, disposeDataset) { }
        public DataLoader(utils.data.Dataset dataset, int batchSize, bool shuffle = false, Device device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true) : base(dataset, batchSize, Batches.Join, shuffle, device, seed, num_worker, drop_last, disposeBatch, disposeDataset) { }
    }

    public class IterableDataLoader : DataLoader<IList<Tensor>, IList<Tensor>>
    {
        public IterableDataLoader(utils.data.IterableDataset dataset, int batchSize, IEnumerable<long> shuffler, Device device = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true) : base(dataset, batchSize, Batches.Join, shuffler, device, num_worker, drop_last, disposeBatch, disposeDataset) { }
        public IterableDataLoader(utils.data.IterableDataset dataset, int batchSize, bool shuffle = false, Device device = null, int? seed = null, int num_worker = 1, bool drop_last = false, bool disposeBatch = true, bool disposeDataset = true) : base(dataset, batchSize, Batches.Join, shuffle, device, seed, num_worker, drop_last, disposeBatch, disposeDataset) { }
    }
}
