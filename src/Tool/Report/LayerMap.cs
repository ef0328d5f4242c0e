using System.Globalization;
using System.Net;
using System.Text;

namespace TrainLint.Tool.Report;

/// <summary>A value of each layer over the steps of a run: a row per layer, the stronger the colour, the further from nothing (or from a middle).</summary>
/// <param name="id">A name of its own on the page.</param>
/// <param name="title">What is shown.</param>
/// <param name="description">How to read it.</param>
/// <param name="layers">The layers in the order of the model, with their values.</param>
/// <param name="middle">The value that is usual: below it the one colour, above it the other; null for one colour.</param>
internal sealed class LayerMap(string id, string title, string description, IReadOnlyList<(string Layer, IReadOnlyList<(double X, double Y)> Points)> layers, double? middle)
{
    private const int Row = 20;

    // Decades on each side of the middle until a colour is full.
    private const double Reach = 3;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public string Html() => Svg(760, narrow: false) + Svg(350, narrow: true);

    private string Svg(int width, bool narrow)
    {
        var svg = new StringBuilder();
        var name = id + (narrow ? "-n" : "-w");
        var left = narrow ? 4 : Math.Min(230, 16 + layers.Max(l => l.Layer.Length) * 7);
        var (row, spans) = (narrow ? Row + 16 : Row, narrow ? 60 : 120);
        var (right, bottom) = (width - 8, 30 + layers.Count * row);
        var height = bottom + 38;
        var all = layers.SelectMany(l => l.Points).ToList();
        var (from, to) = (all.Min(p => p.X), all.Max(p => p.X));
        if (to <= from) to = from + 1;
        var positive = all.Where(p => double.IsFinite(p.Y) && p.Y > 0).Select(p => Math.Log10(p.Y)).ToList();
        var (low, high) = positive.Count == 0 ? (-1.0, 0.0) : (positive.Min(), positive.Max());
        if (high - low < 0.5) low = high - 0.5;
        svg.Append(Plain, $"<svg class=\"chart {(narrow ? "narrow" : "wide")}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{name}-t {name}-d\"><title id=\"{name}-t\">{E(title)}</title><desc id=\"{name}-d\">{E(description)}</desc>");
        Scale();
        for (var i = 0; i < layers.Count; i++)
        {
            var top = 26 + i * row;
            var (layer, points) = layers[i];
            if (narrow) svg.Append(Plain, $"<text class=\"tick\" x=\"{left}\" y=\"{top + 12}\">{E(Shortened(layer, 46))}</text>");
            else svg.Append(Plain, $"<text class=\"tick\" x=\"{left - 8}\" y=\"{top + 14}\" text-anchor=\"end\">{E(Shortened(layer, 30))}<title>{E(layer)}</title></text>");
            var y = narrow ? top + 16 : top + 2;
            var values = Downsampling.Largest(points, from, to, spans);
            // A value holds until the next look.
            for (var s = 1; s < spans; s++)
                if (double.IsNaN(values[s])) values[s] = values[s - 1];
            for (var s = 0; s < spans;)
            {
                var end = s + 1;
                var (colour, strength) = Cell(values[s]);
                while (end < spans && Cell(values[end]) is var next && next == (colour, strength)) end++;
                if (colour.Length > 0) svg.Append(Plain, $"<rect class=\"{colour}\" x=\"{At(s):0.##}\" y=\"{y}\" width=\"{At(end) - At(s):0.##}\" height=\"{Row - 4}\" fill-opacity=\"{strength:0.##}\"/>");
                s = end;
            }
        }

        foreach (var tick in Numbers.Ticks(from, to, narrow ? 3 : 7).Where(t => t == Math.Floor(t)))
        {
            var x = left + (tick - from) / (to - from) * (right - left);
            svg.Append(Plain, $"<line class=\"axis\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{bottom}\" y2=\"{bottom + 5}\"/><text class=\"tick\" x=\"{Math.Clamp(x, left + 8, right - 16):0.#}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{Numbers.Count((long)tick)}</text>");
        }

        return svg.Append(Plain, $"<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/><text class=\"tick\" x=\"{right}\" y=\"{height - 4}\" text-anchor=\"end\">{E(Words.Get("chart.steps"))}</text></svg>").ToString();

        double At(int span) => left + span * (right - left) / (double)spans;

        // In steps, so that neighbours can be one rectangle.
        (string Colour, double Strength) Cell(double value)
        {
            if (double.IsNaN(value)) return ("", 0);
            if (double.IsInfinity(value)) return ("cell-bad", 1);
            if (value <= 0) return ("cell-zero", 1);
            var log = Math.Log10(value);
            var share = middle is { } usual ? Math.Abs(log - Math.Log10(usual)) / Reach : (log - low) / (high - low);
            return (middle is { } m && log > Math.Log10(m) ? "cell-b" : "cell-a", 0.1 + 0.9 * Math.Round(Math.Clamp(share, 0, 1) * 16) / 16);
        }

        // What the colours mean.
        void Scale()
        {
            var x = left;
            var bad = all.Any(p => !double.IsFinite(p.Y));
            var stops = middle is { } usual ? (narrow ? new[] { -3, -1, 0, 1, 3 } : [-3, -2, -1, 0, 1, 2, 3]).Select(i => usual * Math.Pow(10, i)).ToList() : Enumerable.Range(0, 4).Select(i => Math.Pow(10, low + (high - low) * i / 3)).ToList();
            if (bad) stops.Add(double.NaN);
            var each = (right - left) / (stops.Count + (bad ? 1 : 0));
            foreach (var stop in stops)
            {
                var (colour, strength) = Cell(double.IsNaN(stop) ? double.PositiveInfinity : stop);
                svg.Append(Plain, $"<rect class=\"{colour}\" x=\"{x}\" y=\"2\" width=\"14\" height=\"12\" fill-opacity=\"{strength:0.##}\"/><text class=\"tick\" x=\"{x + 18}\" y=\"12\">{(double.IsNaN(stop) ? E(Words.Get("chart.not.finite")) : Numbers.Axis(stop))}</text>");
                x += each;
            }
        }
    }

    // The end of a path says more than its middle.
    private static string Shortened(string text, int most) => text.Length <= most ? text : "…" + text[^(most - 1)..];

    private static string E(string text) => WebUtility.HtmlEncode(text);
}
