namespace TrainLint.Analyzers.Torch;

/// <summary>What TorchSharp's names say about layers: how they are made, and which of their parameters is which size.</summary>
internal static class LayerVocabulary
{
    /// <summary>Modules that drop, and their functions: the probability is <see cref="ProbabilityParameter"/>.</summary>
    public static readonly string[] DropoutNames =
    [
        "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout",
        "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout",
    ];

    /// <summary>Layers of several parts that drop between these: the probability is <see cref="DropoutParameter"/>.</summary>
    public static readonly string[] DroppingNames = [.. RecurrentNames, "MultiheadAttention", "Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer"];

    public const string ProbabilityParameter = "p";
    public const string DropoutParameter = "dropout";
    public const string LayerCountParameter = "numLayers";

    /// <summary>Networks of layers that go through time, and drop between two of their layers.</summary>
    public static string[] RecurrentNames => ["RNN", "LSTM", "GRU"];

    public const string SequentialName = "Sequential";
}
