using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that knows which dispose scope takes a tensor along when it ends.</summary>
internal sealed partial class BodyInterpreter
{
    // A name that is set anew holds something else.
    private void Found(Path target)
    {
        if (state.Lost.IsEmpty) return;
        state = state with { Lost = state.Lost.RemoveRange(state.Lost.Keys.Where(p => p.StartsWith(target)).ToList()) };
    }

    // A name is read although its tensor may have gone with a scope.
    private void RecordLost(IOperation? operation, Value value)
    {
        var name = operation switch
        {
            ILocalReferenceOperation local => Path.Of(local.Local),
            IParameterReferenceOperation parameter => ParameterPath(parameter.Parameter),
            IFieldReferenceOperation or IPropertyReferenceOperation => value.Path,
            _ => null,
        };
        if (name is not null && state.Lost.TryGetValue(name, out var scope)) record!.Events.Add(new TrainingEvent(EventKind.LostRead, operation!, Value.At(name), state) { Scope = scope });
    }

    // All names of a tensor that leaves its scope.
    private void Update(Value subject, TorchOp op)
    {
        if (subject.Fact is ItemsFact items)
            foreach (var item in items.Items) Update(item, op);
        if (subject.Paths.IsEmpty) return;
        foreach (var name in state.Linked.Union(subject.Paths))
            if (state[name] is { Fact: TensorFact or ItemsFact } held && (subject.Paths.Contains(name) || held.Paths.Any(p => subject.Paths.Contains(p)))) state = state.Put(name, Release(held, op));
    }
}
