using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0501: moves the clipping between backward() and step().</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClippingMisplacedFix)), Shared]
public sealed class ClippingMisplacedFix() : TrainLintFix("TL0501", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var clip = page.NodeAt(diagnostic.Location.SourceSpan);
        if (Statements.Around(clip) is not { } statement) return [];
        var moved = WithCondition(statement);
        if (page.CallAt(diagnostic, RuleProperties.Backward) is { } backward)
            return Statements.Around(backward) is { } computing && Statements.Siblings(moved).Contains(computing)
                ? Repair.Of($"Move '{GradientSteps.Text(clip)}' after '{GradientSteps.Text(backward)}'", Layout.Move(page, moved, computing)) : [];
        if (page.CallAt(diagnostic, RuleProperties.Step) is { } step && Statements.Around(step) is { } stepping && Statements.Siblings(moved).Contains(stepping))
            return Repair.Of($"Move '{GradientSteps.Text(clip)}' before '{GradientSteps.Text(step)}'", Layout.Move(page, moved, stepping, before: true));
        return [];
    }

    // `if (limit > 0) clip_grad_norm_(…);` moves as a whole.
    private static StatementSyntax WithCondition(StatementSyntax statement)
    {
        SyntaxNode node = statement.Parent is BlockSyntax { Statements.Count: 1, Parent: IfStatementSyntax } block ? block : statement;
        return node.Parent is IfStatementSyntax { Else: null } choice ? choice : statement;
    }
}
