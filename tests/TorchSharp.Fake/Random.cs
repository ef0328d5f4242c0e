// Random numbers. They are not the library's, but the same seed gives the same ones, and the state can be saved and restored.

using System;
using System.Linq;

namespace TorchSharp
{
    /// <summary>A splitmix64 stream (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): its whole state is one number.</summary>
    internal sealed class RandomStream
    {
        internal RandomStream(ulong state) => State = state;

        internal ulong State { get; private set; }

        internal ulong NextBits()
        {
            var z = State += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        /// <summary>At least 0 and less than 1.</summary>
        internal double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));
    }

    public static partial class torch
    {
        public class Generator : IDisposable
        {
            internal RandomStream Source;
            long seeded;

            public Device device { get; private set; }

            /// <summary>Bytes, as in the library: the seed and the place in its stream.</summary>
            public Tensor get_state() => tensor(BitConverter.GetBytes(seeded).Concat(BitConverter.GetBytes(Source.State)).ToArray());

            public void set_state(Tensor value)
            {
                if (value.dtype != ScalarType.Byte || value.numel() != 16) throw Kernel.Error("RNG state must be a torch.ByteTensor");
                var bytes = Array.ConvertAll(value.Read(), b => (byte)b);
                (seeded, Source) = (BitConverter.ToInt64(bytes, 0), new RandomStream(BitConverter.ToUInt64(bytes, 8)));
            }

            public Generator manual_seed(long seed)
            {
                (seeded, Source) = (seed, new RandomStream(unchecked((ulong)seed)));
                return this;
            }

            public long seed() { manual_seed(Environment.TickCount); return seeded; }
            public Generator(ulong seed = 0, Device? device = null) { this.device = device ?? CPU; manual_seed((long)seed); }
            public static Generator Default { get; } = new Generator();
            public long initial_seed() => seeded;
            public void Dispose() { }
        }

        public static long seed() => Generator.Default.seed();
        public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);
        public static long initial_seed() => Generator.Default.initial_seed();
        public static Tensor get_rng_state() => Generator.Default.get_state();
        public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
        public static class random
        {
            public static long seed() => Generator.Default.seed();
            public static long initial_seed() => Generator.Default.initial_seed();
            public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);
            public static Tensor get_rng_state() => Generator.Default.get_state();
            public static void set_rng_state(Tensor new_state) => Generator.Default.set_state(new_state);
        }
    }
}
