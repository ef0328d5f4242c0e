using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>Model, batch, targets, further tensors and the optimizer's state on one device, and of one floating type.</summary>
internal sealed class PlacementCheck : Check
{
    private bool _isStateOpen = true;
    private bool _lookedForGpu;

    public override void Model(Run run)
    {
        foreach (var misplaced in Placement.Within(run.Map))
            run.Report(FindingTypes.DeviceMismatch, misplaced.Message, misplaced.Subject);
        if (run.Map.Place is { } home)
        {
            foreach (var entry in run.Options.Tensors)
                Report(run, entry.Value.IsInvalid ? null : Placement.Of(entry.Key, entry.Value, home));
        }

        _isStateOpen = true;
        State(run);
        Gpu(run);
    }

    public override void Batch(Run run, IReadOnlyList<Tensor> inputs, Tensor? target)
    {
        if (run.Map.Place is not { } home)
            return;
        for (var i = 0; i < inputs.Count; i++)
        {
            var name = inputs.Count == 1 ? "input" : $"input {i + 1}";
            Report(run, Placement.Of(name, inputs[i], home));
            var types = run.Map.Types;
            if (inputs[i].is_floating_point() && types.Count > 0 && !types.Contains(inputs[i].dtype))
            {
                run.Report(FindingTypes.TypeMismatch,
                    $"the {name} is {inputs[i].dtype}, the model's parameters are {string.Join(" and ", types)}: convert the one or the other, for example with .to_type(ScalarType.{types.First()})", name);
            }
        }

        if (target is not null)
            Report(run, Placement.Of("target", target, home));
    }

    public override void Step(Run run)
    {
        // The first step makes the state; afterwards it only moves with the model.
        if (_isStateOpen)
            State(run);
        _isStateOpen = false;
    }

    private static void State(Run run)
    {
        // A stale optimizer has no state to show; OptimizerCheck reports it.
        foreach (var optimizer in run.Optimizers.Where(optimizer => !OptimizerCheck.IsStale(optimizer)))
            Report(run, Placement.OfState(optimizer, run.Map));
    }

    private void Gpu(Run run)
    {
        if (_lookedForGpu || run.Map.Place is not { Type: TorchSharp.DeviceType.CPU } || run.Map.Size < run.Options.IdleGpuParameters)
            return;
        _lookedForGpu = true;
        var free = cuda_is_available() ? "cuda" : mps_is_available() ? "mps" : null;
        if (free is not null)
        {
            run.Report(FindingTypes.IdleGpu,
                $"the model's {run.Map.Size:N0} parameters are on cpu while {free} is free: call model.to(\"{free}\") before the optimizer is made, and .to(\"{free}\") on each batch",
                null, run.Map.Size, run.Options.IdleGpuParameters);
        }
    }

    private static void Report(Run run, Misplaced? misplaced)
    {
        if (misplaced is not null)
            run.Report(FindingTypes.DeviceMismatch, misplaced.Message, misplaced.Subject);
    }
}
