using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace TrainLint.Benchmarks;

/// <summary>Every benchmark in this process, warmed up, and its own time as a share of what the compiler needs for the same code.</summary>
internal sealed class MeasuredConfig : ManualConfig
{
    public MeasuredConfig()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring).WithWarmupCount(3).WithIterationCount(9));
        AddLogger(ConsoleLogger.Default);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(MarkdownExporter.GitHub);
        AddColumn(TargetMethodColumn.Method, StatisticColumn.Median, new OwnTimeColumn(), new ShareColumn());
        AddColumnProvider(DefaultColumnProviders.Params, DefaultColumnProviders.Metrics);
        WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared));
        WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(Perfolizer.Horology.TimeUnit.Millisecond));
    }

    /// <summary>The median of a benchmark in nanoseconds; null where it did not run.</summary>
    private static double? Median(Summary summary, BenchmarkCase like, string method) =>
        summary.BenchmarksCases.FirstOrDefault(c => c.Descriptor.WorkloadMethod.Name == method && c.Parameters.ValueInfo == like.Parameters.ValueInfo) is { } found ? summary[found]?.ResultStatistics?.Median : null;

    private static double? Own(Summary summary, BenchmarkCase benchmark) =>
        benchmark.Descriptor.WorkloadMethod.Name is nameof(Measured.Compiler) or nameof(Measured.EmptyAnalyzer) ? null
        : summary[benchmark]?.ResultStatistics?.Median - Median(summary, benchmark, nameof(Measured.EmptyAnalyzer));

    private abstract class Column(string name, string legend) : IColumn
    {
        public string Id => name;

        public string ColumnName => name;

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public string Legend => legend;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public abstract string GetValue(Summary summary, BenchmarkCase benchmarkCase);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);
    }

    private sealed class OwnTimeColumn() : Column("Own [ms]", "what the analyzers add to the run of one that does nothing")
    {
        public override string GetValue(Summary summary, BenchmarkCase benchmarkCase) => Own(summary, benchmarkCase) is { } own ? (own / 1e6).ToString("N1", CultureInfo.InvariantCulture) : "";
    }

    private sealed class ShareColumn() : Column("Own / compiler", "that, as a share of the compiler's own time for the same code")
    {
        public override string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
            Own(summary, benchmarkCase) / Median(summary, benchmarkCase, nameof(Measured.Compiler)) is { } share ? (100 * share).ToString("N1", CultureInfo.InvariantCulture) + " %" : "";
    }
}
