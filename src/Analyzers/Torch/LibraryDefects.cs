namespace TrainLint.Analyzers.Torch;

/// <summary>Something that a member of the library did wrong before a version.</summary>
/// <param name="Type">The metadata name of the type that declares it.</param>
/// <param name="Member">Its name; ".ctor" for constructors.</param>
/// <param name="FixedIn">The first version that does it right.</param>
/// <param name="What">What it does, as the rest of a sentence that begins with the call.</param>
internal sealed record LibraryDefect(string Type, string Member, Version FixedIn, LocalizedText What)
{
    /// <summary>Wrong only where one of these arguments is given by its name.</summary>
    public string[] Named { get; init; } = [];

    /// <summary>Wrong only where this argument is the constant true.</summary>
    public string? True { get; init; }

    /// <summary>Wrong only where this argument is left out.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Wrong only for receivers of this kind.</summary>
    public TorchType? Of { get; init; }

    /// <summary>Wrong only for types of one's own that keep a Parameter in a field.</summary>
    public bool OfOwnParameters { get; init; }
}

/// <summary>What is known to be wrong in old versions, from the sources and the release notes of the library.</summary>
internal static class LibraryDefects
{
    private const string Data = "TorchSharp.torch+utils+data";
    private static readonly LocalizedText MeanSquared = LocalizedText.Of($"computes the mean squared error instead of the mean absolute error");
    private static readonly LocalizedText KeepsRest = LocalizedText.Of($"ignores drop_last and yields the smaller rest as a batch");

    public static readonly LibraryDefect[] All =
    [
        new(TorchVocabulary.Functional, "l1_loss", new(0, 102, 8), MeanSquared),
        new("TorchSharp.torch+nn", "L1Loss", new(0, 102, 8), MeanSquared),
        new(TorchVocabulary.Modules + "L1Loss", ".ctor", new(0, 102, 8), MeanSquared),
        new(TorchVocabulary.Tensor, "backward", new(0, 103, 1), LocalizedText.Of($"takes retain_graph for create_graph, and the reverse, where they are given by name")) { Named = ["retain_graph", "create_graph"] },
        new("TorchSharp.torch+nn+Module", "training", new(0, 105, 1), LocalizedText.Of($"stays true after eval(), although the layers are switched")) { Of = TorchType.Sequential },
        new("TorchSharp.torch+nn+Module", "zero_grad", new(0, 100, 5), LocalizedText.Of($"leaves the gradients of Parameter fields as they are")) { OfOwnParameters = true },
        new("TorchSharp.torch+optim+lr_scheduler", "LinearLR", new(0, 105, 1), LocalizedText.Of($"ends at five times the learning rate where end_factor is left out")) { LeftOut = "end_factor" },
        new("TorchSharp.torch+optim", "NAdam", new(0, 101, 3), LocalizedText.Of($"leaves out the correction of the momentum")),
        new(TorchVocabulary.Functional, "avg_pool1d", new(0, 102, 1), LocalizedText.Of($"moves its window by one and not by its width where stride is left out")) { LeftOut = "stride" },
        new(Data, "TensorDataset", new(0, 100, 7), LocalizedText.Of($"counts its tensors and not their rows, so that a loader sees only the first rows")),
        new(Data, "DataLoader", new(0, 102, 5), KeepsRest) { True = "drop_last" },
        new(Data + "+DataLoader", ".ctor", new(0, 102, 5), KeepsRest) { True = "drop_last" },
        new(Data + "+DataLoader`2", ".ctor", new(0, 102, 5), KeepsRest) { True = "drop_last" },
        new(TorchVocabulary.Modules + "DataLoader", ".ctor", new(0, 102, 5), KeepsRest) { True = "drop_last" },
        new(TorchVocabulary.Modules + "DataLoader`2", ".ctor", new(0, 102, 5), KeepsRest) { True = "drop_last" },
    ];

    /// <summary>From this version on none of them is there.</summary>
    public static readonly Version AllFixedIn = All.Max(d => d.FixedIn)!;
}
