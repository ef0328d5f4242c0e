using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Tool.Loading;

/// <summary>
/// Loads projects as their own SDK compiles them: MSBuild is asked for the compiler's command line and runs no compiler. Projects that
/// are referenced are compiled in memory, so that nothing has to be built before.
/// </summary>
internal sealed class ProjectLoader
{
    // What a restore or an evaluation can say at length.
    private const int MostComplaints = 5;

    private readonly Dictionary<string, Task<Evaluated>> evaluated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MetadataReference?> emitted = new(StringComparer.Ordinal);
    private readonly Request request;
    private readonly Action<string> progress;
    private readonly CancellationToken cancellation;

    private ProjectLoader(Request request, Action<string> progress, CancellationToken cancellation) =>
        (this.request, this.progress, this.cancellation) = (request, progress, cancellation);

    /// <summary>Loads one project.</summary>
    /// <exception cref="Failure">There is no SDK, or the project cannot be restored or evaluated.</exception>
    public static async Task<Target> LoadAsync(string path, Request request, Action<string> progress, CancellationToken cancellation) =>
        await new ProjectLoader(request, progress, cancellation).LoadAsync(path, Directory.GetCurrentDirectory());

    /// <summary>Loads the C# projects of a solution, in its order.</summary>
    /// <exception cref="Failure">There is no SDK, or a project cannot be restored or evaluated.</exception>
    public static async Task<IReadOnlyList<Target>> LoadSolutionAsync(string path, Request request, Action<string> progress, CancellationToken cancellation)
    {
        var loader = new ProjectLoader(request, progress, cancellation);
        var (code, output) = await RunAsync(Path.GetDirectoryName(path)!, ["sln", path, "list"], cancellation);
        if (code != 0) throw new Failure($"{path} cannot be read as a solution:{Environment.NewLine}{Complaints(output)}");
        var folder = Path.GetDirectoryName(path)!;
        var targets = new List<Target>();
        foreach (var line in output.Split('\n').Select(l => l.Trim()).Where(l => l.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)))
            targets.Add(await loader.LoadAsync(Path.GetFullPath(Path.Combine(folder, line.Replace('\\', Path.DirectorySeparatorChar))), Directory.GetCurrentDirectory()));
        return targets.Count > 0 ? targets : throw new Failure($"{path} holds no C# project.");
    }

    private async Task<Target> LoadAsync(string path, string root)
    {
        var project = await EvaluateAsync(path, restore: true);
        var references = new List<MetadataReference>(await ReferencesAsync(project));
        var workspace = new AdhocWorkspace();
        var arguments = project.Arguments;
        var id = ProjectId.CreateNewId(project.Name);
        var info = ProjectInfo.Create(id, VersionStamp.Default, project.Name, arguments.CompilationName ?? project.Name, LanguageNames.CSharp, path,
                compilationOptions: arguments.CompilationOptions, parseOptions: arguments.ParseOptions, metadataReferences: references,
                documents: arguments.SourceFiles.Select(f => Documents.Of(id, f.Path)),
                additionalDocuments: arguments.AdditionalFiles.Select(f => Documents.Of(id, f.Path)),
                analyzerReferences: Generators.In(arguments.AnalyzerReferences.Select(a => a.FilePath)))
            .WithAnalyzerConfigDocuments(arguments.AnalyzerConfigPaths.Select(p => Documents.Of(id, p)));
        return new(workspace.AddProject(info), root);
    }

    private async Task<IEnumerable<MetadataReference>> ReferencesAsync(Evaluated project)
    {
        var own = new Dictionary<string, MetadataReference>(StringComparer.Ordinal);
        foreach (var path in project.References)
        {
            var other = await EvaluateAsync(path, restore: false);
            if (await EmitAsync(path, other) is not { } image) continue;
            foreach (var output in other.Outputs) own[output] = image;
        }

        return project.Arguments.MetadataReferences.Select(r => own.TryGetValue(r.Reference, out var image) ? image
            : File.Exists(r.Reference) ? MetadataReference.CreateFromFile(r.Reference, r.Properties) : null).OfType<MetadataReference>();
    }

    // A referenced project as its build would leave it; null where that does not compile, and the last build has to do.
    private async Task<MetadataReference?> EmitAsync(string path, Evaluated project)
    {
        if (emitted.TryGetValue(path, out var known)) return known;
        progress(project.Name);
        var arguments = project.Arguments;
        var trees = arguments.SourceFiles.Select(f => CSharpSyntaxTree.ParseText(SourceText.From(File.ReadAllText(f.Path), Encoding.UTF8), arguments.ParseOptions, f.Path, cancellation));
        var compilation = CSharpCompilation.Create(arguments.CompilationName ?? project.Name, trees, await ReferencesAsync(project), arguments.CompilationOptions);
        var image = new MemoryStream();
        var result = compilation.Emit(image, options: new(metadataOnly: true), cancellationToken: cancellation);
        return emitted[path] = result.Success ? MetadataReference.CreateFromImage(image.ToArray(), filePath: project.Outputs.FirstOrDefault()) : null;
    }

    private Task<Evaluated> EvaluateAsync(string path, bool restore)
    {
        if (evaluated.TryGetValue(path, out var known)) return known;
        return evaluated[path] = Evaluate();

        async Task<Evaluated> Evaluate()
        {
            progress(Path.GetFileNameWithoutExtension(path));
            var folder = Path.GetDirectoryName(path)!;
            var framework = request.Framework;
            var answer = await AskAsync(path, folder, framework, restore);
            if (answer.Arguments.Count == 0 && answer.Property("TargetFrameworks").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, ..])
                answer = await AskAsync(path, folder, framework ?? first, restore: false);
            if (answer.Arguments.Count == 0) throw new Failure($"{path} compiles nothing: is it a C# project?");
            var parsed = CSharpCommandLineParser.Default.Parse(answer.Arguments, folder, null);
            var references = parsed.MetadataReferences.Select(r => new CommandLineReference(Path.GetFullPath(Path.Combine(folder, r.Reference)), r.Properties)).ToImmutableArray();
            return new(Path.GetFileNameWithoutExtension(path), parsed, answer.Projects, [.. new[] { answer.Property("TargetPath"), answer.Property("TargetRefPath") }.Where(p => p.Length > 0).Select(Path.GetFullPath)]) { MetadataReferences = references };
        }
    }

    private async Task<Answer> AskAsync(string path, string folder, string? framework, bool restore)
    {
        List<string> command =
        [
            "msbuild", path, "-nologo", "-target:ResolveReferences;CoreCompile", "-getItem:CscCommandLineArgs", "-getItem:ProjectReference", "-getProperty:TargetPath", "-getProperty:TargetRefPath", "-getProperty:TargetFrameworks",
            "-property:DesignTimeBuild=true", "-property:BuildProjectReferences=false", "-property:SkipCompilerExecution=true", "-property:ProvideCommandLineArgs=true",
            // An output that is never there: a target that is up to date would not be run, and would tell nothing.
            "-property:NonExistentFile=__NonExistentSubDir__/__NonExistentFile__",
        ];
        if (restore) command.Add("-restore");
        if (framework is not null) command.Add("-property:TargetFramework=" + framework);
        if (request.Configuration is { } configuration) command.Add("-property:Configuration=" + configuration);
        var (code, output) = await RunAsync(folder, command, cancellation);
        // Projects that are referenced have not been built: that alone is no reason to give up.
        if (output.IndexOf('{', StringComparison.Ordinal) is var start and >= 0 && Answer.Parse(output[start..]) is { } answer && (code == 0 || answer.Arguments.Count > 0)) return answer;
        // The outer build of a project with several frameworks has no such target: it is asked which frameworks these are.
        if (framework is null && output.Contains("MSB4057", StringComparison.Ordinal) && await RunAsync(folder, ["msbuild", path, "-nologo", "-getProperty:TargetFrameworks"], cancellation) is (0, var frameworks))
            return new([], [], new Dictionary<string, string> { ["TargetFrameworks"] = frameworks.Trim() });
        if (output.Contains("NETSDK1045", StringComparison.Ordinal) || output.Contains("No .NET SDKs were found", StringComparison.Ordinal) || output.Contains("A compatible .NET SDK was not found", StringComparison.Ordinal))
            throw new Failure($"{path} needs a .NET SDK that is not installed:{Environment.NewLine}{Complaints(output)}");
        throw new Failure($"{path} cannot be {(output.Contains(": error NU", StringComparison.Ordinal) ? "restored" : "evaluated")}:{Environment.NewLine}{Complaints(output)}");
    }

    private static string Complaints(string output)
    {
        var lines = output.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0).Distinct().ToList();
        var errors = lines.Where(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)).ToList();
        return string.Join(Environment.NewLine, (errors.Count > 0 ? errors : lines).Take(MostComplaints).Select(l => "  " + l));
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // The SDK of the project decides, not the one that runs the tool.
        foreach (var inherited in new[] { "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBUILD_EXE_PATH" }) start.Environment.Remove(inherited);
        try
        {
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output + await errors);
        }
        catch (Win32Exception)
        {
            throw new Failure("The .NET SDK was not found. Projects and solutions need it (https://dot.net/download); single files, folders without a project and notebooks do not.");
        }
    }

    private sealed record Evaluated(string Name, CSharpCommandLineArguments Arguments, ImmutableArray<string> References, ImmutableArray<string> Outputs)
    {
        public ImmutableArray<CommandLineReference> MetadataReferences { get; init; }
    }

    /// <summary>What MSBuild says.</summary>
    private sealed record Answer(IReadOnlyList<string> Arguments, ImmutableArray<string> Projects, IReadOnlyDictionary<string, string> Properties)
    {
        public string Property(string name) => Properties.GetValueOrDefault(name, "");

        public static Answer? Parse(string text)
        {
            try
            {
                // Errors of a target can follow the answer.
                var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
                using var document = JsonDocument.ParseValue(ref reader);
                var properties = document.RootElement.TryGetProperty(nameof(Properties), out var p) ? p.EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString() ?? "") : [];
                var items = document.RootElement.TryGetProperty("Items", out var i) ? i : default;
                return new(Items("CscCommandLineArgs").Select(a => a.GetProperty("Identity").GetString()!).ToList(),
                    [.. Items("ProjectReference").Where(r => !(r.TryGetProperty("ReferenceOutputAssembly", out var wanted) && wanted.GetString() is { } w && w.Equals("false", StringComparison.OrdinalIgnoreCase)))
                        .Select(r => r.GetProperty("FullPath").GetString()!).Where(f => f.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase))],
                    properties);

                IEnumerable<JsonElement> Items(string name) => items.ValueKind == JsonValueKind.Object && items.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
