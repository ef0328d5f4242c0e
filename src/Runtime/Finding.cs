namespace TrainLint.Runtime;

/// <summary>How certain a finding is.</summary>
public enum FindingLevel
{
    /// <summary>A measured value has passed a limit. Worth a look; the training may be in order all the same.</summary>
    Information,

    /// <summary>A fact: the training cannot work as it stands, or has already gone wrong.</summary>
    Error,
}

/// <summary>One thing that <see cref="TrainGuard"/> found out about a run. Each cause is reported once.</summary>
/// <param name="Id">The identifier: that of the rule of the analyzer that finds the same mistake in code (TL0707), or one of a run's own (TLR0402).</param>
/// <param name="Level">Whether this is a fact or a passed limit.</param>
/// <param name="Message">What was found and what to do about it, in one sentence.</param>
/// <param name="Subject">The path of the tensor or layer that it is about, as in <c>named_parameters()</c>; null where it is about the whole run.</param>
/// <param name="Measured">The value that was measured, null where there is none.</param>
/// <param name="Limit">The limit that it passed, null where there is none.</param>
/// <param name="Step">The number of the training step, from 1; 0 before the first.</param>
public sealed record Finding(string Id, FindingLevel Level, string Message, string? Subject, double? Measured, double? Limit, long Step)
{
    /// <summary>The page that explains this kind of finding.</summary>
    public string HelpLink => $"https://github.com/trainlint/trainlint/blob/main/docs/runtime/{Id}.md";

    /// <summary>The finding in one line, as it is printed.</summary>
    public override string ToString() => $"TrainLint {(Level == FindingLevel.Error ? "error" : "information")} {Id} at step {Step}: {Message} ({HelpLink})";
}
