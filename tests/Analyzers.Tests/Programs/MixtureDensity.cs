using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Mixtures;

public sealed record Mixture(Tensor LogWeights, Tensor Means, Tensor Deviations)
{
    public Tensor LogLikelihood(Tensor y)
    {
        var z = (y - Means) / Deviations;
        var log = -0.5 * z.pow(2) - Deviations.log() - 0.5 * Math.Log(2 * Math.PI);
        return (LogWeights + log).logsumexp(1);
    }
}

public sealed class MixtureDensityNetwork : Module<Tensor, Mixture>
{
    private readonly Sequential trunk;
    private readonly Linear weights, means, deviations;

    public MixtureDensityNetwork(int hidden, int components) : base(nameof(MixtureDensityNetwork))
    {
        trunk = Sequential(Linear(1, hidden), Tanh(), Linear(hidden, hidden), Tanh());
        weights = Linear(hidden, components);
        means = Linear(hidden, components);
        deviations = Linear(hidden, components);
        RegisterComponents();
    }

    public override Mixture forward(Tensor x)
    {
        var h = trunk.call(x);
        return new Mixture(functional.log_softmax(weights.call(h), 1), means.call(h), functional.softplus(deviations.call(h)) + 1e-3);
    }
}

public static class InverseProblem
{
    private static (Tensor x, Tensor y) Sample(long n)
    {
        var y = rand(n, 1) * 20 - 10;
        var x = (0.75 * y).sin() * 7 + y * 0.5 + randn(n, 1);
        return (x / 10, y / 10);
    }

    public static void Main()
    {
        manual_seed(11);
        var network = new MixtureDensityNetwork(20, 5);
        var optimizer = optim.Adam(network.parameters());
        var scheduler = optim.lr_scheduler.MultiplicativeLR(optimizer, _ => 0.999);
        var running = double.NaN;
        for (var step = 0; step < 10_000; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = Sample(128);
            var loss = -network.call(x).LogLikelihood(y).mean();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            scheduler.step();

            var now = loss.ToDouble();
            running = double.IsNaN(running) ? now : 0.99 * running + 0.01 * now;
            if (step % 500 == 0) Console.WriteLine($"{step}\t{running:F4}");
        }

        using var guard = no_grad();
        var (tx, ty) = Sample(1000);
        Console.WriteLine($"log likelihood of new data {network.call(tx).LogLikelihood(ty).mean().ToDouble():F4}");
    }
}
