using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0707: tensors, or a module and a tensor, meet that certainly are on different devices.</summary>
internal sealed class DeviceMismatch() : Rule(
    "TL0707",
    Section.TrainingStep,
    Level.Warning,
    "Tensors of different devices meet",
    "'{0}' is on {1} and '{2}' on {3}: they cannot meet, the call throws; move one of them",
    "All tensors of an operation, and the weights of a module and its input, must be on the same device. New tensors, and the batches of a DataLoader that names no device, are on the CPU until they are moved.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Meeting, EventKind.Forward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var meeting in body.Events(EventKind.Meeting))
        {
            var devices = meeting.Devices;
            var first = devices.First(a => devices.Any(b => Places.Differ(a.Device, b.Device)));
            var second = devices.First(b => Places.Differ(first.Device, b.Device));

            // The one on the CPU is the one that somebody forgot.
            var (stays, moves) = first.Device == TensorVocabulary.ToCpu ? (second, first) : (first, second);
            Report(body, meeting.Node, first, second, moves.Node, stays.Device);
        }

        if (!MayKnowPlaces(body)) return;
        foreach (var forward in body.Events(EventKind.Forward))
        {
            if (forward.Operation is not IInvocationOperation { Instance: { } module } call || forward.Subject.Path is not { } path || IsWeightless(body, forward.Subject, module.Type)) continue;
            var arguments = call.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue && MayBePlaced(body.ValueOf(a.Value.Syntax))).ToList();
            if (arguments.Count == 0 || Places.Of(path, forward.Before, body) is not { } place || !HasPlacedWeights(body, forward.Subject, module.Type)) continue;
            var inputs = arguments.Select(a => (a.Value.Syntax, (body.Resolve(body.ValueOf(a.Value.Syntax)) as TensorFact)?.Device)).Where(i => i.Device is not null);
            foreach (var (input, device) in inputs)
            {
                if (!Places.Differ(place, device!)) continue;
                Report(body, call.Syntax, (module.Syntax, place), (input, device!), input, place);
                break;
            }
        }
    }

    // A test stands alone: where it names no device itself, nobody has moved what it makes.
    private static bool MayKnowPlaces(BodyReport body) =>
        !TrainingProgram.StandsAlone(body.Body.Outermost.Method)
        || body.Program.Index.Around(body.Body.Outermost.Syntax) is { } text && TensorVocabulary.MovingNames.Any(text.Names.Contains);

    private void Report(BodyReport body, SyntaxNode at, (SyntaxNode Node, string Device) left, (SyntaxNode Node, string Device) right, SyntaxNode moves, string to) =>
        body.Report(Descriptor, at, [moves], ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Device, to),
            GradientSteps.Text(left.Node), left.Device, GradientSteps.Text(right.Node), right.Device);

    // Whether the body itself, a field or a caller may tell where the tensor is.
    private static bool MayBePlaced(Value value) => value.Fact is TensorFact { Device: not null } || value.Fact is null && value.Path is not null;

    // What is known here is enough to say that the module has nothing that is anywhere.
    private static bool IsWeightless(BodyReport body, Value module, ITypeSymbol? declared) =>
        module.Fact is ModuleFact { Made: var made } ? made.Any(m => !Places.HoldsWeights(m, body.Torch, body.Cancellation)) : module.Fact is not null || !body.Torch.IsModuleLike(declared);

    // Whether the module has weights, and is none of one's own that moves what it is given.
    private static bool HasPlacedWeights(BodyReport body, Value module, ITypeSymbol? declared)
    {
        var fact = module.Fact ?? body.Resolve(module);
        if (fact is ModuleFact { Made: var made }) return made.All(m => Places.HoldsWeights(m, body.Torch, body.Cancellation) && (TorchSymbols.IsLibrary(m.Type) || !Places.MovesItself(m.Type, body.Cancellation)));
        return declared is INamedTypeSymbol type && body.Torch.Is(type, TorchType.Weighted);
    }
}
