using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Batches;

/// <summary>TL0601: shuffles the training data.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TrainingDataNotShuffledFix)), Shared]
public sealed class TrainingDataNotShuffledFix() : TrainLintFix("TL0601", "Shuffle")
{
    private const string Shuffle = "shuffle: true";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var span = diagnostic.Location.SourceSpan;
        foreach (var node in page.NodeAt(span).AncestorsAndSelf().TakeWhile(n => n.Span == span))
        {
            if (node is ArgumentSyntax argument) return Repair.Of($"Pass '{Shuffle}'", [new TextChange(argument.Expression.Span, "true")]);
            var arguments = node switch
            {
                BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
                InvocationExpressionSyntax call => call.ArgumentList,
                _ => null,
            };
            if (arguments is { Arguments.Count: > 0 }) return Repair.Of($"Pass '{Shuffle}'", [LoaderArguments.Added(page.Text, arguments, Shuffle)]);
        }

        return [];
    }
}
