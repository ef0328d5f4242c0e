// Clipping, and parameters as one vector.

using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp.Modules;

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static partial class utils
            {
                public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
                {
                    var grads = tensors.Where(p => p._grad is not null).Select(p => p._grad).ToArray();
                    var total = Kernel.Norm(grads.Select(g => Kernel.Norm(g.Read(), norm_type)).ToArray(), norm_type);
                    var share = max_norm / (total + 1e-6);
                    if (share < 1)
                        foreach (var g in grads) Kernel.Change(g, v => v * share);
                    return total;
                }

                public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
                {
                    foreach (var p in tensors)
                        if (p._grad is not null) Kernel.Change(p._grad, v => Math.Max(-clip_value, Math.Min(clip_value, v)));
                }

                public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors) => Kernel.Compose(() => Kernel.Cat(tensors.Select(p => p.flatten()).ToArray(), 0));

                public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
                {
                    long at = 0;
                    foreach (var p in tensors)
                    {
                        p.Put(Kernel.Compose<Tensor>(() => Kernel.Slice(vec, 0, at, at + p.numel(), 1)));
                        at += p.numel();
                    }
                }

                public static class rnn
                {
                    public static Tensor pad_sequence(IEnumerable<Tensor> sequences, bool batch_first = false, double padding_value = 0)
                    {
                        var list = sequences.ToArray();
                        var longest = list.Max(t => t.shape[0]);
                        var padded = list.Select(t => Kernel.Cat(new[] { t, torch.full(new[] { longest - t.shape[0] }.Concat(t.shape.Skip(1)).ToArray(), padding_value, t.dtype, t.device) }, 0));
                        return Kernel.Compose(() => Kernel.Stack(padded.ToArray(), batch_first ? 0 : 1));
                    }

                    public sealed class PackedSequence : IDisposable
                    {
                        internal PackedSequence(Tensor data) => this.data = data;
                        public readonly Tensor data;
                        public void Dispose() => data.Dispose();
                    }
                }
            }
        }
    }
}
