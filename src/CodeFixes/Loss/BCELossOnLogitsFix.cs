using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0404: takes the loss for raw scores; where that one is made elsewhere, applies sigmoid.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BCELossOnLogitsFix)), Shared]
public sealed class BCELossOnLogitsFix() : TrainLintFix("TL0404", "WithLogits")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss || LossCalls.InputOf(loss) is not { } input) return [];
        return LossCalls.Replaced(page, loss, LossKind.BinaryCrossEntropyWithLogits)
            .Concat(Repair.Of($"Apply sigmoid to the scores", [.. LossCalls.Appended(input, ".sigmoid()")]));
    }
}
