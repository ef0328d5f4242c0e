namespace TrainLint.Runtime;

/// <summary>What lies behind a finding. Of each cause one report is made; what follows from it is left out.</summary>
internal enum Cause
{
    /// <summary>Something lies on the wrong device or has the wrong type. Each tensor has a report of its own.</summary>
    Placement,

    /// <summary>The optimizer holds part of the model only.</summary>
    Optimizer,

    /// <summary>The model does not learn.</summary>
    Learning,

    /// <summary>Values or steps grow beyond measure.</summary>
    Stability,

    /// <summary>The inputs are not in a form that trains well.</summary>
    Input,

    /// <summary>Class labels are wrong.</summary>
    Labels,

    /// <summary>Some classes are rare.</summary>
    Balance,

    /// <summary>The data comes in an order.</summary>
    Order,

    /// <summary>The model is in the wrong mode.</summary>
    Mode,

    /// <summary>The model fits the training data only.</summary>
    Generalization,

    /// <summary>The learning rate does not follow its plan.</summary>
    Schedule,

    /// <summary>Tensors are not freed.</summary>
    Memory,

    /// <summary>The machine is not used.</summary>
    Device,

    /// <summary>A check failed.</summary>
    Companion,
}

/// <summary>A kind of finding: its identifier, what it says and how certain it is.</summary>
/// <param name="Id">TL.. where a rule of the analyzer finds the same mistake in code, TLR.. otherwise; the digits are the section of the checklist and a number.</param>
/// <param name="Level">How certain it is.</param>
/// <param name="Cause">What it is a sign of.</param>
/// <param name="Title">What is wrong, in a few words.</param>
internal sealed record FindingType(string Id, FindingLevel Level, Cause Cause, string Title);

/// <summary>All kinds of findings, in the order of the checklist.</summary>
internal static class FindingTypes
{
    private const FindingLevel Fact = FindingLevel.Error;
    private const FindingLevel Threshold = FindingLevel.Information;

    public static readonly FindingType CheckSwitchedOff = new("TLR0001", Threshold, Cause.Companion, "A check failed and was switched off");
    public static readonly FindingType RateTooHigh = new("TL0101", Threshold, Cause.Stability, "Updates are large against the weights");
    public static readonly FindingType RateTooLow = new("TL0102", Threshold, Cause.Learning, "Updates are too small to matter");
    public static readonly FindingType SchedulerIdle = new("TL0103", Threshold, Cause.Schedule, "The scheduler does not change the learning rate");
    public static readonly FindingType RateZero = new("TLR0101", Threshold, Cause.Schedule, "The learning rate stays at zero");
    public static readonly FindingType InputScale = new("TL0201", Threshold, Cause.Input, "Inputs look like unscaled pixels");
    public static readonly FindingType InputNotFinite = new("TLR0201", Fact, Cause.Stability, "The input holds NaN or infinity");
    public static readonly FindingType Imbalance = new("TLR0202", Threshold, Cause.Balance, "Classes are very unevenly frequent");
    public static readonly FindingType UnusedSubmodule = new("TL0312", Fact, Cause.Learning, "Parameters never get a gradient");
    public static readonly FindingType Saturated = new("TL0307", Threshold, Cause.Learning, "Activations are saturated");
    public static readonly FindingType ParameterNotFinite = new("TLR0301", Fact, Cause.Stability, "Parameters are NaN or infinite");
    public static readonly FindingType DeadActivations = new("TLR0302", Threshold, Cause.Learning, "Units are dead");
    public static readonly FindingType ConstantOutput = new("TLR0303", Threshold, Cause.Learning, "The output does not depend on the input");
    public static readonly FindingType ClassTargetType = new("TL0407", Fact, Cause.Labels, "Classes of a type that the loss refuses");
    public static readonly FindingType ClassOutOfRange = new("TLR0401", Fact, Cause.Labels, "A class index is out of range");
    public static readonly FindingType LossNotFinite = new("TLR0402", Fact, Cause.Stability, "The loss is NaN or infinite");
    public static readonly FindingType FirstLoss = new("TLR0403", Threshold, Cause.Input, "The first loss is far above that of guessing");
    public static readonly FindingType OptimizerMissesModel = new("TL0503", Fact, Cause.Learning, "The optimizer holds none of the model's parameters");
    public static readonly FindingType StaleOptimizer = new("TL0505", Fact, Cause.Learning, "The optimizer holds parameters that the model has replaced");
    public static readonly FindingType EmptyOptimizer = new("TLR0501", Fact, Cause.Learning, "The optimizer holds no parameters");
    public static readonly FindingType GradientNotFinite = new("TLR0502", Fact, Cause.Stability, "Gradients are NaN or infinite");
    public static readonly FindingType ZeroGradients = new("TLR0503", Threshold, Cause.Learning, "Gradients are all zero");
    public static readonly FindingType ExplodingGradients = new("TLR0504", Threshold, Cause.Stability, "Gradients explode");
    public static readonly FindingType VanishingGradients = new("TLR0505", Threshold, Cause.Learning, "Gradients vanish on the way back");
    public static readonly FindingType ParametersMissed = new("TLR0506", Threshold, Cause.Optimizer, "Trainable parameters are in no optimizer");
    public static readonly FindingType LabelsSorted = new("TL0601", Threshold, Cause.Order, "Labels arrive in sorted runs");
    public static readonly FindingType NoGradient = new("TL0702", Fact, Cause.Learning, "No parameter has a gradient at the step");
    public static readonly FindingType NeverStepped = new("TL0704", Fact, Cause.Learning, "An epoch passed without a step");
    public static readonly FindingType EvaluationMode = new("TL0705", Fact, Cause.Mode, "The model trains in evaluation mode");
    public static readonly FindingType DeviceMismatch = new("TL0707", Fact, Cause.Placement, "Tensors of one step lie on different devices");
    public static readonly FindingType TypeMismatch = new("TLR0701", Fact, Cause.Placement, "The input has another floating type than the model");
    public static readonly FindingType NothingChanged = new("TLR0702", Fact, Cause.Learning, "No parameter changed in a step");
    public static readonly FindingType IdleGpu = new("TLR0703", Threshold, Cause.Device, "A large model is on the CPU while a GPU is free");
    public static readonly FindingType Overfitting = new("TLR0801", Threshold, Cause.Generalization, "The validation loss rises while the training loss falls");
    public static readonly FindingType Plateau = new("TLR1001", Threshold, Cause.Learning, "The loss has not moved");
    public static readonly FindingType Divergence = new("TLR1002", Threshold, Cause.Stability, "The loss diverges");
    public static readonly FindingType Oscillation = new("TLR1003", Threshold, Cause.Stability, "The loss oscillates");
    public static readonly FindingType LiveTensorsGrow = new("TLR1101", Threshold, Cause.Memory, "Live tensors grow with every step");

    public static IReadOnlyList<FindingType> All { get; } =
    [
        CheckSwitchedOff,
        RateTooHigh, RateTooLow, SchedulerIdle, RateZero,
        InputScale, InputNotFinite, Imbalance,
        Saturated, UnusedSubmodule, ParameterNotFinite, DeadActivations, ConstantOutput,
        ClassTargetType, ClassOutOfRange, LossNotFinite, FirstLoss,
        OptimizerMissesModel, StaleOptimizer, EmptyOptimizer, GradientNotFinite, ZeroGradients, ExplodingGradients, VanishingGradients, ParametersMissed,
        LabelsSorted,
        NoGradient, NeverStepped, EvaluationMode, DeviceMismatch, TypeMismatch, NothingChanged, IdleGpu,
        Overfitting,
        Plateau, Divergence, Oscillation,
        LiveTensorsGrow,
    ];
}
