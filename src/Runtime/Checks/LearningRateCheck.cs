using TrainLint.Runtime.Watching;

namespace TrainLint.Runtime.Checks;

/// <summary>The learning rate over time, against what was planned.</summary>
internal sealed class LearningRateCheck : Check
{
    private double[] _first = [];
    private bool _moved;
    private long _zero;

    public override void Step(Run run)
    {
        if (run.LearningRates.Count == 0)
            return;
        if (_first.Length == 0)
            _first = [.. run.LearningRates];
        _moved |= !_first.SequenceEqual(run.LearningRates);
        _zero = run.LearningRates.All(rate => rate == 0) ? _zero + 1 : 0;
        if (_zero == run.Options.ZeroRateSteps)
            run.Report(FindingTypes.RateZero, $"the learning rate has been zero for {_zero} steps: the schedule ends before the training does, or never begins", null, 0);

        // A scheduler may be stepped once per epoch: three of them have to pass.
        if (run.Options.Scheduled && !_moved && run.Step > run.Options.IdleScheduleSteps && run.Epoch >= 3)
        {
            run.Report(FindingTypes.SchedulerIdle, FormattableString.Invariant($"a scheduler is attached, and after {run.Step} steps and {run.Epoch} epochs the learning rate is still {_first[0]:G3}: call scheduler.step()"),
                null, _first[0]);
        }
    }
}
