using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0402: gives the loss the raw scores, or takes the loss for probabilities: where the model ends in the sigmoid, others rely on it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SigmoidBeforeBCEWithLogitsFix)), Shared]
public sealed class SigmoidBeforeBCEWithLogitsFix() : ActivationFix("TL0402", "RawScores")
{
    private protected override ImmutableArray<TorchOp> Activations => [TorchOp.Sigmoid];

    private protected override LossKind Kind => LossKind.BinaryCrossEntropyWithLogits;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss) return [];
        var otherLoss = LossCalls.Replaced(page, loss, LossKind.BinaryCrossEntropy);
        return Places(page, diagnostic) is (_, InvocationExpressionSyntax activation) && Statements.Function(activation) == Statements.Function(loss) && !IsLayer(page, activation) && OperandOf(page, activation) is { } operand
            ? InTraining(page, loss, activation, operand).Concat(otherLoss) : otherLoss;
    }
}
