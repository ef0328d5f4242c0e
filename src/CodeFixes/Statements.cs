using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes;

/// <summary>Where statements stand.</summary>
internal static class Statements
{
    /// <summary>The simple statement that an expression is part of; null inside the head of another statement or in a member without statements.</summary>
    public static StatementSyntax? Around(SyntaxNode? node)
    {
        for (var n = node; n is not null; n = n.Parent)
        {
            if (n is AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax) return null;
            if (n is StatementSyntax statement) return statement is ExpressionStatementSyntax or LocalDeclarationStatementSyntax or ReturnStatementSyntax ? statement : null;
        }

        return null;
    }

    /// <summary>The statement that consists of this call and nothing else.</summary>
    public static ExpressionStatementSyntax? Whole(SyntaxNode? call) => call?.Parent is ExpressionStatementSyntax statement && statement.Expression == call ? statement : null;

    public static bool IsListed(StatementSyntax statement) => statement.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax;

    /// <summary>Whether the statement is the body of an `if`, a loop or the like, without braces.</summary>
    public static bool IsEmbedded(StatementSyntax statement) => statement is not BlockSyntax
        && statement.Parent is IfStatementSyntax or ElseClauseSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or UsingStatementSyntax or LockStatementSyntax or FixedStatementSyntax;

    /// <summary>The list that the statement stands in.</summary>
    public static IReadOnlyList<StatementSyntax> Siblings(StatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax block => block.Statements,
        SwitchSectionSyntax section => section.Statements,
        GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } => unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement).ToList(),
        _ => [statement],
    };

    public static IEnumerable<StatementSyntax> After(StatementSyntax statement) => Siblings(statement).SkipWhile(s => s != statement).Skip(1);

    /// <summary>The method, lambda or local function, or (for top-level statements) the file around a node.</summary>
    public static SyntaxNode? Function(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or CompilationUnitSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);

    /// <summary>Whether what stands around <paramref name="node"/>, but not around <paramref name="other"/>, decides if or how often it runs.</summary>
    public static bool IsDeeper(SyntaxNode node, SyntaxNode other, bool loops) => Between(node, other).Any(n =>
        n is IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or CatchClauseSyntax || loops && IsLoop(n));

    public static bool IsLoop(SyntaxNode node) => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;

    private static IEnumerable<SyntaxNode> Between(SyntaxNode node, SyntaxNode other) => node.Ancestors().TakeWhile(n => !n.Span.Contains(other.Span));

    /// <summary>The statement itself, or the last of those that belong to it: the clippings and the steps that follow a backward().</summary>
    public static StatementSyntax WithFollowers(Page page, StatementSyntax statement)
    {
        var last = statement;
        foreach (var next in After(statement))
        {
            if (page.OperationOf(next) is not (TorchOp.ClipGradients or TorchOp.Step)) break;
            last = next;
        }

        return last;
    }

    /// <summary>The statement itself, or the first of the clippings right before it: they belong between backward() and step().</summary>
    public static StatementSyntax WithClippings(Page page, StatementSyntax step)
    {
        var first = step;
        foreach (var before in Siblings(step).TakeWhile(s => s != step).Reverse())
        {
            if (page.OperationOf(before) is not TorchOp.ClipGradients) break;
            first = before;
        }

        return first;
    }
}
