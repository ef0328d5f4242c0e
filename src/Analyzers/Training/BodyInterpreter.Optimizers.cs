using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows what happens to the parameters that optimizers hold.</summary>
internal sealed partial class BodyInterpreter
{
    private void RecordMove(IInvocationOperation call, Value module)
    {
        Record(EventKind.Move, call, module);
        if (module.Path is not { } path) return;
        var (device, type) = Destination(call);
        Move(new(path, device, type, call.Syntax));
    }

    // Where the move changes anything the module gets new parameters, and an optimizer that was made before keeps the old ones.
    private void Move(ModuleMove move)
    {
        var earlier = state.Moves.Where(m => m.Node != move.Node).ToList();
        if (move.Replaces(earlier, program))
            foreach (var key in state.Linked)
                if (state.Values.TryGetValue(key, out var held) && held.Fact is OptimizerFact made && made.Parameters.Modules.Any(m => m.Overlaps(move.Module)))
                    state = state.Put(key, held.With(made with { Outdated = made.Outdated.Add(new(move.Node, move.ChangesType(earlier))) }));
        state = state with { Moves = state.Moves.Add(move) };
    }

    // An optimizer over the module that had this name holds what no name denotes any more.
    private void Renamed(Path target, Value value)
    {
        foreach (var key in state.Linked)
        {
            if (key.Equals(target) || !state.Values.TryGetValue(key, out var held) || held.Fact is not OptimizerFact { Parameters: { } parameters } made || !parameters.Modules.Any(m => m.StartsWith(target))) continue;
            var remaining = new ParametersFact(parameters.Modules.Where(m => !m.StartsWith(target)).ToImmutableArray(), false);
            var replaced = IsAnother(target, value) ? made.Replaced.Remove(target).Add(target) : made.Replaced;
            state = state.Put(key, held.With(made with { Parameters = remaining, Replaced = replaced }));
        }
    }

    // A module made anew, and not around the old one.
    private static bool IsAnother(Path target, Value value) =>
        value.Fact is ModuleFact { Made: var modules } && modules.All(m => m.Creation.DescendantTokens().All(t => t.ValueText != target.Symbol?.Name));

    private (string? Device, string? Type) Destination(IInvocationOperation call)
    {
        var name = call.TargetMethod.Name;
        if (name == "cpu") return ("cpu", null);
        if (name == "cuda") return (call.Arguments.Skip(1).All(a => a.ArgumentKind == ArgumentKind.DefaultValue) ? "cuda" : TensorVocabulary.UnknownPlace, null);
        if (TensorVocabulary.TypeNamed(name) is { } named) return (null, named);
        string? device = null, type = null;
        foreach (var argument in call.Arguments.Skip(1))
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            if (IsTensor(argument.Parameter?.Type)) device = TensorVocabulary.UnknownPlace;
            else if (argument.Parameter?.Type is { Name: "ScalarType" }) type = TypeNamed(argument.Value) ?? TensorVocabulary.UnknownPlace;
            else if (IsDeviceType(argument.Parameter?.Type)) device = DeviceOf(argument.Value) ?? DeviceNamed(argument.Value) ?? TensorVocabulary.UnknownPlace;
            else if (argument.Parameter?.Type.SpecialType == SpecialType.System_Int32) device = TensorVocabulary.UnknownPlace;
        }

        return (device, type);
    }

    // `DeviceType.CPU`
    private static string? DeviceNamed(IOperation operation) =>
        operation is IFieldReferenceOperation { Field: { ContainingType.TypeKind: TypeKind.Enum } member } ? TensorVocabulary.DeviceNamed(member.Name) : null;
}
