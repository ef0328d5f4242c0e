using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    /// <summary>What the project has set in .editorconfig; null where nobody can have set anything.</summary>
    public AnalyzerConfigOptionsProvider? Options { get; init; }

    /// <summary>A figure to compare with, as it is set for a file.</summary>
    public double Get(Limit limit, SyntaxTree tree) => Options is null ? limit.Default : limit.Read(Options.GetOptions(tree));
}
