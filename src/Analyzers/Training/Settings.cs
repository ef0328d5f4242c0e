using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TrainLint.Analyzers.Training;

/// <summary>What the project has set, file by file, and those files of settings that the compiler was shown.</summary>
internal sealed class Settings(Compilation compilation, AnalyzerOptions options)
{
    public Compilation Compilation { get; } = compilation;

    /// <summary>The .editorconfig and .globalconfig files whose text can be read; the package sees to it that they can.</summary>
    public IEnumerable<AdditionalText> Files { get; } = options.AdditionalFiles.Where(IsSettings);

    /// <summary>What holds for a file of the source.</summary>
    public AnalyzerConfigOptions Of(SyntaxTree tree) => options.AnalyzerConfigOptionsProvider.GetOptions(tree);

    /// <summary>What is set for the severity of a rule in a file of the source; null where nothing is.</summary>
    public ReportDiagnostic? SeverityOf(string rule, SyntaxTree tree, CancellationToken cancellation) =>
        Compilation.Options.SyntaxTreeOptionsProvider?.TryGetDiagnosticValue(tree, rule, cancellation, out var severity) == true ? severity : null;

    public static bool IsSettings(AdditionalText file) =>
        file.Path.EndsWith(".editorconfig", StringComparison.OrdinalIgnoreCase) || file.Path.EndsWith(".globalconfig", StringComparison.OrdinalIgnoreCase);
}
