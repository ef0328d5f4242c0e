using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.Loss;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0405: takes the loss for classes; cross entropy gets the raw scores.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegressionLossForClassificationFix)), Shared]
public sealed class RegressionLossForClassificationFix() : ActivationFix("TL0405", "CrossEntropy")
{
    private protected override ImmutableArray<TorchOp> Activations => [TorchOp.Softmax];

    private protected override LossKind Kind => LossKind.CrossEntropy;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        // Both losses want the targets as floating point numbers of the output's shape.
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss || LossInputs.IsWhole(Page.Said(diagnostic, RuleProperties.TargetType))) yield break;
        if (Page.Said(diagnostic, RuleProperties.Meaning) == nameof(Meaning.Sigmoid))
        {
            foreach (var repair in LossCalls.Replaced(page, loss, LossKind.BinaryCrossEntropy)) yield return repair;
            yield break;
        }

        if (Places(page, diagnostic) is not (_, InvocationExpressionSyntax activation) || Statements.Function(activation) != Statements.Function(loss) || OperandOf(page, activation) is not { } operand) yield break;
        foreach (var other in LossCalls.Replaced(page, loss, LossKind.CrossEntropy))
            foreach (var raw in InTraining(page, loss, activation, operand))
                yield return new(other.Title, [.. other.Changes.Concat(raw.Changes).OrderBy(c => c.Span.Start)]);
    }
}
