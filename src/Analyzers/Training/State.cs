using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>A place in the body under analysis, and the place (perhaps in a callee) that is the cause.</summary>
internal sealed record Site(SyntaxNode Node, SyntaxNode Cause);

/// <summary>What the body has done to one optimizer so far.</summary>
/// <param name="Relation">Phases (see <see cref="GradientPhase"/>) at entry to phases now.</param>
/// <param name="Mixed">The backward() calls that first added to used gradients.</param>
/// <param name="Lost">The zero_grad() calls that threw unused gradients away.</param>
/// <param name="Steps">The step() calls whose gradients are still there.</param>
/// <param name="Resite">Another optimizer stepped since: the next backward() begins what belongs to this one.</param>
internal sealed record GradientState(Relation Relation, ImmutableHashSet<Site> Mixed, ImmutableHashSet<Site> Lost, ImmutableHashSet<Site> Steps, bool Resite)
{
    public static readonly GradientState Untouched = new(Relation.Identity, [], [], [], false);

    public bool Equals(GradientState? other) =>
        other is not null && Relation == other.Relation && Resite == other.Resite
        && Mixed.SetEquals(other.Mixed) && Lost.SetEquals(other.Lost) && Steps.SetEquals(other.Steps);

    public override int GetHashCode() => Relation.GetHashCode();

    public GradientState Or(GradientState other) =>
        new(Relation.Or(other.Relation), Mixed.Union(other.Mixed), Lost.Union(other.Lost), Steps.Union(other.Steps), Resite || other.Resite);
}

/// <summary>What the body has done to one module's mode so far, with the eval() calls that may still hold.</summary>
internal sealed record ModeState(Relation Relation, ImmutableHashSet<Site> Evals)
{
    public static readonly ModeState Untouched = new(Relation.Identity, []);

    public bool Equals(ModeState? other) => other is not null && Relation == other.Relation && Evals.SetEquals(other.Evals);

    public override int GetHashCode() => Relation.GetHashCode();

    public ModeState Or(ModeState other) => new(Relation.Or(other.Relation), Evals.Union(other.Evals));
}

/// <summary>A forward pass that no backward() has followed yet, with the mode of the module when it ran.</summary>
internal sealed record ForwardPass(Path Module, Site Site, ModeState Mode);

/// <summary>Everything known at one point of a body. Immutable; relations speak of the time since the body began.</summary>
internal sealed record State
{
    public static readonly State Start = new();

    /// <summary>Values of locals, parameters and fields that differ from what they were at entry.</summary>
    public ImmutableDictionary<Path, Value> Values { get; init; } = ImmutableDictionary<Path, Value>.Empty;

    public ImmutableDictionary<CaptureId, Value> Captures { get; init; } = ImmutableDictionary<CaptureId, Value>.Empty;

    public ImmutableDictionary<Path, GradientState> Gradients { get; init; } = ImmutableDictionary<Path, GradientState>.Empty;

    /// <summary>What happened to every optimizer that is not named in <see cref="Gradients"/>.</summary>
    public GradientState OtherGradients { get; init; } = GradientState.Untouched;

    public ImmutableDictionary<Path, ModeState> Modes { get; init; } = ImmutableDictionary<Path, ModeState>.Empty;

    public ImmutableHashSet<ForwardPass> Forwards { get; init; } = [];

    /// <summary>Objects given to code that cannot be seen.</summary>
    public ImmutableHashSet<Path> Escaped { get; init; } = [];

    /// <summary>What is in force, innermost last, as far as it began in this body.</summary>
    public ImmutableArray<Guard> Guards { get; init; } = ImmutableArray<Guard>.Empty;

    /// <summary>Dispose scopes that have ended, by the call that began them.</summary>
    public ImmutableHashSet<SyntaxNode> Ended { get; init; } = [];

    /// <summary>Names that may hold a tensor which its dispose scope, by the call that began it, has taken along.</summary>
    public ImmutableDictionary<Path, SyntaxNode> Lost { get; init; } = ImmutableDictionary<Path, SyntaxNode>.Empty;

    /// <summary>Whether backward() may have run since entry, and whether step() may have.</summary>
    public bool Backward { get; init; }

    public bool Stepped { get; init; }

    public Value this[Path path] => Values.TryGetValue(path, out var value) ? value : Value.At(path);

    public GradientState Gradient(Path optimizer) => Gradients.TryGetValue(optimizer, out var g) ? g : OtherGradients;

    /// <summary>The mode of a module: its own, else that of the nearest module around it that was switched.</summary>
    public ModeState Mode(Path module)
    {
        for (var p = module; p is not null; p = p.Parent)
            if (Modes.TryGetValue(p, out var mode)) return mode;
        return ModeState.Untouched;
    }

    /// <summary>The guard that certainly switches gradients off here; null where they are on, or as the caller has them.</summary>
    public Guard? GradientsOff
    {
        get
        {
            for (var i = Guards.Length - 1; i >= 0; i--)
                if (Guards[i].Kind != TorchOp.NewScope) return Guards[i].Kind == TorchOp.DisableGradients ? Guards[i] : null;
            return null;
        }
    }

    /// <summary>The innermost dispose scope that began in this body.</summary>
    public Guard? Scope
    {
        get
        {
            for (var i = Guards.Length - 1; i >= 0; i--)
                if (Guards[i].Kind == TorchOp.NewScope) return Guards[i];
            return null;
        }
    }

    public State Enter(Guard guard) => this with { Guards = Guards.RemoveAll(g => g.Node == guard.Node).Add(guard), Ended = Ended.Remove(guard.Node) };

    public State Leave(SyntaxNode node)
    {
        var ended = Guards.Any(g => g.Node == node && g.Kind == TorchOp.NewScope);
        return this with { Guards = Guards.RemoveAll(g => g.Node == node), Ended = ended ? Ended.Add(node) : Ended, Lost = ended ? Lost.SetItems(OwnedBy(node)) : Lost };
    }

    private IEnumerable<KeyValuePair<Path, SyntaxNode>> OwnedBy(SyntaxNode scope) =>
        Values.Where(v => v.Value.Fact is TensorFact { Owner: { } owner } && owner == scope).Select(v => new KeyValuePair<Path, SyntaxNode>(v.Key, scope));

    public bool HasEscaped(Path path) => !Escaped.IsEmpty && Escaped.Any(path.StartsWith);

    public State With(Path path, GradientState gradient) => this with { Gradients = Gradients.SetItem(path, gradient) };

    public State WithMode(Path module, ModeState mode)
    {
        var modes = Modes;
        foreach (var path in Modes.Keys)
            if (path.StartsWith(module)) modes = modes.Remove(path);
        return this with { Modes = modes.SetItem(module, mode) };
    }

    public bool Same(State other) =>
        ReferenceEquals(this, other)
        || Backward == other.Backward && Stepped == other.Stepped
        && OtherGradients.Equals(other.OtherGradients)
        && SameMap(Values, other.Values) && SameMap(Captures, other.Captures) && SameMap(Gradients, other.Gradients) && SameMap(Modes, other.Modes)
        && Forwards.SetEquals(other.Forwards) && Escaped.SetEquals(other.Escaped)
        && Guards.SequenceEqual(other.Guards) && Ended.SetEquals(other.Ended) && SameMap(Lost, other.Lost);

    public static State Join(State left, State right)
    {
        if (ReferenceEquals(left, right)) return left;
        return new State
        {
            Values = JoinMap(left.Values, right.Values, p => left[p], p => right[p], Value.Join),
            Captures = JoinMap(left.Captures, right.Captures, c => left.Captures.TryGetValue(c, out var v) ? v : null, c => right.Captures.TryGetValue(c, out var v) ? v : null, (a, b) => a is null ? b : b is null ? a : Value.Join(a, b)),
            Gradients = JoinMap(left.Gradients, right.Gradients, left.Gradient, right.Gradient, (a, b) => a.Or(b)),
            OtherGradients = left.OtherGradients.Equals(right.OtherGradients) ? left.OtherGradients : left.OtherGradients.Or(right.OtherGradients),
            Modes = JoinMap(left.Modes, right.Modes, left.Mode, right.Mode, (a, b) => a.Or(b)),
            Forwards = left.Forwards.Union(right.Forwards),
            Escaped = left.Escaped.Union(right.Escaped),
            Guards = left.Guards.Equals(right.Guards) ? left.Guards : left.Guards.Zip(right.Guards, (a, b) => a.Equals(b) ? a : null).TakeWhile(g => g is not null).ToImmutableArray()!,
            Ended = left.Ended.Union(right.Ended),
            Lost = ReferenceEquals(left.Lost, right.Lost) ? left.Lost : left.Lost.SetItems(right.Lost.Where(r => !left.Lost.TryGetValue(r.Key, out var l) || r.Value.SpanStart < l.SpanStart)),
            Backward = left.Backward || right.Backward,
            Stepped = left.Stepped || right.Stepped,
        };
    }

    public static Value MapValue(Value value, Func<Path, Path?> map)
    {
        if (value.Paths.IsEmpty && value.Fact is null) return value;
        var paths = value.Paths.Select(map).ToList();
        return value.With(value.Fact?.Map(map)).WithPaths(paths.OfType<Path>().ToImmutableArray(), value.Partial || paths.Any(p => p is null) && paths.Any(p => p is not null));
    }

    private static bool SameMap<TKey, TValue>(ImmutableDictionary<TKey, TValue> left, ImmutableDictionary<TKey, TValue> right)
        where TKey : notnull
    {
        if (ReferenceEquals(left, right)) return true;
        if (left.Count != right.Count) return false;
        foreach (var pair in left)
            if (!right.TryGetValue(pair.Key, out var other) || !Equals(pair.Value, other)) return false;
        return true;
    }

    private static ImmutableDictionary<TKey, TValue> JoinMap<TKey, TValue>(
        ImmutableDictionary<TKey, TValue> left, ImmutableDictionary<TKey, TValue> right, Func<TKey, TValue?> leftAt, Func<TKey, TValue?> rightAt, Func<TValue, TValue, TValue> join)
        where TKey : notnull
        where TValue : class
    {
        if (ReferenceEquals(left, right)) return left;
        var result = left;
        foreach (var pair in left)
        {
            var joined = join(pair.Value, rightAt(pair.Key)!);
            if (!joined.Equals(pair.Value)) result = result.SetItem(pair.Key, joined);
        }

        foreach (var pair in right)
            if (!left.ContainsKey(pair.Key)) result = result.SetItem(pair.Key, join(leftAt(pair.Key)!, pair.Value));
        return result;
    }
}
