using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.Loss;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0406: takes the loss for one output per row.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CrossEntropyOnSingleOutputFix)), Shared]
public sealed class CrossEntropyOnSingleOutputFix() : TrainLintFix("TL0406", "BinaryCrossEntropy")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        // Class indices fit neither loss: what they are to become is not for us to say.
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss || LossInputs.IsWhole(Page.Said(diagnostic, RuleProperties.TargetType))) return [];
        return Page.Said(diagnostic, RuleProperties.Meaning) switch
        {
            nameof(Meaning.Scores) => LossCalls.Replaced(page, loss, LossKind.BinaryCrossEntropyWithLogits),
            nameof(Meaning.Sigmoid) => LossCalls.Replaced(page, loss, LossKind.BinaryCrossEntropy),
            _ => [],
        };
    }
}
