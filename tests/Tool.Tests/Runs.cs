using System.Globalization;
using System.Text;
using TrainLint.Tool.Report;

namespace TrainLint.Tool.Tests;

/// <summary>Logs of runs, in the schema of the companion, drawn with a fixed seed.</summary>
internal static class Runs
{
    private static readonly string[] Layers = ["features.0", "features.1", "features.4", "features.5", "classifier.1", "classifier.4"];

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>A training that learns: the loss falls, the rate follows a cosine, validation levels off.</summary>
    public static string Healthy(int steps = 4680, int seed = 1, double rate = 1e-3)
    {
        var random = new Random(seed);
        return Log(steps, Start("cuda:0", "AdamW", rate), step =>
        {
            var progress = (double)step / steps;
            return new(0.18 + 2.1 * Math.Exp(-step / 400.0) + 0.05 * (random.NextDouble() - 0.5) * (1 + 3 * Math.Exp(-step / 400.0)), rate * 0.5 * (1 + Math.Cos(Math.PI * progress)), 0.6 + 1.5 * Math.Exp(-step / 300.0) + 0.3 * random.NextDouble(), 8e-4 * (1 - 0.8 * progress));
        }, epoch => 0.3 + 1.2 * Math.Exp(-epoch / 3.0) + 0.004 * Math.Max(0, epoch - 6), [], ended: true);
    }

    /// <summary>A training whose rate is far too high: the loss jumps up and ends as NaN.</summary>
    public static string Diverging(int steps = 2340)
    {
        var random = new Random(2);
        return Log(steps, Start("cuda:0", "SGD", 50), step => step < 300
                ? new(2.3 - 0.002 * step + 0.1 * random.NextDouble(), 50, 1 + random.NextDouble(), 2e-2)
                : step < 1500 ? new(2 * Math.Exp((step - 300) / 60.0) * (0.7 + 0.6 * random.NextDouble()), 50, Math.Exp((step - 300) / 60.0), 0.9) : new(double.NaN, 50, double.NaN, double.NaN),
            epoch => epoch < 4 ? Math.Pow(30, epoch) : double.NaN,
            [
                """{"kind":"finding","id":"TLR0502","level":"information","message":"The gradients of features.0 have a norm of 1.2e+04, above the limit of 1000","subject":"features.0","measured":12000,"limit":1000,"step":860,"help":"https://github.com/trainlint/trainlint/blob/main/docs/runtime/TLR0502.md"}""",
                """{"kind":"finding","id":"TL0101","level":"information","message":"The loss has grown to 40 times its first value: the learning rate of 50 is too high for SGD","subject":null,"measured":92.5,"limit":23.1,"step":530,"help":"https://github.com/trainlint/trainlint/blob/main/docs/runtime/TL0101.md"}""",
                """{"kind":"finding","id":"TLR0402","level":"error","message":"The loss is NaN; the first layer that produced it is features.4","subject":"features.4","measured":null,"limit":null,"step":1500,"help":"https://github.com/trainlint/trainlint/blob/main/docs/runtime/TLR0402.md"}""",
            ], ended: true);
    }

    /// <summary>A model of which one layer was left on the CPU: it ends before the first step.</summary>
    public static string Misplaced() => Log(0, Start("cuda:0", "AdamW", 1e-3, "classifier.4"), _ => throw new InvalidOperationException(), _ => 0,
        ["""{"kind":"finding","id":"TL0707","level":"error","message":"classifier.4.weight is on cpu, the other 16 tensors of the model are on cuda:0: call model.to(\"cuda:0\") after the last layer was set","subject":"classifier.4.weight","measured":null,"limit":null,"step":0,"help":"https://github.com/trainlint/trainlint/blob/main/docs/runtime/TL0707.md"}"""], ended: false);

    public static RunLog Read(string log, string name = "run.jsonl") => RunLog.Read(name, new StringReader(log));

    private sealed record Step(double Loss, double Rate, double Norm, double Update);

    private static string Log(int steps, string start, Func<int, Step> at, Func<int, double> validation, string[] findings, bool ended)
    {
        const int PerEpoch = 468;
        var time = new DateTime(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
        var log = new StringBuilder();
        Line(start);
        var random = new Random(3);
        for (var s = 1; s <= steps; s++)
        {
            time = time.AddMilliseconds(11 + 2 * random.NextDouble());
            var step = at(s);
            var line = new StringBuilder(string.Create(Plain, $"\"kind\":\"step\",\"step\":{s},\"epoch\":{(s - 1) / PerEpoch + 1},\"loss\":{Number(step.Loss)},\"lr\":[{Number(step.Rate)}],\"ms\":{Number(11 + 2 * random.NextDouble())},\"live_tensors\":{212 + s % 3}"));
            if (s <= 10 || s % 20 == 0)
            {
                line.Append(Plain, $",\"gradient_norm\":{Number(step.Norm)},\"gradients\":{{{string.Join(",", Layers.Select((l, i) => $"\"{l}\":{Number(step.Norm * (0.15 + 0.12 * i))}"))}}}");
                line.Append(Plain, $",\"updates\":{{{string.Join(",", Layers.Select((l, i) => $"\"{l}\":{Number(step.Update * (0.4 + 0.35 * i))}"))}}},\"without_gradient\":[]");
                line.Append(Plain, $",\"activations\":[{{\"name\":\"features.2\",\"type\":\"ReLU\",\"zero\":{Number(0.04)},\"saturated\":null}},{{\"name\":\"classifier.2\",\"type\":\"Tanh\",\"zero\":null,\"saturated\":{Number(0.21)}}}]");
            }

            if (s <= 100) line.Append(Plain, $",\"labels\":{{{string.Join(",", Enumerable.Range(0, 10).Select(c => $"\"{c}\":{11 + (s * 7 + c * 3) % 5}"))}}}");
            Line(line.ToString());
            foreach (var finding in findings.Where(f => f.Contains($"\"step\":{s},", StringComparison.Ordinal))) Line(finding[1..^1]);
            if (s % PerEpoch == 0) Line(string.Create(Plain, $"\"kind\":\"epoch\",\"epoch\":{s / PerEpoch},\"step\":{s},\"validation\":{Number(validation(s / PerEpoch))}"));
        }

        foreach (var finding in findings.Where(f => f.Contains("\"step\":0,", StringComparison.Ordinal))) Line(finding[1..^1]);
        if (ended) Line(string.Create(Plain, $"\"kind\":\"end\",\"steps\":{steps},\"epochs\":{steps / PerEpoch},\"findings\":{findings.Length}"));
        return log.ToString();

        void Line(string fields) => log.Append(Plain, $"{{\"v\":1,\"t\":\"{time:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",{fields}}}\n");
    }

    private static string Start(string device, string optimizer, double rate, string? left = null)
    {
        (string Name, string Shape)[] parameters =
        [
            ("features.0.weight", "32,1,3,3"), ("features.0.bias", "32"), ("features.1.weight", "32"), ("features.1.bias", "32"), ("features.4.weight", "64,32,3,3"), ("features.4.bias", "64"),
            ("features.5.weight", "64"), ("features.5.bias", "64"), ("classifier.1.weight", "128,3136"), ("classifier.1.bias", "128"), ("classifier.4.weight", "10,128"), ("classifier.4.bias", "10"),
        ];
        (string Name, string Shape)[] buffers = [("features.1.running_mean", "32"), ("features.1.running_var", "32"), ("features.1.num_batches_tracked", ""), ("features.5.running_mean", "64"), ("features.5.running_var", "64"), ("features.5.num_batches_tracked", "")];
        return string.Create(Plain, $"\"kind\":\"start\",\"model\":\"ConvNet\",\"torchsharp\":\"0.107.0.0\",\"parameters\":[{string.Join(",", parameters.Select(p => Tensor(p, $",\"trainable\":true,\"optimized\":true")))}],\"buffers\":[{string.Join(",", buffers.Select(b => Tensor(b, "")))}],\"optimizers\":[{{\"type\":\"{optimizer}\",\"lr\":[{Number(rate)}]}}]");

        string Tensor((string Name, string Shape) t, string more) => $"{{\"name\":\"{t.Name}\",\"shape\":[{t.Shape}],\"dtype\":\"Float32\",\"device\":\"{(left is not null && t.Name.StartsWith(left, StringComparison.Ordinal) ? "cpu" : device)}\"{more}}}";
    }

    private static string Number(double n) => double.IsNaN(n) ? "\"NaN\"" : double.IsInfinity(n) ? "\"Infinity\"" : n.ToString("R", Plain);
}
