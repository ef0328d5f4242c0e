using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0306: puts a ReLU between the two layers.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NoActivationBetweenLinearFix)), Shared]
public sealed class NoActivationBetweenLinearFix() : TrainLintFix("TL0306", "Activation")
{
    private static readonly FormattableString Title = $"Put a ReLU between the layers";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Said(diagnostic, RuleProperties.Argument) is { } start)
            return int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < page.Root.FullSpan.End && CallAt(page, at) is { ArgumentList.Arguments: [{ Expression: var input }, ..] } ? InForward(input) : [];
        return page.NodeAt(diagnostic.Location.SourceSpan) is InvocationExpressionSyntax layer ? InChain(page, layer) : [];
    }

    private static InvocationExpressionSyntax? CallAt(Page page, int start) =>
        page.Root.FindToken(start).Parent?.AncestorsAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => c.SpanStart == start && page.OperationOf(c) == TorchOp.Forward);

    // `second.forward(x)` becomes `second.forward(x.relu())`.
    private static IEnumerable<Repair> InForward(ExpressionSyntax input)
    {
        var simple = input is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or ElementAccessExpressionSyntax;
        const string Relu = "." + LayerVocabulary.ReluName + "()";
        return Repair.Of(Title, simple ? [new TextChange(new(input.Span.End, 0), Relu)] : [new TextChange(new(input.SpanStart, 0), "("), new TextChange(new(input.Span.End, 0), ")" + Relu)]);
    }

    // A layer more before the second: in the arguments of a Sequential, in the braces of a list, or added by a statement.
    private static IEnumerable<Repair> InChain(Page page, InvocationExpressionSyntax layer)
    {
        var prefix = layer.Expression is MemberAccessExpressionSyntax access ? access.Expression + "." : "";
        var relu = prefix + LayerVocabulary.ReluLayerName + "()";
        SyntaxNode item = layer;
        if (layer.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax { Arguments: [_, var second] } tuple } && second.Expression == layer)
        {
            item = tuple;
            relu = $"(\"{FreeName(page, layer)}\", {relu})";
        }

        if (item.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax statement } add, Arguments.Count: 1 } } && add.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax list, Name.Identifier.ValueText: "Add" })
            return Repair.Of(Title, Layout.AddBefore(page, statement, $"{list}.Add({relu});"));
        var element = item.Parent is ArgumentSyntax or ExpressionElementSyntax ? item.Parent : item;
        if (element.Parent is not (ArgumentListSyntax or InitializerExpressionSyntax or CollectionExpressionSyntax) || element is ArgumentSyntax { NameColon: not null } || !element.GetFirstToken().GetPreviousToken().IsKind(SyntaxKind.CommaToken)) return [];
        var ownLine = Layout.StartsLine(page.Text, element.SpanStart);
        return Repair.Of(Title, [new TextChange(new(element.SpanStart, 0), relu + "," + (ownLine ? Layout.LineBreak(page.Text) + Layout.Indentation(page.Text, element.SpanStart) : " "))]);
    }

    // Two layers of one name would throw.
    private static string FreeName(Page page, SyntaxNode layer)
    {
        var taken = new HashSet<string>((Statements.Function(layer) ?? page.Root).DescendantTokens().Where(t => t.IsKind(SyntaxKind.StringLiteralToken)).Select(t => t.ValueText));
        var name = LayerVocabulary.ReluName;
        for (var i = 2; taken.Contains(name); i++) name = LayerVocabulary.ReluName + i.ToString(CultureInfo.InvariantCulture);
        return name;
    }
}
