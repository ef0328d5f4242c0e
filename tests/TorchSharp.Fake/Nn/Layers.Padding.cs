// Padding.

using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    public abstract class PadBase : ParameterLessModule<Tensor, Tensor>
    {
        readonly PaddingModes mode;
        protected PadBase(string name, PaddingModes mode, double value, params long[] padding) : base(name) { (this.mode, this.value, this.padding) = (mode, value, padding); }
        public override Tensor forward(Tensor input) => nn.functional.pad(input, padding, mode, value);
        public long[] padding { get; set; }
        public double value { get; set; }
    }

    public sealed class ZeroPad2d : PadBase
    {
        internal ZeroPad2d(long padding) : base(nameof(ZeroPad2d), PaddingModes.Zeros, 0, Dims.Sides(padding, 2))
        { }

        internal ZeroPad2d((long, long, long, long) padding) : base(nameof(ZeroPad2d), PaddingModes.Zeros, 0, Dims.Sides(padding, 2))
        { }
    }

    public sealed class ConstantPad1d : PadBase
    {
        internal ConstantPad1d(long padding, double value) : base(nameof(ConstantPad1d), PaddingModes.Constant, value, Dims.Sides(padding, 1))
        { }

        internal ConstantPad1d((long, long) padding, double value) : base(nameof(ConstantPad1d), PaddingModes.Constant, value, Dims.Sides(padding, 1))
        { }
    }

    public sealed class ConstantPad2d : PadBase
    {
        internal ConstantPad2d(long padding, double value) : base(nameof(ConstantPad2d), PaddingModes.Constant, value, Dims.Sides(padding, 2))
        { }

        internal ConstantPad2d((long, long, long, long) padding, double value) : base(nameof(ConstantPad2d), PaddingModes.Constant, value, Dims.Sides(padding, 2))
        { }
    }

    public sealed class ConstantPad3d : PadBase
    {
        internal ConstantPad3d(long padding, double value) : base(nameof(ConstantPad3d), PaddingModes.Constant, value, Dims.Sides(padding, 3))
        { }

        internal ConstantPad3d((long, long, long, long, long, long) padding, double value) : base(nameof(ConstantPad3d), PaddingModes.Constant, value, Dims.Sides(padding, 3))
        { }
    }

    public sealed class ReflectionPad1d : PadBase
    {
        internal ReflectionPad1d(long padding) : base(nameof(ReflectionPad1d), PaddingModes.Reflect, 0, Dims.Sides(padding, 1))
        { }

        internal ReflectionPad1d((long, long) padding) : base(nameof(ReflectionPad1d), PaddingModes.Reflect, 0, Dims.Sides(padding, 1))
        { }
    }

    public sealed class ReflectionPad2d : PadBase
    {
        internal ReflectionPad2d(long padding) : base(nameof(ReflectionPad2d), PaddingModes.Reflect, 0, Dims.Sides(padding, 2))
        { }

        internal ReflectionPad2d((long, long, long, long) padding) : base(nameof(ReflectionPad2d), PaddingModes.Reflect, 0, Dims.Sides(padding, 2))
        { }
    }

    public sealed class ReflectionPad3d : PadBase
    {
        internal ReflectionPad3d(long padding) : base(nameof(ReflectionPad3d), PaddingModes.Reflect, 0, Dims.Sides(padding, 3))
        { }

        internal ReflectionPad3d((long, long, long, long, long, long) padding) : base(nameof(ReflectionPad3d), PaddingModes.Reflect, 0, Dims.Sides(padding, 3))
        { }
    }

    public sealed class ReplicationPad1d : PadBase
    {
        internal ReplicationPad1d(long padding) : base(nameof(ReplicationPad1d), PaddingModes.Replicate, 0, Dims.Sides(padding, 1))
        { }

        internal ReplicationPad1d((long, long) padding) : base(nameof(ReplicationPad1d), PaddingModes.Replicate, 0, Dims.Sides(padding, 1))
        { }
    }

    public sealed class ReplicationPad2d : PadBase
    {
        internal ReplicationPad2d(long padding) : base(nameof(ReplicationPad2d), PaddingModes.Replicate, 0, Dims.Sides(padding, 2))
        { }

        internal ReplicationPad2d((long, long, long, long) padding) : base(nameof(ReplicationPad2d), PaddingModes.Replicate, 0, Dims.Sides(padding, 2))
        { }
    }

    public sealed class ReplicationPad3d : PadBase
    {
        internal ReplicationPad3d(long padding) : base(nameof(ReplicationPad3d), PaddingModes.Replicate, 0, Dims.Sides(padding, 3))
        { }

        internal ReplicationPad3d((long, long, long, long, long, long) padding) : base(nameof(ReplicationPad3d), PaddingModes.Replicate, 0, Dims.Sides(padding, 3))
        { }
    }
}
