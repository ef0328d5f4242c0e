using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>TL0101: takes the rate that the library itself would take.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LearningRateTooHighFix)), Shared]
public sealed class LearningRateTooHighFix() : TrainLintFix("TL0101", "Usual")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => Numbers.Replace(page, diagnostic, rate => $"Use a learning rate of {rate}");
}
