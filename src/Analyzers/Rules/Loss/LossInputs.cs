using System.Collections.Immutable;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>What the rules about the arguments of losses share.</summary>
internal static class LossInputs
{
    private static readonly string[] Whole = ["Byte", "Int8", "Int16", "Int32", "Int64", "Bool"];

    /// <summary>What losses come of: calls of functions and of modules, of which callers may know that they are losses.</summary>
    public static readonly EventKind[] Events = [EventKind.Loss, EventKind.Forward];

    /// <summary>Whether the name of an element type is one of whole numbers.</summary>
    public static bool IsWhole(string? type) => type is not null && Whole.Contains(type);

    /// <summary>What a fix has to know of the input and of the target.</summary>
    public static ImmutableDictionary<string, string?> Properties(TensorFact input, TensorFact? target = null) =>
        ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Meaning, input.Meaning.ToString()).Add(RuleProperties.TargetType, target?.Type);
}
