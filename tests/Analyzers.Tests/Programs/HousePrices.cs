using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace HousePrices;

/// <summary>A table of numbers, standardised with the figures of the training part.</summary>
public sealed class Table
{
    private readonly float[][] rows;
    private readonly float[] prices;

    public Table(string path)
    {
        var lines = File.ReadLines(path).Skip(1).Select(l => l.Split(',')).ToList();
        rows = lines.Select(l => l.Take(13).Select(float.Parse).ToArray()).ToArray();
        prices = lines.Select(l => float.Parse(l[13])).ToArray();
    }

    public (Tensor x, Tensor y) Part(int from, int to)
    {
        var x = stack(rows[from..to].Select(r => tensor(r)));
        var y = tensor(prices[from..to]);
        return (x, y);
    }

    public int Count => rows.Length;
}

public class PriceModel : Module<Tensor, Tensor>
{
    private readonly Sequential net;

    public PriceModel(int features) : base("PriceModel")
    {
        net = Sequential(
            Linear(features, 64),
            ReLU(),
            Dropout(0.1),
            Linear(64, 32),
            ReLU(),
            Linear(32, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => net.forward(input).squeeze(1);
}

public class PriceTrainer
{
    private readonly PriceModel model = new(13);
    private readonly optim.Optimizer optimizer;
    private readonly MSELoss criterion = MSELoss();
    private Dictionary<string, Tensor>? best;
    private double bestLoss = double.PositiveInfinity;
    private int sinceBest;

    public PriceTrainer() => optimizer = optim.AdamW(model.parameters(), lr: 3e-3, weight_decay: 1e-4);

    public int Patience { get; set; } = 20;

    public void Fit(Table table, int epochs)
    {
        var split = table.Count * 4 / 5;
        var (xTrain, yTrain) = table.Part(0, split);
        var (xVal, yVal) = table.Part(split, table.Count);
        var mean = xTrain.mean(new long[] { 0 }, keepdim: true);
        var deviation = xTrain.std(0, unbiased: true, keepdim: true) + 1e-6;
        xTrain = (xTrain - mean) / deviation;
        xVal = (xVal - mean) / deviation;

        using var data = torch.utils.data.TensorDataset(xTrain, yTrain);
        using var loader = torch.utils.data.DataLoader(data, 32, shuffle: true);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            var loss = TrainEpoch(loader);
            var validation = Validate(xVal, yVal);
            if (epoch % 10 == 0) Console.WriteLine("epoch {0}: train {1:F4} validation {2:F4}", epoch, loss, validation);
            if (!Improved(validation)) break;
        }

        if (best is not null) model.load_state_dict(best);
    }

    private double TrainEpoch(IterableDataLoader loader)
    {
        model.train();
        double sum = 0;
        long count = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var (x, y) = (batch[0], batch[1]);
            var loss = criterion.forward(model.forward(x), y);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += loss.ToDouble() * x.shape[0];
            count += x.shape[0];
        }

        return sum / count;
    }

    private double Validate(Tensor x, Tensor y)
    {
        model.eval();
        using (no_grad())
        using (NewDisposeScope())
            return criterion.forward(model.forward(x), y).ToDouble();
    }

    private bool Improved(double validation)
    {
        if (validation < bestLoss)
        {
            bestLoss = validation;
            best = model.state_dict().ToDictionary(p => p.Key, p => p.Value.detach().clone());
            sinceBest = 0;
        }
        else
        {
            sinceBest++;
        }

        return sinceBest < Patience;
    }
}
