using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Flowers;

public sealed class Backbone : Module<Tensor, Tensor>
{
    private readonly Sequential features = Sequential(
        Conv2d(3, 32, 3, stride: 2, padding: 1),
        BatchNorm2d(32),
        ReLU(),
        Conv2d(32, 64, 3, stride: 2, padding: 1),
        BatchNorm2d(64),
        ReLU(),
        AdaptiveAvgPool2d(1),
        Flatten());

    public Backbone() : base("Backbone") => RegisterComponents();

    public override Tensor forward(Tensor images) => features.call(images);
}

public sealed class FlowerNet : Module<Tensor, Tensor>
{
    public FlowerNet(string weights, int classes) : base("FlowerNet")
    {
        Body = new Backbone();
        Body.load(weights);
        Head = Sequential(Dropout(0.3), Linear(64, classes));
        register_module("body", Body);
        register_module("head", Head);
    }

    public Backbone Body { get; }

    public Sequential Head { get; }

    public void Freeze(bool frozen)
    {
        foreach (var p in Body.parameters())
            p.requires_grad = !frozen;
    }

    public override Tensor forward(Tensor images) => Head.call(Body.call(images));
}

public static class FlowerTraining
{
    public static void Run(DataLoader train, DataLoader validation, Device device)
    {
        var model = new FlowerNet("imagenet.dat", 102);
        model.to(device);

        // First the head alone, then everything, gently.
        model.Freeze(true);
        using (var headOptimizer = optim.Adam(model.Head.parameters(), lr: 1e-3))
            Fit(model, headOptimizer, train, validation, epochs: 3, frozenBody: true);

        model.Freeze(false);
        using (var optimizer = optim.Adam(model.parameters(), lr: 1e-5))
            Fit(model, optimizer, train, validation, epochs: 10, frozenBody: false);
    }

    private static void Fit(FlowerNet model, optim.Optimizer optimizer, DataLoader train, DataLoader validation, int epochs, bool frozenBody)
    {
        using var criterion = CrossEntropyLoss();
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            model.train();
            if (frozenBody) model.Body.eval();

            var losses = new List<float>();
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var loss = criterion.forward(model.call(batch["data"]), batch["label"]);
                loss.backward();
                optimizer.step();
                losses.Add(loss.ToSingle());
            }

            Console.WriteLine($"{epoch} {losses.Average():F4} {Accuracy(model, validation):P1}");
        }
    }

    private static double Accuracy(FlowerNet model, DataLoader loader)
    {
        model.eval();
        using var mode = inference_mode();
        var hits = 0L;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            hits += model.call(batch["data"]).argmax(1).eq(batch["label"]).sum().ToInt64();
        }

        return hits / (double)loader.dataset.Count;
    }
}
