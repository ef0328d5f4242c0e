using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>A Japanese page says what the English one says: the same code, the same figures, the same links, heading by heading.</summary>
public partial class JapanesePageTests
{
    private static readonly Dictionary<string, string> Headings = new()
    {
        ["What happens to the training"] = "学習への影響",
        ["Violation"] = "違反例",
        ["Fix"] = "修正例",
        ["Options"] = "オプション",
        ["When it stays silent"] = "警告しない場合",
        ["When to suppress"] = "抑制する場合",
    };

    // What may be a word in English and a digit in Japanese.
    private static readonly Dictionary<string, string> Digits = new()
    {
        ["zero"] = "0", ["zeros"] = "0", ["once"] = "1", ["one"] = "1", ["first"] = "1", ["single"] = "1",
        ["two"] = "2", ["twice"] = "2", ["second"] = "2", ["both"] = "2", ["half"] = "2", ["squared"] = "2",
        ["three"] = "3", ["third"] = "3", ["four"] = "4", ["quarter"] = "4", ["five"] = "5", ["six"] = "6", ["seven"] = "7", ["eight"] = "8", ["nine"] = "9",
        ["ten"] = "10", ["tenfold"] = "10", ["tens"] = "10", ["twelve"] = "12", ["twenty"] = "20", ["hundred"] = "100", ["thousand"] = "1000",
    };

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_page_is_headed_by_its_rule(string id)
    {
        var rule = Repository.Rule(id);
        var (english, japanese) = Pages(id);
        Assert.StartsWith($"# {id} {rule.Name}\n\n", japanese, StringComparison.Ordinal);
        var line = Regex.Match(english, @"· Category: (?<category>.+?) \((?<section>.+?)\) · Fix: (?:yes|no)(?<when>, )?");
        var section = rule.Section == Section.Settings ? "チェックリストに該当する節なし" : string.Create(CultureInfo.InvariantCulture, $"チェックリスト第 {(int)rule.Section} 節");
        var fix = Repository.FixOf(rule) is null ? "なし" : "あり";
        var expected = $"**重大度: {Repository.JapaneseWord(rule.Level)}** · カテゴリ: {line.Groups["category"].Value}（{section}）· 修正: {fix}{(line.Groups["when"].Success ? "（" : "")}";
        Assert.StartsWith(expected, japanese.Split('\n')[2], StringComparison.Ordinal);
        Assert.Equal(line.Groups["when"].Success, japanese.Split('\n')[2].Length > expected.Length);
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_page_has_the_paragraphs_lists_and_tables_of_the_English_one(string id)
    {
        var (english, japanese) = Pages(id);
        Assert.Equal(Lines(english, "## ").Select(h => Headings[h]), Lines(japanese, "## "));
        Assert.Equal(Paragraphs(english), Paragraphs(japanese));
        Assert.Equal(Lines(english, "- ").Count, Lines(japanese, "- ").Count);
        Assert.Equal(Lines(english, "|").Select(Cells), Lines(japanese, "|").Select(Cells));
        Assert.Equal(Lines(english, "<!--"), Lines(japanese, "<!--"));
        Assert.EndsWith("\n", japanese, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"[ \t]\n|\n\n$", japanese);

        static List<string> Lines(string page, string mark) => [.. Prose(page).Split('\n').Where(l => l.StartsWith(mark, StringComparison.Ordinal)).Select(l => l[mark.Length..])];
        static IEnumerable<int> Paragraphs(string page) => Regex.Split(Block().Replace(page, "code"), "^## .*$", RegexOptions.Multiline).Select(part => part.Split("\n\n").Count(p => p.Trim().Length > 0));
        static int Cells(string row) => row.Count(c => c == '|');
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_page_shows_the_code_of_the_English_one(string id)
    {
        var (english, japanese) = Pages(id);
        Assert.Equal(Block().Matches(english).Select(m => m.Value), Block().Matches(japanese).Select(m => m.Value));
        Assert.Subset(Inline().Matches(Prose(japanese)).Select(m => m.Value).ToHashSet(), Inline().Matches(Prose(english)).Select(m => m.Value).ToHashSet());
        Assert.Matches(@"[\p{IsHiragana}\p{IsKatakana}]", Prose(japanese));
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void A_page_gives_the_figures_of_the_English_one(string id)
    {
        var (english, japanese) = Pages(id);
        var (expected, actual) = (Numbers(english), Numbers(japanese));
        foreach (var (number, count) in expected)
            Assert.True(actual.GetValueOrDefault(number) >= count, $"{Repository.JapanesePagePath(id)} does not say {number} as often as {Repository.PagePath(id)}.");
        var words = Regex.Matches(Prose(english), "[A-Za-z]+").Select(m => Digits.GetValueOrDefault(m.Value.ToLowerInvariant())).OfType<string>().ToHashSet();
        Assert.All(actual.Keys, number => Assert.True(expected.ContainsKey(number) || words.Contains(number), $"{Repository.JapanesePagePath(id)} says {number}, {Repository.PagePath(id)} does not."));

        static Dictionary<string, int> Numbers(string page) => Number().Matches(Link().Replace(Prose(page), "")).GroupBy(m => m.Value).ToDictionary(g => g.Key, g => g.Count());
    }

    [Theory]
    [MemberData(nameof(Repository.RuleIds), MemberType = typeof(Repository))]
    public void The_links_of_a_page_lead_to_where_those_of_the_English_one_do(string id)
    {
        var (english, japanese) = Pages(id);
        Assert.Equal(Links(english, Repository.PagePath(id)).Order(StringComparer.Ordinal), Links(japanese, Repository.JapanesePagePath(id)).Order(StringComparer.Ordinal));

        // A page of a rule stands for both of its languages.
        static IEnumerable<string> Links(string page, string path) => Link().Matches(Prose(page)).Select(m => m.Groups["target"].Value).Select(target =>
        {
            if (target.Contains("://", StringComparison.Ordinal))
                return target;
            var full = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(path))!, target.Split('#')[0]));
            Assert.True(File.Exists(full), $"{path} links to {target}, which does not exist.");
            return Path.GetRelativePath(Repository.Root, full).Replace('\\', '/').Replace("docs/ja/", "docs/", StringComparison.Ordinal);
        });
    }

    [Fact]
    public void The_readme_is_the_English_one()
    {
        var (english, japanese) = (Repository.Read("README.md"), Repository.Read("README.ja.md"));
        Assert.Equal(Shape(english), Shape(japanese));
        Assert.Equal(Marked().Replace(english, "").Split('\n').Count(l => l.StartsWith("- ", StringComparison.Ordinal)), Marked().Replace(japanese, "").Split('\n').Count(l => l.StartsWith("- ", StringComparison.Ordinal)));

        // The levels of the headings, and the code but for the excerpt of a build.
        static IEnumerable<string> Shape(string readme) => Heading().Matches(Marked().Replace(readme, "")).Select(m => m.Value).Concat(Block().Matches(Marked().Replace(readme, "")).Select(m => m.Value));
    }

    private static (string English, string Japanese) Pages(string id)
    {
        Assert.True(File.Exists(Repository.PathOf(Repository.JapanesePagePath(id))), $"There is no page {Repository.JapanesePagePath(id)}.");
        return (Repository.Read(Repository.PagePath(id)), Repository.Read(Repository.JapanesePagePath(id)));
    }

    private static string Prose(string page) => Block().Replace(page, "");

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^<!-- (?<mark>\w+) -->.*?^<!-- /\k<mark> -->", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![A-Za-z_0-9.])[0-9]+(?:[.,][0-9]+)*")]
    private static partial Regex Number();
}
