using System;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CurveFit;

/// <summary>A damped oscillation, fitted with the optimizer of Newton's family.</summary>
public sealed class Oscillation : Module<Tensor, Tensor>
{
    private readonly Parameter amplitude, decay, frequency, phase;

    public Oscillation() : base(nameof(Oscillation))
    {
        amplitude = Parameter(tensor(1f));
        decay = Parameter(tensor(0.1f));
        frequency = Parameter(tensor(2f));
        phase = Parameter(tensor(0f));
        RegisterComponents();
    }

    public override Tensor forward(Tensor t) => amplitude * exp(-decay * t) * cos(frequency * t + phase);
}

public static class Fitting
{
    public static Oscillation Fit(Tensor t, Tensor y, int iterations = 30, double tolerance = 1e-9)
    {
        var model = new Oscillation();
        optim.Optimizer optimizer = optim.LBFGS(model.parameters(), lr: 0.5, max_iter: 10, history_size: 10);
        var previous = double.MaxValue;

        Tensor Closure()
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.call(t), y);
            loss.backward();
            return loss;
        }

        for (var i = 0; i < iterations; i++)
        {
            using var scope = NewDisposeScope();
            var loss = optimizer.step(Closure).ToDouble();
            if (i % 5 == 0) Console.WriteLine($"{i}: {loss:E3}");
            if (Math.Abs(previous - loss) < tolerance) break;
            previous = loss;
        }

        return model;
    }

    public static Module<Tensor, Tensor> FitNetwork(Tensor x, Tensor y)
    {
        var net = Sequential(Linear(1, 20), Tanh(), Linear(20, 20), Tanh(), Linear(20, 1));
        var criterion = MSELoss();
        optim.Optimizer lbfgs = optim.LBFGS(net.parameters(), lr: 1, max_iter: 50);
        for (var round = 0; round < 20; round++)
        {
            using var scope = NewDisposeScope();
            var loss = lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var value = criterion.call(net.call(x), y);
                value.backward();
                return value;
            });
            Console.WriteLine($"round {round}: {loss.item<float>()}");
        }

        return net;
    }

    public static void Main()
    {
        manual_seed(3);
        var t = linspace(0, 10, 500);
        var clean = 2 * exp(-0.3 * t) * cos(3 * t + 0.5);
        var noisy = clean + 0.05 * randn_like(clean);
        using var fitted = Fit(t, noisy);
        foreach (var (name, value) in fitted.named_parameters())
            Console.WriteLine($"{name} = {value.item<float>():F3}");
        using var net = FitNetwork(t.unsqueeze(1), noisy.unsqueeze(1));
        using (no_grad())
        using (var error = functional.l1_loss(net.call(t.unsqueeze(1)), clean.unsqueeze(1)))
            Console.WriteLine($"mean absolute error {error.ToSingle():F4}");
    }
}
