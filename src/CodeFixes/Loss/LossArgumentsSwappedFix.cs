using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0408: swaps what the loss is given as input and as target.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LossArgumentsSwappedFix)), Shared]
public sealed class LossArgumentsSwappedFix() : TrainLintFix("TL0408", "Swap")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList.Arguments: [var first, var second, ..] }) return [];
        return Repair.Of($"Swap input and target", [new TextChange(first.Expression.Span, second.Expression.ToString()), new TextChange(second.Expression.Span, first.Expression.ToString())]);
    }
}
