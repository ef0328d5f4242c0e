using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using TrainLint.Analyzers.Tests.Contract;
using TrainLint.Analyzers.Tests.Mutation;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>What any program has to leave the rules and fixes unharmed.</summary>
internal static class Ordeal
{
    /// <summary>What the rules may take for one program; a machine that is busy takes some seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Rounds over all rules' fixes until none of them is offered any more.</summary>
    private const int MaxRounds = 4;

    private static readonly Dictionary<string, Verification> Fixable = Repository.Rules.Where(r => Repository.FixOf(r) is not null).ToDictionary(r => r.Id, r => Verifier.For(r.Id));

    /// <summary>All rules, by many threads and by one that is given the files in the other order: nothing throws, and both find the same.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Survived(Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var reversed = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Reverse());
        var found = await Analyzed(compilation, project, concurrent: true);
        var again = await Analyzed(reversed, project, concurrent: false);
        var (one, other) = (string.Join("\n", found.Select(Text)), string.Join("\n", again.Select(Text)));
        return one == other ? found : throw VerificationException.Difference("One thread, with the files in the other order, finds something else.", one, other);
    }

    /// <summary>All that is offered, until nothing is: each result compiles, and there is an end. How many fixes that were.</summary>
    public static async Task<int> Mended(Project project, ImmutableArray<Diagnostic> found)
    {
        if (!found.Any(d => Fixable.ContainsKey(d.Id)) || CleanProgram.Errors((await project.GetCompilationAsync())!).Any()) return 0;
        var fixes = 0;
        for (var round = 0; ; round++)
        {
            var before = fixes;
            foreach (var id in found.Select(d => d.Id).Distinct().Where(Fixable.ContainsKey).Order(StringComparer.Ordinal))
                project = await Fixable[id].Mend(project, Judge) ?? project;
            if (fixes == before) return fixes;
            if (round == MaxRounds) throw new VerificationException($"The fixes of all rules together do not converge: after {fixes} fixes more are offered.");
            found = await Analyzed((await project.GetCompilationAsync())!, project, concurrent: true);
        }

        async Task Judge(CodeAction action, Project mended)
        {
            fixes++;
            if (CleanProgram.Errors((await mended.GetCompilationAsync())!).FirstOrDefault() is { } error)
                throw new VerificationException($"After '{action.Title}' the program does not compile: {error}\n\n{error.Location.SourceTree}");
        }
    }

    private static async Task<ImmutableArray<Diagnostic>> Analyzed(Compilation compilation, Project project, bool concurrent)
    {
        // The analysis is told to stop where it listens, and left behind where it does not.
        using var late = new CancellationTokenSource(Limit);
        try
        {
            return await Task.Run(() => Fixable.Values.First().Analyze(compilation, project.AnalyzerOptions, concurrent, late.Token)).WaitAsync(2 * Limit);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            throw new VerificationException($"The rules have found no end after {Limit}.", end);
        }
    }

    private static string Text(Diagnostic d) =>
        $"{d} [{string.Join("; ", d.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}] [{string.Join("; ", d.AdditionalLocations)}]";
}
