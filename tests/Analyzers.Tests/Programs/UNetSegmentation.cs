using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.utils.data;

namespace Segmentation;

public sealed class DoubleConv : Module<Tensor, Tensor>
{
    private readonly Sequential conv;

    public DoubleConv(int @in, int @out) : base(nameof(DoubleConv))
    {
        conv = Sequential(
            Conv2d(@in, @out, 3, padding: 1), BatchNorm2d(@out), ReLU(inplace: true),
            Conv2d(@out, @out, 3, padding: 1), BatchNorm2d(@out), ReLU(inplace: true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.call(x);
}

public sealed class UNet : Module<Tensor, Tensor>
{
    private readonly ModuleList<DoubleConv> down = new();
    private readonly ModuleList<DoubleConv> up = new();
    private readonly ModuleList<ConvTranspose2d> upsample = new();
    private readonly DoubleConv bottom;
    private readonly MaxPool2d pool = MaxPool2d(2);
    private readonly Conv2d head;

    public UNet(int channels, int classes, params int[] widths) : base(nameof(UNet))
    {
        foreach (var width in widths)
        {
            down.Add(new DoubleConv(channels, width));
            channels = width;
        }

        bottom = new DoubleConv(channels, 2 * channels);
        foreach (var width in widths.Reverse())
        {
            upsample.Add(ConvTranspose2d(2 * width, width, 2, stride: 2));
            up.Add(new DoubleConv(2 * width, width));
        }

        head = Conv2d(widths[0], classes, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var skips = new Stack<Tensor>();
        foreach (var block in down)
        {
            x = block.call(x);
            skips.Push(x);
            x = pool.call(x);
        }

        x = bottom.call(x);
        for (var i = 0; i < up.Count; i++)
        {
            x = upsample[i].call(x);
            x = up[i].call(cat(new[] { skips.Pop(), x }, 1));
        }

        return head.call(x);
    }
}

public sealed class MaskedImages : Dataset
{
    private readonly (string image, string mask)[] files;

    public MaskedImages(string folder) => files = Directory.GetFiles(Path.Combine(folder, "images"))
        .Select(f => (f, Path.Combine(folder, "masks", Path.GetFileName(f)))).ToArray();

    public override long Count => files.Length;

    public override Dictionary<string, Tensor> GetTensor(long index)
    {
        var (image, mask) = files[index];
        return new Dictionary<string, Tensor>
        {
            ["image"] = torchvision.io.read_image(image).to(float32) / 255,
            ["mask"] = (torchvision.io.read_image(mask, torchvision.io.ImageReadMode.GRAY) > 127).to(float32),
        };
    }
}

public static class Training
{
    private static Tensor DiceLoss(Tensor logits, Tensor mask, double smooth = 1)
    {
        var p = sigmoid(logits).flatten(1);
        var t = mask.flatten(1);
        var overlap = (p * t).sum(1);
        return (1 - (2 * overlap + smooth) / (p.sum(1) + t.sum(1) + smooth)).mean();
    }

    private static Tensor Loss(Tensor logits, Tensor mask) =>
        functional.binary_cross_entropy_with_logits(logits, mask) + DiceLoss(logits, mask);

    public static void Run(string root, int epochs = 40)
    {
        var device = cuda.is_available() ? CUDA : CPU;
        using var trainLoader = DataLoader(new MaskedImages(Path.Combine(root, "train")), 8, shuffle: true, device: device, drop_last: true);
        using var validLoader = DataLoader(new MaskedImages(Path.Combine(root, "valid")), 8, device: device);
        var net = new UNet(3, 1, 32, 64, 128).to(device);
        var optimizer = optim.AdamW(net.parameters(), 1e-3);
        var scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode: "min", factor: 0.5, patience: 3);

        var best = double.MaxValue;
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            net.train();
            var train = 0.0;
            foreach (var batch in trainLoader)
                train += TrainBatch(net, optimizer, batch["image"], batch["mask"]);

            var valid = Validate(net, validLoader);
            scheduler.step(valid);
            Console.WriteLine($"{epoch}: {train / trainLoader.Count:F4} {valid:F4}");
            if (valid >= best) continue;
            best = valid;
            net.save("unet.dat");
        }
    }

    private static double TrainBatch(UNet net, optim.Optimizer optimizer, Tensor image, Tensor mask)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = Loss(net.call(image), mask);
        loss.backward();
        optimizer.step();
        return loss.ToDouble();
    }

    private static double Validate(UNet net, DataLoader loader)
    {
        net.eval();
        using var _ = no_grad();
        var total = 0.0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            total += Loss(net.call(batch["image"]), batch["mask"]).ToDouble();
        }

        return total / loader.Count;
    }
}
