using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Benchmarks.Code;

namespace TrainLint.Benchmarks;

/// <summary>The memory that an analysis keeps while an editor holds its compilation.</summary>
internal static class Held
{
    public static void Print()
    {
        Console.WriteLine("| Files | Held with an empty analyzer [MB] | Held with TrainLint [MB] | Difference [MB] |\n| ---: | ---: | ---: | ---: |");
        foreach (var files in new[] { 1, 10, 100, 1_000 })
        {
            var (empty, ours) = (Of(files, Analyzers.Empty), Of(files, Analyzers.Ours));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {files} | {empty:N1} | {ours:N1} | {ours - empty:N1} |"));
        }
    }

    private static double Of(int files, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        // What is kept once for all compilations is made first; what is kept per file belongs to the figure.
        Analysis.Run(TrainingCode.Files(files), analyzers);
        var code = TrainingCode.Files(files);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var driver = Analysis.Driver(code, analyzers);
        driver.GetAnalysisResultAsync(default).GetAwaiter().GetResult();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive((driver, code));
        return (after - before) / 1e6;
    }
}
