using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0403: takes the loss for raw scores, or makes log-probabilities of what goes into this one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NLLLossWithoutLogSoftmaxFix)), Shared]
public sealed class NLLLossWithoutLogSoftmaxFix() : ActivationFix("TL0403", "LogSoftmax")
{
    private protected override ImmutableArray<TorchOp> Activations => [TorchOp.Softmax];

    private protected override LossKind Kind => LossKind.NegativeLogLikelihood;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss || LossCalls.InputOf(loss) is not { } input) return [];
        if (Page.Said(diagnostic, RuleProperties.Meaning) != nameof(Meaning.Softmax))
            return LossCalls.Replaced(page, loss, LossKind.CrossEntropy).Concat(Repair.Of($"Take the log-softmax of the scores", [.. LossCalls.Appended(input, ".log_softmax(1)")]));
        var logarithm = Repair.Of($"Take the logarithm of the probabilities", [.. LossCalls.Appended(input, ".log()")]);
        return Places(page, diagnostic) is (_, InvocationExpressionSyntax activation) && Statements.Function(activation) == Statements.Function(loss) && page.OperationOf(activation) == TorchOp.Softmax && IsOnlyFor(page, loss, activation)
            ? Logarithm(activation).Concat(logarithm) : logarithm;
    }

    // `softmax` becomes `log_softmax`, as a function or as a method.
    private static IEnumerable<Repair> Logarithm(InvocationExpressionSyntax activation) =>
        LossCalls.NameOf(activation.Expression) is { } name ? Repair.Of($"Use 'log_softmax'", [new TextChange(name.Span, "log_softmax")]) : [];
}
