using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Tests.Contract;
using Xunit;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>
/// Every mistake at every place of the clean programs where it can be made: the right rule reports it at the right line, no other warning
/// appears, and the fix brings back a silent program. What is missed is listed with its reason. A part of the mistakes, always the same, is
/// tried each time; all of them where TRAINLINT_FULL is 1, or TRAINLINT_UPDATE, which writes the table of docs/accuracy.md; all of some rules
/// and nothing else where TRAINLINT_FULL names them (<c>TL0508,TL10</c>).
/// </summary>
public sealed class MutationTests
{
    private const string Page = "docs/accuracy.md";

    // One mistake of so many is tried where not all are.
    private const int Sample = 12;

    private static readonly string Wanted = Environment.GetEnvironmentVariable("TRAINLINT_FULL") ?? "";

    private static readonly bool Full = Wanted == "1" || Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") == "1";

    private sealed record Outcome(Mistake Mistake, string Program, int Line, bool Caught, bool? Mended, string Problem);

    [Fact]
    public async Task Mistakes_are_found_where_they_were_made()
    {
        var outcomes = await Outcomes();
        var problems = outcomes.Where(o => o.Problem.Length > 0).Select(o => $"{o.Program}({o.Line}) {o.Mistake.Name}: {o.Problem}")
            .Concat(outcomes.Where(o => !o.Caught && KnownMisses.ReasonOf(o.Mistake, o.Program) is null).Select(o => $"{o.Program}({o.Line}) {o.Mistake.Name}: missed"));
        if (Full)
        {
            problems = problems.Concat(Mistake.All.Where(m => outcomes.All(o => o.Mistake != m)).Select(m => $"{m.Name}: no program has a place for it"))
                .Concat(KnownMisses.All.SelectMany(k => k.Programs.Where(p => !outcomes.Any(o => !o.Caught && o.Program == p && o.Mistake.Name == k.Mistake)).Select(p => $"{k.Mistake} in {p}: has a reason and is not missed")));
        }

        var list = problems.ToList();
        Assert.True(list.Count == 0, string.Join("\n", list));
        if (Full) GeneratedFilesTests.AgreesBetween(Page, "mutations", Table(outcomes));
    }

    private static async Task<List<Outcome>> Outcomes()
    {
        var outcomes = new ConcurrentBag<Outcome>();
        await Parallel.ForEachAsync(CleanProgram.All.Values, TestContext.Current.CancellationToken, async (program, cancellation) =>
        {
            var document = program.ToProject().Documents.First();
            var source = new ProgramSource((await document.GetSyntaxRootAsync(cancellation))!, (await document.GetSemanticModelAsync(cancellation))!);
            foreach (var mistake in Mistake.All)
            {
                foreach (var (marked, i) in mistake.Inject(source).Select((marked, i) => (marked, i)))
                {
                    if ((Full || IsWanted(mistake) || (Wanted.Length == 0 && IsSampled(program.Name + mistake.Name + i))) && await Judge(mistake, program, document, marked) is { } outcome)
                        outcomes.Add(outcome);
                }
            }
        });
        return [.. outcomes.OrderBy(o => o.Mistake.Name, StringComparer.Ordinal).ThenBy(o => o.Program, StringComparer.Ordinal).ThenBy(o => o.Line)];
    }

    private static bool IsWanted(Mistake mistake) => Wanted.StartsWith("TL", StringComparison.Ordinal) && Wanted.Split(',').Any(w => mistake.Rule.StartsWith(w, StringComparison.Ordinal));

    private static bool IsSampled(string name) => name.Aggregate(17u, (hash, c) => (hash * 31) + c) % Sample == 0;

    /// <summary>What becomes of one mistake; null where the mistaken program does not compile, so that nobody could make it.</summary>
    private static async Task<Outcome?> Judge(Mistake mistake, CleanProgram program, Document document, string marked)
    {
        var (code, marks) = Markup.Parse(marked);
        var text = SourceText.From(code, Encoding.UTF8);
        var project = document.WithText(text).Project;
        if (CleanProgram.Errors((await project.GetCompilationAsync())!).Any()) return null;

        int LineOf(int position) => text.Lines.GetLineFromPosition(position).LineNumber + 1;
        var lines = marks.Select(m => LineOf(m.Span.Start)).ToHashSet();
        var findings = await CleanProgram.Findings(project);
        var caught = findings.Any(d => (d.Id == mistake.Rule || d.Id == mistake.Or) && lines.Contains(LineOf(d.Location.SourceSpan.Start)));
        HashSet<string> expected = [mistake.Rule, mistake.Or ?? mistake.Rule, .. mistake.Also];
        var problems = findings.Where(d => d.Severity == DiagnosticSeverity.Warning && !expected.Contains(d.Id)).Select(d => "also reported: " + d).ToList();

        bool? mended = null;
        var rule = findings.FirstOrDefault(d => d.Id == mistake.Rule)?.Id ?? mistake.Or ?? mistake.Rule;
        if (caught && await Verifier.For(rule).Mend(project) is { } after)
        {
            var errors = CleanProgram.Errors((await after.GetCompilationAsync())!).ToList();
            var left = errors.Count > 0 ? [] : (await CleanProgram.Findings(after)).Where(d => d.Id == rule || findings.All(f => f.Id != d.Id)).ToList();
            mended = errors.Count == 0 && left.Count == 0;
            problems.AddRange(errors.Concat(left).Select(d => "after the fix: " + d));
        }

        return new(mistake, program.Name, lines.DefaultIfEmpty(0).Min(), caught, mended, string.Join("; ", problems));
    }

    private static string Table(List<Outcome> outcomes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n{CleanProgram.All.Count} programs, {outcomes.Count:N0} mistakes, {outcomes.Count(o => o.Caught):N0} caught ({Share(outcomes.Count(o => o.Caught), outcomes.Count)}).\n");
        text.Append(CultureInfo.InvariantCulture, $"A fix was offered for {outcomes.Count(o => o.Mended is not null):N0} of these and brought back a program without the finding and without a new one for {outcomes.Count(o => o.Mended == true):N0}.\n\n");
        text.Append("| Rule | Mistake | Injected | Caught | Fix offered | Mended |\n| --- | --- | ---: | ---: | ---: | ---: |\n");
        foreach (var group in outcomes.GroupBy(o => o.Mistake))
            text.Append(CultureInfo.InvariantCulture, $"| {group.Key.Rule} | {group.Key.What} | {group.Count()} | {group.Count(o => o.Caught)} | {group.Count(o => o.Mended is not null)} | {group.Count(o => o.Mended == true)} |\n");
        text.Append("\nWhat is missed, and why:\n\n| Rule | Mistake | Missed | Reason | Programs |\n| --- | --- | ---: | --- | --- |\n");
        foreach (var known in KnownMisses.All.OrderBy(k => k.Mistake, StringComparer.Ordinal))
        {
            var missed = outcomes.Count(o => !o.Caught && o.Mistake.Name == known.Mistake && known.Programs.Contains(o.Program));
            text.Append(CultureInfo.InvariantCulture, $"| {known.Mistake[..6]} | {known.Mistake[8..]} | {missed} | {known.Reason} | {string.Join(", ", known.Programs)} |\n");
        }

        var injected = outcomes.Select(o => o.Mistake.Rule).ToHashSet();
        text.Append("\nNo mistake is injected for ");
        text.AppendJoin(", ", Repository.Rules.Where(r => !injected.Contains(r.Id)).Select(r => $"{r.Id} ({NotInjected(r)})"));
        return text.Append(".\n").ToString();
    }

    private static string NotInjected(Rule rule) => rule.Level == Level.Off ? "off by default" : rule.Id switch
    {
        "TL0001" => "about settings, not code",
        "TL1110" => "about the version of the library, not code",
        _ => throw new VerificationException($"No mistake is injected for {rule.Id}."),
    };

    private static string Share(int part, int whole) => (100.0 * part / whole).ToString("F1", CultureInfo.InvariantCulture) + " %";
}
