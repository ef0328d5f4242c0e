using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Initialization;

/// <summary>TL0902: sets the seed once, before the loop.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SeedResetInLoopFix)), Shared]
public sealed class SeedResetInLoopFix() : TrainLintFix("TL0902", "Once")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.StatementAt(diagnostic, RuleProperties.Loop) is not { } loop || Statements.Around(page.NodeAt(diagnostic.Location.SourceSpan)) is not { } seeding) return [];
        return Repair.Of($"Set the seed once, before the loop", Layout.Move(page, seeding, loop, before: true));
    }
}
