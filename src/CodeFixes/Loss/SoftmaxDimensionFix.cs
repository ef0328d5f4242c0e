using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0413: runs the softmax over the classes.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SoftmaxDimensionFix)), Shared]
public sealed class SoftmaxDimensionFix() : TrainLintFix("TL0413", "Classes")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var dimension = page.NodeAt(diagnostic.Location.SourceSpan);
        if ((dimension as ArgumentSyntax)?.Expression is { } inner) dimension = inner;
        return dimension is LiteralExpressionSyntax ? Repair.Of($"Use dimension 1", [new TextChange(dimension.Span, "1")]) : [];
    }
}
