using System;
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Robust;

public sealed class RobustNet : Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    public RobustNet() : base(nameof(RobustNet))
    {
        layers = Sequential(
            Conv2d(1, 16, 4, stride: 2), ReLU(),
            Conv2d(16, 32, 4, stride: 2), ReLU(),
            Flatten(),
            Linear(800, 100), ReLU(), Dropout(0.2),
            Linear(100, 10));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => layers.call(input);
}

public static class Attack
{
    /// <summary>One step along the sign of the gradient of the input.</summary>
    public static Tensor FastGradientSign(Module<Tensor, Tensor> model, Tensor images, Tensor labels, double epsilon)
    {
        var x = images.detach().clone().requires_grad_();
        var loss = functional.cross_entropy(model.call(x), labels);
        loss.backward();
        var attacked = x.detach() + epsilon * x.grad!.sign();
        return attacked.clamp(0, 1);
    }
}

public sealed class RobustTraining(RobustNet model, double epsilon)
{
    private readonly optim.Optimizer optimizer = optim.Adam(model.parameters(), lr: 1e-3);

    public void Run(DataLoader train, DataLoader test, int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            model.train();
            var sum = 0.0;
            foreach (var batch in train)
            {
                using var scope = NewDisposeScope();
                var (images, labels) = (batch["data"], batch["label"]);
                var attacked = Attack.FastGradientSign(model, images, labels, epsilon);
                optimizer.zero_grad();
                var loss = 0.5 * functional.cross_entropy(model.call(images), labels) + 0.5 * functional.cross_entropy(model.call(attacked), labels);
                loss.backward();
                optimizer.step();
                sum += loss.ToDouble();
            }

            Console.WriteLine($"{epoch}: {sum / train.Count:F4} clean {Accuracy(test):P1} attacked {AttackedAccuracy(test):P1}");
        }
    }

    private double Accuracy(DataLoader loader)
    {
        model.eval();
        using var guard = no_grad();
        double right = 0, seen = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            right += model.call(batch["data"]).argmax(1).eq(batch["label"]).sum().ToInt64();
            seen += batch["label"].shape[0];
        }

        return right / seen;
    }

    // The attack needs gradients, although the model is only judged.
    private double AttackedAccuracy(DataLoader loader)
    {
        model.eval();
        double right = 0, seen = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var attacked = Attack.FastGradientSign(model, batch["data"], batch["label"], epsilon);
            using (no_grad())
                right += model.call(attacked).argmax(1).eq(batch["label"]).sum().ToInt64();
            seen += batch["label"].shape[0];
        }

        return right / seen;
    }
}
