using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Data;
using Wardrobe.Models;
using Wardrobe.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Experiments;

/// <summary>The number to beat: a perceptron and plain gradient descent.</summary>
public static class Baseline
{
    public static void Run(DataLoader train, DataLoader test, Device device)
    {
        using var model = new Perceptron(128, FashionDataset.Classes.Length);
        model.to(device);
        using var optimizer = optim.SGD(model.parameters(), learningRate: 0.1, momentum: 0.9);

        for (var epoch = 1; epoch <= 10; epoch++)
        {
            model.train();
            var last = 0.0;
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var output = model.forward(batch["image"]);
                var loss = functional.cross_entropy(output, batch["label"]);
                optimizer.step();
                loss.backward();
                last = loss.ToDouble();
            }

            Console.WriteLine($"epoch {epoch,2}  loss {last:F4}  accuracy {Report.Accuracy(model, test):P2}");
        }
    }
}
