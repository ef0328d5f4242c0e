using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0306: two linear layers, or two convolutions, with nothing non-linear between them.</summary>
internal sealed class NoActivationBetweenLinear() : Rule(
    "TL0306",
    Section.Model,
    Level.Suggestion,
    "Nothing non-linear stands between two layers",
    "Nothing non-linear stands between '{1}' and '{0}': together they compute no more than one such layer could",
    "A linear layer of a linear layer is a linear layer: without an activation between them the second adds nothing that the first could not do alone, however long it trains.")
{
    // By these names people call layers that only bring what a network knows into another space.
    private static readonly string[] Projections = ["proj", "head", "embed", "latent"];

    public override IEnumerable<string> Calls => LayerVocabulary.StraightNames;

    public override void InspectOperation(OperationReport operation)
    {
        var layers = LayerChains.Of(operation);
        foreach (var pass in layers.Passes)
        {
            if (pass.Layer.Syntax != operation.Node || pass.Input.Straight is not { } before || before.Layer.Kind != pass.Layer.Kind || before.Layer == pass.Layer) continue;
            if (LayerChains.Seen(pass.Layer) != pass.Layer || LayerChains.Seen(before.Layer) != before.Layer || !LayerChains.IsSeenOnlyBy(pass) || IsFactored(before.Layer, pass.Layer) || IsProjection(layers, pass, before) || AreTwoNetworks(operation, pass, before)) continue;
            operation.Report(Descriptor, pass.Layer.Syntax, [before.Layer.Syntax], Properties(pass), LayerChains.Text(pass.Layer.Syntax), LayerChains.Text(before.Layer.Syntax));
            return;
        }
    }

    private static ImmutableDictionary<string, string?>? Properties(LayerPass pass) =>
        pass.Call is not { } call || call.SyntaxTree != pass.Layer.Syntax.SyntaxTree ? null : ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Argument, call.SpanStart.ToString(CultureInfo.InvariantCulture));

    // A matrix as the product of two thin ones, or a kernel as that of two flat ones, is cheaper on purpose.
    private static bool IsFactored(Layer first, Layer second)
    {
        if (first.HasBias != true || first.Out is { } middle && first.In is { } from && second.Out is { } to && middle < from && middle < to) return true;
        return first.Kind switch
        {
            LayerKind.Linear => false,
            LayerKind.Convolution => !IsPlain(first) || !IsPlain(second),
            _ => true,
        };
    }

    // One kernel size of at least 3 in all directions, and no groups.
    private static bool IsPlain(Layer convolution) => LayerSizes.Number(convolution.Named(LayerVocabulary.Groups)) == 1 && convolution.Named(LayerVocabulary.Kernel) switch
    {
        ConstantItem { Value: long size } => size >= 3,
        TupleItem { Items: var sizes } => sizes.All(s => s is ConstantItem { Value: >= 3L } && s.Equals(sizes[0])),
        _ => false,
    };

    // Outside of a module nobody makes one network of two: a generator and its critic, an encoder and its decoder.
    private static bool AreTwoNetworks(OperationReport operation, LayerPass pass, LayerPass before) =>
        pass.Chain is not null && before.Chain is not null && pass.Chain != before.Chain && !operation.Torch.Is(operation.Owner.ContainingType, TorchType.Module);

    // What a network has found out is handed on in another space: a projection that ends the model.
    private static bool IsProjection(LayerReport layers, LayerPass pass, LayerPass before)
    {
        if (pass.Chain is not null && pass.Chain == before.Chain || !pass.Input.Bent || !layers.Ends.Any(e => e.Straight?.Layer == pass.Layer)) return false;
        return new[] { pass.Call, before.Call }.Any(c => c is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var layer } } && Projections.Any(p => layer.ToString().IndexOf(p, StringComparison.OrdinalIgnoreCase) >= 0));
    }
}
