using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Data;
using Wardrobe.Models;
using Wardrobe.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Experiments;

/// <summary>Tries a handful of learning rates for three epochs each.</summary>
public static class LearningRateSearch
{
    private const int Epochs = 3;

    public static void Run(DataLoader train, DataLoader test, Device device)
    {
        foreach (var rate in new[] { 0.3, 0.1, 0.03, 0.01 })
            Console.WriteLine($"rate {rate,5}  accuracy {Try(rate, train, test, device):P2}");
    }

    private static double Try(double rate, DataLoader train, DataLoader test, Device device)
    {
        using var model = new Perceptron(128, FashionDataset.Classes.Length);
        model.to(device);
        using var optimizer = optim.SGD(model.parameters(), rate);
        var scheduler = optim.lr_scheduler.StepLR(optimizer, step_size: 1, gamma: 0.5);
        var criterion = CrossEntropyLoss();

        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                criterion.forward(model.forward(batch["image"]), batch["label"]).backward();
                optimizer.step();
            }
            scheduler.step();
        }

        return Report.Accuracy(model, test);
    }
}
