using TorchSharp;
using TrainLint.Runtime.Watching;

namespace TrainLint.Runtime.Checks;

/// <summary>The number of live tensors, step by step.</summary>
internal sealed class MemoryCheck : Check
{
    private const int Rises = 3;

    private readonly List<(long Thread, long Process)> _lowest = [];
    private (long Thread, long Process) _low = (long.MaxValue, long.MaxValue);

    public override void Step(Run run)
    {
        // The process's count falls when the collector frees, and rises with other threads; this thread's takes no notice of either. Both have to rise.
        var thread = DisposeScopeManager.Statistics;
        _low = (Math.Min(_low.Thread, thread.CreatedInScopeCount + thread.CreatedOutsideScopeCount - thread.DisposedInScopeCount), Math.Min(_low.Process, torch.Tensor.TotalCount));
        if (run.Step % run.Options.MemorySpan != 0)
            return;
        _lowest.Add(_low);
        _low = (long.MaxValue, long.MaxValue);
        if (_lowest.Count <= Rises)
            return;
        var rise = _lowest.Skip(1).Zip(_lowest, (b, a) => Math.Min(b.Thread - a.Thread, b.Process - a.Process)).Min() / (double)run.Options.MemorySpan;
        _lowest.RemoveAt(0);
        if (rise >= run.Options.LiveTensorGrowth)
        {
            run.Report(FindingTypes.LiveTensorsGrow,
                FormattableString.Invariant($"each step leaves {rise:G3} tensors behind: put using var scope = torch.NewDisposeScope() at the start of the loop's body, and keep numbers (item) instead of tensors"),
                null, rise, run.Options.LiveTensorGrowth);
        }
    }
}
