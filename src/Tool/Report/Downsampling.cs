namespace TrainLint.Tool.Report;

/// <summary>Thins out long curves for a picture without losing what stands out.</summary>
internal static class Downsampling
{
    /// <summary>
    /// The points that decide how a curve looks: of all that fall on one pixel column the first, the smallest, the largest and the last, in
    /// their order. A spike of one step among 100,000 is still there. What is no finite number is left out.
    /// </summary>
    /// <param name="points">By ascending x.</param>
    /// <param name="from">The x at the left edge.</param>
    /// <param name="to">The x at the right edge.</param>
    /// <param name="columns">The width in pixels.</param>
    public static List<(double X, double Y)> ToPixels(IReadOnlyList<(double X, double Y)> points, double from, double to, int columns)
    {
        var kept = new List<(double X, double Y)>();
        var width = Math.Max(to - from, double.Epsilon) / columns;
        for (var i = 0; i < points.Count;)
        {
            var column = (long)((points[i].X - from) / width);
            var (first, low, high, last) = (-1, -1, -1, -1);
            for (; i < points.Count && (long)((points[i].X - from) / width) == column; i++)
            {
                var y = points[i].Y;
                if (!double.IsFinite(y)) continue;
                if (first < 0) first = low = high = i;
                if (y < points[low].Y) low = i;
                if (y > points[high].Y) high = i;
                last = i;
            }

            if (first >= 0) kept.AddRange(new[] { first, low, high, last }.Distinct().Order().Select(index => points[index]));
        }

        return kept;
    }

    /// <summary>The largest value of each of so many equal spans; NaN where a span has none, and infinity where one of its values is no finite number.</summary>
    public static double[] Largest(IEnumerable<(double X, double Y)> points, double from, double to, int spans)
    {
        var result = new double[spans];
        Array.Fill(result, double.NaN);
        var width = Math.Max(to - from, double.Epsilon) / spans;
        foreach (var (x, y) in points)
        {
            var span = Math.Clamp((int)((x - from) / width), 0, spans - 1);
            var value = double.IsFinite(y) ? y : double.PositiveInfinity;
            if (double.IsNaN(result[span]) || value > result[span]) result[span] = value;
        }

        return result;
    }
}
