using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests;

/// <summary>A marked place: <c>[|…|]</c> (no key), <c>{|TL0701:…|}</c>, <c>{|CS0246:…|}</c> or <c>{|#0:…|}</c>.</summary>
internal sealed record Mark(string? Key, TextSpan Span)
{
    public bool IsLocation => Key is ['#', ..];

    public bool IsCompiler => Key is ['C', 'S', ..];
}

internal static class Markup
{
    /// <summary>The code without its marks, and the marks in the order of their starts.</summary>
    public static (string Code, IReadOnlyList<Mark> Marks) Parse(string text)
    {
        var code = new StringBuilder(text.Length);
        var open = new Stack<(string? Key, int Start)>();
        var marks = new List<Mark>();
        for (var i = 0; i < text.Length; i++)
        {
            if (At(text, i, "[|"))
            {
                open.Push((null, code.Length));
                i++;
            }
            else if (At(text, i, "{|") && KeyEnd(text, i + 2) is var end and > 0)
            {
                open.Push((text[(i + 2)..end], code.Length));
                i = end;
            }
            else if (At(text, i, "|]") || At(text, i, "|}"))
            {
                var keyed = text[i + 1] == '}';
                if (open.Count == 0 || (open.Peek().Key is not null) != keyed)
                    throw new ArgumentException($"'{text[i..(i + 2)]}' closes nothing:\n{text[..(i + 2)]}");
                var (key, start) = open.Pop();
                marks.Add(new Mark(key, TextSpan.FromBounds(start, code.Length)));
                i++;
            }
            else
            {
                code.Append(text[i]);
            }
        }

        if (open.Count > 0)
            throw new ArgumentException($"A mark is not closed:\n{text}");
        return (code.ToString(), [.. marks.OrderBy(m => m.Span.Start).ThenByDescending(m => m.Span.Length)]);
    }

    /// <summary>The inverse: the code with <c>[|…|]</c> around each span.</summary>
    public static string Add(string code, IEnumerable<TextSpan> spans)
    {
        var text = new StringBuilder(code);
        var edges = spans.SelectMany(s => new[] { (At: s.End, Text: "|]"), (At: s.Start, Text: "[|") });
        foreach (var (at, edge) in edges.OrderByDescending(e => e.At).ThenByDescending(e => e.Text, StringComparer.Ordinal))
            text.Insert(at, edge);
        return text.ToString();
    }

    private static bool At(string text, int index, string what) => string.CompareOrdinal(text, index, what, 0, what.Length) == 0;

    private static int KeyEnd(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '#'))
            end++;
        return end > start && end < text.Length && text[end] == ':' ? end : -1;
    }
}
