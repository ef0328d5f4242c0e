// Numbers that remember whether they are whole.

using System;
using static TorchSharp.torch;

namespace TorchSharp
{
    public sealed class Scalar : IDisposable
    {
        internal double Value { get; }
        internal Scalar(double value, torch.ScalarType type)
        {
            Value = value;
            Type = type;
        }

        public static implicit operator Scalar(byte value) => new Scalar(value, torch.ScalarType.Int64);
        public static implicit operator Scalar(sbyte value) => new Scalar(value, torch.ScalarType.Int64);
        public static implicit operator Scalar(short value) => new Scalar(value, torch.ScalarType.Int64);
        public static implicit operator Scalar(int value) => new Scalar(value, torch.ScalarType.Int64);
        public static implicit operator Scalar(long value) => new Scalar(value, torch.ScalarType.Int64);
        public static implicit operator Scalar(float value) => new Scalar(value, torch.ScalarType.Float64);
        public static implicit operator Scalar(double value) => new Scalar(value, torch.ScalarType.Float64);
        public static implicit operator Scalar(bool value) => new Scalar(value ? 1 : 0, torch.ScalarType.Bool);
        public ScalarType Type { get; }
        public void Dispose() { }
    }

    public static class ScalarExtensionMethods
    {
        public static Scalar ToScalar(this byte value) => value;
        public static Scalar ToScalar(this sbyte value) => value;
        public static Scalar ToScalar(this short value) => value;
        public static Scalar ToScalar(this int value) => value;
        public static Scalar ToScalar(this long value) => value;
        public static Scalar ToScalar(this float value) => value;
        public static Scalar ToScalar(this double value) => value;
        public static Scalar ToScalar(this bool value) => value;
        public static float ToSingle(this Scalar value) => (float)value.Value;
        public static double ToDouble(this Scalar value) => value.Value;
        public static sbyte ToSByte(this Scalar value) => (sbyte)value.Value;
        public static byte ToByte(this Scalar value) => (byte)value.Value;
        public static short ToInt16(this Scalar value) => (short)value.Value;
        public static int ToInt32(this Scalar value) => (int)value.Value;
        public static long ToInt64(this Scalar value) => (long)value.Value;
        public static bool ToBoolean(this Scalar value) => value.Value != 0;
    }
}
