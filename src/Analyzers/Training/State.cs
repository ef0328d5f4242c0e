using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>Sets of the state: most are empty, or the very same.</summary>
internal static class Sets
{
    public static bool Same<T>(ImmutableHashSet<T> left, ImmutableHashSet<T> right) => ReferenceEquals(left, right) || left.Count == right.Count && left.SetEquals(right);

    public static ImmutableHashSet<T> Union<T>(ImmutableHashSet<T> left, ImmutableHashSet<T> right) =>
        ReferenceEquals(left, right) || right.IsEmpty ? left : left.IsEmpty ? right : left.Union(right);
}

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
        && Sets.Same(Mixed, other.Mixed) && Sets.Same(Lost, other.Lost) && Sets.Same(Steps, other.Steps);

    public override int GetHashCode() => Relation.GetHashCode();

    public GradientState Or(GradientState other) =>
        Equals(other) ? this : new(Relation.Or(other.Relation), Sets.Union(Mixed, other.Mixed), Sets.Union(Lost, other.Lost), Sets.Union(Steps, other.Steps), Resite || other.Resite);
}

/// <summary>What the body has done to one module's mode so far, with the eval() calls that may still hold.</summary>
internal sealed record ModeState(Relation Relation, ImmutableHashSet<Site> Evals)
{
    public static readonly ModeState Untouched = new(Relation.Identity, []);

    public bool Equals(ModeState? other) => other is not null && Relation == other.Relation && Sets.Same(Evals, other.Evals);

    public override int GetHashCode() => Relation.GetHashCode();

    public ModeState Or(ModeState other) => Equals(other) ? this : new(Relation.Or(other.Relation), Sets.Union(Evals, other.Evals));
}

/// <summary>A forward pass that no backward() has followed yet, with the mode of the module when it ran.</summary>
internal sealed record ForwardPass(Path Module, Site Site, ModeState Mode);

/// <summary>A move of a module to another device or type.</summary>
/// <param name="Device">Where to: "cpu", "cuda"; "?" where that is not certain, null where the device stays.</param>
/// <param name="Type">To which type: a member of torch.ScalarType; "?" where that is not certain, null where the type stays.</param>
/// <param name="Node">The call.</param>
internal sealed record ModuleMove(Path Module, string? Device, string? Type, SyntaxNode Node)
{
    /// <summary>
    /// Whether it takes a module, made on the default device and moved as these say, to another device: not to where the module is. A device
    /// that is not certain may be any, but the same again.
    /// </summary>
    public bool ChangesDevice(IEnumerable<ModuleMove> earlier, TrainingProgram program)
    {
        if (Device is null || program.DefaultDevice is not { } initial) return false;
        var devices = earlier.Where(m => m.Module.Overlaps(Module)).Select(m => Kind(m.Device)).OfType<string>().ToList();
        var device = Kind(Device);
        return device == initial ? devices.Any(d => d != initial)
            : device == TensorVocabulary.UnknownPlace ? devices.All(d => d == initial)
            : !devices.Contains(device!) && !devices.Contains(TensorVocabulary.UnknownPlace);
    }

    /// <summary>Whether it takes a module, made with the default type and moved as these say, to another type.</summary>
    public bool ChangesType(IEnumerable<ModuleMove> earlier)
    {
        if (Type is null or TensorVocabulary.UnknownPlace) return false;
        var types = earlier.Where(m => m.Module.Overlaps(Module)).Select(m => m.Type).OfType<string>().ToList();
        return !types.Contains(TensorVocabulary.UnknownPlace) && (Type == TensorVocabulary.DefaultType ? types.Any(t => t != Type) : !types.Contains(Type));
    }

    public bool Replaces(IEnumerable<ModuleMove> earlier, TrainingProgram program) => ChangesType(earlier) || ChangesDevice(earlier, program);

    // "cuda" may be "cuda:0".
    private static string? Kind(string? device) => device?.Split(':')[0];
}

/// <summary>A move that has replaced parameters: by changing their type, or (where the module was on the default device) their device.</summary>
internal sealed record Replacement(SyntaxNode Node, bool ByType);

/// <summary>Everything known at one point of a body. Immutable; relations speak of the time since the body began.</summary>
internal sealed record State
{
    public static readonly State Start = new();

    /// <summary>Values of locals, parameters and fields that differ from what they were at entry.</summary>
    public ImmutableDictionary<Path, Value> Values { get; private init; } = ImmutableDictionary<Path, Value>.Empty;

    /// <summary>
    /// Among the keys of <see cref="Values"/> (and some that have gone) those that a change of another variable can concern: members of
    /// objects, variables that hold what another path names, and optimizers. Most variables hold a tensor of their own and are none of these.
    /// </summary>
    public ImmutableHashSet<Path> Linked { get; private init; } = [];

    public ImmutableDictionary<CaptureId, Value> Captures { get; init; } = ImmutableDictionary<CaptureId, Value>.Empty;

    public ImmutableDictionary<Path, GradientState> Gradients { get; init; } = ImmutableDictionary<Path, GradientState>.Empty;

    /// <summary>What happened to every optimizer that is not named in <see cref="Gradients"/>.</summary>
    public GradientState OtherGradients { get; init; } = GradientState.Untouched;

    public ImmutableDictionary<Path, ModeState> Modes { get; init; } = ImmutableDictionary<Path, ModeState>.Empty;

    /// <summary>Where modules are that this body made or moved; empty where that is not certain. Others are where they were at entry.</summary>
    public ImmutableDictionary<Path, string> Places { get; init; } = ImmutableDictionary<Path, string>.Empty;

    /// <summary>The passes that a later backward() may go through.</summary>
    public ImmutableHashSet<ForwardPass> Forwards { get; init; } = [];

    /// <summary>Objects given to code that cannot be seen.</summary>
    public ImmutableHashSet<Path> Escaped { get; init; } = [];

    /// <summary>What is in force, innermost last, as far as it began in this body.</summary>
    public ImmutableArray<Guard> Guards { get; init; } = ImmutableArray<Guard>.Empty;

    /// <summary>Dispose scopes that have ended, by the call that began them.</summary>
    public ImmutableHashSet<SyntaxNode> Ended { get; init; } = [];

    /// <summary>Where modules may have been moved to since entry.</summary>
    public ImmutableHashSet<ModuleMove> Moves { get; init; } = [];

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

    /// <summary>Where a module is: its own place, else that of the nearest module around it; null where this body has not touched it.</summary>
    public string? Place(Path module)
    {
        for (var p = Places.IsEmpty ? null : module; p is not null; p = p.Parent)
            if (Places.TryGetValue(p, out var place)) return place;
        return null;
    }

    public State WithPlace(Path module, string? place)
    {
        var others = Without(Places, module);
        if (others.Count == Places.Count - 1 && Places.TryGetValue(module, out var now) && now == (place ?? "")) return this;
        return this with { Places = others.SetItem(module, place ?? "") };
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
        Values.Where(v => IsOwnedBy(v.Value, scope)).Select(v => new KeyValuePair<Path, SyntaxNode>(v.Key, scope));

    // A tensor, or a tuple or list with one in it.
    private static bool IsOwnedBy(Value value, SyntaxNode scope) => value.Fact is TensorFact { Owner: { } owner } && owner == scope || value.Fact is ItemsFact { Items: var items } && items.Any(i => IsOwnedBy(i, scope));

    public bool HasEscaped(Path path)
    {
        for (var p = Escaped.IsEmpty ? null : path; p is not null; p = p.Parent)
            if (Escaped.Contains(p)) return true;
        return false;
    }

    /// <summary>The state without what happened to an object, and to what is in it, under a name that now means another one.</summary>
    public State Forgetting(Path name)
    {
        var escaped = Escaped;
        foreach (var path in Escaped)
            if (path.StartsWith(name)) escaped = escaped.Remove(path);
        var (gradients, modes, places) = (Without(Gradients, name), Without(Modes, name), Without(Places, name));
        return ReferenceEquals(escaped, Escaped) && ReferenceEquals(gradients, Gradients) && ReferenceEquals(modes, Modes) && ReferenceEquals(places, Places) ? this : this with { Gradients = gradients, Modes = modes, Places = places, Escaped = escaped };
    }

    private static ImmutableDictionary<Path, T> Without<T>(ImmutableDictionary<Path, T> map, Path name)
    {
        if (map.IsEmpty) return map;
        var result = map;
        foreach (var pair in map)
            if (pair.Key.StartsWith(name)) result = result.Remove(pair.Key);
        return result;
    }

    public State Put(Path path, Value value)
    {
        var alone = path.Members.IsEmpty && value.Paths.All(path.Equals) && value.Fact is not (ItemsFact or ObjectFact or OptimizerFact);
        return this with { Values = Values.SetItem(path, value), Linked = alone ? Linked : Linked.Add(path) };
    }

    public State WithValuesOf(State other) => this with { Values = other.Values, Linked = other.Linked, Captures = other.Captures };

    public State Drop(Path path) => Values.ContainsKey(path) ? this with { Values = Values.Remove(path), Linked = Linked.Remove(path) } : this;

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
        && SameMap(Values, other.Values) && SameMap(Captures, other.Captures) && SameMap(Gradients, other.Gradients) && SameMap(Modes, other.Modes) && SameMap(Places, other.Places)
        && Sets.Same(Moves, other.Moves) && Sets.Same(Forwards, other.Forwards) && Sets.Same(Escaped, other.Escaped)
        && Guards.SequenceEqual(other.Guards) && Sets.Same(Ended, other.Ended) && SameMap(Lost, other.Lost);

    public static State Join(State left, State right)
    {
        if (ReferenceEquals(left, right)) return left;
        var joined = new State
        {
            Values = JoinMap(left.Values, right.Values, left, right, (s, p) => s[p], Value.Join),
            Linked = Sets.Union(left.Linked, right.Linked),
            Captures = JoinMap(left.Captures, right.Captures, left, right, (s, c) => s.Captures.TryGetValue(c, out var v) ? v : null, (a, b) => a is null ? b : b is null ? a : Value.Join(a, b)),
            Gradients = JoinMap(left.Gradients, right.Gradients, left, right, (s, p) => s.Gradient(p), (a, b) => a.Or(b)),
            OtherGradients = left.OtherGradients.Equals(right.OtherGradients) ? left.OtherGradients : left.OtherGradients.Or(right.OtherGradients),
            Modes = JoinMap(left.Modes, right.Modes, left, right, (s, p) => s.Mode(p), (a, b) => a.Or(b)),
            Places = JoinMap(left.Places, right.Places, left, right, (s, p) => s.Place(p) ?? "", (a, b) => a == b ? a : ""),
            Forwards = Sets.Union(left.Forwards, right.Forwards),
            Moves = Sets.Union(left.Moves, right.Moves),
            Escaped = Sets.Union(left.Escaped, right.Escaped),
            Guards = left.Guards.Equals(right.Guards) ? left.Guards : left.Guards.Zip(right.Guards, (a, b) => a.Equals(b) ? a : null).TakeWhile(g => g is not null).ToImmutableArray()!,
            Ended = Sets.Union(left.Ended, right.Ended),
            Lost = ReferenceEquals(left.Lost, right.Lost) ? left.Lost : JoinLost(left.Lost, right.Lost),
            Backward = left.Backward || right.Backward,
            Stepped = left.Stepped || right.Stepped,
        };

        // Nearly always one way adds nothing to the other.
        return joined.Is(left) ? left : joined;
    }

    // Of two scopes the first in the text.
    private static ImmutableDictionary<Path, SyntaxNode> JoinLost(ImmutableDictionary<Path, SyntaxNode> left, ImmutableDictionary<Path, SyntaxNode> right) =>
        left.SetItems(right.Where(r => !left.TryGetValue(r.Key, out var l) || r.Value.SpanStart < l.SpanStart));

    // Whether all parts are the very same.
    private bool Is(State other) =>
        ReferenceEquals(Values, other.Values) && ReferenceEquals(Captures, other.Captures) && ReferenceEquals(Gradients, other.Gradients)
        && ReferenceEquals(OtherGradients, other.OtherGradients) && ReferenceEquals(Modes, other.Modes) && ReferenceEquals(Places, other.Places)
        && ReferenceEquals(Linked, other.Linked) && ReferenceEquals(Moves, other.Moves) && ReferenceEquals(Forwards, other.Forwards) && ReferenceEquals(Escaped, other.Escaped) && Guards == other.Guards && ReferenceEquals(Ended, other.Ended) && ReferenceEquals(Lost, other.Lost) && Backward == other.Backward && Stepped == other.Stepped;

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
        ImmutableDictionary<TKey, TValue> left, ImmutableDictionary<TKey, TValue> right, State leftState, State rightState, Func<State, TKey, TValue?> at, Func<TValue, TValue, TValue> join)
        where TKey : notnull
        where TValue : class
    {
        if (ReferenceEquals(left, right)) return left;
        var result = left;
        foreach (var pair in left)
        {
            var joined = join(pair.Value, at(rightState, pair.Key)!);
            if (!joined.Equals(pair.Value)) result = result.SetItem(pair.Key, joined);
        }

        foreach (var pair in right)
            if (!left.ContainsKey(pair.Key)) result = result.SetItem(pair.Key, join(at(leftState, pair.Key)!, pair.Value));
        return result;
    }
}
