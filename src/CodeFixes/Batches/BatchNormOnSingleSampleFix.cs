using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes.Batches;

/// <summary>TL0603: makes batches of more than one sample.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BatchNormOnSingleSampleFix)), Shared]
public sealed class BatchNormOnSingleSampleFix() : TrainLintFix("TL0603", "Size")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => Numbers.Replace(page, diagnostic, size => $"Use batches of {size} samples");
}
