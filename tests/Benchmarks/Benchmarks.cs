using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Benchmarks.Code;

namespace TrainLint.Benchmarks;

/// <summary>Whole programs of training code, ours beside the peers.</summary>
public class WholeProgram : Measured
{
    private ImmutableArray<DiagnosticAnalyzer> meziantou, netAnalyzers, roslynator, sonar;

    [Params(1, 10, 100, 1000)]
    public int Files { get; set; }

    private protected override (CSharpCompilation Code, int Findings) Prepare() => (TrainingCode.Files(Files), TrainingCode.MistakesIn(Files));

    public override void Setup()
    {
        base.Setup();
        var peers = Analyzers.Peers.Select(Analyzers.Peer).ToArray();
        (meziantou, netAnalyzers, roslynator, sonar) = (peers[0], peers[1], peers[2], peers[3]);
    }

    [Benchmark]
    public int Meziantou() => Analysis.Run(Code, meziantou);

    [Benchmark]
    public int NetAnalyzers() => Analysis.Run(Code, netAnalyzers);

    [Benchmark]
    public int Roslynator() => Analysis.Run(Code, roslynator);

    [Benchmark]
    public int Sonar() => Analysis.Run(Code, sonar);
}

/// <summary>One method that grows.</summary>
public class LongMethod : Measured
{
    [Params(100, 1_000, 10_000)]
    public int Statements { get; set; }

    private protected override (CSharpCompilation Code, int Findings) Prepare() => (TrainingCode.LongMethod(Statements), 0);
}

/// <summary>A training step behind helpers that call each other.</summary>
public class HelperChain : Measured
{
    [Params(10, 100, 1_000)]
    public int Depth { get; set; }

    private protected override (CSharpCompilation Code, int Findings) Prepare() => (TrainingCode.HelperChain(Depth), 0);
}

/// <summary>Code that has nothing to do with training: what everybody else pays.</summary>
public class WithoutTorchSharp : Measured
{
    private protected override (CSharpCompilation Code, int Findings) Prepare() => (TrainingCode.WithoutTorchSharp(1_000), 0);
}

/// <summary>What an editor does after each key press: the file is bound again, and the analyzers are asked about it.</summary>
public class SingleFileEdit
{
    private CSharpCompilation code = null!;
    private SyntaxTree file = null!;
    private int edits;

    [Params(100)]
    public int Files { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        code = TrainingCode.Files(Files);
        file = code.SyntaxTrees[0];
        Analysis.Run(code, Analyzers.Ours);
    }

    [Benchmark(Baseline = true)]
    public int Compiler()
    {
        var (edited, tree) = TrainingCode.Edit(code, file, edits++);
        return edited.GetSemanticModel(tree).GetDiagnostics().Length;
    }

    [Benchmark]
    public int EmptyAnalyzer()
    {
        var (edited, tree) = TrainingCode.Edit(code, file, edits++);
        return Analysis.RunOn(edited, tree, Analyzers.Empty, 0);
    }

    [Benchmark]
    public int TrainLint()
    {
        var (edited, tree) = TrainingCode.Edit(code, file, edits++);
        return Analysis.RunOn(edited, tree, Analyzers.Ours, 1);
    }
}
