namespace TrainLint.Runtime;

/// <summary>Whether a model can learn one batch by heart.</summary>
/// <param name="Passed">Whether the loss fell to the goal. A model that cannot fit one batch will not fit the data.</param>
/// <param name="First">The loss before training.</param>
/// <param name="Lowest">The lowest loss reached.</param>
/// <param name="Losses">The loss of each step.</param>
public sealed record OverfitResult(bool Passed, double First, double Lowest, IReadOnlyList<double> Losses)
{
    /// <summary>The result in a sentence.</summary>
    public override string ToString() => FormattableString.Invariant($"one batch in {Losses.Count} steps: loss {First:G4} to {Lowest:G4}, ")
        + (Passed ? "learned" : "not learned: before tuning anything, look at the loss, the targets, and what the optimizer holds");
}

/// <summary>The loss over a growing learning rate.</summary>
/// <param name="Suggested">A tenth of the rate at which the smoothed loss was lowest; null where the loss never fell.</param>
/// <param name="Points">The rate and the loss of each step, up to where the loss exploded.</param>
public sealed record LearningRateRange(double? Suggested, IReadOnlyList<(double Rate, double Loss)> Points)
{
    /// <summary>The result in a sentence.</summary>
    public override string ToString() => Suggested is { } rate
        ? FormattableString.Invariant($"learning rate: try {rate:G2}")
        : "learning rate: the loss fell at no rate";
}

/// <summary>Whether two trainings from one seed are the same.</summary>
/// <param name="IsReproducible">Whether all losses and all parameters were equal to the last bit.</param>
/// <param name="FirstDifference">The first step, from 1, whose losses differed; null where none did.</param>
/// <param name="Different">The paths of the parameters that differed at the end.</param>
public sealed record Reproducibility(bool IsReproducible, int? FirstDifference, IReadOnlyList<string> Different)
{
    /// <summary>The result in a sentence.</summary>
    public override string ToString() => IsReproducible
        ? "two runs from one seed are the same"
        : FirstDifference is { } step
            ? $"two runs from one seed differ from step {step} on: something draws from an unseeded generator, or an operation on the device is not deterministic"
            : $"two runs from one seed have equal losses and different parameters: {string.Join(", ", Different)}";
}
