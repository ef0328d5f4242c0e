using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>
/// Every program with every edit: nothing throws or hangs, one thread finds what many find, and where the result compiles, all that is offered
/// is applied, compiles and comes to an end. A part of the edits, always the same, is tried each time; more where TRAINLINT_FUZZ says so:
/// <c>1/1</c> all of them, <c>3/40</c> the third of forty parts, <c>MnistClassifier#4711</c> that edit alone, as a failure names it.
/// </summary>
public sealed class EditedProgramTests
{
    private const string Always = "1/16000";

    private const int Shown = 20;

    private static readonly string Wanted = Environment.GetEnvironmentVariable("TRAINLINT_FUZZ") is { Length: > 0 } set ? set : Always;

    [Fact]
    public async Task Edits_are_survived_and_what_they_bring_about_is_mended()
    {
        var watch = Stopwatch.StartNew();
        var (tried, found, fixes) = (0, 0, 0);
        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Chosen(), TestContext.Current.CancellationToken, async (chosen, _) =>
        {
            try
            {
                var project = chosen.Program.With(chosen.Edit.In(chosen.Program.Text));
                var findings = await Ordeal.Survived(project);
                Interlocked.Add(ref found, findings.Length);
                Interlocked.Add(ref fixes, await Ordeal.Mended(project, findings));
                Interlocked.Increment(ref tried);
            }
            catch (Exception problem)
            {
                failures.Add($"{chosen.Name} ({chosen.Edit.Kind}): {problem}\n");
            }
        });

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tried:N0} edited programs, {found:N0} findings, {fixes:N0} fixes, {failures.Count:N0} failures, {watch.Elapsed.TotalSeconds:F0} s"));
        Assert.True(failures.IsEmpty, $"{failures.Count} failures\n" + string.Join("\n", failures.Order(StringComparer.Ordinal).Take(Shown)));
        Assert.True(tried > 0, $"TRAINLINT_FUZZ={Wanted} chooses nothing.");
    }

    private static IEnumerable<(FuzzProgram Program, Edit Edit, string Name)> Chosen() =>
        from program in FuzzProgram.All()
        from numbered in Edit.Of(program.Text).Select((edit, i) => (Edit: edit, Name: string.Create(CultureInfo.InvariantCulture, $"{program.Name}#{i}")))
        where IsChosen(numbered.Name)
        select (program, numbered.Edit, numbered.Name);

    private static bool IsChosen(string name)
    {
        if (Wanted.Contains('#', StringComparison.Ordinal)) return name == Wanted;
        var part = Wanted.Split('/').Select(n => uint.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        return Scattered(name) % part[1] == part[0] - 1;
    }

    // FNV-1a: the same on every machine, and neighbours fall apart.
    private static uint Scattered(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name) hash = (hash ^ c) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
