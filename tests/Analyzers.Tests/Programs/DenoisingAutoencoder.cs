using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Denoising;

public sealed class Encoder : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers = Sequential(
        Flatten(),
        Linear(784, 256),
        ReLU(),
        Linear(256, 64),
        ReLU(),
        Linear(64, 16));

    public Encoder() : base("Encoder") => RegisterComponents();

    public override Tensor forward(Tensor input) => layers.call(input);
}

public sealed class Decoder : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers = Sequential(
        Linear(16, 64),
        ReLU(),
        Linear(64, 256),
        ReLU(),
        Linear(256, 784),
        Sigmoid());

    public Decoder() : base("Decoder") => RegisterComponents();

    public override Tensor forward(Tensor input) => layers.call(input).view(-1, 1, 28, 28);
}

public sealed class Autoencoder : Module<Tensor, Tensor>
{
    public readonly Encoder encoder;
    public readonly Decoder decoder;

    public Autoencoder() : base("Autoencoder")
    {
        encoder = new Encoder();
        decoder = new Decoder();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => decoder.call(encoder.call(input));
}

public static class Denoiser
{
    public static void Train(DataLoader images, DataLoader heldOut, float noise = 0.3f)
    {
        using var model = new Autoencoder();
        using var optimizer = optim.RMSProp(model.parameters(), 1e-3);
        var loss = BCELoss();

        for (var epoch = 0; epoch < 15; epoch++)
        {
            model.train();
            var seen = 0;
            var total = 0f;
            foreach (var batch in images)
            {
                using (NewDisposeScope())
                {
                    var clean = batch["data"];
                    var dirty = (clean + noise * randn_like(clean)).clamp(0, 1);
                    var restored = model.forward(dirty);
                    var error = loss.forward(restored, clean);

                    optimizer.zero_grad();
                    error.backward();
                    optimizer.step();

                    total += error.item<float>();
                    seen++;
                }
            }

            Console.WriteLine("Epoch {0}: {1:F4} (held out {2:F4})", epoch, total / seen, Reconstruction(model, heldOut, noise));
        }

        model.encoder.save("encoder.dat");
    }

    private static float Reconstruction(Autoencoder model, DataLoader loader, float noise)
    {
        model.eval();
        using var guard = no_grad();
        var sum = 0f;
        var n = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var clean = batch["data"];
            var restored = model.forward((clean + noise * randn_like(clean)).clamp(0, 1));
            sum += functional.mse_loss(restored, clean).ToSingle();
            n++;
        }

        return sum / n;
    }
}
