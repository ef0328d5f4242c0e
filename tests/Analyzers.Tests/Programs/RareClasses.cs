using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.utils.data;

namespace RareClasses;

public enum Fault { None, Scratch, Dent, Crack }

public sealed class FaultNet : Module<Tensor, Tensor>
{
    private readonly Linear input = Linear(24, 48);
    private readonly Linear hidden = Linear(48, 48);
    private readonly Linear output = Linear(48, 4);
    private readonly double rate;

    public FaultNet(double dropoutRate) : base(nameof(FaultNet))
    {
        rate = dropoutRate;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(input.forward(x));
        x = functional.dropout(x, rate, training);
        x = functional.relu(hidden.forward(x));
        x = functional.dropout(x, 0.2, training: training);
        return output.forward(x);
    }
}

public sealed class Measurements : Dataset
{
    private readonly Tensor features, labels;

    public Measurements(Tensor features, Tensor labels) => (this.features, this.labels) = (features, labels);

    public override long Count => features.shape[0];

    public override Dictionary<string, Tensor> GetTensor(long index) => new() { { "x", features[index] }, { "y", labels[index] } };
}

public sealed class FaultClassifier
{
    private readonly FaultNet net;
    private readonly Device device;

    public FaultClassifier(Device device)
    {
        this.device = device;
        net = new FaultNet(0.3);
        net.to(device);
    }

    public void Train(Measurements train, Measurements test, int epochs)
    {
        // Cracks are a hundred times rarer than sound parts.
        using var weights = tensor(new[] { 0.1f, 1f, 2f, 10f }, device: device);
        using var criterion = CrossEntropyLoss(weight: weights);
        using var optimizer = optim.Adam(net.parameters(), lr: 1e-3);
        using var trainLoader = DataLoader(train, 64, shuffle: true, device: device);
        using var testLoader = DataLoader(test, 256, shuffle: false, device: device);

        for (var epoch = 0; epoch < epochs; epoch++)
        {
            net.train();
            var loss = 0.0;
            foreach (var batch in trainLoader)
                loss += Step(optimizer, criterion, batch);
            var recall = Recall(testLoader);
            Console.WriteLine($"{epoch}: {loss / trainLoader.Count:F4} " + string.Join(' ', Enum.GetValues<Fault>().Select(f => $"{f} {recall[(int)f]:P0}")));
        }
    }

    private double Step(optim.Optimizer optimizer, CrossEntropyLoss criterion, Dictionary<string, Tensor> batch)
    {
        using var scope = NewDisposeScope();
        var scores = net.forward(batch["x"]);
        var loss = criterion.forward(scores, batch["y"].to(ScalarType.Int64));
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        return loss.ToDouble();
    }

    private double[] Recall(DataLoader loader)
    {
        net.eval();
        using var guard = no_grad();
        var (hits, all) = (new double[4], new double[4]);
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var predicted = net.forward(batch["x"]).argmax(1);
            for (var c = 0; c < 4; c++)
            {
                var mine = batch["y"].eq(c);
                all[c] += mine.sum().ToInt64();
                hits[c] += predicted.eq(c).logical_and(mine).sum().ToInt64();
            }
        }

        return hits.Zip(all, (h, a) => a == 0 ? double.NaN : h / a).ToArray();
    }

    public Fault Predict(float[] measurement)
    {
        net.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return (Fault)net.forward(tensor(measurement, device: device).unsqueeze(0)).argmax(1).ToInt32();
    }
}
