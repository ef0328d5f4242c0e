using TorchSharp;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>Numbers out of tensors, with one transfer where there can be one. To be called within <see cref="Quiet"/>.</summary>
internal static class Reading
{
    /// <summary>Whether a tensor still exists and has values to read.</summary>
    public static bool IsReadable(Tensor? tensor) => tensor is not null && !tensor.IsInvalid && !tensor.is_sparse && Place.Of(tensor).HasValues;

    /// <summary>The value of a tensor with one element.</summary>
    public static double Value(Tensor scalar) => scalar.detach().cpu().to_type(ScalarType.Float64).item<double>();

    /// <summary>The values of tensors with one element each.</summary>
    public static double[] Values(IReadOnlyList<Tensor> scalars)
    {
        if (scalars.Count == 0)
            return [];
        var place = Place.Of(scalars[0]);
        return scalars.All(scalar => Place.Of(scalar) == place)
            ? Elements(stack(scalars.Select(scalar => scalar.reshape(1).to_type(ScalarType.Float32))))
            : [.. scalars.Select(Value)];
    }

    /// <summary>All elements, in row order.</summary>
    public static double[] Elements(Tensor tensor) => tensor.detach().cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();

    /// <summary>Whether no element is NaN or infinite; true of integers.</summary>
    public static bool IsFinite(Tensor tensor) => !tensor.is_floating_point() || Value(tensor.detach().isfinite().all()) != 0;

    /// <summary>The Euclidean norm of all elements, as a tensor of one element in float32.</summary>
    public static Tensor Norm(Tensor tensor) => (tensor.dtype == ScalarType.Float32 ? tensor.detach() : tensor.detach().to_type(ScalarType.Float32)).norm();

    /// <summary>The middle one of some values.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.OrderBy(value => value).ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Within it nothing is recorded for backward(), and what is made is freed at its end: the guard's own work leaves nothing behind.</summary>
internal sealed class Quiet : IDisposable
{
    private readonly IDisposable _mode = no_grad();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _mode.Dispose();
    }
}
