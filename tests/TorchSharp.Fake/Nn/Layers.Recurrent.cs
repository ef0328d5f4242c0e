// Recurrent layers: parameters, names and shapes; the states are zeros.

using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        internal LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(LSTM))
        {
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(4, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null) { var (output, states) = geometry.Run(input, parameters()); return (output, states, states.clone()); }
        public (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);
        public void flatten_parameters() { }
    }

    public sealed class GRU : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        internal GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(GRU))
        {
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(3, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor) forward(Tensor input, Tensor h0 = null) { var (output, states) = geometry.Run(input, parameters()); return (output, states); }
        public (Tensor, Tensor) call(Tensor input, Tensor h0 = null) => base.call(input, h0);
        public void flatten_parameters() { }
    }

    public sealed class RNN : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        internal RNN(long inputSize, long hiddenSize, long numLayers = 1, nn.NonLinearities nonLinearity = nn.NonLinearities.Tanh, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(RNN))
        {
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(1, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0) { var (output, states) = geometry.Run(input, parameters()); return (output, states); }
        public (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);
        public void flatten_parameters() { }
        public Parameter? get_bias_ih(long idx) => get_parameter("bias_ih_l" + idx);
        public Parameter? get_bias_hh(long idx) => get_parameter("bias_hh_l" + idx);
        public Parameter? get_weight_ih(long idx) => get_parameter("weight_ih_l" + idx);
        public Parameter? get_weight_hh(long idx) => get_parameter("weight_hh_l" + idx);
    }
}
