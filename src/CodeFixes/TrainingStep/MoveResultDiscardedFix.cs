using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0708: gives the moved tensor the name of the old one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MoveResultDiscardedFix)), Shared]
public sealed class MoveResultDiscardedFix() : TrainLintFix("TL0708", "Assign")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not ExpressionSyntax call || Tensor(call) is not { } tensor || !IsVariable(page, tensor)) return [];
        FormattableString title = $"Write '{tensor} = …'";
        return call.Parent switch
        {
            ExpressionStatementSyntax statement when IsReadAgain(page, tensor, statement) => Repair.Of(title, [new TextChange(new(call.SpanStart, 0), tensor + " = ")]),
            AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax statement } discard when discard.Right == call && IsReadAgain(page, tensor, statement) => Repair.Of(title, [new TextChange(discard.Left.Span, tensor.ToString())]),
            _ => [],
        };
    }

    private static ExpressionSyntax? Tensor(ExpressionSyntax call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression is PostfixUnaryExpressionSyntax forgiven ? forgiven.Operand : access.Expression,
        ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax } } access => access.Expression,
        _ => null,
    };

    // A name, or an element of a collection, that can be written twice; whether it can be assigned the compiler says.
    private static bool IsVariable(Page page, ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => access.IsKind(SyntaxKind.SimpleMemberAccessExpression) && IsVariable(page, access.Expression),
        ElementAccessExpressionSyntax element => IsVariable(page, element.Expression) && element.ArgumentList.Arguments.All(a => a.Expression is IdentifierNameSyntax or LiteralExpressionSyntax)
            && !page.Torch.Is(page.Model.GetTypeInfo(element.Expression, page.Cancellation).Type, TorchType.Tensor)
            && !element.Ancestors().OfType<CommonForEachStatementSyntax>().Any(loop => loop.Expression.DescendantNodesAndSelf().Any(n => SyntaxFactory.AreEquivalent(n, element.Expression))),
        _ => false,
    };

    // A parameter that nobody reads any more would be assigned in vain: the caller keeps the old tensor.
    private static bool IsReadAgain(Page page, ExpressionSyntax tensor, StatementSyntax statement)
    {
        if (page.Model.GetSymbolInfo(tensor, page.Cancellation).Symbol is not IParameterSymbol { RefKind: RefKind.None } parameter) return true;
        var repeats = statement.Ancestors().TakeWhile(n => n is not MemberDeclarationSyntax).Any(Statements.IsLoop);
        return (Statements.Function(statement) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == parameter.Name
            && (repeats ? !statement.Span.Contains(n.Span) : n.SpanStart > statement.Span.End) && SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(n, page.Cancellation).Symbol, parameter));
    }
}
