using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers;
using Xunit;

namespace TrainLint.Package.Tests.Samples;

/// <summary>A sample as the compiler sees it.</summary>
internal static class Sample
{
    public const string Broken = "samples/BrokenTraining";
    public const string Mended = "samples/MendedTraining";

    private const string ImplicitUsings = "ImplicitUsings.cs";

    private static readonly string[] UsingsOfTheSdk = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] OffInTheSdk = ["CS1701", "CS1702"];

    public static DiagnosticAnalyzer Analyzer { get; } = new TrainLintAnalyzer();

    /// <summary>The documents that are files of the sample.</summary>
    public static IEnumerable<Document> Documents(Project project) => project.Documents.Where(d => d.Name != ImplicitUsings);

    /// <summary>The findings, by file and line. A sample compiles without a word of the compiler's own.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> Analyze(Project project)
    {
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity >= DiagnosticSeverity.Warning));
        var found = await compilation.WithAnalyzers([Analyzer]).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)];
    }

    public static Project Load(AdhocWorkspace workspace, string sample)
    {
        var project = workspace.AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, sample, "Wardrobe", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
                .WithSpecificDiagnosticOptions(OffInTheSdk.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Suppress))),
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: References()));
        foreach (var path in SourcesOf(sample))
            project = project.AddDocument(Path.GetFileName(path), Repository.Read(Path.Combine(sample, path)), filePath: path).Project;

        return project.AddDocument(ImplicitUsings, string.Concat(UsingsOfTheSdk.Select(n => $"global using {n};\n")), filePath: ImplicitUsings).Project;
    }

    public static List<string> SourcesOf(string sample) =>
    [
        .. Directory.EnumerateFiles(Repository.PathOf(sample), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Repository.PathOf(sample), f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("bin/", StringComparison.Ordinal) && !f.StartsWith("obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<MetadataReference> References()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetDirectoryName(p) == framework)
            .Append(Repository.TorchSharp)
            .Select(p => MetadataReference.CreateFromFile(p));
    }
}
