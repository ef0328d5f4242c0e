using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1105: disposes the scope at the end of its block, where nothing made in it is wanted later.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeScopeNotDisposedFix)), Shared]
public sealed class DisposeScopeNotDisposedFix() : TrainLintFix("TL1105", "Using")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var scope = page.NodeAt(diagnostic.Location.SourceSpan);
        if (Statements.Around(scope) is not { Parent: BlockSyntax or GlobalStatementSyntax } statement) return [];
        var rest = Statements.After(statement).ToList();
        if (rest.Count == 0 || ScopeRepair.Keeps(page, rest, TextSpan.FromBounds(statement.Span.End, rest[rest.Count - 1].Span.End))) return [];
        return UsingRepair.Of(page, scope, statement, ScopeRepair.Names.Where(name => page.Model.LookupSymbols(scope.SpanStart, name: name).IsEmpty));
    }
}
