using System.Globalization;
using System.Text;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>What a project can set: the presets of the package and the page about the configuration follow from the catalogue.</summary>
public class ConfigurationTests
{
    private const string Page = "docs/configuration.md";

    public static TheoryData<string> Modes { get; } = ["Minimum", "Default", "Recommended", "All", "None"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Preset(string mode) => GeneratedFilesTests.Agrees($"src/Package/presets/{mode.ToLowerInvariant()}.globalconfig", $"""
        # TrainLintMode = {mode}: {Meaning(mode)}.
        # Generated from the catalogue of rules. Whatever a project says in .editorconfig goes before it.
        is_global = true
        global_level = -100

        """ + Lines(mode));

    [Fact]
    public void Each_mode_has_a_preset_and_no_other() =>
        Assert.Equal(Modes.Select(m => m.Data.ToLowerInvariant() + ".globalconfig").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Repository.PathOf("src/Package/presets")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Modes_on_the_page()
    {
        var text = new StringBuilder("| Mode | What it does |\n| --- | --- |\n");
        foreach (var mode in Modes)
            text.Append(null, $"| `{mode.Data}` | {Meaning(mode.Data)} |\n");
        GeneratedFilesTests.AgreesBetween(Page, "modes", text.ToString());
    }

    [Fact]
    public void Categories_on_the_page()
    {
        var text = new StringBuilder("| Section | Category |\n| --- | --- |\n");
        foreach (var section in Enum.GetValues<Section>())
            text.Append(null, $"| {(int)section:00} {GeneratedFilesTests.InWords(section)} | `TrainLint.{section}` |\n");
        GeneratedFilesTests.AgreesBetween(Page, "categories", text.ToString());
    }

    [Fact]
    public void Options_on_the_page()
    {
        var text = new StringBuilder("| Option | Default | From | To | What it decides |\n| --- | --- | --- | --- | --- |\n");
        foreach (var limit in Limits.All)
            text.Append(CultureInfo.InvariantCulture, $"| [`{limit.Option}`](rules/{limit.Rule}.md) | {limit.Default} | {limit.Least} | {limit.Most} | {limit.Meaning} |\n");
        GeneratedFilesTests.AgreesBetween(Page, "options", text.ToString());
    }

    private static string Meaning(string mode) => mode switch
    {
        "Minimum" => "certain bugs only, suggestions are off",
        "Default" => "bugs are warnings, suggestions are shown in the editor, opinions are off",
        "Recommended" => "suggestions are warnings too",
        "All" => "every rule is a warning, opinions too",
        "None" => "nothing, but what the project switches on itself",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."),
    };

    // By category wherever that will do: what a project sets for a category would not go before a line for one rule.
    private static string Lines(string mode) => mode switch
    {
        "Minimum" => Rules(Level.Suggestion, "none"),
        "Default" => "",
        "Recommended" => Categories("warning"),
        "All" => Categories("warning") + Rules(Level.Off, "warning"),
        _ => Categories("none"),
    };

    private static string Categories(string severity) =>
        "\n" + string.Concat(Enum.GetValues<Section>().Select(s => $"dotnet_analyzer_diagnostic.category-TrainLint.{s}.severity = {severity}\n"));

    private static string Rules(Level level, string severity) =>
        "\n" + string.Concat(Repository.Rules.Where(r => r.Level == level).Select(r => $"dotnet_diagnostic.{r.Id}.severity = {severity}\n"));
}
