using System.CommandLine;
using System.Globalization;
using TrainLint.Tool.Checking;
using TrainLint.Tool.Loading;
using TrainLint.Tool.Output;

namespace TrainLint.Tool;

internal enum Format
{
    Text,
    Json,
    Sarif,
    Markdown,
    Html,
}

internal enum FailOn
{
    Suggestion,
    Warning,
    Error,
    Never,
}

/// <summary>The commands and what they write. Exit codes: 0 nothing found, 1 findings, 2 the command line or the input is wrong.</summary>
internal static class CommandLine
{
    public const int Clean = 0;
    public const int Found = 1;
    public const int Wrong = 2;

    private static readonly Argument<string> Path = new("path") { Description = "A project, a solution, a folder, a C# file, a script (.csx) or a notebook (.ipynb, .dib).", DefaultValueFactory = _ => "." };
    private static readonly Option<string[]> Reference = new("--reference", "-r") { Description = "An assembly that code without a project is compiled against; TorchSharp is taken from the NuGet cache otherwise." };
    private static readonly Option<string?> Framework = new("--framework", "-f") { Description = "The target framework of a project that has several." };
    private static readonly Option<string?> Configuration = new("--configuration", "-c") { Description = "The configuration of a project." };
    private static readonly Option<Format> Format_ = new("--format") { Description = "How findings are written." };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file that is written instead of the standard output." };
    private static readonly Option<Loudness> Level = new("--level") { Description = "The quietest findings that are shown." };
    private static readonly Option<FailOn> FailOn_ = new("--fail-on") { Description = "The quietest findings that make the exit code 1.", DefaultValueFactory = _ => FailOn.Warning };
    private static readonly Option<string[]> Ids = new("--ids") { Description = "Only these rules, as in TL0701,TL0401.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Language = new("--lang") { Description = "The language of the texts: en or ja.", DefaultValueFactory = _ => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja" ? "ja" : "en" };

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">What follows the name of the tool.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="errors">Where progress and complaints go.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        Language.AcceptOnlyFromAmong("en", "ja");
        var root = new RootCommand("Finds the mistakes in TorchSharp training code that make the loss stay where it is. Exit codes: 0 nothing found, 1 findings, 2 the command line or the input is wrong.")
        {
            Check(output, errors),
        };
        var parsed = root.Parse(arguments);
        var configuration = new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false };
        try
        {
            var code = await parsed.InvokeAsync(configuration);
            return parsed.Errors.Count > 0 ? Wrong : code;
        }
        catch (Failure failure)
        {
            await errors.WriteLineAsync(failure.Message);
            return Wrong;
        }
    }

    private static Command Check(TextWriter output, TextWriter errors)
    {
        var command = new Command("check", "Runs the rules and writes what they find.") { Path, Reference, Framework, Configuration, Format_, Output, Level, FailOn_, Ids, Language };
        command.SetAction(async (parsed, cancellation) =>
        {
            Speak(parsed);
            var format = parsed.GetValue(Format_);
            var programs = await CheckAsync(parsed, errors, withFixes: format is Format.Json or Format.Markdown or Format.Html, cancellation);
            var findings = Wanted(parsed, programs.SelectMany(p => p.Findings));
            Write(parsed, output, format switch
            {
                Format.Json => FindingFormats.ToJson(findings),
                Format.Sarif => FindingFormats.Sarif(findings),
                Format.Markdown => FindingFormats.Markdown(findings),
                _ => FindingFormats.Text(findings),
            });
            Announce(parsed, findings, format == Format.Text && parsed.GetValue(Output) is null ? output : errors);
            return Code(parsed, findings);
        });
        return command;
    }

    private static void Speak(ParseResult parsed)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Spoken.Culture = CultureInfo.GetCultureInfo(parsed.GetValue(Language)!);
    }

    private static async Task<IReadOnlyList<Checked>> CheckAsync(ParseResult parsed, TextWriter errors, bool withFixes, CancellationToken cancellation)
    {
        var request = new Request(parsed.GetValue(Path)!, parsed.GetValue(Reference) ?? [], parsed.GetValue(Framework), parsed.GetValue(Configuration));
        return await Progress.RunAsync(errors, async progress =>
        {
            var targets = await Targets.LoadAsync(request, name => progress($"Loading {name}"), cancellation);
            var programs = new List<Checked>();
            foreach (var target in targets)
            {
                progress($"Checking {target.Name}");
                // A solution may well hold projects that have nothing to do with training.
                if (targets.Count > 1 && !Target.HasTorchSharp((await target.Project.GetCompilationAsync(cancellation))!)) continue;
                var program = await Checker.CheckAsync(target, withFixes, cancellation);
                programs.Add(program);
                if (program.CompileErrors is [var first, ..])
                    await errors.WriteLineAsync($"{target.Name} has {program.CompileErrors.Length} compile error{(program.CompileErrors.Length == 1 ? "" : "s")}; what depends on them is not judged. The first: {Place.Of(first.Location, target.Root)}: {first.Id}: {first.GetMessage(CultureInfo.InvariantCulture)}");
            }

            return programs.Count > 0 ? programs : throw new Failure($"No project of {request.Path} references TorchSharp: there is nothing to check.");
        });
    }

    private static IReadOnlyList<Finding> Wanted(ParseResult parsed, IEnumerable<Finding> findings)
    {
        var ids = (parsed.GetValue(Ids) ?? []).SelectMany(i => i.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ids.FirstOrDefault(i => Analyzers.RuleCatalogue.All.All(r => !r.Id.Equals(i, StringComparison.OrdinalIgnoreCase))) is { } unknown) throw new Failure($"There is no rule {unknown}.");
        return [.. findings.Where(f => f.Loudness >= parsed.GetValue(Level) && (ids.Count == 0 || ids.Contains(f.Id)))];
    }

    private static void Write(ParseResult parsed, TextWriter output, string text)
    {
        if (parsed.GetValue(Output) is not { } file)
        {
            output.Write(text);
            if (!text.EndsWith('\n')) output.WriteLine();
            return;
        }

        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"{file} cannot be written: {e.Message}");
        }
    }

    private static void Announce(ParseResult parsed, IReadOnlyList<Finding> findings, TextWriter writer)
    {
        if (!GitHub.IsHere) return;
        foreach (var finding in findings) writer.WriteLine(GitHub.Annotation(finding));
        GitHub.Summarize(FindingFormats.Markdown(findings));
    }

    private static int Code(ParseResult parsed, IEnumerable<Finding> findings) => parsed.GetValue(FailOn_) switch
    {
        FailOn.Never => Clean,
        FailOn.Error => findings.Any(f => f.Loudness == Loudness.Error) ? Found : Clean,
        FailOn.Suggestion => findings.Any() ? Found : Clean,
        _ => findings.Any(f => f.Loudness >= Loudness.Warning) ? Found : Clean,
    };
}
