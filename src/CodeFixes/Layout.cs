using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes;

/// <summary>
/// Adds and moves statements in the text of a file, each with the indentation, the line ends and the braces of its neighbours. Whatever
/// cannot be done without breaking the layout is null.
/// </summary>
internal static class Layout
{
    public static ImmutableArray<TextChange>? AddBefore(Page page, StatementSyntax statement, string code)
    {
        if (Statements.IsEmbedded(statement)) return Wrap(page, statement, [code], []);
        if (!Statements.IsListed(statement)) return null;
        if (!StartsLine(page.Text, statement.SpanStart)) return [new(new(statement.SpanStart, 0), code + " ")];
        return [new(new(OwnStart(page, statement), 0), Indentation(page.Text, statement.SpanStart) + code + LineBreak(page.Text))];
    }

    public static ImmutableArray<TextChange>? AddAfter(Page page, StatementSyntax statement, string code) => AddAfter(page, statement, [code]);

    /// <summary>Adds a statement at the end of a loop's body, but before a jump that ends it.</summary>
    public static ImmutableArray<TextChange>? AddAtEnd(Page page, StatementSyntax loop, string code) =>
        Body(loop) is not { } body ? null
        : body is not BlockSyntax block ? AddAfter(page, body, code)
        : block.Statements.Count == 0 ? null
        : IsJump(block.Statements.Last()) ? AddBefore(page, block.Statements.Last(), code)
        : AddAfter(page, block.Statements.Last(), code);

    /// <summary>Adds a statement at the start of a loop's body.</summary>
    public static ImmutableArray<TextChange>? AddAtStart(Page page, StatementSyntax loop, string code) =>
        Body(loop) switch
        {
            BlockSyntax { Statements: [var first, ..] } => AddBefore(page, first, code),
            BlockSyntax or null => null,
            var single => AddBefore(page, single, code),
        };

    public static StatementSyntax? Body(StatementSyntax loop) => loop switch
    {
        ForStatementSyntax each => each.Statement,
        CommonForEachStatementSyntax each => each.Statement,
        WhileStatementSyntax each => each.Statement,
        DoStatementSyntax each => each.Statement,
        _ => null,
    };

    public static bool IsJump(StatementSyntax statement) => statement is ContinueStatementSyntax or BreakStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax or GotoStatementSyntax;

    /// <summary>Moves a statement of a list, with the comments above it, behind one that comes later, or before any other.</summary>
    public static ImmutableArray<TextChange>? Move(Page page, StatementSyntax statement, StatementSyntax target, bool before = false)
    {
        if (!Statements.IsListed(statement) || statement.ContainsDirectives || (before ? target.Span.Contains(statement.SpanStart) && !Statements.IsLoop(target) || statement.Span.Contains(target.SpanStart) : target.SpanStart < statement.Span.End)) return null;
        var text = page.Text;
        ImmutableArray<string> lines;
        TextSpan removed;
        if (StartsLine(text, statement.SpanStart) && EndsLine(statement))
        {
            var start = OwnStart(page, statement);
            var last = text.Lines.GetLineFromPosition(ContentEnd(statement));
            removed = WithSpareBlankLine(text, TextSpan.FromBounds(start, last.EndIncludingLineBreak));
            var indentation = Indentation(text, statement.SpanStart);
            lines = [.. text.ToString(TextSpan.FromBounds(start, last.End)).Split('\n').Select(l => Without(l.TrimEnd(), indentation))];
            if (lines.Length > 1 && IsIndentedInside(statement)) return null;
        }
        else
        {
            // Among others on one line.
            if (text.Lines.GetLineFromPosition(statement.SpanStart).Span.End < statement.Span.End || HasComment(statement)) return null;
            var next = statement.GetLastToken().GetNextToken();
            removed = StartsLine(text, statement.SpanStart) ? TextSpan.FromBounds(statement.SpanStart, next.SpanStart)
                : TextSpan.FromBounds(statement.GetFirstToken().GetPreviousToken().Span.End, statement.Span.End);
            var gap = text.ToString(removed).Replace(statement.ToString(), "");
            if (gap.Contains('\n') || !string.IsNullOrWhiteSpace(gap)) return null;
            lines = [statement.ToString()];
        }

        var added = before ? AddLinesBefore(page, target, lines) : AddAfter(page, target, lines);
        return added is null || added.Value.Any(c => c.Span.Start < removed.End && c.Span.End > removed.Start) ? null : added.Value.Insert(0, new(removed, ""));
    }

    /// <summary>Takes a statement of a list away, with its lines where these hold nothing else.</summary>
    public static ImmutableArray<TextChange>? Remove(Page page, StatementSyntax statement)
    {
        if (!Statements.IsListed(statement) || statement.ContainsDirectives || HasComment(statement)) return null;
        if (!StartsLine(page.Text, statement.SpanStart) || !EndsLine(statement)) return null;
        var first = page.Text.Lines.GetLineFromPosition(statement.SpanStart);
        return [new(WithSpareBlankLine(page.Text, TextSpan.FromBounds(first.Start, page.Text.Lines.GetLineFromPosition(ContentEnd(statement)).EndIncludingLineBreak)), "")];
    }

    // Lines and trivia.

    public static string LineBreak(SourceText text)
    {
        var first = text.Lines[0];
        return first.EndIncludingLineBreak > first.End ? text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak)) : "\n";
    }

    public static string Indentation(SourceText text, int position)
    {
        var line = text.Lines.GetLineFromPosition(position);
        var end = line.Start;
        while (end < line.End && text[end] is ' ' or '\t') end++;
        return text.ToString(TextSpan.FromBounds(line.Start, end));
    }

    public static bool StartsLine(SourceText text, int position) =>
        string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(text.Lines.GetLineFromPosition(position).Start, position)));

    /// <summary>One level of indentation, as the lines around a node have it.</summary>
    public static string Unit(Page page, SyntaxNode node)
    {
        foreach (var block in node.AncestorsAndSelf().OfType<BlockSyntax>().Concat(page.Root.DescendantNodes().OfType<BlockSyntax>()))
        {
            if (block.Statements.Count == 0 || !StartsLine(page.Text, block.Statements[0].SpanStart)) continue;
            var (outer, inner) = (Indentation(page.Text, block.CloseBraceToken.SpanStart), Indentation(page.Text, block.Statements[0].SpanStart));
            if (inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal)) return inner.Substring(outer.Length);
        }

        return "    ";
    }

    public static bool HasComment(SyntaxNode node) => node.DescendantTrivia().Any(t => t.Span.Start >= node.SpanStart && t.Span.End <= node.Span.End && IsComment(t));

    public static bool HasComment(Page page, TextSpan span) => page.Root.DescendantTrivia(span).Any(t => span.Contains(t.Span) && (IsComment(t) || t.IsDirective));

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)
        || trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineDocumentationCommentTrivia);

    // Whether nothing but trivia follows on the line.
    private static bool EndsLine(SyntaxNode node)
    {
        var last = node.GetLastToken();
        return last.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia) || last.GetNextToken(includeZeroWidth: true).IsKind(SyntaxKind.EndOfFileToken);
    }

    // The end of the statement and of the comment behind it.
    private static int ContentEnd(SyntaxNode node)
    {
        var end = node.Span.End;
        foreach (var trivia in node.GetLastToken().TrailingTrivia)
            if (IsComment(trivia)) end = trivia.Span.End;
        return end;
    }

    // The start of the line where the comments begin that stand directly above a statement.
    private static int OwnStart(Page page, StatementSyntax statement)
    {
        var lines = page.Text.Lines;
        var line = lines.GetLineFromPosition(statement.SpanStart);
        while (line.LineNumber > 0)
        {
            var above = lines[line.LineNumber - 1];
            if (above.Start < statement.FullSpan.Start) break;
            var content = above.ToString().TrimEnd();
            if (content.Length == 0) break;
            var trivia = page.Root.FindTrivia(above.Start + content.Length - 1);
            if (!IsComment(trivia) || trivia.FullSpan.Start < statement.FullSpan.Start || !StartsLine(page.Text, trivia.FullSpan.Start)) break;
            line = lines.GetLineFromPosition(trivia.FullSpan.Start);
        }

        return line.Start;
    }

    // Between two blank lines, or between a brace and a blank line, one blank line goes with the statement.
    private static TextSpan WithSpareBlankLine(SourceText text, TextSpan removed)
    {
        var first = text.Lines.GetLineFromPosition(removed.Start).LineNumber;
        var above = first == 0 ? "{" : text.Lines[first - 1].ToString().Trim();
        var next = text.Lines.GetLineFromPosition(removed.End);
        var below = next.ToString().Trim();
        if (below.Length == 0 && next.EndIncludingLineBreak > next.Start && (above.Length == 0 || above.EndsWith("{", StringComparison.Ordinal))) return TextSpan.FromBounds(removed.Start, next.EndIncludingLineBreak);
        return above.Length == 0 && below.StartsWith("}", StringComparison.Ordinal) ? TextSpan.FromBounds(text.Lines[first - 1].Start, removed.End) : removed;
    }

    private static string Without(string line, string indentation) => line.StartsWith(indentation, StringComparison.Ordinal) ? line.Substring(indentation.Length) : line.TrimStart();

    // A text that runs over several lines changes its meaning with the indentation.
    private static bool IsIndentedInside(SyntaxNode node) => node.DescendantTokens().Any(t => t.Text.Contains('\n'));

    private static string Joined(Page page, string indentation, IEnumerable<string> lines) =>
        string.Join(LineBreak(page.Text), lines.Select(l => l.Length == 0 ? l : indentation + l));

    private static ImmutableArray<TextChange>? AddLinesBefore(Page page, StatementSyntax statement, ImmutableArray<string> lines)
    {
        if (lines.Length == 1) return AddBefore(page, statement, lines[0]);
        if (!Statements.IsListed(statement) || !StartsLine(page.Text, statement.SpanStart)) return null;
        return [new(new(OwnStart(page, statement), 0), Joined(page, Indentation(page.Text, statement.SpanStart), lines) + LineBreak(page.Text))];
    }

    private static ImmutableArray<TextChange>? AddAfter(Page page, StatementSyntax statement, ImmutableArray<string> lines)
    {
        if (Statements.IsEmbedded(statement)) return Wrap(page, statement, [], lines);
        if (!Statements.IsListed(statement)) return null;
        if (EndsLine(statement))
        {
            var neighbour = StartsLine(page.Text, statement.SpanStart) ? statement : Statements.Siblings(statement).LastOrDefault(s => StartsLine(page.Text, s.SpanStart));
            if (neighbour is null && statement.Parent is not GlobalStatementSyntax) return null;
            var indentation = neighbour is null ? "" : Indentation(page.Text, neighbour.SpanStart);
            return [new(new(ContentEnd(statement), 0), LineBreak(page.Text) + Joined(page, indentation, lines))];
        }

        return lines.Length == 1 && !lines[0].Contains("//") ? [new(new(statement.Span.End, 0), " " + lines[0])] : null;
    }

    // Puts braces around the body of an `if` or a loop, and something more into them.
    private static ImmutableArray<TextChange>? Wrap(Page page, StatementSyntax statement, ImmutableArray<string> before, ImmutableArray<string> after)
    {
        if (!EndsLine(statement) || statement.ContainsDirectives) return null;
        var text = page.Text;
        var head = statement.GetFirstToken().GetPreviousToken();
        var outer = Indentation(text, statement.Parent!.SpanStart);
        var line = LineBreak(text);
        var sameLine = BracesShareLine(page, statement);
        var changes = ImmutableArray.CreateBuilder<TextChange>();
        string inner;
        if (StartsLine(text, statement.SpanStart))
        {
            inner = Indentation(text, statement.SpanStart);
            if (inner.Length <= outer.Length) return null;
            var first = before.IsEmpty ? "" : Joined(page, inner, before) + line;
            if (sameLine)
            {
                changes.Add(new(new(head.Span.End, 0), " {"));
                if (first.Length > 0) changes.Add(new(new(OwnStart(page, statement), 0), first));
            }
            else
            {
                changes.Add(new(new(OwnStart(page, statement), 0), outer + "{" + line + first));
            }
        }
        else
        {
            var gap = TextSpan.FromBounds(head.Span.End, statement.SpanStart);
            if (!string.IsNullOrWhiteSpace(text.ToString(gap)) || text.Lines.GetLineFromPosition(statement.SpanStart).Span.End < statement.Span.End) return null;
            inner = outer + Unit(page, statement);
            changes.Add(new(gap, (sameLine ? " {" : line + outer + "{") + line + (before.IsEmpty ? "" : Joined(page, inner, before) + line) + inner));
        }

        var end = ContentEnd(statement);
        var brace = line + outer + "}";
        changes.Add(new(new(end, 0), (after.IsEmpty ? "" : line + Joined(page, inner, after)) + brace));

        // `} else` on one line, where that is how braces are written here.
        if (sameLine && statement.Parent is IfStatementSyntax { Else.ElseKeyword: var otherwise } && text.ToString(TextSpan.FromBounds(end, otherwise.SpanStart)) is var rest && string.IsNullOrWhiteSpace(rest))
        {
            changes.RemoveAt(changes.Count - 1);
            changes.Add(new(TextSpan.FromBounds(end, otherwise.SpanStart), (after.IsEmpty ? "" : line + Joined(page, inner, after)) + brace + " "));
        }

        return changes.ToImmutable();
    }

    // `if (x) {` or the brace on a line of its own: as around the statement, else as in the file.
    private static bool BracesShareLine(Page page, StatementSyntax statement)
    {
        var all = page.Root.DescendantNodes().OfType<BlockSyntax>().ToList();
        var nearest = statement.Ancestors().OfType<BlockSyntax>().Where(IsOfStatement).Concat(all.Where(IsOfStatement)).Concat(all)
            .FirstOrDefault(b => StartsLine(page.Text, b.CloseBraceToken.SpanStart) && b.OpenBraceToken.SpanStart > 0 && b.Parent is not BlockSyntax);
        return nearest is not null && !StartsLine(page.Text, nearest.OpenBraceToken.SpanStart);

        static bool IsOfStatement(BlockSyntax block) => block.Parent is StatementSyntax and not BlockSyntax or ElseClauseSyntax;
    }
}
