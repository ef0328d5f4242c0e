using System.Collections.Immutable;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Evidence;
using TrainLint.Tool.Checking;

namespace TrainLint.Tool.Report;

/// <summary>What is known of a point, best first; a section is as its worst point.</summary>
internal enum Verdict
{
    NotApplicable,
    InOrder,
    NotProven,
    OnlyARun,
    WorthALook,
    Broken,
}

/// <summary>A place that shows something.</summary>
internal sealed record Shown(string Code, Place Place);

/// <summary>One point of the checklist of one loop.</summary>
/// <param name="Key">The point.</param>
/// <param name="Section">Its section.</param>
/// <param name="Verdict">What is known.</param>
/// <param name="Reason">The sentence that says why; null where nothing is known.</param>
/// <param name="Witnesses">The places that show it.</param>
/// <param name="Findings">What is broken.</param>
/// <param name="Companion">The call that tells it in a run.</param>
internal sealed record Point(string Key, Section Section, Verdict Verdict, string? Reason, ImmutableArray<Shown> Witnesses, ImmutableArray<Finding> Findings, string? Companion)
{
    /// <summary>What a run reported about it.</summary>
    public ImmutableArray<RunFinding> Seen { get; init; } = [];

    /// <summary>The steps of a run that reported nothing about it.</summary>
    public long? QuietSteps { get; init; }
}

/// <summary>The checklist of one training loop.</summary>
internal sealed record LoopChecklist(string Member, Place Place, ImmutableArray<Point> Points)
{
    public int Count(Verdict verdict) => Points.Count(p => p.Verdict == verdict);
}

/// <summary>The checklists of what was checked, with the findings that belong to no loop, and the runs.</summary>
internal sealed record Checklists(string Name, ImmutableArray<LoopChecklist> Loops, ImmutableArray<Finding> Elsewhere, ImmutableArray<RunLog> Runs)
{
    public ImmutableArray<Finding> Findings => [.. Loops.SelectMany(l => l.Points).SelectMany(p => p.Findings).Concat(Elsewhere).DistinctBy(f => (f.Id, f.Place))];

    /// <summary>The checklists of programs that were checked.</summary>
    /// <param name="programs">What was checked, with fixes.</param>
    /// <param name="runs">The logs of runs.</param>
    /// <param name="wanted">Which findings count.</param>
    /// <param name="cancellation">Ends it.</param>
    public static Checklists Of(IReadOnlyList<Checked> programs, ImmutableArray<RunLog> runs, Func<IEnumerable<Finding>, IReadOnlyList<Finding>> wanted, CancellationToken cancellation)
    {
        var loops = ImmutableArray.CreateBuilder<LoopChecklist>();
        var elsewhere = ImmutableArray.CreateBuilder<Finding>();
        foreach (var program in programs)
        {
            var findings = wanted(program.Findings);
            var found = TrainingFacts.Of(program.Compilation, program.Target.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider, cancellation);
            var owned = new HashSet<Finding>();
            foreach (var loop in found)
            {
                var own = findings.Where(f => loop.Concerns(f.Diagnostic.Location)).ToList();
                owned.UnionWith(own);
                loops.Add(new(loop.Member, Place.Of(Keyword(loop), program.Target.Root), [.. loop.Points.Select(p => Judge(p, own, program.Target.Root))]));
            }

            elsewhere.AddRange(findings.Where(f => !owned.Contains(f)));
        }

        // A log does not say which loop wrote it: with one loop there is no doubt.
        var checklists = new Checklists(string.Join(", ", programs.Select(p => p.Target.Name)), loops.ToImmutable(), elsewhere.ToImmutable(), runs);
        return runs is [var run] && checklists.Loops is [var only] ? checklists with { Loops = [only with { Points = [.. only.Points.Select(p => Told(p, run))] }] } : checklists;
    }

    private static Microsoft.CodeAnalysis.Location Keyword(TrainingLoop loop) => loop.Node.GetFirstToken().GetLocation();

    private static Point Judge(PointEvidence evidence, List<Finding> findings, string root)
    {
        var (point, broken) = (evidence.Point, findings.Where(f => evidence.Point.Rules.Contains(f.Id)).ToImmutableArray());
        if (!broken.IsEmpty) return new(point.Key, point.Section, broken.Any(f => f.Loudness >= Loudness.Warning) ? Verdict.Broken : Verdict.WorthALook, null, [], broken, null);
        var reason = evidence.Reason is { } key ? Words.Get("reason." + key, [.. evidence.Arguments]) : null;
        var witnesses = evidence.Witnesses.Select(w => new Shown(w.Code, Place.Of(w.Node.GetLocation(), root))).ToImmutableArray();
        return evidence.Standing switch
        {
            Standing.Proven => new(point.Key, point.Section, Verdict.InOrder, reason, witnesses, [], null),
            Standing.NotApplicable => new(point.Key, point.Section, Verdict.NotApplicable, reason, witnesses, [], null),
            _ => new(point.Key, point.Section, point.Companion is null ? Verdict.NotProven : Verdict.OnlyARun, null, [], [], point.Companion),
        };
    }

    private static Point Told(Point point, RunLog run)
    {
        var rules = Checklist.Points.First(p => p.Key == point.Key).Rules;
        var seen = run.Findings.Where(f => rules.Contains(f.Id)).ToImmutableArray();
        if (!seen.IsEmpty) return point with { Verdict = seen.Any(f => f.IsError) ? Verdict.Broken : point.Verdict == Verdict.Broken ? Verdict.Broken : Verdict.WorthALook, Seen = seen };
        return point.Verdict == Verdict.OnlyARun ? point with { QuietSteps = run.StepCount } : point;
    }
}
