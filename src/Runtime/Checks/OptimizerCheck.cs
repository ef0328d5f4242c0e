using TorchSharp.Modules;
using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>The optimizer's parameters against the model's.</summary>
internal sealed class OptimizerCheck : Check
{
    private const int Named = 3;

    public override void Model(Run run)
    {
        var held = run.Held();
        if (held.Count == 0)
        {
            run.Report(FindingTypes.EmptyOptimizer, run.Map.Parameters.Count == 0
                ? "the optimizer holds no parameters, since the model has none: does its constructor call RegisterComponents(), and are its layers fields of it, not elements of a list?"
                : "the optimizer holds no parameters: it was made from an empty list, so step() does nothing");
            return;
        }

        var stale = held.Count(parameter => parameter.IsInvalid);
        if (stale > 0 || run.Optimizers.Any(IsStale))
        {
            run.Report(FindingTypes.StaleOptimizer,
                $"{(stale > 0 ? $"{stale} of the optimizer's {held.Count} parameters were disposed" : "the optimizer has no state for its parameters")}, because model.to(...) made new ones: make the optimizer after the last model.to(...)",
                null, stale);
            return;
        }

        var handles = new HashSet<nint>(held.Select(parameter => parameter.Handle));
        var missed = run.Map.Parameters.Where(entry => entry.Value.requires_grad && !handles.Contains(entry.Value.Handle)).ToList();
        var own = new HashSet<nint>(run.Map.Parameters.Select(entry => entry.Value.Handle));
        var strangers = held.Where(parameter => !own.Contains(parameter.Handle)).ToList();
        // Some versions make a new object for the same parameter at each access: what looks the same is taken for it.
        missed.RemoveAll(entry => strangers.Any(stranger => AreAlike(stranger, entry.Value)));
        if (missed.Count == 0)
            return;
        if (strangers.Count == held.Count && missed.Count == run.Map.Parameters.Count(entry => entry.Value.requires_grad))
        {
            run.Report(FindingTypes.OptimizerMissesModel, "none of the optimizer's parameters is the model's: it was made from another model, or the model's layers were replaced since");
            return;
        }

        var names = string.Join(", ", missed.Take(Named).Select(entry => entry.Name)) + (missed.Count > Named ? $" and {missed.Count - Named} more" : "");
        run.Report(FindingTypes.ParametersMissed,
            $"{names} {(missed.Count == 1 ? "gets" : "get")} gradients but {(missed.Count == 1 ? "is" : "are")} in no optimizer: add them, or set requires_grad to false",
            missed[0].Name, missed.Count);
    }

    /// <summary>Whether the model has replaced parameters under an optimizer: it holds disposed ones, or has no state for those that a lazy list now yields.</summary>
    public static bool IsStale(optim.Optimizer optimizer)
    {
        if (optimizer.parameters().Any(parameter => parameter is { IsInvalid: true }))
            return true;
        try
        {
            (optimizer as OptimizerHelper)?.state_dict();
            return false;
        }
        catch (KeyNotFoundException)
        {
            return true;
        }
    }

    private static bool AreAlike(Tensor one, Tensor other) =>
        one.dtype == other.dtype && Place.Of(one) == Place.Of(other) && one.shape.SequenceEqual(other.shape)
        && Reading.IsReadable(one) && Reading.Value(one.detach().eq(other.detach()).all()) != 0;
}
