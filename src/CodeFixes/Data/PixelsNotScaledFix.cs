using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Data;

/// <summary>TL0201: divides by 255 behind the conversion.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PixelsNotScaledFix)), Shared]
public sealed class PixelsNotScaledFix() : TrainLintFix("TL0201", "Divide")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) =>
        Repair.Of($"Divide by 255", [new TextChange(new(diagnostic.Location.SourceSpan.End, 0), ".div(255)")]);
}
