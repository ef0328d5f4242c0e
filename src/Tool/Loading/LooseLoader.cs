using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.Tool.Loading;

/// <summary>Makes a program of code that no project holds: files, a script, a notebook.</summary>
internal static class LooseLoader
{
    // What a project of the plain SDK imports by itself.
    private const string ImplicitUsings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly CSharpParseOptions Parsing = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);

    /// <summary>The files as one program.</summary>
    /// <exception cref="Failure">TorchSharp is not found.</exception>
    public static Target Load(IReadOnlyList<string> files, string root, string name, Request request) =>
        Load(id => files.Select(f => Documents.Of(id, f)), files.Any(HasTopLevelStatements), root, name, null, request);

    /// <summary>The C# cells of a notebook, or a script, as one program.</summary>
    /// <exception cref="Failure">TorchSharp is not found.</exception>
    public static Target Load(Notebook notebook, Request request) =>
        Load(id => [Documents.Of(id, notebook.Path, notebook.Code)], true, Path.GetDirectoryName(notebook.Path)!, Path.GetFileName(notebook.Path), notebook, request);

    private static Target Load(Func<ProjectId, IEnumerable<DocumentInfo>> documents, bool runs, string root, string name, Notebook? notebook, Request request)
    {
        var id = ProjectId.CreateNewId(name);
        var options = new CSharpCompilationOptions(runs ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Annotations);
        var references = References.Framework().Concat(References.TorchSharp(request.References)).Select(p => MetadataReference.CreateFromFile(p));
        // Not in the folder: no rule looks at it, and no fix writes it.
        var usings = Documents.Of(id, Path.Combine(root, "ImplicitUsings.g.cs"), ImplicitUsings);
        var info = ProjectInfo.Create(id, VersionStamp.Default, name, "Program", LanguageNames.CSharp, compilationOptions: options, parseOptions: Parsing, metadataReferences: references, documents: documents(id).Append(usings))
            .WithAnalyzerConfigDocuments(Documents.ConfigurationOf(id, root));
        return new(new AdhocWorkspace().AddProject(info), Directory.GetCurrentDirectory(), notebook);
    }

    private static bool HasTopLevelStatements(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file), Parsing).GetCompilationUnitRoot().Members.Any(m => m is GlobalStatementSyntax);
}

/// <summary>The assemblies that code without a project is compiled against.</summary>
internal static class References
{
    private const string Framework_ = "Microsoft.NETCore.App.Ref";

    /// <summary>The reference assemblies of the newest framework here, else those that the tool itself runs on.</summary>
    public static IEnumerable<string> Framework()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var packs = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "packs", Framework_));
        foreach (var versions in new[] { packs, Path.Combine(PackageFolder(), Framework_.ToLowerInvariant()) })
            if (Newest(versions) is { } pack && Directory.Exists(Path.Combine(pack, "ref")) && Directory.EnumerateDirectories(Path.Combine(pack, "ref")).FirstOrDefault() is { } folder)
                return Directory.EnumerateFiles(folder, "*.dll");
        return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(p => p.StartsWith(runtime, StringComparison.Ordinal));
    }

    /// <summary>What was named on the command line; else TorchSharp, and its companions that are there, from the NuGet cache, in the newest version.</summary>
    /// <exception cref="Failure">There is none.</exception>
    public static IEnumerable<string> TorchSharp(IReadOnlyList<string> named)
    {
        foreach (var path in named)
            if (!File.Exists(path)) throw new Failure($"--reference {path} does not exist.");
        if (named.Count > 0) return named.Select(Path.GetFullPath);
        var found = Analyzers.Torch.TorchVocabulary.Libraries.Select(l => InCache(l)).OfType<string>().ToList();
        return found.Any(f => Path.GetFileNameWithoutExtension(f) == Analyzers.Torch.TorchVocabulary.Assembly) ? found
            : throw new Failure($"TorchSharp is not in the NuGet cache ({PackageFolder()}): name its assembly with --reference path/to/TorchSharp.dll, or restore a project that uses it.");
    }

    private static string? InCache(string library)
    {
        if (Newest(Path.Combine(PackageFolder(), library.ToLowerInvariant())) is not { } package || !Directory.Exists(Path.Combine(package, "lib"))) return null;
        return Directory.EnumerateDirectories(Path.Combine(package, "lib")).OrderByDescending(d => Path.GetFileName(d).StartsWith("netstandard", StringComparison.Ordinal) ? "" : Path.GetFileName(d), StringComparer.Ordinal)
            .Select(d => Path.Combine(d, library + ".dll")).FirstOrDefault(File.Exists);
    }

    private static string PackageFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set ? set
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    // Folders are named after versions; a preview comes before the release of the same number.
    private static string? Newest(string folder) => !Directory.Exists(folder) ? null
        : Directory.EnumerateDirectories(folder).Select(d => (Path: d, Name: Path.GetFileName(d))).Where(d => Version.TryParse(d.Name.Split('-')[0], out _))
            .OrderBy(d => Version.Parse(d.Name.Split('-')[0])).ThenBy(d => !d.Name.Contains('-', StringComparison.Ordinal)).Select(d => d.Path).LastOrDefault();
}
