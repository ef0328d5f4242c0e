using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>Gradients and updates of one step, by parameter.</summary>
/// <param name="Gradients">The Euclidean norm of each gradient that is there and dense.</param>
/// <param name="WithoutGradient">The trained parameters whose gradient is null.</param>
/// <param name="Updates">The norm of the update over the norm of the weight, where the weight is not zero. Measured on a sample of each parameter.</param>
/// <param name="Sizes">The number of elements of each trained parameter.</param>
/// <param name="Changed">Whether a parameter changed; null where it is not known, because there is no copy from before the step or it covers only a part.</param>
/// <param name="SeemsUnchanged">Whether a copy was there and showed no change, complete or not.</param>
internal sealed record Inspection(
    IReadOnlyDictionary<string, double> Gradients,
    IReadOnlyCollection<string> WithoutGradient,
    IReadOnlyDictionary<string, double> Updates,
    IReadOnlyDictionary<string, long> Sizes,
    bool? Changed,
    bool SeemsUnchanged)
{
    /// <summary>Whether gradients are there to be judged. Zeros after a step that moved the parameters were cleared since.</summary>
    public bool HasGradients => Gradients.Values.Any(norm => norm != 0) || SeemsUnchanged;

    /// <summary>The norm over all gradients.</summary>
    public double GradientNorm => Math.Sqrt(Gradients.Values.Sum(norm => norm * norm));

    /// <summary>Measures the end of a step.</summary>
    /// <param name="trained">The parameters that the optimizers train.</param>
    /// <param name="before">Their values before the step; null where nothing was copied.</param>
    public static Inspection Of(IReadOnlyList<(string Name, Parameter Value)> trained, Snapshot? before)
    {
        var without = new List<string>();
        var names = new List<string>();
        var norms = new List<Tensor>();
        foreach (var (name, parameter) in trained)
        {
            var gradient = parameter.grad;
            if (gradient is null)
            {
                without.Add(name);
            }
            else if (Reading.IsReadable(gradient))
            {
                names.Add(name);
                norms.Add(Reading.Norm(gradient));
            }
        }

        var values = Reading.Values(norms);
        var gradients = new Dictionary<string, double>();
        for (var i = 0; i < names.Count; i++)
            gradients[names[i]] = values[i];

        var changes = before?.Compare(trained);
        // Without values (META) there is nothing to compare.
        bool? changed = changes is { Count: > 0 } ? changes.Any(change => change.Moved != 0) : null;
        return new(
            gradients,
            without,
            (changes ?? []).Where(change => change.Weight > 0).ToDictionary(change => change.Name, change => change.Moved / change.Weight),
            trained.ToDictionary(entry => entry.Name, entry => entry.Value.numel()),
            changed == true || before is { IsComplete: true } ? changed : null,
            changed == false);
    }

    /// <summary>Values of one layer: the Euclidean sum over its parameters.</summary>
    public static SortedDictionary<string, double> ByLayer(IReadOnlyDictionary<string, double> byParameter)
    {
        var layers = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var group in byParameter.GroupBy(entry => ModelMap.LayerOf(entry.Key)))
            layers[group.Key] = Math.Sqrt(group.Sum(entry => entry.Value * entry.Value));
        return layers;
    }
}

/// <summary>Copies of parameters, or of the first elements of each, kept from before a step until after it.</summary>
internal sealed class Snapshot : IDisposable
{
    private readonly Dictionary<nint, Tensor> _copies = [];
    private readonly long _limit;

    /// <param name="trained">The parameters.</param>
    /// <param name="limit">How many elements of each are copied.</param>
    public Snapshot(IReadOnlyList<(string Name, Parameter Value)> trained, long limit)
    {
        _limit = limit;
        IsComplete = trained.All(entry => Reading.IsReadable(entry.Value) && entry.Value.numel() <= limit);
        foreach (var (_, parameter) in trained)
        {
            if (Reading.IsReadable(parameter))
                _copies[parameter.Handle] = First(parameter).clone().DetachFromDisposeScope();
        }
    }

    /// <summary>Whether every element was copied.</summary>
    public bool IsComplete { get; }

    /// <summary>How far each parameter has moved: the norms of the difference and of the weight before.</summary>
    public IReadOnlyList<(string Name, double Moved, double Weight)> Compare(IReadOnlyList<(string Name, Parameter Value)> trained)
    {
        var names = new List<string>();
        var norms = new List<Tensor>();
        foreach (var (name, parameter) in trained)
        {
            if (!_copies.TryGetValue(parameter.Handle, out var copy) || Place.Of(copy) != Place.Of(parameter))
                continue;
            names.Add(name);
            norms.Add(Reading.Norm(First(parameter).sub(copy)));
            norms.Add(Reading.Norm(copy));
        }

        var values = Reading.Values(norms);
        return [.. names.Select((name, i) => (name, values[2 * i], values[2 * i + 1]))];
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values)
            copy.Dispose();
        _copies.Clear();
    }

    private Tensor First(Tensor parameter)
    {
        var flat = parameter.detach().reshape(-1);
        return flat.numel() <= _limit ? flat : flat.narrow(0, 0, _limit);
    }
}
