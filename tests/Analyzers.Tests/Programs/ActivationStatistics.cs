using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Statistics;

/// <summary>A layer that scales each feature, with weights that can be set back.</summary>
public sealed class Scale : Module<Tensor, Tensor>
{
    private Parameter factor;
    private readonly Tensor start;

    public Scale(Tensor start) : base(nameof(Scale))
    {
        this.start = start;
        factor = new Parameter(start.clone());
        RegisterComponents();
    }

    public void Reset()
    {
        using var guard = no_grad();
        factor.copy_(start);
    }

    public override Tensor forward(Tensor input) => input * factor;
}

public sealed class DeepNet : Module<Tensor, Tensor>
{
    private readonly Scale scale;
    private readonly Sequential hidden;
    private readonly Linear last;

    public DeepNet() : base(nameof(DeepNet))
    {
        scale = new Scale(ones(16));
        hidden = Sequential(
            Linear(16, 64), ReLU(),
            Linear(64, 64), ReLU(),
            Linear(64, 64), ReLU(),
            Linear(64, 32), ReLU(),
            Linear(32, 32), ReLU());
        last = Linear(32, 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = hidden.call(scale.call(input));
        return last.call(x);
    }
}

public sealed class ActivationRecorder : IDisposable
{
    private readonly Dictionary<string, List<float>> means = new();
    private readonly List<IDisposable> hooks = new();

    public ActivationRecorder(Module model)
    {
        foreach (var (name, module) in model.named_modules())
        {
            if (module is Linear linear)
                linear.register_forward_hook((_, _, output) => Record(name, output));
        }
    }

    private Tensor Record(string name, Tensor output)
    {
        using var mean = output.detach().mean();
        if (!means.TryGetValue(name, out var list)) means[name] = list = new List<float>();
        list.Add(mean.ToSingle());
        return output;
    }

    public void Print()
    {
        foreach (var (name, list) in means)
            Console.WriteLine($"{name,-12} {list.Average():F3} ({list.Min():F3} to {list.Max():F3})");
        means.Clear();
    }

    public void Dispose() => hooks.ForEach(h => h.Dispose());
}

public static class Program
{
    private static Tensor Standardize(Tensor batch)
    {
        var centred = batch - batch.mean(new long[] { 0 }, keepdim: true);
        var clipped = centred.clamp_(-3, 3);
        return clipped;
    }

    public static void Main()
    {
        var model = new DeepNet();
        using var recorder = new ActivationRecorder(model);
        var optimizer = optim.Adamax(model.parameters(), lr: 2e-3);
        for (var epoch = 0; epoch < 10; epoch++)
        {
            var sum = 0.0;
            for (var i = 0; i < 100; i++)
            {
                using var scope = NewDisposeScope();
                var x = Standardize(randn(64, 16));
                var y = x.sum(1).gt(0).to(ScalarType.Int64);
                optimizer.zero_grad();
                var loss = functional.cross_entropy(model.call(x), y);
                loss.backward();
                optimizer.step();
                sum += loss.ToDouble();
            }

            Console.WriteLine($"epoch {epoch}: {sum / 100:F4}");
            recorder.Print();
        }
    }
}
