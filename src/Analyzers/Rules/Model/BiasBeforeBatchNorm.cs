using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0310: a bias that the batch norm behind it takes away again.</summary>
internal sealed class BiasBeforeBatchNorm() : Rule(
    "TL0310",
    Section.Model,
    Level.Off,
    "The bias is taken away by the batch norm behind it",
    "The bias of '{0}' has no effect: '{1}' right behind it subtracts the mean of each channel, and the bias with it",
    "Batch normalization subtracts the mean, so a constant that was added before is gone; its own bias takes the place. The layer's bias costs memory and time and gets no gradient worth the name.")
{
    public override IEnumerable<string> Calls => LayerVocabulary.StraightNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call) return;
        var layers = LayerChains.Of(operation);
        foreach (var pass in layers.Passes)
        {
            if (pass.Layer.Kind != LayerKind.BatchNorm || pass.Input is not { Straight: { Layer: { HasBias: true } layer }, Way.IsEmpty: true, Uses.Count: <= 1 } || layer.Syntax != operation.Node || LayerChains.Seen(layer) != layer) continue;

            // Norms over rows that follow a layer over time are over something else.
            if (layer.Kind == LayerKind.Linear && !pass.Input.Rows) continue;
            var bias = call.TargetMethod.Parameters.FirstOrDefault(p => LayerVocabulary.Plain(p.Name) is LayerVocabulary.Bias or LayerVocabulary.HasBias)?.Name;
            operation.Report(Descriptor, layer.Syntax, [pass.Layer.Syntax], ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Argument, bias), LayerChains.Text(layer.Syntax), LayerChains.Text(pass.Layer.Syntax));
            return;
        }
    }
}
