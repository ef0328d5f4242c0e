using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0605: a seed makes a loader shuffle in the same way in every epoch.</summary>
internal sealed class SeededShuffleRepeats() : Rule(
    "TL0605",
    Section.Batches,
    Level.Suggestion,
    "A seeded DataLoader shuffles in the same order every epoch",
    "'{0}' is read in every epoch, and its seed gives the same order each time: leave it out, or make the DataLoader anew with another seed",
    "With a seed TorchSharp's DataLoader begins the same random order whenever it is enumerated, so all epochs see the samples in one order. In PyTorch a seeded generator goes on from epoch to epoch.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var loader in Loaders.Made(body))
        {
            if (loader.Written(TorchVocabulary.SeedParameter) is not { } seed || seed.Value.ConstantValue is { HasValue: true, Value: null } || !loader.Is(TorchVocabulary.ShuffleParameter, true)) continue;
            var uses = body.UsesOf(loader.Creation);
            foreach (var loop in Loaders.LoopsOver(uses))
            {
                if (!Loaders.Trains(body, loop) || Loaders.LoopAround(body, loop) is not { } epochs) continue;

                // One that is made in each round repeats only what its seed repeats.
                var madeInside = epochs.SyntaxTree == loader.Creation.SyntaxTree && epochs.Span.Contains(loader.Creation.Span);
                if (madeInside && Constants.Of(seed.Value, body.Program, body.Cancellation) is null) continue;
                body.Report(Descriptor, seed.Syntax, [loop is { Expression: var read } ? read : loop], null, Loaders.NameOf(loader, uses));
                break;
            }
        }
    }
}
