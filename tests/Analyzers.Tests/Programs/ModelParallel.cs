using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TwoCards;

/// <summary>Too large for one card: the first half lives on one, the second on the other.</summary>
public sealed class SplitNet : Module<Tensor, Tensor>
{
    private static readonly Device First = new("cuda:0");
    private static readonly Device Second = new("cuda:1");

    private readonly Module<Tensor, Tensor> lower;
    private readonly Module<Tensor, Tensor> upper;

    public SplitNet(long inputs, long width, long outputs) : base(nameof(SplitNet))
    {
        lower = Sequential(Linear(inputs, width), ReLU(), Linear(width, width), ReLU()).to(First);
        upper = Sequential(Linear(width, width), ReLU(), Linear(width, outputs)).to(Second);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var middle = lower.call(input.to(First));
        return upper.call(middle.to(Second));
    }
}

/// <summary>The other way: the same network on each card, gradients averaged by hand.</summary>
public sealed class Replicas
{
    private readonly List<(Device device, Module<Tensor, Tensor> model)> replicas = [];
    private readonly optim.Optimizer optimizer;

    public Replicas(Func<Module<Tensor, Tensor>> create)
    {
        for (var i = 0; i < cuda.device_count(); i++)
        {
            var device = new Device(DeviceType.CUDA, i);
            replicas.Add((device, create().to(device)));
        }

        optimizer = optim.SGD(replicas[0].model.parameters(), 0.05, momentum: 0.9);
    }

    public double Step(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var xs = x.chunk(replicas.Count);
        var ys = y.chunk(replicas.Count);
        var total = 0.0;
        optimizer.zero_grad();
        for (var i = 0; i < replicas.Count; i++)
        {
            var (device, model) = replicas[i];
            var loss = functional.cross_entropy(model.call(xs[i].to(device)), ys[i].to(device));
            loss.backward();
            total += loss.ToDouble();
        }

        Average();
        optimizer.step();
        Share();
        return total / replicas.Count;
    }

    private void Average()
    {
        using var guard = no_grad();
        var (home, main) = replicas[0];
        foreach (var (_, model) in replicas.Skip(1))
        {
            foreach (var (target, source) in main.parameters().Zip(model.parameters()))
            {
                if (source.grad is { } gradient) target.grad?.add_(gradient.to(home));
            }

            model.zero_grad();
        }
    }

    private void Share()
    {
        using var guard = no_grad();
        var (_, main) = replicas[0];
        foreach (var (device, model) in replicas.Skip(1))
        {
            foreach (var (source, target) in main.parameters().Zip(model.parameters()))
                target.copy_(source.to(device));
        }
    }
}

public static class Launch
{
    public static void Main()
    {
        var model = new SplitNet(512, 4096, 10);
        var optimizer = optim.SGD(model.parameters(), learningRate: 0.01);
        var second = new Device("cuda:1");
        for (var step = 0; step < 1000; step++)
        {
            using var scope = NewDisposeScope();
            var x = randn(64, 512);
            var y = randint(0, 10, new long[] { 64 }, dtype: ScalarType.Int64).to(second);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.call(x), y);
            loss.backward();
            optimizer.step();
            if (step % 100 == 0) Console.WriteLine(loss.ToSingle());
        }
    }
}
