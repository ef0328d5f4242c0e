using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0204: a random augmentation changes the data that a model is evaluated on.</summary>
internal sealed class AugmentedEvaluation() : Rule(
    "TL0204",
    Section.Data,
    Level.Warning,
    "The evaluation data is augmented at random",
    "'{0}' changes the evaluation data of '{1}' at random: use a pipeline without it there",
    "Augmentation makes training data more varied, and harder. On evaluation data it makes the result worse than the model is, and another one each time.")
{
    private static readonly string[] Repeated = ["tta", "testtime"];

    public override IEnumerable<string> Calls => TensorVocabulary.RandomTransforms;

    public override void InspectOperation(OperationReport operation)
    {
        if (!operation.Torch.Is(operation.Operation.Type, TorchType.Transform) || IsForManyDraws(operation.Owner)) return;
        foreach (var dataSet in Pipelines.DataSetsOf(operation, operation.Node))
        {
            if (!Pipelines.IsForEvaluation(operation, dataSet)) continue;
            operation.Report(Descriptor, operation.Node, [dataSet], null, GradientSteps.Text(operation.Node), GradientSteps.Text(dataSet));
            return;
        }
    }

    // Test-time augmentation says so.
    private static bool IsForManyDraws(ISymbol owner) => Repeated.Any(w => owner.Name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0 || owner.ContainingType?.Name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);
}
