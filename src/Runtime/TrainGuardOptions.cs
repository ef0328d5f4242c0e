using Microsoft.Extensions.Logging;
using TorchSharp;
using TorchSharp.Modules;

namespace TrainLint.Runtime;

/// <summary>What the loss measures, as far as checks can use it.</summary>
public enum Objective
{
    /// <summary>Nothing is known: the first loss is compared with nothing.</summary>
    Unknown,

    /// <summary>Cross entropy, or negative log likelihood, over <see cref="TrainGuardOptions.Classes"/> classes: guessing has a loss of ln(classes).</summary>
    CrossEntropy,

    /// <summary>Binary cross entropy, with or without logits: guessing has a loss of ln 2.</summary>
    BinaryCrossEntropy,
}

/// <summary>
/// How a run is watched. Everything has a default; what the guard compares measured values with is here and nowhere else. Limits decide about
/// information only, never about errors. The sources are in docs/runtime/README.md, with the false alarms that made them as wide as they are.
/// </summary>
public sealed record TrainGuardOptions
{
    /// <summary>Where findings go; null for the console's error stream.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Whether an error is thrown as a <see cref="TrainGuardException"/> once it is reported. For CI and tests.</summary>
    public bool ThrowOnError { get; init; }

    /// <summary>Identifiers of findings not to report, such as "TL0707" for a model that is spread over devices on purpose.</summary>
    public IReadOnlyCollection<string> Ignore { get; init; } = [];

    /// <summary>The file that the run is logged to, in JSON Lines (docs/runtime/log.md); it is replaced. Null for no log.</summary>
    public string? LogFile { get; init; }

    /// <summary>Every how many steps a line is logged, at least 1. Inspected steps are always logged.</summary>
    public int LogEvery { get; init; } = 1;

    /// <summary>Where scalars go (loss, learning rate, gradient norm, validation), from torch.utils.tensorboard.SummaryWriter(); null for nowhere.</summary>
    public SummaryWriter? SummaryWriter { get; init; }

    /// <summary>What the loss measures; <see cref="Objective.CrossEntropy"/> where <see cref="Classes"/> is set.</summary>
    public Objective Objective { get; init; }

    /// <summary>The number of classes, where targets are class indices. Enables the checks of targets before they reach the loss.</summary>
    public int? Classes { get; init; }

    /// <summary>A class index that the loss leaves out, as in cross_entropy; the library's default.</summary>
    public long IgnoreIndex { get; init; } = -100;

    /// <summary>Whether a lower loss is better. Not so for adversarial losses and for policy gradients: their curve is not judged.</summary>
    public bool LossIsProgress { get; init; } = true;

    /// <summary>Whether the learning rate is meant to change: a scheduler is attached.</summary>
    public bool Scheduled { get; init; }

    /// <summary>Tensors beside model and batch that have to be where the model is, by the name to report: class weights, positional codes.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Tensors { get; init; } = new Dictionary<string, torch.Tensor>();

    /// <summary>How many steps at the start are inspected one by one. Mistakes in the program show there.</summary>
    public int FirstSteps { get; init; } = 10;

    /// <summary>Every how many steps gradients, updates and activations are inspected afterwards, at least 1. An inspection reads all gradients once.</summary>
    public int InspectEvery { get; init; } = 50;

    /// <summary>How many elements of each parameter are copied to measure its update. A change of none is confirmed on all.</summary>
    public int UpdateSample { get; init; } = 4096;

    /// <summary>From how many parameters on a model on the CPU is worth a word while a GPU is free. A small one may be faster there.</summary>
    public long IdleGpuParameters { get; init; } = 1_000_000;

    /// <summary>How many inspected steps in a row a limit on gradients, updates or activations must be passed. Single spikes are normal.</summary>
    public int Patience { get; init; } = 5;

    /// <summary>The gradient norm over the median of the run so far, from which on gradients explode.</summary>
    public double ExplodingGradient { get; init; } = 100;

    /// <summary>The gradient norm per element of one layer over that of the layer with the largest, below which gradients vanish. Measured: eight Sigmoid layers 7e-8, eight ReLU layers 6e-3.</summary>
    public double VanishingGradient { get; init; } = 1e-6;

    /// <summary>The norm of an update over the norm of the weight, as the median over layers, from which on the learning rate is too high.</summary>
    public double LargeUpdate { get; init; } = 0.5;

    /// <summary>The same, below which the learning rate is too low: float32 resolves 6e-8.</summary>
    public double SmallUpdate { get; init; } = 1e-7;

    /// <summary>The share of a layer's units that are zero for the whole batch, from which on the layer is dead.</summary>
    public double DeadUnits { get; init; } = 0.95;

    /// <summary>The share of values of a Sigmoid or Tanh within 0.01 of its ends, from which on it is saturated.</summary>
    public double SaturatedValues { get; init; } = 0.95;

    /// <summary>How many samples a batch needs to be judged by its activations.</summary>
    public int LeastSamples { get; init; } = 16;

    /// <summary>The first loss over that of guessing, from which on it is too high. Measured: pixels in 0..255 give 2 to 150, a default initialization 1.0 to 1.1.</summary>
    public double FirstLossFactor { get; init; } = 3;

    /// <summary>How many steps the loss may stay where it began. Compared are medians of a fifth of as many steps.</summary>
    public int PlateauSteps { get; init; } = 500;

    /// <summary>The share by which the loss has to fall within <see cref="PlateauSteps"/>.</summary>
    public double PlateauFall { get; init; } = 0.01;

    /// <summary>The median loss of 20 steps over the lowest of the run, and over half of the first, from which on the loss diverges.</summary>
    public double DivergenceFactor { get; init; } = 10;

    /// <summary>The mean difference from step to step over the median loss, from which on a loss that goes up and down each step oscillates.</summary>
    public double OscillationSize { get; init; } = 0.5;

    /// <summary>The validation loss over its lowest, from which on it has risen.</summary>
    public double ValidationRise { get; init; } = 1.2;

    /// <summary>How many epochs ago the lowest validation loss must be.</summary>
    public int ValidationPatience { get; init; } = 3;

    /// <summary>How many labels are read to judge their order and frequency, at the start of the run.</summary>
    public int LabelSample { get; init; } = 2000;

    /// <summary>The frequency of the most frequent class over that of the rarest, from which on classes are unbalanced.</summary>
    public double ClassImbalance { get; init; } = 50;

    /// <summary>The number of changes of class from label to label over that expected of shuffled data, below which data is sorted.</summary>
    public double LabelChanges { get; init; } = 0.2;

    /// <summary>How many steps in a row a learning rate may be zero: warm-up and annealing touch zero.</summary>
    public int ZeroRateSteps { get; init; } = 50;

    /// <summary>How many steps a scheduled learning rate may stay the same, unless epochs are longer: three of them.</summary>
    public int IdleScheduleSteps { get; init; } = 1000;

    /// <summary>The number of steps over which the lowest count of live tensors is taken; three such spans in a row must rise.</summary>
    public int MemorySpan { get; init; } = 100;

    /// <summary>The live tensors gained per step, from which on they grow.</summary>
    public double LiveTensorGrowth { get; init; } = 0.5;

    /// <summary><see cref="Objective"/>, with what <see cref="Classes"/> says about it.</summary>
    internal Objective EffectiveObjective => Objective == Objective.Unknown && Classes is not null ? Objective.CrossEntropy : Objective;
}
