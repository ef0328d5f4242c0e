using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0407: classes in a type that cross entropy and negative log likelihood refuse.</summary>
internal sealed class ClassTargetType() : Rule(
    "TL0407",
    Section.Loss,
    Level.Warning,
    "Classes of a type that the loss refuses",
    "'{0}' is {1}, and '{2}' throws: it takes class indices as int64",
    "Cross entropy and negative log likelihood take class indices of type int64 (or uint8), one per row. Cross entropy also takes one probability per class, as floating point numbers of the input's shape. Anything else throws: an array of C# int becomes an int32 tensor, and one_hot yields int64.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.CrossEntropy, LossKind.NegativeLogLikelihood))
        {
            if (body.Resolve(loss.Loss!.Target) is not TensorFact { Type: { } type } target || Argument(loss.Operation) is not { } argument) continue;
            var input = body.Resolve(loss.Subject) as TensorFact ?? TensorFact.Nothing;
            if (Refused(loss.Loss.Kind, type, target, input) is not { } what) continue;
            body.Report(Descriptor, argument, null, LossInputs.Properties(target, target), GradientSteps.Text(argument), what, GradientSteps.Text(loss.Node));
        }
    }

    private static LocalizedText? Refused(LossKind loss, string type, TensorFact target, TensorFact input)
    {
        if (target.Meaning == Meaning.OneHot) return LossInputs.IsWhole(type) || loss == LossKind.NegativeLogLikelihood ? LocalizedText.Of($"one-hot") : null;
        if (type is "Int32" or "Int16" or "Int8" or "Bool") return LocalizedText.Of($"of type {type.ToLowerInvariant()}");
        if (LossInputs.IsWhole(type)) return null;

        // Probabilities are as long as there are classes; a list of another length is one class per row.
        var indices = loss == LossKind.NegativeLogLikelihood || target.Meaning == Meaning.ClassIndices
            || target.Shape is { Rank: 1 } rows && (input.Shape?.Rank >= 2 || rows.Last is { } count && input.Shape?.Last is { } classes && count != classes);
        return indices ? LocalizedText.Of($"of type {type.ToLowerInvariant()}") : null;
    }

    private static SyntaxNode? Argument(IOperation operation) =>
        operation is IInvocationOperation call ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 1)?.Value.Syntax : null;
}
