using TorchSharp;
using TorchSharp.Modules;
using Wardrobe.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wardrobe.Experiments;

/// <summary>Learns what clothes look like without any label: the autoencoder has to remove noise.</summary>
public static class Pretraining
{
    public const string EncoderWeights = "encoder.dat";

    public static void Run(DataLoader train, DataLoader test, Device device, int epochs = 15)
    {
        using var model = new Autoencoder();
        model.to(device);

        // The decoder is thrown away afterwards; it may learn faster than it is careful.
        using var encoderOptimizer = optim.Adam(model.Encoder.parameters(), lr: 5e-4);
        using var decoderOptimizer = optim.Adam(model.Decoder.parameters(), lr: 2e-3);

        model.train();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                var image = batch["image"];
                var noisy = image + 0.3 * randn_like(image);

                encoderOptimizer.zero_grad();
                decoderOptimizer.zero_grad();
                var loss = functional.mse_loss(model.forward(noisy), image);
                loss.backward();
                encoderOptimizer.step();
                decoderOptimizer.step();
            }

            model.eval();
            using (no_grad())
            {
                var (total, batches) = (0.0, 0);
                foreach (var batch in test)
                {
                    using var scope = NewDisposeScope();
                    var image = batch["image"];
                    total += functional.mse_loss(model.forward(image), image).ToDouble();
                    batches++;
                }

                Console.WriteLine($"epoch {epoch,2}  reconstruction error {total / batches:F4}");
            }
        }

        model.Encoder.save(EncoderWeights);
    }
}
