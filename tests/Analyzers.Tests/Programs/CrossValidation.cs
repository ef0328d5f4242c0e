using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Validation;

public static class CrossValidation
{
    private const int Folds = 5;
    private const int Epochs = 60;

    private static Module<Tensor, Tensor> Create() => Sequential(
        Linear(13, 32),
        ReLU(),
        Dropout(0.2),
        Linear(32, 3));

    public static double Run(Tensor x, Tensor y)
    {
        var n = x.shape[0];
        var order = randperm(n);
        var scores = new List<double>();
        for (var fold = 0; fold < Folds; fold++)
        {
            var (from, to) = (fold * n / Folds, (fold + 1) * n / Folds);
            var test = order.slice(0, from, to, 1);
            var train = cat(new[] { order.slice(0, 0, from, 1), order.slice(0, to, n, 1) });

            using var model = Create();
            using var optimizer = optim.Adam(model.parameters(), lr: 1e-2);
            var scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, Epochs);
            var data = torch.utils.data.TensorDataset(x.index_select(0, train), y.index_select(0, train));
            using var loader = torch.utils.data.DataLoader(data, 16, shuffle: true);

            var history = new double[Epochs];
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                model.train();
                history[epoch] = Train(model, optimizer, loader);
                scheduler.step();
            }

            var score = Score(model, x.index_select(0, test), y.index_select(0, test));
            Console.WriteLine($"fold {fold + 1}: loss {history[^1]:F4} (from {history[0]:F4}), accuracy {score:P1}");
            scores.Add(score);
        }

        return scores.Average();
    }

    private static double Train(Module<Tensor, Tensor> model, optim.Optimizer optimizer, IterableDataLoader loader)
    {
        var total = 0.0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(batch[0]), batch[1]);
            loss.backward();
            optimizer.step();
            total += loss.ToDouble();
        }

        return total / loader.Count;
    }

    private static double Score(Module<Tensor, Tensor> model, Tensor x, Tensor y)
    {
        model.eval();
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        return model.forward(x).argmax(1).eq(y).to(ScalarType.Float32).mean().ToDouble();
    }
}
