using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>What the layers of a program are computed with: numbers, layers, lists of them, and tensors of which only sizes are known. Null stands for anything.</summary>
internal abstract class Item;

/// <summary>A number, a boolean or null.</summary>
internal sealed class ConstantItem(object? value) : Item
{
    public object? Value { get; } = value switch { int i => (long)i, short s => (long)s, byte b => (long)b, uint u => (long)u, _ => value };

    public override bool Equals(object? obj) => obj is ConstantItem other && Equals(Value, other.Value);

    public override int GetHashCode() => Value?.GetHashCode() ?? 0;
}

/// <summary>A tuple, whose items never change.</summary>
internal sealed class TupleItem(ImmutableArray<Item?> items) : Item
{
    public ImmutableArray<Item?> Items { get; } = items;
}

/// <summary>An array or list. What is in it, the state knows.</summary>
internal sealed class ListItem : Item;

/// <summary>Something that tensors go through: it stands at a place, and belongs to the module whose constructor made it.</summary>
internal abstract class Part(SyntaxNode syntax, OwnModule? home) : Item
{
    public SyntaxNode Syntax { get; } = syntax;

    public OwnModule? Home { get; } = home;
}

/// <summary>The number of rows of a batch, whatever it is.</summary>
internal sealed class RowsItem : Item
{
    public static readonly RowsItem Instance = new();
}

/// <summary>A module of a type of this compilation. What is in its fields, the state knows.</summary>
internal sealed class OwnModule(INamedTypeSymbol type, SyntaxNode syntax, OwnModule? home) : Part(syntax, home)
{
    public INamedTypeSymbol Type { get; } = type;
}

/// <summary>A call that gives a tensor new sizes: `x.view(-1, 320)`.</summary>
internal sealed class Reshaping(SyntaxNode syntax, OwnModule? home) : Part(syntax, home);

/// <summary>A layer of the library, with the arguments that it was made with. The layers of a Sequential, the state knows.</summary>
internal sealed class Layer(LayerKind kind, int rank, SyntaxNode syntax, OwnModule? home, ImmutableArray<(string Name, Item? Value, SyntaxNode? Syntax)> arguments) : Part(syntax, home)
{
    public LayerKind Kind { get; } = kind;

    /// <summary>The number of spatial dimensions.</summary>
    public int Rank { get; } = rank;

    /// <summary>The arguments in the order of the parameters, by their plain names.</summary>
    public ImmutableArray<(string Name, Item? Value, SyntaxNode? Syntax)> Arguments { get; } = arguments;

    /// <summary>The size that its input must have.</summary>
    public long? In => Kind switch
    {
        LayerKind.Linear or LayerKind.Convolution or LayerKind.TransposedConvolution or LayerKind.BatchNorm or LayerKind.Recurrent or LayerKind.Cell or LayerKind.Attention or LayerKind.Transformer or LayerKind.LayerNorm => NumberAt(0),
        LayerKind.GroupNorm => NumberAt(1),
        _ => null,
    };

    /// <summary>The size that its output has.</summary>
    public long? Out => Kind switch
    {
        LayerKind.Linear or LayerKind.Convolution or LayerKind.TransposedConvolution or LayerKind.Embedding or LayerKind.EmbeddingBag or LayerKind.Recurrent or LayerKind.Cell => NumberAt(1),
        _ => In,
    };

    public SyntaxNode? InSyntax => SyntaxAt(Kind == LayerKind.GroupNorm ? 1 : 0);

    public SyntaxNode? OutSyntax => SyntaxAt(Kind is LayerKind.Linear or LayerKind.Convolution or LayerKind.TransposedConvolution or LayerKind.Embedding or LayerKind.EmbeddingBag ? 1 : 0);

    /// <summary>Whether it multiplies its input with weights that are all its own.</summary>
    public bool IsWeighted => Kind is LayerKind.Linear or LayerKind.Convolution or LayerKind.TransposedConvolution;

    public bool? HasBias => (Named(LayerVocabulary.Bias) ?? Named(LayerVocabulary.HasBias)) is ConstantItem { Value: bool bias } ? bias : null;

    public Item? Named(string name)
    {
        foreach (var argument in Arguments)
            if (argument.Name == name) return argument.Value;
        return null;
    }

    private long? NumberAt(int ordinal) => ordinal >= Arguments.Length ? null : Arguments[ordinal].Value switch
    {
        ConstantItem { Value: long and > 0 and var number } => number,

        // LayerNorm over several dimensions: the last.
        TupleItem { Items: [.., ConstantItem { Value: long and > 0 and var last }] } => last,
        _ => null,
    };

    private SyntaxNode? SyntaxAt(int ordinal) => ordinal < Arguments.Length ? Arguments[ordinal].Syntax : null;
}

/// <summary>One dimension of a tensor.</summary>
/// <param name="Size">How large it is, where that is certain.</param>
/// <param name="Factor">What it can be divided by in any case.</param>
/// <param name="From">What made it so.</param>
internal readonly record struct Extent(long? Size, long Factor, Part? From)
{
    public static readonly Extent Unknown = new(null, 1, null);

    public static Extent Of(long? size, Part? from) => size is { } known ? new(known, known, from) : Unknown;

    public static Extent Join(Extent left, Extent right) => left.Size == right.Size && left.Factor == right.Factor ? left : Unknown;
}

/// <summary>How often a tensor is used.</summary>
internal sealed class UseCount
{
    public int Count { get; set; }
}

/// <summary>What is certain of a tensor on its way through layers.</summary>
internal sealed class Flowing : Item
{
    /// <summary>Nothing is known of it.</summary>
    public static Flowing Unknown => new();

    /// <summary>The last dimensions; all, unless <see cref="Open"/>.</summary>
    public ImmutableArray<Extent> Extents { get; init; } = ImmutableArray<Extent>.Empty;

    /// <summary>Whether unknown dimensions may stand before the known ones.</summary>
    public bool Open { get; init; } = true;

    /// <summary>Where the channels stand, counted from the end; null where that is not certain.</summary>
    public int? Channel { get; init; }

    /// <summary>Whether it is a parameter, or came from one through nothing but layers that take rows: then it has no dimension of time.</summary>
    public bool Rows { get; init; }

    public UseCount Uses { get; init; } = new();

    /// <summary>The pass through a weighted layer since which nothing has bent it.</summary>
    public LayerPass? Straight { get; init; }

    /// <summary>The tensors between that pass and this one: who else uses one of these sees more than the next layer.</summary>
    public ImmutableArray<UseCount> Way { get; init; } = ImmutableArray<UseCount>.Empty;

    /// <summary>The saturating activations of the hidden layers that it has been through, one after the other with nothing that helps.</summary>
    public ImmutableArray<SyntaxNode> Hidden { get; init; } = ImmutableArray<SyntaxNode>.Empty;

    /// <summary>The saturating activation that it has been through since the last weighted layer.</summary>
    public SyntaxNode? Saturated { get; init; }

    /// <summary>Whether it has been through a weighted layer, and no activation since.</summary>
    public bool Weighted { get; init; }

    /// <summary>Whether something in the chain was bent since the beginning.</summary>
    public bool Bent { get; init; }

    /// <summary>The dimension, counted from the end.</summary>
    public Extent FromEnd(int index) => index <= Extents.Length ? Extents[Extents.Length - index] : Extent.Unknown;

    public int? Dimensions => Open ? null : Extents.Length;

    public Flowing With(ImmutableArray<Extent> extents, bool open, int? channel) => new()
    {
        Extents = extents, Open = open, Channel = channel, Rows = Rows, Straight = Straight, Way = Way.Add(Uses), Hidden = Hidden, Saturated = Saturated, Weighted = Weighted, Bent = Bent,
    };

    /// <summary>The same tensor after a layer of that kind.</summary>
    public Flowing After(LayerKind kind, Flowing input, SyntaxNode node, LayerPass? pass)
    {
        var (straight, way, hidden, saturated, weighted, bent) = (input.Straight, input.Way.Add(input.Uses), input.Hidden, input.Saturated, input.Weighted, input.Bent);
        switch (kind)
        {
            case LayerKind.Linear or LayerKind.Convolution or LayerKind.TransposedConvolution:
                (straight, way, hidden, saturated, weighted) = (pass, ImmutableArray<UseCount>.Empty, saturated is null ? ImmutableArray<SyntaxNode>.Empty : hidden.Add(saturated), null, true);
                break;
            case LayerKind.Saturating:
                (straight, saturated, weighted, bent) = (null, weighted ? node : saturated, false, true);
                break;
            case LayerKind.Pool or LayerKind.AdaptivePool:
                straight = null;
                break;
            case LayerKind.Dropout or LayerKind.Identity or LayerKind.Flatten:
                break;
            default:
                (straight, hidden, saturated, weighted, bent) = (null, ImmutableArray<SyntaxNode>.Empty, null, false, true);
                break;
        }

        return new()
        {
            Extents = Extents, Open = Open, Channel = Channel, Rows = input.Rows && kind is (LayerKind.Linear or LayerKind.Activation or LayerKind.Saturating or LayerKind.Dropout or LayerKind.Identity or LayerKind.BatchNorm or LayerKind.LayerNorm),
            Straight = straight, Way = way, Hidden = hidden, Saturated = saturated, Weighted = weighted, Bent = bent,
        };
    }

    /// <summary>The same sizes in another tensor.</summary>
    public Flowing Next() => With(Extents, Open, Channel);

    /// <summary>The same sizes, of which nothing is known that came before.</summary>
    public Flowing Anew(bool rows) => new() { Extents = Extents, Open = Open, Channel = Channel, Rows = rows && Rows, Bent = true };

    public Flowing WithLast(Extent last) => With(Extents.IsEmpty ? ImmutableArray.Create(last) : Extents.SetItem(Extents.Length - 1, last), Open, Channel == 1 ? null : Channel);

    public static Flowing Join(Flowing left, Flowing right)
    {
        if (ReferenceEquals(left, right)) return left;
        var count = Math.Min(left.Extents.Length, right.Extents.Length);
        var extents = ImmutableArray.CreateBuilder<Extent>(count);
        for (var i = count; i > 0; i--) extents.Add(Extent.Join(left.FromEnd(i), right.FromEnd(i)));
        return new()
        {
            Extents = extents.ToImmutable(), Open = left.Open || right.Open || left.Extents.Length != right.Extents.Length, Channel = left.Channel == right.Channel ? left.Channel : null, Rows = left.Rows && right.Rows, Bent = left.Bent || right.Bent,
        };
    }
}

/// <summary>A tensor that goes through a layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Input">What goes in.</param>
/// <param name="Chain">The Sequential that the layer stands in, as far as it is one.</param>
internal sealed record LayerPass(Layer Layer, Flowing Input, Layer? Chain)
{
    /// <summary>Where the sizes cannot fit.</summary>
    public SizeClash? Clash { get; init; }

    /// <summary>The call of this very layer; null inside a Sequential.</summary>
    public SyntaxNode? Call { get; init; }
}

/// <summary>Two sizes that meet and differ.</summary>
/// <param name="Wanted">The size that the layer takes.</param>
/// <param name="Given">The dimension that comes in.</param>
internal sealed record SizeClash(long Wanted, Extent Given);

/// <summary>Two tensors that are put together element by element and have different sizes.</summary>
internal sealed record MeetingOfSizes(Extent Left, Extent Right);

/// <summary>All that goes through layers in the bodies of one type.</summary>
internal sealed class LayerReport
{
    public static readonly LayerReport Empty = new();

    private IReadOnlyList<LayerPass>? clashes;

    public List<LayerPass> Passes { get; } = [];

    public List<MeetingOfSizes> Meetings { get; } = [];

    /// <summary>The passes whose sizes do not fit. To be asked when the run is over.</summary>
    public IReadOnlyList<LayerPass> Clashes => clashes ??= [.. Passes.Where(p => p.Clash is { Given.From: not null })];

    /// <summary>Tensors that a forward() or a Sequential ends in.</summary>
    public List<Flowing> Ends { get; } = [];
}
