using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>The tensors of a model, with where each lies: taken once, and again when something moved.</summary>
internal sealed class ModelMap
{
    private readonly (nint Handle, Place Place, ScalarType Type)[] _labels;

    private ModelMap(nn.Module model)
    {
        Parameters = [.. model.named_parameters().Where(p => p.parameter is not null && !p.parameter.IsInvalid)];
        Buffers = [.. model.named_buffers().Where(b => b.buffer is not null && !b.buffer.IsInvalid)];
        All = [.. Parameters.Select(p => (p.Name, (Tensor)p.Value)), .. Buffers];
        _labels = [.. All.Select(entry => Label(entry.Value))];
        Places = [.. All.Zip(_labels, (entry, label) => (entry.Name, label.Place))];
        Place = Places.Count == 0
            ? null
            : Places.Zip(All, (entry, tensor) => (entry.Place, Size: tensor.Value.numel()))
                .GroupBy(entry => entry.Place)
                .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Sum(entry => entry.Size))
                .First().Key;
        Types = new HashSet<ScalarType>(Parameters.Where(p => p.Value.is_floating_point()).Select(p => p.Value.dtype));
    }

    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }

    public IReadOnlyList<(string Name, Tensor Value)> Buffers { get; }

    /// <summary>Parameters, then buffers.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> All { get; }

    public IReadOnlyList<(string Name, Place Place)> Places { get; }

    /// <summary>Where most of the model lies; null for a model without tensors.</summary>
    public Place? Place { get; }

    /// <summary>The floating types of the parameters.</summary>
    public IReadOnlyCollection<ScalarType> Types { get; }

    public long Size => Parameters.Sum(p => p.Value.numel());

    public static ModelMap Of(nn.Module model) => new(model);

    /// <summary>
    /// Whether every tensor is still the one that was seen, where it was seen. to() replaces and disposes parameters, or converts them in place,
    /// by version; both show here at the price of three calls per tensor. Tensors that joined later do not.
    /// </summary>
    public bool IsCurrent()
    {
        for (var i = 0; i < All.Count; i++)
        {
            var tensor = All[i].Value;
            if (tensor.IsInvalid || Label(tensor) != _labels[i])
                return false;
        }

        return true;
    }

    /// <summary>Whether both have the same tensors. Two tensors are told apart by their handles: Equals of the library compares values.</summary>
    public bool IsSameAs(ModelMap other) => _labels.Select(label => label.Handle).SequenceEqual(other._labels.Select(label => label.Handle));

    /// <summary>The path of the layer that a parameter belongs to; empty for the model itself.</summary>
    public static string LayerOf(string path) => path.LastIndexOf('.') is var dot and >= 0 ? path.Substring(0, dot) : "";

    private static (nint Handle, Place Place, ScalarType Type) Label(Tensor tensor) => (tensor.Handle, Watching.Place.Of(tensor), tensor.dtype);
}
