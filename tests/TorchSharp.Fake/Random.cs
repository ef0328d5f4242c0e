// Seeds. The numbers are not the library's, but the same seed gives the same ones.

using System;

namespace TorchSharp
{
    public static partial class torch
    {
        public class Generator : IDisposable
        {
            internal System.Random Source = new(0);
            long seeded;

            public Device device { get; private set; }
            public Tensor get_state() => tensor(seeded);
            public void set_state(Tensor value) => manual_seed(value.ToInt64());

            public Generator manual_seed(long seed)
            {
                seeded = seed;
                Source = new System.Random(unchecked((int)seed));
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
