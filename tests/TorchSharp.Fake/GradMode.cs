// Which operations are tracked.

using System;
using System.Collections.Generic;

namespace TorchSharp
{
    public static partial class torch
    {
        public static IDisposable no_grad() => GradMode.Set(false);
        public static IDisposable enable_grad(bool enabled = true) => GradMode.Set(enabled);
        public static IDisposable set_grad_enabled(bool mode = true) => GradMode.Set(mode);
        public static bool is_grad_enabled() => GradMode.Enabled;
        public static IDisposable inference_mode(bool mode = true) => GradMode.Inference(mode);
        public static bool is_inference_mode_enabled() => GradMode.InInference;
        public static class autograd
        {
            public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor> grad_outputs = null, bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
                => Graph.Grad(outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused);

            public static void backward(IList<Tensor> tensors, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null)
                => Graph.Run(tensors, grad_tensors, retain_graph ?? false, create_graph, inputs);

            public static void backward(Tensor tensor, IList<Tensor> grad_tensors = null, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null)
                => Graph.Run(new[] { tensor }, grad_tensors, retain_graph ?? false, create_graph, inputs);

            public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor> inputs = null)
                => Graph.Run(new[] { tensor }, new[] { grad_tensor }, retain_graph ?? false, create_graph, inputs);
        }
    }
}
