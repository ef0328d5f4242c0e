// The tensor: labels (shape, dtype, device), a storage with its elements, and how it was computed.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using TorchSharp.Utils;

namespace TorchSharp
{
    public static partial class torch
    {
        public partial class Tensor : IDisposable
        {
            internal long[] _shape;
            internal ScalarType _dtype;
            internal Device _device;
            internal Storage _storage;
            internal bool _requires_grad;
            internal Tensor _grad;
            /// <summary>How it was computed; null for a leaf.</summary>
            internal Node _node;
            /// <summary>Whose elements these are, of a view.</summary>
            internal WeakReference<Tensor> _base;
            internal bool _disposed;
            internal DisposeScope _scope;
            bool _shown;
            string[] _names;
            static long _total;
            static long _peak;
            static long _handles;
            /// <summary>While positive, new tensors are intermediate values of the stand-in, of which no scope and no statistics knows.</summary>
            [ThreadStatic] internal static int Hiding;
            readonly IntPtr _handle = (IntPtr)System.Threading.Interlocked.Increment(ref _handles);

            internal Tensor(long[] shape, ScalarType dtype, Device device, Storage storage)
            {
                _shape = (long[])shape.Clone();
                _dtype = dtype;
                _device = device;
                _storage = storage;
                if (Hiding > 0) GC.SuppressFinalize(this);
                else Enter();
            }

            internal Tensor(long[] shape, ScalarType dtype, Device device, double[] values = null, double fill = 0, bool requires_grad = false)
                : this(shape, dtype, device, values is null ? new Storage(Kernel.Count(shape), fill) : new Storage(values))
            {
                if (requires_grad) this.requires_grad = true;
            }

            ~Tensor() => Dispose(false);

            /// <summary>A tensor that the library would hold natively: a gradient before anybody asks for it, a buffer of an optimizer.</summary>
            internal static Tensor Hidden(long[] shape, ScalarType dtype, Device device, Storage storage) => Kernel.Compose<Tensor>(() => new Tensor(shape, dtype, device, storage));

            /// <summary>Becomes a tensor of the caller's.</summary>
            internal Tensor Show()
            {
                if (_shown || Hiding > 0) return this;
                GC.ReRegisterForFinalize(this);
                Enter();
                return this;
            }

            void Enter()
            {
                _shown = true;
                var total = System.Threading.Interlocked.Increment(ref _total);
                if (total > _peak) _peak = total;
                _scope = DisposeScopeManager.Register(this);
            }

            internal void Use()
            {
                if (_disposed) throw new InvalidOperationException("Tensor invalid -- empty handle.");
            }

            /// <summary>Makes this the result of an operation on <paramref name="inputs"/>, where these are tracked.</summary>
            /// <param name="saved">Whose elements <paramref name="rule"/> reads; this tensor may be among them.</param>
            /// <param name="rule">From its gradient to those of the inputs; null where the stand-in has no formula.</param>
            internal Tensor Follow(string operation, Tensor[] inputs, Tensor[] saved, Func<double[], double[][]> rule)
            {
                if (!Kernel.IsFloat(_dtype) || !Kernel.Tracks(inputs)) return this;
                _requires_grad = true;
                _node = new Node(operation, inputs, saved, rule);
                return this;
            }

            internal double At(long i) => _storage.At(i);

            /// <summary>The elements in row order, not to be written to.</summary>
            internal double[] Read()
            {
                Use();
                return _storage.Read();
            }

            /// <summary>The elements as an array that may be written to.</summary>
            internal double[] Materialize()
            {
                Use();
                return _storage.Write();
            }

            /// <summary>What an operation with a trailing underscore does: takes over the result and keeps the identity.</summary>
            internal Tensor Assign(Func<Tensor> operation, bool cast = false)
            {
                Changing();
                var result = Kernel.Compose<Tensor>(operation);
                if (!result._shape.SequenceEqual(_shape)) throw Kernel.Error($"output with shape [{string.Join(", ", _shape)}] doesn't match the broadcast shape [{string.Join(", ", result._shape)}]");
                if (!cast && Kernel.IsFloat(result._dtype) && !Kernel.IsFloat(_dtype)) throw Kernel.Error($"result type {Kernel.NameOf(result._dtype)} can't be cast to the desired output type {Kernel.NameOf(_dtype)}");
                Put(result);
                if (!GradMode.Enabled || !Kernel.IsFloat(_dtype)) return this;
                result._node?.MoveResult(result._storage, _storage);
                if (result._requires_grad) Overtake();
                // What was overwritten with constants is still no leaf.
                if (_requires_grad || result._requires_grad) (_requires_grad, _node) = (true, result._node ?? new Node("fill_", Array.Empty<Tensor>(), Array.Empty<Tensor>(), null));
                return this;
            }

            Tensor Base() => _base is not null && _base.TryGetTarget(out var t) && !t._disposed ? t : null;

            /// <summary>Refuses to change in place what the library refuses to.</summary>
            internal void Changing()
            {
                Use();
                if (!GradMode.Enabled) return;
                if (_requires_grad && _node is null) throw Kernel.Error("a leaf Variable that requires grad is being used in an in-place operation.");
                if (Base() is { _requires_grad: true, _node: null }) throw Kernel.Error("a view of a leaf Variable that requires grad is being used in an in-place operation.");
            }

            /// <summary>A tracked change in place of a view is one of its base too, and that is not recorded there: the base has no gradient any more, and says so.</summary>
            internal void Overtake()
            {
                if (GradMode.Enabled && Base() is { } t) (t._requires_grad, t._node) = (true, new Node("a tensor that was changed through a view of it", new[] { this }, Array.Empty<Tensor>(), null));
            }

            internal void Put(Tensor source)
            {
                if (source._storage.IsUniform)
                {
                    _storage.Set(Kernel.Fit(_dtype, source._storage.Fill));
                    return;
                }
                var values = (double[])source.Read().Clone();
                Kernel.Fit(_dtype, values);
                _storage.Set(values);
            }

            internal Tensor Detached() => new(_shape, _dtype, _device, _storage);

            Tensor Move(ScalarType type, Device device, bool copy, bool disposeAfter)
            {
                Use();
                if (!copy && type == _dtype && Devices.Same(device, _device)) return alias();
                var storage = _storage.Copy();
                if (type != _dtype)
                {
                    if (storage.IsUniform) storage.Set(Kernel.Fit(type, storage.Fill));
                    else Kernel.Fit(type, storage.Write());
                }
                var moved = new Tensor(_shape, type, device, storage).Follow("to", new[] { this }, Array.Empty<Tensor>(), g => new[] { g });
                if (disposeAfter) Dispose();
                return moved;
            }

            public override bool Equals(object? obj) => obj is Tensor other && Equals(other);
            public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
            public string? name { get; set; }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (_disposed) return;
                _disposed = true;
                if (_shown)
                {
                    if (_scope is null) DisposeScopeManager.DisposedOutside();
                    else _scope.MarkAsDisposed(this);
                    System.Threading.Interlocked.Decrement(ref _total);
                }
                (_scope, _node, _storage) = (null, null, null);
            }

            public bool IsInvalid => _disposed;
            public Tensor MoveToOuterDisposeScope() { _scope?.MoveToOuter(this); return this; }
            public Tensor DetachFromDisposeScope() { _scope?.Detach(this); return this; }
            public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other._scope);

            public Tensor MoveToOtherDisposeScope(DisposeScope? other)
            {
                if (other is null) return DetachFromDisposeScope();
                if (_scope is null) other.Attach(this);
                else _scope.MoveToOther(other, this);
                return this;
            }

            [Obsolete("Old.")] public Tensor DetatchFromDisposeScope() => DetachFromDisposeScope();
            public static long TotalCount => _total;
            public static long PeakCount => _peak;
            public nint Handle { get { Use(); return _handle; } }
            public long Dimensions => _shape.Length;
            public long dim() => _shape.Length;
            public long ndim => _shape.Length;
            public long NumberOfElements => numel();
            public long numel() { Use(); return Kernel.Count(_shape); }
            public long ElementSize => dtype.ElementSize();
            public long element_size() => dtype.ElementSize();
            public bool is_integral() => !Kernel.IsFloat(dtype);
            public bool is_floating_point() => Kernel.IsFloat(dtype) && !is_complex();
            public bool is_complex() => dtype is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;
            public bool is_nonzero() => ToScalar().Value != 0;
            public bool is_cuda => device_type == DeviceType.CUDA;
            public bool is_meta => device_type == DeviceType.META;
            public bool is_leaf => _node is null;
            public Tensor alias() { Use(); return Kernel.View(this, _shape); }

            public TensorAccessor<T> data<T>() where T : unmanaged
            {
                Use();
                if (device_type != DeviceType.CPU) throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                if (typeof(T) != Elements.TypeOf(dtype)) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
                return new TensorAccessor<T>(this);
            }

            public T item<T>() where T : unmanaged
            {
                if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
                if (typeof(T) != Elements.TypeOf(dtype)) throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
                return (T)Elements.Box(typeof(T), Single());
            }

            public double ReadCpuDouble(long i) => At(i);
            public float ReadCpuSingle(long i) => (float)At(i);
            public int ReadCpuInt32(long i) => (int)At(i);
            public long ReadCpuInt64(long i) => (long)At(i);
            public byte ReadCpuByte(long i) => (byte)At(i);
            public sbyte ReadCpuSByte(long i) => (sbyte)At(i);
            public short ReadCpuInt16(long i) => (short)At(i);
            public bool ReadCpuBool(long i) => At(i) != 0;
            public T ReadCpuValue<T>(long i) where T : unmanaged => (T)Elements.Box(typeof(T), At(i));
            public float ReadCpuFloat16(long i) => (float)At(i);
            public float ReadCpuBFloat16(long i) => (float)At(i);

            double Single() => device_type == DeviceType.META ? throw Kernel.Error("Tensor.item() cannot be called on meta tensors") : At(0);

            public Scalar ToScalar()
            {
                Use();
                if (numel() != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
                return new Scalar(Single(), dtype);
            }

            public ScalarType dtype { get { Use(); return _dtype; } }
            public Device device { get { Use(); return _device; } }
            public int device_index => device.index;
            public DeviceType device_type => device.type;
            public bool is_sparse => false;

            public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null)
                => Graph.Run(new[] { this }, grad_tensors, retain_graph, create_graph, inputs);

            public static Tensor load(string location) { using var stream = File.OpenRead(location); return TensorFile.Read(stream); }
            public void save(string location) { using var stream = File.Create(location); TensorFile.Write(this, stream); }

            public bool requires_grad {
                get => _requires_grad;
                set
                {
                    Use();
                    if (value && !Kernel.IsFloat(_dtype)) throw new ArgumentException("Only floating point tensors support gradients.");
                    if (!value && _node is not null) throw Kernel.Error("you can only change requires_grad flags of leaf variables.");
                    _requires_grad = value;
                }
            }

            public Tensor requires_grad_(bool requires_grad = true) { this.requires_grad = requires_grad; return this; }

            public void retain_grad()
            {
                Use();
                if (!_requires_grad) throw Kernel.Error("can't retain_grad on Tensor that has requires_grad=False");
                if (_node is not null) _node.Retained = this;
            }

            public Tensor with_requires_grad(bool requires_grad = true) { this.requires_grad = requires_grad; return this; }
            public bool is_cpu() => device_type == DeviceType.CPU;
            public Tensor cpu() => Move(_dtype, CPU, false, false);
            public Tensor mps(bool non_blocking = false) => Move(_dtype, MPS, false, false);
            public Tensor cuda(Device? device = null, bool non_blocking = false) => Move(_dtype, device ?? CUDA, false, false);

            public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
                => Move(type, _device, copy, disposeAfter);

            public Tensor type_as(Tensor tensor) => Move(tensor.dtype, tensor.device, false, false);

            public Tensor set_(Tensor source)
            {
                (_shape, _storage) = ((long[])source._shape.Clone(), source._storage);
                return this;
            }

            public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
                => Move(_dtype, new Device(deviceType, deviceIndex), copy, disposeAfter);

            public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
                => Move(type, device, copy, disposeAfter);

            public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(type, _device, copy, disposeAfter);

            public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
                => Move(_dtype, new Device(device), copy, disposeAfter);

            public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Move(_dtype, device, copy, disposeAfter);
            public Tensor to(Tensor other, bool non_blocking = false) => Move(other.dtype, other.device, false, false);
            public Tensor type(ScalarType dtype) => Move(dtype, _device, false, false);
            public long size(int dim) => _shape[Kernel.Dim(this, dim)];
            public long[] size() => shape;
            public long[] shape { get { Use(); return (long[])_shape.Clone(); } }
            public string[] names => _names ?? new string[_shape.Length];
            public void backward() => Graph.Run(new[] { this }, null, false, false, null);
            
            public Tensor clone()
            {
                Use();
                return new Tensor(_shape, _dtype, _device, _storage.Copy()).Follow(nameof(clone), new[] { this }, Array.Empty<Tensor>(), g => new[] { g });
            }

            public bool is_contiguous() => true;
            public Tensor contiguous() { Use(); return Kernel.View(this, _shape); }
            public Tensor pin_memory() { Use(); return Kernel.View(this, _shape); }

            public Tensor? grad {
                get { Use(); return _grad?.Detached(); }
                set
                {
                    Use();
                    if (value is not null && !value._shape.SequenceEqual(_shape)) throw Kernel.Error($"assigned grad has data of a different size: [{string.Join(", ", value._shape)}] instead of [{string.Join(", ", _shape)}]");
                    if (value is not null && !Devices.Same(value.device, _device)) throw Kernel.Error($"assigned grad has data located on a different device: {value.device} instead of {_device}");
                    _grad = value is null ? null : Hidden(value._shape, value._dtype, value._device, value._storage);
                }
            }

            public Tensor @bool() => to(ScalarType.Bool);
            public Tensor @byte() => to(ScalarType.Byte);
            public Tensor @char() => to(ScalarType.Int8);
            public Tensor @short() => to(ScalarType.Int16);
            public Tensor @int() => to(ScalarType.Int32);
            public Tensor @long() => to(ScalarType.Int64);
            public Tensor half() => to(ScalarType.Float16);
            public Tensor bfloat16() => to(ScalarType.BFloat16);
            public Tensor @float() => to(ScalarType.Float32);
            public Tensor @double() => to(ScalarType.Float64);

            /// <summary>Whether the values are the same; of NaN they are not. That the hash is the object's own is the library's choice.</summary>
            public bool Equals(Tensor target)
            {
                if (target is null) return false;
                Use();
                target.Use();
                if (is_meta || target.is_meta) throw Kernel.Error("Could not run 'aten::equal' with arguments from the 'Meta' backend.");
                if (device_type != target.device_type) throw Kernel.Error($"Cannot compare two tensors on different devices. Got: {device} and {target.device}");
                return _shape.SequenceEqual(target._shape) && Read().Zip(target.Read(), (a, b) => a == b).All(same => same);
            }

            public Tensor detach() { Use(); return Detached(); }
            public Tensor detach_() { Use(); _requires_grad = false; _node = null; return this; }
            public static implicit operator Tensor(byte value) => Elements.Make(value);
            public static implicit operator Tensor(sbyte value) => Elements.Make(value);
            public static implicit operator Tensor(short value) => Elements.Make(value);
            public static implicit operator Tensor(int value) => Elements.Make(value);
            public static implicit operator Tensor(long value) => Elements.Make(value);
            public static implicit operator Tensor(float value) => Elements.Make(value);
            public static implicit operator Tensor(double value) => Elements.Make(value);
            public static implicit operator Tensor(bool value) => Elements.Make(value);
            public static implicit operator Tensor(byte[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(sbyte[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(short[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(int[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(long[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(float[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(double[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(bool[] value) => Elements.Make(value, null, null, null, false);
            public static implicit operator Tensor(Scalar scalar) => Kernel.Make(scalar.Type, CPU, scalar.Value);
            public override string ToString() => ToString(TensorStringStyle.Metadata);

            public string ToString(bool disamb, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
                => ToString(disamb ? TensorStringStyle.Metadata : TensorStringStyle.Julia, fltFormat, width, cultureInfo, newLine);

            public string ToString(TensorStringStyle style, string? fltFormat = null, int? width = null, CultureInfo? cultureInfo = null, string? newLine = null)
                => TensorText.Write(this, style, fltFormat, cultureInfo);

            public object tolist() => numel() == 1 ? (object)At(0) : Enumerable.Range(0, (int)numel()).Select(i => (object)At(i)).ToList();
            public static explicit operator float(Tensor value) => Elements.As<float>(value);
            public static explicit operator double(Tensor value) => Elements.As<double>(value);
            public static explicit operator sbyte(Tensor value) => Elements.As<sbyte>(value);
            public static explicit operator byte(Tensor value) => Elements.As<byte>(value);
            public static explicit operator short(Tensor value) => Elements.As<short>(value);
            public static explicit operator int(Tensor value) => Elements.As<int>(value);
            public static explicit operator long(Tensor value) => Elements.As<long>(value);
            public static explicit operator bool(Tensor value) => Elements.As<bool>(value);
            public static Tensor Load(string location) { using var stream = File.OpenRead(location); return TensorFile.Read(stream); }
        }
    }
}
