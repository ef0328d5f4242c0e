using Xunit;

// What is set in the environment holds for all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace TrainLint.Tool.Tests;

/// <summary>The tool, run as from a command line.</summary>
internal static class Tool
{
    public static string Root { get; } = FindRoot();

    /// <summary>The stand-in for TorchSharp.</summary>
    public static string TorchSharp { get; } = typeof(global::TorchSharp.torch).Assembly.Location;

    public static string PathOf(string path) => Path.Combine(Root, path);

    public static async Task<(int Code, string Output, string Errors)> Run(params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>The same for code without a project.</summary>
    public static Task<(int Code, string Output, string Errors)> RunLoose(params string[] arguments) => Run([.. arguments, "--reference", TorchSharp]);

    /// <summary>Runs something with a variable of the environment set.</summary>
    public static async Task<T> With<T>(string variable, string? value, Func<Task<T>> run)
    {
        var before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, value);
        try
        {
            return await run();
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TrainLint.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trainlint").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    /// <summary>The sources of a sample, without its project.</summary>
    public Folder Copy(string sample)
    {
        var root = Tool.PathOf(sample);
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            if (System.IO.Path.GetRelativePath(root, file) is var name && !name.StartsWith("obj", StringComparison.Ordinal) && !name.StartsWith("bin", StringComparison.Ordinal)) Write(name, File.ReadAllText(file));
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
