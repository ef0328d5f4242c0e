using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1106: leaves the tensor undisposed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InPlaceResultDisposedFix)), Shared]
public sealed class InPlaceResultDisposedFix() : TrainLintFix("TL1106", "NoUsing")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) => page.Root.FindToken(diagnostic.Location.SourceSpan.Start).Parent switch
    {
        // `using var _ = x.add_(1);`: nobody reads the variable.
        LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value } variable] } statement =>
            Repair.Of($"Remove the 'using'", [new TextChange(TextSpan.FromBounds(statement.SpanStart, variable.Identifier.ValueText == "_" ? value.SpanStart : statement.Declaration.SpanStart), "")]),
        UsingStatementSyntax { Declaration: { } declaration, Statement: BlockSyntax } statement when Statements.IsListed(statement) =>
            Repair.Of($"Remove the 'using'", [new TextChange(TextSpan.FromBounds(statement.SpanStart, declaration.SpanStart), ""), new TextChange(statement.CloseParenToken.Span, ";")]),
        UsingStatementSyntax { Expression: { } expression, Statement: BlockSyntax } statement when Statements.IsListed(statement) =>
            Repair.Of($"Remove the 'using'", [new TextChange(TextSpan.FromBounds(statement.SpanStart, expression.SpanStart), ""), new TextChange(statement.CloseParenToken.Span, ";")]),
        _ => [],
    };
}
