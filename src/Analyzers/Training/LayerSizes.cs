using System.Collections.Immutable;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>What each kind of layer does to the sizes of a tensor, and which of them it needs.</summary>
internal static class LayerSizes
{
    /// <summary>The size that the layer looks at, where that is certain.</summary>
    public static Extent Needed(Layer layer, Flowing input) => layer.Kind switch
    {
        LayerKind.Linear or LayerKind.Recurrent or LayerKind.Cell or LayerKind.Attention or LayerKind.Transformer or LayerKind.LayerNorm => input.FromEnd(1),
        LayerKind.Convolution or LayerKind.TransposedConvolution => input.FromEnd(layer.Rank + 1),
        LayerKind.BatchNorm => input switch
        {
            { Open: false, Extents.Length: >= 2 } => input.Extents[1],
            { Channel: { } channel } when channel == layer.Rank + 1 => input.FromEnd(channel),
            { Channel: null, Extents.Length: 1, Rows: true } when layer.Rank == 1 => input.FromEnd(1),
            _ => Extent.Unknown,
        },
        LayerKind.GroupNorm => input switch
        {
            { Open: false, Extents.Length: >= 2 } => input.Extents[1],
            { Channel: { } channel } => input.FromEnd(channel),
            _ => Extent.Unknown,
        },
        _ => Extent.Unknown,
    };

    /// <summary>Whether the size that comes in can never be the one that is wanted.</summary>
    public static SizeClash? Clash(Layer layer, Flowing input) =>
        layer.In is { } wanted && Needed(layer, input) is { From: not null } given && (given.Size is { } size ? size != wanted : given.Factor > 1 && wanted % given.Factor != 0) ? new(wanted, given) : null;

    /// <summary>What the layer yields.</summary>
    public static Flowing Through(Layer layer, Flowing input)
    {
        switch (layer.Kind)
        {
            case LayerKind.Linear:
                return input.WithLast(Extent.Of(layer.Out, layer));
            case LayerKind.Convolution or LayerKind.TransposedConvolution:
                return Convolved(layer, input);
            case LayerKind.BatchNorm or LayerKind.GroupNorm or LayerKind.LayerNorm when Clash(layer, input) is not null:
                // That is said already; which of the two is right, what follows may tell.
                return Replaced(input, Needed(layer, input), new(null, 1, layer));
            case LayerKind.BatchNorm when input is { Open: true, Extents.IsEmpty: true } && layer is { In: { } channels, Rank: > 1 }:
                return input.With([Extent.Of(channels, layer), .. Enumerable.Repeat(Extent.Unknown, layer.Rank)], true, layer.Rank + 1);
            case LayerKind.LayerNorm when layer.In is { } normalized && input.FromEnd(1).Size is null:
                return input.WithLast(Extent.Of(normalized, layer));
            case LayerKind.Embedding:
                return input.Open ? Of([Extent.Of(layer.Out, layer)], true) : Of(input.Extents.Add(Extent.Of(layer.Out, layer)), false);
            case LayerKind.EmbeddingBag:
                return Of([Extent.Unknown, Extent.Of(layer.Out, layer)], false);
            case LayerKind.Attention or LayerKind.Transformer:
                return input.WithLast(Extent.Of(layer.In, layer));
            case LayerKind.Pool:
                return Pooled(input, layer.Rank, layer.Named);
            case LayerKind.AdaptivePool:
                return Adapted(input, layer.Rank, layer.Arguments.Length > 0 ? layer.Arguments[0].Value : null, null);
            case LayerKind.Flatten:
                return Flattened(input, Number(layer.Named(LayerVocabulary.StartDimension)), Number(layer.Named(LayerVocabulary.EndDimension)));
            case LayerKind.Resampling:
                return input.Channel is { } at && at <= input.Extents.Length ? input.With([.. input.Extents.Take(input.Extents.Length - at + 1), .. Enumerable.Repeat(Extent.Unknown, at - 1)], input.Open, at) : Flowing.Unknown;
            case LayerKind.BatchNorm or LayerKind.GroupNorm or LayerKind.LayerNorm or LayerKind.OtherNorm or LayerKind.Activation or LayerKind.Saturating or LayerKind.Dropout or LayerKind.Identity:
                return input.Next();
            default:
                return Flowing.Unknown;
        }
    }

    /// <summary>What a recurrent network yields: its outputs, with both directions side by side.</summary>
    public static Flowing Outputs(Layer layer, Flowing input)
    {
        var directions = layer.Named(LayerVocabulary.Bidirectional) is ConstantItem { Value: bool both } ? both ? 2 : 1 : (long?)null;
        return new() { Extents = [Extent.Of(layer.Out * directions, layer)], Open = true, Bent = true };
    }

    /// <summary>The state that a recurrent network ends in.</summary>
    public static Flowing Hidden(Layer layer) => new() { Extents = [Extent.Of(layer.Out, layer)], Open = true, Bent = true };

    private static Flowing Of(ImmutableArray<Extent> extents, bool open) => new() { Extents = extents, Open = open };

    private static Flowing Replaced(Flowing input, Extent old, Extent by)
    {
        var at = input.Extents.IndexOf(old);
        return at < 0 ? Flowing.Unknown : input.With(input.Extents.SetItem(at, by), input.Open, input.Channel);
    }

    private static Flowing Convolved(Layer layer, Flowing input)
    {
        var sizes = layer.Rank + 1;
        var leading = input.Extents.Length > sizes ? input.Extents.Take(input.Extents.Length - sizes) : [];
        var extents = ImmutableArray.CreateBuilder<Extent>();
        extents.AddRange(leading);
        extents.Add(Extent.Of(layer.Out, layer));
        for (var i = 0; i < layer.Rank; i++)
        {
            var size = input.FromEnd(layer.Rank - i).Size;
            var kernel = Dimension(layer.Named(LayerVocabulary.Kernel), i, layer.Rank, null);
            var stride = Dimension(layer.Named(LayerVocabulary.Stride), i, layer.Rank, 1);
            var padding = Dimension(layer.Named(LayerVocabulary.PaddingName), i, layer.Rank, 0);
            var dilation = Dimension(layer.Named(LayerVocabulary.Dilation), i, layer.Rank, 1);
            var added = layer.Kind == LayerKind.TransposedConvolution ? Dimension(layer.Named(LayerVocabulary.OutputPadding), i, layer.Rank, 0) : 0;
            extents.Add(layer.Kind == LayerKind.TransposedConvolution
                ? Extent.Of((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + added + 1, layer)
                : Extent.Of(Slid(size, kernel, stride, padding, dilation, false), layer));
        }

        return input.With(extents.ToImmutable(), input.Open || input.Extents.Length < sizes, sizes);
    }

    /// <summary>What a pool yields; <paramref name="named"/> gives its arguments.</summary>
    public static Flowing Pooled(Flowing input, int rank, Func<string, Item?> named)
    {
        if (input.Extents.Length <= rank) return input.Open ? input.With(Repeated(rank), true, null) : Flowing.Unknown;
        var extents = input.Extents.ToBuilder();
        var ceil = named(LayerVocabulary.CeilMode) is ConstantItem { Value: true };
        for (var i = 0; i < rank; i++)
        {
            var at = extents.Count - rank + i;
            var kernel = Dimension(named(LayerVocabulary.Kernel), i, rank, null);
            var stride = Dimension(named(LayerVocabulary.Stride) ?? named(LayerVocabulary.Strides), i, rank, kernel);
            extents[at] = Extent.Of(Slid(extents[at].Size, kernel, stride, Dimension(named(LayerVocabulary.PaddingName), i, rank, 0), Dimension(named(LayerVocabulary.Dilation) ?? new ConstantItem(1L), i, rank, 1), ceil), extents[at].From);
        }

        return input.With(extents.ToImmutable(), input.Open, input.Channel);
    }

    /// <summary>What an adaptive pool yields.</summary>
    public static Flowing Adapted(Flowing input, int rank, Item? sizes, Func<ListItem, ImmutableArray<Item?>>? contents)
    {
        if (sizes is ListItem list) sizes = contents is null ? null : new TupleItem(contents(list));
        if (input.Extents.Length <= rank && !input.Open) return Flowing.Unknown;
        var kept = input.Extents.Length > rank ? input.Extents.Take(input.Extents.Length - rank) : [];
        return input.With([.. kept, .. Enumerable.Range(0, rank).Select(i => Dimension(sizes, i, rank, null) is { } size ? new Extent(size, size, null) : Extent.Unknown)], input.Open, input.Channel);
    }

    /// <summary>What flatten() yields.</summary>
    public static Flowing Flattened(Flowing input, long? start, long? end)
    {
        if (start != 1 || end != -1) return Flowing.Unknown;
        var channel = input.Channel;

        // Layers with channels are given batches. Whatever is flattened has two dimensions afterwards.
        if (input.Open && channel != input.Extents.Length) return input.With([Extent.Unknown, input.Extents.IsEmpty ? Extent.Unknown : new Extent(null, input.FromEnd(1).Factor, input.FromEnd(1).From)], false, null);
        return input.With([Extent.Unknown, Product(input.Open ? input.Extents : input.Extents.Skip(1))], false, null);
    }

    private static Extent Product(IEnumerable<Extent> extents)
    {
        var (size, factor, from) = ((long?)1, 1L, default(Part));
        foreach (var extent in extents) (size, factor, from) = (size * extent.Size, factor * extent.Factor, from ?? extent.From);
        return new(size, factor, from);
    }

    /// <summary>Two tensors, element by element; what does not fit is said of the dimensions that differ.</summary>
    public static Flowing Together(Flowing left, Flowing right, Action<Extent, Extent> clash)
    {
        var count = Math.Max(left.Extents.Length, right.Extents.Length);
        var extents = ImmutableArray.CreateBuilder<Extent>(count);
        for (var i = count; i > 0; i--)
        {
            var (a, b) = (left.FromEnd(i), right.FromEnd(i));
            if (a.Size is { } x && b.Size is { } y)
            {
                if (x != y && x != 1 && y != 1) clash(a, b);
                extents.Add(x == 1 ? b : a);
            }
            else
            {
                // One row may stand for many, but not the other way.
                extents.Add(a.Size > 1 ? a : b.Size > 1 ? b : Extent.Unknown);
            }
        }

        return new() { Extents = extents.ToImmutable(), Open = left.Open || right.Open, Channel = left.Channel == right.Channel ? left.Channel : null, Rows = left.Rows && right.Rows, Bent = left.Bent || right.Bent };
    }

    private static ImmutableArray<Extent> Repeated(int count) => Enumerable.Repeat(Extent.Unknown, count).ToImmutableArray();

    private static long? Slid(long? size, long? kernel, long? stride, long? padding, long? dilation, bool ceil)
    {
        if (size + 2 * padding - dilation * (kernel - 1) - 1 is not { } room || stride is not > 0 || room < 0) return null;
        return (ceil ? (room + stride.Value - 1) / stride.Value : room / stride.Value) + 1;
    }

    public static long? Number(Item? item) => item is ConstantItem { Value: long number } ? number : null;

    // `3`, `(3, 5)` or nothing: the value for one of the dimensions.
    private static long? Dimension(Item? item, int index, int rank, long? otherwise) => item switch
    {
        ConstantItem { Value: long number } => number,
        ConstantItem { Value: null } => otherwise,
        TupleItem { Items: var items } when items.Length == rank => Number(items[index]),
        TupleItem { Items: [var only] } => Number(only),
        _ => null,
    };
}
