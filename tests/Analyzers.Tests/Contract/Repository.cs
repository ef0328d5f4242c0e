using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>What the contract tests hold against each other: the catalogue of the analyzer, the files of the repository, the agreed table.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Rule> Rules { get; } = [.. RuleCatalogue.All.OrderBy(r => r.Id, StringComparer.Ordinal)];

    /// <summary>The rules as the data of a theory.</summary>
    public static TheoryData<string> RuleIds { get; } = new(Rules.Select(r => r.Id));

    public static Rule Rule(string id) => Rules.Single(r => r.Id == id);

    public static CodeFixProvider? FixOf(Rule rule) => Verifier.Fixes.SingleOrDefault(f => f.GetType().Name == rule.Name + "Fix");

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path)).ReplaceLineEndings("\n");

    public static string PagePath(string id) => $"docs/rules/{id}.md";

    public static string JapanesePagePath(string id) => $"docs/ja/rules/{id}.md";

    /// <summary>The C# blocks of a page, in their order.</summary>
    public static IReadOnlyList<string> CodeBlocks(string page) => [.. CodeBlock().Matches(page).Select(m => m.Groups["code"].Value)];

    /// <summary>The word for a level, on pages and in tables.</summary>
    public static string Word(Level level) => level switch
    {
        Level.Warning => "warning",
        Level.Suggestion => "suggestion",
        _ => "off by default",
    };

    /// <summary>The word for a level on Japanese pages.</summary>
    public static string JapaneseWord(Level level) => level switch
    {
        Level.Warning => "警告",
        Level.Suggestion => "提案",
        _ => "既定では無効",
    };

    /// <summary>The name of a section in Japanese tables.</summary>
    public static string JapaneseWord(Section section) => section switch
    {
        Section.Settings => "設定",
        Section.LearningRate => "学習率",
        Section.Data => "データ",
        Section.Model => "モデル",
        Section.Loss => "損失",
        Section.Optimizer => "オプティマイザ",
        Section.Batches => "バッチ",
        Section.TrainingStep => "学習ステップ",
        Section.Evaluation => "評価",
        Section.Initialization => "初期化",
        Section.Monitoring => "監視",
        Section.Resources => "リソース",
        _ => throw new ArgumentOutOfRangeException(nameof(section)),
    };

    /// <summary>The agreed table of rules, which lies beside some checkouts; null where it does not.</summary>
    public static IReadOnlyDictionary<string, (string Name, Level Level, string Fix)>? AgreedRules()
    {
        var path = PathOf("../shared/RULES.md");
        if (!File.Exists(path))
            return null;
        return TableRow().Matches(File.ReadAllText(path)).ToDictionary(m => m.Groups["id"].Value, m => (m.Groups["name"].Value, m.Groups["severity"].Value switch
        {
            "W" => Level.Warning,
            "I" => Level.Suggestion,
            _ => Level.Off,
        }, m.Groups["fix"].Value));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainLint.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^\| (?<id>TL\d{4}) \| (?<name>\w+) \| (?<severity>\w+) \| (?<fix>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
