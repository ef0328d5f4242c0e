using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1101: begins the body of the loop with a dispose scope, where nothing made in a round is wanted later.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NoDisposeScopeFix)), Shared]
public sealed class NoDisposeScopeFix() : TrainLintFix("TL1101", "Scope")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) =>
        page.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent is StatementSyntax loop ? ScopeRepair.InLoop(page, loop) : [];
}
