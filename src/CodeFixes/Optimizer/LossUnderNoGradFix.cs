using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0502: takes the guard away, where the forward pass of the loss is all that it holds for.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LossUnderNoGradFix)), Shared]
public sealed class LossUnderNoGradFix() : TrainLintFix("TL0502", "WithoutGuard")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath) return [];
        var (guard, backward) = (page.NodeAt(place.SourceSpan), page.NodeAt(diagnostic.Location.SourceSpan));
        if (Statements.Function(guard) != Statements.Function(backward)) return [];
        FormattableString title = $"Remove '{GradientSteps.Text(guard)}'";
        switch (guard.Parent)
        {
            case EqualsValueClauseSyntax { Parent.Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement } } when IsOnlyForTheLoss(page, backward, Statements.After(statement).ToList()):
                return Repair.Of(title, Layout.Remove(page, statement));
            case UsingStatementSyntax { Declaration: null } statement when IsOnlyForTheLoss(page, backward, [statement.Statement]):
                return Repair.Of(title, Unwrapped(page, statement));
            case EqualsValueClauseSyntax { Parent.Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: UsingStatementSyntax statement } } when IsOnlyForTheLoss(page, backward, [statement.Statement]):
                return Repair.Of(title, Unwrapped(page, statement));
            default:
                return [];
        }
    }

    // A guard that stands between two forward passes, or holds for two models, was meant for one of them: which, only its author knows.
    private static bool IsOnlyForTheLoss(Page page, SyntaxNode backward, List<StatementSyntax> held)
    {
        if (held.Count == 0) return false;
        var span = TextSpan.FromBounds(held[0].SpanStart, held[held.Count - 1].Span.End);
        var passes = (Statements.Function(backward) ?? page.Root).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(c => page.OperationOf(c) == TorchOp.Forward && page.Model.GetSymbolInfo(c, page.Cancellation).Symbol is IMethodSymbol { Parameters.Length: 1 } && c.SpanStart < backward.Span.End).ToList();
        return passes.All(p => span.Contains(p.Span)) && passes.Select(p => (p.Expression as MemberAccessExpressionSyntax)?.Expression.ToString()).Distinct().Count() <= 1;
    }

    // The statements of the guard's block in its place.
    private static ImmutableArray<TextChange>? Unwrapped(Page page, UsingStatementSyntax statement)
    {
        var text = page.Text;
        if (!Statements.IsListed(statement) || statement.ContainsDirectives || !Layout.StartsLine(text, statement.SpanStart)) return null;
        var outer = Layout.Indentation(text, statement.SpanStart);
        if (statement.Statement is not BlockSyntax block)
            return Layout.HasComment(page, TextSpan.FromBounds(statement.SpanStart, statement.Statement.SpanStart)) ? null : [new(TextSpan.FromBounds(statement.SpanStart, statement.Statement.SpanStart), "")];
        if (block.Statements.Count == 0 || !Layout.StartsLine(text, block.CloseBraceToken.SpanStart) || block.DescendantTokens().Any(t => t.Text.Contains('\n'))) return null;
        if (Layout.HasComment(page, TextSpan.FromBounds(statement.SpanStart, block.OpenBraceToken.Span.End))) return null;
        var opening = text.Lines.GetLineFromPosition(block.OpenBraceToken.SpanStart);
        var closing = text.Lines.GetLineFromPosition(block.CloseBraceToken.SpanStart);
        if (closing.LineNumber - opening.LineNumber < 2 || !string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(block.OpenBraceToken.Span.End, opening.End)))) return null;
        if (!string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(block.CloseBraceToken.Span.End, closing.End)))) return null;
        var inner = Layout.Indentation(text, block.Statements[0].SpanStart);
        var lines = Enumerable.Range(opening.LineNumber + 1, closing.LineNumber - opening.LineNumber - 1)
            .Select(n => text.ToString(text.Lines[n].SpanIncludingLineBreak))
            .Select(l => l.StartsWith(inner, StringComparison.Ordinal) ? outer + l.Substring(inner.Length) : l);
        var first = text.Lines.GetLineFromPosition(statement.SpanStart);
        return [new(TextSpan.FromBounds(first.Start, closing.EndIncludingLineBreak), string.Concat(lines))];
    }
}
