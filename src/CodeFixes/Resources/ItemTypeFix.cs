using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1109: reads the tensor by its own type, or, where that does not fit, with a conversion.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ItemTypeFix)), Shared]
public sealed class ItemTypeFix() : TrainLintFix("TL1109", "Read")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not TypeSyntax argument || argument.FirstAncestorOrSelf<GenericNameSyntax>() is not { } name) return [];
        var (reading, conversion) = (Page.Said(diagnostic, RuleProperties.Reading), Page.Said(diagnostic, RuleProperties.Conversion));
        if (reading is null || conversion is null) return [];
        return Repair.Of($"Write 'item<{reading}>()'", [new TextChange(argument.Span, reading)])
            .Concat(Repair.Of($"Write '{conversion}()'", [new TextChange(name.Span, conversion)]));
    }
}
