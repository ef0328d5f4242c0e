using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0417: one call in the place of two.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LogOfSoftmaxFix)), Shared]
public sealed class LogOfSoftmaxFix() : TrainLintFix("TL0417", "OneStep")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var node = page.NodeAt(diagnostic.Location.SourceSpan).AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(e => e.Span == diagnostic.Location.SourceSpan && e is InvocationExpressionSyntax or BinaryExpressionSyntax);
        if (node is null || Page.Said(diagnostic, RuleProperties.Replacement) is not { } name || Layout.HasComment(node)) return [];
        var text = name switch
        {
            TensorVocabulary.LogSoftmaxName => Operand(page, node) is InvocationExpressionSyntax softmax && page.OperationOf(softmax) == TorchOp.Softmax ? Renamed(softmax, name) : null,
            TensorVocabulary.Expm1Name => node is BinaryExpressionSyntax { Left: var left } && Bare(left) is InvocationExpressionSyntax exp ? Renamed(exp, name) : null,
            TensorVocabulary.Log1pName => Operand(page, node) is BinaryExpressionSyntax sum ? On(IsOne(sum.Left) ? sum.Right : sum.Left, name, "") : null,
            TensorVocabulary.LogSumExpName => Operand(page, node) is InvocationExpressionSyntax sum && Operand(page, sum) is InvocationExpressionSyntax exp && Operand(page, exp) is { } scores ? On(scores, name, Dimensions(page, sum)) : null,
            _ => null,
        };
        return text is null ? [] : Repair.Of($"Use {name}", [new TextChange(node.Span, text)]);
    }

    private static bool IsOne(ExpressionSyntax expression) => Bare(expression) is LiteralExpressionSyntax;

    private static ExpressionSyntax Bare(ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax inner) expression = inner.Expression;
        return expression;
    }

    // What a function is applied to: `x` in `x.log()` and in `torch.log(x)`.
    private static ExpressionSyntax? Operand(Page page, ExpressionSyntax node)
    {
        if (node is not InvocationExpressionSyntax call || page.Model.GetSymbolInfo(call, page.Cancellation).Symbol is not IMethodSymbol method) return null;
        if (method.IsStatic) return call.ArgumentList.Arguments.Count == 0 ? null : Bare(call.ArgumentList.Arguments[0].Expression);
        return call.Expression is MemberAccessExpressionSyntax access && access.IsKind(SyntaxKind.SimpleMemberAccessExpression) ? Bare(access.Expression) : null;
    }

    // The same call by another name; torch itself has no log_softmax.
    private static string? Renamed(InvocationExpressionSyntax call, string name)
    {
        switch (call.Expression)
        {
            case MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "torch" } } when name == TensorVocabulary.LogSoftmaxName:
                return "torch.nn.functional." + name + call.ArgumentList;
            case MemberAccessExpressionSyntax access:
                return access.Expression + access.OperatorToken.ToString() + name + call.ArgumentList;
            case IdentifierNameSyntax:
                return (name == TensorVocabulary.LogSoftmaxName ? "nn.functional." : "") + name + call.ArgumentList;
            default:
                return null;
        }
    }

    private static string On(ExpressionSyntax operand, string name, string arguments)
    {
        operand = Bare(operand);
        var isPrimary = operand is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax;
        return (isPrimary ? operand.ToString() : "(" + operand + ")") + "." + name + "(" + arguments + ")";
    }

    private static string Dimensions(Page page, InvocationExpressionSyntax sum) =>
        string.Join(", ", sum.ArgumentList.Arguments.Skip(page.Model.GetSymbolInfo(sum, page.Cancellation).Symbol is { IsStatic: true } ? 1 : 0).Select(a => a.ToString()));
}
