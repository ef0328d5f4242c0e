using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Tests.Contract;
using Xunit;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>One of the training programs in <c>Programs/</c>: real in style, free of mistakes, and text to these tests.</summary>
internal sealed class CleanProgram
{
    private const string Folder = "tests/Analyzers.Tests/Programs";

    private static readonly AdhocWorkspace Workspace = new();

    private CleanProgram(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
    }

    public static IReadOnlyDictionary<string, CleanProgram> All { get; } =
        Directory.EnumerateFiles(Repository.PathOf(Folder), "*.cs").Select(path => new CleanProgram(path)).OrderBy(p => p.Name, StringComparer.Ordinal).ToDictionary(p => p.Name);

    /// <summary>The programs as the data of a theory.</summary>
    public static TheoryData<string> Names { get; } = new(All.Keys);

    public string Name { get; }

    public string Text { get; }

    /// <summary>The program as a project of its own. Its text stands in the first document.</summary>
    public Project ToProject()
    {
        lock (Workspace)
            return TestProgram.Parse(Text, VerifyOptions.Default).ToProject(Workspace, VerifyOptions.Default);
    }

    /// <summary>The errors of the compiler.</summary>
    public static IEnumerable<Diagnostic> Errors(Compilation compilation) => compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>What the recommended rules say: warnings and suggestions, nothing that is off by default.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Findings(Project project)
    {
        var compilation = (await project.GetCompilationAsync())!;
        var all = await Verifier.For(Repository.Rules[0].Id).Analyze(compilation, project.AnalyzerOptions);
        return [.. all.Where(d => Repository.Rule(d.Id).Level != Level.Off)];
    }
}
