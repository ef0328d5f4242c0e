using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>The model as a whole in evaluation mode while it trains, where that makes a difference.</summary>
internal sealed class ModeCheck : Check
{
    private string? _switchedOff;

    public override void Loss(Run run, double value, Tensor? output) => _switchedOff = SwitchedOff(run.Model);

    public override void Step(Run run)
    {
        if (_switchedOff is not null)
            run.Report(FindingTypes.EvaluationMode, $"the model takes a step in evaluation mode, with {_switchedOff} switched off: call model.train() at the start of each epoch", _switchedOff);
        _switchedOff = null;
    }

    /// <summary>A layer that evaluation mode changes, in a model that is in evaluation mode throughout. A backbone frozen in evaluation mode is none.</summary>
    private static string? SwitchedOff(nn.Module model)
    {
        if (model.training)
            return null;
        string? found = null;
        foreach (var (path, module) in model.named_modules())
        {
            var kind = module.GetType().Name;
            if (!kind.Contains("Dropout") && !kind.StartsWith("BatchNorm", StringComparison.Ordinal))
                continue;
            if (module.training)
                return null;
            found ??= path;
        }

        return found;
    }
}
