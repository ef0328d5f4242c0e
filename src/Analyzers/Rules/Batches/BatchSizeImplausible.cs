using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0602: batches of one sample, or of very many.</summary>
internal sealed class BatchSizeImplausible : Rule
{
    private readonly ImmutableArray<DiagnosticDescriptor> all;
    private readonly DiagnosticDescriptor large;

    public BatchSizeImplausible()
        : base(
            "TL0602",
            Section.Batches,
            Level.Suggestion,
            "The batch size is unusual",
            "'{0}' trains on one sample at a time: each step follows the noise of that sample, and training is slow",
            "A step goes by the mean gradient of a batch. A batch of one makes it noisy and leaves the processor idle; a very large one makes few steps per epoch and needs a learning rate made for it.")
    {
        large = Like("'{0}' trains on {1} samples at a time: an epoch has few steps, and the usual learning rates are too low for them");
        all = [Descriptor, large];
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => all;

    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var loader in Loaders.Made(body))
        {
            if (BatchNormOnSingleSample.BatchSize(body, loader) is not { } batch) continue;
            var single = batch.Size.Number == 1;
            if (!single && batch.Size.Number <= body.Program.Get(Limits.BatchMax, loader.Creation.SyntaxTree)) continue;
            var uses = body.UsesOf(loader.Creation);
            if (Loaders.LoopsOver(uses).FirstOrDefault(l => Loaders.Trains(body, l)) is not { } loop) continue;
            if (single && (Gathers(body, loop) || BatchNormOnSingleSample.Normalising(body, loop) is not null)) continue;
            var at = batch.Argument.Syntax;
            body.Report(single ? Descriptor : large, at, at.Span.Contains(batch.Size.Place.Span) ? [] : [batch.Size.Place], null, Loaders.NameOf(loader, uses), batch.Size.Number);
        }
    }

    // Gradients of several batches go into one step, or samples of different length come one by one.
    private static bool Gathers(BodyReport body, CommonForEachStatementSyntax loop) =>
        Loaders.Inside(body, loop, EventKind.Step).All(s => Optimizers.IsConditional(s.Event.Node, loop.Span.Contains(s.Event.Node.Span) ? loop : s.Body.Body.Syntax))
        || TensorVocabulary.RecurrentNames.Any(n => body.Program.Index.Mentioning(n).Count > 0);
}
