using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>The model as a whole in evaluation mode while it trains, where that makes a difference.</summary>
internal sealed class ModeCheck : Check
{
    private IReadOnlyList<(string Path, nn.Module Module)> _modules = [];
    private string? _switchedOff;

    public override void Model(Run run) => _modules = [.. run.Model.named_modules().Where(entry => !IsSequence(entry.module)).Select(entry => (entry.name, entry.module))];

    public override void Loss(Run run, double value, Tensor? output) => _switchedOff = SwitchedOff(run.Model);

    public override void Step(Run run)
    {
        if (_switchedOff is not null)
            run.Report(FindingTypes.EvaluationMode, $"the model takes a step in evaluation mode, with {_switchedOff} switched off: call model.train() at the start of each epoch", _switchedOff);
        _switchedOff = null;
    }

    /// <summary>A layer that evaluation mode changes, in a model that is in evaluation mode throughout. A backbone frozen in evaluation mode is none.</summary>
    private string? SwitchedOff(nn.Module model)
    {
        if (!IsSequence(model) && model.training)
            return null;
        // A model that trains shows it in the first of its modules.
        return _modules.Any(entry => entry.Module.training) ? null : _modules.FirstOrDefault(entry => IsSwitchable(entry.Module)).Path;
    }

    private static bool IsSwitchable(nn.Module module) => module.GetType().Name is var kind && (kind.Contains("Dropout") || kind.StartsWith("BatchNorm", StringComparison.Ordinal));

    /// <summary>In versions before 0.104 a Sequential hands its mode down and keeps none: its own says nothing.</summary>
    private static bool IsSequence(nn.Module module) => module.GetType().Name.StartsWith("Sequential", StringComparison.Ordinal);
}
