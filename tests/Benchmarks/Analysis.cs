using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TrainLint.Benchmarks;

/// <summary>Runs analyzers over a compilation as the compiler does, in one thread, and the compiler alone.</summary>
internal static class Analysis
{
    /// <summary>What the compiler itself does: binds all, reports its errors and warnings.</summary>
    public static int Bind(CSharpCompilation compilation) => compilation.Clone().GetDiagnostics().Length;

    /// <summary>Binds, and asks the analyzers. Nothing is shared with another run.</summary>
    /// <exception cref="InvalidOperationException">An analyzer crashed, or found another number of things than it should have.</exception>
    public static int Run(CSharpCompilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers, int? expected = null) =>
        Checked(Driver(compilation.Clone(), analyzers).GetAnalysisResultAsync(default).GetAwaiter().GetResult().GetAllDiagnostics(), expected);

    /// <summary>What an editor asks for after each edit: the findings in one file.</summary>
    public static int RunOn(CSharpCompilation compilation, SyntaxTree tree, ImmutableArray<DiagnosticAnalyzer> analyzers, int? expected = null)
    {
        var driver = Driver(compilation, analyzers);
        var inText = driver.GetAnalyzerSyntaxDiagnosticsAsync(tree, default).GetAwaiter().GetResult();
        return Checked([.. inText, .. driver.GetAnalyzerSemanticDiagnosticsAsync(driver.Compilation.GetSemanticModel(tree), null, default).GetAwaiter().GetResult()], expected);
    }

    /// <summary>The analysis as an editor keeps it.</summary>
    public static CompilationWithAnalyzers Driver(CSharpCompilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        compilation.WithAnalyzers(analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: false));

    private static int Checked(ImmutableArray<Diagnostic> found, int? expected)
    {
        if (found.FirstOrDefault(d => d.Id == "AD0001") is { } crash) throw new InvalidOperationException(crash.ToString());
        return expected is null || found.Length == expected ? found.Length : throw new InvalidOperationException($"{expected} findings were to be expected, not {found.Length}: {string.Join("; ", found.Take(5))}");
    }
}
