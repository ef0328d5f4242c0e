// Initialization: in place, without tracking.

using System;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static class init
            {
                public static double calculate_gain(NonlinearityType nonlinearity, double param = 0) => nonlinearity switch
                {
                    NonlinearityType.Tanh => 5.0 / 3,
                    NonlinearityType.ReLU => Math.Sqrt(2),
                    NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + param * param)),
                    _ => 1,
                };

                public static Tensor ones_(Tensor tensor) => Init.Fill(tensor, _ => 1);
                public static Tensor zeros_(Tensor tensor) => Init.Fill(tensor, _ => 0);
                public static Tensor dirac_(Tensor tensor) => Init.Fill(tensor, r => Rng.Normal(r));
                public static Tensor eye_(Tensor tensor) { var (rows, columns) = (tensor.shape[0], tensor.shape[1]); tensor.Put(torch.eye(rows, columns)); return tensor; }
                public static Tensor constant_(Tensor tensor, Scalar val) => Init.Fill(tensor, _ => val.Value);

                public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator generator = null)
                    => Init.Fill(tensor, r => low + r.NextDouble() * (high - low), generator);

                public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator generator = null)
                    => Init.Fill(tensor, r => mean + std * Rng.Normal(r), generator);

                public static Tensor trunc_normal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2, Generator generator = null)
                    => Init.Fill(tensor, r => Math.Min(Math.Max(mean + std * Rng.Normal(r), a), b));

                public static Tensor orthogonal_(Tensor tensor, double gain = 1) => Init.Fill(tensor, r => Rng.Normal(r));
                public static Tensor sparse_(Tensor tensor, double sparsity, double std = 0.01) => Init.Fill(tensor, r => Rng.Normal(r));

                public static Tensor kaiming_uniform_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) { var (i, o) = Init.Fans(tensor); var bound = calculate_gain(nonlinearity, a) * Math.Sqrt(3.0 / (mode == FanInOut.FanIn ? i : o)); return Init.Fill(tensor, r
                    => (2 * r.NextDouble() - 1) * bound); }

                public static Tensor kaiming_normal_(Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) { var (i, o) = Init.Fans(tensor); var std = calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? i : o); return Init.Fill(tensor, r
                    => std * Rng.Normal(r)); }

                public static Tensor xavier_uniform_(Tensor tensor, double gain = 1) { var (i, o) = Init.Fans(tensor); var bound = gain * Math.Sqrt(6.0 / (i + o)); return Init.Fill(tensor, r
                    => (2 * r.NextDouble() - 1) * bound); }

                public static Tensor glorot_uniform_(Tensor tensor, double gain = 1) { var (i, o) = Init.Fans(tensor); var bound = gain * Math.Sqrt(6.0 / (i + o)); return Init.Fill(tensor, r
                    => (2 * r.NextDouble() - 1) * bound); }

                public static Tensor xavier_normal_(Tensor tensor, double gain = 1) { var (i, o) = Init.Fans(tensor); var std = gain * Math.Sqrt(2.0 / (i + o)); return Init.Fill(tensor, r
                    => std * Rng.Normal(r)); }

                public static Tensor glorot_normal_(Tensor tensor, double gain = 1) { var (i, o) = Init.Fans(tensor); var std = gain * Math.Sqrt(2.0 / (i + o)); return Init.Fill(tensor, r
                    => std * Rng.Normal(r)); }

                public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor) => Init.Fans(tensor);
                public enum FanInOut
                {
                    FanIn = 0,
                    FanOut = 1,
                }

                public enum NonlinearityType
                {
                    Linear = 0,
                    Conv1D = 1,
                    Conv2D = 2,
                    Conv3D = 3,
                    ConvTranspose1D = 4,
                    ConvTranspose2D = 5,
                    ConvTranspose3D = 6,
                    Sigmoid = 7,
                    Tanh = 8,
                    ReLU = 9,
                    LeakyReLU = 10,
                }
            }
        }
    }
}
