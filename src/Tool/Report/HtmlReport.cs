using System.Globalization;
using System.Net;
using System.Text;
using TrainLint.Analyzers;
using TrainLint.Tool.Checking;
using TrainLint.Tool.Output;

namespace TrainLint.Tool.Report;

/// <summary>The report as one HTML page: no script, no request, nothing but itself.</summary>
internal sealed class HtmlReport
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private readonly Checklists report;
    private readonly StringBuilder html = new();

    private HtmlReport(Checklists report) => this.report = report;

    public static string Render(Checklists report)
    {
        var page = new HtmlReport(report);
        page.Write();
        return page.html.ToString();
    }

    private static readonly Verdict[] Shown = [Verdict.Broken, Verdict.WorthALook, Verdict.OnlyARun, Verdict.NotProven, Verdict.InOrder, Verdict.NotApplicable];

    private void Write()
    {
        var language = Spoken.Culture.TwoLetterISOLanguageName == "ja" ? "ja" : "en";
        html.Append(Plain, $"<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        html.Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>");
        // A log alone is a run without a checklist.
        var alone = report.Name.Length == 0;
        var title = alone ? T("title.run", report.Runs[0].Model ?? Path.GetFileName(report.Runs[0].File)) : T("title.of", report.Name);
        html.Append(Plain, $"<title>{title}</title><style>\n{Style.Sheet}\n</style></head><body>");
        html.Append(Plain, $"<a class=\"skip\" href=\"#main\">{T("skip")}</a><header><h1>{title}</h1>");
        if (!alone) html.Append(Plain, $"<p class=\"lead\">{T("intro")}</p>");
        html.Append(Plain, $"<nav aria-label=\"{T("contents")}\"><ul>");
        if (!alone) html.Append(Plain, $"<li><a href=\"#loops\">{T("loops")}</a></li>");
        if (!report.Elsewhere.IsEmpty) html.Append(Plain, $"<li><a href=\"#elsewhere\">{T("elsewhere")}</a></li>");
        if (!report.Runs.IsEmpty) html.Append(Plain, $"<li><a href=\"#run\">{T(report.Runs.Length > 1 ? "runs" : "run")}</a></li>");
        html.Append("</ul></nav></header><main id=\"main\">");
        // What happened says more than what may happen.
        if (!report.Runs.IsEmpty) html.Append(RunSection.Render(report.Runs));
        if (!alone) Loops();
        Elsewhere();
        html.Append(Plain, $"</main><footer>{T("made.by", FindingFormats.Version)}</footer></body></html>\n");
    }

    private void Loops()
    {
        html.Append(Plain, $"<section id=\"loops\" aria-labelledby=\"loops-h\"><h2 id=\"loops-h\">{T("loops")}</h2>");
        if (report.Loops.IsEmpty) html.Append(Plain, $"<p>{T("no.loops")}</p>");
        else Overview();
        for (var i = 0; i < report.Loops.Length; i++) Loop(report.Loops[i], i);
        html.Append("</section>");
    }

    private void Overview()
    {
        var sections = report.Loops[0].Points.Select(p => p.Section).Distinct().ToList();
        html.Append("<p class=\"counts\">");
        foreach (var verdict in Shown)
            if (report.Loops.Sum(l => l.Count(verdict)) is var count and > 0) html.Append(Plain, $"<span>{Badge(verdict)} {count}</span>");
        html.Append(Plain, $"</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{T("overview")}\"><table class=\"matrix\"><caption>{T("overview.caption")}</caption><thead><tr><th scope=\"col\" style=\"text-align:left\">{T("loop")}</th>");
        foreach (var section in sections) html.Append(Plain, $"<th scope=\"col\">{T("section." + section)}</th>");
        html.Append("</tr></thead><tbody>");
        for (var i = 0; i < report.Loops.Length; i++)
        {
            html.Append(Plain, $"<tr><th scope=\"row\"><a href=\"#loop{i}\">{E(report.Loops[i].Member)}</a></th>");
            foreach (var section in sections)
            {
                var worst = report.Loops[i].Points.Where(p => p.Section == section).Max(p => p.Verdict);
                html.Append(Plain, $"<td><a class=\"{Class(worst)}\" href=\"#loop{i}-{section}\"><span aria-hidden=\"true\">{Sign(worst)}</span><span class=\"unseen\">{T(Key(worst))}</span></a></td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table></div>");
    }

    private void Loop(LoopChecklist loop, int number)
    {
        var open = report.Loops.Length <= 2 || loop.Count(Verdict.Broken) + loop.Count(Verdict.WorthALook) > 0 ? " open=\"open\"" : "";
        html.Append(Plain, $"<details class=\"loop\" id=\"loop{number}\"{open}><summary><h3>{E(loop.Member)}</h3> <span class=\"where\">{E(Where(loop.Place, null))}</span><span class=\"counts\">");
        foreach (var verdict in Shown)
            if (loop.Count(verdict) is var count and > 0) html.Append(Plain, $"<span>{Badge(verdict)} {count}</span>");
        html.Append("</span></summary>");
        foreach (var section in loop.Points.GroupBy(p => p.Section))
        {
            html.Append(Plain, $"<h4 id=\"loop{number}-{section.Key}\">{T("section." + section.Key)}</h4><ol class=\"points\">");
            foreach (var point in section) Point(point, loop.Place);
            html.Append("</ol>");
        }

        html.Append("</details>");
    }

    private void Point(Point point, Place loop)
    {
        html.Append(Plain, $"<li class=\"is-{Class(point.Verdict)}\">{Badge(point.Verdict)}<span class=\"title\">{T("point." + point.Key)}</span><div class=\"why\">");
        foreach (var finding in point.Findings) Finding(finding);
        foreach (var seen in point.Seen) html.Append(Plain, $"<p>{E(seen.Id)}: {E(seen.Message)} ({RunSection.When(seen)})</p>");
        if (point.Reason is { } reason) html.Append(Plain, $"<p>{E(char.ToUpper(reason[0], Plain) + reason[1..])}{(point.Witnesses.IsEmpty ? Words.Get("stop") : ":")} {Witnesses(point, loop)}</p>");
        if (point.Companion is { } companion) html.Append(Plain, $"<p>{T("companion", "\u0001").Replace("\u0001", $"<code>{E(companion)}</code>", StringComparison.Ordinal)}{(point.QuietSteps is { } steps ? " " + T("run.quiet", Numbers.Count(steps)) : "")}</p>");
        html.Append("</div></li>");
    }

    private static string Witnesses(Point point, Place loop) =>
        string.Join(", ", point.Witnesses.GroupBy(w => w.Code).Select(g => $"<code>{E(g.Key)}</code> {E(string.Join(", ", g.Select(w => Where(w.Place, loop)).Distinct()))}"));

    private void Finding(Finding finding)
    {
        html.Append(Plain, $"<p><a href=\"{E(finding.HelpLink)}\" aria-label=\"{T("help", finding.Id)}\">{E(finding.Id)}</a> {E(finding.Message)}</p><code class=\"code\">{E(Where(finding.Place, null))}: {E(finding.Code.Trim())}</code>");
        if (finding.Fix is { } fix) html.Append(Plain, $"<p class=\"more\">{T("fix", fix)}</p>");
    }

    private void Elsewhere()
    {
        if (report.Elsewhere.IsEmpty) return;
        html.Append(Plain, $"<section id=\"elsewhere\" aria-labelledby=\"elsewhere-h\"><h2 id=\"elsewhere-h\">{T("elsewhere")}</h2><ol class=\"points\">");
        foreach (var finding in report.Elsewhere)
        {
            var verdict = finding.Loudness >= Loudness.Warning ? Verdict.Broken : Verdict.WorthALook;
            html.Append(Plain, $"<li class=\"is-{Class(verdict)}\">{Badge(verdict)}<span class=\"title\">{E(finding.Title)}</span><div class=\"why\">");
            Finding(finding);
            html.Append("</div></li>");
        }

        html.Append("</ol></section>");
    }

    /// <summary>A place as a reader of the page looks it up: without the file where that is the loop's own.</summary>
    public static string Where(Place place, Place? from) =>
        place.Cell is { } cell ? Words.Get("cell.line", cell, place.Line)
        : from is not null && place.File == from.File ? Words.Get("line", place.Line)
        : Words.Get("line.in", place.File, place.Line);

    private static string Badge(Verdict verdict) => $"<span class=\"v {Class(verdict)}\"><i aria-hidden=\"true\">{Sign(verdict)}</i>{T(Key(verdict))}</span>";

    public static string Key(Verdict verdict) => verdict switch
    {
        Verdict.InOrder => "verdict.order",
        Verdict.Broken => "verdict.broken",
        Verdict.WorthALook => "verdict.look",
        Verdict.OnlyARun => "verdict.run",
        Verdict.NotProven => "verdict.unproven",
        _ => "verdict.none",
    };

    /// <summary>A sign that tells the verdicts apart without their colours.</summary>
    public static string Sign(Verdict verdict) => verdict switch
    {
        Verdict.InOrder => "✓",
        Verdict.Broken => "✗",
        Verdict.WorthALook => "!",
        Verdict.OnlyARun => "▷",
        Verdict.NotProven => "?",
        _ => "–",
    };

    private static string Class(Verdict verdict) => Key(verdict)["verdict.".Length..];

    private static string T(string key, params object[] arguments) => E(Words.Get(key, arguments));

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
