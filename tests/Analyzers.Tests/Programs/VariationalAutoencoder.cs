using System;
using System.Collections.Generic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Variational;

public class Vae : Module<Tensor, (Tensor reconstruction, Tensor mu, Tensor logVariance)>
{
    private readonly Linear input, mean, logVar, hidden, output;
    private readonly int latent;

    public Vae(int latent = 20) : base("Vae")
    {
        this.latent = latent;
        input = Linear(784, 400);
        mean = Linear(400, latent);
        logVar = Linear(400, latent);
        hidden = Linear(latent, 400);
        output = Linear(400, 784);
        RegisterComponents();
    }

    private (Tensor, Tensor) Encode(Tensor x)
    {
        var h = F.relu(input.call(x));
        return (mean.call(h), logVar.call(h));
    }

    private static Tensor Reparameterize(Tensor mu, Tensor logVariance)
    {
        var std = exp(0.5 * logVariance);
        var eps = randn_like(std);
        return mu + eps * std;
    }

    public Tensor Decode(Tensor z) => sigmoid(output.call(F.relu(hidden.call(z))));

    public override (Tensor, Tensor, Tensor) forward(Tensor x)
    {
        var (mu, logVariance) = Encode(x.view(-1, 784));
        var z = Reparameterize(mu, logVariance);
        return (Decode(z), mu, logVariance);
    }

    public Tensor Sample(int n, Device device)
    {
        using var guard = no_grad();
        return Decode(randn(n, latent, device: device)).view(n, 1, 28, 28);
    }
}

public static class Experiment
{
    private static Tensor Elbo(Tensor reconstruction, Tensor x, Tensor mu, Tensor logVariance)
    {
        var bce = F.binary_cross_entropy(reconstruction, x.view(-1, 784), reduction: Reduction.Sum);
        var kld = -0.5 * (1 + logVariance - mu.pow(2) - logVariance.exp()).sum();
        return bce + kld;
    }

    public static void Run(IEnumerable<Tensor> train, IReadOnlyList<Tensor> test, int epochs)
    {
        var device = cuda.is_available() ? new Device("cuda") : new Device("cpu");
        var model = new Vae().to(device);
        var optimizer = optim.Adam(model.parameters(), 1e-3);

        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            model.train();
            var trainLoss = 0.0;
            var count = 0L;
            foreach (var images in train)
            {
                using var scope = NewDisposeScope();
                var x = images.to(device);
                optimizer.zero_grad();
                var (reconstruction, mu, logVariance) = model.call(x);
                var loss = Elbo(reconstruction, x, mu, logVariance);
                loss.backward();
                trainLoss += loss.item<float>();
                count += x.size(0);
                optimizer.step();
            }

            Console.WriteLine($"====> Epoch: {epoch} Average loss: {trainLoss / count:F4}");
            Console.WriteLine($"====> Test set loss: {Test(model, test, device):F4}");
            model.Sample(64, device).save($"sample_{epoch}.dat");
        }
    }

    private static double Test(Vae model, IReadOnlyList<Tensor> test, Device device)
    {
        model.eval();
        using var _ = no_grad();
        double sum = 0;
        long count = 0;
        foreach (var images in test)
        {
            using var scope = NewDisposeScope();
            var x = images.to(device);
            var (reconstruction, mu, logVariance) = model.call(x);
            sum += Elbo(reconstruction, x, mu, logVariance).item<float>();
            count += x.size(0);
        }

        return sum / count;
    }
}
