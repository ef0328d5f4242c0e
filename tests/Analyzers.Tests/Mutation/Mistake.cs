namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>One way to make one mistake: finds the places of a clean program where it can be made, and makes it at each.</summary>
/// <param name="Rule">The rule that has to report.</param>
/// <param name="What">What is done to the program, in words.</param>
/// <param name="Inject">The mistaken programs, with <c>[|marks|]</c> at the places of which the rule reports at least one.</param>
/// <param name="Also">Rules that rightly report the same mistake from their point of view.</param>
internal sealed record Mistake(string Rule, string What, Func<ProgramSource, IEnumerable<string>> Inject, params string[] Also)
{
    /// <summary>A rule that reports it as well as the first, where the two share one mistake and the order of the code decides between them.</summary>
    public string? Or { get; init; }

    /// <summary>The mistake as it is named where nothing else stands around it.</summary>
    public string Name => $"{Rule}: {What}";

    /// <summary>All mistakes, in the order of the rules.</summary>
    public static IReadOnlyList<Mistake> All { get; } =
    [
        .. LearningRateMistakes.All,
        .. DataMistakes.All,
        .. ModelMistakes.All,
        .. LossMistakes.All,
        .. OptimizerMistakes.All,
        .. BatchMistakes.All,
        .. TrainingStepMistakes.All,
        .. EvaluationMistakes.All,
        .. ResourceMistakes.All,
    ];
}
