using TorchSharp;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>Where a tensor lies: "cuda" and "cuda:0" are one place.</summary>
internal readonly record struct Place(DeviceType Type, int Index)
{
    public static Place Of(Tensor tensor) => tensor.device_type is var type && type == DeviceType.CPU
        ? new(type, 0)
        : new(type, Math.Max(0, tensor.device_index));

    /// <summary>Whether values can be read there.</summary>
    public bool HasValues => Type != DeviceType.META;

    public override string ToString() => Type switch
    {
        DeviceType.CUDA => "cuda:" + Index.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => Type.ToString().ToLowerInvariant(),
    };
}
