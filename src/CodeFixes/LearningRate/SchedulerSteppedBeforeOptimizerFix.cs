using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>TL0104: moves the scheduler's step() to the end of its loop.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SchedulerSteppedBeforeOptimizerFix)), Shared]
public sealed class SchedulerSteppedBeforeOptimizerFix() : TrainLintFix("TL0104", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var step = page.NodeAt(diagnostic.Location.SourceSpan);
        if (page.StatementAt(diagnostic, RuleProperties.Loop) is not { } loop || Layout.Body(loop) is not BlockSyntax { Statements: { Count: > 1 } statements } body) return [];
        if (Statements.Whole(step) is not { } moved || !statements.Contains(moved) || !IsSameLater(page, step, moved, statements.Last())) return [];
        if (body.DescendantNodes().OfType<ContinueStatementSyntax>().Any(c => c.SpanStart > step.SpanStart && c.Parent != body && c.Ancestors().First(Statements.IsLoop) == loop)) return [];

        // A jump at the end keeps its place.
        var last = statements.Last();
        if (!Layout.IsJump(last)) return Repair.Of(Title(), Layout.Move(page, moved, last));
        return statements[statements.Count - 2] == moved ? [] : Repair.Of(Title(), Layout.Move(page, moved, last, before: true));

        FormattableString Title() => $"Move '{GradientSteps.Text(step)}' to the end of the loop";
    }

    // Whether the arguments say the same at the end of the loop.
    private static bool IsSameLater(Page page, SyntaxNode step, StatementSyntax moved, StatementSyntax last)
    {
        if (step is not InvocationExpressionSyntax call) return false;
        if (call.ArgumentList.Arguments.Count == 0) return true;
        if (!call.ArgumentList.Arguments.All(a => a.Expression is LiteralExpressionSyntax or IdentifierNameSyntax && page.Model.GetSymbolInfo(a.Expression, page.Cancellation).Symbol is ILocalSymbol or IParameterSymbol or null)) return false;
        var written = page.Model.AnalyzeDataFlow(moved, last) is { Succeeded: true } flow ? flow.WrittenInside : default;
        return !written.IsDefault && call.ArgumentList.Arguments.All(a => page.Model.GetSymbolInfo(a.Expression, page.Cancellation).Symbol is not { } symbol || !written.Contains(symbol, SymbolEqualityComparer.Default));
    }
}
