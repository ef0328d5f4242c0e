// The elements behind tensors. Several tensors may look at one storage: a view, a detached tensor, a wrapper around a gradient.

using System;

namespace TorchSharp
{
    /// <summary>
    /// Elements in row order: one value for all of them, an array, an array that is made when it is first read, or a choice
    /// of the elements of another storage. Counts its writes, as the library does to find out what changed between forward and backward.
    /// </summary>
    internal sealed class Storage
    {
        readonly long count;
        double[] values;
        double fill;
        Lazy<double[]> later;
        /// <summary>Somebody else holds the array: it is copied before it is written to.</summary>
        bool shared;
        readonly Storage origin;
        readonly int[] places;
        int version;

        /// <summary>A view: the elements of <paramref name="origin"/> at the given places, read and written there.</summary>
        internal Storage(Storage origin, int[] places) => (this.origin, this.places, count, version) = (origin, places, places.Length, -1);

        internal Storage(double[] values)
        {
            count = values.Length;
            this.values = values;
        }

        internal Storage(long count, double fill) => (this.count, this.fill) = (count, fill);

        internal Storage(long count, Lazy<double[]> later) => (this.count, this.later) = (count, later);

        internal int Version => origin?.Version ?? version;

        /// <summary>All elements are <see cref="Fill"/>, and no array was needed for them yet.</summary>
        internal bool IsUniform => origin is null ? values is null && later is null : origin.IsUniform;

        internal double Fill => origin?.Fill ?? fill;

        internal double At(long i) => IsUniform ? Fill : Read()[i];

        /// <summary>The elements, not to be written to.</summary>
        internal double[] Read()
        {
            if (origin is not null && version != origin.Version)
            {
                var all = origin.Read();
                (values, version) = (Array.ConvertAll(places, i => all[i]), origin.Version);
            }
            if (values is not null) return values;
            if (later is not null) values = later.Value;
            else
            {
                values = new double[count];
                if (fill != 0)
                    for (var i = 0; i < values.Length; i++) values[i] = fill;
            }
            return values;
        }

        /// <summary>The elements, to be written to. A view is written to with <see cref="Update"/>, which knows when that is done.</summary>
        internal double[] Write()
        {
            if (origin is not null) throw new InvalidOperationException("The elements of a view lie elsewhere.");
            version++;
            var written = shared ? (double[])Read().Clone() : Read();
            shared = false;
            later = null;
            return values = written;
        }

        internal void Update(Action<double[]> change)
        {
            if (origin is null)
            {
                change(Write());
                return;
            }
            var changed = (double[])Read().Clone();
            change(changed);
            Set(changed);
        }

        internal void Set(double all)
        {
            if (origin is not null)
            {
                origin.Update(o => Array.ForEach(places, i => o[i] = all));
                return;
            }
            version++;
            (values, later, shared, fill) = (null, null, false, all);
        }

        internal void Set(double[] all)
        {
            if (origin is not null)
            {
                origin.Update(o =>
                {
                    for (var i = 0; i < places.Length; i++) o[places[i]] = all[i];
                });
                return;
            }
            version++;
            (values, later, shared) = (all, null, false);
        }

        /// <summary>From here on a write leaves the present array as it is.</summary>
        internal void Share() => shared = true;

        /// <summary>A storage of its own, which costs nothing until one of the two is written to.</summary>
        internal Storage Copy()
        {
            shared = true;
            return origin is null ? new Storage(count, fill) { values = values, later = later, shared = true } : new Storage(Read()) { shared = true };
        }
    }
}
