using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0307: takes ReLU for all of the activations.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SaturatingActivationsFix)), Shared]
public sealed class SaturatingActivationsFix() : TrainLintFix("TL0307", "ReLU")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var changes = ImmutableArray.CreateBuilder<TextChange>();
        foreach (var place in diagnostic.AdditionalLocations.Prepend(diagnostic.Location))
        {
            if (place.SourceTree?.FilePath != page.Tree.FilePath || page.NodeAt(place.SourceSpan) is not InvocationExpressionSyntax activation || NameOf(activation) is not { } name || Instead(name.Identifier.ValueText) is not { } relu) return [];
            changes.Add(new(name.Identifier.Span, relu));
        }

        return Repair.Of($"Use ReLU instead", changes.OrderBy(c => c.Span.Start).ToImmutableArray());
    }

    private static SimpleNameSyntax? NameOf(InvocationExpressionSyntax activation) => activation.Expression switch
    {
        SimpleNameSyntax name => name,
        MemberAccessExpressionSyntax access => access.Name,
        _ => null,
    };

    private static string? Instead(string name) => Array.IndexOf(LayerVocabulary.SaturatingNames, name) switch
    {
        0 or 1 => LayerVocabulary.ReluLayerName,
        >= 0 => name[name.Length - 1] == '_' ? LayerVocabulary.ReluName + "_" : LayerVocabulary.ReluName,
        _ => null,
    };
}
