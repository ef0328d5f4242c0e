using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Checks;

/// <summary>NaN and infinity, reported where they come from: the parameters, the input, a layer, or the way back.</summary>
internal sealed class FiniteCheck : Check
{
    private const int Named = 3;

    public override void Batch(Run run, IReadOnlyList<Tensor> inputs, Tensor? target)
    {
        if (run.IsInspected)
            Inputs(run, inputs);
    }

    public override void Loss(Run run, double value, Tensor? output)
    {
        if (!double.IsNaN(value) && !double.IsInfinity(value))
            return;
        var bad = run.Map.Parameters.Where(entry => Reading.IsReadable(entry.Value) && !Reading.IsFinite(entry.Value)).Select(entry => entry.Name).ToArray();
        if (bad.Length > 0)
        {
            run.Report(FindingTypes.ParameterNotFinite,
                $"{List(bad)} {(bad.Length == 1 ? "is" : "are")} not finite, and so is the loss: an earlier update was too large or not finite; lower the learning rate or clip gradients, and go back to a good state",
                bad[0], value);
            return;
        }

        if (Inputs(run, run.Inputs))
            return;
        string? origin = null;
        try
        {
            origin = Origin.Find(run.Model, run.Inputs);
        }
        catch (Exception)
        {
            // The model cannot be run again or looked into: the fact stands without its place.
        }

        run.Report(FindingTypes.LossNotFinite, origin is null
            ? $"the loss is {Text(value)}, with finite parameters and input: look at the loss function (a logarithm or a division by zero) and at the target"
            : $"the loss is {Text(value)}, with finite parameters and input: the first layer to put out what is not finite is {origin}", origin, value);
    }

    public override void Step(Run run)
    {
        if (run.Inspection is not { } inspection)
            return;
        var suspects = new HashSet<string>(inspection.Gradients.Where(entry => double.IsNaN(entry.Value) || double.IsInfinity(entry.Value)).Select(entry => entry.Key));
        if (suspects.Count == 0)
            return;
        // A norm may overflow where no element does.
        var bad = run.Trained().Where(entry => suspects.Contains(entry.Name) && entry.Value.grad is { } gradient && !Reading.IsFinite(gradient)).Select(entry => entry.Name).ToArray();
        if (bad.Length > 0)
        {
            run.Report(FindingTypes.GradientNotFinite,
                $"the gradient of {List(bad)} is not finite, with a finite loss: the derivative of something does not exist there (sqrt or norm at zero, 0 times infinity under where)", bad[0]);
        }
    }

    private static bool Inputs(Run run, IReadOnlyList<Tensor> inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            if (!Reading.IsReadable(inputs[i]) || Reading.IsFinite(inputs[i]))
                continue;
            var name = inputs.Count == 1 ? "input" : $"input {i + 1}";
            run.Report(FindingTypes.InputNotFinite, $"the {name} holds NaN or infinity: repair or drop such rows where the data is read", name);
            return true;
        }

        return false;
    }

    private static string List(string[] names) => string.Join(", ", names.Take(Named)) + (names.Length > Named ? $" and {names.Length - Named} more" : "");

    private static string Text(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "infinite" : "minus infinity";
}

/// <summary>Finds the layer from which NaN or infinity come, by running the model once more on the same batch.</summary>
internal static class Origin
{
    /// <summary>The path of the first layer with a finite input and another output; null where none is seen.</summary>
    public static string? Find(nn.Module model, IReadOnlyList<Tensor> inputs)
    {
        if (model is not nn.Module<Tensor, Tensor> callable || inputs.Count != 1 || !Reading.IsReadable(inputs[0]))
            return null;
        string? found = null;
        using (SavedState.Take(model))
        using (Observer.Attach(model, static _ => true, (path, _, input, output) =>
               {
                   if (found is null && Reading.IsReadable(output) && !Reading.IsFinite(output) && (!Reading.IsReadable(input) || Reading.IsFinite(input)))
                       found = path;
               }))
        {
            callable.call(inputs[0]);
        }

        return found;
    }
}
