using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Tool.Output;

/// <summary>The difference of two texts in the unified format.</summary>
internal static class Diff
{
    private const int Context = 3;

    /// <summary>The difference, or nothing where there is none.</summary>
    /// <param name="path">The name of the file, shown on both sides.</param>
    /// <param name="before">The text as it is.</param>
    /// <param name="after">The text as it would be.</param>
    public static string Unified(string path, string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var edits = Edits(old, now);
        var text = new StringBuilder();
        for (var i = 0; i < edits.Count;)
        {
            if (edits[i].Kind == ' ')
            {
                i++;
                continue;
            }

            // A hunk ends where more lines stay than the two contexts hold.
            var (first, last) = (i, i);
            for (var j = i; j < edits.Count && j - last <= 2 * Context; j++)
                if (edits[j].Kind != ' ') last = j;
            var (from, to) = (Math.Max(0, first - Context), Math.Min(edits.Count - 1, last + Context));
            var hunk = edits.GetRange(from, to - from + 1);
            if (text.Length == 0) text.Append(CultureInfo.InvariantCulture, $"--- a/{path}\n+++ b/{path}\n");
            text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(hunk.Where(e => e.Kind != '+').ToList(), e => e.Old, edits[from].Old)} +{Range(hunk.Where(e => e.Kind != '-').ToList(), e => e.New, edits[from].New)} @@\n");
            foreach (var (kind, o, n) in hunk)
            {
                var line = kind == '+' ? now[n] : old[o];
                text.Append(kind).Append(line.TrimEnd('\r', '\n')).Append('\n');
                if (!line.EndsWith('\n')) text.Append("\\ No newline at end of file\n");
            }

            i = to + 1;
        }

        return text.ToString();

        static string Range(List<(char Kind, int Old, int New)> lines, Func<(char Kind, int Old, int New), int> index, int none) => lines.Count == 0 ? $"{none},0" : lines.Count == 1 ? $"{index(lines[0]) + 1}" : $"{index(lines[0]) + 1},{lines.Count}";
    }

    /// <summary>The difference as changes of whole lines.</summary>
    public static IEnumerable<TextChange> Changes(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var edits = Edits(old, now);
        var at = 0;
        for (var i = 0; i < edits.Count;)
        {
            if (edits[i].Kind == ' ')
            {
                at += old[edits[i++].Old].Length;
                continue;
            }

            var (start, written) = (at, new StringBuilder());
            for (; i < edits.Count && edits[i].Kind != ' '; i++)
            {
                if (edits[i].Kind == '-') at += old[edits[i].Old].Length;
                else written.Append(now[edits[i].New]);
            }

            yield return new(TextSpan.FromBounds(start, at), written.ToString());
        }
    }

    // The longest common subsequence of what lies between the first and the last difference.
    private static List<(char Kind, int Old, int New)> Edits(List<string> old, List<string> now)
    {
        var (head, tail) = (0, 0);
        while (head < old.Count && head < now.Count && old[head] == now[head]) head++;
        while (tail < old.Count - head && tail < now.Count - head && old[old.Count - 1 - tail] == now[now.Count - 1 - tail]) tail++;
        var (rows, columns) = (old.Count - head - tail, now.Count - head - tail);
        var length = new int[rows + 1, columns + 1];
        for (var r = rows - 1; r >= 0; r--)
            for (var c = columns - 1; c >= 0; c--)
                length[r, c] = old[head + r] == now[head + c] ? length[r + 1, c + 1] + 1 : Math.Max(length[r + 1, c], length[r, c + 1]);
        var edits = new List<(char, int, int)>();
        for (var i = 0; i < head; i++) edits.Add((' ', i, i));
        var (x, y) = (0, 0);
        while (x < rows || y < columns)
        {
            if (x < rows && y < columns && old[head + x] == now[head + y]) edits.Add((' ', head + x++, head + y++));
            else if (x < rows && (y == columns || length[x + 1, y] >= length[x, y + 1])) edits.Add(('-', head + x++, head + y));
            else edits.Add(('+', head + x, head + y++));
        }

        for (var i = 0; i < tail; i++) edits.Add((' ', old.Count - tail + i, now.Count - tail + i));
        return edits;
    }

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }
}
