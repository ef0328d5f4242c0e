using System.Globalization;
using System.Net;
using System.Text;

namespace TrainLint.Tool.Report;

/// <summary>One curve.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Colour">The class that colours it: a or b.</param>
/// <param name="Points">By ascending x; what is no finite number leaves a gap.</param>
/// <param name="Marked">Few points, each marked, dashed between.</param>
internal sealed record Series(string Name, string Colour, IReadOnlyList<(double X, double Y)> Points, bool Marked = false);

/// <summary>Something that happened at a step.</summary>
/// <param name="X">The step.</param>
/// <param name="Number">The number in the list below the curves.</param>
/// <param name="Text">What happened.</param>
/// <param name="Colour">The run that it belongs to: a or b.</param>
/// <param name="IsError">Whether it is a fact and no passed limit.</param>
internal sealed record Mark(double X, int Number, string Text, string Colour, bool IsError);

/// <summary>Curves over the steps of a run, as inline SVG without a script. Colours come from the page, so that it follows light and dark.</summary>
internal sealed class LineChart(string id, string title, string description, IReadOnlyList<Series> series, bool logarithmic, IReadOnlyList<Mark> marks, bool fromZero = false)
{
    private const int Letter = 7;
    private const int LineHeight = 15;
    private const int MarkSize = 8;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>The chart twice: for a wide page, and for a phone.</summary>
    public string Html() => Svg(760, 300, narrow: false) + Svg(350, 260, narrow: true);

    private string Svg(int width, int height, bool narrow)
    {
        var all = series.SelectMany(s => s.Points).Where(p => double.IsFinite(p.Y) && (!logarithmic || p.Y > 0)).ToList();
        var svg = new StringBuilder();
        var name = id + (narrow ? "-n" : "-w");
        svg.Append(Plain, $"<svg class=\"chart {(narrow ? "narrow" : "wide")}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{name}-t {name}-d\"><title id=\"{name}-t\">{E(title)}</title><desc id=\"{name}-d\">{E(description)}</desc>");
        if (all.Count == 0) return svg.Append(Plain, $"<text class=\"tick\" x=\"{width / 2}\" y=\"{height / 2}\" text-anchor=\"middle\">{E(Words.Get("chart.empty"))}</text></svg>").ToString();

        var labels = narrow ? 12 : Math.Min(190, 24 + series.Max(s => Width(s.Name)));
        var ticks = Ticks(all.Min(p => p.Y), all.Max(p => p.Y), narrow ? 5 : 6, out var low, out var high);
        var left = 14 + ticks.Max(t => Width(Numbers.Axis(t)));
        var (top, right, bottom) = (8 + (narrow ? LineHeight * series.Count + 4 : 0) + (marks.Count > 0 ? 2 * MarkSize + 8 : 0), width - labels, height - 38);
        // The whole run, also where there is nothing to draw any more.
        var (from, to) = (series.SelectMany(s => s.Points).Min(p => p.X), series.SelectMany(s => s.Points).Max(p => p.X));
        if (to <= from) (from, to) = (from - 0.5, to + 0.5);

        foreach (var tick in ticks)
            svg.Append(Plain, $"<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/><text class=\"tick\" x=\"{left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{Numbers.Axis(tick)}</text>");
        foreach (var tick in Numbers.Ticks(from, to, narrow ? 3 : 7).Where(t => t == Math.Floor(t)))
            svg.Append(Plain, $"<line class=\"axis\" x1=\"{X(tick):0.#}\" x2=\"{X(tick):0.#}\" y1=\"{bottom}\" y2=\"{bottom + 5}\"/><text class=\"tick\" x=\"{X(tick):0.#}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{Numbers.Count((long)tick)}</text>");
        svg.Append(Plain, $"<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/><text class=\"tick\" x=\"{right}\" y=\"{height - 5}\" text-anchor=\"end\">{E(Words.Get("chart.steps"))}</text>");

        NotFinite();
        foreach (var s in series) Curve(s);
        if (narrow) Legend();
        else EndLabels();
        Marks();
        return svg.Append("</svg>").ToString();

        double X(double x) => left + (x - from) / (to - from) * (right - left);

        double Y(double y)
        {
            var share = logarithmic ? (Math.Log10(y) - Math.Log10(low)) / (Math.Log10(high) - Math.Log10(low)) : (y - low) / (high - low);
            return bottom - share * (bottom - top);
        }

        void Curve(Series s)
        {
            var path = new StringBuilder();
            var points = s.Points.Where(p => !logarithmic || !double.IsFinite(p.Y) || p.Y > 0).ToList();
            var kept = s.Marked ? points.Where(p => double.IsFinite(p.Y)).ToList() : Downsampling.ToPixels(points, from, to, right - left);
            foreach (var (x, y) in kept) path.Append(path.Length == 0 ? 'M' : 'L').Append(X(x).ToString("0.#", Plain)).Append(' ').Append(Y(y).ToString("0.#", Plain));
            svg.Append(Plain, $"<path class=\"curve {s.Colour}{(s.Marked ? " marked" : "")}\" d=\"{path}\"/>");
            // Many marks would be a band, not marks.
            if (s.Marked && kept.Count <= 60)
                foreach (var (x, y) in kept) svg.Append(Plain, $"<circle class=\"dot {s.Colour}\" cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"3.5\"><title>{E(s.Name)}, {E(Words.Get("run.step", Numbers.Count((long)x)))}: {Numbers.Text(y)}</title></circle>");
        }

        // The steps from which on a curve has no finite number any more.
        void NotFinite()
        {
            foreach (var points in series.Where(s => !s.Marked).Select(s => s.Points))
            {
                var end = points.Count;
                while (end > 0 && !double.IsFinite(points[end - 1].Y)) end--;
                if (end == points.Count) continue;
                var x = X(points[end].X);
                svg.Append(Plain, $"<rect class=\"lost\" x=\"{x:0.#}\" y=\"{top}\" width=\"{right - x:0.#}\" height=\"{bottom - top}\"/>");
                if (right - x > Width(Words.Get("chart.not.finite")) + 12) svg.Append(Plain, $"<text class=\"tick\" x=\"{(x + right) / 2:0.#}\" y=\"{(top + bottom) / 2}\" text-anchor=\"middle\">{E(Words.Get("chart.not.finite"))}</text>");
            }
        }

        // Beside the end of each curve, moved apart where they would meet.
        void EndLabels()
        {
            var ends = series.Select(s => (s, Last: s.Points.LastOrDefault(p => double.IsFinite(p.Y) && (!logarithmic || p.Y > 0)))).Where(e => e.s.Points.Count > 0).Select(e => (e.s, Y: e.Last == default ? top : Y(e.Last.Y))).OrderBy(e => e.Y).ToList();
            var places = ends.Select(e => e.Y).ToArray();
            for (var i = 1; i < places.Length; i++) places[i] = Math.Max(places[i], places[i - 1] + LineHeight);
            for (var i = places.Length - 1; i >= 0; i--) places[i] = Math.Min(places[i], bottom - (places.Length - 1 - i) * LineHeight);
            for (var i = 0; i < ends.Count; i++)
                svg.Append(Plain, $"<text class=\"name {ends[i].s.Colour}\" x=\"{right + 8}\" y=\"{places[i] + 4:0.#}\">{E(ends[i].s.Name)}</text>");
        }

        void Legend()
        {
            for (var i = 0; i < series.Count; i++)
                svg.Append(Plain, $"<path class=\"curve {series[i].Colour}{(series[i].Marked ? " marked" : "")}\" d=\"M{left} {8 + i * LineHeight}h22\"/><text class=\"name {series[i].Colour}\" x=\"{left + 28}\" y=\"{12 + i * LineHeight}\">{E(series[i].Name)}</text>");
        }

        // A line at each event; numbers that would meet share one.
        void Marks()
        {
            var at = new List<(double X, List<Mark> Marks)>();
            foreach (var mark in marks.OrderBy(m => m.X))
            {
                var x = X(Math.Clamp(mark.X, from, to));
                if (at.Count > 0 && x - at[^1].X < 3 * MarkSize) at[^1].Marks.Add(mark);
                else at.Add((x, [mark]));
            }

            foreach (var (x, group) in at)
            {
                var label = group.Count == 1 ? group[0].Number.ToString(Plain) : $"{group.Min(m => m.Number)}–{group.Max(m => m.Number)}";
                var half = Math.Max(MarkSize, Width(label) / 2 + 5);
                var shown = Math.Clamp(x, left + half, right - half + labels - 4);
                svg.Append(Plain, $"<g class=\"mark{(group.Any(m => m.IsError) ? " error" : "")}\"><title>{E(string.Join("; ", group.Select(m => $"{m.Number}. {m.Text}")))}</title><line x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{top - 4}\" y2=\"{bottom}\"/><rect x=\"{shown - half:0.#}\" y=\"{top - 2 * MarkSize - 4}\" width=\"{2 * half}\" height=\"{2 * MarkSize}\" rx=\"{MarkSize}\"/><text x=\"{shown:0.#}\" y=\"{top - MarkSize - 4}\" text-anchor=\"middle\">{label}</text></g>");
            }
        }
    }

    private List<double> Ticks(double least, double most, int count, out double low, out double high)
    {
        if (logarithmic)
        {
            (low, high) = (least, most);
            if (high / low < 1.5) (low, high) = (low / 1.5, high * 1.5);
            return Numbers.Decades(low, high, count);
        }

        (low, high) = (least < 0 || !fromZero && least > most * 0.6 ? least : 0, most);
        if (high - low <= Math.Abs(high) * 1e-9) (low, high) = (low - Math.Max(Math.Abs(low) * 0.1, 1e-12), high + Math.Max(Math.Abs(high) * 0.1, 1e-12));
        // Up to a round number, so that the highest value stands below a line.
        var ticks = Numbers.Ticks(low, high, count);
        if (ticks.Count > 1 && ticks[^1] < high * (1 - 1e-9)) high = ticks[^1] + (ticks[1] - ticks[0]);
        return Numbers.Ticks(low, high, count);
    }

    // Letters of Chinese characters and kana are as wide as they are high.
    private static int Width(string text) => text.Sum(c => c >= 0x2E80 ? 2 * Letter - 1 : Letter);

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
