using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>Puts a usual learning rate where an unusable one is written.</summary>
internal static class RateFixes
{
    public static IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Said(diagnostic, RuleProperties.Replacement) is not { } usual) yield break;
        foreach (var place in diagnostic.AdditionalLocations.Append(diagnostic.Location))
        {
            if (place.SourceTree != page.Tree) continue;
            var node = page.NodeAt(place.SourceSpan);
            var argument = node.FirstAncestorOrSelf<ArgumentSyntax>(a => a.Span == place.SourceSpan);
            var written = argument?.Expression ?? node;
            if (written is not ExpressionSyntax || Layout.HasComment(written)) continue;

            // `50f` stays a float.
            var text = written is LiteralExpressionSyntax { Token.Text: var literal } && literal.EndsWith("f", StringComparison.OrdinalIgnoreCase) ? usual + "f" : usual;
            yield return new($"Use a learning rate of {usual}", [new TextChange(written.Span, text)]);
        }
    }
}
