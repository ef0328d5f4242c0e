using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>The recipes of docs/ci.md, with the commands and settings that stand there.</summary>
[Collection(SharedConsumer.Name)]
public partial class RecipeTests(ConsumerFixture fixture)
{
    private const string Other = """
        using TorchSharp;
        using static TorchSharp.torch;

        internal static class Other
        {
            public static Tensor Loss(Tensor scores, Tensor classes) => nn.functional.cross_entropy(scores.softmax(1), classes);
        }
        """;

    private static readonly string Page = Repository.Read("docs/ci.md");

    private readonly Consumer consumer = fixture.Consumer;

    [Fact]
    public async Task Sections_that_must_be_clean()
    {
        await consumer.Start(Programs.Training, (".editorconfig", "root = true\n" + Block("ini", "Sections that must be clean")));
        var (succeeded, output) = await consumer.TryBuild();
        Assert.False(succeeded);
        Assert.Contains(": error TL0701: ", Assert.Single(consumer.Complaints(output)), StringComparison.Ordinal);

        await consumer.Start(Programs.Training);
        var (code, said) = await Run("Sections that must be clean");
        Assert.NotEqual(0, code);
        Assert.Contains(": error TL0701: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sarif()
    {
        await consumer.Start(Programs.Training);
        var (code, output) = await Run("SARIF");
        Assert.True(code == 0, output);

        using var log = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(consumer.Folder, "trainlint.sarif"), TestContext.Current.CancellationToken));
        var run = log.RootElement.GetProperty("runs")[0];
        var result = Assert.Single(run.GetProperty("results").EnumerateArray(), r => r.GetProperty("ruleId").GetString() == "TL0701");
        Assert.Equal("warning", result.GetProperty("level").GetString());
        Assert.Equal(Programs.LineOf("loss.backward();"), result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());

        var rule = Assert.Single(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray(), r => r.GetProperty("id").GetString() == "TL0701");
        Assert.Equal("https://github.com/trainlint/trainlint/blob/main/docs/rules/TL0701.md", rule.GetProperty("helpUri").GetString());
        Assert.Equal("TrainLint.TrainingStep", rule.GetProperty("properties").GetProperty("category").GetString());
        Assert.NotEmpty(rule.GetProperty("shortDescription").GetProperty("text").GetString()!);
        Assert.NotEmpty(rule.GetProperty("fullDescription").GetProperty("text").GetString()!);
    }

    [Fact]
    public async Task Fixes_that_somebody_forgot()
    {
        await consumer.Start(Programs.Training);
        var (code, output) = await Run("Fixes that somebody forgot to apply");
        Assert.Equal(2, code);
        Assert.Contains("warning TL0701: ", output, StringComparison.Ordinal);
        Assert.Equal(Programs.Training, (await File.ReadAllTextAsync(consumer.Program, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Baseline()
    {
        var commands = Commands("A baseline for old code");
        Assert.Equal(3, commands.Count);
        await consumer.Start(Programs.Training, (".editorconfig", "root = true\n"));
        Assert.SkipUnless((await consumer.Shell("jq --version")).Code == 0, "The recipe needs jq.");
        foreach (var command in commands.Take(2))
        {
            var (code, output) = await consumer.Shell(command);
            Assert.True(code == 0, output);
        }

        Assert.Equal("root = true\n\n[Program.cs]\ndotnet_diagnostic.TL0701.severity = suggestion\n", (await File.ReadAllTextAsync(Path.Combine(consumer.Folder, ".editorconfig"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"));
        var old = await consumer.Shell(commands[2]);
        Assert.True(old.Code == 0, old.Output);

        await consumer.Write("Other.cs", Other);
        var (failed, said) = await consumer.Shell(commands[2]);
        Assert.NotEqual(0, failed);
        Assert.Contains("Other.cs(6,", Assert.Single(consumer.Complaints(said)), StringComparison.Ordinal);
    }

    [Fact]
    public void Pipelines_run_what_is_tried_here()
    {
        var tried = Commands("").ToHashSet();
        var steps = Step().Matches(Page).Select(m => m.Groups["command"].Value).ToList();
        Assert.NotEmpty(steps);
        Assert.All(steps, s => Assert.Contains(s, tried));
    }

    // The one command of a section.
    private Task<(int Code, string Output)> Run(string section) => consumer.Shell(Assert.Single(Commands(section)));

    private static List<string> Commands(string section) => [.. Section(section).SelectMany(text => BlockOf("bash").Matches(text)).SelectMany(m => m.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private static string Block(string language, string section) => Assert.Single(BlockOf(language).Matches(Section(section).Single())).Groups["text"].Value;

    private static Regex BlockOf(string language) => new($@"^```{language}\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);

    // All sections where none is named.
    private static IEnumerable<string> Section(string heading) => Regex.Split(Page, "^#+ ", RegexOptions.Multiline).Where(s => heading.Length == 0 || s.StartsWith(heading + "\n", StringComparison.Ordinal));

    [GeneratedRegex(@"^ +- (run|script): (?<command>.*)$", RegexOptions.Multiline)]
    private static partial Regex Step();
}
