using Microsoft.CodeAnalysis;

namespace TrainLint.Tool.Loading;

/// <summary>A program that was loaded: one project, or code that no project holds.</summary>
/// <param name="Project">The project, in a workspace of its own.</param>
/// <param name="Root">The folder that its paths are shown from.</param>
/// <param name="Notebook">The notebook that its one document was written from.</param>
internal sealed record Target(Project Project, string Root, Notebook? Notebook = null)
{
    public string Name => Project.Name;

    public static bool HasTorchSharp(Compilation compilation) => compilation.ReferencedAssemblyNames.Any(a => a.Name == Analyzers.Torch.TorchVocabulary.Assembly);
}

/// <summary>What the command line names.</summary>
/// <param name="Path">A project, a solution, a folder, a C# file, a script or a notebook.</param>
/// <param name="References">Assemblies for code without a project.</param>
/// <param name="Framework">The target framework of a project that has several.</param>
/// <param name="Configuration">The configuration of a project.</param>
internal sealed record Request(string Path, IReadOnlyList<string> References, string? Framework, string? Configuration);

internal static class Targets
{
    private static readonly string[] ProjectExtensions = [".csproj"];

    private static readonly string[] SolutionExtensions = [".sln", ".slnx", ".slnf"];

    /// <summary>Loads what the request names.</summary>
    /// <exception cref="Failure">There is nothing there, or it cannot be loaded.</exception>
    public static async Task<IReadOnlyList<Target>> LoadAsync(Request request, Action<string> progress, CancellationToken cancellation)
    {
        var path = Path.GetFullPath(request.Path);
        if (File.Exists(path))
        {
            var extension = Path.GetExtension(path).ToLowerInvariant();
            if (ProjectExtensions.Contains(extension)) return [await ProjectLoader.LoadAsync(path, request, progress, cancellation)];
            if (SolutionExtensions.Contains(extension)) return await ProjectLoader.LoadSolutionAsync(path, request, progress, cancellation);
            return extension switch
            {
                ".cs" => [LooseLoader.Load([path], Path.GetDirectoryName(path)!, Path.GetFileName(path), request)],
                ".csx" or ".ipynb" or ".dib" => [LooseLoader.Load(Notebook.Read(path), request)],
                _ => throw new Failure($"{request.Path} is no C# project, solution, source file, script or notebook."),
            };
        }

        if (!Directory.Exists(path)) throw new Failure($"{request.Path} does not exist.");
        var solutions = Files(path, SolutionExtensions);
        var projects = Files(path, ProjectExtensions);
        if (projects.Count == 1) return [await ProjectLoader.LoadAsync(projects[0], request, progress, cancellation)];
        if (projects.Count == 0 && solutions.Count == 1) return await ProjectLoader.LoadSolutionAsync(solutions[0], request, progress, cancellation);
        if (projects.Count + solutions.Count > 0) throw new Failure($"{request.Path} holds more than one project or solution: name the one that is meant.");
        var sources = Sources(path).Order(StringComparer.Ordinal).ToList();
        if (sources.Count == 0) throw new Failure($"{request.Path} holds no project, no solution and no C# file.");
        return [LooseLoader.Load(sources, path, Path.GetFileName(path), request)];
    }

    /// <summary>Whether a folder holds anything to check.</summary>
    public static bool IsProgram(string folder) => Files(folder, [.. ProjectExtensions, .. SolutionExtensions]).Count > 0 || Sources(folder).Any();

    private static List<string> Files(string folder, string[] extensions) =>
        Directory.EnumerateFiles(folder).Where(f => extensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal).ToList();

    private static IEnumerable<string> Sources(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs")) yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder))
            if (Path.GetFileName(inner) is not ("bin" or "obj" or ['.', ..]))
                foreach (var file in Sources(inner)) yield return file;
    }
}
