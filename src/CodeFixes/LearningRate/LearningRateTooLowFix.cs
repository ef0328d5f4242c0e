using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>TL0102: takes the rate that the library itself would take.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LearningRateTooLowFix)), Shared]
public sealed class LearningRateTooLowFix() : TrainLintFix("TL0102", "Usual")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => Numbers.Replace(page, diagnostic, rate => $"Use a learning rate of {rate}");
}
