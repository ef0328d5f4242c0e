using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>What follows from the catalogue is written by these tests where TRAINLINT_UPDATE is 1, and compared everywhere else.</summary>
public class GeneratedFilesTests
{
    private const string Begin = "<!-- rules -->\n";
    private const string End = "<!-- /rules -->";
    private const string Releases = "src/Analyzers/AnalyzerReleases.";

    [Fact]
    public void Table_of_the_readme()
    {
        var readme = Repository.Read("README.md");
        var (start, end) = (readme.IndexOf(Begin, StringComparison.Ordinal), readme.IndexOf(End, StringComparison.Ordinal));
        Assert.True(start >= 0 && end > start, $"README.md has no place for the rules: {Begin}{End}");
        Agrees("README.md", readme[..(start + Begin.Length)] + Tables("docs/rules/", "###") + "\n" + readme[end..]);
    }

    [Fact]
    public void Index_of_the_pages() => Agrees("docs/rules/README.md", "# The rules\n" + Tables("", "##"));

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

    private static string Tables(string folder, string heading)
    {
        var text = new StringBuilder();
        foreach (var section in Repository.Rules.GroupBy(r => r.Section))
        {
            text.Append(null, $"\n{heading} {(int)section.Key:00} {InWords(section.Key)}\n\n| Id | Rule | What it finds | Severity | Fix |\n| --- | --- | --- | --- | --- |\n");
            foreach (var rule in section)
                text.Append(null, $"| [{rule.Id}]({folder}{rule.Id}.md) | {rule.Name} | {rule.Descriptor.Title.ToString(null).Replace("|", "\\|", StringComparison.Ordinal)} | {Repository.Word(rule.Level)} | {(Repository.FixOf(rule) is null ? "" : "yes")} |\n");
        }

        return text.ToString();
    }

    // TrainingStep: Training step
    private static string InWords(Section section) => Regex.Replace(section.ToString(), "(?<=[a-z])[A-Z]", m => " " + m.Value.ToLowerInvariant());

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
