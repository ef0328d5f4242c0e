using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Batches;

/// <summary>TL0604: reads evaluation data in its order.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EvaluationDataShuffledFix)), Shared]
public sealed class EvaluationDataShuffledFix() : TrainLintFix("TL0604", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var span = diagnostic.Location.SourceSpan;
        return page.NodeAt(span).FirstAncestorOrSelf<ArgumentSyntax>(a => a.Span == span) is { } argument
            ? Repair.Of($"Do not shuffle", [new TextChange(argument.Expression.Span, "false")]) : [];
    }
}
