using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0415: takes the mean before backward().</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(UnreducedBackwardFix)), Shared]
public sealed class UnreducedBackwardFix() : TrainLintFix("TL0415", "Mean")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) =>
        page.NodeAt(diagnostic.Location.SourceSpan) is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && access.IsKind(SyntaxKind.SimpleMemberAccessExpression)
            ? Repair.Of($"Take the mean first", [new TextChange(new(access.Expression.Span.End, 0), ".mean()")]) : [];
}
