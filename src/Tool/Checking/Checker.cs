using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers;
using TrainLint.CodeFixes;
using TrainLint.Tool.Loading;

namespace TrainLint.Tool.Checking;

/// <summary>What one program was found to do.</summary>
/// <param name="Target">The program.</param>
/// <param name="Compilation">As it was compiled.</param>
/// <param name="Findings">By file and line.</param>
/// <param name="CompileErrors">What the compiler refuses: code around it is not judged.</param>
internal sealed record Checked(Target Target, Compilation Compilation, ImmutableArray<Finding> Findings, ImmutableArray<Diagnostic> CompileErrors);

/// <summary>Runs the rules, and asks their fixes.</summary>
internal static class Checker
{
    // An expression alone is no statement; in a notebook it is what the cell shows.
    private const string ShownExpression = "CS0201";

    private static readonly ImmutableArray<CodeFixProvider> Fixes =
        [.. typeof(TrainLintFix).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(TrainLintFix)) && !t.IsAbstract).Select(t => (CodeFixProvider)Activator.CreateInstance(t)!)];

    /// <summary>Runs the rules on a program.</summary>
    /// <param name="target">The program.</param>
    /// <param name="withFixes">Whether to ask what the fixes would do.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="Failure">The program does not use TorchSharp.</exception>
    public static async Task<Checked> CheckAsync(Target target, bool withFixes, CancellationToken cancellation)
    {
        var compilation = (await target.Project.GetCompilationAsync(cancellation))!;
        if (!Target.HasTorchSharp(compilation)) throw new Failure($"{target.Name} does not reference TorchSharp: there is nothing in it to check.");
        var errors = compilation.GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error && !(target.Notebook is not null && d.Id == ShownExpression)).ToImmutableArray();
        var driver = compilation.WithAnalyzers([new TrainLintAnalyzer()], new CompilationWithAnalyzersOptions(target.Project.AnalyzerOptions, OnException, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
        var found = await driver.GetAnalyzerDiagnosticsAsync(cancellation);
        var findings = new List<Finding>();
        foreach (var diagnostic in found.Where(d => !d.IsSuppressed && d.Location.IsInSource))
        {
            var text = await diagnostic.Location.SourceTree!.GetTextAsync(cancellation);
            var finding = new Finding(diagnostic.Id, Of(diagnostic.Severity), diagnostic.GetMessage(Spoken.Culture), Place.Of(diagnostic.Location, target.Root),
                text.Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString(), diagnostic)
            {
                Related = [.. diagnostic.AdditionalLocations.Select(l => Place.Of(l, target.Root))],
            };
            findings.Add(withFixes && await FixOf(target.Project, diagnostic, cancellation) is { } action ? finding with { Fix = action.Title } : finding);
        }

        return new(target, compilation, [.. findings.OrderBy(f => f.Place.File, StringComparer.Ordinal).ThenBy(f => f.Place.Cell).ThenBy(f => f.Place.Line).ThenBy(f => f.Place.Column).ThenBy(f => f.Id, StringComparer.Ordinal)], errors);

        // A rule never throws; if one does, that is a defect of it and no reason for silence.
        static void OnException(Exception exception, DiagnosticAnalyzer analyzer, Diagnostic diagnostic) => throw new InvalidOperationException(diagnostic.GetMessage(CultureInfo.InvariantCulture), exception);
    }

    /// <summary>What the fix of a finding would do; null where none is offered.</summary>
    public static async Task<CodeAction?> FixOf(Project project, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (project.GetDocument(diagnostic.Location.SourceTree) is not { } document) return null;
        CodeAction? best = null;
        foreach (var fix in Fixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => best ??= action, cancellation));
        return best;
    }

    private static Loudness Of(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => Loudness.Error,
        DiagnosticSeverity.Warning => Loudness.Warning,
        _ => Loudness.Suggestion,
    };
}
