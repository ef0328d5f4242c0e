using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Monitoring;

/// <summary>TL1002: prints the value.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorPrintedAsMetadataFix)), Shared]
public sealed class TensorPrintedAsMetadataFix() : TrainLintFix("TL1002", "Value")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not { } found || Page.Said(diagnostic, RuleProperties.Reading) is not { } reading) return [];
        var tensor = found is ArgumentSyntax { Expression: var argument } ? argument : found as ExpressionSyntax;
        if (tensor is null) return [];
        if (tensor.Parent is ParenthesizedExpressionSyntax parenthesized) tensor = parenthesized;
        string[] readings = reading == TensorVocabulary.ToSingleCall ? [reading, TensorVocabulary.ItemFloatCall] : [reading];
        return readings.SelectMany(r => Repair.Of($"Write '{GradientSteps.Text(tensor)}{r}'", [.. Read(tensor, r)]));
    }

    private static TextChange[] Read(ExpressionSyntax tensor, string reading)
    {
        var primary = tensor is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax or PostfixUnaryExpressionSyntax;
        return primary ? [new(new(tensor.Span.End, 0), reading)] : [new(new(tensor.SpanStart, 0), "("), new(new(tensor.Span.End, 0), ")" + reading)];
    }
}
