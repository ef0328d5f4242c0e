using System;
using System.Collections.Generic;
using System.Threading;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Injected;

public sealed class TrainingOptions
{
    public double LearningRate { get; set; } = 1e-3;
    public int BatchSize { get; set; } = 64;
    public int Epochs { get; set; } = 20;
    public string OutputFolder { get; set; } = "models";
}

public interface IModelFactory
{
    Module<Tensor, Tensor> Create();
}

public interface IOptimizerFactory
{
    optim.Optimizer Create(IEnumerable<Parameter> parameters);
}

public interface IDataSource
{
    IEnumerable<(Tensor features, Tensor label)> Training(int batchSize);
    IEnumerable<(Tensor features, Tensor label)> Validation(int batchSize);
}

public interface ILog
{
    void Info(string message);
}

public sealed class ChurnModelFactory : IModelFactory
{
    private sealed class ChurnModel : Module<Tensor, Tensor>
    {
        private readonly Linear hidden = Linear(20, 32);
        private readonly BatchNorm1d norm = BatchNorm1d(32);
        private readonly Dropout dropout = Dropout(0.25);
        private readonly Linear output = Linear(32, 1);

        public ChurnModel() : base(nameof(ChurnModel)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var h = norm.call(hidden.call(input)).relu();
            return output.call(dropout.call(h)).squeeze(1);
        }
    }

    public Module<Tensor, Tensor> Create() => new ChurnModel();
}

public sealed class AdamFactory(TrainingOptions options) : IOptimizerFactory
{
    public optim.Optimizer Create(IEnumerable<Parameter> parameters) => optim.Adam(parameters, options.LearningRate);
}

public sealed class TrainingService(IModelFactory models, IOptimizerFactory optimizers, IDataSource data, ILog log, TrainingOptions options)
{
    private readonly BCEWithLogitsLoss criterion = BCEWithLogitsLoss();

    public void Run(CancellationToken cancellation)
    {
        using var model = models.Create();
        using var optimizer = optimizers.Create(model.parameters());
        for (var epoch = 1; epoch <= options.Epochs && !cancellation.IsCancellationRequested; epoch++)
        {
            var train = Pass(model, data.Training(options.BatchSize), optimizer);
            var validation = Pass(model, data.Validation(options.BatchSize), null);
            log.Info($"Epoch {epoch}: {train:F4} (validation {validation:F4})");
        }

        model.save(System.IO.Path.Combine(options.OutputFolder, "churn.dat"));
    }

    // One pass over the data: with an optimizer it trains, without one it only looks.
    private double Pass(Module<Tensor, Tensor> model, IEnumerable<(Tensor features, Tensor label)> batches, optim.Optimizer? optimizer)
    {
        var training = optimizer is not null;
        model.train(training);
        using var gradients = set_grad_enabled(training);
        double sum = 0;
        var count = 0;
        foreach (var (features, label) in batches)
        {
            using var scope = NewDisposeScope();
            var logits = model.call(features);
            var loss = criterion.call(logits, label.to(ScalarType.Float32));
            if (optimizer is not null)
            {
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }

            sum += loss.ToDouble();
            count++;
        }

        return count == 0 ? 0 : sum / count;
    }
}
