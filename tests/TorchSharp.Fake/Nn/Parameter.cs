// A tensor that a module owns and an optimizer moves.

using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public class Parameter : Tensor
    {
        public Parameter(Tensor data, bool requires_grad = true) : base(data.shape, data.dtype, data.device, data._storage) { this.requires_grad = requires_grad; }
    }
}
