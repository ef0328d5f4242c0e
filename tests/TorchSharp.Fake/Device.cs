// Devices, which are labels here: a tensor "on" cuda:0 lies in the same memory.

namespace TorchSharp
{
    public static partial class torch
    {
        public class Device
        {
            public DeviceType type { get; private set; }
            public int index { get; private set; }
            public Device(string description) { (type, index) = Devices.Parse(description); }
            public Device(string deviceType, int index = -1) { (type, _) = Devices.Parse(deviceType); this.index = Devices.Default(type, index); }
            public Device(DeviceType deviceType, int index = -1) { type = deviceType; this.index = Devices.Default(type, index); }
            public Device(int index) { type = DeviceType.CUDA; this.index = index; }

            public override string ToString()
                => index < 0 || type == DeviceType.CPU ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

            public static implicit operator Device(string description) => new Device(description);
        }

        public static Device CUDA { get; } = new Device(DeviceType.CUDA);
        public static Device MPS { get; } = new Device(DeviceType.MPS);
        public static readonly Device CPU= new Device(DeviceType.CPU);
        public static readonly Device META= new Device(DeviceType.META);
        public static Device device(string description) => new Device(description);
        public static Device device(string deviceType, int index = -1) => new Device(deviceType, index);
        public static Device device(DeviceType deviceType, int index = -1) => new Device(deviceType, index);
        public static Device device(int index) => new Device(index);
        public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType == DeviceType.CPU || deviceType == DeviceType.CUDA && Devices.CudaCount > 0;
        public static void InitializeDeviceType(DeviceType deviceType) { }
        public static Device InitializeDevice(Device? device) => device ?? Defaults.Device;
        public static bool cuda_is_available() => Devices.CudaCount > 0;
        public static bool mps_is_available() => Devices.HasMps;
        public static void set_default_dtype(ScalarType dtype) => Defaults.Dtype = dtype;
        public static ScalarType get_default_dtype() => Defaults.Dtype;
        public static Device get_default_device() => Defaults.Device;
        public static void set_default_device(Device device) => Defaults.Device = device;
        public static void set_default_device(string device) => Defaults.Device = new Device(device);
        public static int get_num_threads() => Defaults.Threads;
        public static void set_num_threads(int num) => Defaults.Threads = num;
        public static void set_num_interop_threads(int num) { }
        public static ScalarType @bool= ScalarType.Bool;
        public static ScalarType uint8= ScalarType.Byte;
        public static ScalarType int8= ScalarType.Int8;
        public static ScalarType int16= ScalarType.Int16;
        public static ScalarType int32= ScalarType.Int32;
        public static ScalarType int64= ScalarType.Int64;
        public static ScalarType bfloat16= ScalarType.BFloat16;
        public static ScalarType float16= ScalarType.Float16;
        public static ScalarType float32= ScalarType.Float32;
        public static ScalarType float64= ScalarType.Float64;
        public static ScalarType complex64= ScalarType.ComplexFloat32;
        public static ScalarType complex128= ScalarType.ComplexFloat64;
        public static ScalarType @short= ScalarType.Int16;
        public static ScalarType @int= ScalarType.Int32;
        public static ScalarType @long= ScalarType.Int64;
        public static ScalarType half= ScalarType.Float16;
        public static ScalarType @float= ScalarType.Float32;
        public static ScalarType @double= ScalarType.Float64;
        public static ScalarType cfloat= ScalarType.ComplexFloat32;
        public static ScalarType cdouble= ScalarType.ComplexFloat64;
        public static class cuda
        {
            public static bool is_available() => Devices.CudaCount > 0;
            public static bool is_cudnn_available() => false;
            public static int device_count() => Devices.CudaCount;
            public static void manual_seed(long seed) { random.manual_seed(seed); }
            public static void manual_seed_all(long seed) { random.manual_seed(seed); }
            public static void synchronize(Device? device = null) { }
        }
    }
}
