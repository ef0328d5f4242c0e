using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>TL0103: steps the scheduler at the end of the loop that counts for it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SchedulerNeverSteppedFix)), Shared]
public sealed class SchedulerNeverSteppedFix() : TrainLintFix("TL0103", "Step")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver || page.StatementAt(diagnostic, RuleProperties.Loop) is not { } loop) return [];
        return Repair.Of($"Call '{receiver}.step()' at the end of the loop", Layout.AddAtEnd(page, loop, receiver + ".step();"));
    }
}
