using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Suppressors;
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

    [Fact]
    public void Suppressions_on_their_page()
    {
        var text = new StringBuilder("| Id | Suppresses | Where | Why |\n| --- | --- | --- | --- |\n");
        foreach (var suppression in Suppressions.All)
            text.Append(null, $"| {suppression.Id} | {suppression.Suppressed} | {suppression.Where} | {suppression.Justification} |\n");
        GeneratedFilesTests.AgreesBetween("docs/suppressions.md", "suppressions", text.ToString());
    }

    // TL0701 is a warning, TL1101 a suggestion, TL0805 and TL0901 are off by default.
    [Theory]
    [InlineData("Minimum", "TL0701 Warning")]
    [InlineData("Default", "TL0701 Warning, TL1101 Info")]
    [InlineData("Recommended", "TL0701 Warning, TL1101 Warning")]
    [InlineData("All", "TL0701 Warning, TL0805 Warning, TL0901 Warning, TL1101 Warning")]
    [InlineData("None", "")]
    public async Task A_mode_shows(string mode, string found) => Assert.Equal(found, await Found(mode, ""));

    [Theory]
    [InlineData("Minimum", "dotnet_diagnostic.TL0701.severity = none", "")]
    [InlineData("Minimum", "dotnet_diagnostic.TL1101.severity = error", "TL0701 Warning, TL1101 Error")]
    [InlineData("Minimum", "dotnet_analyzer_diagnostic.category-TrainLint.TrainingStep.severity = error", "TL0701 Error")]
    [InlineData("Default", "dotnet_analyzer_diagnostic.severity = error", "TL0701 Error, TL1101 Error")]
    [InlineData("Default", "dotnet_analyzer_diagnostic.category-TrainLint.Resources.severity = warning", "TL0701 Warning, TL1101 Warning")]
    [InlineData("Recommended", "dotnet_diagnostic.TL1101.severity = suggestion", "TL0701 Warning, TL1101 Info")]
    [InlineData("Recommended", "dotnet_analyzer_diagnostic.category-TrainLint.Resources.severity = none", "TL0701 Warning")]
    [InlineData("All", "dotnet_diagnostic.TL0901.severity = none", "TL0701 Warning, TL0805 Warning, TL1101 Warning")]
    [InlineData("All", "dotnet_analyzer_diagnostic.category-TrainLint.TrainingStep.severity = none", "TL0805 Warning, TL0901 Warning, TL1101 Warning")]
    [InlineData("None", "dotnet_diagnostic.TL0901.severity = warning", "TL0901 Warning")]
    [InlineData("None", "dotnet_analyzer_diagnostic.category-TrainLint.TrainingStep.severity = error", "TL0701 Error")]
    public async Task What_the_project_says_goes_before_the_mode(string mode, string setting, string found) => Assert.Equal(found, await Found(mode, setting));

    // docs/configuration.md says so.
    [Theory]
    [InlineData("Minimum", "dotnet_analyzer_diagnostic.category-TrainLint.Resources.severity = error", "TL0701 Warning")]
    [InlineData("All", "dotnet_analyzer_diagnostic.category-TrainLint.Initialization.severity = none", "TL0701 Warning, TL0805 Warning, TL0901 Warning, TL1101 Warning")]
    [InlineData("Recommended", "dotnet_analyzer_diagnostic.severity = error", "TL0701 Warning, TL1101 Warning")]
    [InlineData("Default", "dotnet_analyzer_diagnostic.category-TrainLint.Initialization.severity = error", "TL0701 Warning, TL1101 Info")]
    public async Task What_the_compiler_does_not_let_a_project_say(string mode, string setting, string found) => Assert.Equal(found, await Found(mode, setting));

    private static async Task<string> Found(string mode, string setting)
    {
        using var workspace = new AdhocWorkspace();
        var options = new VerifyOptions { EditorConfig = setting + "\n" };
        var project = TestProgram.Parse("""
            // top-level
            var model = Linear(8, 1);
            var optimizer = optim.SGD(model.parameters(), 0.01);
            for (var i = 0; i < 100; i++)
            {
                var loss = functional.mse_loss(model.forward(rand(16, 8)), rand(16, 1));
                loss.backward();
                optimizer.step();
                Console.WriteLine(loss.item<float>());
            }
            """, options).ToProject(workspace, options);
        var preset = $"src/Package/presets/{mode.ToLowerInvariant()}.globalconfig";
        project = project.Solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(project.Id), "preset.globalconfig", SourceText.From(Repository.Read(preset)), filePath: "/packages/preset.globalconfig").GetProject(project.Id)!;
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        var found = await compilation.WithAnalyzers([new TrainLintAnalyzer()], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return string.Join(", ", found.Select(d => $"{d.Id} {d.Severity}").Distinct().Order(StringComparer.Ordinal));
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
