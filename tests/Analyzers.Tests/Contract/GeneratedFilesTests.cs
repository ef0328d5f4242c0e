using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>What follows from the catalogue is written by these tests where TRAINLINT_UPDATE is 1, and compared everywhere else.</summary>
public class GeneratedFilesTests
{
    private const string Releases = "src/Analyzers/AnalyzerReleases.";

    public static TheoryData<string, string> Readmes { get; } = new() { { "README.md", "" }, { "README.ja.md", "ja" } };

    public static TheoryData<string, string> Indices { get; } = new() { { "docs/rules/README.md", "" }, { "docs/ja/rules/README.md", "ja" } };

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Table_of_the_readme(string path, string culture) => AgreesBetween(path, "rules", Tables(culture.Length == 0 ? "docs/rules/" : "docs/ja/rules/", "###", culture) + "\n");

    [Theory]
    [MemberData(nameof(Indices))]
    public void Index_of_the_pages(string path, string culture) => Agrees(path, (culture.Length == 0 ? "# The rules\n\n[日本語](../ja/rules/README.md)\n" : "# ルール一覧\n\n[English](../../rules/README.md)\n") + Tables("", "##", culture));

    [Fact]
    public void Release_tracking()
    {
        var shipped = Regex.Matches(Repository.Read(Releases + "Shipped.md"), @"^TL\d{4}", RegexOptions.Multiline).Select(m => m.Value).ToHashSet();
        var text = new StringBuilder("""
            ; Unshipped analyzer release
            ; https://github.com/dotnet/roslyn-analyzers/blob/main/src/Microsoft.CodeAnalysis.Analyzers/ReleaseTrackingAnalyzers.Help.md

            """);
        var rules = Repository.Rules.Where(r => !shipped.Contains(r.Id)).ToList();
        if (rules.Count > 0)
            text.Append("\n### New Rules\n\nRule ID | Category | Severity | Notes\n--------|----------|----------|-------\n");
        foreach (var rule in rules)
        {
            var severity = rule.Descriptor.IsEnabledByDefault ? rule.Descriptor.DefaultSeverity.ToString() : "Disabled";
            text.Append(null, $"{rule.Id} | {rule.Descriptor.Category} | {severity} | {rule.Name}, [documentation]({rule.Descriptor.HelpLinkUri})\n");
        }

        Agrees(Releases + "Unshipped.md", text.ToString());
    }

    private static string Tables(string folder, string heading, string culture)
    {
        var isJapanese = culture.Length > 0;
        var text = new StringBuilder();
        foreach (var section in Repository.Rules.GroupBy(r => r.Section))
        {
            var head = isJapanese ? "| ID | ルール | 検出内容 | 重大度 | 修正 |" : "| Id | Rule | What it finds | Severity | Fix |";
            text.Append(null, $"\n{heading} {(int)section.Key:00} {(isJapanese ? Repository.JapaneseWord(section.Key) : InWords(section.Key))}\n\n{head}\n| --- | --- | --- | --- | --- |\n");
            foreach (var rule in section)
            {
                var (level, fix) = isJapanese ? (Repository.JapaneseWord(rule.Level), "あり") : (Repository.Word(rule.Level), "yes");
                var title = rule.Descriptor.Title.ToString(CultureInfo.GetCultureInfo(culture)).Replace("|", "\\|", StringComparison.Ordinal);
                text.Append(null, $"| [{rule.Id}]({folder}{rule.Id}.md) | {rule.Name} | {title} | {level} | {(Repository.FixOf(rule) is null ? "" : fix)} |\n");
            }
        }

        return text.ToString();
    }

    // TrainingStep: Training step
    internal static string InWords(Section section) => Regex.Replace(section.ToString(), "(?<=[a-z])[A-Z]", m => " " + m.Value.ToLowerInvariant());

    /// <summary>The part of a page between `&lt;!-- name --&gt;` and `&lt;!-- /name --&gt;`.</summary>
    internal static void AgreesBetween(string path, string name, string expected)
    {
        var page = Repository.Read(path);
        var (begin, end) = ($"<!-- {name} -->\n", $"<!-- /{name} -->");
        var (start, stop) = (page.IndexOf(begin, StringComparison.Ordinal), page.IndexOf(end, StringComparison.Ordinal));
        Assert.True(start >= 0 && stop > start, $"{path} has no place for what is generated: {begin}{end}");
        Agrees(path, page[..(start + begin.Length)] + expected + page[stop..]);
    }

    /// <summary>A whole file.</summary>
    internal static void Agrees(string path, string expected)
    {
        var full = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
        }

        var actual = File.Exists(full) ? Repository.Read(path) : "";
        if (actual != expected)
            throw VerificationException.Difference($"{path} does not agree with the rules. Run the tests with TRAINLINT_UPDATE=1 to write it anew.", expected, actual);
    }
}
