using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0707: moves the tensor that is elsewhere where it is used.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeviceMismatchFix)), Shared]
public sealed class DeviceMismatchFix() : TrainLintFix("TL0707", "Move")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath || Page.Said(diagnostic, RuleProperties.Device) is not { } device) return [];
        var node = page.NodeAt(place.SourceSpan);
        if ((node is ArgumentSyntax { Expression: var argument } ? argument : node) is not ExpressionSyntax tensor) return [];
        if (tensor.Parent is ParenthesizedExpressionSyntax parenthesized) tensor = parenthesized;
        var primary = tensor is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax;
        var move = $".to(\"{device}\")";
        return primary ? Repair.Of($"Add '{move}'", [new TextChange(new(tensor.Span.End, 0), move)]) : Repair.Of($"Add '{move}'", [new TextChange(new(tensor.SpanStart, 0), "("), new TextChange(new(tensor.Span.End, 0), ")" + move)]);
    }
}
