using TrainLint.Runtime.Watching;

namespace TrainLint.Runtime.Checks;

/// <summary>Whether gradients arrive, and in what size.</summary>
internal sealed class GradientCheck : Check
{
    private const int Named = 3;
    private const int StepsWithoutAny = 2;

    private readonly List<double> _norms = [];
    private readonly Dictionary<string, int> _null = [];
    private readonly Dictionary<string, int> _zero = [];
    private int _inspected;
    private int _withoutAny;
    private int _exploding;
    private int _vanishing;

    public override void Step(Run run)
    {
        if (run.Inspection is not { } inspection || inspection.Gradients.Count + inspection.WithoutGradient.Count == 0)
            return;
        var norm = inspection.GradientNorm;
        if (double.IsNaN(norm) || double.IsInfinity(norm))
            return;
        if (norm == 0)
        {
            // A loss of zero has zero gradients by rights; gradients cleared before Step() show in parameters that moved.
            _withoutAny = inspection.Changed == true || run.Losses.Any(loss => loss == 0) ? 0 : _withoutAny + 1;
            if (_withoutAny >= StepsWithoutAny)
            {
                run.Report(FindingTypes.NoGradient, inspection.Gradients.Count == 0
                    ? "no parameter of the optimizer has a gradient when it steps: backward() did not run before step(), or the loss does not depend on the model"
                    : "all gradients are zero when the optimizer steps: they are cleared between backward() and step(), or the loss does not depend on the model");
            }

            return;
        }

        _withoutAny = 0;
        _inspected++;
        Arriving(run, inspection);
        Exploding(run, norm);
        Vanishing(run, inspection);
    }

    private void Arriving(Run run, Inspection inspection)
    {
        foreach (var name in inspection.WithoutGradient)
            _null[name] = Count(_null, name) + 1;
        foreach (var name in inspection.Gradients.Where(entry => entry.Value == 0).Select(entry => entry.Key))
            _zero[name] = Count(_zero, name) + 1;
        if (_inspected != run.Options.FirstSteps)
            return;
        var never = _null.Where(entry => entry.Value == _inspected).Select(entry => entry.Key).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        if (never.Length > 0)
            run.Report(FindingTypes.UnusedSubmodule, $"{List(never)} got no gradient in {_inspected} steps: the forward pass does not use {(never.Length == 1 ? "it" : "them")}, or something on the way cuts the graph", never[0], _inspected);
        var zero = _zero.Where(entry => entry.Value == _inspected).Select(entry => entry.Key).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        if (zero.Length > 0)
            run.Report(FindingTypes.ZeroGradients, $"the gradient of {List(zero)} was zero in each of {_inspected} steps: what follows is dead, or multiplies by zero", zero[0], 0);
    }

    private void Exploding(Run run, double norm)
    {
        var usual = Reading.Median(_norms);
        _norms.Add(norm);
        _exploding = _norms.Count > run.Options.FirstSteps && norm > run.Options.ExplodingGradient * usual ? _exploding + 1 : 0;
        if (_exploding >= run.Options.Patience)
        {
            run.Report(FindingTypes.ExplodingGradients,
                FormattableString.Invariant($"the gradient norm is {norm:G3}, {norm / usual:G3} times its median so far: lower the learning rate, or clip gradients between backward() and step()"),
                null, norm / usual, run.Options.ExplodingGradient);
        }
    }

    private void Vanishing(Run run, Inspection inspection)
    {
        var weights = new HashSet<string>(run.Map.Parameters.Where(entry => !entry.Value.IsInvalid && entry.Value.dim() >= 2).Select(entry => entry.Name));
        var sizes = inspection.Gradients.Where(entry => entry.Value > 0 && weights.Contains(entry.Key))
            .Select(entry => (Name: entry.Key, Size: entry.Value / Math.Sqrt(inspection.Sizes[entry.Key]))).OrderBy(entry => entry.Size).ToArray();
        var ratio = sizes.Length < 2 ? 1 : sizes[0].Size / sizes[sizes.Length - 1].Size;
        _vanishing = ratio < run.Options.VanishingGradient ? _vanishing + 1 : 0;
        if (_vanishing >= run.Options.Patience)
        {
            run.Report(FindingTypes.VanishingGradients,
                FormattableString.Invariant($"the gradient of {sizes[0].Name} is {ratio:G2} of that of {sizes[sizes.Length - 1].Name}: use ReLU and the like instead of Sigmoid, normalization, or shortcuts"),
                sizes[0].Name, ratio, run.Options.VanishingGradient);
        }
    }

    private static int Count(Dictionary<string, int> counts, string name) => counts.TryGetValue(name, out var count) ? count : 0;

    private static string List(string[] names) => string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");
}
