using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0601: the DataLoader that a training loop reads does not shuffle.</summary>
internal sealed class TrainingDataNotShuffled() : Rule(
    "TL0601",
    Section.Batches,
    Level.Warning,
    "Training data is not shuffled",
    "The training loop reads '{0}' in the same order every epoch: pass shuffle: true (the default is false)",
    "Without shuffling the model sees the samples in the order in which they are stored. Where they are sorted, by class for instance, each batch pulls it towards one class and the last one wins.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in body.Events(EventKind.Create))
        {
            var (method, arguments) = creation.Operation switch
            {
                IInvocationOperation call => (call.TargetMethod, call.Arguments),
                IObjectCreationOperation made => (made.Constructor, made.Arguments),
                _ => (null, default),
            };
            if (method is null || !body.Torch.Is(creation.Operation.Type, TorchType.DataLoader) || !TorchSymbols.IsLibrary(method)) continue;
            if (body.Torch.Is(creation.Operation.Type, TorchType.IterableDataLoader) && !(arguments.Length > 0 && IsTable(body, arguments[0].Value))) continue;
            var shuffle = arguments.FirstOrDefault(a => a.Parameter?.Name == TorchVocabulary.ShuffleParameter);
            if (shuffle is null || shuffle.Value.ConstantValue is not { HasValue: true, Value: false }) continue;
            var written = shuffle.ArgumentKind == ArgumentKind.DefaultValue ? null : shuffle.Syntax;
            if (written is not null && HasComment(written)) continue;
            if (arguments.Length > 0 && MixesItself(body, arguments[0].Value)) continue;

            var uses = body.UsesOf(creation.Node);
            var training = uses.Where(u => u.Kind == UseKind.Enumerate).Select(u => u.Node).FirstOrDefault(loop => Loaders.Trains(body, loop));
            if (training is null) continue;
            var name = creation.Node.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.ValueText ?? (object?)uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member?.Name ?? LocalizedText.Of($"this DataLoader");
            var loopHead = training is CommonForEachStatementSyntax each ? each.Expression : training;
            body.Report(Descriptor, written ?? creation.Node, [loopHead], null, name);
        }
    }

    // `shuffle: false // a time series` is a decision.
    private static bool HasComment(SyntaxNode argument)
    {
        var line = argument.SyntaxTree.GetText().Lines.GetLineFromPosition(argument.Span.End);
        return argument.FirstAncestorOrSelf<StatementSyntax>() is { } statement
            && statement.DescendantTrivia().Concat(statement.GetTrailingTrivia()).Any(t => IsComment(t) && t.SpanStart >= argument.SpanStart && t.SpanStart <= line.End)
            || argument.GetLeadingTrivia().Any(IsComment);
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);

    // A stream has the order that it has, but the rows of a TensorDataset, an iterable one by its type alone, are taken by their index. Who
    // permutes rows beside it has mixed them already.
    private static bool IsTable(BodyReport body, IOperation dataset) =>
        dataset.Unconverted().Type is { Name: TorchVocabulary.TensorDatasetName } type && TorchSymbols.IsLibrary(type)
        && body.Program.Index.Around(body.Body.Outermost.Syntax) is { } text && !Permutes(text.Names) && !MixesByOrder(text.Names);

    // A dataset of the user's whose own code shuffles.
    private static bool MixesItself(BodyReport body, IOperation dataset)
    {
        var value = dataset;
        value = value.Unconverted();
        for (var type = value.Type as INamedTypeSymbol; type is not null && type.Locations.Any(l => l.IsInSource); type = type.BaseType)
            foreach (var reference in type.DeclaringSyntaxReferences)
                if (Mixes(reference.GetSyntax(body.Cancellation).DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).ToImmutableHashSet())) return true;
        return false;
    }

    // It draws whole numbers (a place to read from), a permutation, or sorts by something random. A random factor or flip mixes nothing.
    private static bool Mixes(ImmutableHashSet<string> names) =>
        Permutes(names) || names.Any(n => n.IndexOf("shuffle", StringComparison.OrdinalIgnoreCase) >= 0) || MixesByOrder(names);

    private static bool Permutes(IEnumerable<string> names) => names.Any(n => n is "randperm" or "randint" or "multinomial" or "Next" or "NextInt64" or "GetItems" or "GetInt32" or "Shuffle");

    private static bool MixesByOrder(ICollection<string> names) =>
        names.Any(n => n.StartsWith("OrderBy", StringComparison.Ordinal)) && (names.Contains("Random") || names.Contains("NewGuid") || names.Contains("NextDouble"));
}
