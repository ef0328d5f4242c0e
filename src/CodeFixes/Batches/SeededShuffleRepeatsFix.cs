using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Batches;

/// <summary>TL0605: leaves the seed out.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SeededShuffleRepeatsFix)), Shared]
public sealed class SeededShuffleRepeatsFix() : TrainLintFix("TL0605", "Seedless")
{
    private static readonly FormattableString Title = $"Leave the seed out";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var span = diagnostic.Location.SourceSpan;
        if (page.NodeAt(span).FirstAncestorOrSelf<ArgumentSyntax>(a => a.Span == span) is not { Parent: ArgumentListSyntax list } argument) return [];
        var at = list.Arguments.IndexOf(argument);
        var removed = TextSpan.FromBounds(at > 0 ? list.Arguments[at - 1].Span.End : argument.SpanStart, argument.Span.End);
        if (at == 0 || Layout.HasComment(page, removed) || at < list.Arguments.Count - 1 && list.Arguments[at + 1].NameColon is null)
            return Repair.Of(Title, [new TextChange(argument.Expression.Span, "null")]);
        return Repair.Of(Title, [new TextChange(removed, "")]);
    }
}
