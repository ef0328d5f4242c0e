using System;
using System.Linq;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// %% data: noisy spirals, one per class
manual_seed(42);
const int classes = 3;
const int perClass = 200;
var device = cuda.is_available() ? CUDA : CPU;

var points = zeros(classes * perClass, 2);
var labels = zeros(classes * perClass, dtype: int64);
for (var c = 0; c < classes; c++)
{
    var r = linspace(0, 1, perClass);
    var t = linspace(c * 4, (c + 1) * 4, perClass) + randn(perClass) * 0.2;
    var rows = arange(c * perClass, (c + 1) * perClass, dtype: int64);
    points[rows] = stack(new[] { r * t.sin(), r * t.cos() }, 1);
    labels[rows] = c;
}

var order = randperm(points.shape[0]);
points = points.index_select(0, order).to(device);
labels = labels.index_select(0, order).to(device);
var split = (long)(points.shape[0] * 0.8);
var (xTrain, yTrain) = (points.narrow(0, 0, split), labels.narrow(0, 0, split));
var (xTest, yTest) = (points.narrow(0, split, points.shape[0] - split), labels.narrow(0, split, points.shape[0] - split));

// %% model
var model = Sequential(
    Linear(2, 100),
    ReLU(),
    Linear(100, 100),
    ReLU(),
    Linear(100, classes)).to(device);
Console.WriteLine($"{model.parameters().Sum(p => p.numel())} parameters");

// %% training on the whole set at once
var optimizer = optim.Adam(model.parameters(), lr: 1e-2, weight_decay: 1e-5);
var loss_fn = CrossEntropyLoss();
for (var t = 0; t < 1000; t++)
{
    using var scope = NewDisposeScope();
    var scores = model.forward(xTrain);
    var loss = loss_fn.forward(scores, yTrain);

    var accuracy = scores.argmax(1).eq(yTrain).to(float32).mean();
    if (t % 100 == 0)
        Console.WriteLine($"[EPOCH]: {t}, [LOSS]: {loss.item<float>():F6}, [ACCURACY]: {accuracy.item<float>():F3}");

    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
}

// %% test
double Accuracy(Tensor x, Tensor y)
{
    using var _ = no_grad();
    using var scope = NewDisposeScope();
    return model.forward(x).argmax(1).eq(y).to(float32).mean().ToDouble();
}

Console.WriteLine($"test accuracy {Accuracy(xTest, yTest):P1}");

// %% the border between the classes
var grid = linspace(-1, 1, 50);
using (no_grad())
{
    foreach (var row in grid.unbind())
    {
        using var line = stack(new[] { grid, row.expand(50) }, 1).to(device);
        Console.WriteLine(string.Concat(model.forward(line).argmax(1).data<long>().Select(k => ".ox"[(int)k])));
    }
}
