using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.optim.lr_scheduler;

namespace Callbacks;

public sealed class TrainingContext
{
    public required Module<Tensor, Tensor> Model { get; init; }
    public required optim.Optimizer Optimizer { get; init; }
    public int Epoch { get; set; }
    public double TrainLoss { get; set; }
    public double ValidationLoss { get; set; }
    public bool Stop { get; set; }
}

public interface ICallback
{
    void OnEpochEnd(TrainingContext context) { }
    void OnBatchEnd(TrainingContext context, float loss) { }
}

public sealed class ConsoleLogger(int every = 50) : ICallback
{
    private int batches;

    public void OnBatchEnd(TrainingContext context, float loss)
    {
        if (++batches % every == 0) Console.WriteLine($"  batch {batches}: {loss:F4}");
    }

    public void OnEpochEnd(TrainingContext context) =>
        Console.WriteLine($"epoch {context.Epoch}: {context.TrainLoss:F4} / {context.ValidationLoss:F4}");
}

public sealed class PlateauCallback(LRScheduler scheduler) : ICallback
{
    public void OnEpochEnd(TrainingContext context) => scheduler.step(context.ValidationLoss);
}

public sealed class EarlyStopping(int patience, string path) : ICallback
{
    private double best = double.MaxValue;
    private int waited;

    public void OnEpochEnd(TrainingContext context)
    {
        if (context.ValidationLoss < best)
        {
            (best, waited) = (context.ValidationLoss, 0);
            context.Model.save(path);
        }
        else if (++waited >= patience)
        {
            context.Stop = true;
        }
    }
}

public abstract class TrainerBase
{
    private readonly List<ICallback> callbacks = [];

    protected TrainerBase(TrainingContext context) => Context = context;

    protected TrainingContext Context { get; }

    public TrainerBase With(ICallback callback)
    {
        callbacks.Add(callback);
        return this;
    }

    protected abstract Tensor ComputeLoss(Tensor prediction, Tensor target);

    public void Fit(DataLoader train, DataLoader validation, int epochs)
    {
        for (Context.Epoch = 1; Context.Epoch <= epochs && !Context.Stop; Context.Epoch++)
        {
            Context.TrainLoss = TrainEpoch(train);
            Context.ValidationLoss = Evaluate(validation);
            foreach (var callback in callbacks) callback.OnEpochEnd(Context);
        }
    }

    private double TrainEpoch(DataLoader loader)
    {
        Context.Model.train();
        double sum = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var loss = TrainStep(batch);
            sum += loss;
            foreach (var callback in callbacks) callback.OnBatchEnd(Context, loss);
        }

        return sum / loader.Count;
    }

    protected virtual float TrainStep(Dictionary<string, Tensor> batch)
    {
        Context.Optimizer.zero_grad();
        var loss = ComputeLoss(Context.Model.call(batch["data"]), batch["label"]);
        loss.backward();
        Context.Optimizer.step();
        return loss.item<float>();
    }

    private double Evaluate(DataLoader loader)
    {
        Context.Model.eval();
        using var _ = no_grad();
        double sum = 0;
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            sum += ComputeLoss(Context.Model.call(batch["data"]), batch["label"]).item<float>();
        }

        return sum / loader.Count;
    }
}

public sealed class ClassificationTrainer(TrainingContext context) : TrainerBase(context)
{
    private readonly CrossEntropyLoss criterion = CrossEntropyLoss();

    protected override Tensor ComputeLoss(Tensor prediction, Tensor target) => criterion.call(prediction, target);
}

public static class Start
{
    public static void Run(DataLoader train, DataLoader validation)
    {
        var model = Sequential(Flatten(), Linear(784, 256), BatchNorm1d(256), ReLU(), Dropout(0.2), Linear(256, 10));
        var optimizer = optim.Adam(model.parameters());
        var scheduler = ReduceLROnPlateau(optimizer, factor: 0.5, patience: 2);
        new ClassificationTrainer(new TrainingContext { Model = model, Optimizer = optimizer })
            .With(new ConsoleLogger())
            .With(new PlateauCallback(scheduler))
            .With(new EarlyStopping(5, "best.dat"))
            .Fit(train, validation, 50);
    }
}
