using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>A rule's page tells the truth: its first code is reported where it says so, its second is silent, and the fix makes the one the other.</summary>
public class PageTests
{
    private static readonly string[] Headings = ["What happens to the training", "Violation", "Fix", "When it stays silent", "When to suppress"];

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_page_is_headed_by_its_rule(string id)
    {
        var rule = Repository.Rule(id);
        var page = Page(id);
        Assert.StartsWith($"# {id} {rule.Name}\n", page, StringComparison.Ordinal);
        Assert.True(page.Replace("*", "", StringComparison.Ordinal).Contains("Severity: " + Repository.Word(rule.Level), StringComparison.OrdinalIgnoreCase),
            $"{Repository.PagePath(id)} does not say: Severity: {Repository.Word(rule.Level)}");
        Assert.Contains(rule.Section == Section.Settings ? "(no section of the checklist)" : $"(section {(int)rule.Section} of the checklist)", page, StringComparison.Ordinal);
        Assert.Contains(Repository.FixOf(rule) is null ? "Fix: no\n" : "Fix: yes", page, StringComparison.Ordinal);
        Assert.Equal(Headings, Regex.Matches(page, "^## (?<text>.*)$", RegexOptions.Multiline).Select(m => m.Groups["text"].Value).Where(Headings.Contains));
        Assert.True(Repository.CodeBlocks(page).Count >= 2, $"{Repository.PagePath(id)} does not show the violation and the fix as two blocks of csharp.");
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public async Task The_violation_is_reported_where_the_page_says_so(string id)
    {
        var violation = Repository.CodeBlocks(Page(id))[0];
        var found = await Found(id, violation);
        var expected = TestProgram.Parse(violation, VerifyOptions.Default).Files.SelectMany(f => f.Text.Split('\n').Select((line, i) => (line, i))
            .Where(l => l.line.TrimEnd().EndsWith("// " + id, StringComparison.Ordinal)).Select(l => $"{f.Path} line {l.i + 1}"));
        Assert.Equal(expected, found.Diagnostics.Select(d => $"{d.Location.GetLineSpan().Path} line {d.Location.GetLineSpan().StartLinePosition.Line + 1}"));
        Assert.NotEmpty(found.Diagnostics);
    }

    // A word that neither the code nor a translation has was put into the message in English. Keywords and names with capitals inside are code.
    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public async Task The_violation_is_reported_in_Japanese_throughout(string id)
    {
        var violation = Repository.CodeBlocks(Page(id))[0];
        var found = await Found(id, violation);
        var japanese = CultureInfo.GetCultureInfo("ja");
        var known = Words(violation).Concat(LocalizedText.In(japanese).Values.SelectMany(Words)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.All(found.Diagnostics, d => Assert.DoesNotContain(Words(d.GetMessage(japanese)), word => !known.Contains(word)));

        static IEnumerable<string> Words(string text) => Regex.Matches(text, @"(?<!\w)[A-Za-z][a-z]+(?!\w)").Select(m => m.Value).Where(w => SyntaxFacts.GetKeywordKind(w) == SyntaxKind.None);
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public Task The_mended_code_is_silent(string id) => Verifier.Silent(id, Repository.CodeBlocks(Page(id))[1], Options(id, Repository.CodeBlocks(Page(id))[1]));

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public async Task The_fix_makes_the_one_the_other(string id)
    {
        Assert.SkipWhen(Repository.FixOf(Repository.Rule(id)) is null, "The rule has no fix.");
        var blocks = Repository.CodeBlocks(Page(id));
        var (violation, found) = await Found(id, Regex.Replace(blocks[0], $@"[ \t]*// {id}[ \t]*$", "", RegexOptions.Multiline));
        var mended = TestProgram.Parse(blocks[1], VerifyOptions.Default);
        await Verifier.Fix(id,
            Source(violation, f => Markup.Add(f.Text, found.Where(d => d.Location.SourceTree!.FilePath == f.Path).Select(d => d.Location.SourceSpan))),
            Source(mended, f => f.Text),
            Options(id, blocks[0]) with { OtherFiles = [.. violation.Support.Where(f => f.Name != TestProgram.GlobalUsings).Select(f => (f.Name, f.Text))] });

        static string Source(TestProgram program, Func<TestFile, string> text) =>
            program.OutputKind == OutputKind.ConsoleApplication && program.Files.Length == 1
                ? text(program.Files[0])
                : string.Concat(program.Files.Select(f => $"// file: {f.Name}\n{text(f)}"));
    }

    // A page that is about one version of the library names it in a comment: `<!-- TorchSharp 0.102.6 -->`.
    // A line `// .editorconfig: key = value` in the code is what is set for it.
    private static VerifyOptions Options(string id, string code)
    {
        var named = Regex.Match(Page(id), @"<!-- TorchSharp (?<version>\d+\.\d+\.\d+) -->");
        return VerifyOptions.Default with
        {
            TorchSharpVersion = named.Success ? Version.Parse(named.Groups["version"].Value) : null,
            EditorConfig = string.Concat(Regex.Matches(code, @"^// \.editorconfig: (?<line>.*)$", RegexOptions.Multiline).Select(m => m.Groups["line"].Value + "\n")),
        };
    }

    /// <summary>The first code of a rule's page, and what the page says is set for it.</summary>
    internal static (TestProgram Program, VerifyOptions Options) Violation(string id)
    {
        var code = Repository.CodeBlocks(Page(id))[0];
        var options = Options(id, code);
        return (TestProgram.Parse(code, options), options);
    }

    private static string Page(string id)
    {
        Assert.True(File.Exists(Repository.PathOf(Repository.PagePath(id))), $"There is no page {Repository.PagePath(id)}.");
        return Repository.Read(Repository.PagePath(id));
    }

    private static async Task<(TestProgram Program, IReadOnlyList<Diagnostic> Diagnostics)> Found(string id, string code)
    {
        using var workspace = new AdhocWorkspace();
        var program = TestProgram.Parse(code, Options(id, code));
        var project = program.ToProject(workspace, Options(id, code));
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        var errors = compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0)
            throw VerificationException.At($"The code of {Repository.PagePath(id)} does not compile: {errors[0]}", program.Files, errors);
        var found = await Verifier.For(id).Analyze(compilation, project.AnalyzerOptions);
        return (program, [.. found.Where(d => d.Id == id)]);
    }
}
