// Normalization layers.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class NormBase : nn.Module<Tensor, Tensor>
    {
        /// <summary>What a batch in training leaves behind beside the moments.</summary>
        internal void Track()
        {
            if (training && num_batches_tracked is not null) num_batches_tracked.Materialize()[0]++;
        }
        internal static void Expect(Tensor input, int[] dims, string shown)
        {
            if (!dims.Contains(input._shape.Length)) throw new ArgumentException($"expected {shown} input (got {input._shape.Length}D input)");
        }

        public NormBase(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(name)
        {
            (this.num_features, this.eps, this.momentum, this.affine, this.track_running_stats) = (num_features, eps, momentum, affine, track_running_stats);
            if (affine)
            {
                weight = Init.Constant(1, device, dtype, num_features);
                bias = Init.Constant(0, device, dtype, num_features);
                register_parameter(nameof(weight), weight);
                register_parameter(nameof(bias), bias);
            }
            if (!track_running_stats) return;
            running_mean = torch.zeros(num_features, dtype, device);
            running_var = torch.ones(num_features, dtype, device);
            num_batches_tracked = torch.tensor(0L, null, device);
            register_buffer(nameof(running_mean), running_mean);
            register_buffer(nameof(running_var), running_var);
            register_buffer(nameof(num_batches_tracked), num_batches_tracked);
        }

        public void reset_running_stats()
        {
            running_mean?._storage.Set(0);
            running_var?._storage.Set(1);
            num_batches_tracked?._storage.Set(0);
        }

        public void reset_parameters() { }
        protected abstract void ValidateInputDimensions(Tensor input);
        public Parameter? bias { get; set; }
        public Parameter weight { get; set; }
        public Tensor? running_mean { get; set; }
        public Tensor? running_var { get; set; }
        public Tensor? num_batches_tracked { get; set; }
        public long num_features { get; private set; }
        public double eps { get; set; }
        public double? momentum { get; set; }
        public bool affine { get; private set; }
        public bool track_running_stats { get; private set; }
    }

    public abstract class BatchNorm : NormBase
    {
        public BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }

        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            Track();
            return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum ?? 0.1, eps);
        }
    }

    public abstract class InstanceNorm : NormBase
    {
        public InstanceNorm(long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name) { }
        protected abstract long GetNumberOfBatchDimensions();

        public override Tensor forward(Tensor input)
        {
            ValidateInputDimensions(input);
            if (input._shape.Length == GetNumberOfBatchDimensions()) return Kernel.Compose(() => forward(input.unsqueeze(0)).squeeze(0));
            return nn.functional.instance_norm(input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0.1, eps);
        }
    }

    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm1d))
        { }

        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 2, 3 }, "2D or 3D");
    }

    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
        { }

        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 4 }, "4D");
    }

    public sealed class BatchNorm3d : BatchNorm
    {
        internal BatchNorm3d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm3d))
        { }

        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 5 }, "5D");
    }

    public sealed class InstanceNorm1d : InstanceNorm
    {
        internal InstanceNorm1d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm1d))
        { }

        protected override long GetNumberOfBatchDimensions() => 2;
        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 2, 3 }, "2D or 3D");
    }

    public sealed class InstanceNorm2d : InstanceNorm
    {
        internal InstanceNorm2d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm2d))
        { }

        protected override long GetNumberOfBatchDimensions() => 3;
        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 3, 4 }, "3D or 4D");
    }

    public sealed class InstanceNorm3d : InstanceNorm
    {
        internal InstanceNorm3d(long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(InstanceNorm3d))
        { }

        protected override long GetNumberOfBatchDimensions() => 4;
        protected override void ValidateInputDimensions(Tensor input) => Expect(input, new[] { 4, 5 }, "4D or 5D");
    }

    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        void Setup(bool withBias, torch.Device device, torch.ScalarType? dtype)
        {
            if (!elementwise_affine) return;
            weight = Init.Constant(1, device, dtype, normalized_shape);
            register_parameter(nameof(weight), weight);
            if (!withBias) return;
            bias = Init.Constant(0, device, dtype, normalized_shape);
            register_parameter(nameof(bias), bias);
        }

        internal LayerNorm(long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(LayerNorm))
        { this.normalized_shape = normalized_shape; this.eps = eps; this.elementwise_affine = elementwise_affine; this.normalized_shape = Dims.Any(normalized_shape); Setup(bias, device, dtype); }

        internal LayerNorm(long normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(LayerNorm))
        { this.eps = eps; this.elementwise_affine = elementwise_affine; this.normalized_shape = Dims.Any(normalized_shape); Setup(bias, device, dtype); }

        public void reset_parameters() { }
        public override Tensor forward(Tensor tensor) => nn.functional.layer_norm(tensor, normalized_shape, weight, bias, eps);
        public Parameter? bias { get; set; }
        public Parameter weight { get; set; }
        public long[] normalized_shape { get; set; }
        public double eps { get; set; }
        public bool elementwise_affine { get; set; }
    }

    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        void Setup(long channels, torch.Device device, torch.ScalarType? dtype)
        {
            if (!affine) return;
            weight = Init.Constant(1, device, dtype, channels);
            bias = Init.Constant(0, device, dtype, channels);
            register_parameter(nameof(weight), weight);
            register_parameter(nameof(bias), bias);
        }

        internal GroupNorm(long num_groups, long num_channels, double eps = 1E-05, bool affine = true, Device? device = null, ScalarType? dtype = null) : base(nameof(GroupNorm))
        { this.num_groups = num_groups; this.eps = eps; this.affine = affine; Setup(num_channels, device, dtype); }

        public override Tensor forward(Tensor tensor) => nn.functional.group_norm(tensor, num_groups, weight, bias, eps);
        public Parameter? bias { get; set; }
        public Parameter weight { get; set; }
        public long num_groups { get; set; }
        public double eps { get; set; }
        public bool affine { get; set; }
    }

    public sealed class LocalResponseNorm : ParameterLessModule<Tensor, Tensor>
    {
        internal LocalResponseNorm(long size, double alpha = 0.0001, double beta = 0.75, double k = 1) : base(nameof(LocalResponseNorm))
        { this.size = size; this.alpha = alpha; this.beta = beta; this.k = k; }

        public override Tensor forward(Tensor input) => nn.functional.local_response_norm(input, size, alpha, beta, k);
        public long size { get; set; }
        public double alpha { get; set; }
        public double beta { get; set; }
        public double k { get; set; }
    }
}
