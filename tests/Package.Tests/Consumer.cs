using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace TrainLint.Package.Tests;

/// <summary>A new console project in a folder of its own, with the package as its one source beside those that the user has configured.</summary>
internal sealed class Consumer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // What a test run, or a build that runs it, says to the processes it starts.
    private static readonly string[] NotInherited = ["MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "MSBuildSDKsPath", "MSBuildLoadMicrosoftTargetsReadOnly", "TorchSharp", "Configuration", "Platform"];

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

    public Task<string> Build(params string[] more) => Succeeds(["build", "--no-restore", "--no-incremental", "--disable-build-servers", "-nodeReuse:false", "-terminalLogger:off", .. more]);

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

    private Task Write(string name, string text) => File.WriteAllTextAsync(Path.Combine(folder.FullName, name), text, TestContext.Current.CancellationToken);

    private async Task<string> Succeeds(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
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
            Assert.Fail($"dotnet {string.Join(' ', arguments)} did not end in {Patience}:\n{output}");
        }

        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
        return output.ToString();

        void Append(string? line)
        {
            lock (output)
                output.Append(line).Append('\n');
        }
    }
}
