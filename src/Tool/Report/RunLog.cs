using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace TrainLint.Tool.Report;

/// <summary>A parameter or buffer, as it was when the run began.</summary>
internal sealed record PlacedTensor(string Name, string Device, string Type, ImmutableArray<long> Shape, bool IsBuffer, bool Trainable, bool Optimized)
{
    public long Count => Shape.Aggregate(1L, (product, d) => product * d);

    /// <summary>The layer that it belongs to: its name without the last part.</summary>
    public string Layer => Name.LastIndexOf('.') is var dot and > 0 ? Name[..dot] : "";
}

/// <summary>One training step of those that were logged. What was not looked at in it is null or empty.</summary>
internal sealed record RunStep(long Number, double? Loss, double? Rate, double? Milliseconds, double? GradientNorm, IReadOnlyDictionary<string, double> Gradients, IReadOnlyDictionary<string, double> Updates, long? LiveTensors);

/// <summary>A validation.</summary>
internal sealed record RunEpoch(long Number, long Step, double? Validation);

/// <summary>How an activation fares: shares of its values, from 0 to 1.</summary>
internal sealed record ActivationHealth(string Name, string Kind, double? Zero, double? Saturated);

/// <summary>What the companion reported.</summary>
internal sealed record RunFinding(string Id, bool IsError, string Message, string? Subject, double? Measured, double? Limit, long Step, string? Help);

/// <summary>
/// The log of a run: one JSON object per line, as TrainLint.Runtime writes it. Fields that are missing or unknown do no harm, a line
/// that cannot be read is counted, and a log that is still being written is read as far as it goes.
/// </summary>
internal sealed class RunLog
{
    private static readonly IReadOnlyDictionary<string, double> Nothing = new Dictionary<string, double>();

    private readonly Dictionary<string, long> classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ActivationHealth> activations = new(StringComparer.Ordinal);

    private RunLog(string file) => File = file;

    public string File { get; }

    public string? Model { get; private set; }

    public string? Library { get; private set; }

    public string? Optimizer { get; private set; }

    public List<PlacedTensor> Tensors { get; } = [];

    public List<RunStep> Steps { get; } = [];

    /// <summary>How many steps there were, logged or not.</summary>
    public long StepCount => Steps.Count == 0 ? 0 : Steps[^1].Number;

    public List<RunEpoch> Epochs { get; } = [];

    public List<RunFinding> Findings { get; } = [];

    /// <summary>How often each class was a target; by number where classes are numbers.</summary>
    public IReadOnlyList<(string Class, long Count)> Classes => [.. classes.Select(c => (c.Key, c.Value)).OrderBy(c => long.TryParse(c.Key, CultureInfo.InvariantCulture, out var n) ? n : long.MaxValue).ThenBy(c => c.Key, StringComparer.Ordinal)];

    /// <summary>The activations at the last look, in the order of the model.</summary>
    public IReadOnlyCollection<ActivationHealth> Activations => activations.Values;

    public bool Ended { get; private set; }

    public int UnreadLines { get; private set; }

    public TimeSpan? Duration { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <exception cref="Failure">It is not there, or no line of it is one of a log.</exception>
    public static RunLog Read(string file)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return Read(file, reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"--log {file} cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads a log from any text.</summary>
    /// <exception cref="Failure">No line of it is one of a log.</exception>
    public static RunLog Read(string file, TextReader reader)
    {
        var log = new RunLog(file);
        DateTimeOffset? first = null, last = null;
        var known = 0;
        while (reader.ReadLine() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                if (!log.Take(document.RootElement)) continue;
                known++;
                if (Text(document.RootElement, "t") is { } t && DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) (first, last) = (first ?? time, time);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                log.UnreadLines++;
            }
        }

        if (known == 0) throw new Failure($"--log {file} is no log of a run: TrainLint.Runtime writes one line of JSON per step.");
        log.Duration = last - first;
        return log;
    }

    private bool Take(JsonElement line)
    {
        switch (Text(line, "kind"))
        {
            case "start":
                Model = Text(line, "model");
                Library = Text(line, "torchsharp");
                Tensors.AddRange(Items(line, "parameters").Select(p => Tensor(p, false)).Concat(Items(line, "buffers").Select(b => Tensor(b, true))));
                Optimizer = string.Join(", ", Items(line, "optimizers").Select(o => Text(o, "type")).OfType<string>()) is { Length: > 0 } names ? names : null;
                return true;
            case "step":
                // The time is that since the line before, which may be many steps ago.
                var (number, before) = ((long)(Number(line, "step") ?? StepCount + 1), StepCount);
                Steps.Add(new(number, Number(line, "loss"), Number(line, "lr"), number > before ? Number(line, "ms") / (number - before) : null, Number(line, "gradient_norm"), Map(line, "gradients"), Map(line, "updates"), (long?)Number(line, "live_tensors")));
                foreach (var a in Items(line, "activations"))
                    if (Text(a, "name") is { } name) activations[name] = new(name, Text(a, "type") ?? "", Number(a, "zero"), Number(a, "saturated"));
                foreach (var (label, count) in Map(line, "labels")) classes[label] = classes.GetValueOrDefault(label) + (long)count;
                return true;
            case "epoch":
                Epochs.Add(new((long)(Number(line, "epoch") ?? Epochs.Count + 1), (long)(Number(line, "step") ?? StepCount), Number(line, "validation")));
                return true;
            case "finding":
                Findings.Add(new(Text(line, "id") ?? "", Text(line, "level") == "error", Text(line, "message") ?? "", Text(line, "subject"), Number(line, "measured"), Number(line, "limit"), (long)(Number(line, "step") ?? 0), Text(line, "help")));
                return true;
            case "end":
                return Ended = true;
            default:
                return false;
        }
    }

    private static PlacedTensor Tensor(JsonElement t, bool buffer) => new(Text(t, "name") ?? "", Text(t, "device") ?? "?", Text(t, "dtype") ?? "", [.. Items(t, "shape").Select(d => d.GetInt64())], buffer, Flag(t, "trainable"), Flag(t, "optimized"));

    private static string? Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static double? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Number(value) : null;

    // JSON has no numbers for what is not finite; of several rates the first counts.
    private static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => null },
        JsonValueKind.Array when value.GetArrayLength() > 0 => Number(value[0]),
        _ => null,
    };

    private static IEnumerable<JsonElement> Items(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) yield break;
        foreach (var item in list.EnumerateArray()) yield return item;
    }

    private static IReadOnlyDictionary<string, double> Map(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var map) || map.ValueKind != JsonValueKind.Object) return Nothing;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
            if (Number(entry.Value) is { } number) values[entry.Name] = number;
        return values;
    }
}
