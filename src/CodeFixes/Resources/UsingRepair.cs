using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.Resources;

/// <summary>What the fixes for guards that nobody disposes share: the statement becomes a using declaration.</summary>
internal static class UsingRepair
{
    public static IEnumerable<Repair> Of(Page page, SyntaxNode guard, StatementSyntax statement, IEnumerable<string> names)
    {
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Variables: [{ Initializer.Value: var value } variable] } local when value == guard:
                return Repair.Of($"Write 'using {local.Declaration.Type} {variable.Identifier.ValueText} = {GradientSteps.Text(guard)}'", [new TextChange(new(statement.SpanStart, 0), "using ")]);
            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Right: var right } } when right == guard && page.Model.GetSymbolInfo(left, page.Cancellation).Symbol is IDiscardSymbol:
                return names.SelectMany(name => Declared(guard, name, TextSpan.FromBounds(left.SpanStart, left.Span.End), ""));
            case ExpressionStatementSyntax { Expression: var expression } when expression == guard:
                return names.SelectMany(name => Declared(guard, name, new(guard.SpanStart, 0), " = "));
            default:
                return [];
        }
    }

    private static IEnumerable<Repair> Declared(SyntaxNode guard, string name, TextSpan at, string more) =>
        Repair.Of($"Write 'using var {name} = {GradientSteps.Text(guard)}'", [new TextChange(at, "using var " + name + more)]);
}
