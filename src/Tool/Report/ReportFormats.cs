using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using TrainLint.Tool.Output;

namespace TrainLint.Tool.Report;

/// <summary>The checklists as text, Markdown and JSON.</summary>
internal static class ReportFormats
{
    public static string Text(Checklists report)
    {
        var text = new StringBuilder();
        foreach (var loop in report.Loops)
        {
            text.Append(CultureInfo.InvariantCulture, $"{loop.Member} ({HtmlReport.Where(loop.Place, null)})").AppendLine();
            foreach (var section in loop.Points.GroupBy(p => p.Section))
            {
                text.Append("  ").AppendLine(Words.Get("section." + section.Key));
                foreach (var point in section) text.Append(CultureInfo.InvariantCulture, $"    {HtmlReport.Sign(point.Verdict)} {Words.Get("point." + point.Key)}: {Words.Get(HtmlReport.Key(point.Verdict))}{After(". ", Why(point, loop, c => c))}").AppendLine();
            }

            text.AppendLine();
        }

        if (report.Loops.IsEmpty) text.AppendLine(Words.Get("no.loops"));
        foreach (var finding in report.Elsewhere) text.Append(CultureInfo.InvariantCulture, $"{finding.Place}: {finding.Id}: {finding.Message}").AppendLine();
        foreach (var run in report.Runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{run.File}: {Words.Get("run.steps")} {Numbers.Count(run.StepCount)}, {Words.Get("run.last.loss")} {Numbers.Text(run.Steps.LastOrDefault(s => s.Loss is not null)?.Loss)}").AppendLine();
            foreach (var f in run.Findings) text.Append(CultureInfo.InvariantCulture, $"  {Words.Get(f.IsError ? "level.error" : "level.information")} {f.Id}: {f.Message}").AppendLine();
        }

        return text.ToString();
    }

    public static string Markdown(Checklists report)
    {
        var text = new StringBuilder("# ").AppendLine(Words.Get("title.of", report.Name)).AppendLine();
        foreach (var loop in report.Loops)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {loop.Member} ({HtmlReport.Where(loop.Place, null)})").AppendLine();
            foreach (var section in loop.Points.GroupBy(p => p.Section))
            {
                text.AppendLine().Append("### ").AppendLine(Words.Get("section." + section.Key)).AppendLine();
                text.Append(CultureInfo.InvariantCulture, $"| {Words.Get("point")} | {Words.Get("verdict")} | {Words.Get("shown.by")} |").AppendLine().AppendLine("| --- | --- | --- |");
                foreach (var point in section) text.Append(CultureInfo.InvariantCulture, $"| {Words.Get("point." + point.Key)} | {HtmlReport.Sign(point.Verdict)} {Words.Get(HtmlReport.Key(point.Verdict))} | {FindingFormats.Cell(Why(point, loop, c => $"`{c}`"))} |").AppendLine();
            }

            text.AppendLine();
        }

        if (report.Loops.IsEmpty) text.AppendLine(Words.Get("no.loops")).AppendLine();
        if (!report.Elsewhere.IsEmpty) text.Append("## ").AppendLine(Words.Get("elsewhere")).AppendLine();
        foreach (var finding in report.Elsewhere) text.Append(CultureInfo.InvariantCulture, $"- `{finding.Place}` [{finding.Id}]({finding.HelpLink}): {FindingFormats.Cell(finding.Message)}").AppendLine();
        return text.ToString();
    }

    public static string Json(Checklists report) => new JsonObject
    {
        ["tool"] = "trainlint",
        ["version"] = FindingFormats.Version,
        ["name"] = report.Name,
        ["loops"] = new JsonArray([.. report.Loops.Select(l => (JsonNode)new JsonObject
        {
            ["member"] = l.Member,
            ["file"] = l.Place.File,
            ["line"] = l.Place.Line,
            ["points"] = new JsonArray([.. l.Points.Select(p => (JsonNode)Point(p))]),
        })]),
        ["elsewhere"] = new JsonArray([.. report.Elsewhere.Select(f => (JsonNode)FindingFormats.Finding(f))]),
    }.ToJsonString(FindingFormats.Json);

    private static JsonObject Point(Point point)
    {
        var result = new JsonObject { ["key"] = point.Key, ["section"] = point.Section.ToString(), ["title"] = Words.Get("point." + point.Key), ["verdict"] = point.Verdict.ToString() };
        if (point.Reason is { } reason) result["reason"] = reason;
        if (point.Companion is { } companion) result["companion"] = companion;
        if (!point.Witnesses.IsEmpty) result["witnesses"] = new JsonArray([.. point.Witnesses.Select(w => (JsonNode)new JsonObject { ["code"] = w.Code, ["file"] = w.Place.File, ["line"] = w.Place.Line })]);
        if (!point.Findings.IsEmpty) result["findings"] = new JsonArray([.. point.Findings.Select(f => (JsonNode)FindingFormats.Finding(f))]);
        if (!point.Seen.IsEmpty) result["seen"] = new JsonArray([.. point.Seen.Select(s => (JsonNode)new JsonObject { ["id"] = s.Id, ["message"] = s.Message, ["step"] = s.Step })]);
        return result;
    }

    private static string Why(Point point, LoopChecklist loop, Func<string, string> code)
    {
        var parts = point.Findings.Select(f => $"{f.Id} {HtmlReport.Where(f.Place, loop.Place)}: {f.Message}{(f.Fix is { } fix ? $" ({Words.Get("fix", fix)})" : "")}")
            .Concat(point.Seen.Select(s => $"{s.Id}: {s.Message}"));
        var witnesses = string.Join(", ", point.Witnesses.GroupBy(w => w.Code).Select(g => $"{code(g.Key)} {string.Join(", ", g.Select(w => HtmlReport.Where(w.Place, loop.Place)).Distinct())}"));
        if (point.Reason is { } reason) parts = parts.Append(reason + After(": ", witnesses));
        if (point.Companion is { } companion) parts = parts.Append(Words.Get("companion", code(companion)) + (point.QuietSteps is { } steps ? " " + Words.Get("run.quiet", Numbers.Count(steps)) : ""));
        return string.Join(" ", parts);
    }

    private static string After(string separator, string text) => text.Length == 0 ? "" : separator + text;
}
