using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0309: an activation, dropout or norm between the last layer and a loss that wants raw scores.</summary>
internal sealed class ActivationOnLogits : Rule
{
    private readonly DiagnosticDescriptor squashing;
    private readonly DiagnosticDescriptor dropout;
    private readonly DiagnosticDescriptor norm;

    public ActivationOnLogits()
        : base(
            "TL0309",
            Section.Model,
            Level.Warning,
            "Something stands between the last layer and the loss",
            "'{0}' stands between the last layer and '{1}', which wants raw scores: scores below zero are cut off, and a class whose scores are all cut off is never learned",
            "A classification loss on logits applies its own softmax or sigmoid and wants scores of any size and sign. What stands between the last layer and the loss takes part of that range away.")
    {
        squashing = Like("'{0}' stands between the last layer and '{1}', which wants raw scores: between its limits the scores cannot become sure, and the loss stops at a floor");
        dropout = Like("'{0}' stands between the last layer and '{1}', which wants raw scores: while training it sets scores of right classes to zero, and the loss stays high");
        norm = Like("'{0}' stands between the last layer and '{1}', which wants raw scores: it fixes their mean and spread, which the loss is to choose");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, squashing, dropout, norm];

    public override IEnumerable<string> Calls => LayerVocabulary.Endings.Keys.Concat(TorchVocabulary.ForwardNames);

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call) return;

        // Layers with weights, losses and modules of one's own are no activations.
        if (operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Forward && call.Instance?.Type is { } layer
            && (operation.Torch.Is(layer, TorchType.Scores) || operation.Torch.Is(layer, TorchType.Loss) || operation.Torch.Is(layer, TorchType.Sequential) || layer.Locations.Any(l => l.IsInSource))) return;
        if (operation.Program.LossBehind(call.Syntax, operation.Cancellation) is not var (kind, loss)) return;
        var said = kind switch { EndingKind.Squashing => squashing, EndingKind.Dropout => dropout, EndingKind.Norm => norm, _ => Descriptor };
        operation.Report(said, call.Syntax, [loss], null, GradientSteps.Text(call.Syntax), GradientSteps.Text(loss));
    }
}
