using System.Reflection;

namespace TrainLint.Package.Tests;

/// <summary>Where things lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The folder with the package in it.</summary>
    public static string Feed { get; } = Metadata("Feed");

    public static string Version { get; } = Metadata("Version");

    public static string Package { get; } = Path.Combine(Feed, $"TrainLint.{Version}.nupkg");

    /// <summary>The stand-in for TorchSharp.</summary>
    public static string TorchSharp { get; } = typeof(global::TorchSharp.torch).Assembly.Location;

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path)).ReplaceLineEndings("\n");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainLint.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
