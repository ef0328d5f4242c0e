// Element access and the text forms of a tensor.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Utils
{
    public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
    {
        readonly torch.Tensor tensor;
        internal TensorAccessor(torch.Tensor tensor) => this.tensor = tensor;

        long Place(long[] indices)
        {
            if (indices.Length == 1) return indices[0];
            var strides = Kernel.Strides(tensor._shape);
            return indices.Select((x, d) => x * strides[d]).Sum();
        }
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public long Count => tensor.numel();
        public bool IsReadOnly => false;
        public T[] ToArray() => Enumerable.Range(0, (int)Count).Select(i => (T)Elements.Box(typeof(T), tensor.At(i))).ToArray();

        public Array ToNDArray()
        {
            var array = Array.CreateInstance(typeof(T), tensor.shape);
            long i = 0;
            foreach (var at in Kernel.Indices(tensor.shape)) array.SetValue(Elements.Box(typeof(T), tensor.At(i++)), at);
            return array;
        }

        public T this[params long[] indices] {
            get => (T)Elements.Box(typeof(T), tensor.At(Place(indices)));
            set => tensor._storage.Update(values => values[Place(indices)] = Elements.Unbox(value));
        }

        public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) { for (var i = tensorIndex; i < Count; i++) array[arrayIndex + (int)(i - tensorIndex)] = (T)Elements.Box(typeof(T), tensor.At(i)); }
        public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) 
        {
            tensor._storage.Update(values =>
            {
                for (var i = tensorIndex; i < Count && arrayIndex + i - tensorIndex < array.Length; i++) values[i] = Elements.Unbox(array[arrayIndex + (int)(i - tensorIndex)]);
            });
        }

        public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) => left.Equals(right);
        public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !left.Equals(right);
        public override bool Equals(object obj) => obj is TensorAccessor<T> other && ReferenceEquals(other.tensor, tensor);
        public override int GetHashCode() => tensor.GetHashCode();
        public void Dispose() { }
        public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();
    }
}

namespace TorchSharp
{
    public static class TensorExtensionMethods
    {
        public static Parameter AsParameter(this Tensor tensor) => new Parameter(tensor);

        public static string str(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default)
            => tensor.ToString(style, fltFormat, width, cultureInfo, newLine);

        public static string jlstr(this Tensor tensor, string? fltFormat = null, int? width = null, string? newLine = null, CultureInfo? cultureInfo = null)
            => tensor.ToString(TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

        public static string metastr(this Tensor tensor) => tensor.ToString(TensorStringStyle.Metadata);

        public static string npstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null)
            => tensor.ToString(TensorStringStyle.Numpy, fltFormat, width, cultureInfo, newLine);

        public static string cstr(this Tensor tensor, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null)
            => tensor.ToString(TensorStringStyle.CSharp, fltFormat, width, cultureInfo, newLine);

        public static Tensor print(this Tensor t, string? fltFormat = "g5", int? width = 100, string? newLine = null, CultureInfo? cultureInfo = null, TensorStringStyle style = TensorStringStyle.Default) { Console.WriteLine(t.ToString(style, fltFormat, width, cultureInfo, newLine)); return t; }

        public static int ElementSize(this ScalarType type) => type switch
        {
            torch.ScalarType.Byte or torch.ScalarType.Int8 or torch.ScalarType.Bool => 1,
            torch.ScalarType.Int16 or torch.ScalarType.Float16 or torch.ScalarType.BFloat16 => 2,
            torch.ScalarType.Int32 or torch.ScalarType.Float32 => 4,
            torch.ScalarType.ComplexFloat64 => 16,
            _ => 8,
        };

        public static void Save(this Tensor tensor, BinaryWriter writer) => TensorFile.Write(tensor, writer.BaseStream);
        public static void Save(this Tensor tensor, Stream stream) => TensorFile.Write(tensor, stream);
        public static void Save(this Tensor tensor, string location) => tensor.save(location);
        public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false) { var read = TensorFile.Read(reader.BaseStream); if (!skip) using (GradMode.Set(false)) tensor.copy_(read); }
        public static Tensor Load(BinaryReader reader, bool skip = false) => TensorFile.Read(reader.BaseStream);

        public static Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false)
            => Elements.Make(rawArray, dimensions, null, null, requires_grad);

        public static Tensor ToTensor<T>(this T scalar, Device? device = null, bool requires_grad = false) where T : struct
            => Elements.Make(scalar, null, device, requires_grad);

        public static float ToSingle(this Tensor value) => (float)value.ToScalar().Value;
        public static double ToDouble(this Tensor value) => value.ToScalar().Value;
        public static sbyte ToSByte(this Tensor value) => (sbyte)value.ToScalar().Value;
        public static byte ToByte(this Tensor value) => (byte)value.ToScalar().Value;
        public static short ToInt16(this Tensor value) => (short)value.ToScalar().Value;
        public static int ToInt32(this Tensor value) => (int)value.ToScalar().Value;
        public static long ToInt64(this Tensor value) => (long)value.ToScalar().Value;
        public static bool ToBoolean(this Tensor value) => value.ToScalar().Value != 0;
        public static long TotalSize(this IEnumerable<long> shape) => Kernel.Count(shape);
    }
}
