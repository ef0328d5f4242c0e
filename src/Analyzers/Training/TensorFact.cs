using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>What the numbers in a tensor are.</summary>
internal enum Meaning
{
    Unknown,

    /// <summary>The output of a linear layer or a convolution, as it is: logits, or any other real numbers.</summary>
    Scores,
    Softmax,
    LogSoftmax,
    Sigmoid,
    LogSigmoid,
    ClassIndices,
    OneHot,
}

/// <summary>
/// What is certain of one tensor, aspect by aspect: what its numbers mean, how it hangs on the graph of the model, where it lives, of
/// which type and shape it is, and which dispose scope owns it. An aspect that is not certain is <see cref="Meaning.Unknown"/> or null.
/// </summary>
internal sealed record TensorFact : Fact
{
    /// <summary>Nothing is certain but that it is a tensor.</summary>
    public static readonly TensorFact Nothing = new();

    public Meaning Meaning { get; init; }

    /// <summary>The places that gave it its meaning.</summary>
    public ImmutableArray<SyntaxNode> Origins { get; init; } = ImmutableArray<SyntaxNode>.Empty;

    public GraphFact? Graph { get; init; }

    /// <summary>The kind of device, with its index where one was given: "cpu", "cuda", "cuda:1".</summary>
    public string? Device { get; init; }

    /// <summary>A member of torch.ScalarType, by name.</summary>
    public string? Type { get; init; }

    public ShapeFact? Shape { get; init; }

    /// <summary>The NewDisposeScope() that disposes it, or the body (its syntax) whose caller's scope does.</summary>
    public SyntaxNode? Owner { get; init; }

    /// <summary>The loss that it is, where it is one and nothing but scaled since.</summary>
    public LossFact? Loss { get; init; }

    /// <summary>What the scores of a last layer have been put through since, where that spoils them for a loss.</summary>
    public EndingFact? Ending { get; init; }

    /// <summary>The pass of a module that yielded it as it is, where of its numbers nothing else is known.</summary>
    public SyntaxNode? Pass { get; init; }

    public static TensorFact Of(Meaning meaning, SyntaxNode origin) => new() { Meaning = meaning, Origins = ImmutableArray.Create(origin) };

    public bool Equals(TensorFact? other) =>
        ReferenceEquals(this, other)
        || other is not null && Meaning == other.Meaning && Device == other.Device && Type == other.Type && Owner == other.Owner && Pass == other.Pass
        && SameItems(Origins, other.Origins) && Equals(Graph, other.Graph) && Equals(Shape, other.Shape) && Equals(Loss, other.Loss) && Equals(Ending, other.Ending);

    public override int GetHashCode() => ((int)Meaning * 31 + (Type?.GetHashCode() ?? 0)) * 31 + (Owner?.GetHashCode() ?? 0);

    protected override Fact? Merge(Fact other)
    {
        if (other is not TensorFact t) return null;
        var meaning = Meaning == t.Meaning ? Meaning : Meaning.Unknown;
        var merged = new TensorFact
        {
            Meaning = meaning,
            Origins = meaning == Meaning.Unknown ? ImmutableArray<SyntaxNode>.Empty : Union(Origins, t.Origins),
            Graph = GraphFact.Join(Graph, t.Graph),
            Device = Device == t.Device ? Device : null,
            Type = Type == t.Type ? Type : null,
            Shape = ShapeFact.Join(Shape, t.Shape),
            Owner = Owner == t.Owner ? Owner : null,
            Loss = Equals(Loss, t.Loss) ? Loss : null,
            Ending = Equals(Ending, t.Ending) ? Ending : null,
            Pass = Pass == t.Pass ? Pass : null,
        };
        return merged.Equals(Nothing) ? null : merged;
    }

    public override Fact? Map(Func<Path, Path?> map) => Graph is null || Graph.Modules.IsEmpty && Graph.Inputs.IsEmpty ? this : this with { Graph = Graph.Map(map) };
}

/// <summary>How a tensor hangs on the graph that backward() goes through.</summary>
internal enum Tracking
{
    /// <summary>A module or a parameter takes part: gradients flow to it.</summary>
    Attached,

    /// <summary>None takes part: it was cut off, computed with gradients off, or made of data alone.</summary>
    Free,

    /// <summary>It depends on <see cref="GraphFact.Inputs"/>: attached where one of these is, free where all are.</summary>
    Inherited,
}

/// <summary>Whether, and through what, gradients flow from a tensor.</summary>
/// <param name="Tracking">Attached, free, or as its inputs are.</param>
/// <param name="Causes">For a free tensor the places that cut it off (a detach(), an argmax(), a no_grad()); none for data.</param>
/// <param name="Modules">For an attached one the modules that took part, as far as they can be named.</param>
/// <param name="Inputs">For an inherited one: parameters of the body whose tensors take part.</param>
internal sealed record GraphFact(Tracking Tracking, ImmutableArray<SyntaxNode> Causes, ImmutableArray<Path> Modules, ImmutableArray<Path> Inputs)
{
    private const int MaxItems = 8;

    /// <summary>Made of data.</summary>
    public static readonly GraphFact Data = new(Tracking.Free, ImmutableArray<SyntaxNode>.Empty, ImmutableArray<Path>.Empty, ImmutableArray<Path>.Empty);

    public static readonly GraphFact SomeModule = Data with { Tracking = Tracking.Attached };

    public bool IsAttached => Tracking == Tracking.Attached;

    public bool IsFree => Tracking == Tracking.Free;

    public static GraphFact Of(Path? module) => module is null ? SomeModule : SomeModule with { Modules = ImmutableArray.Create(module) };

    public static GraphFact Cut(SyntaxNode cause) => Data with { Causes = ImmutableArray.Create(cause) };

    public static GraphFact Like(Path input) => Data with { Tracking = Tracking.Inherited, Inputs = ImmutableArray.Create(input) };

    /// <summary>Of what is computed from all of these.</summary>
    public static GraphFact? Combine(IEnumerable<GraphFact?> operands)
    {
        GraphFact? result = Data;
        var unknown = false;
        foreach (var operand in operands)
        {
            if (operand is null) unknown = true;
            else result = result.With(operand);
        }

        // One module that takes part is enough; for anything else all must be known.
        return unknown && !result.IsAttached ? null : result;
    }

    private GraphFact With(GraphFact other)
    {
        if (Equals(other) || ReferenceEquals(other, Data)) return this;
        if (ReferenceEquals(this, Data)) return other;
        var tracking = IsAttached || other.IsAttached ? Tracking.Attached : IsFree && other.IsFree ? Tracking.Free : Tracking.Inherited;
        return new(tracking,
            tracking == Tracking.Attached ? ImmutableArray<SyntaxNode>.Empty : Limited(Causes.Union(other.Causes)),
            Limited(Modules.Union(other.Modules)),
            tracking == Tracking.Attached ? ImmutableArray<Path>.Empty : Limited(Inputs.Union(other.Inputs)));
    }

    /// <summary>What is certain where it may be either.</summary>
    public static GraphFact? Join(GraphFact? left, GraphFact? right)
    {
        if (left is null || right is null) return null;
        if (left.Equals(right)) return left;
        return left.Tracking == right.Tracking && left.Tracking != Tracking.Inherited ? left.With(right) : null;
    }

    /// <summary>The same seen from elsewhere: a module that has no name there still took part, an input that has none leaves nothing certain.</summary>
    public GraphFact? Map(Func<Path, Path?> map)
    {
        var inputs = Inputs.Select(map).OfType<Path>().ToImmutableArray();
        return inputs.Length < Inputs.Length ? null : this with { Modules = Modules.Select(map).OfType<Path>().ToImmutableArray(), Inputs = inputs };
    }

    public bool Equals(GraphFact? other) =>
        ReferenceEquals(this, other)
        || other is not null && Tracking == other.Tracking && Causes.SequenceEqual(other.Causes) && Modules.SequenceEqual(other.Modules) && Inputs.SequenceEqual(other.Inputs);

    public override int GetHashCode() => (int)Tracking * 31 + Causes.Length * 7 + Modules.Length;

    private static ImmutableArray<T> Limited<T>(IEnumerable<T> items) => items.Take(MaxItems).ToImmutableArray();
}

/// <summary>The dimensions of a tensor, null for those that are not certain; <paramref name="Open"/> where unknown ones may stand before them.</summary>
internal sealed record ShapeFact(ImmutableArray<long?> Dimensions, bool Open)
{
    public static readonly ShapeFact Scalar = new(ImmutableArray<long?>.Empty, false);

    /// <summary>The number of dimensions, where it is certain.</summary>
    public int? Rank => Open ? null : Dimensions.Length;

    public long? Last => Dimensions.IsEmpty ? null : Dimensions[Dimensions.Length - 1];

    public static ShapeFact Of(params long?[] dimensions) => new(dimensions.ToImmutableArray(), false);

    /// <summary>Anything that ends in this dimension.</summary>
    public static ShapeFact EndingIn(long last) => new(ImmutableArray.Create<long?>(last), true);

    public static ShapeFact? Join(ShapeFact? left, ShapeFact? right)
    {
        if (left is null || right is null) return null;
        if (left.Equals(right)) return left;
        if (left.Open || right.Open || left.Dimensions.Length != right.Dimensions.Length) return left.Last is { } last && last == right.Last ? EndingIn(last) : null;
        return new(left.Dimensions.Zip(right.Dimensions, (a, b) => a == b ? a : null).ToImmutableArray(), false);
    }

    /// <summary>Of what is computed from two tensors number by number.</summary>
    public static ShapeFact? Broadcast(ShapeFact? left, ShapeFact? right)
    {
        if (left is not { Rank: { } a } || right is not { Rank: { } b }) return null;
        if (a != b) return null;
        return new(left.Dimensions.Zip(right.Dimensions, (m, n) => m == n || n == 1 ? m : m == 1 ? n : null).ToImmutableArray(), false);
    }

    public bool Equals(ShapeFact? other) => other is not null && Open == other.Open && Dimensions.SequenceEqual(other.Dimensions);

    public override int GetHashCode() => Dimensions.Length;
}

/// <summary>The result of a loss: which, with which torch.nn.Reduction (null: not certain), and where.</summary>
internal sealed record LossFact(LossKind Kind, long? Reduction, SyntaxNode Node);

/// <summary>An activation, dropout or norm behind a last layer.</summary>
internal sealed record EndingFact(EndingKind Kind, SyntaxNode Node);

/// <summary>A data loader, or something that came out of it: its tensors are data, on this device (null: not certain).</summary>
internal sealed record LoaderFact(string? Device) : Fact;

/// <summary>A device as a value.</summary>
internal sealed record DeviceFact(string Name) : Fact;

/// <summary>What no_grad(), enable_grad() or NewDisposeScope() returns: disposing it ends what began at that call.</summary>
internal sealed record GuardFact(SyntaxNode Node) : Fact;

/// <summary>What is in force at one point: a dispose scope, or gradients switched off or on.</summary>
/// <param name="Node">The call that began it.</param>
/// <param name="Kind">NewScope, DisableGradients, EnableGradients or SetGradients (unknown which).</param>
internal sealed record Guard(SyntaxNode Node, TorchOp Kind);

/// <summary>The call of a loss.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Input">What it is given as the model's output.</param>
/// <param name="Target">What it is given as the truth.</param>
/// <param name="Reduction">A value of torch.nn.Reduction, null where it is not certain.</param>
/// <param name="Settings">Constant arguments of the call, or of the making of its module, by parameter name.</param>
internal sealed record LossCall(LossKind Kind, Value Input, Value Target, long? Reduction, ImmutableDictionary<string, object?> Settings);
