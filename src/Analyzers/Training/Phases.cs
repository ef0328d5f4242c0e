namespace TrainLint.Analyzers.Training;

/// <summary>Where an optimizer's gradients stand.</summary>
internal static class GradientPhase
{
    /// <summary>No gradient since the optimizer was made or cleared.</summary>
    public const int Clean = 0;

    /// <summary>backward() has run since they were cleared, step() has not.</summary>
    public const int Computed = 1;

    /// <summary>step() has used them; they are still there.</summary>
    public const int Stepped = 2;

    /// <summary>backward() has added to gradients that a step() had used.</summary>
    public const int Mixed = 3;

    /// <summary>Cleared although no step() had used them.</summary>
    public const int Lost = 4;

    /// <summary>Out of sight for a while.</summary>
    public const int Unknown = 5;

    public static readonly PhaseSet Any = PhaseSet.Of(Unknown);

    public static readonly Relation ZeroGrad = Relation.FromMap(phase => PhaseSet.Of(phase is Computed or Lost ? Lost : Clean));

    /// <summary>A zero_grad() that may be skipped or may concern another optimizer: believed where that keeps us silent.</summary>
    public static readonly Relation MayZeroGrad = Relation.FromMap(phase => PhaseSet.Of(phase is Stepped or Mixed ? Clean : phase));

    public static readonly Relation Backward = Relation.FromMap(phase => PhaseSet.Of(phase switch
    {
        Stepped or Mixed => Mixed,
        _ => Computed,
    }));

    /// <summary>A call that nobody here can see into and that was given a tensor or a module: it may run backward().</summary>
    public static readonly Relation MayBackward = Relation.FromMap(phase => PhaseSet.Of(phase, phase == Stepped ? Unknown : phase == Mixed ? Mixed : phase == Unknown ? Unknown : Computed));

    public static readonly Relation Step = Relation.FromMap(phase => PhaseSet.Of(phase switch
    {
        Computed or Mixed or Stepped or Unknown => Stepped,
        _ => phase,
    }));

    public static readonly Relation Forget = Relation.Constant(Any);
}

/// <summary>The mode that a module is in.</summary>
internal static class ModulePhase
{
    public const int Train = 0;
    public const int Eval = 1;
    public const int Unknown = 2;

    public static readonly PhaseSet Any = PhaseSet.Of(Unknown);

    public static readonly Relation ToTrain = Relation.Constant(PhaseSet.Of(Train));
    public static readonly Relation ToEval = Relation.Constant(PhaseSet.Of(Eval));
    public static readonly Relation Forget = Relation.Constant(Any);
}
