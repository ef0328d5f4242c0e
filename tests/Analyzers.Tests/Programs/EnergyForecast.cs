using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Forecast;

public class Forecaster : Module<Tensor, Tensor>
{
    private readonly GRU gru;
    private readonly Linear fc;

    public Forecaster(int inputs, int hidden, int horizon) : base(nameof(Forecaster))
    {
        gru = GRU(inputs, hidden, numLayers: 2, batchFirst: true, dropout: 0.1);
        fc = Linear(hidden, horizon);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (output, _) = gru.call(x);
        return fc.call(output.select(1, -1));
    }
}

public class WindowedSeries
{
    private readonly float[] values;
    private readonly int window, horizon;

    public WindowedSeries(float[] values, int window, int horizon) => (this.values, this.window, this.horizon) = (values, window, horizon);

    public int Count => values.Length - window - horizon + 1;

    public (Tensor x, Tensor y) Get(int i) => (tensor(values[i..(i + window)]).unsqueeze(1), tensor(values[(i + window)..(i + window + horizon)]));

    public IEnumerable<(Tensor x, Tensor y)> Batches(int size, bool shuffled)
    {
        var order = Enumerable.Range(0, Count);
        if (shuffled) order = order.OrderBy(_ => Random.Shared.Next());
        foreach (var chunk in order.Chunk(size))
        {
            var items = chunk.Select(Get).ToList();
            yield return (stack(items.Select(p => p.x)), stack(items.Select(p => p.y)));
        }
    }
}

public static class EnergyForecast
{
    public static void Main(string[] args)
    {
        var series = File.ReadLines(args[0]).Select(l => float.Parse(l.Split(';')[1])).ToArray();
        var cut = (int)(series.Length * 0.8);
        var (mean, deviation) = Scale(series[..cut]);
        var scaled = series.Select(v => (v - mean) / deviation).ToArray();
        var train = new WindowedSeries(scaled[..cut], 96, 24);
        var test = new WindowedSeries(scaled[cut..], 96, 24);

        var model = new Forecaster(1, 64, 24);
        var optimizer = optim.Adam(model.parameters(), lr: 5e-3);
        var scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min", 0.5, 3);
        var loss = SmoothL1Loss();

        for (var epoch = 1; epoch <= 30; epoch++)
        {
            model.train();
            var trainLoss = Average(train.Batches(64, shuffled: true).Select(b =>
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var value = loss.call(model.call(b.x), b.y);
                value.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1);
                optimizer.step();
                return value.ToDouble();
            }));

            model.eval();
            double testLoss;
            using (no_grad())
                testLoss = Average(test.Batches(256, shuffled: false).Select(b => Evaluate(model, loss, b)));
            scheduler.step(testLoss);
            Console.WriteLine($"{epoch,3} {trainLoss:F4} {testLoss:F4}");
        }
    }

    private static double Evaluate(Forecaster model, SmoothL1Loss loss, (Tensor x, Tensor y) batch)
    {
        using var scope = NewDisposeScope();
        return loss.call(model.call(batch.x), batch.y).ToDouble();
    }

    private static double Average(IEnumerable<double> values) => values.Average();

    private static (float, float) Scale(float[] values)
    {
        var mean = values.Average();
        return (mean, (float)Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }
}
