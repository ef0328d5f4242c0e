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
        if (run.Holdings is not { } holdings)
            return;
        if (holdings.Count == 0)
        {
            run.Report(FindingTypes.EmptyOptimizer, run.Map.Parameters.Count == 0
                ? "the optimizer holds no parameters, since the model has none: does its constructor call RegisterComponents(), and are its layers fields of it, not elements of a list?"
                : "the optimizer holds no parameters: it was made from an empty list, so step() does nothing");
            return;
        }

        if (holdings.Disposed > 0 || run.Optimizers.Any(IsStale))
        {
            run.Report(FindingTypes.StaleOptimizer,
                $"{(holdings.Disposed > 0 ? $"{holdings.Disposed} of the optimizer's {holdings.Count} parameters were disposed" : "the optimizer has no state for its parameters")}, because model.to(...) made new ones: make the optimizer after the last model.to(...)",
                null, holdings.Disposed);
            return;
        }

        var missed = holdings.Missed;
        if (missed.Count == 0)
            return;
        if (holdings.IsForeign)
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
        // A native optimizer holds the tensors themselves, which nobody can dispose under it.
        if (optimizer is not OptimizerHelper helper)
            return false;
        if (helper.parameters().Any(parameter => parameter is { IsInvalid: true }))
            return true;
        try
        {
            helper.state_dict();
            return false;
        }
        catch (KeyNotFoundException)
        {
            return true;
        }
    }
}
