using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes;

/// <summary>Puts another number where one is written: in the argument that is reported, or where the rule says that it comes from.</summary>
internal static class Numbers
{
    public static IEnumerable<Repair> Replace(Page page, Diagnostic diagnostic, Func<string, FormattableString> title)
    {
        if (Page.Said(diagnostic, RuleProperties.Replacement) is not { } number) yield break;
        foreach (var place in diagnostic.AdditionalLocations.Append(diagnostic.Location))
        {
            if (place.SourceTree != page.Tree) continue;
            var node = page.NodeAt(place.SourceSpan);
            var argument = node.FirstAncestorOrSelf<ArgumentSyntax>(a => a.Span == place.SourceSpan);
            var written = argument?.Expression ?? node;
            if (written is not ExpressionSyntax || Layout.HasComment(written)) continue;

            // `50f` stays a float.
            var text = written is LiteralExpressionSyntax { Token.Text: var literal } && literal.EndsWith("f", StringComparison.OrdinalIgnoreCase) ? number + "f" : number;
            yield return new(LocalizedText.Of(title(number)), [new TextChange(written.Span, text)]);
        }
    }
}
