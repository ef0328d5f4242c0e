using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0416: takes the last dimension of the column away.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LossShapesBroadcastFix)), Shared]
public sealed class LossShapesBroadcastFix() : TrainLintFix("TL0416", "Squeeze")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || page.NodeAt(place.SourceSpan) is not { } node) return [];
        var column = node.AncestorsAndSelf().OfType<ExpressionSyntax>().TakeWhile(e => e.Span == place.SourceSpan).LastOrDefault();
        if (column is null) return [];
        var isPrimary = column is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax;
        TextChange[] changes = isPrimary ? [new(new(column.Span.End, 0), ".squeeze(-1)")] : [new(new(column.SpanStart, 0), "("), new(new(column.Span.End, 0), ").squeeze(-1)")];
        return Repair.Of($"Squeeze the last dimension", [.. changes]);
    }
}
