using System.Globalization;
using System.Text.Json;
using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests;

/// <summary>The log of a run: each line for itself, with the fields that docs/runtime/log.md promises.</summary>
public sealed class LogTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private List<JsonElement> Run(Training training, TrainGuardOptions options)
    {
        training.With(options: options with { LogFile = _file }).Run();
        return Lines();
    }

    private List<JsonElement> Lines() => [.. File.ReadLines(_file).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Kind(JsonElement line) => line.GetProperty("kind").GetString()!;

    [Fact]
    public void A_run_from_start_to_end()
    {
        var lines = Run(Training.Classifying(steps: 60).With(epochLength: 20, validation: epoch => epoch == 2 ? double.NaN : 0.5 / epoch), new() { Classes = 3 });
        Assert.Equal("start", Kind(lines[0]));
        Assert.Equal("end", Kind(lines[^1]));
        Assert.Equal((60, 3), (lines.Count(line => Kind(line) == "step"), lines.Count(line => Kind(line) == "epoch")));
        Assert.All(lines, line =>
        {
            Assert.Equal(1, line.GetProperty("v").GetInt32());
            Assert.True(DateTimeOffset.TryParse(line.GetProperty("t").GetString(), CultureInfo.InvariantCulture, out _));
        });
        Assert.Equal([0.5, null, 0.5 / 3], lines.Where(line => Kind(line) == "epoch").Select(line => line.GetProperty("validation") is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : (double?)null));
        Assert.Equal((60, 3, 0), (lines[^1].GetProperty("steps").GetInt32(), lines[^1].GetProperty("epochs").GetInt32(), lines[^1].GetProperty("findings").GetInt32()));
    }

    [Fact]
    public void The_start_maps_the_model()
    {
        var training = Training.Classifying(steps: 1);
        training.Model.At("first").parameters().First().requires_grad = false;
        var start = Run(training, new())[0];
        var weight = start.GetProperty("parameters").EnumerateArray().First();
        Assert.Equal(("first.weight", "Float32", "cpu", false, true), (weight.GetProperty("name").GetString(), weight.GetProperty("dtype").GetString(), weight.GetProperty("device").GetString(),
            weight.GetProperty("trainable").GetBoolean(), weight.GetProperty("optimized").GetBoolean()));
        Assert.Equal([16L, 2], weight.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()));
        Assert.Equal(6, start.GetProperty("parameters").GetArrayLength());
        var optimizer = start.GetProperty("optimizers").EnumerateArray().Single();
        Assert.Equal(("SGD", 0.1), (optimizer.GetProperty("type").GetString(), optimizer.GetProperty("lr")[0].GetDouble()));
    }

    [Fact]
    public void An_inspected_step_tells_layers_and_others_the_loss()
    {
        var steps = Run(Training.Classifying(steps: 30), new() { Classes = 3, LabelSample = 40 }).Where(line => Kind(line) == "step").ToList();
        var first = steps[0];
        Assert.Equal((1, 1), (first.GetProperty("step").GetInt32(), first.GetProperty("epoch").GetInt32()));
        Assert.InRange(first.GetProperty("loss").GetDouble(), 0.5, 3);
        Assert.Equal(0.1, first.GetProperty("lr")[0].GetDouble());
        Assert.Equal(["first", "last", "second"], first.GetProperty("gradients").EnumerateObject().Select(layer => layer.Name));
        Assert.Equal(["first", "last", "second"], first.GetProperty("updates").EnumerateObject().Select(layer => layer.Name));
        var squares = first.GetProperty("gradients").EnumerateObject().Sum(layer => Math.Pow(layer.Value.GetDouble(), 2));
        Assert.Equal(Math.Sqrt(squares), first.GetProperty("gradient_norm").GetDouble(), 1e-6);
        Assert.Equal(["act", "act2"], first.GetProperty("activations").EnumerateArray().Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal(32, first.GetProperty("labels").EnumerateObject().Sum(label => label.Value.GetInt64()));
        Assert.False(steps[19].TryGetProperty("gradients", out _));
        Assert.True(steps[19].TryGetProperty("loss", out _));
    }

    [Fact]
    public void Lines_can_be_spared()
    {
        var steps = Run(Training.Classifying(steps: 60), new() { LogEvery = 20, FirstSteps = 2 }).Where(line => Kind(line) == "step").Select(line => line.GetProperty("step").GetInt32());
        Assert.Equal([1, 2, 20, 40, 50, 60], steps);
    }

    [Fact]
    public void Findings_are_told_where_they_are_made()
    {
        var lines = Run(Training.Classifying(steps: 3).With(loss: (output, _) => output.mul(double.NaN).sum()), new());
        var finding = Assert.Single(lines, line => Kind(line) == "finding");
        Assert.Equal(("TLR0402", "error", 1, "NaN"), (finding.GetProperty("id").GetString(), finding.GetProperty("level").GetString(), finding.GetProperty("step").GetInt32(), finding.GetProperty("measured").GetString()));
        Assert.Equal(JsonValueKind.Null, finding.GetProperty("subject").ValueKind);
        Assert.StartsWith("https://", finding.GetProperty("help").GetString(), StringComparison.Ordinal);
        Assert.Equal("NaN", lines.First(line => Kind(line) == "step").GetProperty("loss").GetString());
    }

    [Fact]
    public void Numbers_and_names_are_those_of_all_cultures()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new("de-DE");
        try
        {
            Assert.Equal("{\"a\":1.5,\"b\":\"Infinity\",\"c\":[\"-Infinity\",-2.5E-07],\"d\":\"\\\"\\\\\\u000a\\u2028\",\"e\":null}", new Log.JsonLine()
                .Add("a", 1.5).Add("b", double.PositiveInfinity).Add("c", [double.NegativeInfinity, -2.5e-7]).Add("d", "\"\\\n\u2028").Add("e", (string?)null).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void A_run_under_way_can_be_read()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger(), LogFile = _file });
        guard.Batch(zeros(4, 2));
        using var reader = new StreamReader(new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Contains("\"kind\":\"start\"", reader.ReadLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_is_documented_and_every_documented_field_written()
    {
        var training = Training.Classifying(steps: 12);
        var lines = Run(training.With(epochLength: 6, loss: (output, y) => functional.cross_entropy(output, y)), new() { Classes = 3, Tensors = new Dictionary<string, Tensor> { ["weights"] = ones(3, device: "cuda") } });
        var written = lines.SelectMany(line => line.EnumerateObject().Select(field => $"{Kind(line)}.{field.Name}")).Distinct().Where(field => !field.EndsWith(".v", StringComparison.Ordinal) && !field.EndsWith(".t", StringComparison.Ordinal) && !field.EndsWith(".kind", StringComparison.Ordinal));
        var documented = new List<string>();
        var kind = "";
        foreach (var line in Repository.Read("docs/runtime/log.md").Split('\n'))
        {
            if (line.StartsWith("## `", StringComparison.Ordinal))
                kind = line.Split('`')[1];
            else if (line.StartsWith("| `", StringComparison.Ordinal) && kind.Length > 0)
                documented.Add($"{kind}.{line.Split('`')[1]}");
        }

        Assert.Equal(documented.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TensorBoard_gets_scalars_on_request()
    {
        var writer = torch.utils.tensorboard.SummaryWriter();
        Training.Classifying(steps: 12).With(options: new() { SummaryWriter = writer, FirstSteps = 2 }, epochLength: 6, validation: epoch => epoch).Run();
        Assert.Equal(12, writer.Scalars.Count(scalar => scalar.tag == "loss"));
        Assert.Equal([(0.1f, 1), (0.1f, 2)], writer.Scalars.Where(scalar => scalar.tag == "learning_rate/0").Take(2).Select(scalar => (scalar.value, scalar.step)));
        Assert.Equal(2, writer.Scalars.Count(scalar => scalar.tag == "gradient_norm"));
        Assert.Equal(2, writer.Scalars.Count(scalar => scalar.tag == "gradients/first"));
        Assert.Equal([(1f, 1), (2f, 2)], writer.Scalars.Where(scalar => scalar.tag == "validation").Select(scalar => (scalar.value, scalar.step)));
    }
}
