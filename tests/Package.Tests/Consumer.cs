using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>A new console project in a folder of its own, with the package as its one source beside those that the user has configured.</summary>
internal sealed class Consumer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What a test run, or a build that runs it, says to the processes it starts.</summary>
    internal static readonly string[] NotInherited = ["MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "MSBuildSDKsPath", "MSBuildLoadMicrosoftTargetsReadOnly", "TorchSharp", "Configuration", "Platform", "VSLANG", "PreferredUILang"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("trainlint-");

    private Consumer()
    {
    }

    public string Project => Path.Combine(folder.FullName, "Consumer.csproj");

    public string Program => Path.Combine(folder.FullName, "Program.cs");

    /// <summary>Makes the project, installs the package and writes the program.</summary>
    public static async Task<Consumer> Create(string program)
    {
        var consumer = new Consumer();

        // Whatever lies in a folder above does not matter, and a package of this version that was once installed neither.
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            await consumer.Write(file, "<Project />\n");
        await consumer.Write("NuGet.config", $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="packages" />
              </config>
              <packageSources>
                <add key="TrainLint" value="{Repository.Feed}" />
              </packageSources>
            </configuration>
            """);

        await consumer.Succeeds("new", "console", "--name", "Consumer", "--output", ".", "--no-restore");
        var project = XDocument.Load(consumer.Project);
        project.Root!.Add(new XElement("ItemGroup", new XElement("Reference", new XAttribute("Include", "TorchSharp"), new XAttribute("HintPath", Repository.TorchSharp))));
        project.Save(consumer.Project);
        await consumer.Succeeds("add", "package", "TrainLint", "--version", Repository.Version, "--source", Repository.Feed);
        await consumer.Write("Program.cs", program);
        return consumer;
    }

    /// <summary>The language of the builds, as the user sets it.</summary>
    public string Language { get; set; } = "en";

    public string Folder => folder.FullName;

    /// <summary>Builds, and expects that it succeeds.</summary>
    public Task<string> Build(params string[] more) => Succeeds([.. BuildCommand, .. more]);

    /// <summary>Builds, whatever comes of it.</summary>
    public async Task<(bool Succeeded, string Output)> TryBuild(params string[] more) => await Run("dotnet", [.. BuildCommand, .. more]) is var (code, output) && code == 0 ? (true, output) : (false, output);

    private static readonly string[] BuildCommand = ["build", "--no-restore", "--no-incremental", "--disable-build-servers", "-nodeReuse:false", "-terminalLogger:off"];

    /// <summary>Runs a line of a shell in the project's folder.</summary>
    public Task<(int Code, string Output)> Shell(string command) => Run("bash", "-c", command);

    /// <summary>The warnings and errors of a build, each once and without the place of the project's folder: a build says them twice.</summary>
    public List<string> Complaints(string output) =>
    [
        .. output.Split('\n').Where(l => l.Contains(": warning ", StringComparison.Ordinal) || l.Contains(": error ", StringComparison.Ordinal))
            .Select(l => l.Trim().Replace(folder.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)).Distinct(),
    ];

    public Task<string> Format(string id) => Succeeds("format", "analyzers", Project, "--diagnostics", id, "--severity", "warn", "--no-restore");

    public void Dispose()
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Somebody still looks at a file: the system clears its temporary folder some day.
        }
    }

    /// <summary>Leaves the project and nothing else of what a test has written, and writes the program.</summary>
    public async Task Start(string program, params (string Name, string Text)[] files)
    {
        foreach (var file in folder.EnumerateFiles().Where(f => f.Extension is ".cs" or ".editorconfig" or ".globalconfig" or ".sarif"))
            file.Delete();
        await Write("Program.cs", program);
        foreach (var (name, text) in files)
            await Write(name, text);
    }

    public Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, TestContext.Current.CancellationToken);

    private async Task<string> Succeeds(params string[] arguments)
    {
        var (code, output) = await Run("dotnet", arguments);
        Assert.True(code == 0, $"dotnet {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    private async Task<(int Code, string Output)> Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var name in NotInherited)
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = Language;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";

        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(line.Data);
        process.ErrorDataReceived += (_, line) => Append(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} {string.Join(' ', arguments)} did not end in {Patience}:\n{output}");
        }

        return (process.ExitCode, output.ToString());

        void Append(string? line)
        {
            lock (output)
                output.Append(line).Append('\n');
        }
    }
}
