namespace TrainLint.Analyzers.Training;

/// <summary>
/// Which phases an object may be in now, for each phase that it may have been in at the start: a small square of bits. A body run
/// once from the identity yields its summary; calling it is <see cref="Then"/>, two ways meeting is <see cref="Or"/>.
/// </summary>
internal readonly record struct Relation(ulong Bits)
{
    /// <summary>Phases per object; eight at most fit into the square.</summary>
    public const int Size = 8;

    public static readonly Relation Identity = FromMap(phase => new PhaseSet((byte)(1 << phase)));

    public static Relation FromMap(Func<int, PhaseSet> map)
    {
        var bits = 0UL;
        for (var from = 0; from < Size; from++) bits |= (ulong)map(from).Bits << (from * Size);
        return new(bits);
    }

    /// <summary>Ends in these phases, whatever was before.</summary>
    public static Relation Constant(PhaseSet phases) => FromMap(_ => phases);

    public PhaseSet this[int from] => new((byte)(Bits >> (from * Size)));

    public PhaseSet Apply(PhaseSet from)
    {
        byte result = 0;
        for (var phase = 0; phase < Size; phase++)
            if (from.Has(phase)) result |= this[phase].Bits;
        return new(result);
    }

    public Relation Then(Relation next)
    {
        var bits = 0UL;
        for (var from = 0; from < Size; from++) bits |= (ulong)next.Apply(this[from]).Bits << (from * Size);
        return new(bits);
    }

    public Relation Or(Relation other) => new(Bits | other.Bits);

    /// <summary>The phases that are possible now if anything was possible at the start.</summary>
    public PhaseSet Range
    {
        get
        {
            byte all = 0;
            for (var from = 0; from < Size; from++) all |= this[from].Bits;
            return new(all);
        }
    }
}

/// <summary>A set of phases.</summary>
internal readonly record struct PhaseSet(byte Bits)
{
    public static readonly PhaseSet Empty = new(0);

    public bool IsEmpty => Bits == 0;

    public bool Has(int phase) => (Bits & (1 << phase)) != 0;

    public PhaseSet Or(PhaseSet other) => new((byte)(Bits | other.Bits));

    public PhaseSet Without(int phase) => new((byte)(Bits & ~(1 << phase)));

    public bool Within(PhaseSet other) => (Bits & ~other.Bits) == 0;

    public static PhaseSet Of(params int[] phases)
    {
        byte bits = 0;
        foreach (var phase in phases) bits |= (byte)(1 << phase);
        return new(bits);
    }
}
