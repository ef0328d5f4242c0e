using Microsoft.CodeAnalysis;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>What the fixes of the two rules about a forgotten train() share.</summary>
internal static class TrainModeRepair
{
    public static IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver || page.StatementAt(diagnostic, RuleProperties.Before) is not { } before) return [];
        return Repair.Of($"Call '{receiver}.train()' before the training {(Statements.IsLoop(before) ? LocalizedText.Of($"loop") : LocalizedText.Of($"pass"))}", Layout.AddBefore(page, before, receiver + ".train();"));
    }
}
