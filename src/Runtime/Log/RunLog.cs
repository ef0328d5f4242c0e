using System.Diagnostics;
using System.Globalization;
using System.Text;
using TrainLint.Runtime.Watching;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Log;

/// <summary>Writes a run to a file, one JSON object per line. The schema is that of docs/runtime/log.md; readers of version 1 may rely on each field.</summary>
internal sealed class RunLog : IDisposable
{
    /// <summary>The version of the schema. New fields do not raise it; a changed meaning does.</summary>
    public const int Version = 1;

    private readonly StreamWriter _writer;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _last;

    public RunLog(string file)
    {
        // Readers may follow a run that is under way.
        _writer = new(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
    }

    public void Start(Run run)
    {
        Write(Line("start")
            .Add("model", run.Model.GetName())
            .Add("torchsharp", typeof(Tensor).Assembly.GetName().Version?.ToString())
            .Add("parameters", run.Map.Parameters.Select(entry => Describe(entry.Name, entry.Value).Add("trainable", entry.Value.requires_grad).Add("optimized", run.Holdings?.Contain(entry.Value) == true)))
            .Add("buffers", run.Map.Buffers.Select(entry => Describe(entry.Name, entry.Value)))
            .Add("optimizers", run.Optimizers.Select(optimizer => new JsonLine().Add("type", optimizer.GetType().Name).Add("lr", optimizer.ParamGroups.Select(group => group.LearningRate)))));
    }

    public void Step(Run run)
    {
        var now = _clock.Elapsed;
        var line = Line("step")
            .Add("step", run.Step)
            .Add("epoch", run.Epoch + 1)
            .Add("loss", run.Losses.Count > 0 ? run.Losses[0] : null)
            .Add("lr", run.LearningRates)
            .Add("ms", (now - _last).TotalMilliseconds);
        _last = now;
        if (run.Inspection is { } inspection)
        {
            line.Add("gradient_norm", inspection.HasGradients ? inspection.GradientNorm : null)
                .Add("gradients", Numbers(Inspection.ByLayer(inspection.Gradients)))
                .Add("updates", Numbers(Inspection.ByLayer(inspection.Updates)))
                .Add("without_gradient", inspection.WithoutGradient.OrderBy(name => name, StringComparer.Ordinal).Select(name => new JsonLine().Add("name", name)));
        }

        if (run.Activations.Count > 0)
        {
            line.Add("activations", run.Activations.Select(activation => new JsonLine()
                .Add("name", activation.Path).Add("type", activation.Kind).Add("zero", activation.Zero).Add("saturated", activation.Saturated)));
        }

        if (run.Labels.Count > 0)
        {
            var labels = new JsonLine();
            foreach (var entry in run.Labels)
                labels.Add(entry.Key.ToString(CultureInfo.InvariantCulture), entry.Value);
            line.Add("labels", labels);
        }

        Write(line.Add("live_tensors", Tensor.TotalCount));
    }

    public void Epoch(Run run, double validation) => Write(Line("epoch")
        .Add("epoch", run.Epoch)
        .Add("step", run.Step - 1)
        .Add("validation", double.IsNaN(validation) ? null : validation));

    public void Finding(Finding finding) => Write(Line("finding")
        .Add("id", finding.Id)
        .Add("level", finding.Level == FindingLevel.Error ? "error" : "information")
        .Add("message", finding.Message)
        .Add("subject", finding.Subject)
        .Add("measured", finding.Measured)
        .Add("limit", finding.Limit)
        .Add("step", finding.Step)
        .Add("help", finding.HelpLink));

    public void End(TrainReport report) => Write(Line("end").Add("steps", report.Steps).Add("epochs", report.Epochs).Add("findings", (long)report.Findings.Count));

    public void Dispose() => _writer.Dispose();

    private static JsonLine Line(string kind) => new JsonLine()
        .Add("v", (long)Version)
        .Add("t", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
        .Add("kind", kind);

    private static JsonLine Describe(string name, Tensor tensor) => new JsonLine()
        .Add("name", name)
        .Add("shape", tensor.shape)
        .Add("dtype", tensor.dtype.ToString())
        .Add("device", Place.Of(tensor).ToString());

    private static JsonLine Numbers(SortedDictionary<string, double> values)
    {
        var line = new JsonLine();
        foreach (var entry in values)
            line.Add(entry.Key, entry.Value);
        return line;
    }

    private void Write(JsonLine line) => _writer.WriteLine(line.ToString());
}
