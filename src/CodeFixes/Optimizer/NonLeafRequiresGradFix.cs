using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0509: makes the tensor where it is to live, or asks for gradients on the moved copy.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NonLeafRequiresGradFix)), Shared]
public sealed class NonLeafRequiresGradFix() : TrainLintFix("TL0509", "Leaf")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var moved } } move) return [];
        if (moved is not InvocationExpressionSyntax inner)
            return Repair.Of($"Ask for gradients on the copy", [new TextChange(new(move.Span.End, 0), ".detach().requires_grad_()")]);

        // `randn(3).requires_grad_().to(device)`: the other way round.
        if (page.OperationOf(inner) == TorchOp.SetRequiresGrad && inner.Expression is MemberAccessExpressionSyntax { Expression: var factory })
        {
            var ask = TextSpan.FromBounds(factory.Span.End, inner.Span.End);
            return Repair.Of($"Ask for gradients on the copy", [new TextChange(ask, ""), new TextChange(new(move.Span.End, 0), page.Text.ToString(ask))]);
        }

        if (Asking(inner) is not { } asking) return [];
        var repairs = Enumerable.Empty<Repair>();
        if (Place(page, move, inner) is { } place)
            repairs = Repair.Of($"Make the tensor there", [new TextChange(new(asking.SpanStart, 0), place + ", "), new TextChange(TextSpan.FromBounds(moved.Span.End, move.Span.End), "")]);
        return repairs.Concat(Repair.Of($"Ask for gradients on the copy", [new TextChange(WithComma(inner.ArgumentList, asking), ""), new TextChange(new(move.Span.End, 0), ".requires_grad_()")]));
    }

    private static ArgumentSyntax? Asking(InvocationExpressionSyntax factory) =>
        factory.ArgumentList.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == TensorVocabulary.RequiresGradParameter);

    // The argument of the factory that says what the move says.
    private static string? Place(Page page, InvocationExpressionSyntax move, InvocationExpressionSyntax factory)
    {
        if (page.Model.GetSymbolInfo(factory, page.Cancellation).Symbol is not IMethodSymbol makes || page.Model.GetSymbolInfo(move, page.Cancellation).Symbol is not IMethodSymbol moves) return null;
        var arguments = move.ArgumentList.Arguments;
        string? parameter = null, value = null;
        if (moves.Name == "cuda" && arguments.Count == 0)
            (parameter, value) = (TensorVocabulary.DeviceParameter, factory.Expression is MemberAccessExpressionSyntax access ? access.Expression + ".CUDA" : "CUDA");
        else if (arguments.Count == 1 && moves.Parameters.Length > 0)
            (parameter, value) = (moves.Parameters[0].Type.Name == "ScalarType" ? TensorVocabulary.DTypeParameter : page.Torch.Is(moves.Parameters[0].Type, TorchType.Device) ? TensorVocabulary.DeviceParameter : null, arguments[0].Expression.ToString());
        if (parameter is null || makes.Parameters.All(p => p.Name != parameter) || factory.ArgumentList.Arguments.Any(a => a.NameColon?.Name.Identifier.ValueText == parameter)) return null;
        return parameter + ": " + value;
    }

    private static TextSpan WithComma(ArgumentListSyntax list, ArgumentSyntax argument)
    {
        var at = list.Arguments.IndexOf(argument);
        return at > 0 ? TextSpan.FromBounds(list.Arguments[at - 1].Span.End, argument.Span.End)
            : list.Arguments.Count > 1 ? TextSpan.FromBounds(argument.SpanStart, list.Arguments[1].SpanStart) : argument.Span;
    }
}
