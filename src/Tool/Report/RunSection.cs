using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace TrainLint.Tool.Report;

/// <summary>What one run, or two side by side, showed: figures, curves, layers, classes, placement.</summary>
internal sealed class RunSection
{
    // Up to so many tensors the placement is shown at once.
    private const int FewTensors = 24;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private readonly ImmutableArray<RunLog> runs;
    private readonly StringBuilder html = new();

    private RunSection(ImmutableArray<RunLog> runs) => this.runs = runs;

    public static string Render(ImmutableArray<RunLog> runs)
    {
        var section = new RunSection(runs);
        section.Write();
        return section.html.ToString();
    }

    private static readonly string[] Colours = ["a", "b"];

    private void Write()
    {
        html.Append(Plain, $"<section id=\"run\" aria-labelledby=\"run-h\"><h2 id=\"run-h\">{T(runs.Length > 1 ? "runs" : "run")}</h2>");
        Figures();
        Events();
        LossChart();
        Chart("rate", s => s.Rate, logarithmic: false);
        Chart("norm", s => s.GradientNorm, logarithmic: true);
        Layers("gradients", s => s.Gradients, null);
        Layers("updates", s => s.Updates, 1e-3);
        Activations();
        Classes();
        Chart("memory", s => s.LiveTensors, logarithmic: false, fromZero: true);
        for (var i = 0; i < runs.Length; i++) Placement(i);
        html.Append("</section>");
    }

    private string NameOf(int run) => runs.Length == 1 ? "" : ((char)('A' + run)).ToString();

    private string Label(string name, int run) => runs.Length == 1 ? name : $"{NameOf(run)} {name}";

    private void Figures()
    {
        html.Append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"run-h\"><table><thead><tr><td></td>");
        for (var i = 0; i < runs.Length; i++) html.Append(Plain, $"<th scope=\"col\">{(runs.Length == 1 ? T("value") : T("run.name", NameOf(i)))}</th>");
        html.Append("</tr></thead><tbody>");
        Row("run.file", r => Path.GetFileName(r.File));
        Row("run.model", r => r.Model);
        Row("run.optimizer", r => r.Optimizer);
        Row("run.rate", r => r.Steps.Select(s => s.Rate).OfType<double>().ToList() is { Count: > 0 } rates ? rates[0] == rates[^1] ? Numbers.Text(rates[0]) : $"{Numbers.Text(rates[0])} → {Numbers.Text(rates[^1])}" : null);
        Row("run.parameters", r => r.Tensors.Count == 0 ? null : Numbers.Count(r.Tensors.Where(t => !t.IsBuffer).Sum(t => t.Count)));
        Row("run.devices", r => r.Tensors.Count == 0 ? null : string.Join(", ", r.Tensors.GroupBy(t => t.Device).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} ({g.Count()})")));
        Row("run.steps", r => Numbers.Count(r.StepCount));
        Row("run.epochs", r => r.Epochs.Count == 0 ? null : Numbers.Count(r.Epochs.Count));
        Row("run.duration", r => r.Duration is null ? null : Numbers.Time(r.Duration));
        Row("run.speed", r => Numbers.Median(r.Steps.Select(s => s.Milliseconds).OfType<double>()) is { } ms ? Numbers.Text(ms) + " ms" : null);
        Row("run.first.loss", r => r.Steps.FirstOrDefault(s => s.Loss is not null) is { } s ? Numbers.Text(s.Loss) : null);
        Row("run.last.loss", r => r.Steps.LastOrDefault(s => s.Loss is not null) is { } s ? Numbers.Text(s.Loss) : null);
        Row("run.best.validation", r => r.Epochs.Select(e => e.Validation).OfType<double>().Where(double.IsFinite).ToList() is { Count: > 0 } all ? Numbers.Text(all.Min()) : null);
        Row("run.last.validation", r => r.Epochs.LastOrDefault(e => e.Validation is not null) is { } e ? Numbers.Text(e.Validation) : null);
        Row("run.findings", r => Numbers.Count(r.Findings.Count));
        html.Append("</tbody></table></div>");
        for (var i = 0; i < runs.Length; i++)
        {
            if (!runs[i].Ended) html.Append(Plain, $"<p class=\"more\">{E(Label("", i))} {T("run.unfinished")}</p>");
            if (runs[i].UnreadLines > 0) html.Append(Plain, $"<p class=\"more\">{E(Label("", i))} {T("run.unread", runs[i].UnreadLines)}</p>");
        }

        void Row(string key, Func<RunLog, string?> value)
        {
            var values = runs.Select(value).ToList();
            if (values.All(v => v is null)) return;
            var differ = values.Distinct().Count() > 1;
            html.Append(Plain, $"<tr><th scope=\"row\">{T(key)}</th>");
            foreach (var v in values) html.Append(differ ? $"<td><b>{E(v ?? "–")}</b></td>" : $"<td>{E(v ?? "–")}</td>");
            html.Append("</tr>");
        }
    }

    private void Events()
    {
        if (runs.All(r => r.Findings.Count == 0))
        {
            html.Append(Plain, $"<p>{T("run.no.findings")}</p>");
            return;
        }

        html.Append(Plain, $"<h3>{T(runs.All(r => r.Steps.Count == 0) ? "run.findings" : "events")}</h3><ol class=\"events\">");
        foreach (var (run, finding) in runs.SelectMany((r, i) => r.Findings.Select(f => (i, f))))
        {
            var help = finding.Help is { } link && Uri.IsWellFormedUriString(link, UriKind.Absolute) ? $"<a href=\"{E(link)}\">{E(finding.Id)}</a>" : E(finding.Id);
            html.Append(Plain, $"<li><span class=\"v {(finding.IsError ? "broken" : "look")}\">{T(finding.IsError ? "level.error" : "level.information")}</span> {help}{(runs.Length > 1 ? $" ({T("run.name", NameOf(run))})" : "")}, {When(finding)}: {E(finding.Message)}</li>");
        }

        html.Append("</ol>");
    }

    /// <summary>When something was reported.</summary>
    public static string When(RunFinding finding) => E(finding.Step == 0 ? Words.Get("run.before") : Words.Get("run.step", Numbers.Count(finding.Step)));

    private List<Mark> Marks()
    {
        var number = 0;
        return [.. runs.SelectMany((r, i) => r.Findings.Select(f => (i, f))).Select(e => new Mark(e.f.Step, ++number, $"{e.f.Id}, {WebUtility.HtmlDecode(When(e.f))}", Colours[e.i], e.f.IsError))];
    }

    private void LossChart()
    {
        var series = new List<Series>();
        var notes = new List<string>();
        for (var i = 0; i < runs.Length; i++)
        {
            var points = runs[i].Steps.Where(s => s.Loss is not null).Select(s => ((double)s.Number, s.Loss!.Value)).ToList();
            if (points.Count > 0) series.Add(new(Label(Words.Get("chart.training"), i), Colours[runs.Length == 1 ? 0 : i], points));
            if (points.Where(p => !double.IsFinite(p.Value)).ToList() is { Count: > 0 } bad) notes.Add(Words.Get("chart.not.finite.at", Numbers.Count(bad.Count), Numbers.Count((long)bad[0].Item1)));
            var validation = runs[i].Epochs.Where(e => e.Validation is not null).Select(e => ((double)e.Step, e.Validation!.Value)).ToList();
            if (validation.Count > 0) series.Add(new(Label(Words.Get("chart.validation"), i), Colours[runs.Length == 1 ? 1 : i], validation, Marked: true));
        }

        var finite = series.SelectMany(s => s.Points).Select(p => p.Y).Where(double.IsFinite).ToList();
        var logarithmic = finite.Count > 0 && finite.Min() > 0 && finite.Max() / finite.Min() > 50;
        if (logarithmic) notes.Insert(0, Words.Get("chart.log"));
        Figure("loss", Words.Get("chart.loss.desc", string.Join(" ", notes)).Trim(), series, logarithmic);
    }

    private void Chart(string key, Func<RunStep, double?> value, bool logarithmic, bool fromZero = false)
    {
        var series = runs.Select((r, i) => new Series(runs.Length == 1 ? Words.Get("chart." + key) : Label("", i).Trim(), Colours[i], [.. r.Steps.Where(s => value(s) is not null).Select(s => ((double)s.Number, value(s)!.Value))])).Where(s => s.Points.Count > 0).ToList();
        Figure(key, Words.Get($"chart.{key}.desc"), series, logarithmic && series.SelectMany(s => s.Points).Any(p => double.IsFinite(p.Y) && p.Y > 0), fromZero);
    }

    private void Figure(string key, string description, List<Series> series, bool logarithmic, bool fromZero = false)
    {
        if (series.Count == 0) return;
        var title = Words.Get("chart." + key);
        html.Append(Plain, $"<figure><figcaption>{E(title)}<span>{E(description)}</span></figcaption>");
        html.Append(new LineChart(key, title, description, series, logarithmic, Marks(), fromZero).Html());
        Table([T("table.series"), T("table.first"), T("table.smallest"), T("table.median"), T("table.largest"), T("table.last")], series.Select(s => Row(s.Name, s.Points)));
        html.Append("</figure>");
    }

    private static string[] Row(string name, IReadOnlyList<(double X, double Y)> points)
    {
        var finite = points.Select(p => p.Y).Where(double.IsFinite).ToList();
        return [E(name), Numbers.Text(points[0].Y), finite.Count == 0 ? "–" : Numbers.Text(finite.Min()), Numbers.Text(Numbers.Median(finite)), finite.Count == 0 ? "–" : Numbers.Text(finite.Max()), Numbers.Text(points[^1].Y)];
    }

    private void Layers(string key, Func<RunStep, IReadOnlyDictionary<string, double>> value, double? middle)
    {
        for (var i = 0; i < runs.Length; i++)
        {
            // In the order of the model, not of the alphabet.
            var order = runs[i].Tensors.Select(t => t.Layer).Distinct().Select((layer, index) => (layer, index)).ToDictionary(l => l.layer, l => l.index);
            var points = new Dictionary<string, List<(double, double)>>(StringComparer.Ordinal);
            foreach (var step in runs[i].Steps)
                foreach (var (layer, number) in value(step))
                {
                    if (!points.TryGetValue(layer, out var own)) points[layer] = own = [];
                    own.Add((step.Number, number));
                }

            if (points.Count == 0) continue;
            var layers = points.OrderBy(p => order.GetValueOrDefault(p.Key, int.MaxValue)).Select(p => (p.Key.Length > 0 ? p.Key : "·", (IReadOnlyList<(double, double)>)p.Value)).ToList();
            var title = Words.Get("chart." + key) + (runs.Length == 1 ? "" : ", " + Words.Get("run.name", NameOf(i)));
            html.Append(Plain, $"<figure><figcaption>{E(title)}<span>{T($"chart.{key}.desc")}</span></figcaption>");
            html.Append(new LayerMap($"{key}{i}", title, Words.Get($"chart.{key}.desc"), layers, middle).Html());
            Table([T("table.layer"), T("table.first"), T("table.smallest"), T("table.median"), T("table.largest"), T("table.last")], layers.Select(l => Row(l.Item1, l.Item2)));
            html.Append("</figure>");
        }
    }

    private void Activations()
    {
        for (var i = 0; i < runs.Length; i++)
        {
            if (runs[i].Activations.Count == 0) continue;
            Heading("activations", i);
            Open();
            html.Append(Plain, $"<thead><tr><th scope=\"col\">{T("table.layer")}</th><th scope=\"col\">{T("table.kind")}</th><th scope=\"col\">{T("chart.share.zero")}</th><th scope=\"col\">{T("chart.share.saturated")}</th></tr></thead><tbody>");
            foreach (var a in runs[i].Activations) html.Append(Plain, $"<tr><th scope=\"row\">{E(a.Name)}</th><td>{E(a.Kind)}</td><td class=\"chip\">{Bar(a.Zero, "a")}</td><td class=\"chip\">{Bar(a.Saturated, "b")}</td></tr>");
            Close();
        }
    }

    private void Classes()
    {
        for (var i = 0; i < runs.Length; i++)
        {
            if (runs[i].Classes is not { Count: > 0 } classes) continue;
            Heading("classes", i);
            Open();
            html.Append(Plain, $"<thead><tr><th scope=\"col\">{T("table.class")}</th><th scope=\"col\">{T("table.share")}</th><th scope=\"col\" class=\"n\">{T("table.count")}</th></tr></thead><tbody>");
            var (all, most) = (classes.Sum(c => c.Count), classes.Max(c => c.Count));
            foreach (var (name, count) in classes) html.Append(Plain, $"<tr><th scope=\"row\">{E(name)}</th><td class=\"chip\">{Bar((double)count / all, Colours[i], (double)count / Math.Max(most, 1))}</td><td class=\"n\">{Numbers.Count(count)}</td></tr>");
            Close();
        }
    }

    private static string Bar(double? share, string colour, double? length = null) =>
        share is not { } s ? "–" : string.Create(Plain, $"<span class=\"bar {colour}\" style=\"--w:{Math.Clamp(length ?? s, 0, 1) * 100:0.#}%\"></span>{Numbers.Share(s)}");

    private void Heading(string key, int run) =>
        html.Append(Plain, $"<figure><figcaption>{T("chart." + key)}{(runs.Length > 1 ? $", {T("run.name", NameOf(run))}" : "")}<span>{T($"chart.{key}.desc")}</span></figcaption>");

    private void Open() => html.Append(Plain, $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{T("value")}\"><table>");

    private void Close() => html.Append("</tbody></table></div></figure>");

    // What lies elsewhere is named at once; the rest of a large model is folded away.
    private void Placement(int run)
    {
        var tensors = runs[run].Tensors;
        if (tensors.Count == 0) return;
        var usual = tensors.GroupBy(t => t.Device).OrderByDescending(g => g.Count()).First().Key;
        var odd = tensors.Where(t => t.Device != usual).ToList();
        html.Append(Plain, $"<figure><figcaption>{T("placement")}{(runs.Length > 1 ? $", {T("run.name", NameOf(run))}" : "")}<span>{T("placement.desc")}</span></figcaption>");
        if (odd.Count == 0) html.Append(Plain, $"<p>{T("placement.one", Numbers.Count(tensors.Count), usual)}</p>");
        else html.Append(Plain, $"<p>{T("placement.split", Numbers.Count(tensors.Count - odd.Count), usual)}</p><ul>{string.Concat(odd.Take(FewTensors).Select(t => $"<li class=\"broken\"><code>{E(t.Name)}</code> {E(t.Device)}</li>"))}</ul>");
        var all = tensors.Select(t => new[]
        {
            $"<code>{E(t.Name)}</code>",
            t.Device == usual ? E(t.Device) : $"<span class=\"chip odd\">✗ {E(t.Device)}, {T("placement.odd")}</span>",
            E(t.Type),
            E(t.Shape.IsEmpty ? "1" : string.Join(" × ", t.Shape)),
            T(t.IsBuffer ? "placement.buffer" : !t.Trainable ? "placement.frozen" : t.Optimized ? "placement.yes" : "placement.missed"),
        });
        Table([T("placement.name"), T("placement.device"), T("placement.type"), T("placement.shape"), T("placement.trained")], all, numbers: false, open: tensors.Count <= FewTensors);
        html.Append("</figure>");
    }

    private void Table(string[] columns, IEnumerable<string[]> rows, bool numbers = true, bool open = false)
    {
        html.Append(Plain, $"<details class=\"table\"{(open ? " open=\"open\"" : "")}><summary>{T("table.show")}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{T("table.show")}\"><table><thead><tr>");
        for (var i = 0; i < columns.Length; i++) html.Append(Plain, $"<th scope=\"col\"{(numbers && i > 0 ? " class=\"n\"" : "")}>{columns[i]}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            html.Append(Plain, $"<tr><th scope=\"row\">{row[0]}</th>");
            foreach (var cell in row.Skip(1)) html.Append(Plain, $"<td{(numbers ? " class=\"n\"" : "")}>{cell}</td>");
            html.Append("</tr>");
        }

        html.Append("</tbody></table></div></details>");
    }

    private static string T(string key, params object[] arguments) => E(Words.Get(key, arguments));

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
