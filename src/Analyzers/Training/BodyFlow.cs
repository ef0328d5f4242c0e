using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Training;

internal enum EventKind
{
    ZeroGrad,
    ModuleZeroGrad,
    Backward,
    Step,
    SchedulerStep,
    Train,
    Eval,
    Forward,
    Loss,
    Accumulate,
    Item,
    Scope,
    ScopeCall,
    Create,
    Guard,
    Clip,
    Move,
    Register,
    AddGroup,
    Meeting,
    LostRead,

    /// <summary>A call of another body of this compilation: one of <see cref="BodyFlow.Calls"/>, and not among the events.</summary>
    Call,
}

/// <summary>Kinds of events, one bit each.</summary>
internal readonly record struct EventKinds(uint Bits)
{
    public static EventKinds Of(IEnumerable<EventKind> kinds) => new(kinds.Aggregate(0U, (bits, kind) => bits | 1U << (int)kind));

    public EventKinds With(EventKind kind) => new(Bits | 1U << (int)kind);

    public bool Overlap(EventKinds other) => (Bits & other.Bits) != 0;
}

/// <summary>Something that matters to training, at one place of a body.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Operation">The call or creation.</param>
/// <param name="Subject">The optimizer, scheduler, module or tensor that it happens to; for a loss its input.</param>
/// <param name="Before">All that is known just before.</param>
internal sealed record TrainingEvent(EventKind Kind, IOperation Operation, Value Subject, State Before)
{
    public SyntaxNode Node => Operation.Syntax;

    /// <summary>For a read of what may be lost: the dispose scope that took it along.</summary>
    public SyntaxNode? Scope { get; init; }

    /// <summary>For a loss: how it is called.</summary>
    public LossCall? Loss { get; init; }

    /// <summary>For a meeting of tensors: where each of them is, as far as that is certain.</summary>
    public ImmutableArray<(SyntaxNode Node, string Device)> Devices { get; init; } = ImmutableArray<(SyntaxNode, string)>.Empty;
}

/// <summary>A place where a body of this compilation runs: a call, or the use of a lambda.</summary>
/// <param name="Node">The call.</param>
/// <param name="Callee">What runs.</param>
/// <param name="Receiver">The object whose member it is.</param>
/// <param name="Arguments">By the parameter's ordinal; null where the default is taken.</param>
/// <param name="Before">All that is known just before.</param>
/// <param name="Certain">Whether it certainly is this callee that runs, and once.</param>
internal sealed record CallSite(SyntaxNode Node, Body Callee, Value Receiver, Value?[] Arguments, State Before, bool Certain)
{
    /// <summary>What is handed in for a parameter of the callee; null for anything else.</summary>
    public Value? Argument(Path path) =>
        path.IsParameter && path.Root is IParameterSymbol parameter && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, Callee.Owner) && parameter.Ordinal < Arguments.Length ? Arguments[parameter.Ordinal] : null;

    /// <summary>The caller's path for a path of the callee, or null where the caller cannot name it.</summary>
    public Path? Map(Path path)
    {
        var root = path.RootPath;
        switch (root.Root)
        {
            case null:
                return Callee.Outer is not null ? path : Receiver.Path is { } receiver ? path.Rebase(root, receiver) : null;
            case IParameterSymbol parameter when SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, Callee.Owner):
                return parameter.Ordinal < Arguments.Length && Arguments[parameter.Ordinal]?.Path is { } argument ? path.Rebase(root, argument) : null;
            case IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } when Callee.Outer is null:
                // What a primary constructor was given is a field to all members of the object.
                return Path.This.Equals(Receiver.Path) ? path : null;
            case ILocalSymbol or IParameterSymbol:
                // A variable of an outer body is the same on both sides; the callee's own locals are nobody else's.
                return Callee.Outer is not null && !SymbolEqualityComparer.Default.Equals(root.Root.ContainingSymbol, Callee.Owner) ? path : null;
            default:
                return path;
        }
    }
}

/// <summary>A value put into a field or property.</summary>
internal sealed record MemberWrite(ISymbol Member, Path? Target, Value Value, SyntaxNode Node);

/// <summary>What a body does: the result of its one flow run, independent of who calls it.</summary>
internal sealed class BodyFlow(Body body)
{
    private Dictionary<EventKind, TrainingEvent[]>? kinds;

    public Body Body { get; } = body;

    /// <summary>The state at the normal end; null where there is none (or the body is too large to be judged).</summary>
    public State? Exit { get; set; }

    /// <summary>What the body returns, in its own terms.</summary>
    public Value Return { get; set; } = Value.Unknown;

    /// <summary>In source order.</summary>
    public List<TrainingEvent> Events { get; } = [];

    /// <summary>What happens at all. To be asked when the run is over.</summary>
    public EventKinds Kinds
    {
        get
        {
            var found = Calls.Count > 0 ? new EventKinds().With(EventKind.Call) : default;
            foreach (var happening in Events) found = found.With(happening.Kind);
            return found;
        }
    }

    /// <summary>The events of one kind, in source order. To be asked when the run is over.</summary>
    public IReadOnlyList<TrainingEvent> Of(EventKind kind)
    {
        if (Events.Count == 0) return [];
        var all = kinds ?? Interlocked.CompareExchange(ref kinds, Events.GroupBy(e => e.Kind).ToDictionary(g => g.Key, g => g.ToArray()), null) ?? kinds;
        return all.TryGetValue(kind, out var found) ? found : [];
    }

    public List<CallSite> Calls { get; } = [];

    /// <summary>Places where the forward() of a module of this compilation runs.</summary>
    public List<CallSite> Passes { get; } = [];

    /// <summary>What each expression that yields a tensor yields.</summary>
    public Dictionary<SyntaxNode, Value> Values { get; } = [];

    public void Remember(SyntaxNode expression, Value value) =>
        Values[expression] = Values.TryGetValue(expression, out var other) ? Value.Join(other, value) : value;

    public List<MemberWrite> Writes { get; } = [];

    /// <summary>Lambdas and local functions that stand in the body.</summary>
    public List<Body> Nested { get; } = [];

    /// <summary>Whether the flow was given up or is unknown; then nothing may be concluded from it.</summary>
    public bool Unknown { get; set; }
}
