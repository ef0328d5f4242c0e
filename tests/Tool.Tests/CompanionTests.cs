using TorchSharp;
using TrainLint.Runtime;
using TrainLint.Tool.Report;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TrainLint.Tool.Tests;

/// <summary>What the companion writes is what the report reads.</summary>
public sealed class CompanionTests
{
    [Fact]
    public void The_log_of_a_run_is_read()
    {
        using var folder = new Folder();
        var file = Path.Combine(folder.Path, "run.jsonl");
        manual_seed(1);
        var random = new Random(1);
        var model = Sequential(("first", Linear(2, 16)), ("act", ReLU()), ("last", Linear(16, 3)));
        var optimizer = optim.SGD(model.parameters(), 0.1);
        using (var guard = TrainGuard.Watch(model, optimizer, new TrainGuardOptions { Classes = 3, LogFile = file }))
            for (var step = 1; step <= 60; step++)
            {
                using var scope = NewDisposeScope();
                var labels = Enumerable.Range(0, 32).Select(_ => (long)random.Next(3)).ToArray();
                var x = tensor(labels.SelectMany(l => new[] { MathF.Cos(2 * l) + 0.1f * random.NextSingle(), MathF.Sin(2 * l) }).ToArray()).reshape(32, 2);
                var y = tensor(labels);
                guard.Batch(x, y);
                var output = model.call(x);
                var loss = functional.cross_entropy(output, y);
                optimizer.zero_grad();
                guard.Loss(loss, output);
                loss.backward();
                optimizer.step();
                guard.Step();
                if (step % 20 == 0) guard.Validation(1.0 / step);
            }

        var log = RunLog.Read(file);
        Assert.Equal((60, 3, 0, true, 0), (log.StepCount, log.Epochs.Count, log.Findings.Count, log.Ended, log.UnreadLines));
        Assert.Equal("SGD", log.Optimizer);
        Assert.Equal(["first.weight", "first.bias", "last.weight", "last.bias"], log.Tensors.Select(t => t.Name));
        Assert.All(log.Tensors, t => Assert.Equal(("cpu", true, true, false), (t.Device, t.Trainable, t.Optimized, t.IsBuffer)));
        Assert.Equal([20, 40, 60], log.Epochs.Select(e => e.Step));
        Assert.All(log.Steps, s => Assert.Equal(0.1, s.Rate));
        Assert.True(log.Steps[^1].Loss < log.Steps[0].Loss);
        Assert.Contains(log.Steps, s => s.GradientNorm > 0 && s.Gradients.ContainsKey("first") && s.Updates["last"] > 0);
        Assert.Equal(["0", "1", "2"], log.Classes.Select(c => c.Class));
        Assert.Contains(log.Activations, a => a is { Name: "act", Kind: "ReLU", Zero: not null });
        Assert.Contains("<svg", HtmlReport.Render(new Checklists("", [], [], [log])), StringComparison.Ordinal);
    }
}
