using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0705: switches the module to training mode before it is trained on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MissingTrainModeFix)), Shared]
public sealed class MissingTrainModeFix() : TrainLintFix("TL0705", "Train")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => TrainModeRepair.Propose(page, diagnostic);
}
