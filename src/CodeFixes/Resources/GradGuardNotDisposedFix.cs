using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
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
        return UsingRepair.Of(page, guard, statement, Names(page, guard));
    }

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
