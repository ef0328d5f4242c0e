// Activations.

using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace = false) : base(nameof(ReLU))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class ReLU6 : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU6(bool inplace = false) : base(nameof(ReLU6))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.relu6(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double negative_slope = 0.01, bool inplace = false) : base(nameof(LeakyReLU))
        { this.negative_slope = negative_slope; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);
        public bool inplace { get; set; }
        public double negative_slope { get; set; }
    }

    public sealed class RReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal RReLU(double lower = 0.125, double upper = 0.3333333333333333, bool inplace = false) : base(nameof(RReLU))
        { this.lower = lower; this.upper = upper; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.rrelu(tensor, lower, upper, inplace);
        public double lower { get; set; }
        public double upper { get; set; }
        public bool inplace { get; set; }
    }

    public sealed class ELU : ParameterLessModule<Tensor, Tensor>
    {
        internal ELU(double alpha = 1, bool inplace = false) : base(nameof(ELU))
        { this.alpha = alpha; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.elu(tensor, alpha, inplace);
        public double alpha { get; set; }
        public bool inplace { get; set; }
    }

    public sealed class CELU : ParameterLessModule<Tensor, Tensor>
    {
        internal CELU(double alpha = 1, bool inplace = false) : base(nameof(CELU))
        { this.alpha = alpha; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.celu(tensor, alpha, inplace);
        public double alpha { get; set; }
        public bool inplace { get; set; }
    }

    public sealed class SELU : ParameterLessModule<Tensor, Tensor>
    {
        internal SELU(bool inplace = false) : base(nameof(SELU))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.selu(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed partial class GELU : ParameterLessModule<Tensor, Tensor>
    {
        internal GELU() : base(nameof(GELU))
        { }

        internal GELU(bool inplace) : base(nameof(GELU))
        { this.inplace = inplace; }

        internal GELU(Approximate approximate, bool inplace = false) : base(nameof(GELU))
        { this.approximate = approximate; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, approximate, inplace);
        public bool inplace { get; set; }
        public Approximate approximate { get; set; }
    }

    public sealed class GLU : ParameterLessModule<Tensor, Tensor>
    {
        internal GLU(long dim = -1) : base(nameof(GLU))
        { this.dim = dim; }

        public override Tensor forward(Tensor tensor) => nn.functional.glu(tensor, dim);
        public long dim { get; set; }
    }

    public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
    {
        internal SiLU() : base(nameof(SiLU))
        { }

        internal SiLU(bool inplace) : base(nameof(SiLU))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.silu(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Mish : ParameterLessModule<Tensor, Tensor>
    {
        internal Mish() : base(nameof(Mish))
        { }

        internal Mish(bool inplace) : base(nameof(Mish))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.mish(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid() : base(nameof(Sigmoid))
        { }

        internal Sigmoid(bool inplace) : base(nameof(Sigmoid))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class LogSigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSigmoid() : base(nameof(LogSigmoid))
        { }

        public override Tensor forward(Tensor tensor) => nn.functional.logsigmoid(tensor);
    }

    public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanh() : base(nameof(Tanh))
        { }

        internal Tanh(bool inplace = false) : base(nameof(Tanh))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.tanh(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Tanhshrink : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanhshrink() : base(nameof(Tanhshrink))
        { }

        internal Tanhshrink(bool inplace = false) : base(nameof(Tanhshrink))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.tanhshrink(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmax(long dim) : base(nameof(Softmax))
        { this.dim = dim; }

        public override Tensor forward(Tensor tensor) => nn.functional.softmax(tensor, dim);
        public long dim { get; set; }
    }

    public sealed class Softmax2d : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmax2d() : base(nameof(Softmax2d))
        { }

        public override Tensor forward(Tensor tensor) => nn.functional.softmax2d(tensor);
    }

    public sealed class LogSoftmax : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSoftmax(long dim) : base(nameof(LogSoftmax))
        { this.dim = dim; }

        public override Tensor forward(Tensor tensor) => nn.functional.log_softmax(tensor, dim);
        public long dim { get; set; }
    }

    public sealed class Softmin : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmin(long dim) : base(nameof(Softmin))
        { this.dim = dim; }

        public override Tensor forward(Tensor tensor) => nn.functional.softmin(tensor, dim);
        public long dim { get; set; }
    }

    public sealed class Softplus : ParameterLessModule<Tensor, Tensor>
    {
        internal Softplus(double beta = 1, double threshold = 20) : base(nameof(Softplus))
        { this.beta = beta; this.threshold = threshold; }

        public override Tensor forward(Tensor tensor) => nn.functional.softplus(tensor, beta, threshold);
        public double beta { get; set; }
        public double threshold { get; set; }
    }

    public sealed class Softshrink : ParameterLessModule<Tensor, Tensor>
    {
        internal Softshrink(double lambda = 0.5) : base(nameof(Softshrink))
        { this.lambda = lambda; }

        public override Tensor forward(Tensor tensor) => nn.functional.softshrink(tensor, lambda);
        public double lambda { get; set; }
    }

    public sealed class Softsign : ParameterLessModule<Tensor, Tensor>
    {
        internal Softsign() : base(nameof(Softsign))
        { }

        internal Softsign(bool inplace) : base(nameof(Softsign))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.softsign(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Hardshrink : ParameterLessModule<Tensor, Tensor>
    {
        internal Hardshrink(double lambda = 0.5) : base(nameof(Hardshrink))
        { this.lambda = lambda; }

        public override Tensor forward(Tensor tensor) => nn.functional.hardshrink(tensor, lambda);
        public double lambda { get; set; }
    }

    public sealed class Hardsigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Hardsigmoid(bool inplace = false) : base(nameof(Hardsigmoid))
        { this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.hardsigmoid(tensor, inplace);
        public bool inplace { get; set; }
    }

    public sealed class Hardswish : ParameterLessModule<Tensor, Tensor>
    {
        internal Hardswish(bool inplace = false) : base(nameof(Hardswish))
        { this.inplace = inplace; }

        public bool inplace { get; set; }
        public override Tensor forward(Tensor tensor) => nn.functional.hardswish(tensor, inplace);
    }

    public sealed class Hardtanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Hardtanh(double min_val = -1, double max_val = 1, bool inplace = false) : base(nameof(Hardtanh))
        { this.min_val = min_val; this.max_val = max_val; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.hardtanh(tensor, min_val, max_val, inplace);
        public double min_val { get; set; }
        public double max_val { get; set; }
        public bool inplace { get; set; }
    }

    public sealed class Threshold : ParameterLessModule<Tensor, Tensor>
    {
        internal Threshold(double threshold, double value, bool inplace = false) : base(nameof(Threshold))
        { this.threshold = threshold; this.value = value; this.inplace = inplace; }

        public override Tensor forward(Tensor tensor) => nn.functional.threshold(tensor, threshold, value, inplace);
        public double threshold { get; set; }
        public double value { get; set; }
        public bool inplace { get; set; }
    }

    public sealed class PReLU : nn.Module<Tensor, Tensor>
    {
        internal PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null) : base(nameof(PReLU))
        { this.num_parameters = num_parameters; weight = Init.Constant(init, device, dtype, num_parameters); register_parameter(nameof(weight), weight); }

        public override Tensor forward(Tensor tensor) => nn.functional.prelu(tensor, weight);
        public Parameter weight { get; set; }
        public long num_parameters { get; private set; }
    }

    public sealed partial class GELU
    {
        public enum Approximate
        {
            none = 0,
            tanh = 1,
        }
    }
}
