using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TrainLint.Analyzers;
using TrainLint.Tool.Checking;

namespace TrainLint.Tool.Output;

/// <summary>Findings as text, JSON, SARIF and Markdown.</summary>
internal static class FindingFormats
{
    public static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Version { get; } = typeof(FindingFormats).Assembly.GetName().Version!.ToString(3);

    public static string NameOf(Loudness loudness) => loudness switch
    {
        Loudness.Error => "error",
        Loudness.Warning => "warning",
        _ => "suggestion",
    };

    /// <summary>One line per finding, as the compiler writes it, and a line with their number.</summary>
    public static string Text(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var f in findings) text.Append(CultureInfo.InvariantCulture, $"{f.Place}: {NameOf(f.Loudness)} {f.Id}: {f.Message} ({f.HelpLink})").AppendLine();
        return text.AppendLine(Count(findings)).ToString();
    }

    /// <summary>How many of which kind.</summary>
    public static string Count(IReadOnlyList<Finding> findings) => findings.Count == 0 ? "Nothing found."
        : string.Join(", ", findings.GroupBy(f => f.Loudness).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {NameOf(g.Key)}{(g.Count() == 1 ? "" : "s")}"));

    public static string ToJson(IReadOnlyList<Finding> findings) => new JsonObject
    {
        ["tool"] = "trainlint",
        ["version"] = Version,
        ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)Finding(f))]),
    }.ToJsonString(Json);

    /// <summary>One finding as a JSON object.</summary>
    public static JsonObject Finding(Finding f)
    {
        var result = new JsonObject
        {
            ["id"] = f.Id,
            ["name"] = f.Rule.Name,
            ["section"] = f.Rule.Section.ToString(),
            ["level"] = NameOf(f.Loudness),
            ["message"] = f.Message,
            ["file"] = f.Place.File,
            ["line"] = f.Place.Line,
            ["column"] = f.Place.Column,
            ["endLine"] = f.Place.EndLine,
            ["endColumn"] = f.Place.EndColumn,
            ["help"] = f.HelpLink,
        };
        if (f.Place.Cell is { } cell) result["cell"] = cell;
        if (f.Fix is { } fix) result["fix"] = fix;
        if (!f.Related.IsEmpty) result["related"] = new JsonArray([.. f.Related.Select(r => (JsonNode)new JsonObject { ["file"] = r.File, ["line"] = r.Line, ["column"] = r.Column })]);
        return result;
    }

    /// <summary>SARIF 2.1.0, with all rules of the catalogue and their pages.</summary>
    public static string Sarif(IReadOnlyList<Finding> findings)
    {
        var ids = RuleCatalogue.All.Select(r => r.Id).ToList();
        var rules = RuleCatalogue.All.Select(r => (JsonNode)new JsonObject
        {
            ["id"] = r.Id,
            ["name"] = r.Name,
            ["shortDescription"] = Said(r.Descriptor.Title),
            ["fullDescription"] = Said(r.Descriptor.Description),
            ["helpUri"] = r.Descriptor.HelpLinkUri,
            ["defaultConfiguration"] = new JsonObject { ["level"] = r.Level == Level.Warning ? "warning" : "note", ["enabled"] = r.Level != Level.Off },
            ["properties"] = new JsonObject { ["category"] = r.Descriptor.Category },
        });
        var results = findings.Select(f =>
        {
            var result = new JsonObject
            {
                ["ruleId"] = f.Id,
                ["ruleIndex"] = ids.IndexOf(f.Id),
                ["level"] = f.Loudness switch { Loudness.Error => "error", Loudness.Warning => "warning", _ => "note" },
                ["message"] = new JsonObject { ["text"] = f.Message },
                ["locations"] = new JsonArray(Where(f.Place)),
            };
            if (!f.Related.IsEmpty) result["relatedLocations"] = new JsonArray([.. f.Related.Select(r => (JsonNode)Where(r))]);
            return (JsonNode)result;
        });
        return new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject { ["driver"] = new JsonObject { ["name"] = "TrainLint", ["version"] = Version, ["informationUri"] = Rule.HelpRoot, ["rules"] = new JsonArray([.. rules]) } },
                ["columnKind"] = "utf16CodeUnits",
                ["results"] = new JsonArray([.. results]),
            }),
        }.ToJsonString(Json);

        static JsonObject Said(Microsoft.CodeAnalysis.LocalizableString text) => new() { ["text"] = text.ToString(Spoken.Culture) };

        // SARIF has no cells: the line counts inside of one, and its name says which.
        static JsonObject Where(Place place)
        {
            var location = new JsonObject
            {
                ["physicalLocation"] = new JsonObject
                {
                    ["artifactLocation"] = new JsonObject { ["uri"] = Uri.EscapeDataString(place.File).Replace("%2F", "/", StringComparison.Ordinal) },
                    ["region"] = new JsonObject { ["startLine"] = place.Line, ["startColumn"] = place.Column, ["endLine"] = place.EndLine, ["endColumn"] = place.EndColumn },
                },
            };
            if (place.Cell is { } cell) location["logicalLocations"] = new JsonArray(new JsonObject { ["name"] = $"cell {cell}", ["kind"] = "module" });
            return location;
        }
    }

    public static string Markdown(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder("## TrainLint").AppendLine().AppendLine().AppendLine(Count(findings)).AppendLine();
        if (findings.Count == 0) return text.ToString();
        text.AppendLine("| Place | Rule | Finding | Fix |").AppendLine("| --- | --- | --- | --- |");
        foreach (var f in findings) text.Append(CultureInfo.InvariantCulture, $"| `{f.Place.Name}` line {f.Place.Line} | [{f.Id}]({f.HelpLink}) {NameOf(f.Loudness)} | {Cell(f.Message)} | {Cell(f.Fix ?? "")} |").AppendLine();
        return text.ToString();
    }

    /// <summary>Text for a cell of a Markdown table.</summary>
    public static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
