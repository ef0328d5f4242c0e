using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TrainLint.Analyzers;

/// <summary>A figure that a rule compares with, and that a project can set for itself in .editorconfig: `trainlint.TL0101.adam_max = 0.01`.</summary>
/// <param name="Rule">The rule that uses it.</param>
/// <param name="Key">Its name in .editorconfig, after the rule's identifier.</param>
/// <param name="Default">What holds where nothing is set.</param>
/// <param name="Least">The smallest value that makes sense.</param>
/// <param name="Most">The largest value that makes sense.</param>
/// <param name="Meaning">What it decides.</param>
/// <param name="Source">Where the default comes from.</param>
internal sealed record Limit(string Rule, string Key, double Default, double Least, double Most, string Meaning, string Source)
{
    public string Option => Limits.Prefix + Rule + "." + Key;

    /// <summary>What is set for a file, or the default where nothing is set or it cannot be read.</summary>
    public double Read(AnalyzerConfigOptions options) =>
        options.TryGetValue(Option, out var text) && TryRead(text) is { } value ? value : Default;

    /// <summary>The value that a text stands for; null where it stands for none that makes sense.</summary>
    public double? TryRead(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= Least && value <= Most ? value : null;
}

/// <summary>All figures that rules compare with, each with its source.</summary>
internal static class Limits
{
    /// <summary>What the names of our options in .editorconfig begin with.</summary>
    public const string Prefix = "trainlint.";

    private const double Largest = 1e12;

    public static readonly Limit AdamMax = new("TL0101", "adam_max", 0.1, 0, Largest,
        "The highest learning rate of Adam, AdamW, Adamax, NAdam and RAdam.", "Each step moves each weight by about the rate; measured: 1.0 ends at chance, 0.01 trains.");

    public static readonly Limit RmsPropMax = new("TL0101", "rmsprop_max", 0.1, 0, Largest,
        "The highest learning rate of RMSProp.", "Steps as large as those of Adam; measured: at 0.5 two runs of three fail.");

    public static readonly Limit AdagradMax = new("TL0101", "adagrad_max", 1, 0, Largest,
        "The highest learning rate of Adagrad.", "Its first step moves each weight by the whole rate, later ones by less.");

    public static readonly Limit SgdMax = new("TL0101", "sgd_max", 10, 0, Largest,
        "The highest learning rate of SGD and ASGD.", "Examples of the library train at 5.0; measured: 50 ends at chance.");

    public static readonly Limit RateMin = new("TL0102", "min", 1e-8, 0, 1,
        "The lowest learning rate.", "A float32 weight near 1 changes by no less than 6e-8; measured: 1e-9 learns nothing.");

    public static readonly Limit DropoutHigh = new("TL0308", "high", 0.9, 0, 1,
        "The dropout probability from which on too little is left.", "At 0.9 one value of ten gets through.");

    public static readonly Limit BatchMax = new("TL0602", "max", 8192, 1, Largest,
        "The largest batch size.", "Beyond it, training at scale needs learning rates and warm-up made for it.");

    public static ImmutableArray<Limit> All { get; } = [AdamMax, RmsPropMax, AdagradMax, SgdMax, RateMin, DropoutHigh, BatchMax];
}
