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

        // The loss is searched for in the whole program: only what may come after the last layer is worth that.
        if (!operation.Program.HasLossOfScores || !(operation.Torch.IsModuleLike(call.Type) ? MayComeLast(call, operation) : ComesAfterScores(call, operation))) return;
        if (operation.Program.LossBehind(call.Syntax, operation.Cancellation) is not var (kind, loss)) return;
        var said = kind switch { EndingKind.Squashing => squashing, EndingKind.Dropout => dropout, EndingKind.Norm => norm, _ => Descriptor };
        operation.Report(said, call.Syntax, [loss], null, GradientSteps.Text(call.Syntax), GradientSteps.Text(loss));
    }

    // Out of a method that returns nothing, and calls nothing that trains, no scores get to a loss.
    private static bool ComesAfterScores(IInvocationOperation call, OperationReport operation) =>
        !(operation.Owner is IMethodSymbol { ReturnsVoid: true } && operation.Program.Index.Around(call.Syntax) is { } member && !operation.Program.Index.MayMatter(member.Node))
        && operation.Around()?.ValueOf(call.Syntax).Fact is TensorFact { Ending: { } last } && last.Node == call.Syntax;

    // A layer that is made: in a Sequential the layers after it are in sight; a variable has to be handed to one.
    private static bool MayComeLast(IInvocationOperation making, OperationReport operation)
    {
        for (var around = making.Parent; around is not null; around = around.Parent)
        {
            switch (around)
            {
                case IInvocationOperation { TargetMethod.Name: LayerVocabulary.SequentialName }:
                    return !around.Descendants().Any(o => o is IInvocationOperation && o.Syntax.SpanStart > making.Syntax.SpanStart && operation.Torch.Is(o.Type, TorchType.Scores));
                case IVariableDeclaratorOperation { Symbol.Name: var local }:
                    return IsHandedOn(local, operation);
                case IFieldInitializerOperation { InitializedFields: [var field, ..] }:
                    return IsHandedOn(field.Name, operation);
                case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member.Name: var member } }:
                    return IsHandedOn(member, operation);
            }
        }

        return true;
    }

    private static bool IsHandedOn(string name, OperationReport operation) => operation.Program.Index.Mentioning(name).Any(m => m.Names.Contains(LayerVocabulary.SequentialName) || m.Names.Contains(LayerVocabulary.AppendName));
}
