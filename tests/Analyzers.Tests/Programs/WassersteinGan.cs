using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Wasserstein;

public sealed class WassersteinTrainer : IDisposable
{
    private const double Penalty = 10;
    private const int CriticSteps = 5;

    private readonly Sequential generator;
    private readonly Sequential critic;
    private readonly optim.Optimizer generatorOptimizer;
    private readonly optim.Optimizer criticOptimizer;
    private readonly Device device;
    private readonly long latent;

    public WassersteinTrainer(Device device, long latent, long features)
    {
        (this.device, this.latent) = (device, latent);
        generator = Sequential(Linear(latent, 128), LeakyReLU(0.2), Linear(128, 128), LeakyReLU(0.2), Linear(128, features));
        critic = Sequential(Linear(features, 128), LeakyReLU(0.2), Linear(128, 128), LeakyReLU(0.2), Linear(128, 1));
        generator.to(device);
        critic.to(device);
        generatorOptimizer = optim.Adam(generator.parameters(), lr: 1e-4, beta1: 0, beta2: 0.9);
        criticOptimizer = optim.Adam(critic.parameters(), lr: 1e-4, beta1: 0, beta2: 0.9);
    }

    public void Fit(Func<Tensor> nextBatch, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var criticLoss = 0.0;
            for (var i = 0; i < CriticSteps; i++)
                criticLoss += CriticStep(nextBatch());
            var generatorLoss = GeneratorStep(256);
            if (step % 100 == 0)
                Console.WriteLine($"{step}: critic {criticLoss / CriticSteps:F3}, generator {generatorLoss:F3}");
        }
    }

    private double CriticStep(Tensor real)
    {
        using var scope = NewDisposeScope();
        real = real.to(device);
        var fake = Generate(real.shape[0]).detach();
        criticOptimizer.zero_grad();
        var loss = critic.call(fake).mean() - critic.call(real).mean() + Penalty * GradientPenalty(real, fake);
        loss.backward();
        criticOptimizer.step();
        return loss.ToDouble();
    }

    private double GeneratorStep(long batch)
    {
        using var scope = NewDisposeScope();
        generatorOptimizer.zero_grad();
        var loss = -critic.call(Generate(batch)).mean();
        loss.backward();
        generatorOptimizer.step();
        return loss.ToDouble();
    }

    private Tensor Generate(long batch) => generator.call(randn(batch, latent, device: device));

    private Tensor GradientPenalty(Tensor real, Tensor fake)
    {
        var alpha = rand(real.shape[0], 1, device: device);
        var between = (alpha * real + (1 - alpha) * fake).requires_grad_();
        var score = critic.call(between);
        var gradients = autograd.grad(new List<Tensor> { score.sum() }, new List<Tensor> { between }, create_graph: true);
        return (gradients[0].norm(1) - 1).pow(2).mean();
    }

    public void Dispose()
    {
        generatorOptimizer.Dispose();
        criticOptimizer.Dispose();
        generator.Dispose();
        critic.Dispose();
    }
}
