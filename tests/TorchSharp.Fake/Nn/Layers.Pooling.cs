// Pooling.

using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public sealed class MaxPool1d : ParameterLessModule<Tensor, Tensor>
    {
        internal MaxPool1d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) : base(nameof(MaxPool1d))
        { this.kernel_size = kernel_size; this.stride = stride; this.padding = padding; this.dilation = dilation; this.ceil_mode = ceil_mode; }

        public override Tensor forward(Tensor input)
            => Dims.Pool(input, 1, true, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), Dims.One(dilation), ceil_mode, operation: "max_pool1d").Values;

        public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Pool(input, 1, true, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), Dims.One(dilation), ceil_mode, operation: "max_pool1d");
            return (values, indices.Show());
        }
        public long kernel_size { get; set; }
        public long? stride { get; set; }
        public long? padding { get; set; }
        public long? dilation { get; set; }
        public bool ceil_mode { get; set; }
    }

    public sealed class AdaptiveMaxPool1d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveMaxPool1d(long output_size) : base(nameof(AdaptiveMaxPool1d))
        { this.output_size = output_size; }

        public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Adaptive(input, 1, true, Dims.One(output_size), "adaptive_max_pool1d");
            return (values, indices.Show());
        }
        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 1, true, Dims.One(output_size), "adaptive_max_pool1d").Values;
        public long output_size { get; set; }
    }

    public sealed class AvgPool1d : ParameterLessModule<Tensor, Tensor>
    {
        internal AvgPool1d(long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true) : base(nameof(AvgPool1d))
        { this.kernel_size = kernel_size; this.stride = stride; this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.padding = padding; }

        public override Tensor forward(Tensor input) => Dims.Pool(input, 1, false, Dims.One(kernel_size), Dims.One(stride), Dims.One(padding), null, ceil_mode, count_include_pad, operation: "avg_pool1d").Values;
        public long kernel_size { get; set; }
        public long? stride { get; set; }
        public long? padding { get; set; }
        public bool ceil_mode { get; set; }
        public bool count_include_pad { get; set; }
    }

    public sealed class AdaptiveAvgPool1d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveAvgPool1d(long output_size) : base(nameof(AdaptiveAvgPool1d))
        { this.output_size = output_size; }

        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 1, false, Dims.One(output_size), "adaptive_avg_pool1d").Values;
        public long output_size { get; set; }
    }

    public sealed class MaxPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) : base(nameof(MaxPool2d))
        { this.ceil_mode = ceil_mode; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); this.dilation = Dims.Two(dilation) ?? Dims.Two(1L); }

        internal MaxPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, bool ceil_mode = false) : base(nameof(MaxPool2d))
        { this.ceil_mode = ceil_mode; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); this.dilation = Dims.Two(dilation) ?? Dims.Two(1L); }

        internal MaxPool2d(long[] kernel_size, long[] stride = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) : base(nameof(MaxPool2d))
        { this.kernel_size = kernel_size; this.stride = stride; this.padding = padding; this.dilation = dilation; this.ceil_mode = ceil_mode; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); this.dilation = Dims.Two(dilation) ?? Dims.Two(1L); }

        public override Tensor forward(Tensor input)
            => Dims.Pool(input, 2, true, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode, operation: "max_pool2d").Values;

        public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Pool(input, 2, true, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), Dims.Two(dilation), ceil_mode, operation: "max_pool2d");
            return (values, indices.Show());
        }
        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] padding { get; set; }
        public long[] dilation { get; set; }
        public bool ceil_mode { get; set; }
    }

    public sealed class AdaptiveMaxPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveMaxPool2d(long[] output_size) : base(nameof(AdaptiveMaxPool2d))
        { this.output_size = output_size; this.output_size = Dims.Two(output_size); }

        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 2, true, Dims.Two(output_size), "adaptive_max_pool2d").Values;
        public (Tensor output, Tensor indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Adaptive(input, 2, true, Dims.Two(output_size), "adaptive_max_pool2d");
            return (values, indices.Show());
        }
        public long[] output_size { get; set; }
    }

    public sealed class AvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AvgPool2d(long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool2d))
        { this.kernel_size = kernel_size; this.stride = stride; this.padding = padding; this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); }

        internal AvgPool2d((long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool2d))
        { this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); }

        internal AvgPool2d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool2d))
        { this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Two(kernel_size); this.stride = Dims.Two(stride) ?? this.kernel_size; this.padding = Dims.Two(padding) ?? Dims.Two(0L); }

        public override Tensor forward(Tensor input) => Dims.Pool(input, 2, false, Dims.Two(kernel_size), Dims.Two(stride), Dims.Two(padding), null, ceil_mode, count_include_pad, divisor_override, operation: "avg_pool2d").Values;
        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] padding { get; set; }
        public bool ceil_mode { get; set; }
        public bool count_include_pad { get; set; }
        public long? divisor_override { get; set; }
    }

    public sealed class AdaptiveAvgPool2d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveAvgPool2d(long[] output_size) : base(nameof(AdaptiveAvgPool2d))
        { this.output_size = output_size; this.output_size = Dims.Two(output_size); }

        internal AdaptiveAvgPool2d((long, long) output_size) : base(nameof(AdaptiveAvgPool2d))
        { this.output_size = Dims.Two(output_size); }

        internal AdaptiveAvgPool2d(long output_size) : base(nameof(AdaptiveAvgPool2d))
        { this.output_size = Dims.Two(output_size); }

        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 2, false, Dims.Two(output_size), "adaptive_avg_pool2d").Values;
        public long[] output_size { get; set; }
    }

    public sealed class MaxPool3d : ParameterLessModule<Tensor, Tensor>
    {
        internal MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) : base(nameof(MaxPool3d))
        { this.ceil_mode = ceil_mode; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); this.dilation = Dims.Three(dilation) ?? Dims.Three(1L); }

        internal MaxPool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, bool ceil_mode = false) : base(nameof(MaxPool3d))
        { this.ceil_mode = ceil_mode; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); this.dilation = Dims.Three(dilation) ?? Dims.Three(1L); }

        internal MaxPool3d(long[] kernel_size, long[] stride = null, long[] padding = null, long[] dilation = null, bool ceil_mode = false) : base(nameof(MaxPool3d))
        { this.kernel_size = kernel_size; this.stride = stride; this.padding = padding; this.dilation = dilation; this.ceil_mode = ceil_mode; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); this.dilation = Dims.Three(dilation) ?? Dims.Three(1L); }

        public override Tensor forward(Tensor input)
            => Dims.Pool(input, 3, true, Dims.Three(kernel_size), Dims.Three(stride), Dims.Three(padding), Dims.Three(dilation), ceil_mode, operation: "max_pool3d").Values;

        public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Pool(input, 3, true, Dims.Three(kernel_size), Dims.Three(stride), Dims.Three(padding), Dims.Three(dilation), ceil_mode, operation: "max_pool3d");
            return (values, indices.Show());
        }
        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] padding { get; set; }
        public long[] dilation { get; set; }
        public bool ceil_mode { get; set; }
    }

    public sealed class AdaptiveMaxPool3d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveMaxPool3d(long[] output_size) : base(nameof(AdaptiveMaxPool3d))
        { this.output_size = output_size; this.output_size = Dims.Three(output_size); }

        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 3, true, Dims.Three(output_size), "adaptive_max_pool3d").Values;
        public (Tensor output, Tensor indices) forward_with_indices(Tensor input)
        {
            var (values, indices) = Dims.Adaptive(input, 3, true, Dims.Three(output_size), "adaptive_max_pool3d");
            return (values, indices.Show());
        }
        public long[] output_size { get; set; }
    }

    public sealed class AvgPool3d : ParameterLessModule<Tensor, Tensor>
    {
        internal AvgPool3d(long[] kernel_size, long[] stride = null, long[] padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool3d))
        { this.kernel_size = kernel_size; this.stride = stride; this.padding = padding; this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); }

        internal AvgPool3d((long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool3d))
        { this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); }

        internal AvgPool3d(long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) : base(nameof(AvgPool3d))
        { this.ceil_mode = ceil_mode; this.count_include_pad = count_include_pad; this.divisor_override = divisor_override; this.kernel_size = Dims.Three(kernel_size); this.stride = Dims.Three(stride) ?? this.kernel_size; this.padding = Dims.Three(padding) ?? Dims.Three(0L); }

        public override Tensor forward(Tensor input)
            => Dims.Pool(input, 3, false, Dims.Three(kernel_size), Dims.Three(stride), Dims.Three(padding), null, ceil_mode, count_include_pad, divisor_override, operation: "avg_pool3d").Values;

        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] padding { get; set; }
        public bool ceil_mode { get; set; }
        public bool count_include_pad { get; set; }
        public long? divisor_override { get; set; }
    }

    public sealed class AdaptiveAvgPool3d : ParameterLessModule<Tensor, Tensor>
    {
        internal AdaptiveAvgPool3d(long[] output_size) : base(nameof(AdaptiveAvgPool3d))
        { this.output_size = output_size; this.output_size = Dims.Three(output_size); }

        internal AdaptiveAvgPool3d((long, long, long) output_size) : base(nameof(AdaptiveAvgPool3d))
        { this.output_size = Dims.Three(output_size); }

        internal AdaptiveAvgPool3d(long output_size) : base(nameof(AdaptiveAvgPool3d))
        { this.output_size = Dims.Three(output_size); }

        public override Tensor forward(Tensor input) => Dims.Adaptive(input, 3, false, Dims.Three(output_size), "adaptive_avg_pool3d").Values;
        public long[] output_size { get; set; }
    }
}
