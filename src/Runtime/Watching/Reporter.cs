using Microsoft.Extensions.Logging;

namespace TrainLint.Runtime.Watching;

/// <summary>Keeps to one report per cause, and hands reports on.</summary>
internal sealed class Reporter(TrainGuardOptions options, Action<Finding> log)
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<Cause> _errors = [];
    private readonly HashSet<Cause> _any = [];
    private readonly HashSet<(string, string?)> _seen = [];

    public IReadOnlyList<Finding> Findings => [.. _findings];

    /// <summary>Makes a report, unless one for the same cause was made: what follows from a fact is no news, and a passed limit is a symptom of what was reported before.</summary>
    /// <exception cref="TrainGuardException">For an error, where the options ask for it.</exception>
    public void Report(FindingType type, string message, string? subject = null, double? measured = null, double? limit = null, long step = 0)
    {
        if (options.Ignore.Contains(type.Id) || !_seen.Add((type.Id, subject)))
            return;
        // Each misplaced tensor and each failed check is a cause of its own.
        var single = type.Cause is not (Cause.Placement or Cause.Companion);
        var isError = type.Level == FindingLevel.Error;
        if (single && (isError ? _errors : _any).Contains(type.Cause))
            return;
        // After NaN, no measured value means anything.
        if (single && !isError && _errors.Contains(Cause.Stability))
            return;
        _any.Add(type.Cause);
        if (isError)
            _errors.Add(type.Cause);

        var finding = new Finding(type.Id, type.Level, message, subject, measured, limit, step);
        _findings.Add(finding);
        log(finding);
        if (options.Logger is null)
            Console.Error.WriteLine(finding);
        else
            options.Logger.Log(isError ? LogLevel.Error : LogLevel.Information, new EventId(0, type.Id), finding, null, static (found, _) => found.ToString());
        if (isError && options.ThrowOnError)
            throw new TrainGuardException(finding);
    }
}
