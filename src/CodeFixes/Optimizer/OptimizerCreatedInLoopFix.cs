using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0504: makes the optimizer before the loop.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OptimizerCreatedInLoopFix)), Shared]
public sealed class OptimizerCreatedInLoopFix() : TrainLintFix("TL0504", "Hoist")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.StatementAt(diagnostic, RuleProperties.Loop) is not { } loop || Statements.Around(page.NodeAt(diagnostic.Location.SourceSpan)) is not { } making) return [];
        if (making is LocalDeclarationStatementSyntax { Declaration.Variables.Count: > 1 }) return [];

        // Through all loops that run batch by batch or epoch by epoch over the same model: the outermost that nothing needs.
        var loops = making.Ancestors().TakeWhile(n => n is not MemberDeclarationSyntax || n is GlobalStatementSyntax).OfType<StatementSyntax>().Where(Statements.IsLoop).SkipWhile(l => l != loop).Reverse();
        return loops.Where(l => l == loop || IsFree(page, making, l)).SelectMany(l => Repair.Of($"Make the optimizer before the loop", Layout.Move(page, making, l, before: true)));
    }

    // Whether nothing that the statement needs belongs to the outer loop.
    private static bool IsFree(Page page, StatementSyntax making, StatementSyntax loop)
    {
        if (page.Model.AnalyzeDataFlow(loop) is not { Succeeded: true } flow) return false;
        return making.DescendantNodes().OfType<IdentifierNameSyntax>().All(n => page.Model.GetSymbolInfo(n, page.Cancellation).Symbol switch
        {
            { } local and (ILocalSymbol or IParameterSymbol) => !flow.WrittenInside.Contains(local, SymbolEqualityComparer.Default) && !flow.VariablesDeclared.Contains(local, SymbolEqualityComparer.Default),
            { } member and (IFieldSymbol or IPropertySymbol) => !loop.DescendantNodes().Any(a => a is AssignmentExpressionSyntax { Left: var target } && target.ToString().EndsWith(member.Name, StringComparison.Ordinal)),
            _ => true,
        });
    }
}
