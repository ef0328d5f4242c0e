using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Vision;

public sealed class VisionTransformer : Module<Tensor, Tensor>
{
    private readonly Conv2d patches;
    private readonly Parameter classToken, positions;
    private readonly Dropout dropout;
    private readonly TransformerEncoder encoder;
    private readonly LayerNorm norm;
    private readonly Linear head;
    private readonly long width;

    public VisionTransformer(long imageSize = 32, long patch = 4, long width = 192, int heads = 3, int depth = 6, long classes = 10) : base(nameof(VisionTransformer))
    {
        this.width = width;
        var count = imageSize / patch * (imageSize / patch);
        patches = Conv2d(3, width, patch, stride: patch);
        classToken = Parameter(zeros(1, 1, width));
        positions = Parameter(randn(1, count + 1, width) * 0.02);
        dropout = Dropout(0.1);
        encoder = TransformerEncoder(TransformerEncoderLayer(width, heads, dim_feedforward: 4 * width), depth);
        norm = LayerNorm(width);
        head = Linear(width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor images)
    {
        var n = images.shape[0];
        var x = patches.call(images).flatten(2).transpose(1, 2);
        x = cat(new[] { classToken.expand(n, 1, width), x }, 1) + positions;
        x = encoder.call(dropout.call(x).transpose(0, 1)).transpose(0, 1);
        return head.call(norm.call(x.select(1, 0)));
    }
}

public sealed class Mixup(double alpha)
{
    private readonly Random random = new();

    public (Tensor images, Tensor targets) Mix(Tensor images, Tensor labels, int classes)
    {
        var lambda = alpha > 0 ? Math.Pow(random.NextDouble(), 1 / alpha) : 1;
        var order = randperm(images.shape[0], device: images.device);
        var oneHot = functional.one_hot(labels, classes).to(float32);
        return (lambda * images + (1 - lambda) * images.index_select(0, order), lambda * oneHot + (1 - lambda) * oneHot.index_select(0, order));
    }
}

public static class Training
{
    public static void Fit(VisionTransformer model, DataLoader train, DataLoader test, Device device, int epochs)
    {
        model.to(device);
        var noDecay = new[] { "bias", "norm" };
        var groups = model.named_parameters().ToLookup(p => noDecay.Any(p.name.Contains), p => p.parameter);
        var optimizer = optim.AdamW(new List<AdamW.ParamGroup>
        {
            new(groups[false], new AdamW.Options { weight_decay = 0.05 }),
            new(groups[true], new AdamW.Options { weight_decay = 0 }),
        }, lr: 1e-3);
        var schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs);
        var mixup = new Mixup(0.2);

        for (var epoch = 0; epoch < epochs; epoch++)
        {
            model.train();
            var loss = train.Average(batch => Step(model, optimizer, mixup.Mix(batch["data"], batch["label"], 10)));
            schedule.step();
            Console.WriteLine($"{epoch,3} {loss:F3} {Top(model, test, 1):P1} {Top(model, test, 5):P1}");
        }
    }

    private static double Step(VisionTransformer model, optim.Optimizer optimizer, (Tensor images, Tensor targets) mixed)
    {
        using var scope = NewDisposeScope();
        var loss = functional.cross_entropy(model.call(mixed.images), mixed.targets);
        optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), 1.0);
        optimizer.step();
        return loss.ToDouble();
    }

    private static double Top(VisionTransformer model, DataLoader test, int k)
    {
        model.eval();
        using var guard = no_grad();
        var (right, seen) = (0L, 0L);
        foreach (var batch in test)
        {
            using var scope = NewDisposeScope();
            var best = model.call(batch["data"]).topk(k, 1).indexes;
            right += best.eq(batch["label"].unsqueeze(1)).any(1).sum().ToInt64();
            seen += best.shape[0];
        }

        return (double)right / seen;
    }
}
