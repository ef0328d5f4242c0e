using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Models;
using static TorchSharp.torch;

namespace Wardrobe.Training;

/// <summary>Trains the convolutional network and keeps the weights of its best epoch.</summary>
public sealed class Trainer
{
    private readonly ConvNet model;
    private readonly DataLoader train;
    private readonly DataLoader validation;
    private readonly int epochs;
    private readonly optim.Optimizer optimizer;
    private readonly optim.lr_scheduler.LRScheduler scheduler;

    public Trainer(ConvNet model, DataLoader train, DataLoader validation, int epochs)
    {
        this.model = model;
        this.train = train;
        this.validation = validation;
        this.epochs = epochs;
        optimizer = optim.AdamW(model.parameters(), lr: 1e-3, weight_decay: 1e-2);
        scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max: epochs);
    }

    public void Fit(string weights = "convnet.dat")
    {
        var best = 0.0;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var loss = TrainEpoch();
            scheduler.step();
            var accuracy = Report.Accuracy(model, validation);
            Console.WriteLine($"epoch {epoch,2}  loss {loss:F4}  accuracy {accuracy:P2}");
            if (accuracy <= best)
                continue;
            best = accuracy;
            model.save(weights);
        }
    }

    private double TrainEpoch()
    {
        model.train();
        var (total, batches) = (0.0, 0);
        foreach (var batch in train)
        {
            using var scope = NewDisposeScope();
            var loss = model.Loss(batch["image"], batch["label"]);
            loss.backward();
            optimizer.step();

            total += loss.ToDouble();
            batches++;
        }

        return total / batches;
    }
}
