using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0307: a deep chain of saturating activations.</summary>
internal sealed class SaturatingActivations() : Rule(
    "TL0307",
    Section.Model,
    Level.Suggestion,
    "Many saturating activations follow each other",
    "'{0}' is the first of {1} saturating activations in a row with no normalization: the gradient shrinks at each of them, and hardly any reaches the first layers",
    "The slope of a sigmoid is at most 1/4, that of tanh at most 1, and both vanish for large values. Through many such layers the gradient becomes so small that the first layers do not learn. ReLU and its relatives, or a normalization, keep it alive.")
{
    private const int Many = 4;

    public override IEnumerable<string> Calls => LayerVocabulary.SaturatingNames;

    public override void InspectOperation(OperationReport operation)
    {
        var (longest, count) = (ImmutableArray<SyntaxNode>.Empty, 0);
        foreach (var pass in operation.Program.LayersAround(operation.Owner, operation.Cancellation).Passes)
        {
            if (!pass.Layer.IsWeighted || pass.Input.Saturated is not { } last || pass.Input.Hidden.Length < Math.Max(Many - 1, longest.Length)) continue;
            var chain = pass.Input.Hidden.Add(last);
            if (chain[0] == operation.Node) (longest, count) = (chain, chain.Length);
        }

        if (count >= Many) operation.Report(Descriptor, operation.Node, longest.Distinct().Where(n => n != operation.Node), null, LayerChains.Text(operation.Node), count);
    }
}
