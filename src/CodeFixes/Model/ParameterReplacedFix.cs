using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0316: copies the new values into the registered tensor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ParameterReplacedFix)), Shared]
public sealed class ParameterReplacedFix() : TrainLintFix("TL0316", "Copy")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { Parent: ExpressionStatementSyntax statement } assignment) yield break;
        if (page.Model.GetTypeInfo(assignment.Left, page.Cancellation).Type is not { } type || !page.Torch.Is(type, TorchType.Tensor)) yield break;
        if (Values(page, assignment.Right) is not { } values || Layout.HasComment(page, assignment.Span)) yield break;
        foreach (var guard in new[] { "torch.no_grad()", "no_grad()" })
            foreach (var repair in Repair.Of($"Copy the values into it", [new TextChange(statement.Span, $"using ({guard}) {assignment.Left}.copy_({values});")]))
                yield return repair;
    }

    // What a new parameter is made of; any other tensor itself.
    private static ExpressionSyntax? Values(Page page, ExpressionSyntax made)
    {
        if (!page.Torch.Is(page.Model.GetTypeInfo(made, page.Cancellation).Type, TorchType.Parameter)) return made;
        return made switch
        {
            BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var data }] } => data,
            InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var data }] } => data,
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Expression: var data } } => data,
            _ => null,
        };
    }
}
