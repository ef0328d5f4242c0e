namespace TrainLint.Runtime;

/// <summary>What has been found in a run so far.</summary>
/// <param name="Findings">The findings, in the order in which they were made.</param>
/// <param name="Steps">How often <see cref="TrainGuard.Step"/> was called.</param>
/// <param name="Epochs">How often <see cref="TrainGuard.Validation(double)"/> was called.</param>
public sealed record TrainReport(IReadOnlyList<Finding> Findings, long Steps, long Epochs)
{
    /// <summary>Whether one of the findings is a fact.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Level == FindingLevel.Error);

    /// <summary>The findings, one per line; or that there are none.</summary>
    public override string ToString() => Findings.Count == 0
        ? $"TrainLint: nothing found in {Steps} steps"
        : string.Join(Environment.NewLine, Findings);
}
