using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0702: moves step() behind the backward() that it needs, or adds the missing backward().</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StepBeforeBackwardFix)), Shared]
public sealed class StepBeforeBackwardFix() : TrainLintFix("TL0702", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var step = page.NodeAt(diagnostic.Location.SourceSpan);
        if (page.CallAt(diagnostic, RuleProperties.Backward) is { } backward)
        {
            if (Statements.Whole(step) is not { } moved || !Statements.IsListed(moved)) return [];
            if (Statements.Around(backward) is not { } needed || !Statements.IsListed(needed) || !IsInList(needed, moved)) return [];
            return Repair.Of($"Move '{GradientSteps.Text(step)}' after '{GradientSteps.Text(backward)}'", Layout.Move(page, moved, Statements.WithFollowers(page, needed)));
        }

        if (Page.Receiver(diagnostic, RuleProperties.Loss) is not { } loss || Statements.Around(step) is not { } statement) return [];
        return Repair.Of($"Call '{loss}.backward()' before '{GradientSteps.Text(step)}'", Layout.AddBefore(page, Statements.WithClippings(page, statement), loss + ".backward();"));
    }

    // Whether the one statement runs whenever the list of the other does.
    private static bool IsInList(StatementSyntax inner, StatementSyntax listed)
    {
        SyntaxNode n = inner;
        if (listed.Parent is GlobalStatementSyntax && inner.Parent is GlobalStatementSyntax) return true;
        while (n.Parent is { } parent && parent != listed.Parent)
        {
            if (parent is not (BlockSyntax or UsingStatementSyntax or LockStatementSyntax or FixedStatementSyntax or CheckedStatementSyntax or UnsafeStatementSyntax)) return listed.Parent is GlobalStatementSyntax && parent is GlobalStatementSyntax;
            n = parent;
        }

        return true;
    }
}
