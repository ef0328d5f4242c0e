using System.Diagnostics;
using TorchSharp.Modules;

namespace TrainLint.Runtime.Benchmarks;

/// <summary>What one training step took, and left behind.</summary>
/// <param name="Wall">Milliseconds that passed.</param>
/// <param name="Cpu">Milliseconds of the process's threads, which other programs do not add to.</param>
/// <param name="Guard">Milliseconds that passed inside Batch, Loss and Step.</param>
/// <param name="Allocated">Managed bytes.</param>
/// <param name="Tensors">Live tensors that the step added.</param>
internal sealed record Sample(double Wall, double Cpu, (double Batch, double Loss, double Step) Guard, long Allocated, long Tensors);

/// <summary>A bare step and a watched one, one directly after the other.</summary>
/// <param name="Number">The number of the watched step, from 1.</param>
/// <param name="IsInspected">Whether the guard inspects gradients, updates and activations in it.</param>
internal sealed record Pair(int Number, bool IsInspected, Sample Bare, Sample Watched);

/// <summary>A training whose steps are by turns bare and watched with default options.</summary>
internal sealed class Duel : IDisposable
{
    /// <summary>Bare steps at first, in which the library and the compiler warm up.</summary>
    private const int WarmUp = 10;

    private readonly Module<Tensor, Tensor> _model;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _x;
    private readonly Tensor _y;
    private readonly Process _process = Process.GetCurrentProcess();

    private Duel(Settings settings)
    {
        manual_seed(1);
        _model = Model(settings);
        _optimizer = settings.Optimizer == "sgd" ? optim.SGD(_model.parameters(), 0.01) : optim.Adam(_model.parameters(), 1e-4);
        _x = randn(settings.Batch, 784);
        _y = randint(0, 10, [settings.Batch], dtype: int64);
    }

    public static IReadOnlyList<Pair> Run(Settings settings)
    {
        using var duel = new Duel(settings);
        for (var i = 0; i < WarmUp; i++)
            duel.Step(null);
        var options = new TrainGuardOptions();
        using var guard = TrainGuard.Watch(duel._model, duel._optimizer, options);
        var pairs = new List<Pair>();
        for (var number = 1; number <= settings.Steps; number++)
        {
            // Who comes second finds other caches: both come second equally often, also among inspected steps.
            var isBareFirst = (number / options.InspectEvery + number) % 2 == 0;
            var before = isBareFirst ? duel.Step(null) : null;
            var watched = duel.Step(guard);
            pairs.Add(new(number, number <= options.FirstSteps || number % options.InspectEvery == 0, before ?? duel.Step(null), watched));
        }

        return pairs;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _x.Dispose();
        _y.Dispose();
        _process.Dispose();
    }

    private Sample Step(TrainGuard? guard)
    {
        var (allocated, tensors, cpu) = (GC.GetTotalAllocatedBytes(), Tensor.TotalCount, Cpu());
        var start = Stopwatch.GetTimestamp();
        double batch, atLoss, step;
        using (NewDisposeScope())
        {
            batch = Timed(() => guard?.Batch(_x, _y));
            var loss = functional.cross_entropy(_model.call(_x), _y);
            _optimizer.zero_grad();
            atLoss = Timed(() => guard?.Loss(loss));
            loss.backward();
            _optimizer.step();
            step = Timed(() => guard?.Step());
        }

        var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new(wall, Cpu() - cpu, (batch, atLoss, step), GC.GetTotalAllocatedBytes() - allocated, Tensor.TotalCount - tensors);
    }

    private static double Timed(Action call)
    {
        var start = Stopwatch.GetTimestamp();
        call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private double Cpu()
    {
        _process.Refresh();
        return _process.TotalProcessorTime.TotalMilliseconds;
    }

    private static Sequential Model(Settings settings)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        var inputs = 784L;
        for (var i = 1; i <= (settings.Deep > 0 ? settings.Deep : 3); i++)
        {
            layers.Add(($"linear{i}", Linear(inputs, settings.Width)));
            if (settings.Deep > 0)
                layers.Add(($"norm{i}", LayerNorm(settings.Width)));
            layers.Add(($"act{i}", ReLU()));
            inputs = settings.Width;
        }

        layers.Add(("last", Linear(inputs, 10)));
        return Sequential(layers);
    }
}
