using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Suppressors;

/// <summary>Takes back what general rules say against the habits of TorchSharp. The compiler asks only where such a rule has found something.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainLintSuppressor : DiagnosticSuppressor
{
    private static readonly ILookup<string, Suppression> BySuppressed = Suppressions.All.ToLookup(s => s.Suppressed);

    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = Suppressions.All.Select(s => s.Descriptor).ToImmutableArray();

    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        if (context.ReportedDiagnostics.IsEmpty || TorchSymbols.TryCreate(context.Compilation) is not { } torch) return;
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is not { } tree) continue;
            var node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var contradiction = new Contradiction(diagnostic, node, context.GetSemanticModel(tree), torch, context.CancellationToken);
            if (BySuppressed[diagnostic.Id].FirstOrDefault(s => s.Holds(contradiction)) is { } suppression)
                context.ReportSuppression(Microsoft.CodeAnalysis.Diagnostics.Suppression.Create(suppression.Descriptor, diagnostic));
        }
    }
}
