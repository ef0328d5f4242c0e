using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1108: moves the scope into the loop; where it holds something outside of the loop as well, the loop gets one of its own.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeScopeOutsideLoopFix)), Shared]
public sealed class DisposeScopeOutsideLoopFix() : TrainLintFix("TL1108", "ScopeInLoop")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var work] || work.SourceTree?.FilePath != page.Tree.FilePath) yield break;
        var scope = page.NodeAt(diagnostic.Location.SourceSpan);
        if (page.NodeAt(work.SourceSpan).Ancestors().OfType<StatementSyntax>().FirstOrDefault(s => Statements.IsLoop(s) && s.SpanStart == Loop(page, diagnostic)) is not { } loop) yield break;
        if (Layout.Body(loop) is not { } body || ScopeRepair.Keeps(page, [body], body.Span)) yield break;
        if (scope.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { UsingKeyword.RawKind: not 0 } declaration && IsDirectlyBefore(declaration, loop))
            foreach (var repair in Repair.Of($"Move the scope into the loop", Layout.Remove(page, declaration), Layout.AddAtStart(page, loop, declaration.ToString()))) yield return repair;
        foreach (var repair in ScopeRepair.InLoop(page, loop)) yield return repair;
    }

    private static int? Loop(Page page, Diagnostic diagnostic) => page.StatementAt(diagnostic, Analyzers.Rules.RuleProperties.Loop)?.SpanStart;

    // Nothing that the scope could hold stands between the two, nor after the loop.
    private static bool IsDirectlyBefore(LocalDeclarationStatementSyntax declaration, StatementSyntax loop) =>
        loop.Parent == declaration.Parent && Statements.After(declaration).FirstOrDefault() == loop && !Statements.After(loop).Any(s => s is not ReturnStatementSyntax { Expression: null or IdentifierNameSyntax or LiteralExpressionSyntax });
}
