using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Training;

/// <summary>What is known of a value: which existing objects it may be, and what it means. Knowing nothing is <see cref="Unknown"/>.</summary>
internal sealed class Value : IEquatable<Value>
{
    private const int MaxPaths = 4;

    public static readonly Value Unknown = new(ImmutableArray<Path>.Empty, null, false);
    public static readonly Value Null = new(ImmutableArray<Path>.Empty, NullFact.Instance, false);

    private Value(ImmutableArray<Path> paths, Fact? fact, bool partial)
    {
        Paths = paths;
        Fact = fact;
        Partial = partial;
    }

    /// <summary>The objects that it may be; none where it is new or unknown.</summary>
    public ImmutableArray<Path> Paths { get; }

    public Fact? Fact { get; }

    /// <summary>Whether it may also be an object that no path names.</summary>
    public bool Partial { get; }

    /// <summary>The one object that it certainly is.</summary>
    public Path? Path => Paths.Length == 1 && !Partial ? Paths[0] : null;

    public bool IsNull => Fact is NullFact;

    public static Value At(Path? path) => path is null ? Unknown : path.Value;

    public static Value Of(Fact fact) => new(ImmutableArray<Path>.Empty, fact, false);

    public Value With(Fact? fact) => new(Paths, fact, Partial);

    public Value Named(Path path) => new(ImmutableArray.Create(path), Fact, false);

    public Value WithPaths(ImmutableArray<Path> paths, bool partial) => new(paths, Fact, partial);

    /// <summary>Whether it may be that object, or something in it.</summary>
    public bool MayBeIn(Path path)
    {
        foreach (var own in Paths)
            if (own.StartsWith(path)) return true;
        return false;
    }

    /// <summary>The value where either may be.</summary>
    public static Value Join(Value left, Value right)
    {
        if (left.Equals(right)) return left;
        if (left.IsNull) return right;
        if (right.IsNull) return left;
        var paths = left.Paths.Length == right.Paths.Length && left.SamePaths(right) ? left.Paths : left.Paths.Union(right.Paths).ToImmutableArray();
        var partial = left.Partial || right.Partial || left.Paths.IsEmpty != right.Paths.IsEmpty;
        if (paths.Length > MaxPaths) (paths, partial) = (ImmutableArray<Path>.Empty, false);
        return new(paths, Fact.Join(left.Fact, right.Fact), partial);
    }

    public bool Equals(Value? other) =>
        ReferenceEquals(this, other)
        || other is not null && Partial == other.Partial && Paths.Length == other.Paths.Length && SamePaths(other) && Equals(Fact, other.Fact);

    private bool SamePaths(Value other)
    {
        foreach (var path in Paths)
            if (!other.Paths.Contains(path)) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Value);

    public override int GetHashCode() => Paths.Length * 31 + (Fact?.GetType().GetHashCode() ?? 0);
}

/// <summary>What a value means, where that is certain.</summary>
internal abstract record Fact
{
    public static Fact? Join(Fact? left, Fact? right)
    {
        if (left is null || right is null) return null;
        if (left.Equals(right)) return left;
        return left.Merge(right);
    }

    /// <summary>What is certain of both, or null.</summary>
    protected virtual Fact? Merge(Fact other) => null;

    /// <summary>The same fact with its paths seen from elsewhere.</summary>
    public virtual Fact? Map(Func<Path, Path?> map) => this;

    protected static bool SameItems<T>(ImmutableArray<T> left, ImmutableArray<T> right) => left.SequenceEqual(right);

    protected static ImmutableArray<T> Union<T>(ImmutableArray<T> left, ImmutableArray<T> right) => left.Union(right).ToImmutableArray();
}

internal sealed record NullFact : Fact
{
    public static readonly NullFact Instance = new();
}

/// <summary>One module that was made: of which type, where, and (for Sequential) of which layers, default where these are not known.</summary>
internal sealed record MadeModule(INamedTypeSymbol Type, SyntaxNode Creation, ImmutableArray<Value> Layers)
{
    /// <summary>The constant arguments that it was made with, by parameter name; defaults count. Determined by <see cref="Creation"/>.</summary>
    public ImmutableDictionary<string, object?> Settings { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Where it certainly is, as long as nobody has moved it by a name; null where that is not certain.</summary>
    public string? Place { get; init; }

    public long? Number(params string[] parameters)
    {
        foreach (var parameter in parameters)
            if (Settings.TryGetValue(parameter, out var value))
                return value switch { long l => l, int i => i, _ => null };
        return null;
    }

    public bool Equals(MadeModule? other) =>
        other is not null && SymbolEqualityComparer.Default.Equals(Type, other.Type) && Creation == other.Creation && Place == other.Place
        && Layers.IsDefault == other.Layers.IsDefault && (Layers.IsDefault || Layers.SequenceEqual(other.Layers));

    public override int GetHashCode() => Creation.GetHashCode();
}

/// <summary>A module that is one of these.</summary>
internal sealed record ModuleFact(ImmutableArray<MadeModule> Made) : Fact
{
    private const int MaxAlternatives = 12;

    public bool Equals(ModuleFact? other) => other is not null && SameItems(Made, other.Made);

    public override int GetHashCode() => Made.Length;

    protected override Fact? Merge(Fact other) =>
        other is ModuleFact m && Union(Made, m.Made) is { Length: <= MaxAlternatives } union ? new ModuleFact(union) : null;

    // Seen from elsewhere it may have been moved.
    public override Fact? Map(Func<Path, Path?> map) => Made.All(m => m.Place is null) ? this : At(null);

    public ModuleFact At(string? place) => new(Made.Select(m => m with { Place = place }).ToImmutableArray());
}

/// <summary>The parameters of these modules; not complete where others may be among them.</summary>
internal sealed record ParametersFact(ImmutableArray<Path> Modules, bool Complete) : Fact
{
    public bool Equals(ParametersFact? other) => other is not null && Complete == other.Complete && SameItems(Modules, other.Modules);

    public override int GetHashCode() => Modules.Length;

    protected override Fact? Merge(Fact other) => other is ParametersFact p ? Plus(p) : null;

    public ParametersFact Plus(ParametersFact other) => new(Union(Modules, other.Modules), Complete && other.Complete);

    public override Fact? Map(Func<Path, Path?> map)
    {
        var mapped = Modules.Select(map).ToList();
        return new ParametersFact(mapped.OfType<Path>().ToImmutableArray(), Complete && mapped.All(m => m is not null));
    }
}

/// <summary>An optimizer that was made over the parameters of these modules.</summary>
internal sealed record OptimizerFact(ImmutableArray<SyntaxNode> Creations, ParametersFact Parameters) : Fact
{
    /// <summary>What has replaced parameters that the optimizer holds: moves of its modules since it was made.</summary>
    public ImmutableHashSet<Replacement> Outdated { get; init; } = [];

    /// <summary>Names under which new modules have been put since, while the optimizer holds the parameters of the old ones.</summary>
    public ImmutableArray<Path> Replaced { get; init; } = ImmutableArray<Path>.Empty;

    public bool Equals(OptimizerFact? other) =>
        other is not null && Parameters.Equals(other.Parameters) && SameItems(Creations, other.Creations) && Outdated.SetEquals(other.Outdated) && SameItems(Replaced, other.Replaced);

    public override int GetHashCode() => Creations.Length;

    protected override Fact? Merge(Fact other) =>
        other is OptimizerFact o ? new OptimizerFact(Union(Creations, o.Creations), Parameters.Plus(o.Parameters)) { Outdated = Outdated.Union(o.Outdated), Replaced = Replaced.Intersect(o.Replaced).ToImmutableArray() } : null;

    public override Fact? Map(Func<Path, Path?> map) => this with { Parameters = (ParametersFact)Parameters.Map(map)!, Replaced = Replaced.Select(map).OfType<Path>().ToImmutableArray() };
}

/// <summary>A scheduler that was made for an optimizer.</summary>
internal sealed record SchedulerFact(SyntaxNode Creation, Path? Optimizer) : Fact
{
    public override Fact? Map(Func<Path, Path?> map) => this with { Optimizer = Optimizer is null ? null : map(Optimizer) };
}

/// <summary>A lambda, local function or method as a value.</summary>
internal sealed record DelegateFact(IMethodSymbol Method) : Fact
{
    public bool Equals(DelegateFact? other) => other is not null && SymbolEqualityComparer.Default.Equals(Method, other.Method);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Method);
}

/// <summary>The items of a tuple, or the elements of an array or collection written out.</summary>
internal sealed record ItemsFact(ImmutableArray<Value> Items) : Fact
{
    public bool Equals(ItemsFact? other) => other is not null && SameItems(Items, other.Items);

    public override int GetHashCode() => Items.Length;

    protected override Fact? Merge(Fact other) =>
        other is ItemsFact i && i.Items.Length == Items.Length ? new ItemsFact(Items.Zip(i.Items, Value.Join).ToImmutableArray()) : null;

    public override Fact? Map(Func<Path, Path?> map) => new ItemsFact(Items.Select(v => State.MapValue(v, map)).ToImmutableArray());
}

/// <summary>A new object of a type of this compilation, with what its constructor put into its fields.</summary>
internal sealed record ObjectFact(INamedTypeSymbol Type, ImmutableArray<(ISymbol Field, Value Value)> Fields) : Fact
{
    public Value? this[ISymbol field] => Fields.FirstOrDefault(f => SymbolEqualityComparer.Default.Equals(f.Field, field)).Value;

    public bool Equals(ObjectFact? other) =>
        other is not null && SymbolEqualityComparer.Default.Equals(Type, other.Type) && Fields.Length == other.Fields.Length
        && Fields.Zip(other.Fields, (a, b) => SymbolEqualityComparer.Default.Equals(a.Field, b.Field) && a.Value.Equals(b.Value)).All(same => same);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Type);

    public override Fact? Map(Func<Path, Path?> map) => this with { Fields = Fields.Select(f => (f.Field, State.MapValue(f.Value, map))).ToImmutableArray() };
}
