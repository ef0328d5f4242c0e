using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>What all checks know of a run.</summary>
internal sealed class Run(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, TrainGuardOptions options, Reporter reporter)
{
    private int _groups;

    public nn.Module Model { get; } = model;

    public IReadOnlyList<optim.Optimizer> Optimizers { get; } = optimizers;

    public TrainGuardOptions Options { get; } = options;

    public ModelMap Map { get; private set; } = ModelMap.Of(model);

    /// <summary>What the optimizers hold of it; null before the first step.</summary>
    public Holdings? Holdings { get; private set; }

    /// <summary>The number of the step that is under way, from 1.</summary>
    public long Step { get; set; } = 1;

    /// <summary>The number of epochs that have ended.</summary>
    public long Epoch { get; set; }

    /// <summary>Whether the step under way is inspected: gradients, updates and activations are measured.</summary>
    public bool IsInspected => Step <= Options.FirstSteps || Step % Options.InspectEvery == 0;

    /// <summary>Losses of this step, in the order in which they came: more than one where gradients are accumulated or a closure is called again.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>The learning rates in force, one per parameter group.</summary>
    public IReadOnlyList<double> LearningRates { get; set; } = [];

    /// <summary>What was measured at the end of this step; null for a step that is not inspected.</summary>
    public Inspection? Inspection { get; set; }

    /// <summary>The activations of this step by layer; empty where they were not observed.</summary>
    public IReadOnlyList<Activation> Activations { get; set; } = [];

    /// <summary>How often each class occurred in the batches of this step, where that was read.</summary>
    public SortedDictionary<long, long> Labels { get; } = [];

    /// <summary>The batch of this step, as far as it still exists.</summary>
    public IReadOnlyList<Tensor> Inputs { get; set; } = [];

    public void Report(FindingType type, string message, string? subject = null, double? measured = null, double? limit = null) =>
        reporter.Report(type, message, subject, measured, limit, Step);

    public void TakeMap()
    {
        Map = ModelMap.Of(Model);
        _groups = Groups();
        Holdings = new(Optimizers, Map);
    }

    /// <summary>Whether the model is still as it was mapped, and the optimizers have no new groups.</summary>
    public bool IsCurrent() => Map.IsCurrent() && _groups == Groups();

    /// <summary>The trainable parameters of the model that an optimizer holds.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Trained() =>
        [.. Map.Parameters.Where(entry => !entry.Value.IsInvalid && entry.Value.requires_grad && Holdings?.Contain(entry.Value) == true)];

    private int Groups() => Optimizers.Sum(optimizer => optimizer.ParamGroups.Count());
}
