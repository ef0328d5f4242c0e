// Between .NET values and tensor elements.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp
{
    internal static class Defaults
    {
        internal static ScalarType Dtype = ScalarType.Float32;
        internal static Device Device = new(DeviceType.CPU);
        internal static int Threads = Environment.ProcessorCount;
    }

    internal static class Devices
    {
        static readonly System.Threading.AsyncLocal<int> cudaCount = new();

        /// <summary>How many CUDA devices the stand-in claims to have. Tests set it, each for itself: the value follows the flow of a test, not the process.</summary>
        internal static int CudaCount { get => cudaCount.Value; set => cudaCount.Value = value; }

        static readonly System.Threading.AsyncLocal<bool> mps = new();

        /// <summary>Whether the stand-in claims to have an MPS device.</summary>
        internal static bool HasMps { get => mps.Value; set => mps.Value = value; }

        internal static bool Same(Device a, Device b) => a.type == b.type && (a.type == DeviceType.CPU || Math.Max(a.index, 0) == Math.Max(b.index, 0));

        internal static int Default(DeviceType type, int index) => index < 0 && type != DeviceType.CPU ? 0 : index;

        internal static (DeviceType, int) Parse(string text)
        {
            var parts = text.Split(':');
            if (!Enum.TryParse<DeviceType>(parts[0], true, out var type)) throw new ArgumentException($"Expected one of cpu, cuda, mps, meta device type at start of device string: {text}");
            return (type, Default(type, parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : -1));
        }
    }

    internal static class Elements
    {
        static readonly Dictionary<ScalarType, Type> types = new()
        {
            [ScalarType.Bool] = typeof(bool),
            [ScalarType.Byte] = typeof(byte),
            [ScalarType.Int8] = typeof(sbyte),
            [ScalarType.Int16] = typeof(short),
            [ScalarType.Int32] = typeof(int),
            [ScalarType.Int64] = typeof(long),
            [ScalarType.Float32] = typeof(float),
            [ScalarType.Float64] = typeof(double),
        };

        internal static Type TypeOf(ScalarType dtype) => types.TryGetValue(dtype, out var type) ? type : null;

        internal static ScalarType DtypeOf(Type type) => types.First(p => p.Value == type).Key;

        internal static object Box(Type type, double v) => type == typeof(bool) ? v != 0 : Convert.ChangeType(v, type, CultureInfo.InvariantCulture);

        internal static double Unbox(object value) => value is bool b ? Kernel.Bit(b) : Convert.ToDouble(value, CultureInfo.InvariantCulture);

        internal static T As<T>(Tensor tensor) => (T)Box(typeof(T), tensor.ToScalar().Value);

        /// <summary>The type of a tensor filled with a number where none is named.</summary>
        internal static ScalarType TypeOf(Scalar value) => Kernel.IsFloat(value.Type) ? Defaults.Dtype : ScalarType.Int64;

        internal static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device device, bool requires_grad)
        {
            var type = dtype ?? Defaults.Dtype;
            return new Tensor(size, type, device ?? Defaults.Device, null, Kernel.Fit(type, value.Value), requires_grad);
        }

        internal static Tensor Make(object scalar, ScalarType? dtype, Device device, bool requires_grad)
        {
            var type = dtype ?? DtypeOf(scalar.GetType());
            return new Tensor(Array.Empty<long>(), type, device ?? Defaults.Device, null, Kernel.Fit(type, Unbox(scalar)), requires_grad);
        }

        internal static Tensor Make(object scalar) => Make(scalar, null, null, false);

        internal static Tensor Make(IEnumerable values, long[] shape, ScalarType? dtype, Device device, bool requires_grad)
        {
            var type = dtype ?? DtypeOf(values is Array a ? a.GetType().GetElementType() : values.GetType().GetInterfaces().First(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GetGenericArguments()[0]);
            var list = new List<double>();
            foreach (var v in values) list.Add(Kernel.Fit(type, Unbox(v)));
            shape ??= values is Array array ? Enumerable.Range(0, array.Rank).Select(array.GetLongLength).ToArray() : new[] { (long)list.Count };
            if (Kernel.Count(shape) != list.Count) throw Kernel.Error($"shape '[{string.Join(", ", shape)}]' is invalid for input of size {list.Count}");
            return new Tensor(shape, type, device ?? Defaults.Device, list.ToArray(), 0, requires_grad);
        }

        internal static Tensor Steps(Scalar start, Scalar stop, Scalar step, ScalarType? dtype, Device device, bool requires_grad)
        {
            var type = dtype ?? (new[] { start, stop, step }.Any(s => Kernel.IsFloat(s.Type)) ? Defaults.Dtype : ScalarType.Int64);
            var n = (long)Math.Max(0, Math.Ceiling((stop.Value - start.Value) / step.Value));
            var values = new double[n];
            for (long i = 0; i < n; i++) values[i] = Kernel.Fit(type, start.Value + i * step.Value);
            return new Tensor(new[] { n }, type, device ?? Defaults.Device, values, 0, requires_grad);
        }
    }

    internal static class Rng
    {
        /// <summary>Above this many the values are drawn when they are first read, so that a big model that never runs costs nothing.</summary>
        const long WorthWaiting = 1 << 20;

        static RandomStream Source(Generator generator) => (generator ?? Generator.Default).Source;

        internal static double Normal(RandomStream r) => Math.Sqrt(-2 * Math.Log(1 - r.NextDouble())) * Math.Cos(2 * Math.PI * r.NextDouble());

        internal static Tensor Fill(long[] shape, ScalarType dtype, Device device, Generator generator, Func<RandomStream, double> draw)
        {
            var n = Kernel.Count(shape);
            var source = Source(generator);
            if (n <= WorthWaiting) return new Tensor(shape, dtype, device, new Storage(Draw(source)));
            var own = new RandomStream(source.NextBits());
            return new Tensor(shape, dtype, device, new Storage(n, new Lazy<double[]>(() => Draw(own))));

            double[] Draw(RandomStream random)
            {
                var values = new double[n];
                for (long i = 0; i < n; i++) values[i] = Kernel.Fit(dtype, draw(random));
                return values;
            }
        }

        internal static Tensor Uniform(long[] shape, ScalarType? dtype, Device device, bool requires_grad, Generator generator) =>
            Fill(shape, dtype ?? Defaults.Dtype, device ?? Defaults.Device, generator, r => r.NextDouble()).requires_grad_(requires_grad);

        internal static Tensor Gauss(long[] shape, ScalarType? dtype, Device device, bool requires_grad, Generator generator) =>
            Fill(shape, dtype ?? Defaults.Dtype, device ?? Defaults.Device, generator, Normal).requires_grad_(requires_grad);

        internal static Tensor Integers(long low, long high, long[] shape, ScalarType? dtype, Device device, bool requires_grad, Generator generator) =>
            Fill(shape, dtype ?? ScalarType.Int64, device ?? Defaults.Device, generator, r => low + Math.Floor(r.NextDouble() * (high - low))).requires_grad_(requires_grad);

        internal static Tensor Permutation(long n, ScalarType? dtype, Device device, bool requires_grad, Generator generator)
        {
            var values = Enumerable.Range(0, (int)n).Select(i => (double)i).ToArray();
            var random = Source(generator);
            for (var i = values.Length - 1; i > 0; i--)
            {
                var j = (int)(random.NextDouble() * (i + 1));
                (values[i], values[j]) = (values[j], values[i]);
            }
            return new Tensor(new[] { n }, dtype ?? ScalarType.Int64, device ?? Defaults.Device, values, 0, requires_grad);
        }
    }

    internal static class TensorFile
    {
        internal static void Write(Tensor tensor, Stream stream)
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, true);
            writer.Write((int)tensor.dtype);
            writer.Write(tensor._shape.Length);
            foreach (var d in tensor._shape) writer.Write(d);
            foreach (var v in tensor.Read()) writer.Write(v);
        }

        internal static Tensor Read(Stream stream)
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, true);
            var dtype = (ScalarType)reader.ReadInt32();
            var shape = new long[reader.ReadInt32()];
            for (var i = 0; i < shape.Length; i++) shape[i] = reader.ReadInt64();
            var values = new double[Kernel.Count(shape)];
            for (var i = 0; i < values.Length; i++) values[i] = reader.ReadDouble();
            return new Tensor(shape, dtype, CPU, values);
        }
    }

    internal static class TensorText
    {
        internal static string Write(Tensor tensor, TensorStringStyle style, string format, CultureInfo culture)
        {
            if (tensor._disposed) return "[disposed]";
            var labels = $"[{string.Join("x", tensor._shape)}], type = {tensor.dtype}, device = {tensor.device}";
            if (style is TensorStringStyle.Metadata or TensorStringStyle.Default) return labels;
            var shown = Enumerable.Range(0, (int)Math.Min(tensor.numel(), 1000)).Select(i => tensor.At(i).ToString(format ?? "g5", culture ?? CultureInfo.InvariantCulture));
            return tensor._shape.Length == 0 ? shown.First() : "[" + string.Join(" ", shown) + "]";
        }
    }
}
