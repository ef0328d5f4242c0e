using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1103: lets the tensor leave the scope, or takes away the using of a tensor that is returned.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorEscapesScopeFix)), Shared]
public sealed class TensorEscapesScopeFix() : TrainLintFix("TL1103", "LeaveScope")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not ExpressionSyntax expression) return [];
        if (Page.Said(diagnostic, RuleProperties.Release) is not { } release) return WithoutUsing(page, diagnostic);
        if (expression.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax deconstruction } tuple } && deconstruction.Left == tuple) return [];
        FormattableString title = $"Let it leave the scope with '{release}()'";
        if (expression is not AssignmentExpressionSyntax sum) return Repair.Of(title, Released(expression, release));
        return sum.Left is IdentifierNameSyntax or MemberAccessExpressionSyntax && sum.OperatorToken.Text is { Length: 2 } op
            ? Repair.Of(title, [new TextChange(sum.Span, $"{sum.Left} = ({sum.Left} {op[0]} {Operand(sum.Right)}).{release}()")]) : [];
    }

    /// <summary>The expression with a call behind it.</summary>
    public static System.Collections.Immutable.ImmutableArray<TextChange> Released(ExpressionSyntax expression, string method)
    {
        var primary = expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax;
        return primary ? [new(new(expression.Span.End, 0), $".{method}()")] : [new(new(expression.SpanStart, 0), "("), new(new(expression.Span.End, 0), $").{method}()")];
    }

    private static string Operand(ExpressionSyntax operand) => operand is BinaryExpressionSyntax or ConditionalExpressionSyntax ? $"({operand})" : operand.ToString();

    private static IEnumerable<Repair> WithoutUsing(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath) return [];
        if (page.NodeAt(place.SourceSpan).FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { UsingKeyword: { RawKind: not 0 } keyword, Declaration.Variables.Count: 1 } declaration) return [];
        return Repair.Of($"Leave the 'using' out", [new TextChange(TextSpan.FromBounds(keyword.SpanStart, declaration.Declaration.SpanStart), "")]);
    }
}
