using TrainLint.Runtime.Watching;

namespace TrainLint.Runtime.Checks;

/// <summary>Whether the step moves the parameters, and how far.</summary>
internal sealed class UpdateCheck : Check
{
    private const int StepsUnchanged = 2;
    private const double Converged = 0.01;

    private double[] _rates = [];
    private double _firstNorm;
    private bool _everChanged;
    private int _unchanged;
    private int _large;
    private int _small;

    public override void Step(Run run)
    {
        if (run.Inspection is not { } inspection)
            return;
        // While the rate is on its way up from zero, steps that round to nothing are normal.
        var isSteady = _rates.SequenceEqual(run.LearningRates);
        _rates = [.. run.LearningRates];
        if (!isSteady)
            _unchanged = _large = _small = 0;
        _firstNorm = _firstNorm > 0 ? _firstNorm : inspection.GradientNorm;
        _everChanged |= inspection.Changed == true;
        // A run that has arrived stops to move, with gradients far below those of its start.
        var hasArrived = run.LearningRates.All(rate => rate == 0) || run.Losses.Any(loss => loss == 0) || (_everChanged && inspection.GradientNorm < Converged * _firstNorm);
        Unchanged(run, inspection, hasArrived);
        Size(run, inspection, hasArrived);
    }

    private void Unchanged(Run run, Inspection inspection, bool hasArrived)
    {
        if (inspection.Changed is null)
            return;
        _unchanged = inspection.Changed == true || hasArrived ? 0 : _unchanged + 1;
        if (_unchanged >= StepsUnchanged)
        {
            run.Report(FindingTypes.NothingChanged,
                FormattableString.Invariant($"no parameter changed in {_unchanged} steps with a learning rate of {run.LearningRates.DefaultIfEmpty(0).Max():G3}: optimizer.step() is not called before guard.Step(), its gradients are zero, or its parameters are not the model's"),
                null, 0);
        }
    }

    private void Size(Run run, Inspection inspection, bool hasArrived)
    {
        var weights = new HashSet<string>(run.Map.Parameters.Where(entry => !entry.Value.IsInvalid && entry.Value.dim() >= 2).Select(entry => entry.Name));
        var ratios = inspection.Updates.Where(entry => weights.Contains(entry.Key) && !double.IsNaN(entry.Value) && !double.IsInfinity(entry.Value)).Select(entry => entry.Value).ToArray();
        if (ratios.Length == 0)
            return;
        var (middle, largest) = (Reading.Median(ratios), ratios.Max());
        _large = middle > run.Options.LargeUpdate ? _large + 1 : 0;
        if (_large >= run.Options.Patience)
        {
            run.Report(FindingTypes.RateTooHigh,
                FormattableString.Invariant($"a step moves the weights by {middle:P0} of their norm, in {_large} inspected steps in a row: lower the learning rate"), null, middle, run.Options.LargeUpdate);
        }

        _small = largest > 0 && largest < run.Options.SmallUpdate && !hasArrived ? _small + 1 : 0;
        if (_small >= run.Options.Patience)
        {
            run.Report(FindingTypes.RateTooLow,
                FormattableString.Invariant($"a step moves no weight by more than {largest:G2} of its norm, in {_small} inspected steps in a row: raise the learning rate"), null, largest, run.Options.SmallUpdate);
        }
    }
}
