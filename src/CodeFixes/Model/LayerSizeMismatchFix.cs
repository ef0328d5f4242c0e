using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0305: sets the one size that is wrong.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LayerSizeMismatchFix)), Shared]
public sealed class LayerSizeMismatchFix() : TrainLintFix("TL0305", "Size")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (!int.TryParse(Page.Said(diagnostic, RuleProperties.Argument), NumberStyles.None, CultureInfo.InvariantCulture, out var start) || start >= page.Root.FullSpan.End || Page.Said(diagnostic, RuleProperties.Replacement) is not { } size) return [];
        return page.Root.FindToken(start).Parent?.FirstAncestorOrSelf<ArgumentSyntax>() is { Expression: { SpanStart: var at } wrong } && at == start && !Layout.HasComment(wrong)
            ? Repair.Of($"Set the size to {size}", [new TextChange(wrong.Span, size)]) : [];
    }
}
