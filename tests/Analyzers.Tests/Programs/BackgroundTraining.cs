using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Background;

public sealed record Progress(int Epoch, double Loss, double Accuracy);

public sealed class Screws : torch.utils.data.Dataset
{
    private readonly byte[][] pixels;
    private readonly long[] labels;

    public Screws(byte[][] pixels, long[] labels) => (this.pixels, this.labels) = (pixels, labels);

    public override long Count => labels.Length;

    public override Dictionary<string, Tensor> GetTensor(long index) => new()
    {
        ["image"] = tensor(pixels[index]),
        ["label"] = tensor(labels[index]),
    };
}

public sealed class ScrewNet : Module<Tensor, Tensor>
{
    private readonly Linear input, output;
    private readonly BatchNorm1d norm;

    public ScrewNet() : base(nameof(ScrewNet))
    {
        input = Linear(400, 80);
        norm = BatchNorm1d(80);
        output = Linear(80, 6);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var h = norm.call(input.call(x));
        var bent = h.relu_();
        return output.call(bent);
    }
}

/// <summary>Trains behind a user interface: reports after each epoch, waits while it is paused, stops when it is told to.</summary>
public sealed class BackgroundTrainer(Screws training, Screws testing, IProgress<Progress> progress)
{
    private readonly SemaphoreSlim running = new(1);
    private readonly ScrewNet net = new();

    public Task Pause() => running.WaitAsync();

    public void Resume() => running.Release();

    public async Task RunAsync(int epochs, CancellationToken cancellation)
    {
        using var trainLoader = torch.utils.data.DataLoader(training, 32, shuffle: true, drop_last: true);
        using var testLoader = torch.utils.data.DataLoader(testing, 128);
        using var optimizer = optim.AdamW(net.parameters(), lr: 2e-3);
        for (var epoch = 1; epoch <= epochs && !cancellation.IsCancellationRequested; epoch++)
        {
            await running.WaitAsync(cancellation);
            running.Release();
            var loss = Epoch(optimizer, trainLoader);
            progress.Report(new Progress(epoch, loss, Accuracy(testLoader)));
            await Task.Yield();
        }

        net.save("screws.dat");
    }

    /// <summary>Batches come as they are measured; each is trained on when it is there.</summary>
    public async Task FollowAsync(IAsyncEnumerable<(Tensor x, Tensor y)> stream, CancellationToken cancellation)
    {
        using var optimizer = optim.SGD(net.parameters(), 0.01);
        net.train();
        await foreach (var (x, y) in stream.WithCancellation(cancellation))
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = functional.cross_entropy(net.call(x), y);
            loss.backward();
            optimizer.step();
            progress.Report(new Progress(0, loss.ToDouble(), double.NaN));
        }
    }

    private double Epoch(optim.Optimizer optimizer, DataLoader loader)
    {
        net.train();
        var total = 0.0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var images = batch["image"].to(float32) / 255;
            optimizer.zero_grad();
            var loss = functional.cross_entropy(net.call(images), batch["label"]);
            loss.backward();
            optimizer.step();
            total += loss.ToDouble();
        }

        return total / loader.Count;
    }

    private double Accuracy(DataLoader loader)
    {
        net.eval();
        using var guard = no_grad();
        long right = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var images = batch["image"].to(float32) / 255;
            right += net.call(images).argmax(1).eq(batch["label"]).sum().item<long>();
        }

        return (double)right / loader.dataset.Count;
    }
}
