using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0319: takes the dropout away that does nothing.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecurrentDropoutOnOneLayerFix)), Shared]
public sealed class RecurrentDropoutOnOneLayerFix() : TrainLintFix("TL0319", "Remove")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent: ArgumentListSyntax list } argument) yield break;
        var at = list.Arguments.IndexOf(argument);

        // What follows without a name would become the dropout.
        if (list.Arguments.Skip(at + 1).Any(a => a.NameColon is null))
        {
            foreach (var repair in Repair.Of($"Set the dropout to 0", [new TextChange(argument.Expression.Span, "0")])) yield return repair;
            yield break;
        }

        var removed = at > 0 ? TextSpan.FromBounds(list.Arguments[at - 1].Span.End, argument.Span.End)
            : list.Arguments.Count > 1 ? TextSpan.FromBounds(argument.SpanStart, list.Arguments[1].SpanStart) : argument.Span;
        if (Layout.HasComment(page, removed)) yield break;
        foreach (var repair in Repair.Of($"Remove the dropout", [new TextChange(removed, "")])) yield return repair;
    }
}
