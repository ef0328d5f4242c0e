using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0414: log_softmax for the input, log_target: false for the target.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(KLDivArgumentsFix)), Shared]
public sealed class KLDivArgumentsFix() : TrainLintFix("TL0414", "Logarithms")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss) yield break;
        if (Page.Said(diagnostic, RuleProperties.Replacement) == TensorVocabulary.LogTargetParameter)
        {
            var arguments = page.LossOf(loss) == LossKind.KullbackLeibler ? loss.ArgumentList : Creation(page, loss);
            foreach (var repair in arguments is null ? [] : Repair.Of($"Pass log_target: false", WithoutLogTarget(arguments))) yield return repair;
            yield break;
        }

        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath || page.NodeAt(place.SourceSpan) is not InvocationExpressionSyntax origin) yield break;
        switch (page.OperationOf(origin))
        {
            case TorchOp.Softmax:
                foreach (var repair in Repair.Of($"Use log_softmax", [Logarithm(origin)])) yield return repair;
                break;
            case TorchOp.Forward when loss.ArgumentList.Arguments is [{ NameColon: null, Expression: var input }, ..]:
                var isPrimary = input is IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax;
                foreach (var repair in Repair.Of($"Apply log_softmax", [new TextChange(input.Span, $"{(isPrimary ? input.ToString() : "(" + input + ")")}.{TensorVocabulary.LogSoftmaxName}(-1)")])) yield return repair;
                break;
        }
    }

    // There is no torch.log_softmax: what is called on torch becomes a call on its first argument's functional.
    private static TextChange Logarithm(InvocationExpressionSyntax softmax) => softmax.Expression switch
    {
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "torch" } torch, Name: var name } => new(TextSpan.FromBounds(torch.SpanStart, name.Span.End), "torch.nn.functional." + TensorVocabulary.LogSoftmaxName),
        MemberAccessExpressionSyntax access => new(access.Name.Span, TensorVocabulary.LogSoftmaxName),
        IdentifierNameSyntax name => new(name.Span, "nn.functional." + TensorVocabulary.LogSoftmaxName),
        var other => new(other.Span, other.ToString()),
    };

    private static ImmutableArray<TextChange>? WithoutLogTarget(ArgumentListSyntax arguments)
    {
        if (arguments.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == TensorVocabulary.LogTargetParameter || a.Expression.IsKind(SyntaxKind.TrueLiteralExpression)) is { } given)
            return given.Expression.IsKind(SyntaxKind.TrueLiteralExpression) ? [new(given.Expression.Span, "false")] : null;
        var before = arguments.Arguments.Count == 0 ? "" : ", ";
        return [new(new(arguments.CloseParenToken.SpanStart, 0), $"{before}{TensorVocabulary.LogTargetParameter}: false")];
    }

    // Where the module of the loss is made, in this file.
    private static ArgumentListSyntax? Creation(Page page, InvocationExpressionSyntax loss)
    {
        if (loss.Expression is not MemberAccessExpressionSyntax { Expression: var module }) return null;
        if (Arguments(module) is { } direct) return direct;
        if (page.Model.GetSymbolInfo(module, page.Cancellation).Symbol is not { } symbol) return null;
        var values = symbol.DeclaringSyntaxReferences.Select(r => r.GetSyntax(page.Cancellation)).OfType<VariableDeclaratorSyntax>().Select(v => v.Initializer?.Value)
            .Concat(page.Root.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left.ToString() is var left && (left == symbol.Name || left == "this." + symbol.Name)).Select(a => a.Right))
            .Where(v => v is not null && v.SyntaxTree == page.Tree).ToList();
        return values is [{ } only] ? Arguments(only) : null;
    }

    private static ArgumentListSyntax? Arguments(ExpressionSyntax creation) => creation switch
    {
        InvocationExpressionSyntax call => call.ArgumentList,
        BaseObjectCreationExpressionSyntax made => made.ArgumentList,
        _ => null,
    };
}
