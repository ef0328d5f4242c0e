using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Tool.Loading;

/// <summary>One C# cell of a notebook, or the text of a script.</summary>
/// <param name="Number">Which cell it is, counting all from 1; 0 for a script.</param>
/// <param name="Text">Its text.</param>
/// <param name="Start">Where its text (in a .ipynb: the JSON value that holds it) begins in the file, in characters.</param>
/// <param name="Length">How long that is.</param>
internal sealed record Cell(int Number, string Text, int Start, int Length);

/// <summary>
/// The C# of a notebook (.ipynb, .dib) or a script (.csx) as one program of top-level statements: the usings of all cells, their
/// statements, their types, each line where it stands, by #line, so that every finding names its cell and line.
/// </summary>
internal sealed partial class Notebook
{
    private static readonly string[] CSharpNames = ["csharp", "c#", "cs"];

    private readonly List<(int Start, int Length, Cell Cell, int Offset)> pieces = [];
    private readonly string file;

    private Notebook(string path, string file, ImmutableArray<Cell> cells)
    {
        (Path, this.file, Cells) = (path, file, cells);
        Code = Compose();
    }

    public string Path { get; }

    public ImmutableArray<Cell> Cells { get; }

    /// <summary>The program.</summary>
    public string Code { get; }

    /// <summary>Reads a notebook or a script.</summary>
    /// <exception cref="Failure">It cannot be read, or holds no C#.</exception>
    public static Notebook Read(string path)
    {
        var file = File.ReadAllText(path);
        var cells = System.IO.Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".ipynb" => Jupyter(path, file),
            ".dib" => Interactive(file),
            _ => [new(0, file, 0, file.Length)],
        };
        return cells.IsEmpty ? throw new Failure($"{path} holds no C# cell.") : new(path, file, cells);
    }

    /// <summary>How a cell is named where a place is shown.</summary>
    public string NameOf(Cell cell) => cell.Number == 0 ? Path : $"{Path}#cell{cell.Number}";

    /// <summary>The file after changes of <see cref="Code"/>; null where one of them lies in no cell.</summary>
    public string? With(IEnumerable<TextChange> changes)
    {
        var texts = new Dictionary<Cell, List<TextChange>>();
        foreach (var change in changes)
        {
            var piece = pieces.FirstOrDefault(p => p.Start <= change.Span.Start && change.Span.End <= p.Start + p.Length);
            if (piece.Cell is null) return null;
            if (!texts.TryGetValue(piece.Cell, out var own)) texts[piece.Cell] = own = [];
            own.Add(new(new(change.Span.Start - piece.Start + piece.Offset, change.Span.Length), change.NewText ?? ""));
        }

        var result = file;
        foreach (var (cell, own) in texts.OrderByDescending(t => t.Key.Start))
        {
            var text = SourceText.From(cell.Text).WithChanges(own.OrderBy(c => c.Span.Start)).ToString();
            var written = System.IO.Path.GetExtension(Path).Equals(".ipynb", StringComparison.OrdinalIgnoreCase) ? AsJson(cell, text) : text;
            result = result[..cell.Start] + written + result[(cell.Start + cell.Length)..];
        }

        return result;
    }

    // In the layout of the value that it replaces.
    private string AsJson(Cell cell, string text)
    {
        var old = file.Substring(cell.Start, cell.Length);
        if (old[0] == '"') return Quoted(text);
        var first = old.IndexOf('"', StringComparison.Ordinal);
        var (open, close) = first < 0 ? ("", "") : (old[1..first], old[(old.LastIndexOf('"') + 1)..^1]);
        return "[" + open + string.Join("," + open, Lines(text).Select(Quoted)) + close + "]";

        static string Quoted(string line) => JsonSerializer.Serialize(line, Plain);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static IEnumerable<string> Lines(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            yield return text[start..end];
            start = end;
        }
    }

    private static ImmutableArray<Cell> Jupyter(string path, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            var root = document.RootElement;
            var language = Text(root, "metadata", "kernelspec", "language") ?? Text(root, "metadata", "language_info", "name") ?? "C#";
            var ranges = SourceRanges(file);
            var cells = ImmutableArray.CreateBuilder<Cell>();
            var number = 0;
            foreach (var cell in root.GetProperty("cells").EnumerateArray())
            {
                var (start, length) = ranges[number++];
                if (Text(cell, "cell_type") != "code" || !cell.TryGetProperty("source", out var source)) continue;
                var text = source.ValueKind == JsonValueKind.Array ? string.Concat(source.EnumerateArray().Select(l => l.GetString())) : source.GetString() ?? "";
                var own = Magic().Match(text) is { Success: true } magic ? magic.Groups[1].Value : Text(cell, "metadata", "polyglot_notebook", "kernelName") ?? Text(cell, "metadata", "dotnet_interactive", "language") ?? language;
                if (CSharpNames.Contains(own.ToLowerInvariant())) cells.Add(new(number, text, start, length));
            }

            return cells.ToImmutable();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new Failure($"{path} is no notebook: {e.Message}");
        }

        static string? Text(JsonElement element, params string[] names)
        {
            foreach (var name in names)
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
    }

    // Where the source of each cell stands in the file; nothing for a cell without one.
    private static List<(int Start, int Length)> SourceRanges(string file)
    {
        var bytes = Encoding.UTF8.GetBytes(file);
        var reader = new Utf8JsonReader(bytes);
        var ranges = new List<(int, int)>();
        var inCells = false;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1) inCells = reader.ValueTextEquals("cells");
            if (inCells && reader.TokenType == JsonTokenType.StartObject && reader.CurrentDepth == 2) ranges.Add((0, 0));
            if (!inCells || reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 3 || !reader.ValueTextEquals("source")) continue;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            ranges[^1] = (Encoding.UTF8.GetCharCount(bytes, 0, start), Encoding.UTF8.GetCharCount(bytes, start, (int)reader.BytesConsumed - start));
        }

        return ranges;
    }

    private static ImmutableArray<Cell> Interactive(string file)
    {
        var cells = ImmutableArray.CreateBuilder<Cell>();
        var (language, start, number, position) = ("csharp", 0, 0, 0);
        foreach (var line in Lines(file).Append("#!end"))
        {
            if (DibCell().Match(line) is { Success: true } next)
            {
                var text = file[start..position];
                if (text.Trim().Length > 0 && language != "meta")
                {
                    number++;
                    if (CSharpNames.Contains(language)) cells.Add(new(number, text, start, text.Length));
                }

                (language, start) = (next.Groups[1].Value, position + line.Length);
            }

            position += line.Length;
        }

        return cells.ToImmutable();
    }

    private string Compose()
    {
        var parsed = Cells.Select(c => (Cell: c, Root: (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(Blanked(c.Text)).GetRoot())).ToList();
        var code = new StringBuilder();
        Write(c => c.Usings.Select(u => u.Span));
        Write(c => c.Members.Where(m => !IsType(m) && !IsName(m)).Select(m => m.Span));
        Write(c => c.Members.Where(IsType).Select(m => m.Span));
        return code.ToString();

        void Write(Func<CompilationUnitSyntax, IEnumerable<TextSpan>> which)
        {
            foreach (var (cell, root) in parsed)
            {
                var spans = which(root).Where(s => s.Length > 0).ToList();
                if (spans.Count == 0) continue;
                var kept = new StringBuilder(Erased(cell.Text));
                var own = Blanked(cell.Text);
                foreach (var span in spans) kept.Remove(span.Start, span.Length).Insert(span.Start, own.AsSpan(span.Start, span.Length));
                foreach (var modifier in root.Members.SelectMany(m => m is MethodDeclarationSyntax method ? method.Modifiers : m is GlobalStatementSyntax { Statement: LocalFunctionStatementSyntax function } ? function.Modifiers : default).Where(m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.PrivateKeyword or SyntaxKind.InternalKeyword))
                    for (var i = modifier.SpanStart; i < modifier.Span.End; i++) kept[i] = ' ';
                code.Append("#line 1 \"").Append(NameOf(cell)).AppendLine("\"");
                var text = kept.ToString();
                var start = 0;
                // An expression to be shown stands without its semicolon.
                foreach (var shown in root.Members.OfType<GlobalStatementSyntax>().Where(g => spans.Contains(g.Span) && g.Statement is ExpressionStatementSyntax { SemicolonToken.IsMissing: true }))
                {
                    Append(cell, text, start, start = shown.Span.End);
                    code.Append(';');
                }

                Append(cell, text, start, text.Length);
                code.AppendLine();
            }
        }

        void Append(Cell cell, string text, int from, int to)
        {
            pieces.Add((code.Length, to - from, cell, from));
            code.Append(text, from, to - from);
        }
    }

    // A name that stands alone at the end, to be shown: to the compiler the beginning of a declaration, and nothing that runs.
    private static bool IsName(MemberDeclarationSyntax member) =>
        member is IncompleteMemberSyntax or GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax { Declaration.Variables: [{ Identifier.IsMissing: true }] } };

    private static bool IsType(MemberDeclarationSyntax member) => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or BaseNamespaceDeclarationSyntax;

    // Without the lines that are no C#: #r, #load, #!magic, %magic.
    private static string Blanked(string text) => NoCode().Replace(text, m => new string(' ', m.Length));

    private static string Erased(string text) => string.Create(text.Length, text, (span, t) =>
    {
        for (var i = 0; i < t.Length; i++) span[i] = t[i] is '\n' or '\r' ? t[i] : ' ';
    });

    [GeneratedRegex(@"\A\s*#!([\w#-]+)")]
    private static partial Regex Magic();

    [GeneratedRegex(@"\A#!([a-z][\w-]*)\s*\z")]
    private static partial Regex DibCell();

    [GeneratedRegex(@"^[ \t]*(#(r|i|load)[ \t]*""|#!|%%?[a-z])[^\r\n]*", RegexOptions.Multiline)]
    private static partial Regex NoCode();
}
