using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SuperResolution;

internal sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d first;
    private readonly Conv2d second;
    private readonly double scale;

    internal ResidualBlock(int channels, double scale = 0.1) : base(nameof(ResidualBlock))
    {
        first = Conv2d(channels, channels, 3, padding: 1);
        second = Conv2d(channels, channels, 3, padding: 1);
        this.scale = scale;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + scale * second.call(first.call(x).relu_());
}

internal sealed class Upscaler : Module<Tensor, Tensor>
{
    private readonly Conv2d entry = Conv2d(3, 64, 3, padding: 1);
    private readonly Sequential body;
    private readonly Sequential tail;

    internal Upscaler(int factor, int blocks) : base(nameof(Upscaler))
    {
        body = Sequential(Enumerable.Range(0, blocks).Select(_ => (Module<Tensor, Tensor>)new ResidualBlock(64)));
        tail = Sequential(Conv2d(64, 3 * factor * factor, 3, padding: 1), PixelShuffle(factor));
        RegisterComponents();
        foreach (var (name, p) in named_parameters())
        {
            if (name.EndsWith(".weight")) init.kaiming_normal_(p, 0.1);
            if (name.EndsWith(".bias")) init.zeros_(p);
        }
    }

    public override Tensor forward(Tensor low)
    {
        var features = entry.call(low);
        return tail.call(features + body.call(features));
    }
}

public sealed class SuperResolutionExperiment
{
    private readonly Upscaler model;
    private readonly optim.Optimizer optimizer;
    private readonly optim.lr_scheduler.LRScheduler scheduler;
    private readonly L1Loss criterion = L1Loss();
    private readonly int factor;

    public SuperResolutionExperiment(int factor, Device device)
    {
        this.factor = factor;
        model = new Upscaler(factor, 8);
        model.to(device);
        optimizer = optim.Adam(model.parameters(), lr: 2e-4);
        scheduler = optim.lr_scheduler.MultiStepLR(optimizer, new[] { 50, 80 }, gamma: 0.5);
    }

    private Tensor Shrink(Tensor image) => functional.avg_pool2d(image, factor);

    public void Train(DataLoader images, DataLoader held)
    {
        for (var epoch = 0; epoch < 100; epoch++)
        {
            model.train();
            var sum = 0.0;
            long n = 0;
            foreach (var batch in images)
            {
                using var scope = NewDisposeScope();
                var high = batch["data"];
                var loss = criterion.call(model.call(Shrink(high)), high);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                sum += loss.ToDouble() * high.shape[0];
                n += high.shape[0];
            }

            scheduler.step();
            Console.WriteLine($"{epoch} {sum / n:F5} PSNR {Psnr(held):F2} dB");
        }
    }

    private double Psnr(DataLoader loader)
    {
        model.eval();
        using var mode = inference_mode();
        var total = 0.0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var high = batch["data"];
            var error = functional.mse_loss(model.call(Shrink(high)).clamp(0, 1), high).ToDouble();
            total += -10 * Math.Log10(error);
        }

        return total / loader.Count;
    }
}
