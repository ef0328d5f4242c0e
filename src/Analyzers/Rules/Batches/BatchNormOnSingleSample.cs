using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0603: batches of one sample train a model that normalises over the batch.</summary>
internal sealed class BatchNormOnSingleSample() : Rule(
    "TL0603",
    Section.Batches,
    Level.Warning,
    "Batch normalization gets batches of one sample",
    "'{0}' has batches of one sample, and '{1}' normalises over the batch: its variance becomes NaN, and every evaluation after that",
    "Batch normalization subtracts the mean of the batch and divides by its deviation. One row has no deviation: the running variance becomes NaN, the training loss looks as usual, and the model is lost for evaluation.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var loader in Loaders.Made(body))
        {
            if (BatchSize(body, loader) is not { Size.Number: 1 } single) continue;
            var uses = body.UsesOf(loader.Creation);
            foreach (var loop in Loaders.LoopsOver(uses))
            {
                if (!Loaders.Trains(body, loop) || Normalising(body, loop) is not { } pass) continue;
                var at = single.Argument.Syntax;
                var written = at.Span.Contains(single.Size.Place.Span) ? [] : new[] { single.Size.Place };
                var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, "32");
                body.Report(Descriptor, at, written, properties, Loaders.NameOf(loader, uses), (object?)pass.Subject.Path?.ToString() ?? LocalizedText.Of($"the model"));
                break;
            }
        }
    }

    /// <summary>The batch size that a loader is made with, where it is certain.</summary>
    public static (IArgumentOperation Argument, Constant Size)? BatchSize(BodyReport body, MadeLoader loader) =>
        loader.Written(TorchVocabulary.BatchSizeParameter) is { } argument && Constants.Of(argument.Value, body.Program, body.Cancellation) is { } size ? (argument, size) : null;

    /// <summary>A pass in the loop, in training mode, of a model that certainly normalises rows over the batch.</summary>
    public static TrainingEvent? Normalising(BodyReport body, CommonForEachStatementSyntax loop)
    {
        foreach (var (around, pass) in Loaders.Inside(body, loop, EventKind.Forward))
        {
            if ((pass.Subject.Fact ?? around.Resolve(pass.Subject)) is not ModuleFact { Made: { IsEmpty: false } made } || !made.All(m => Normalises(body, m))) continue;
            if (pass.Subject.Path is { } path && !around.ModeBefore(path, pass.Before.Mode(path)).Has(ModulePhase.Train) && around.ModeBefore(path, pass.Before.Mode(path)).Has(ModulePhase.Eval)) continue;
            if (Reshapes(loop) || made.Any(m => m.Layers.IsDefaultOrEmpty && m.Type.DeclaringSyntaxReferences.Any(r => Reshapes(r.GetSyntax(body.Cancellation))))) continue;
            return pass;
        }

        return null;
    }

    // What a loader hands out as one sample may be the many rows of a graph or a point cloud.
    private static bool Reshapes(SyntaxNode node) => node.DescendantTokens().Any(t => TensorVocabulary.ReshapingNames.Contains(t.ValueText));

    // Rows: it has linear layers, and none that makes a sequence of a sample.
    private static bool Normalises(BodyReport body, MadeModule module)
    {
        if (!module.Layers.IsDefaultOrEmpty)
        {
            var rows = false;
            foreach (var layer in module.Layers)
            {
                if (layer.Fact is not ModuleFact { Made: [var made] }) return false;
                if (body.Torch.Is(made.Type, TorchType.BatchNorm1d) && rows) return true;
                if (body.Torch.Is(made.Type, TorchType.Linear)) rows = true;
                else if (!IsPerNumber(body, made.Type)) rows = false;
            }

            return false;
        }

        return body.Program.Holds(module.Type, TorchType.BatchNorm1d, body.Cancellation) && body.Program.Holds(module.Type, TorchType.Linear, body.Cancellation)
            && !body.Program.Holds(module.Type, TorchType.Sequence, body.Cancellation) && !body.Program.Holds(module.Type, TorchType.Recurrent, body.Cancellation);
    }

    private static bool IsPerNumber(BodyReport body, INamedTypeSymbol layer) => body.Torch.Is(layer, TorchType.Parameterless) || body.Torch.Is(layer, TorchType.Dropout) || body.Torch.Is(layer, TorchType.BatchNorm1d);
}
