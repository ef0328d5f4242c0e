using Microsoft.Extensions.Logging;
using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests;

/// <summary>A little training loop, with a place for each mistake.</summary>
internal sealed class Training
{
    public required Module<Tensor, Tensor> Model { get; init; }

    public required optim.Optimizer Optimizer { get; init; }

    /// <summary>The batch of a step, counted from 1.</summary>
    public required Func<int, (Tensor X, Tensor Y)> Data { get; init; }

    public required Func<Tensor, Tensor, Tensor> Loss { get; init; }

    public int Steps { get; init; } = 30;

    public TrainGuardOptions Options { get; init; } = new();

    /// <summary>Steps per epoch; 0 for no epochs.</summary>
    public int EpochLength { get; init; }

    public Func<int, double> Validation { get; init; } = _ => double.NaN;

    public Action<int> BeforeForward { get; init; } = _ => { };

    public Action<int> BeforeStep { get; init; } = _ => { };

    public Action<int> AfterStep { get; init; } = _ => { };

    public bool Tells { get; init; } = true;

    /// <summary>Trains, and returns what the guard found.</summary>
    public TrainReport Run()
    {
        using var guard = TrainGuard.Watch(Model, Optimizer, Options with { Logger = Options.Logger ?? new ListLogger() });
        for (var step = 1; step <= Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = Data(step);
            guard.Batch(x, y);
            BeforeForward(step);
            var output = Model.call(x);
            var loss = Loss(output, y);
            Optimizer.zero_grad();
            guard.Loss(loss, Tells ? output : null);
            loss.backward();
            BeforeStep(step);
            Optimizer.step();
            guard.Step();
            AfterStep(step);
            if (EpochLength > 0 && step % EpochLength == 0)
                guard.Validation(Validation(step / EpochLength));
        }

        return guard.Report;
    }

    /// <summary>Three classes around three points of the plane, easy to tell apart.</summary>
    public static Training Classifying(int seed = 1, int steps = 30, int batch = 32)
    {
        manual_seed(seed);
        var model = Sequential(("first", Linear(2, 16)), ("act", ReLU()), ("second", Linear(16, 16)), ("act2", ReLU()), ("last", Linear(16, 3)));
        var source = new Blobs(seed, 3);
        return new()
        {
            Model = model,
            Optimizer = optim.SGD(model.parameters(), 0.1),
            Data = _ => source.Batch(batch),
            Loss = (output, y) => functional.cross_entropy(output, y),
            Steps = steps,
            Options = new() { Classes = 3 },
        };
    }

    public Training With(Module<Tensor, Tensor>? model = null, optim.Optimizer? optimizer = null, Func<int, (Tensor X, Tensor Y)>? data = null, Func<Tensor, Tensor, Tensor>? loss = null,
        int? steps = null, TrainGuardOptions? options = null, Action<int>? beforeForward = null, Action<int>? beforeStep = null, Action<int>? afterStep = null, int? epochLength = null, Func<int, double>? validation = null) => new()
        {
            Model = model ?? Model,
            Optimizer = optimizer ?? (model is null ? Optimizer : optim.SGD(model.parameters(), 0.1)),
            Data = data ?? Data,
            Loss = loss ?? Loss,
            Steps = steps ?? Steps,
            Options = options ?? Options,
            BeforeForward = beforeForward ?? BeforeForward,
            BeforeStep = beforeStep ?? BeforeStep,
            AfterStep = afterStep ?? AfterStep,
            EpochLength = epochLength ?? EpochLength,
            Validation = validation ?? Validation,
        };
}

/// <summary>Points around the corners of a triangle and further, with numbers of their own.</summary>
internal sealed class Blobs(int seed, int classes, float spread = 0.3f, int features = 2)
{
    private readonly Random _random = new(seed);

    public (Tensor X, Tensor Y) Batch(int size, Func<int, int>? label = null)
    {
        var x = new float[size * features];
        var y = new long[size];
        for (var i = 0; i < size; i++)
        {
            y[i] = label?.Invoke(i) ?? _random.Next(classes);
            for (var j = 0; j < features; j++)
                x[i * features + j] = (float)Math.Cos(2 * Math.PI * (y[i] / (double)classes + j / 4.0)) + spread * Noise();
        }

        return (tensor(x).reshape(size, features), tensor(y));
    }

    public float Noise() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
}

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger : ILogger
{
    public List<(LogLevel Level, string Id, string Text)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add((logLevel, eventId.Name ?? "", formatter(state, exception)));
}

internal static class Expect
{
    /// <summary>Exactly these findings, in this order.</summary>
    public static void Ids(TrainReport report, params string[] ids) => Assert.True(ids.SequenceEqual(report.Findings.Select(finding => finding.Id)), report.ToString());

    public static void Silence(TrainReport report) => Assert.True(report.Findings.Count == 0, report.ToString());
}

internal static class Modules
{
    /// <summary>The module at a path.</summary>
    public static Module At(this Module model, string path) => model.named_modules().Single(entry => entry.name == path).module;
}
