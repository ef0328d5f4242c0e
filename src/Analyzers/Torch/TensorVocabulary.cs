namespace TrainLint.Analyzers.Torch;

/// <summary>The losses that the analysis tells apart.</summary>
internal enum LossKind
{
    CrossEntropy,
    NegativeLogLikelihood,
    BinaryCrossEntropy,
    BinaryCrossEntropyWithLogits,
    MeanSquaredError,
    MeanAbsoluteError,
    SmoothL1,
    Huber,
    KullbackLeibler,

    /// <summary>A loss of the library that no rule asks about by name.</summary>
    Other,
}

/// <summary>What TorchSharp's names say about tensors: their meaning, graph, type, place and owner.</summary>
internal static class TensorVocabulary
{
    private const string Torch = TorchVocabulary.Torch;
    private const string Tensor = TorchVocabulary.Tensor;
    private const string Functional = TorchVocabulary.Functional;
    private const string Modules = TorchVocabulary.Modules;
    private const string Special = "TorchSharp.torch+special";
    private const string Extensions = "TorchSharp.TensorExtensionMethods";
    private const string Scope = "TorchSharp.DisposeScope";

    /// <summary>Losses by their function in torch.nn.functional and their module, both with the arguments (input, target).</summary>
    public static readonly (LossKind Kind, string Function, string Module)[] Losses =
    [
        (LossKind.CrossEntropy, "cross_entropy", "CrossEntropyLoss"),
        (LossKind.NegativeLogLikelihood, "nll_loss", "NLLLoss"),
        (LossKind.BinaryCrossEntropy, "binary_cross_entropy", "BCELoss"),
        (LossKind.BinaryCrossEntropyWithLogits, "binary_cross_entropy_with_logits", "BCEWithLogitsLoss"),
        (LossKind.MeanSquaredError, "mse_loss", "MSELoss"),
        (LossKind.MeanAbsoluteError, "l1_loss", "L1Loss"),
        (LossKind.SmoothL1, "smooth_l1_loss", "SmoothL1Loss"),
        (LossKind.Huber, "huber_loss", "HuberLoss"),
        (LossKind.KullbackLeibler, "kl_div", "KLDivLoss"),
        (LossKind.Other, "soft_margin_loss", "SoftMarginLoss"),
        (LossKind.Other, "multi_margin_loss", "MultiMarginLoss"),
        (LossKind.Other, "multi_label_margin_loss", "MultiLabelMarginLoss"),
        (LossKind.Other, "multilabel_soft_margin_loss", "MultiLabelSoftMarginLoss"),
        (LossKind.Other, "hinge_embedding_loss", "HingeEmbeddingLoss"),
        (LossKind.Other, "poisson_nll_loss", "PoissonNLLLoss"),
        (LossKind.Other, "gaussian_nll_loss", "GaussianNLLLoss"),
        (LossKind.Other, "ctc_loss", "CTCLoss"),
    ];

    /// <summary>Parameters of losses, layers and factories.</summary>
    public const string InputParameter = "input";
    public const string TargetParameter = "target";
    public const string ReductionParameter = "reduction";
    public const string LogTargetParameter = "log_target";
    public const string DTypeParameter = "dtype";
    public const string DeviceParameter = "device";
    public const string RequiresGradParameter = "requires_grad";

    /// <summary>The parameters that give a layer's number of outputs, by its version's name for them.</summary>
    public static readonly string[] OutputSizeParameters = ["outputSize", "out_features", "out_channels", "outputChannel", "out_channel"];

    /// <summary>Values of torch.nn.Reduction.</summary>
    public const long ReductionNone = 0;
    public const long ReductionMean = 1;
    public const long ReductionSum = 2;

    /// <summary>Whoever sets the default device makes the place of new tensors unknown.</summary>
    public static readonly string[] DefaultDeviceNames = ["set_default_device", "set_default_tensor_type"];

    /// <summary>Whoever mentions one of these may switch gradients on again.</summary>
    public static readonly string[] EnableGradientNames = ["enable_grad", "set_grad_enabled"];

    /// <summary>Devices and types by the names of torch's own members.</summary>
    public static readonly (string Name, string Device)[] DeviceMembers = [("CPU", "cpu"), ("CUDA", "cuda"), ("MPS", "mps"), ("META", "meta")];

    public static readonly (string Name, string Type)[] TypeMembers =
    [
        ("uint8", "Byte"), ("int8", "Int8"), ("int16", "Int16"), ("int32", "Int32"), ("int64", "Int64"), ("float16", "Float16"), ("half", "Float16"),
        ("float32", "Float32"), ("float64", "Float64"), ("@bool", "Bool"), ("bool", "Bool"), ("@float", "Float32"), ("float", "Float32"), ("@double", "Float64"), ("double", "Float64"),
        ("@int", "Int32"), ("int", "Int32"), ("@long", "Int64"), ("long", "Int64"), ("@short", "Int16"), ("short", "Int16"), ("bfloat16", "BFloat16"),
    ];

    public static readonly (TorchType Type, string Name)[] Types =
    [
        (TorchType.Sigmoid, Modules + "Sigmoid"),
        (TorchType.LogSigmoid, Modules + "LogSigmoid"),
        (TorchType.DisposeScope, Scope),
        (TorchType.Device, "TorchSharp.torch+Device"),
        (TorchType.Scalar, "TorchSharp.Scalar"),
        .. All(TorchType.Parameterless, "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d",
            "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "Unflatten", "Upsample", "PixelShuffle", "ZeroPad2d"),
        .. All(TorchType.Scores, "Linear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
        .. All(TorchType.Weighted, "Linear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Embedding", "EmbeddingBag", "RNN", "LSTM", "GRU",
            "RNNCell", "LSTMCell", "GRUCell", "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer",
            "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "PReLU"),
    ];

    public static readonly TorchMethod[] Methods =
    [
        .. On([Functional], TorchOp.Loss, [.. Losses.Select(l => l.Function)]),
        .. On([Tensor, Torch, Functional, Special], TorchOp.Sigmoid, "sigmoid"),
        .. On([Tensor], TorchOp.LogSigmoid, "log_sigmoid"),
        .. On([Functional], TorchOp.LogSigmoid, "logsigmoid"),
        .. On([Tensor, Torch], TorchOp.Log, "log"),
        .. On([Tensor, Torch], TorchOp.ClassIndices, "argmax", "argmin", "argsort"),
        .. On([Tensor, Torch], TorchOp.Compare, "eq", "ne", "gt", "ge", "lt", "le", "isnan", "isinf", "isfinite", "logical_and", "logical_or", "logical_not", "logical_xor"),
        .. On([Tensor, Torch], TorchOp.PiecewiseConstant, "round", "floor", "ceil", "trunc", "sign"),
        .. On([Functional], TorchOp.OneHot, "one_hot"),
        .. On([Tensor, Torch], TorchOp.Clamp, "clamp"),
        .. On([Tensor, Torch], TorchOp.Reduce, "sum", "mean"),

        .. On([Tensor], TorchOp.Detach, "detach", "detach_"),
        .. On([Tensor], TorchOp.SetRequiresGrad, "requires_grad_"),
        .. On([Tensor], TorchOp.MoveTensor, "to", "cpu", "cuda"),
        .. On([Tensor], TorchOp.Cast, "to_type", "float", "half", "double", "int", "long", "bool", "byte", "short"),
        .. On([Tensor], TorchOp.Item, "item"),
        .. On([Extensions], TorchOp.Item, "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToByte", "ToInt16"),
        .. On([Torch], TorchOp.Make, "tensor", "zeros", "ones", "full", "empty", "eye", "arange", "linspace", "rand", "randn", "randint", "randperm", "from_array", "as_tensor"),
        .. On([Torch], TorchOp.MakeLike, "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like"),
        .. On([Torch], TorchOp.MakeDevice, "device"),

        .. On([Torch], TorchOp.NewScope, "NewDisposeScope"),
        .. On([Scope], TorchOp.DisposeEverything, "DisposeEverything", "DisposeEverythingBut"),
        .. On([Tensor], TorchOp.MoveToOuterScope, "MoveToOuterDisposeScope"),
        .. On([Scope], TorchOp.MoveToOuterScope, "MoveToOuter"),
        .. On([Tensor], TorchOp.LeaveScope, "DetachFromDisposeScope", "DetatchFromDisposeScope", "MoveToOtherDisposeScope"),
        .. On([Scope], TorchOp.LeaveScope, "Detach"),
        .. On([Scope], TorchOp.KeepInScope, "Attach", "Include", "MoveToOther"),
    ];

    private static IEnumerable<TorchMethod> On(string[] types, TorchOp op, params string[] names) =>
        types.SelectMany(type => names.Select(name => new TorchMethod(type, name, op)));

    private static IEnumerable<(TorchType Type, string Name)> All(TorchType kind, params string[] names) => names.Select(name => (kind, Modules + name));
}
