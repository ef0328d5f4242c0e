using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0310: makes the layer without a bias.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BiasBeforeBatchNormFix)), Shared]
public sealed class BiasBeforeBatchNormFix() : TrainLintFix("TL0310", "NoBias")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } || Page.Said(diagnostic, RuleProperties.Argument) is not { } name) return [];
        FormattableString Title = $"Make it without a bias";
        if (arguments.FirstOrDefault(a => a.Expression.IsKind(SyntaxKind.TrueLiteralExpression)) is { } on) return Repair.Of(Title, [new TextChange(on.Expression.Span, "false")]);
        var last = arguments.Last();
        var ownLine = arguments.Count > 1 && Layout.StartsLine(page.Text, last.SpanStart);
        return Repair.Of(Title, [new TextChange(new(last.Span.End, 0), "," + (ownLine ? Layout.LineBreak(page.Text) + Layout.Indentation(page.Text, last.SpanStart) : " ") + name + ": false")]);
    }
}
