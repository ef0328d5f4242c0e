// Convolutions.

using System;
using System.Linq;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class Convolution : nn.Module<Tensor, Tensor>
    {
        protected Convolution(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null) : base(name)
        {
            if (in_channels % groups != 0 || out_channels % groups != 0) throw new ArgumentException("The numbers of channels must be divisible by groups.");
            (this.in_channels, this.out_channels, this.kernel_size, this.stride) = (in_channels, out_channels, kernel_size, stride);
            (this.padding, this.padding_type, this.dilation, this.transposed) = (padding, padding_type, dilation, transposed);
            (this.output_padding, this.groups, this.padding_mode) = (output_padding, groups, padding_mode);
            var bound = Math.Sqrt(groups / (double)(in_channels * Kernel.Count(kernel_size)));
            weight = Init.Uniform(bound, device, dtype, new[] { transposed ? in_channels : out_channels, (transposed ? out_channels : in_channels) / groups }.Concat(kernel_size).ToArray());
            register_parameter(nameof(weight), _weight);
            if (!bias) return;
            this.bias = Init.Uniform(bound, device, dtype, out_channels);
            register_parameter(nameof(bias), _bias);
        }

        public void reset_parameters() { }
        public void SetPadding(long[] padding) => this.padding = padding;
        public void SetPadding(Padding padding) => padding_type = padding;
        public Parameter? bias { get => _bias; set => _bias = value; }
        public Parameter weight { get => _weight; set => _weight = value; }
        protected Parameter? _bias;
        protected Parameter? _weight;
        protected long[] _reversed_padding_repeated_twice;
        public long in_channels { get; }
        public long out_channels { get; }
        public bool transposed { get; }
        public Padding? padding_type { get; private set; }
        public long[]? padding { get; private set; }
        public PaddingModes padding_mode { get; set; }
        public long groups { get; set; }
        public long[] kernel_size { get; set; }
        public long[] stride { get; set; }
        public long[] dilation { get; set; }
        public long[] output_padding { get; set; }
    }

    public abstract class ConvolutionTranspose : Convolution
    {
        protected ConvolutionTranspose(string name, long in_channels, long out_channels, long[] kernel_size, long[] stride, long[]? padding, Padding? padding_type, long[] dilation, bool transposed, long[] output_padding, long groups, bool bias, PaddingModes padding_mode, Device? device = null, ScalarType? dtype = null) : base(name, in_channels, out_channels, kernel_size, stride, padding, padding_type, dilation, transposed, output_padding, groups, bias, padding_mode, device, dtype) { }
        public override Tensor forward(Tensor input) => forward(input, null);
        public abstract Tensor forward(Tensor input, long[]? output_size);
    }

    public sealed class Conv1d : Convolution
    {
        internal Conv1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv1d), in_channels, out_channels, Dims.One(kernel_size), Dims.One(stride) ?? Dims.One(1L), Dims.Padding(padding) is null ? Dims.One(padding) ?? Dims.One(0L) : null, Dims.Padding(padding), Dims.One(dilation) ?? Dims.One(1L), false, Dims.One(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv1d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv1d), in_channels, out_channels, Dims.One(kernel_size), Dims.One(stride) ?? Dims.One(1L), Dims.Padding(padding) is null ? Dims.One(padding) ?? Dims.One(0L) : null, Dims.Padding(padding), Dims.One(dilation) ?? Dims.One(1L), false, Dims.One(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input) => Dims.Convolve(input, weight, bias, stride, padding, padding_type, dilation, groups, padding_mode);
    }

    public sealed class ConvTranspose1d : ConvolutionTranspose
    {
        internal ConvTranspose1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(ConvTranspose1d), in_channels, out_channels, Dims.One(kernel_size), Dims.One(stride) ?? Dims.One(1L), Dims.One(padding) ?? Dims.One(0L), null, Dims.One(dilation) ?? Dims.One(1L), true, Dims.One(output_padding) ?? Dims.One(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input, long[]? output_size)
            => Dims.ConvolveTransposed(input, weight, bias, stride, padding, output_padding, dilation, groups);
    }

    public sealed class Conv2d : Convolution
    {
        internal Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Padding(padding) is null ? Dims.Two(padding) ?? Dims.Two(0L) : null, Dims.Padding(padding), Dims.Two(dilation) ?? Dims.Two(1L), false, Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Padding(padding) is null ? Dims.Two(padding) ?? Dims.Two(0L) : null, Dims.Padding(padding), Dims.Two(dilation) ?? Dims.Two(1L), false, Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Padding(padding) is null ? Dims.Two(padding) ?? Dims.Two(0L) : null, Dims.Padding(padding), Dims.Two(dilation) ?? Dims.Two(1L), false, Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Padding(padding) is null ? Dims.Two(padding) ?? Dims.Two(0L) : null, Dims.Padding(padding), Dims.Two(dilation) ?? Dims.Two(1L), false, Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input) => Dims.Convolve(input, weight, bias, stride, padding, padding_type, dilation, groups, padding_mode);
    }

    public sealed class ConvTranspose2d : ConvolutionTranspose
    {
        internal ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(ConvTranspose2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Two(padding) ?? Dims.Two(0L), null, Dims.Two(dilation) ?? Dims.Two(1L), true, Dims.Two(output_padding) ?? Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(ConvTranspose2d), in_channels, out_channels, Dims.Two(kernel_size), Dims.Two(stride) ?? Dims.Two(1L), Dims.Two(padding) ?? Dims.Two(0L), null, Dims.Two(dilation) ?? Dims.Two(1L), true, Dims.Two(output_padding) ?? Dims.Two(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input, long[]? output_size)
            => Dims.ConvolveTransposed(input, weight, bias, stride, padding, output_padding, dilation, groups);
    }

    public sealed class Conv3d : Convolution
    {
        internal Conv3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Padding(padding) is null ? Dims.Three(padding) ?? Dims.Three(0L) : null, Dims.Padding(padding), Dims.Three(dilation) ?? Dims.Three(1L), false, Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Padding(padding) is null ? Dims.Three(padding) ?? Dims.Three(0L) : null, Dims.Padding(padding), Dims.Three(dilation) ?? Dims.Three(1L), false, Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv3d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Padding(padding) is null ? Dims.Three(padding) ?? Dims.Three(0L) : null, Dims.Padding(padding), Dims.Three(dilation) ?? Dims.Three(1L), false, Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, Padding padding, (long, long, long)? stride = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(Conv3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Padding(padding) is null ? Dims.Three(padding) ?? Dims.Three(0L) : null, Dims.Padding(padding), Dims.Three(dilation) ?? Dims.Three(1L), false, Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input) => Dims.Convolve(input, weight, bias, stride, padding, padding_type, dilation, groups, padding_mode);
    }

    public sealed class ConvTranspose3d : ConvolutionTranspose
    {
        internal ConvTranspose3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(ConvTranspose3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Three(padding) ?? Dims.Three(0L), null, Dims.Three(dilation) ?? Dims.Three(1L), true, Dims.Three(output_padding) ?? Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        internal ConvTranspose3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null, (long, long, long)? padding = null, (long, long, long)? output_padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) : base(nameof(ConvTranspose3d), in_channels, out_channels, Dims.Three(kernel_size), Dims.Three(stride) ?? Dims.Three(1L), Dims.Three(padding) ?? Dims.Three(0L), null, Dims.Three(dilation) ?? Dims.Three(1L), true, Dims.Three(output_padding) ?? Dims.Three(0L), groups, bias, padding_mode, device, dtype)
        { }

        public override Tensor forward(Tensor input, long[]? output_size)
            => Dims.ConvolveTransposed(input, weight, bias, stride, padding, output_padding, dilation, groups);
    }
}
