using System.Globalization;
using System.Text;

namespace TrainLint.Runtime.Benchmarks;

/// <summary>The pairs of a duel as a table: medians of each kind of step, and what they come to over a run.</summary>
internal sealed class Summary(Settings settings, IReadOnlyList<Pair> pairs)
{
    private const int Resamples = 2000;
    private const int RunLength = 1000;

    private static readonly TrainGuardOptions Defaults = new();

    private readonly Random _random = new(1);

    private IReadOnlyList<Pair> First => [.. pairs.Where(pair => pair.Number <= Defaults.FirstSteps)];

    private IReadOnlyList<Pair> Inspected => [.. pairs.Where(pair => pair.IsInspected && pair.Number > Defaults.FirstSteps)];

    private IReadOnlyList<Pair> Others => [.. pairs.Where(pair => !pair.IsInspected)];

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"TorchSharp {typeof(torch).Assembly.GetName().Version}, {settings}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{"steps",-22}{"pairs",6}{"bare ms",10}{"Batch ms",10}{"Loss ms",10}{"Step ms",10}{"inside",9}{"wall",9}{"  95 %",-20}{"cpu",9}{"  95 %",-20}{"KB",8}{"tensors",8}");
        Line(text, FormattableString.Invariant($"first {Defaults.FirstSteps}"), First);
        Line(text, "inspected later", Inspected);
        Line(text, "the others", Others);
        text.AppendLine(CultureInfo.InvariantCulture, $"a run of {RunLength} steps: wall {Text(Run(pair => pair.Wall))}, cpu {Text(Run(pair => pair.Cpu))}");
        return text.ToString();
    }

    private void Line(StringBuilder text, string name, IReadOnlyList<Pair> part)
    {
        if (part.Count == 0)
            return;
        double Middle(Func<Sample, double> value) => Median([.. part.Select(pair => value(pair.Watched))]);
        var bare = Median([.. part.Select(pair => pair.Bare.Wall)]);
        var (batch, loss, step) = (Middle(sample => sample.Guard.Batch), Middle(sample => sample.Guard.Loss), Middle(sample => sample.Guard.Step));
        var (wall, cpu) = (Interval(() => Overhead(part, sample => sample.Wall)), Interval(() => Overhead(part, sample => sample.Cpu)));
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{name,-22}{part.Count,6}{bare,10:F2}{batch,10:F3}{loss,10:F3}{step,10:F3}{(batch + loss + step) / bare,9:P2}{Overhead(part, sample => sample.Wall, false),9:P2}{Range(wall),-20}{Overhead(part, sample => sample.Cpu, false),9:P2}{Range(cpu),-20}{Median([.. part.Select(pair => (pair.Watched.Allocated - pair.Bare.Allocated) / 1024.0)]),8:F1}{part.Max(pair => pair.Watched.Tensors - pair.Bare.Tensors),8}");
    }

    /// <summary>The extra time over a bare step: the median of the differences of pairs, over the median of bare steps.</summary>
    private double Overhead(IReadOnlyList<Pair> part, Func<Sample, double> time, bool resampled = true)
    {
        if (part.Count == 0)
            return 0;
        var drawn = resampled ? [.. Enumerable.Range(0, part.Count).Select(_ => part[_random.Next(part.Count)])] : part;
        return Median([.. drawn.Select(pair => time(pair.Watched) - time(pair.Bare))]) / Median([.. drawn.Select(pair => time(pair.Bare))]);
    }

    /// <summary>The three kinds of steps in the proportion of a run.</summary>
    private (double Value, (double Low, double High) Range) Run(Func<Sample, double> time)
    {
        double inspected = RunLength / Defaults.InspectEvery, first = Defaults.FirstSteps;
        double Average(bool resampled) =>
            (first * Overhead(First, time, resampled) + inspected * Overhead(Inspected.Count > 0 ? Inspected : First, time, resampled) + (RunLength - first - inspected) * Overhead(Others, time, resampled)) / RunLength;
        return (Average(false), Interval(() => Average(true)));
    }

    /// <summary>The bootstrap's interval of 95 %.</summary>
    private static (double Low, double High) Interval(Func<double> draw)
    {
        var values = Enumerable.Range(0, Resamples).Select(_ => draw()).Order().ToArray();
        return (values[(int)(0.025 * Resamples)], values[(int)(0.975 * Resamples)]);
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values.Length == 0 ? double.NaN : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static string Text((double Value, (double Low, double High) Range) measured) =>
        string.Create(CultureInfo.InvariantCulture, $"{measured.Value:+0.00 %;-0.00 %}{Range(measured.Range)}");

    private static string Range((double Low, double High) range) => string.Create(CultureInfo.InvariantCulture, $"  ({range.Low:P2} to {range.High:P2})");
}
