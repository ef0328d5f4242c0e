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

    /// <summary>How one result was computed, and how a gradient for it becomes gradients for what it was computed from.</summary>
    internal sealed class Node
    {
        static long made;

        (Storage Storage, int Version, string Text)[] saved;
        Func<double[], double[][]> rule;
        bool freed;

        /// <param name="operation">The name, for messages.</param>
        /// <param name="inputs">Null for an input that is missing.</param>
        /// <param name="saved">The tensors whose elements the rule reads. Without any the node survives a backward pass, as in the library.</param>
        /// <param name="rule">From the gradient of the result to those of the inputs; null where the stand-in has no formula.</param>
        internal Node(string operation, Tensor[] inputs, Tensor[] saved, Func<double[], double[][]> rule)
        {
            Operation = operation;
            Edges = Array.ConvertAll(inputs, Edge.To);
            this.rule = rule;
            this.saved = saved.Select(t => (t._storage, t._storage.Version, $"torch.{Kernel.NameOf(t._dtype)}Tensor [{string.Join(", ", t._shape)}]")).ToArray();
            foreach (var t in inputs.Concat(saved)) t?._storage.Share();
        }

        internal long Order { get; } = System.Threading.Interlocked.Increment(ref made);

        internal string Operation { get; }

        internal Edge[] Edges { get; }

        /// <summary>The result itself, where retain_grad() asked for its gradient.</summary>
        internal Tensor Retained { get; set; }

        internal double[][] Apply(double[] gradient)
        {
            if (freed)
                throw Kernel.Error("Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.");
            if (rule is null && Edges.Length > 0)
                throw new NotSupportedException($"The stand-in for TorchSharp has no gradient for '{Operation}'.");
            foreach (var (storage, version, text) in saved)
                if (storage.Version != version)
                    throw Kernel.Error($"one of the variables needed for gradient computation has been modified by an inplace operation: [{text}] is at version {storage.Version}; expected version {version} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).");
            return rule is null ? Array.Empty<double[]>() : rule(gradient);
        }

        /// <summary>The operation was done in place: its result lies in <paramref name="place"/>, and what was there before is the rule's alone.</summary>
        internal void MoveResult(Storage result, Storage place) =>
            saved = saved.Where(s => s.Storage != place).Select(s => s.Storage == result ? (place, place.Version, s.Text) : s).ToArray();

        internal void Free()
        {
            if (saved.Length == 0) return;
            freed = true;
            rule = null;
        }
    }

    /// <summary>Where a gradient goes on to: the node of an intermediate result, or a leaf.</summary>
    internal readonly struct Edge
    {
        readonly object target;

        Edge(object target) => this.target = target;

        internal static Edge To(Tensor t) => new(t is null || !t._requires_grad ? null : t._node ?? (object)t);

        internal Node Node => target as Node;

        internal Tensor Leaf => target as Tensor;

        internal bool IsOpen => target is not null;
    }

    /// <summary>Reverse-mode differentiation over the recorded nodes.</summary>
    internal static class Graph
    {
        internal static void Run(IList<Tensor> roots, IList<Tensor> grads, bool retain, bool create, IList<Tensor> inputs)
        {
            var leaves = Walk(roots, grads, retain, create, null);
            foreach (var pair in leaves)
                if (!pair.Key._disposed && (inputs is null || inputs.Any(i => ReferenceEquals(i, pair.Key))))
                    Accumulate(pair.Key, pair.Value);
        }

        internal static IList<Tensor> Grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grads, bool retain, bool create, bool allowUnused)
        {
            foreach (var i in inputs)
                if (!i._requires_grad) throw Kernel.Error("One of the differentiated Tensors does not require grad");
            var nodes = inputs.Where(i => i._node is not null).Select(i => i._node).Distinct().ToDictionary(n => n, _ => (double[])null);
            var leaves = Walk(outputs, grads, retain, create, nodes);
            return inputs.Select(i =>
            {
                var found = i._node is null ? leaves.TryGetValue(i, out var g) ? g : null : nodes[i._node];
                if (found is null && !allowUnused) throw Kernel.Error("One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.");
                return found is null ? null : Kernel.Make(i._shape, i._dtype, i._device, (double[])found.Clone());
            }).ToList();
        }

        static Dictionary<Tensor, double[]> Walk(IList<Tensor> roots, IList<Tensor> grads, bool retain, bool create, Dictionary<Node, double[]> wanted)
        {
            if (create) throw new NotSupportedException("The stand-in for TorchSharp computes no gradients of gradients (create_graph).");
            var leaves = new Dictionary<Tensor, double[]>(SameObject.Comparer);
            var open = new Dictionary<Node, double[]>();
            for (var i = 0; i < roots.Count; i++) Arrive(Edge.To(roots[i]), Seed(roots[i], i, grads is not null && i < grads.Count ? grads[i] : null), open, leaves);

            // A node is younger than all that it was computed from: taken by age, each has its whole gradient when its turn comes.
            var reached = Reach(open.Keys);
            foreach (var node in reached.OrderByDescending(n => n.Order))
            {
                if (!open.TryGetValue(node, out var gradient)) continue;
                open.Remove(node);
                if (wanted is not null && wanted.ContainsKey(node)) wanted[node] = gradient;
                if (node.Retained is { _disposed: false } retained) Accumulate(retained, gradient);
                var parts = node.Apply(gradient);
                for (var e = 0; e < parts.Length; e++)
                    if (parts[e] is not null && node.Edges[e].IsOpen) Arrive(node.Edges[e], parts[e], open, leaves);
            }
            if (!retain)
                foreach (var node in reached) node.Free();
            return leaves;
        }

        static double[] Seed(Tensor root, int i, Tensor grad)
        {
            root.Use();
            if (!root._requires_grad) throw Kernel.Error($"element {i} of tensors does not require grad and does not have a grad_fn");
            if (grad is null)
            {
                if (root.numel() != 1) throw Kernel.Error("grad can be implicitly created only for scalar outputs");
                return new[] { 1.0 };
            }
            if (!grad._shape.SequenceEqual(root._shape))
                throw Kernel.Error($"Mismatch in shape: grad_output[{i}] has a shape of [{string.Join(", ", grad._shape)}] and output[{i}] has a shape of [{string.Join(", ", root._shape)}].");
            return grad.Read();
        }

        static void Arrive(Edge edge, double[] gradient, Dictionary<Node, double[]> open, Dictionary<Tensor, double[]> leaves)
        {
            if (edge.Node is { } node) open[node] = open.TryGetValue(node, out var before) ? Sum(before, gradient) : gradient;
            else leaves[edge.Leaf] = leaves.TryGetValue(edge.Leaf, out var before) ? Sum(before, gradient) : gradient;
        }

        // A new array: the old ones may be another edge's too.
        static double[] Sum(double[] a, double[] b)
        {
            var sum = new double[a.Length];
            for (var i = 0; i < sum.Length; i++) sum[i] = a[i] + b[i];
            return sum;
        }

        static HashSet<Node> Reach(IEnumerable<Node> roots)
        {
            var seen = new HashSet<Node>();
            var open = new Stack<Node>(roots);
            while (open.Count > 0)
            {
                var node = open.Pop();
                if (!seen.Add(node)) continue;
                foreach (var edge in node.Edges)
                    if (edge.Node is { } next) open.Push(next);
            }
            return seen;
        }

        static void Accumulate(Tensor to, double[] gradient)
        {
            var sum = to._grad is null ? (double[])gradient.Clone() : Sum(to._grad.Read(), gradient);
            Kernel.Fit(to._dtype, sum);
            if (to._grad is null) to._grad = Tensor.Hidden(to._shape, to._dtype, to._device, new Storage(sum));
            else to._grad._storage.Set(sum);
        }
    }
}
