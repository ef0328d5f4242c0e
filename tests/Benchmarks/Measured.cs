using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis.CSharp;

namespace TrainLint.Benchmarks;

/// <summary>One piece of code: the compiler alone, an analyzer that does nothing, and ours.</summary>
public abstract class Measured
{
    private CSharpCompilation code = null!;

    /// <summary>The code, and the number of findings in it.</summary>
    private protected abstract (CSharpCompilation Code, int Findings) Prepare();

    private protected CSharpCompilation Code => code;

    private int findings;

    [GlobalSetup]
    public virtual void Setup() => (code, findings) = Prepare();

    [Benchmark(Baseline = true)]
    public int Compiler() => Analysis.Bind(code);

    [Benchmark]
    public int EmptyAnalyzer() => Analysis.Run(code, Analyzers.Empty, 0);

    [Benchmark]
    public int TrainLint() => Analysis.Run(code, Analyzers.Ours, findings);
}
