using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0604: data that is only evaluated is shuffled.</summary>
internal sealed class EvaluationDataShuffled() : Rule(
    "TL0604",
    Section.Batches,
    Level.Off,
    "Evaluation data is shuffled",
    "'{0}' is only evaluated, and shuffled all the same: it costs time, and predictions do not line up with the samples",
    "The order of the samples changes nothing in an evaluation. Shuffling costs time, and makes it hard to say which prediction belongs to which sample.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var loader in Loaders.Made(body))
        {
            if (loader.Written(TorchVocabulary.ShuffleParameter) is not { } shuffle || !loader.Is(TorchVocabulary.ShuffleParameter, true)) continue;
            var uses = body.UsesOf(loader.Creation);
            if (uses.Any(u => u.Kind is UseKind.Escape or UseKind.Argument)) continue;
            var loops = Loaders.LoopsOver(uses).ToList();
            if (loops.Count == 0 || !loops.All(l => Evaluates(body, l))) continue;
            body.Report(Descriptor, shuffle.Syntax, [loops[0].Expression], null, Loaders.NameOf(loader, uses));
        }
    }

    // A model runs, and nothing learns from it. A few samples, drawn to be looked at, are drawn at random on purpose.
    private static bool Evaluates(BodyReport body, CommonForEachStatementSyntax loop) =>
        !loop.Statement.DescendantNodes().Any(n => n is BreakStatementSyntax or ReturnStatementSyntax)
        && !Loaders.Inside(body, loop, EventKind.Backward).Any() && !Loaders.Inside(body, loop, EventKind.Step).Any() && Loaders.Inside(body, loop, EventKind.Forward).Any();
}
