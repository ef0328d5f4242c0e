using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Data;

/// <summary>TL0207: gives the model the transformed batch.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TransformedBatchUnusedFix)), Shared]
public sealed class TransformedBatchUnusedFix() : TrainLintFix("TL0207", "UseIt")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { Identifier.ValueText: var name }) return [];
        return Repair.Of($"Give the model '{name}'", [.. diagnostic.AdditionalLocations.Where(l => l.SourceTree?.FilePath == page.Tree.FilePath).Select(l => new TextChange(l.SourceSpan, name))]);
    }
}
