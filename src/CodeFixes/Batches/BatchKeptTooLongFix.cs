using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Batches;

/// <summary>TL0606: keeps a copy of the tensor, or lets the loader leave its batches alone.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BatchKeptTooLongFix)), Shared]
public sealed class BatchKeptTooLongFix() : TrainLintFix("TL0606", "Keep")
{
    private const string DisposeBatch = TorchVocabulary.DisposeBatchParameter + ": false";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var span = diagnostic.Location.SourceSpan;
        var kept = page.NodeAt(span).AncestorsAndSelf().TakeWhile(n => n.Span == span).OfType<ExpressionSyntax>().LastOrDefault();
        if (kept is not null && kept is not InvocationExpressionSyntax && page.Torch.Is(page.Model.GetTypeInfo(kept, page.Cancellation).Type, TorchType.Tensor))
        {
            // A copy made in a scope goes with it.
            var loop = kept.Ancestors().OfType<CommonForEachStatementSyntax>().FirstOrDefault();
            var scoped = loop is not null && loop.Statement.DescendantTokens().Any(t => t.ValueText == TorchVocabulary.NewScopeName);
            foreach (var repair in Repair.Of($"Keep a copy", [new TextChange(new(kept.Span.End, 0), scoped ? $".clone().{TorchVocabulary.MoveToOuterName}()" : ".clone()")])) yield return repair;
            yield break;
        }

        foreach (var place in diagnostic.AdditionalLocations)
        {
            if (place.SourceTree != page.Tree || page.NodeAt(place.SourceSpan).AncestorsAndSelf().TakeWhile(n => n.Span == place.SourceSpan).Select(LoaderArguments.Of).LastOrDefault(a => a is not null) is not { Arguments: { Count: > 0 } arguments } list) continue;
            var written = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == TorchVocabulary.DisposeBatchParameter);
            foreach (var repair in Repair.Of($"Let the DataLoader keep its batches", [written is null ? LoaderArguments.Added(page.Text, list, DisposeBatch) : new TextChange(written.Expression.Span, "false")])) yield return repair;
        }
    }
}
