using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0706: switches the module back to training mode in each round.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TrainModeNotRestoredFix)), Shared]
public sealed class TrainModeNotRestoredFix() : TrainLintFix("TL0706", "Train")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => TrainModeRepair.Propose(page, diagnostic);
}
