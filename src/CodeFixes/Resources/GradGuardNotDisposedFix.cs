using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1104: disposes the guard at the end of its block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(GradGuardNotDisposedFix)), Shared]
public sealed class GradGuardNotDisposedFix() : TrainLintFix("TL1104", "Using")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var guard = page.NodeAt(diagnostic.Location.SourceSpan);
        if (Statements.Around(guard) is not { } statement || statement.Parent is not (BlockSyntax or GlobalStatementSyntax) || !IsForTheRest(page, guard, statement)) return [];
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: [{ Initializer.Value: var value } variable] } local when value == guard:
                return Repair.Of($"Write 'using {local.Declaration.Type} {variable.Identifier.ValueText} = {GradientSteps.Text(guard)}'", [new TextChange(new(statement.SpanStart, 0), "using ")]);
            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Right: var right } } when right == guard && page.Model.GetSymbolInfo(left, page.Cancellation).Symbol is IDiscardSymbol:
                return Names(page, guard).SelectMany(name => Declared(guard, name, TextSpan.FromBounds(left.SpanStart, left.Span.End), ""));
            case ExpressionStatementSyntax { Expression: var expression } when expression == guard:
                return Names(page, guard).SelectMany(name => Declared(guard, name, new(guard.SpanStart, 0), " = "));
            default:
                return [];
        }
    }

    private static IEnumerable<Repair> Declared(SyntaxNode guard, string name, TextSpan at, string more) =>
        Repair.Of($"Write 'using var {name} = {GradientSteps.Text(guard)}'", [new TextChange(at, "using var " + name + more)]);

    // `_` where it means nothing else around here.
    private static IEnumerable<string> Names(Page page, SyntaxNode guard)
    {
        if (page.Model.LookupSymbols(guard.SpanStart, name: "_").IsEmpty) yield return "_";
        yield return page.OperationOf(guard) switch
        {
            TorchOp.EnableGradients => "enableGrad",
            TorchOp.SetGradients => "gradMode",
            _ => guard.DescendantTokens().Any(t => t.ValueText == "inference_mode") ? "inferenceMode" : "noGrad",
        };
    }

    // Disposed at the end of its block, the guard must hold for something, and not for a backward().
    private static bool IsForTheRest(Page page, SyntaxNode guard, StatementSyntax statement)
    {
        var rest = Statements.After(statement).ToList();
        if (rest.Count == 0) return false;
        return page.OperationOf(guard) == TorchOp.EnableGradients || !rest.SelectMany(s => s.DescendantNodes()).Any(n => page.OperationOf(n) == TorchOp.Backward || CallsBackward(page, n));
    }

    private static bool CallsBackward(Page page, SyntaxNode node) =>
        node is InvocationExpressionSyntax && page.Model.GetSymbolInfo(node, page.Cancellation).Symbol is IMethodSymbol { DeclaringSyntaxReferences: { IsEmpty: false } declarations }
        && declarations.Any(d => d.GetSyntax(page.Cancellation).DescendantTokens().Any(t => t.ValueText == "backward"));
}
