using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Xunit;

namespace TrainLint.Package.Tests.Samples;

/// <summary>The broken sample makes the best known mistakes once each, the mended one none, and the fixes lead from the one to the other.</summary>
public class SamplesTests
{
    private const string Expected = Sample.Broken + "/expected.txt";

    private static readonly ImmutableArray<CodeFixProvider> Fixes =
    [
        .. Assembly.Load("TrainLint.CodeFixes").GetTypes()
            .Where(t => !t.IsAbstract && t.IsDefined(typeof(ExportCodeFixProviderAttribute)))
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t, nonPublic: true)!),
    ];

    [Fact]
    public async Task The_broken_sample_is_found_out()
    {
        using var workspace = new AdhocWorkspace();
        var list = string.Concat((await Findings(Sample.Load(workspace, Sample.Broken))).Select(f => f + "\n"));
        if (Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") == "1")
            await File.WriteAllTextAsync(Repository.PathOf(Expected), list, TestContext.Current.CancellationToken);
        Assert.Equal(Repository.Read(Expected), list);
    }

    [Fact]
    public void No_mistake_is_made_twice()
    {
        var made = Repository.Read(Expected).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[^6..]).ToList();
        Assert.Equal(made.Distinct(), made);
    }

    [Fact]
    public async Task The_mended_sample_is_silent()
    {
        using var workspace = new AdhocWorkspace();
        Assert.Empty(await Findings(Sample.Load(workspace, Sample.Mended)));
    }

    [Fact]
    public async Task The_fixes_turn_the_one_into_the_other()
    {
        using var workspace = new AdhocWorkspace();
        var project = Sample.Load(workspace, Sample.Broken);
        for (var round = 0; await FirstFix(project) is { } fix; round++)
        {
            Assert.True(round < 100, "The fixes do not come to an end.");
            project = (await Apply(fix)).GetProject(project.Id)!;
        }

        Assert.Equal(Sample.SourcesOf(Sample.Mended), Sample.Documents(project).Select(d => d.FilePath!));
        foreach (var document in Sample.Documents(project))
        {
            var mended = Path.Combine(Sample.Mended, document.FilePath!);
            var text = (await document.GetTextAsync(TestContext.Current.CancellationToken)).ToString().ReplaceLineEndings("\n");
            if (Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") == "1")
                await File.WriteAllTextAsync(Repository.PathOf(mended), text, TestContext.Current.CancellationToken);
            Assert.Equal(Repository.Read(mended), text);
        }
    }

    private static async Task<CodeAction?> FirstFix(Project project)
    {
        foreach (var diagnostic in await Sample.Analyze(project))
        {
            var actions = new List<CodeAction>();
            foreach (var fix in Fixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
                await fix.RegisterCodeFixesAsync(new(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
            if (actions.Count > 0)
                return actions[0];
        }

        return null;
    }

    private static async Task<Solution> Apply(CodeAction action)
    {
        var operations = await action.GetOperationsAsync(TestContext.Current.CancellationToken);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
    }

    private static async Task<IEnumerable<string>> Findings(Project project) =>
        (await Sample.Analyze(project)).Select(d => $"{d.Location.GetLineSpan().Path}({d.Location.GetLineSpan().StartLinePosition.Line + 1}): {d.Id}");
}
