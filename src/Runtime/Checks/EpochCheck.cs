using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>What shows from epoch to epoch.</summary>
internal sealed class EpochCheck : Check
{
    private long _lossesSeen;
    private long _steps;
    private double _sum;
    private (long Epoch, double Validation, double Training)? _best;

    public override void Loss(Run run, double value, Tensor? output) => _lossesSeen++;

    public override void Step(Run run)
    {
        _steps++;
        _sum += run.Losses.Count > 0 ? run.Losses[0] : double.NaN;
    }

    public override void Epoch(Run run, double validation)
    {
        if (_steps == 0 && _lossesSeen > 0)
            run.Report(FindingTypes.NeverStepped, $"{_lossesSeen} losses were computed in this epoch and no step followed: optimizer.step() is not called, or guard.Step() is missing after it", null, 0);
        if (_steps > 0 && !double.IsNaN(validation))
            Overfitting(run, validation, _sum / _steps);
        _lossesSeen = _steps = 0;
        _sum = 0;
    }

    private void Overfitting(Run run, double validation, double training)
    {
        if (_best is not { } best || validation < best.Validation)
        {
            _best = (run.Epoch, validation, training);
            return;
        }

        if (best.Validation > 0 && run.Epoch - best.Epoch >= run.Options.ValidationPatience
            && validation >= run.Options.ValidationRise * best.Validation && training < 0.98 * best.Training)
        {
            run.Report(FindingTypes.Overfitting,
                FormattableString.Invariant($"the validation loss is {validation:G3}, {validation / best.Validation:G3} times that of epoch {best.Epoch + 1}, while the training loss has fallen from {best.Training:G3} to {training:G3}: keep the state of that epoch; regularize, or get more data"),
                null, validation / best.Validation, run.Options.ValidationRise);
        }
    }
}
