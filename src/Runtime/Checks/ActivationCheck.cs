using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>Dead and saturated layers, and a model whose output is the same for every input.</summary>
internal sealed class ActivationCheck : Check
{
    private const double Same = 1e-6;

    private readonly Dictionary<string, int> _streaks = [];
    private int _constant;

    public override void Loss(Run run, double value, Tensor? output)
    {
        if (!run.IsInspected || output is null || !Reading.IsReadable(output) || output.dim() < 1 || output.shape[0] < 2 || !output.is_floating_point())
            return;
        var flat = output.detach().reshape(output.shape[0], -1);
        var spread = Reading.Value(flat.sub(flat.narrow(0, 0, 1)).abs().max());
        var size = Reading.Value(flat.abs().max());
        _constant = spread <= Same * size ? _constant + 1 : 0;
    }

    public override void Step(Run run)
    {
        foreach (var activation in run.Activations.Where(activation => activation.HasParametersAfter))
        {
            if (activation.Zero is { } zero)
            {
                // A unit that is zero for few samples is no dead one.
                if (activation.Samples >= run.Options.LeastSamples && Lasts(run, activation.Path, zero >= run.Options.DeadUnits))
                {
                    run.Report(FindingTypes.DeadActivations,
                        FormattableString.Invariant($"{zero:P0} of the units of {activation.Path} ({activation.Kind}) are zero for every sample: the learning rate was too high, inputs are not scaled, or biases too negative"),
                        activation.Path, zero, run.Options.DeadUnits);
                }
            }
            else if (activation.Saturated is { } saturated && activation.Samples >= run.Options.LeastSamples && Lasts(run, activation.Path, saturated >= run.Options.SaturatedValues))
            {
                run.Report(FindingTypes.Saturated,
                    FormattableString.Invariant($"{saturated:P0} of the values of {activation.Path} ({activation.Kind}) are at its ends, where no gradient passes: scale the inputs, lower the learning rate, or normalize before it"),
                    activation.Path, saturated, run.Options.SaturatedValues);
            }
        }

        // Last, for a dead layer is the reason rather than this.
        if (_constant >= run.Options.Patience)
            run.Report(FindingTypes.ConstantOutput, $"the output was the same for all samples of the batch, in {_constant} inspected steps in a row: nothing of the input reaches it", null, 0);
    }

    private bool Lasts(Run run, string path, bool now)
    {
        _streaks[path] = now ? (_streaks.TryGetValue(path, out var streak) ? streak : 0) + 1 : 0;
        return _streaks[path] >= run.Options.Patience;
    }
}
