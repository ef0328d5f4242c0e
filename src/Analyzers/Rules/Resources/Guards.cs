using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>What the rules about guards and dispose scopes share.</summary>
internal static class Guards
{
    /// <summary>Whether nobody disposes what the call returns, nor can: it is dropped, or kept where only harmless things are done with it.</summary>
    public static bool IsNeverDisposed(BodyReport body, SyntaxNode call) => Region(call) is null && body.UsesOf(call).All(u => u.Kind switch
    {
        UseKind.Discard or UseKind.Neutral or UseKind.Store => true,

        // Tensors are moved into or out of a scope: it still stands open.
        UseKind.Call => body.Torch.OperationOf(u.Method!) is TorchOp.MoveToOuterScope or TorchOp.LeaveScope or TorchOp.KeepInScope,
        _ => false,
    });

    /// <summary>The text that a using puts under a guard; null where no using holds it.</summary>
    public static TextSpan? Region(SyntaxNode call)
    {
        var node = call;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or ConditionalExpressionSyntax or AssignmentExpressionSyntax) node = node.Parent;
        switch (node.Parent)
        {
            case UsingStatementSyntax statement:
                return statement.Statement.Span;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: UsingStatementSyntax statement } }:
                return statement.Statement.Span;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declaration } }:
                SyntaxNode? list = declaration.Parent is GlobalStatementSyntax global ? global.Parent : declaration.Parent;
                return list is null ? null : TextSpan.FromBounds(declaration.Span.End, list.Span.End);
            default:
                return null;
        }
    }

    /// <summary>The nodes of a region, without those of functions and types inside it.</summary>
    public static IEnumerable<SyntaxNode> NodesIn(SyntaxNode around, TextSpan region)
    {
        var start = around;
        return start.DescendantNodes(n => n == start || n.Span.IntersectsWith(region) && n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TypeDeclarationSyntax))
            .Where(n => region.Contains(n.Span) && n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));
    }
}
