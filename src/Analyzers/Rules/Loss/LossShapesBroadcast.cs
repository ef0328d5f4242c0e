using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0416: a column against a row in a loss that compares element by element.</summary>
internal sealed class LossShapesBroadcast() : Rule(
    "TL0416",
    Section.Loss,
    Level.Warning,
    "The loss compares every output with every target",
    "The {1} of '{0}' is a column and the {2} has one dimension, so every row is compared with every other and the model learns the mean: bring them to one shape",
    "MSE, L1, SmoothL1 and Huber bring input and target to one shape by broadcasting. [N,1] against [N] becomes [N,N]: each output is pulled towards all targets at once, and the best it can do is their mean. Nothing is thrown.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.MeanSquaredError, LossKind.MeanAbsoluteError, LossKind.SmoothL1, LossKind.Huber))
        {
            var (input, target) = (Shape(body, loss.Loss!.Input), Shape(body, loss.Loss.Target));
            var column = IsColumnAgainst(input, target) ? 0 : IsColumnAgainst(target, input) ? 1 : -1;
            if (column < 0 || loss.Operation is not IInvocationOperation { Arguments: var arguments } || arguments.FirstOrDefault(a => a.Parameter?.Ordinal == column) is not { } argument) continue;
            body.Report(Descriptor, loss.Node, [argument.Value.Syntax], null, GradientSteps.Text(loss.Node), column == 0 ? LocalizedText.Of($"input") : LocalizedText.Of($"target"), column == 0 ? LocalizedText.Of($"target") : LocalizedText.Of($"input"));
        }
    }

    private static ShapeFact? Shape(BodyReport body, Value value) => (body.Resolve(value) as TensorFact)?.Shape;

    // One row may well be compared with one number: certain is it for several.
    private static bool IsColumnAgainst(ShapeFact? column, ShapeFact? row)
    {
        if (column is not { Last: 1 } || row is not { Rank: 1 } || row.Last == 1) return false;
        return column.Rank >= 2 ? column.Dimensions[column.Dimensions.Length - 2] != 1 : column.Open && row.Last > 1;
    }
}
