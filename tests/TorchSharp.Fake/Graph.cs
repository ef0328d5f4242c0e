// Grad modes and the walk back over the recorded operations.

using System;
using System.Collections.Generic;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp
{
    internal static class GradMode
    {
        [ThreadStatic] static bool disabled;
        [ThreadStatic] static bool inference;

        internal static bool Enabled => !disabled;

        internal static bool InInference => inference;

        internal static IDisposable Set(bool enabled)
        {
            var before = disabled;
            disabled = !enabled;
            return new Restore(() => disabled = before);
        }

        internal static IDisposable Inference(bool mode)
        {
            var (d, i) = (disabled, inference);
            inference = mode;
            if (mode) disabled = true;
            return new Restore(() => (disabled, inference) = (d, i));
        }

        sealed class Restore : IDisposable
        {
            Action undo;

            internal Restore(Action undo) => this.undo = undo;

            public void Dispose()
            {
                undo?.Invoke();
                undo = null;
            }
        }
    }

    /// <summary>
    /// The recorded operations. Which leaves get a gradient is right, and so are their labels and that they accumulate;
    /// the gradient's values are ones.
    /// </summary>
    internal static class Graph
    {
        internal static void Run(IList<Tensor> roots, IList<Tensor> grads, bool retain, IList<Tensor> inputs)
        {
            Check(roots, grads);
            foreach (var leaf in Reach(roots, retain))
                if (!leaf._disposed && (inputs is null || inputs.Any(i => ReferenceEquals(i, leaf))))
                    Accumulate(leaf);
        }

        internal static IList<Tensor> Grad(IList<Tensor> outputs, IList<Tensor> inputs, bool retain, bool allowUnused)
        {
            Check(outputs, null);
            var reached = new HashSet<Tensor>(Reach(outputs, retain, true));
            return inputs.Select(i => reached.Contains(i) ? Ones(i) : allowUnused ? null : throw Kernel.Error("One of the differentiated Tensors appears to not have been used in the graph.")).ToList();
        }

        static void Check(IList<Tensor> roots, IList<Tensor> grads)
        {
            for (var i = 0; i < roots.Count; i++)
            {
                roots[i].Use();
                if (!roots[i]._requires_grad) throw Kernel.Error($"element {i} of tensors does not require grad and does not have a grad_fn");
                if (roots[i].numel() != 1 && (grads is null || i >= grads.Count || grads[i] is null)) throw Kernel.Error("grad can be implicitly created only for scalar outputs");
            }
        }

        static List<Tensor> Reach(IEnumerable<Tensor> roots, bool retain, bool all = false)
        {
            var found = new List<Tensor>();
            var seen = new HashSet<Tensor>();
            var open = new Stack<Tensor>(roots);
            while (open.Count > 0)
            {
                var t = open.Pop();
                if (!seen.Add(t)) continue;
                if (all || t._inputs is null || t._retains_grad) found.Add(t);
                if (t._spent) throw Kernel.Error("Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed).");
                foreach (var i in t._inputs ?? Array.Empty<Tensor>()) open.Push(i);
            }
            if (!retain)
                foreach (var t in seen)
                    if (t._inputs is not null) t._spent = true;
            return found;
        }

        static Tensor Ones(Tensor t)
        {
            var grad = new Tensor(t._shape, t.dtype, t.device, null, 1);
            grad.DetachFromDisposeScope();
            return grad;
        }

        static void Accumulate(Tensor leaf)
        {
            if (leaf._grad is null)
            {
                leaf._grad = Ones(leaf);
                return;
            }
            if (leaf._grad._values is null) leaf._grad._fill++;
            else for (var i = 0; i < leaf._grad._values.Length; i++) leaf._grad._values[i]++;
        }
    }
}
