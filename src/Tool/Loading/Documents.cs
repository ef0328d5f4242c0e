using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Tool.Loading;

internal static class Documents
{
    /// <summary>A file as a document of a project, read when it is needed.</summary>
    public static DocumentInfo Of(ProjectId project, string path) =>
        DocumentInfo.Create(DocumentId.CreateNewId(project, path), Path.GetFileName(path), loader: new FileTextLoader(path, null), filePath: path);

    /// <summary>Text that stands in no file as it is.</summary>
    public static DocumentInfo Of(ProjectId project, string path, string text) =>
        DocumentInfo.Create(DocumentId.CreateNewId(project, path), Path.GetFileName(path), loader: TextLoader.From(TextAndVersion.Create(SourceText.From(text, Encoding.UTF8), VersionStamp.Default)), filePath: path);

    /// <summary>The .editorconfig files that apply to a folder.</summary>
    public static IEnumerable<DocumentInfo> ConfigurationOf(ProjectId project, string folder)
    {
        for (var d = folder; d is not null; d = Path.GetDirectoryName(d))
            if (Path.Combine(d, ".editorconfig") is var path && File.Exists(path)) yield return Of(project, path);
    }
}

/// <summary>The source generators of a project, so that what they write is there. Analyzers in the same assemblies are not run.</summary>
internal static class Generators
{
    public static ImmutableArray<AnalyzerReference> In(IEnumerable<string> paths)
    {
        var loader = new Loader();
        var found = ImmutableArray.CreateBuilder<AnalyzerReference>();
        foreach (var path in paths.Where(p => File.Exists(p) && !Path.GetFileName(p).StartsWith("TrainLint.", StringComparison.Ordinal)))
        {
            loader.AddDependencyLocation(path);
            found.Add(new AnalyzerFileReference(path, loader));
        }

        return found.ToImmutable();
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        private readonly Dictionary<string, string> paths = new(StringComparer.OrdinalIgnoreCase);
        private readonly AssemblyLoadContext context = new("Generators");

        public Loader() => context.Resolving += (_, name) => paths.TryGetValue(name.Name!, out var path) ? context.LoadFromAssemblyPath(path) : null;

        public void AddDependencyLocation(string fullPath) => paths[Path.GetFileNameWithoutExtension(fullPath)] = fullPath;

        public Assembly LoadFromPath(string fullPath) => context.LoadFromAssemblyPath(fullPath);
    }
}
