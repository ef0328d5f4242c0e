using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Data;
using Wardrobe.Models;
using Wardrobe.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Experiments;

/// <summary>Puts a classifier on the pretrained encoder and trains both, gently.</summary>
public static class FineTuning
{
    public const string Weights = "finetuned.dat";

    public static void Run(DataLoader train, DataLoader test, Device device)
    {
        using var model = new CodeClassifier(FashionDataset.Classes.Length);
        model.Encoder.load(Pretraining.EncoderWeights);
        model.to(device);
        using var optimizer = optim.AdamW(model.parameters(), lr: 2e-4);
        var scheduler = optim.lr_scheduler.ExponentialLR(optimizer, gamma: 0.8);
        using var criterion = CrossEntropyLoss();

        Console.WriteLine($"before   accuracy {Report.Accuracy(model, test):P2}");
        for (var epoch = 1; epoch <= 5; epoch++)
        {
            scheduler.step();
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var output = model.forward(batch["image"]);
                var loss = criterion.forward(output, batch["label"]);
                loss.backward();
                nn.utils.clip_grad_norm_(model.parameters(), 1.0);
                optimizer.step();
            }

            Console.WriteLine($"epoch {epoch,2} accuracy {Report.Accuracy(model, test):P2}");
        }

        model.save(Weights);
    }
}
