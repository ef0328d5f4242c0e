using System.Globalization;

namespace TrainLint.Tool.Report;

/// <summary>Numbers as people read them.</summary>
internal static class Numbers
{
    private static readonly int[] Round = [1, 2, 5, 10];

    /// <summary>Four significant digits; very small and very large ones with an exponent.</summary>
    public static string Text(double? number) => number is { } n ? Written(n, 1e7, 4) : "–";

    private static string Written(double n, double large, int significant)
    {
        if (!double.IsFinite(n)) return double.IsNaN(n) ? "NaN" : n > 0 ? "∞" : "−∞";
        if (n == 0) return "0";
        var (size, sign) = (Math.Abs(n), n < 0 ? "−" : "");
        if (size < 1e-3 || size >= large)
        {
            var exponent = (int)Math.Floor(Math.Log10(size));
            var mantissa = Math.Round(size / Math.Pow(10, exponent), 2);
            if (mantissa >= 10) (mantissa, exponent) = (1, exponent + 1);
            return sign + mantissa.ToString("0.##", CultureInfo.InvariantCulture) + "e" + (exponent < 0 ? "−" : "") + Math.Abs(exponent).ToString(CultureInfo.InvariantCulture);
        }

        var digits = Math.Clamp(significant - 1 - (int)Math.Floor(Math.Log10(size)), 0, 6);
        return sign + Math.Round(size, digits).ToString(size >= 10000 ? "#,##0" : "0." + new string('#', digits), CultureInfo.InvariantCulture);
    }

    /// <summary>The same for an axis, where there is less room.</summary>
    public static string Axis(double number) => Written(number, 1e5, 3);

    public static string Count(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Share(double? share) => share is { } s ? (s * 100).ToString(s is > 0 and < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %" : "–";

    public static string Time(TimeSpan? time) => time is not { } t ? "–" : t.TotalHours >= 1 ? $"{(int)t.TotalHours} h {t.Minutes} min" : t.TotalMinutes >= 1 ? $"{t.Minutes} min {t.Seconds} s" : $"{t.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s";

    public static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToList();
        return sorted.Count == 0 ? null : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>Round numbers for an axis, from the smallest to the largest value.</summary>
    public static List<double> Ticks(double low, double high, int about)
    {
        var span = high - low;
        if (!(span > 0)) return [low];
        var rough = span / Math.Max(about, 1);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = Round.Select(f => f * power).First(s => s >= rough * 0.999);
        var ticks = new List<double>();
        for (var i = Math.Ceiling(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.Add(i * step);
        return ticks;
    }

    /// <summary>Powers of ten for a logarithmic axis, not more than so many; between them 2 and 5 where there is room.</summary>
    public static List<double> Decades(double low, double high, int most)
    {
        var (first, last) = ((int)Math.Floor(Math.Log10(low) + 1e-9), (int)Math.Ceiling(Math.Log10(high) - 1e-9));
        var every = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)most));
        var factors = last - first <= 2 ? new[] { 1, 2, 5 } : [1];
        var ticks = new List<double>();
        for (var e = first; e <= last; e++)
            if ((e - first) % every == 0)
                ticks.AddRange(factors.Select(f => f * Math.Pow(10, e)).Where(t => t >= low * 0.999 && t <= high * 1.001));
        return ticks.Count > 0 ? ticks : [low];
    }
}
