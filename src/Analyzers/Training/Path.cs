using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// Who an object is, inside one body: a local, a parameter, `this`, a static type, or a member reached from one of these
/// (`this.trainer.optimizer`). Two expressions with equal paths denote the same object as long as nothing on the path is assigned.
/// </summary>
internal sealed class Path : IEquatable<Path>
{
    /// <summary>A path longer than this is not followed.</summary>
    private const int MaxLength = 4;

    public static readonly Path This = new(null, null, ImmutableArray<ISymbol?>.Empty);

    private readonly int hash;
    private Value? value;

    private Path(ISymbol? root, Path? parent, ImmutableArray<ISymbol?> members)
    {
        Root = root;
        Parent = parent;
        Members = members;
        var h = root is null ? 17 : SymbolEqualityComparer.Default.GetHashCode(root);
        foreach (var m in members) h = h * 31 + (m is null ? 7 : SymbolEqualityComparer.Default.GetHashCode(m));
        hash = h;
    }

    /// <summary>The local, parameter or (for statics) type that the path starts from; null for `this`.</summary>
    public ISymbol? Root { get; }

    public Path? Parent { get; }

    /// <summary>Fields and properties from the root on; null stands for any element of a collection.</summary>
    public ImmutableArray<ISymbol?> Members { get; }

    /// <summary>Whether the object outlives the body that it is seen in: a member of `this`, a static, or something handed in.</summary>
    public bool IsField => Members.Length > 0 && (Root is null or INamedTypeSymbol) && Members[0] is not null;

    /// <summary>The value that is this object, of which nothing else is known.</summary>
    public Value Value => value ??= Value.Unknown.Named(this);

    public bool IsParameter => Root is IParameterSymbol && Members.IsEmpty;

    public bool IsLocal => Root is ILocalSymbol && Members.IsEmpty;

    public bool HasElement => Members.Any(m => m is null);

    /// <summary>The field or property at the end, or the local or parameter itself.</summary>
    public ISymbol? Symbol => Members.IsEmpty ? Root : Members[Members.Length - 1];

    public static Path Of(ISymbol root) => new(root, null, ImmutableArray<ISymbol?>.Empty);

    public Path? Member(ISymbol? member) => Members.Length >= MaxLength ? null : new(Root, this, Members.Add(member));

    public bool StartsWith(Path other)
    {
        for (var p = this; p is not null; p = p.Parent)
            if (p.Equals(other)) return true;
        return false;
    }

    /// <summary>Whether the one object is the other or lies inside it.</summary>
    public bool Overlaps(Path other) => StartsWith(other) || other.StartsWith(this);

    /// <summary>The same path seen from a caller: the part up to <paramref name="prefix"/> replaced by <paramref name="by"/>.</summary>
    public Path? Rebase(Path prefix, Path by)
    {
        var result = by;
        for (var i = prefix.Members.Length; i < Members.Length && result is not null; i++) result = result.Member(Members[i]);
        return result;
    }

    public Path RootPath
    {
        get
        {
            var p = this;
            while (p.Parent is { } parent) p = parent;
            return p;
        }
    }

    /// <summary>As the user would write it in the body.</summary>
    public override string ToString()
    {
        var text = Root is null ? (Members.IsEmpty ? "this" : "") : Root.Name;
        foreach (var member in Members)
            text = member is null ? text + "[…]" : text.Length == 0 ? member.Name : text + "." + member.Name;
        return text;
    }

    public bool Equals(Path? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || hash != other.hash || Members.Length != other.Members.Length) return false;
        if (!SymbolEqualityComparer.Default.Equals(Root, other.Root)) return false;
        for (var i = 0; i < Members.Length; i++)
            if (!SymbolEqualityComparer.Default.Equals(Members[i], other.Members[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Path);

    public override int GetHashCode() => hash;
}
