using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>One change of a text that its author would not make: what is done, and the text that stands instead of a part.</summary>
internal sealed record Edit(string Kind, TextSpan Span, string Replacement)
{
    // What the arithmetic of rules may trip over: divisors, sizes that overflow, negative counts.
    private static readonly string[] Numbers = ["0", "-1", "1", "2147483647", "9223372036854775807", "1e300"];

    // {0} is a statement; what follows it may be unreachable or out of scope, and then the compiler says so.
    private static readonly string[] StatementContexts =
    [
        "{ {0} }",
        "if (DateTime.Now.Ticks > 0) {0}",
        "if (DateTime.Now.Ticks > 0) { } else {0}",
        "for (;;) { {0} break; }",
        "do {0} while (DateTime.Now.Ticks < 0);",
        "while (true) { {0} if (DateTime.Now.Ticks > 0) break; else continue; }",
        "foreach (var odd1 in new int[2]) {0}",
        "try { {0} } catch (Exception odd2) when (odd2 is { Message.Length: > 3 }) { throw; } finally { GC.Collect(); }",
        "try { GC.Collect(); } finally { {0} }",
        "try { throw new InvalidOperationException(); } catch (InvalidOperationException) { {0} }",
        "switch (DateTime.Now) { case { Year: > 3 and < 9 } odd3 when odd3.Ticks > 0: {0} goto default; default: break; }",
        "switch (DateTime.Now.Year) { case 1: goto case 2; case 2: {0} break; default: goto case 1; }",
        "checked { {0} }",
        "unsafe { {0} }",
        "lock (new object()) {0}",
        "using (new MemoryStream()) {0}",
        "goto odd4; odd4: {0}",
        "odd5: {0} if (DateTime.Now.Ticks < 0) goto odd5;",
        "void Odd6() { {0} } Odd6();",
        "Action odd7 = () => { {0} }; odd7();",
        "Parallel.For(0, 2, odd8 => { {0} });",
        "if (DateTime.Now.Ticks < 0) return; {0}",
        "{0} {0}",
        "",
        "\n#if true\n{0}\n#else\nnothing\n#endif\n",
        "/* before */ {0} // after\n",
    ];

    // {0} is a call whose value keeps its type.
    private static readonly string[] ExpressionContexts =
    [
        "({0})",
        "checked({0})",
        "({0})!",
        "(DateTime.Now.Ticks > 0 ? {0} : {0})",
        "new[] { {0} }[0]",
        "({0}, 0).Item1",
        "(DateTime.Now.Ticks switch { > 0 => {0}, _ => {0} })",
        "({0} is var odd1 ? odd1 : throw new InvalidOperationException())",
        "Task.FromResult({0}).Result",
        "Enumerable.Repeat({0}, 1).First()",
    ];

    public string In(string text) => string.Concat(text.AsSpan(0, Span.Start), Replacement, text.AsSpan(Span.End));

    /// <summary>Every edit of a text, always in the same order.</summary>
    public static IEnumerable<Edit> Of(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        var tokens = root.DescendantTokens().Where(t => t.Span.Length > 0).ToList();
        return Damage(text, tokens).Concat(Renames(text, tokens)).Concat(Contexts(root));
    }

    // Each token: nothing after it, itself away, twice, after the next one, another number.
    private static IEnumerable<Edit> Damage(string text, List<SyntaxToken> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            yield return new("cut off", TextSpan.FromBounds(token.Span.End, text.Length), "");
            yield return new("deleted", token.Span, "");
            yield return new("doubled", token.Span, token.Text + " " + token.Text);
            if (i + 1 < tokens.Count && tokens[i + 1] is var next)
                yield return new("swapped", TextSpan.FromBounds(token.SpanStart, next.Span.End), next.Text + " " + token.Text);
            if (token.IsKind(SyntaxKind.NumericLiteralToken))
                foreach (var number in Numbers) yield return new("number", token.Span, number);
        }
    }

    // Each name: other where it is declared; where it is declared elsewhere, other in all its uses.
    private static IEnumerable<Edit> Renames(string text, List<SyntaxToken> tokens)
    {
        foreach (var name in tokens.Where(t => t.IsKind(SyntaxKind.IdentifierToken)).GroupBy(t => t.Text))
        {
            var declared = name.Where(t => t.Parent is not SimpleNameSyntax).ToList();
            var renamed = text;
            foreach (var token in (declared.Count > 0 ? declared : [.. name]).OrderByDescending(t => t.SpanStart))
                renamed = renamed.Insert(token.Span.End, "Else");
            yield return new("renamed", new(0, text.Length), renamed);
        }
    }

    private static IEnumerable<Edit> Contexts(SyntaxNode root)
    {
        foreach (var node in root.DescendantNodes())
        {
            var contexts = node switch
            {
                StatementSyntax and not BlockSyntax and not LocalFunctionStatementSyntax => StatementContexts,
                InvocationExpressionSyntax => ExpressionContexts,
                _ => [],
            };
            for (var i = 0; i < contexts.Length; i++)
                yield return new(string.Create(CultureInfo.InvariantCulture, $"{(node is StatementSyntax ? "statement" : "expression")} context {i}"), node.Span, contexts[i].Replace("{0}", node.ToString(), StringComparison.Ordinal));
        }
    }
}
