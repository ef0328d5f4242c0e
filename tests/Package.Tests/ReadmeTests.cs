using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TrainLint.Package.Tests.Samples;
using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>What README.md shows is what happens.</summary>
public partial class ReadmeTests
{
    private const string Begin = "<!-- build -->\n";
    private const string End = "<!-- /build -->";

    // The part of the sample that the excerpt shows.
    private static readonly string[] Shown = ["Models/", "Training/"];

    [Theory]
    [InlineData("README.md", "", "{0} Warning(s)", "0 Error(s)")]
    [InlineData("README.ja.md", "ja", "{0} 個の警告", "0 エラー")]
    public async Task The_excerpt_is_of_a_real_build(string path, string culture, string warnings, string errors)
    {
        using var workspace = new AdhocWorkspace();
        var found = await Sample.Analyze(Sample.Load(workspace, Sample.Broken));
        var lines = found.Select(d => Line(d, CultureInfo.GetCultureInfo(culture))).Where(l => Shown.Any(s => l.StartsWith($"{Sample.Broken}/{s}", StringComparison.Ordinal)));
        var excerpt = $"```\n{string.Join('\n', lines)}\n    ...\n    {string.Format(CultureInfo.InvariantCulture, warnings, found.Count)}\n    {errors}\n```\n";

        var readme = Repository.Read(path);
        var (start, end) = (readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, readme.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") == "1")
            await File.WriteAllTextAsync(Repository.PathOf(path), readme[..start] + excerpt + readme[end..], TestContext.Current.CancellationToken);
        else
            Assert.Equal(excerpt, readme[start..end]);
    }

    [Fact]
    public void The_first_two_commands_are_those_of_the_continuous_integration()
    {
        var commands = Command().Matches(Repository.Read("README.md")).Take(2).Select(m => m.Groups["command"].Value);
        var run = RunByCi().Matches(Repository.Read(".ci/run")).Select(m => m.Groups["command"].Value);
        Assert.Equal(commands, run);
    }

    // As the compiler prints it, without the project at the end.
    private static string Line(Diagnostic diagnostic, CultureInfo culture)
    {
        var place = diagnostic.Location.GetLineSpan();
        var message = diagnostic.GetMessage(culture);
        return $"{Sample.Broken}/{place.Path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): warning {diagnostic.Id}: {message} ({diagnostic.Descriptor.HelpLinkUri})";
    }

    [GeneratedRegex(@"^```bash\n(?<command>.*)\n```", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^as_readme_says (?<command>.*)$", RegexOptions.Multiline)]
    private static partial Regex RunByCi();
}
