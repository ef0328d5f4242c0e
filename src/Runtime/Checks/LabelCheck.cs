using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>Class labels: their type and range, how often each comes, and in which order.</summary>
internal sealed class LabelCheck : Check
{
    private const int LeastForOrder = 200;
    private const int LeastForBalance = 500;
    private const int MostClasses = 100;

    private readonly List<long> _seen = [];
    private bool _judged;

    public override void Batch(Run run, IReadOnlyList<Tensor> inputs, Tensor? target)
    {
        if (target is null || !Reading.IsReadable(target))
            return;
        if (run.Options.EffectiveObjective == Objective.CrossEntropy && run.Options.Classes is { } classes)
            Allowed(run, target, classes);
        Collect(run, inputs, target);
    }

    public override void Epoch(Run run, double validation) => Judge(run);

    /// <summary>What the loss, or a kernel on the device, would refuse without naming it.</summary>
    private static void Allowed(Run run, Tensor target, int classes)
    {
        if (target.is_floating_point())
        {
            if (target.dim() < 2 || target.shape[1] != classes)
                run.Report(FindingTypes.ClassTargetType, $"the target is {target.dtype} of shape [{string.Join(", ", target.shape)}]: class indices must be Int64; call .to_type(ScalarType.Int64)", "target");
            return;
        }

        if (target.dtype is not (ScalarType.Int64 or ScalarType.Byte))
        {
            run.Report(FindingTypes.ClassTargetType, $"the target is {target.dtype}, which cross entropy refuses: call .to_type(ScalarType.Int64)", "target");
            return;
        }

        // Reading a tensor waits for the device, so that those on one are read on inspected steps only.
        if (target.numel() == 0 || (Place.Of(target).Type != TorchSharp.DeviceType.CPU && !run.IsInspected))
            return;
        var used = target.detach().masked_select(target.detach().ne(run.Options.IgnoreIndex));
        if (used.numel() == 0)
            return;
        var (least, most) = (Reading.Value(used.min()), Reading.Value(used.max()));
        if (least < 0 || most >= classes)
        {
            var wrong = least < 0 ? least : most;
            run.Report(FindingTypes.ClassOutOfRange,
                FormattableString.Invariant($"the target holds class {wrong}, and the classes are 0 to {classes - 1}: {(most == classes && least >= 1 ? "they are numbered from 1; subtract 1" : "look at the labels and at the model's last layer")}"),
                "target", wrong, classes - 1);
        }
    }

    private void Collect(Run run, IReadOnlyList<Tensor> inputs, Tensor target)
    {
        // Indices as inputs are tokens, and targets then the next tokens: neither order nor frequency is what it is for classes.
        if (_judged || target.is_floating_point() || target.dim() != 1 || inputs.Any(input => !input.is_floating_point()))
            return;
        foreach (var label in Reading.Elements(target))
        {
            _seen.Add((long)label);
            run.Labels[(long)label] = (run.Labels.TryGetValue((long)label, out var count) ? count : 0) + 1;
        }

        if (_seen.Count >= run.Options.LabelSample)
            Judge(run);
    }

    private void Judge(Run run)
    {
        if (_judged || _seen.Count == 0)
            return;
        _judged = true;
        var counts = _seen.GroupBy(label => label).ToDictionary(group => group.Key, group => group.Count());
        if (run.Options.Classes is null && counts.Count > MostClasses)
            return;
        Order(run, counts);
        Balance(run, counts);
        _seen.Clear();
    }

    private void Order(Run run, Dictionary<long, int> counts)
    {
        if (_seen.Count < LeastForOrder)
            return;
        if (counts.Count == 1)
        {
            if (run.Options.Classes is > 1)
                run.Report(FindingTypes.LabelsSorted, $"the first {_seen.Count} labels are all of class {_seen[0]}: shuffle the training data", "target", 0, run.Options.LabelChanges);
            return;
        }

        double n = _seen.Count;
        var expected = (n - 1) * (1 - counts.Values.Sum(count => count / n * (count / n)));
        var changes = _seen.Skip(1).Zip(_seen, (b, a) => a == b ? 0 : 1).Sum();
        if (changes < run.Options.LabelChanges * expected)
        {
            run.Report(FindingTypes.LabelsSorted,
                FormattableString.Invariant($"the class changes {changes} times in the first {_seen.Count} labels, where shuffled data changes about {expected:F0} times: shuffle the training data"),
                "target", changes / expected, run.Options.LabelChanges);
        }
    }

    private void Balance(Run run, Dictionary<long, int> counts)
    {
        if (_seen.Count < LeastForBalance || counts.Count < 2)
            return;
        var (most, least) = (counts.OrderByDescending(entry => entry.Value).First(), counts.OrderBy(entry => entry.Value).First());
        var ratio = most.Value / (double)least.Value;
        if (ratio >= run.Options.ClassImbalance)
        {
            run.Report(FindingTypes.Imbalance,
                FormattableString.Invariant($"class {most.Key} comes {most.Value} times and class {least.Key} {least.Value} times in the first {_seen.Count} labels: weight the loss or sample evenly, and do not judge by accuracy"),
                "target", ratio, run.Options.ClassImbalance);
        }
    }
}
