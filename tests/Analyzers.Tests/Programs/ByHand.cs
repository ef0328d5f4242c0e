using System;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ByHand;

/// <summary>Gradient descent without an optimizer, three ways.</summary>
public static class GradientDescent
{
    // y = a + b x + c x^2 + d x^3, fitted to a sine.
    public static double[] Polynomial(int steps = 2000, double rate = 1e-6)
    {
        var x = linspace(-Math.PI, Math.PI, 2000);
        var y = x.sin();
        var a = randn(1, requires_grad: true);
        var b = randn(1, requires_grad: true);
        var c = randn(1, requires_grad: true);
        var d = randn(1, requires_grad: true);
        var parameters = new[] { a, b, c, d };

        for (var t = 0; t < steps; t++)
        {
            using var scope = NewDisposeScope();
            var prediction = a + b * x + c * x.pow(2) + d * x.pow(3);
            var loss = (prediction - y).pow(2).sum();
            if (t % 100 == 99) Console.WriteLine($"{t} {loss.item<float>()}");
            loss.backward();
            using (no_grad())
            {
                foreach (var p in parameters)
                {
                    p.sub_(p.grad! * rate);
                    p.grad!.zero_();
                }
            }
        }

        return parameters.Select(p => p.ToDouble()).ToArray();
    }

    public static void Network(Tensor x, Tensor y, double rate)
    {
        var model = Sequential(("lin1", Linear(1000, 100)), ("relu1", ReLU()), ("lin2", Linear(100, 10)));
        for (var t = 0; t < 500; t++)
        {
            using var scope = NewDisposeScope();
            var loss = functional.mse_loss(model.forward(x), y);
            if (t % 100 == 0) Console.WriteLine($"{t} {loss.ToSingle():F5}");
            model.zero_grad();
            loss.backward();
            using (no_grad())
            {
                foreach (var parameter in model.parameters())
                    parameter.sub_(rate * parameter.grad!);
            }
        }
    }

    // Momentum kept beside the parameters.
    public static void Momentum(Module<Tensor, Tensor> model, Func<(Tensor x, Tensor y)> next, int steps)
    {
        const double rate = 0.01, momentum = 0.9;
        var velocity = model.parameters().Select(p => zeros_like(p)).ToArray();
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = next();
            var loss = functional.smooth_l1_loss(model.forward(x), y);
            foreach (var p in model.parameters()) p.grad?.zero_();
            loss.backward();
            if (step % 10 == 0) Console.WriteLine(loss.ToDouble());
            using var guard = no_grad();
            foreach (var (p, v) in model.parameters().Zip(velocity))
            {
                v.mul_(momentum).add_(p.grad!);
                p.add_(v, -rate);
            }
        }
    }
}
