using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0401: gives the loss the raw scores, where nothing else wants the probabilities.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SoftmaxBeforeCrossEntropyFix)), Shared]
public sealed class SoftmaxBeforeCrossEntropyFix() : ActivationFix("TL0401", "RawScores")
{
    private protected override ImmutableArray<TorchOp> Activations => [TorchOp.Softmax, TorchOp.LogSoftmax];

    private protected override LossKind Kind => LossKind.CrossEntropy;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Places(page, diagnostic) is not var (loss, activation)) return [];
        if (IsLayer(page, activation)) return WithoutLayer(page, activation);
        if (activation is not InvocationExpressionSyntax call || OperandOf(page, call) is not { } operand) return [];
        if (IsResultOfForward(page, call)) return Repair.Of($"Return the raw scores from 'forward'", [Replaced(call, operand)]);
        return Statements.Function(call) == Statements.Function(loss) ? InTraining(page, loss, call, operand) : [];
    }
}
