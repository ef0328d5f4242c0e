namespace TrainLint.Analyzers.Torch;

/// <summary>What a layer does to the sizes of its input.</summary>
internal enum LayerKind
{
    None,
    Linear,
    Convolution,
    TransposedConvolution,
    BatchNorm,
    LayerNorm,
    GroupNorm,

    /// <summary>A norm that does not look at how many channels there are.</summary>
    OtherNorm,
    Embedding,
    EmbeddingBag,
    Recurrent,
    Cell,
    Attention,
    Transformer,
    Pool,
    AdaptivePool,
    Flatten,
    Resampling,

    /// <summary>Keeps the sizes, and is no straight line.</summary>
    Activation,

    /// <summary>The same with slopes that vanish on both sides.</summary>
    Saturating,
    Dropout,
    Identity,
    Sequential,
    List,
}

/// <summary>What should not stand between a last layer and a loss that wants raw scores.</summary>
internal enum EndingKind
{
    /// <summary>What cuts off scores below zero.</summary>
    Rectifier,

    /// <summary>What squeezes scores between two limits.</summary>
    Squashing,
    Dropout,
    Norm,
}

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

    public const string ListName = "ModuleList";

    /// <summary>Layers by their type, with the number of their spatial dimensions.</summary>
    public static readonly Dictionary<string, (LayerKind Kind, int Rank)> Layers = Table(
    [
        ("Linear", LayerKind.Linear, 0),
        ("Conv1d", LayerKind.Convolution, 1),
        ("Conv2d", LayerKind.Convolution, 2),
        ("Conv3d", LayerKind.Convolution, 3),
        ("ConvTranspose1d", LayerKind.TransposedConvolution, 1),
        ("ConvTranspose2d", LayerKind.TransposedConvolution, 2),
        ("ConvTranspose3d", LayerKind.TransposedConvolution, 3),
        ("BatchNorm1d", LayerKind.BatchNorm, 1),
        ("BatchNorm2d", LayerKind.BatchNorm, 2),
        ("BatchNorm3d", LayerKind.BatchNorm, 3),
        ("LayerNorm", LayerKind.LayerNorm, 0),
        ("GroupNorm", LayerKind.GroupNorm, 0),
        ("InstanceNorm1d", LayerKind.OtherNorm, 1),
        ("InstanceNorm2d", LayerKind.OtherNorm, 2),
        ("InstanceNorm3d", LayerKind.OtherNorm, 3),
        ("LocalResponseNorm", LayerKind.OtherNorm, 0),
        ("Embedding", LayerKind.Embedding, 0),
        ("EmbeddingBag", LayerKind.EmbeddingBag, 0),
        ("RNN", LayerKind.Recurrent, 0),
        ("LSTM", LayerKind.Recurrent, 0),
        ("GRU", LayerKind.Recurrent, 0),
        ("RNNCell", LayerKind.Cell, 0),
        ("LSTMCell", LayerKind.Cell, 0),
        ("GRUCell", LayerKind.Cell, 0),
        ("MultiheadAttention", LayerKind.Attention, 0),
        ("TransformerEncoderLayer", LayerKind.Transformer, 0),
        ("MaxPool1d", LayerKind.Pool, 1),
        ("MaxPool2d", LayerKind.Pool, 2),
        ("MaxPool3d", LayerKind.Pool, 3),
        ("AvgPool1d", LayerKind.Pool, 1),
        ("AvgPool2d", LayerKind.Pool, 2),
        ("AvgPool3d", LayerKind.Pool, 3),
        ("AdaptiveAvgPool1d", LayerKind.AdaptivePool, 1),
        ("AdaptiveAvgPool2d", LayerKind.AdaptivePool, 2),
        ("AdaptiveAvgPool3d", LayerKind.AdaptivePool, 3),
        ("AdaptiveMaxPool1d", LayerKind.AdaptivePool, 1),
        ("AdaptiveMaxPool2d", LayerKind.AdaptivePool, 2),
        ("AdaptiveMaxPool3d", LayerKind.AdaptivePool, 3),
        ("Flatten", LayerKind.Flatten, 0),
        ("Upsample", LayerKind.Resampling, 0),
        ("ZeroPad2d", LayerKind.Resampling, 0),
        ("Sigmoid", LayerKind.Saturating, 0),
        ("Tanh", LayerKind.Saturating, 0),
        ("Identity", LayerKind.Identity, 0),
        (SequentialName, LayerKind.Sequential, 0),
        (ListName + "`1", LayerKind.List, 0),
        .. Of(LayerKind.Dropout, "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"),
        .. Of(LayerKind.Activation, "CELU", "ELU", "GELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "LogSigmoid", "LogSoftmax", "Mish", "PReLU", "ReLU", "ReLU6", "RReLU",
            "SELU", "SiLU", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softshrink", "Softsign", "Tanhshrink", "Threshold"),
    ]);

    /// <summary>Methods and functions of tensors that do what a layer does.</summary>
    public static readonly Dictionary<string, (LayerKind Kind, int Rank)> Functions = Table(
    [
        .. Of(LayerKind.Activation, "relu", "relu_", "relu6", "relu6_", "gelu", "gelu_", "silu", "silu_", "elu", "elu_", "celu", "celu_", "selu", "selu_", "leaky_relu", "leaky_relu_", "mish", "softplus", "hardswish",
            "hardswish_", "hardsigmoid", "hardtanh", "softmax", "log_softmax", "softmin", "softsign", "rrelu", "logsigmoid", "log_sigmoid", "prelu", "abs", "abs_", "exp", "exp_", "log", "sqrt", "square", "pow", "clamp", "clamp_", "sin", "cos"),
        .. Of(LayerKind.Saturating, "sigmoid", "sigmoid_", "tanh", "tanh_"),
        .. Of(LayerKind.Dropout, "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"),
        .. Of(LayerKind.Identity, "to", "cpu", "cuda", "float", "clone", "contiguous", "alias", "detach", "MoveToOuterDisposeScope", "DetachFromDisposeScope"),
        ("max_pool1d", LayerKind.Pool, 1),
        ("max_pool2d", LayerKind.Pool, 2),
        ("max_pool3d", LayerKind.Pool, 3),
        ("avg_pool1d", LayerKind.Pool, 1),
        ("avg_pool2d", LayerKind.Pool, 2),
        ("avg_pool3d", LayerKind.Pool, 3),
        ("adaptive_avg_pool1d", LayerKind.AdaptivePool, 1),
        ("adaptive_avg_pool2d", LayerKind.AdaptivePool, 2),
        ("adaptive_avg_pool3d", LayerKind.AdaptivePool, 3),
        ("flatten", LayerKind.Flatten, 0),
    ]);

    /// <summary>Methods that put tensors together element by element.</summary>
    public static readonly string[] ElementwiseNames = ["add", "add_", "sub", "sub_", "mul", "mul_", "div", "div_"];

    public static readonly string[] ConcatenationNames = ["cat", "concat"];

    /// <summary>Members that give the size of a batch: `x.shape[0]`, `x.size(0)`.</summary>
    public const string ShapeName = "shape";
    public const string SizeName = "size";

    public const string AppendName = "append";

    /// <summary>What is looked for before anything is bound: the layers that have sizes.</summary>
    public static readonly string[] SizedNames =
        ["Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "Embedding", "EmbeddingBag", .. RecurrentNames, "RNNCell", "LSTMCell", "GRUCell", "MultiheadAttention"];

    /// <summary>Layers that are straight lines.</summary>
    public static readonly string[] StraightNames = ["Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"];

    /// <summary>Activations with slopes that vanish, and how they are called.</summary>
    public static readonly string[] SaturatingNames = ["Sigmoid", "Tanh", "sigmoid", "sigmoid_", "tanh", "tanh_"];

    /// <summary>Layers, functions and methods behind a last layer.</summary>
    public static readonly Dictionary<string, EndingKind> Endings = new[]
    {
        (EndingKind.Rectifier, new[] { "ReLU", "ReLU6", "GELU", "SiLU", "relu", "relu_", "relu6", "relu6_", "gelu", "gelu_", "silu", "silu_" }),
        (EndingKind.Squashing, ["Tanh", "Hardtanh", "tanh", "tanh_", "hardtanh", "hardtanh_"]),
        (EndingKind.Dropout, [.. DropoutNames]),
        (EndingKind.Norm, ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "layer_norm"]),
    }.SelectMany(e => e.Item2.Select(name => (name, e.Item1))).ToDictionary(e => e.name, e => e.Item2);

    /// <summary>Losses with one weight for each class.</summary>
    public static readonly string[] WeightedLosses = ["cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss"];

    public const string WeightParameter = "weight";

    public const string ReluName = "relu";
    public const string ReluLayerName = "ReLU";

    /// <summary>Parameters as all versions have them, but for underscores and capitals.</summary>
    public const string Kernel = "kernelsize";
    public const string Stride = "stride";
    public const string Strides = "strides";
    public const string PaddingName = "padding";
    public const string Dilation = "dilation";
    public const string Groups = "groups";
    public const string OutputPadding = "outputpadding";
    public const string CeilMode = "ceilmode";
    public const string OutputSize = "outputsize";
    public const string StartDimension = "startdim";
    public const string EndDimension = "enddim";
    public const string Bidirectional = "bidirectional";
    public const string KeyDimension = "kdim";

    /// <summary>The two names of the bias.</summary>
    public const string Bias = "bias";
    public const string HasBias = "hasbias";

    /// <summary>The name of a parameter without underscores and capitals.</summary>
    public static string Plain(string name) => name.Replace("_", "").ToLowerInvariant();

    private static Dictionary<string, (LayerKind Kind, int Rank)> Table((string Name, LayerKind Kind, int Rank)[] rows) => rows.ToDictionary(r => r.Name, r => (r.Kind, r.Rank));

    private static IEnumerable<(string Name, LayerKind Kind, int Rank)> Of(LayerKind kind, params string[] names) => names.Select(n => (n, kind, 0));
}
