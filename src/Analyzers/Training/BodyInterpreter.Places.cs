using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows where modules are, and where tensors of different devices meet.</summary>
internal sealed partial class BodyInterpreter
{
    // `model.to(device)`, `model.cuda()`: the same module elsewhere; `model.to(ScalarType.Float64)` leaves it where it is.
    private Value MoveModule(IInvocationOperation call, Value self)
    {
        string? place = null;
        if (call.TargetMethod.Name is TensorVocabulary.ToCpu or TensorVocabulary.ToMps) place = call.TargetMethod.Name;
        else if (call.TargetMethod.Name == TensorVocabulary.ToCuda) place = call.Arguments.Skip(1).All(a => a.ArgumentKind == ArgumentKind.DefaultValue) ? TensorVocabulary.ToCuda : null;
        else if (call.Arguments.FirstOrDefault(a => IsDeviceType(a.Parameter?.Type)) is { Value: var device }) place = Indexed(call) ? null : DeviceOf(device);
        else if (!call.Arguments.Any(a => IsTensor(a.Parameter?.Type))) return self;
        foreach (var path in self.Paths) state = state.WithPlace(path, self.Path is null ? null : place);
        return self.Fact is ModuleFact made && self.Paths.IsEmpty ? self.With(made.At(place)) : self;
    }

    // `to(DeviceType.CUDA, 1)`
    private static bool Indexed(IInvocationOperation call) => call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Type.SpecialType == SpecialType.System_Int32);

    // Where a module is made: on the device that it is given, else on the default one, unless it is one that moves itself.
    private string? PlaceOfNew(INamedTypeSymbol type, ImmutableArray<IArgumentOperation> written, ImmutableArray<Value> layers)
    {
        foreach (var argument in written)
            if (argument.Parameter?.Name == TensorVocabulary.DeviceParameter && torch.Is(argument.Parameter.Type, TorchType.Device))
                return argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Value.ConstantValue is { HasValue: true, Value: null } ? program.DefaultDevice : DeviceOf(argument.Value);
        if (!TorchSymbols.IsLibrary(type)) return Places.MovesItself(type, cancellation) ? null : program.DefaultDevice;
        if (layers.IsDefaultOrEmpty) return null;
        var places = layers.SelectMany(l => l.Fact is ModuleFact { Made: var made } && l.Paths.IsEmpty ? made : ImmutableArray<MadeModule>.Empty)
            .Where(m => Places.HoldsWeights(m, torch, cancellation)).Select(m => m.Place).Distinct().ToList();
        return places.Count == 1 ? places[0] : null;
    }

    // Whoever is given a module may move it.
    private void LosePlaces(Value?[] arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument is null) continue;
            foreach (var path in argument.Paths)
                if (torch.IsModuleLike(TypeOf(path))) state = state.WithPlace(path, null);
            if (argument.Fact is ItemsFact items) LosePlaces([.. items.Items]);
        }
    }

    private void LosePlacesOfFields()
    {
        state = state.WithPlace(Path.This, null);
        foreach (var path in state.Places.Keys)
            if (path.IsField) state = state.WithPlace(path, null);
    }

    // A loader: its batches are on the device that it is given, else on the CPU, unless a function of one's own puts them together.
    private Value Loader(IMethodSymbol? method, ImmutableArray<IArgumentOperation> written)
    {
        if (method is null || method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Delegate)) return Value.Unknown;
        if (written.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.DeviceParameter) is not { } device) return Value.Unknown;
        var place = device.ArgumentKind == ArgumentKind.DefaultValue || device.Value.ConstantValue is { HasValue: true, Value: null } ? TensorVocabulary.ToCpu : DeviceOf(device.Value);
        return place is null ? Value.Unknown : Value.Of(new LoaderFact(place));
    }

    // What comes out of a loader: data, whoever put it together; where that is the loader itself, a tensor of a batch has at least the dimension of the batch.
    private Value Loaded(Value value, ITypeSymbol? type) =>
        value.Fact is LoaderFact { Device: var device } && IsTensor(type)
            ? value.With(new TensorFact { Device = device, Graph = GraphFact.Data, Shape = device is null ? null : new(ShapeFact.Of(default(long?)).Dimensions, true) }) : value;

    // The batches of a loader, also of one that somebody hands in.
    private Value? Batches(IInvocationOperation call, Value receiver)
    {
        if (call.TargetMethod.Name != "GetEnumerator" || call.Instance.Unconverted()?.Type is not { } type) return null;
        if (receiver.Fact is LoaderFact) return receiver;
        return torch.Is(type, TorchType.DataLoader) || torch.Is(type, TorchType.IterableDataLoader) ? receiver.With(new LoaderFact(null)) : null;
    }

    // Tensors that must be on one device come together. A CPU tensor of one number may meet those of any device.
    private void Meet(IOperation operation, IEnumerable<(IOperation Operation, Value Value)> tensors)
    {
        if (record is null) return;
        var known = tensors.Where(t => Known(t.Value) is { Device: { } device, Shape: var shape } && (device != TensorVocabulary.ToCpu || shape is { Dimensions.IsEmpty: false }))
            .Select(t => (t.Operation.Syntax, Known(t.Value).Device!)).ToImmutableArray();
        if (known.Any(a => known.Any(b => Places.Differ(a.Item2, b.Item2))))
            record.Events.Add(new TrainingEvent(EventKind.Meeting, operation, Value.Unknown, state) { Devices = known });
    }
}
