using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Microsoft.CodeAnalysis.CodeActions;
using TrainLint.Tool.Checking;
using TrainLint.Tool.Loading;
using TrainLint.Tool.Output;
using TrainLint.Tool.Report;

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

    private const string ReportFile = "trainlint-report.html";

    private static readonly Argument<string?> Path = new("path") { Description = "A project, a solution, a folder, a C# file, a script (.csx) or a notebook (.ipynb, .dib). The folder that this is run in, where none is named.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> Reference = new("--reference", "-r") { Description = "An assembly that code without a project is compiled against; TorchSharp is taken from the NuGet cache otherwise." };
    private static readonly Option<string?> Framework = new("--framework", "-f") { Description = "The target framework of a project that has several." };
    private static readonly Option<string?> Configuration = new("--configuration", "-c") { Description = "The configuration of a project." };
    private static readonly Option<Format> Format_ = new("--format") { Description = "How findings are written." };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The file that is written instead of the standard output." };
    private static readonly Option<Loudness> Level = new("--level") { Description = "The quietest findings that are shown." };
    private static readonly Option<FailOn> FailOn_ = new("--fail-on") { Description = "The quietest findings that make the exit code 1.", DefaultValueFactory = _ => FailOn.Warning };
    private static readonly Option<string[]> Ids = new("--ids") { Description = "Only these rules, as in TL0701,TL0401.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Language = new("--lang") { Description = "The language of the texts: en or ja.", DefaultValueFactory = _ => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja" ? "ja" : "en" };

    private static readonly Option<Loudness> FixLevel = new("--level") { Description = "The quietest findings that are mended.", DefaultValueFactory = _ => Loudness.Warning };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Applies every fix without asking." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Changes nothing and prints the difference." };
    private static readonly Option<string[]> Log = new("--log") { Description = "The log of a run, as TrainLint.Runtime writes it; two of them are shown side by side." };
    private static readonly Option<Format> ReportFormat = new("--format") { Description = "How the report is written.", DefaultValueFactory = _ => Format.Html };
    private static readonly Option<FailOn> ReportFailOn = new("--fail-on") { Description = "The quietest findings that make the exit code 1.", DefaultValueFactory = _ => FailOn.Never };

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
            Fix(output, errors),
            Report(output, errors),
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
            Write(parsed.GetValue(Output), output, format switch
            {
                Format.Json => FindingFormats.ToJson(findings),
                Format.Sarif => FindingFormats.Sarif(findings),
                Format.Markdown => FindingFormats.Markdown(findings),
                Format.Html => HtmlReport.Render(Checklists.Of(programs, [], f => Wanted(parsed, f), cancellation)),
                _ => FindingFormats.Text(findings),
            });
            Announce(findings, format == Format.Text && parsed.GetValue(Output) is null ? output : errors);
            return Code(parsed.GetValue(FailOn_), findings);
        });
        return command;
    }

    private static Command Fix(TextWriter output, TextWriter errors)
    {
        var command = new Command("fix", "Applies the fixes of what the rules find, and changes no other line.") { Path, Reference, Framework, Configuration, FixLevel, FailOn_, Ids, Yes, DryRun, Language };
        command.SetAction(async (parsed, cancellation) =>
        {
            Speak(parsed);
            var (yes, dry) = (parsed.GetValue(Yes), parsed.GetValue(DryRun));
            var asks = !yes && !dry;
            if (asks && Console.IsInputRedirected) throw new Failure("Nobody can be asked here: say --yes to apply every fix, or --dry-run to see them.");
            var targets = await LoadAsync(parsed, errors, cancellation);
            var (files, applied, left) = (new List<ChangedFile>(), new List<Finding>(), new List<Finding>());
            var always = yes || dry;
            foreach (var target in targets)
            {
                var result = asks ? await FixAsync(target, _ => { }) : await Progress.RunAsync(errors, progress => FixAsync(target, progress));
                files.AddRange(result.Files);
                applied.AddRange(result.Applied);
                left.AddRange(result.Left);
            }

            foreach (var file in files)
            {
                if (dry) output.Write(Diff.Unified(System.IO.Path.GetRelativePath(Directory.GetCurrentDirectory(), file.Path).Replace('\\', '/'), file.Before, file.After));
                else file.Write();
            }

            if (!dry)
                foreach (var finding in applied) output.WriteLine($"{finding.Place}: mended {finding.Id}: {finding.Message}");
            var rest = Wanted(parsed, left, Loudness.Suggestion);
            errors.WriteLine($"{applied.Count} {(dry ? "would be mended" : "mended")}, {rest.Count(f => f.Loudness >= Loudness.Warning)} warnings left.");
            return Code(parsed.GetValue(FailOn_), dry ? [.. rest, .. applied] : rest);

            Task<Fixed> FixAsync(Target target, Action<string> progress) =>
                Fixer.FixAsync(target, f => Wanted(parsed, f, (parsed.GetValue(Ids) ?? []).Length > 0 ? Loudness.Suggestion : parsed.GetValue(FixLevel)), Decide, progress, cancellation);

            Answer Decide(Finding finding, CodeAction action, ChangedFile file)
            {
                if (always) return Answer.Yes;
                errors.WriteLine($"{finding.Place}: {finding.Id}: {finding.Message}");
                errors.Write(Diff.Unified(finding.Place.File, file.Before, file.After));
                while (true)
                {
                    errors.Write($"{action.Title}? [y]es, [n]o, [a]ll, [q]uit: ");
                    switch (Console.ReadLine()?.Trim().ToLowerInvariant())
                    {
                        case "y" or "yes":
                            return Answer.Yes;
                        case "n" or "no":
                            return Answer.No;
                        case "a" or "all":
                            always = true;
                            return Answer.Yes;
                        case null or "q" or "quit":
                            return Answer.Stop;
                    }
                }
            }
        });
        return command;
    }

    private static Command Report(TextWriter output, TextWriter errors)
    {
        var command = new Command("report", "Writes the checklist of every training loop, with what runs showed.") { Path, Reference, Framework, Configuration, ReportFormat, Output, Level, ReportFailOn, Ids, Log, Language };
        command.SetAction(async (parsed, cancellation) =>
        {
            Speak(parsed);
            var logs = parsed.GetValue(Log) ?? [];
            if (logs.Length > 2) throw new Failure("One log can be shown, or two side by side.");
            var runs = logs.Select(RunLog.Read).ToImmutableArray();
            var format = parsed.GetValue(ReportFormat);
            // A log alone can be looked at anywhere.
            var alone = logs.Length > 0 && parsed.GetValue(Path) is null && !Targets.IsProgram(Directory.GetCurrentDirectory());
            var programs = alone ? [] : await CheckAsync(parsed, errors, withFixes: true, cancellation);
            var report = Checklists.Of(programs, runs, f => Wanted(parsed, f), cancellation);
            var text = format switch
            {
                Format.Json => ReportFormats.Json(report),
                Format.Sarif => FindingFormats.Sarif(report.Findings),
                Format.Markdown => ReportFormats.Markdown(report),
                Format.Text => ReportFormats.Text(report),
                _ => HtmlReport.Render(report),
            };
            var file = parsed.GetValue(Output) ?? (format == Format.Html ? ReportFile : null);
            Write(file, output, text);
            if (file is not null) errors.WriteLine(file);
            if (GitHub.IsHere) GitHub.Summarize(ReportFormats.Markdown(report));
            return Code(parsed.GetValue(ReportFailOn), report.Findings);
        });
        return command;
    }

    private static void Speak(ParseResult parsed)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        Spoken.Culture = CultureInfo.GetCultureInfo(parsed.GetValue(Language)!);
    }

    private static Request RequestOf(ParseResult parsed) => new(parsed.GetValue(Path) ?? ".", parsed.GetValue(Reference) ?? [], parsed.GetValue(Framework), parsed.GetValue(Configuration));

    // The programs that use TorchSharp: a solution may well hold others.
    private static async Task<IReadOnlyList<Target>> LoadAsync(ParseResult parsed, TextWriter errors, CancellationToken cancellation)
    {
        var request = RequestOf(parsed);
        var targets = await Progress.RunAsync(errors, progress => Targets.LoadAsync(request, name => progress($"Loading {name}"), cancellation));
        if (targets.Count == 1) return targets;
        var used = new List<Target>();
        foreach (var target in targets)
            if (Target.HasTorchSharp((await target.Project.GetCompilationAsync(cancellation))!)) used.Add(target);
        return used.Count > 0 ? used : throw new Failure($"No project of {request.Path} references TorchSharp: there is nothing to check.");
    }

    private static async Task<IReadOnlyList<Checked>> CheckAsync(ParseResult parsed, TextWriter errors, bool withFixes, CancellationToken cancellation)
    {
        var targets = await LoadAsync(parsed, errors, cancellation);
        return await Progress.RunAsync(errors, async progress =>
        {
            var programs = new List<Checked>();
            foreach (var target in targets)
            {
                progress($"Checking {target.Name}");
                var program = await Checker.CheckAsync(target, withFixes, cancellation);
                programs.Add(program);
                if (program.CompileErrors is [var first, ..])
                    await errors.WriteLineAsync($"{target.Name} has {program.CompileErrors.Length} compile error{(program.CompileErrors.Length == 1 ? "" : "s")}; what depends on them is not judged. The first: {Place.Of(first.Location, target.Root)}: {first.Id}: {first.GetMessage(CultureInfo.InvariantCulture)}");
            }

            return programs;
        });
    }

    private static IReadOnlyList<Finding> Wanted(ParseResult parsed, IEnumerable<Finding> findings) => Wanted(parsed, findings, parsed.GetValue(Level));

    private static IReadOnlyList<Finding> Wanted(ParseResult parsed, IEnumerable<Finding> findings, Loudness level)
    {
        var ids = (parsed.GetValue(Ids) ?? []).SelectMany(i => i.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (ids.FirstOrDefault(i => Analyzers.RuleCatalogue.All.All(r => !r.Id.Equals(i, StringComparison.OrdinalIgnoreCase))) is { } unknown) throw new Failure($"There is no rule {unknown}.");
        return [.. findings.Where(f => f.Loudness >= level && (ids.Count == 0 || ids.Contains(f.Id)))];
    }

    private static void Write(string? file, TextWriter output, string text)
    {
        if (file is null)
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

    private static void Announce(IReadOnlyList<Finding> findings, TextWriter writer)
    {
        if (!GitHub.IsHere) return;
        foreach (var finding in findings) writer.WriteLine(GitHub.Annotation(finding));
        GitHub.Summarize(FindingFormats.Markdown(findings));
    }

    private static int Code(FailOn failOn, IReadOnlyCollection<Finding> findings) => failOn switch
    {
        FailOn.Never => Clean,
        FailOn.Error => findings.Any(f => f.Loudness == Loudness.Error) ? Found : Clean,
        FailOn.Suggestion => findings.Count > 0 ? Found : Clean,
        _ => findings.Any(f => f.Loudness >= Loudness.Warning) ? Found : Clean,
    };
}
