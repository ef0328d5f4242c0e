using BenchmarkDotNet.Running;
using TrainLint.Benchmarks;

// Without arguments all benchmarks run; `--filter *WholeProgram*` runs some, `--held` says how much memory an analysis keeps.
if (args is ["--held"])
{
    Held.Print();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Measured).Assembly).Run(args is [] ? ["--filter", "*"] : args, new MeasuredConfig());
