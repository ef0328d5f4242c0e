using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// The statements of a body that may skip a zero_grad() and do nothing else to the optimizer: an `if` with nothing but the clearing
/// on one side, a loop over several optimizers. Whether they run cannot be known, so they are taken to run.
/// </summary>
internal sealed class OptionalClears
{
    public static readonly OptionalClears None = new([]);

    private readonly List<SyntaxNode> statements;

    private OptionalClears(List<SyntaxNode> statements) => this.statements = statements;

    public static OptionalClears Of(Body body)
    {
        var found = new HashSet<SyntaxNode>();
        foreach (var name in body.Syntax.DescendantNodes())
        {
            if (name is not SimpleNameSyntax { Identifier.ValueText: Torch.TorchVocabulary.ZeroGradName }) continue;

            // From the inside out, up to the first statement that does more.
            for (var node = name.Parent; node is not null && node != body.Syntax; node = node.Parent)
            {
                if (node is not (IfStatementSyntax or CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or SwitchStatementSyntax)) continue;
                if (node.DescendantTokens().Any(t => Torch.TorchVocabulary.StepNames.Contains(t.ValueText))) break;
                if (!Leaves(node)) found.Add(node);
            }
        }

        return found.Count == 0 ? None : new([.. found]);
    }

    /// <summary>Whether the condition decides over such a statement.</summary>
    public bool At(SyntaxNode condition)
    {
        foreach (var statement in statements)
        {
            if (!statement.Span.Contains(condition.Span)) continue;
            var header = statement switch
            {
                IfStatementSyntax s => s.Condition.Span,
                CommonForEachStatementSyntax s => s.Expression.Span,
                ForStatementSyntax s => s.Condition?.Span ?? default,
                WhileStatementSyntax s => s.Condition.Span,
                SwitchStatementSyntax s => s.Expression.Span,
                _ => default,
            };
            if (header.Contains(condition.Span) || statement is CommonForEachStatementSyntax && condition == statement) return true;
        }

        return false;
    }

    // `if (bad) { optimizer.zero_grad(); continue; }` is a way out, not a clearing that the other side skips.
    private static bool Leaves(SyntaxNode node) =>
        node is IfStatementSyntax && node.DescendantNodes().Any(n => n is ContinueStatementSyntax or BreakStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax);
}
