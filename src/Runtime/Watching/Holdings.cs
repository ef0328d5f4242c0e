using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>
/// What optimizers hold of a model. Taken together with the map: a native optimizer (LBFGS) makes new objects for its parameters at each call, and
/// warns at each that this call is going away.
/// </summary>
internal sealed class Holdings
{
    private readonly HashSet<nint> _handles;

    public Holdings(IReadOnlyList<optim.Optimizer> optimizers, ModelMap map)
    {
        // Lists may be lazy, and may hold parameters that were disposed.
        var held = optimizers.SelectMany(optimizer => optimizer.parameters()).Where(parameter => parameter is not null).ToArray();
        var live = held.Where(parameter => !parameter.IsInvalid).ToArray();
        Count = held.Length;
        Disposed = held.Length - live.Length;

        _handles = new(live.Select(parameter => parameter.Handle));
        var others = map.Parameters.Where(entry => !_handles.Contains(entry.Value.Handle)).ToList();
        var own = new HashSet<nint>(map.Parameters.Select(entry => entry.Value.Handle));
        foreach (var stranger in live.Where(parameter => !own.Contains(parameter.Handle)))
        {
            // Another object for the same parameter has its values: what looks the same is taken for it.
            var twin = others.FindIndex(entry => AreAlike(stranger, entry.Value));
            if (twin < 0)
                continue;
            _handles.Add(others[twin].Value.Handle);
            others.RemoveAt(twin);
        }

        IsForeign = live.Length > 0 && !own.Overlaps(_handles);
        Missed = [.. others.Where(entry => entry.Value.requires_grad)];
    }

    /// <summary>How many parameters the optimizers hold, those included that are not the model's.</summary>
    public int Count { get; }

    /// <summary>How many of them were disposed.</summary>
    public int Disposed { get; }

    /// <summary>Whether none of them is the model's.</summary>
    public bool IsForeign { get; }

    /// <summary>The model's trainable parameters that are in no optimizer.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Missed { get; }

    public bool Contain(Parameter parameter) => _handles.Contains(parameter.Handle);

    private static bool AreAlike(Tensor one, Tensor other) =>
        one.dtype == other.dtype && Place.Of(one) == Place.Of(other) && one.shape.SequenceEqual(other.shape)
        && Reading.IsReadable(one) && Reading.Value(one.detach().eq(other.detach()).all()) != 0;
}
