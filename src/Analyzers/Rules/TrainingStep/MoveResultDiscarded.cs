using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0708: a tensor is moved or converted, and nobody takes the new one.</summary>
internal sealed class MoveResultDiscarded() : Rule(
    "TL0708",
    Section.TrainingStep,
    Level.Warning,
    "The moved tensor is dropped",
    "Nobody takes the result of '{0}': a tensor does not move in place, so '{1}' keeps its device and type",
    "A module moves in place, a tensor does not: to(), cuda(), cpu() and the conversions of a tensor return a new one and leave the old one as it was. Where the result is dropped, the next operation meets a tensor on the wrong device or of the wrong type and throws.")
{
    public override IEnumerable<OperationKind> Operations => [OperationKind.ExpressionStatement];

    public override void InspectOperation(OperationReport operation)
    {
        if (DroppedResults.Of(operation, discards: true) is not { } dropped || operation.Torch.OperationOf(dropped.Call.TargetMethod) is not (TorchOp.MoveTensor or TorchOp.Cast)) return;
        if (!DroppedResults.IsTrial(operation, dropped))
            operation.Report(Descriptor, dropped.Node, null, null, GradientSteps.Text(dropped.Node), GradientSteps.Text(dropped.Receiver.Syntax));
    }
}
