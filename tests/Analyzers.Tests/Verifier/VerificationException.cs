using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests;

/// <summary>A rule or a fix does not keep its promise; the message shows the source with what was reported under its lines.</summary>
public sealed class VerificationException : Exception
{
    public VerificationException()
    {
    }

    public VerificationException(string message) : base(message)
    {
    }

    public VerificationException(string message, Exception inner) : base(message, inner)
    {
    }

    internal static VerificationException At(string problem, IEnumerable<TestFile> files, IEnumerable<Diagnostic> diagnostics) =>
        new(problem + "\n" + string.Concat(files.Select(f => "\n" + Show(f.Path, f.Text, diagnostics))));

    internal static VerificationException Difference(string problem, string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var first = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
        string Line(string[] lines) => first < lines.Length ? $"'{lines[first]}'" : "(the end)";
        return new($"{problem}\n\nThe first difference is in line {first + 1}:\nexpected {Line(left)}\nactual   {Line(right)}\n\n--- expected\n{expected}\n--- actual\n{actual}");
    }

    private static string Show(string path, string text, IEnumerable<Diagnostic> diagnostics)
    {
        var here = diagnostics.Where(d => d.Location.SourceTree?.FilePath == path).ToLookup(d => d.Location.GetLineSpan().StartLinePosition.Line);
        var shown = new StringBuilder(path).Append('\n');
        foreach (var line in SourceText.From(text.TrimEnd()).Lines)
        {
            shown.Append("    ").Append(line).Append('\n');
            foreach (var diagnostic in here[line.LineNumber])
            {
                var start = diagnostic.Location.SourceSpan.Start;
                var end = Math.Min(diagnostic.Location.SourceSpan.End, line.End);
                shown.Append("    ").Append(' ', start - line.Start).Append('^', Math.Max(1, end - start)).Append(' ').Append(diagnostic.Id).Append(": ")
                    .Append(diagnostic.GetMessage(null)).Append('\n');
            }
        }

        return shown.ToString();
    }
}
