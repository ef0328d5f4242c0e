using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TrainLint.Runtime.Tests.Contract;

/// <summary>The pages of findings, and the tables of the guide, against the code. With TRAINLINT_UPDATE set, the tables are written.</summary>
public sealed partial class DocumentationTests
{
    private const string Guide = "docs/runtime/README.md";

    public static TheoryData<string> Ids { get; } = new(FindingTypes.All.Select(type => type.Id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_finding_has_a_page(string id)
    {
        var type = FindingTypes.All.Single(type => type.Id == id);
        var page = Repository.Read($"docs/runtime/{id}.md");
        Assert.StartsWith($"# {id}: {type.Title}\n\n{(type.Level == FindingLevel.Error ? "An error: a fact." : "Information: a measured value beyond a limit.")}", page, StringComparison.Ordinal);
        Assert.Equal(["How it is measured", "What to do"], Heading().Matches(page).Select(match => match.Groups[1].Value).Take(2));
        foreach (Match link in Link().Matches(page))
            Assert.True(File.Exists(Repository.PathOf("docs/runtime/" + link.Groups[1].Value)), $"{id} links to {link.Groups[1].Value}");
        // A name of an option is one.
        foreach (Match name in Name().Matches(page))
        {
            if (name.Groups[1].Value.Length > 0 && typeof(TrainGuardOptions).GetProperty(name.Groups[1].Value) is null)
                Assert.Contains(name.Groups[1].Value, KnownNames);
        }
    }

    private static readonly string[] KnownNames = ["Batch", "RegisterComponents", "ModuleList", "Watch"];

    [Fact]
    public void Identifiers_are_unique_and_those_of_rules_exist()
    {
        Assert.Equal(FindingTypes.All.Select(type => type.Id).Distinct(), FindingTypes.All.Select(type => type.Id));
        foreach (var type in FindingTypes.All.Where(type => !type.Id.StartsWith("TLR", StringComparison.Ordinal)))
            Assert.True(File.Exists(Repository.PathOf($"docs/rules/{type.Id}.md")), $"{type.Id} is no rule.");
        var declared = typeof(FindingTypes).GetFields().Select(field => field.GetValue(null)).OfType<FindingType>().ToHashSet();
        Assert.Equal(declared, FindingTypes.All.ToHashSet());
        var pages = Directory.GetFiles(Repository.PathOf("docs/runtime"), "TL*.md").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(FindingTypes.All.Select(type => type.Id).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_guide_lists_findings_and_options()
    {
        var findings = FindingTypes.All.OrderBy(type => type.Id[^4..], StringComparer.Ordinal).ThenBy(type => type.Id, StringComparer.Ordinal)
            .Select(type => $"| [{type.Id}]({type.Id}.md) | {type.Title} | {(type.Level == FindingLevel.Error ? "error" : "information")} |");
        var text = Between(Repository.Read(Guide), "findings", ["| Id | What it found | Level |", "| --- | --- | --- |", .. findings]);

        var documentation = XDocument.Load(Path.Combine(Repository.Runtime, "net8.0", "TrainLint.Runtime.xml")).Descendants("member")
            .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);
        var defaults = new TrainGuardOptions();
        var options = typeof(TrainGuardOptions).GetProperties().Where(property => property.DeclaringType == typeof(TrainGuardOptions) && property.GetMethod!.IsPublic)
            .Select(property => $"| `{property.Name}` | {Text(property.GetValue(defaults))} | {Plain(documentation[$"P:TrainLint.Runtime.TrainGuardOptions.{property.Name}"])} |");
        Repository.Hold(Guide, Between(text, "options", ["| Option | Default | Meaning |", "| --- | --- | --- |", .. options]));
    }

    [Fact]
    public void Everything_public_is_documented()
    {
        var documentation = XDocument.Load(Path.Combine(Repository.Runtime, "netstandard2.0", "TrainLint.Runtime.xml")).Descendants("member").Select(member => member.Attribute("name")!.Value).ToHashSet();
        foreach (var type in typeof(TrainGuard).Assembly.GetExportedTypes())
        {
            Assert.Contains("T:" + type.FullName, documentation);
            foreach (var property in type.GetProperties().Where(property => property.DeclaringType == type && property.Name != "EqualityContract"))
                Assert.Contains($"P:{type.FullName}.{property.Name}", documentation);
        }
    }

    private static string Between(string text, string marker, IEnumerable<string> lines)
    {
        var (start, end) = ($"<!-- {marker} -->\n", $"<!-- /{marker} -->");
        var from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[..from] + string.Join('\n', lines) + "\n" + text[text.IndexOf(end, StringComparison.Ordinal)..];
    }

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        System.Collections.IEnumerable => "empty",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => value.ToString()!,
    };

    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(node => node is XElement element ? $"`{(element.Attribute("cref")?.Value ?? element.Value).Split('.')[^1]}`" : node.ToString()));
        return Spaces().Replace(System.Net.WebUtility.HtmlDecode(text), " ").Trim();
    }

    [GeneratedRegex(@"^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
