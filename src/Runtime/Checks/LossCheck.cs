using TrainLint.Runtime.Watching;

namespace TrainLint.Runtime.Checks;

/// <summary>The course of the loss.</summary>
internal sealed class LossCheck : Check
{
    private const int Short = 20;

    private readonly List<double> _losses = [];
    private readonly List<double> _medians = [];
    private double _previous = double.NaN;

    public override void Step(Run run)
    {
        if (run.Losses.Count == 0)
            return;
        // The first of a step is that of the parameters as they were; later ones of a closure are on its way.
        var loss = run.Losses[0];
        if (double.IsNaN(loss) || double.IsInfinity(loss) || !run.Options.LossIsProgress)
            return;
        _losses.Add(loss);
        if (_losses.Count == 1)
            First(run, loss);
        if (_losses.Count % Short == 0)
            Diverging(run);
        var span = Math.Max(2, run.Options.PlateauSteps / 5);
        if (_losses.Count == run.Options.PlateauSteps)
            Plateau(run, span);
        if (_losses.Count % span == 0)
            Oscillating(run, span);
    }

    private static void First(Run run, double loss)
    {
        var guessing = run.Options.EffectiveObjective switch
        {
            Objective.CrossEntropy when run.Options.Classes is { } classes and > 1 => Math.Log(classes),
            Objective.BinaryCrossEntropy => Math.Log(2),
            _ => double.NaN,
        };
        if (loss > run.Options.FirstLossFactor * guessing)
        {
            run.Report(FindingTypes.FirstLoss,
                FormattableString.Invariant($"the first loss is {loss:G3}, that of guessing {guessing:G3}: the scores are far too large; scale the inputs, look at the initialization and at a loss that sums instead of averaging"),
                null, loss / guessing, run.Options.FirstLossFactor);
        }
    }

    private void Diverging(Run run)
    {
        var now = Reading.Median(Last(Short));
        var (first, lowest) = _medians.Count == 0 ? (now, now) : (_medians[0], _medians.Min());
        // Ratios mean something for positive losses only; near zero they are noise, hence the second condition.
        var isHigh = lowest > 0 && now > run.Options.DivergenceFactor * lowest && now > run.Options.DivergenceFactor / 2 * first;
        if (isHigh && _medians[_medians.Count - 1] > run.Options.DivergenceFactor * lowest)
        {
            run.Report(FindingTypes.Divergence,
                FormattableString.Invariant($"the loss has risen from {lowest:G3} to {now:G3} (medians of {Short} steps): lower the learning rate, or clip gradients"), null, now / lowest, run.Options.DivergenceFactor);
        }

        _medians.Add(now);
    }

    private void Plateau(Run run, int span)
    {
        var (before, now) = (Reading.Median(_losses.Take(span)), Reading.Median(Last(span)));
        if (before > 0 && now > (1 - run.Options.PlateauFall) * before)
        {
            run.Report(FindingTypes.Plateau,
                FormattableString.Invariant($"after {_losses.Count} steps the loss is {now:G4}, where it was {before:G4} at the start: is the learning rate far too low or too high, do targets belong to inputs? TrainGuard.OverfitOneBatch tells whether the model can learn at all"),
                null, 1 - now / before, run.Options.PlateauFall);
        }
    }

    private void Oscillating(Run run, int span)
    {
        var last = Last(span).ToArray();
        var median = Reading.Median(last);
        var steps = last.Skip(1).Zip(last, (b, a) => b - a).ToArray();
        var turns = steps.Skip(1).Zip(steps, (b, a) => b * a < 0 ? 1 : 0).Sum() / (double)Math.Max(1, steps.Length - 1);
        var size = steps.Average(Math.Abs) / median;
        // A loss that still falls may swing; so may one that alternates between two batches.
        var falls = double.IsNaN(_previous) || median < 0.98 * _previous;
        _previous = median;
        if (!falls && median > 0 && turns > 0.95 && size > run.Options.OscillationSize)
        {
            run.Report(FindingTypes.Oscillation,
                FormattableString.Invariant($"the loss goes up and down with every step by {size:P0} of its median and does not fall: lower the learning rate"), null, size, run.Options.OscillationSize);
        }
    }

    private IEnumerable<double> Last(int count) => _losses.Skip(Math.Max(0, _losses.Count - count));
}
