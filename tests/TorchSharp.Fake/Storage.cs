// The elements behind tensors. Several tensors may look at one storage: a view, a detached tensor, a wrapper around a gradient.

using System;

namespace TorchSharp
{
    /// <summary>
    /// Elements in row order: one value for all of them, an array, or an array that is made when it is first read.
    /// Counts its writes, as the library does to find out what changed between forward and backward.
    /// </summary>
    internal sealed class Storage
    {
        readonly long count;
        double[] values;
        double fill;
        Lazy<double[]> later;
        /// <summary>Somebody else holds the array: it is copied before it is written to.</summary>
        bool shared;

        internal Storage(double[] values)
        {
            count = values.Length;
            this.values = values;
        }

        internal Storage(long count, double fill) => (this.count, this.fill) = (count, fill);

        internal Storage(long count, Lazy<double[]> later) => (this.count, this.later) = (count, later);

        internal int Version { get; private set; }

        /// <summary>All elements are <see cref="Fill"/>, and no array was needed for them yet.</summary>
        internal bool IsUniform => values is null && later is null;

        internal double Fill => fill;

        internal double At(long i) => IsUniform ? fill : Read()[i];

        /// <summary>The elements, not to be written to.</summary>
        internal double[] Read()
        {
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

        /// <summary>The elements, to be written to.</summary>
        internal double[] Write()
        {
            Version++;
            var written = shared ? (double[])Read().Clone() : Read();
            shared = false;
            later = null;
            return values = written;
        }

        internal void Set(double all)
        {
            Version++;
            (values, later, shared, fill) = (null, null, false, all);
        }

        internal void Set(double[] all)
        {
            Version++;
            (values, later, shared) = (all, null, false);
        }

        /// <summary>From here on a write leaves the present array as it is.</summary>
        internal void Share() => shared = true;

        /// <summary>A storage of its own, which costs nothing until one of the two is written to.</summary>
        internal Storage Copy()
        {
            shared = true;
            return new Storage(count, fill) { values = values, later = later, shared = true };
        }
    }
}
