using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0505: makes the optimizer after the move, or moves the module before.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StaleOptimizerFix)), Shared]
public sealed class StaleOptimizerFix() : TrainLintFix("TL0505", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var creation = page.NodeAt(diagnostic.Location.SourceSpan);
        if (page.CallAt(diagnostic, RuleProperties.Before) is not { } move) yield break;
        if (Statements.Around(creation) is not { } making || making is ReturnStatementSyntax || Statements.Around(move) is not { } moving || !Statements.Siblings(making).Contains(moving)) yield break;

        // Nobody may miss it in between.
        var between = Statements.After(making).TakeWhile(s => s != moving).Append(moving).ToList();
        var name = Name(making);
        if (name is not null && !between.Any(s => Mentions(s, name)))
            foreach (var repair in Repair.Of($"Make '{name}' after '{GradientSteps.Text(move)}'", Layout.Move(page, making, moving))) yield return repair;
        if (moving is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax } && IsKnownBefore(page, moving, making))
            foreach (var repair in Repair.Of($"Call '{GradientSteps.Text(move)}' before the optimizer is made", Layout.Move(page, moving, making, before: true))) yield return repair;
    }

    private static string? Name(StatementSyntax making) => making switch
    {
        LocalDeclarationStatementSyntax { Declaration.Variables: [var variable] } => variable.Identifier.ValueText,
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax field } } => field.Identifier.ValueText,
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: var member } } } => member.Identifier.ValueText,
        _ => null,
    };

    // What the call needs is the same before: nothing in between assigns it.
    private static bool IsKnownBefore(Page page, StatementSyntax moving, StatementSyntax making)
    {
        var needed = moving.DescendantTokens().Where(t => t.Parent is IdentifierNameSyntax).Select(t => t.ValueText).ToList();
        return Statements.After(making).TakeWhile(s => s != moving).Prepend(making).SelectMany(s => s.DescendantNodes())
            .All(n => n is not (AssignmentExpressionSyntax or VariableDeclaratorSyntax) || !needed.Contains(n is AssignmentExpressionSyntax assignment ? LastName(assignment.Left) : ((VariableDeclaratorSyntax)n).Identifier.ValueText));
    }

    private static string LastName(ExpressionSyntax target) => target is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : target.ToString();

    private static bool Mentions(StatementSyntax statement, string name) => statement.DescendantTokens().Any(t => t.ValueText == name);
}
