using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0319: dropout between the layers of a recurrent network that has only one.</summary>
internal sealed class RecurrentDropoutOnOneLayer() : Rule(
    "TL0319",
    Section.Model,
    Level.Suggestion,
    "The dropout of a recurrent network with one layer does nothing",
    "'{0}' has one layer: its dropout works between layers only, so nothing is ever dropped",
    "An RNN, LSTM or GRU drops the outputs of every layer but the last. With one layer there is nothing to drop: put a Dropout module after it, or give it more layers.")
{
    public override IEnumerable<string> Calls => LayerVocabulary.RecurrentNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call || !operation.Torch.Is(call.Type, TorchType.Recurrent)) return;
        IArgumentOperation? layers = null, dropout = null;
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Name == LayerVocabulary.LayerCountParameter) layers = argument;
            else if (argument.Parameter?.Name == LayerVocabulary.DropoutParameter) dropout = argument;
        }

        if (layers?.Value.ConstantValue is not { HasValue: true, Value: 1L } || dropout is not { ArgumentKind: ArgumentKind.Explicit, Value.ConstantValue: { HasValue: true, Value: double and > 0 } }) return;
        operation.Report(Descriptor, dropout.Syntax, null, null, GradientSteps.Text(call.Syntax));
    }
}
