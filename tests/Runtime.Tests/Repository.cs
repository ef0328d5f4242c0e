using System.Reflection;

namespace TrainLint.Runtime.Tests;

/// <summary>The files beside the tests.</summary>
internal static class Repository
{
    private static readonly ILookup<string, string?> Metadata =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToLookup(attribute => attribute.Key, attribute => attribute.Value);

    public static string Root { get; } = FindRoot();

    /// <summary>Where building src/Runtime puts its results.</summary>
    public static string Runtime { get; } = Metadata["Runtime"].Single()!;

    public static string Version { get; } = Metadata["Version"].Single()!;

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(PathOf(path)).ReplaceLineEndings("\n");

    /// <summary>Compares a file with what it should be, or writes it, where TRAINLINT_UPDATE is set.</summary>
    public static void Hold(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable("TRAINLINT_UPDATE") is { Length: > 0 })
            File.WriteAllText(PathOf(path), expected);
        Assert.True(File.Exists(PathOf(path)), $"{path} is missing.");
        Assert.Equal(expected, Read(path));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainLint.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
