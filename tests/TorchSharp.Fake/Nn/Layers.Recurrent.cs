// Recurrent layers, step by step. The gates lie in the library's order: input, forget, cell, output; reset, update, new.

using System;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class LSTM : nn.Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        readonly double dropout;
        internal LSTM(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(LSTM))
        {
            this.dropout = dropout;
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(4, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor, Tensor) forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
        {
            var (output, states) = Kernel.Compose(() => geometry.Run(input, this, 2, h0_c0 is { } s ? new[] { s.Item1, s.Item2 } : null, dropout, Cell));
            return (output.Show(), states[0].Show(), states[1].Show());
        }

        static Tensor[] Cell(Tensor x, Tensor[] states, Func<string, Tensor> parameter)
        {
            var gates = (RecurrentShape.Input(x, parameter) + RecurrentShape.Hidden(states[0], parameter)).chunk(4, 1);
            var cell = gates[1].sigmoid() * states[1] + gates[0].sigmoid() * gates[2].tanh();
            return new[] { gates[3].sigmoid() * cell.tanh(), cell };
        }

        public (Tensor, Tensor, Tensor) call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => base.call(input, h0_c0);
        public void flatten_parameters() { }
    }

    public sealed class GRU : nn.Module<Tensor, Tensor, (Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        readonly double dropout;
        internal GRU(long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(GRU))
        {
            this.dropout = dropout;
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(3, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor) forward(Tensor input, Tensor h0 = null)
        {
            var (output, states) = Kernel.Compose(() => geometry.Run(input, this, 1, h0 is null ? null : new[] { h0 }, dropout, Cell));
            return (output.Show(), states[0].Show());
        }

        static Tensor[] Cell(Tensor x, Tensor[] states, Func<string, Tensor> parameter)
        {
            Tensor[] i = RecurrentShape.Input(x, parameter).chunk(3, 1), h = RecurrentShape.Hidden(states[0], parameter).chunk(3, 1);
            var update = (i[1] + h[1]).sigmoid();
            var fresh = (i[2] + (i[0] + h[0]).sigmoid() * h[2]).tanh();
            return new[] { (1 - update) * fresh + update * states[0] };
        }

        public (Tensor, Tensor) call(Tensor input, Tensor h0 = null) => base.call(input, h0);
        public void flatten_parameters() { }
    }

    public sealed class RNN : nn.Module<Tensor, Tensor?, (Tensor, Tensor)>
    {
        readonly RecurrentShape geometry;
        readonly double dropout;
        readonly nn.NonLinearities nonLinearity;
        internal RNN(long inputSize, long hiddenSize, long numLayers = 1, nn.NonLinearities nonLinearity = nn.NonLinearities.Tanh, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false, torch.Device device = null, torch.ScalarType? dtype = null) : base(nameof(RNN))
        {
            (this.dropout, this.nonLinearity) = (dropout, nonLinearity);
            geometry = new RecurrentShape(inputSize, hiddenSize, numLayers, batchFirst, bidirectional);
            foreach (var (key, parameter) in geometry.Parameters(1, bias, device, dtype)) register_parameter(key, parameter);
        }

        public override (Tensor, Tensor) forward(Tensor input, Tensor? h0)
        {
            var (output, states) = Kernel.Compose(() => geometry.Run(input, this, 1, h0 is null ? null : new[] { h0 }, dropout, Cell));
            return (output.Show(), states[0].Show());
        }

        Tensor[] Cell(Tensor x, Tensor[] states, Func<string, Tensor> parameter)
        {
            var sum = RecurrentShape.Input(x, parameter) + RecurrentShape.Hidden(states[0], parameter);
            return new[] { nonLinearity == nn.NonLinearities.ReLU ? sum.relu() : sum.tanh() };
        }

        public (Tensor, Tensor) call(Tensor input, Tensor? h0 = null) => base.call(input, h0);
        public void flatten_parameters() { }
        public Parameter? get_bias_ih(long idx) => get_parameter("bias_ih_l" + idx);
        public Parameter? get_bias_hh(long idx) => get_parameter("bias_hh_l" + idx);
        public Parameter? get_weight_ih(long idx) => get_parameter("weight_ih_l" + idx);
        public Parameter? get_weight_hh(long idx) => get_parameter("weight_hh_l" + idx);
    }
}
