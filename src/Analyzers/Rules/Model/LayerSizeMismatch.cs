using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0305: two layers whose sizes cannot fit.</summary>
internal sealed class LayerSizeMismatch : Rule
{
    private readonly DiagnosticDescriptor indivisible;
    private readonly DiagnosticDescriptor together;

    public LayerSizeMismatch()
        : base(
            "TL0305",
            Section.Model,
            Level.Warning,
            "The sizes of two layers do not fit",
            "'{0}' takes {1} {2}, but '{3}' yields {4}: the first forward pass throws",
            "A layer multiplies its input with weights of a fixed size. What the layer before yields must have that size, or the forward pass throws; the exception names numbers and not the layer.")
    {
        indivisible = Like("'{0}' takes {1} {2}, but flattening the {4} channels of '{3}' gives a multiple of {4}: the first forward pass throws");
        together = Like("'{0}' yields {1} {2}, which cannot be put together with the {4} of '{3}': the first forward pass throws");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, indivisible, together];

    public override IEnumerable<string> Calls => LayerVocabulary.SizedNames;

    // Modules of this compilation are layers as well.
    public override IEnumerable<OperationKind> Operations => [OperationKind.ObjectCreation];

    public override void InspectOperation(OperationReport operation)
    {
        var layers = LayerChains.Of(operation);
        foreach (var pass in layers.Clashes)
        {
            if (pass.Clash is not { Given: { From: { } from } given } clash) continue;
            var (later, earlier) = (LayerChains.Seen(pass.Layer), LayerChains.Seen(from));

            // Inside a module of its own, that module is told.
            if (later == earlier || later.Syntax != operation.Node) continue;
            operation.Report(given.Size is null ? indivisible : Descriptor, later.Syntax, [earlier.Syntax], Properties(operation, layers, pass, later, earlier),
                LayerChains.Text(later.Syntax), clash.Wanted, Unit(pass.Layer), LayerChains.Text(earlier.Syntax), given.Size ?? given.Factor);
            return;
        }

        foreach (var meeting in layers.Meetings)
        {
            if (meeting is not { Left: { From: { } left, Size: { } leftSize }, Right: { From: { } right, Size: { } rightSize } }) continue;
            var (first, second) = (LayerChains.Seen(left), LayerChains.Seen(right));
            if (first == second || first is Reshaping || second is Reshaping) continue;
            var (later, earlier, size, other) = LastPass(layers, left) > LastPass(layers, right) ? (first, second, leftSize, rightSize) : (second, first, rightSize, leftSize);
            if (later.Syntax != operation.Node) continue;
            operation.Report(together, later.Syntax, [earlier.Syntax], null, LayerChains.Text(later.Syntax), size, Unit((later == first ? left : right) as Layer), LayerChains.Text(earlier.Syntax), other);
            return;
        }
    }

    private static int LastPass(LayerReport layers, Part part) => layers.Passes.FindLastIndex(p => p.Layer == part);

    private static LocalizedText Unit(Layer? layer) => layer is { Kind: LayerKind.Convolution or LayerKind.TransposedConvolution or LayerKind.GroupNorm } or { Kind: LayerKind.BatchNorm, Rank: > 1 } ? LocalizedText.Of($"channels") : LocalizedText.Of($"features");

    // The one size that is to be changed, and what it is to be.
    private static ImmutableDictionary<string, string?>? Properties(OperationReport operation, LayerReport layers, LayerPass pass, Part later, Part earlier)
    {
        if (pass.Clash is not { Wanted: var wanted, Given.Size: { } given } || later != pass.Layer) return null;
        var (wrong, size, right) = (pass.Layer.InSyntax, given, earlier is Layer { Out: { } yielded } before && yielded == given ? before.OutSyntax : null);

        // A norm between two layers: where the layer behind it agrees with the norm, the one before is wrong.
        if (pass.Layer.Kind is LayerKind.BatchNorm or LayerKind.LayerNorm or LayerKind.GroupNorm && earlier is Layer { Out: { } made } maker && made == given
            && layers.Passes.Any(p => p.Layer.In == wanted && p.Clash is null && LayerSizes.Needed(p.Layer, p.Input).From == pass.Layer))
            (wrong, size, right) = (maker.OutSyntax, wanted, pass.Layer.InSyntax);
        if (wrong is null || wrong.SyntaxTree != later.Syntax.SyntaxTree || operation.Program.Model(wrong.SyntaxTree).GetConstantValue(wrong, operation.Cancellation) is not { HasValue: true }) return null;
        return ImmutableDictionary<string, string?>.Empty
            .Add(RuleProperties.Argument, wrong.SpanStart.ToString(CultureInfo.InvariantCulture))
            .Add(RuleProperties.Replacement, right is IdentifierNameSyntax ? right.ToString() : size.ToString(CultureInfo.InvariantCulture));
    }
}
