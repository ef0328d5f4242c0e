using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torchvision;

namespace Contrastive;

public class SimClr : Module<Tensor, Tensor>
{
    private readonly Sequential encoder, projection;

    public SimClr(int width = 64, int dimension = 32) : base("SimClr")
    {
        encoder = Sequential(
            Conv2d(3, width, 3, stride: 2, bias: false), BatchNorm2d(width), ReLU(),
            Conv2d(width, 2 * width, 3, stride: 2, bias: false), BatchNorm2d(2 * width), ReLU(),
            AdaptiveAvgPool2d(1), Flatten());
        projection = Sequential(Linear(2 * width, 2 * width), ReLU(), Linear(2 * width, dimension));
        RegisterComponents();
    }

    public Tensor Encode(Tensor images) => encoder.call(images);

    public override Tensor forward(Tensor images) => functional.normalize(projection.call(encoder.call(images)), dim: 1);
}

public static class ContrastiveLearning
{
    // Both views of one image are each other's only positive.
    private static Tensor NtXent(Tensor a, Tensor b, double temperature)
    {
        var n = a.shape[0];
        var z = cat(new[] { a, b }, 0);
        var similarity = z.matmul(z.t()) / temperature;
        var self = eye(2 * n, dtype: ScalarType.Bool, device: z.device);
        similarity = similarity.masked_fill(self, -1e9);
        var positives = cat(new[] { arange(n, 2 * n, dtype: int64, device: z.device), arange(0, n, dtype: int64, device: z.device) });
        return functional.cross_entropy(similarity, positives);
    }

    public static SimClr Pretrain(IEnumerable<Tensor> images, Device device, int epochs = 100)
    {
        var augment = transforms.Compose(
            transforms.RandomResizedCrop(32, 32),
            transforms.RandomHorizontalFlip(),
            transforms.RandomApply(new[] { transforms.ColorJitter(0.4f, 0.4f, 0.4f, 0.1f) }, 0.8));
        var model = new SimClr();
        model.to(device);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.3, momentum: 0.9, weight_decay: 1e-4);
        var warmup = optim.lr_scheduler.LinearLR(optimizer, start_factor: 0.01, end_factor: 1, total_iters: 10);
        var cosine = optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs - 10);
        var schedule = optim.lr_scheduler.SequentialLR(optimizer, new[] { warmup, cosine }, new[] { 10 });

        model.train();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var batch in images)
            {
                using var scope = NewDisposeScope();
                var x = batch.to(device);
                optimizer.zero_grad();
                var loss = NtXent(model.call(augment.call(x)), model.call(augment.call(x)), 0.5);
                loss.backward();
                optimizer.step();
                sum += loss.ToDouble();
                count++;
            }

            schedule.step();
            Console.WriteLine($"epoch {epoch + 1} loss {sum / count:F3}");
        }

        return model;
    }

    public static void LinearProbe(SimClr model, DataLoader train, DataLoader test, Device device)
    {
        model.eval();
        var probe = Linear(128, 10).to(device);
        var optimizer = optim.Adam(probe.parameters(), lr: 1e-2);
        for (var epoch = 0; epoch < 20; epoch++)
        {
            var last = 0f;
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                Tensor features;
                using (no_grad())
                    features = model.Encode(batch["data"]);
                var loss = functional.cross_entropy(probe.call(features), batch["label"]);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
                last = 0.9f * last + 0.1f * loss.ToSingle();
            }

            Console.WriteLine($"probe {epoch}: {last:F3}, {Score(model, probe, test):P1}");
        }
    }

    private static double Score(SimClr model, Module<Tensor, Tensor> probe, DataLoader test)
    {
        using var _ = no_grad();
        var right = 0L;
        foreach (var batch in test)
        {
            using var scope = NewDisposeScope();
            right += probe.call(model.Encode(batch["data"])).argmax(1).eq(batch["label"]).sum().item<long>();
        }

        return (double)right / test.dataset.Count;
    }
}
