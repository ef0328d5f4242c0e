using Microsoft.CodeAnalysis;

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

    /// <summary>Whoever mentions one of these beside a loss may know what the loss is given.</summary>
    public static readonly string[] MeaningNames = ["forward", "call", "sigmoid", "Sigmoid", "logsigmoid", "log_sigmoid", "argmax"];

    /// <summary>The class that the modules of losses derive from.</summary>
    public const string LossBaseName = "Loss";

    /// <summary>Parameters of losses, layers and factories.</summary>
    public const string InputParameter = "input";
    public const string TargetParameter = "target";
    public const string ReductionParameter = "reduction";
    public const string LogTargetParameter = "log_target";
    public const string DTypeParameter = "dtype";
    public const string DimensionParameter = "dim";
    public const string StartDimensionParameter = "start_dim";
    public const string EndDimensionParameter = "end_dim";

    /// <summary>Parameters of the layer Flatten, in all versions.</summary>
    public static readonly string[] StartDimensions = [StartDimensionParameter, "startDim"];
    public static readonly string[] EndDimensions = [EndDimensionParameter, "endDim"];

    public const string DeviceParameter = "device";
    public const string TypeParameter = "type";
    public const string RequiresGradParameter = "requires_grad";
    public const string RequiresGradMethod = "requires_grad_";

    /// <summary>Who mentions one of these freezes parameters, or thaws them.</summary>
    public static readonly string[] FreezeNames = [RequiresGradParameter, RequiresGradMethod];

    /// <summary>The parameters that give a layer's number of outputs, by its version's name for them.</summary>
    public static readonly string[] OutputSizeParameters = ["outputSize", "out_features", "out_channels", "outputChannel", "out_channel"];

    /// <summary>Factories by what they make without being told a type: floats, or Int64.</summary>
    public static readonly string[] FloatFactories = ["zeros", "ones", "empty", "eye", "rand", "randn", "linspace"];
    public static readonly string[] IndexFactories = ["randint", "randperm"];

    /// <summary>Factories that take type and shape from the data that they are given.</summary>
    public static readonly string[] DataFactories = ["tensor", "from_array", "as_tensor"];

    /// <summary>Factories whose first arguments are the sizes.</summary>
    public static readonly string[] SizedFactories = ["zeros", "ones", "empty", "rand", "randn"];

    /// <summary>Factories that make one dimension.</summary>
    public static readonly string[] VectorFactories = ["arange", "randperm", "linspace"];

    /// <summary>Parameters of factories that say nothing about the size, and those that reshape the data.</summary>
    public static readonly string[] NoSizeParameters = [DTypeParameter, DeviceParameter, RequiresGradParameter, "names", "generator"];
    public static readonly string[] ReshapingParameters = ["dimensions", "rows", "dim0"];

    /// <summary>Methods that name in their own name where the result lives, or leave the type to an argument.</summary>
    public const string ToCpu = "cpu";
    public const string ToMps = "mps";
    public const string TypeName = "type";
    public const string ToCuda = "cuda";
    public const string ToType = "to_type";

    /// <summary>Who mentions this takes a tensor off the graph.</summary>
    public const string DetachName = "detach";

    /// <summary>Draws indices by their probabilities.</summary>
    public const string DrawName = "multinomial";

    /// <summary>The linear layer whose outputs are the columns of its result.</summary>
    public const string LinearName = "Linear";

    /// <summary>Methods that say how many dimensions their result has.</summary>
    public const string FlattenName = "flatten";
    public const string ViewName = "view";
    public const string ReshapeName = "reshape";

    /// <summary>Who mentions one of these makes other rows of a tensor.</summary>
    public static readonly string[] ReshapingNames = [FlattenName, ViewName, ReshapeName, "squeeze", "squeeze_", "permute", "transpose", "unbind", "cat"];

    /// <summary>Methods whose result has the shape of what they are called on.</summary>
    public static readonly string[] SameShape = ["to", "cpu", "cuda", "float", "relu", "relu_", "tanh", "sigmoid", "clone", "contiguous"];

    /// <summary>The activation that halves a dimension.</summary>
    public const string HalvingName = "GLU";

    /// <summary>Functions of one tensor, number by number.</summary>
    public static readonly string[] ElementwiseNames =
    [
        "abs", "celu", "cos", "elu", "exp", "gelu", "leaky_relu", "log", "mish", "neg", "pow", "relu", "relu6", "selu", "silu", "sin", "softplus", "sqrt", "square", "tan", "tanh", .. LayerVocabulary.DropoutNames,
    ];

    /// <summary>Methods that look for something in each row, where they are told to look along dimension 1.</summary>
    public static readonly string[] RowwiseNames = ["argmax", "gather"];

    /// <summary>Values of torch.nn.Reduction.</summary>
    public const long ReductionNone = 0;
    public const long ReductionMean = 1;
    public const long ReductionSum = 2;

    public const string TensorFactoryName = "tensor";

    /// <summary>What makes new tensors, on the default device where none is named.</summary>
    public static readonly string[] FactoryNames =
        [TensorFactoryName, "zeros", "ones", "full", "empty", "eye", "arange", "linspace", "rand", "randn", "randint", "randperm", "from_array", "as_tensor"];

    /// <summary>Positions, as whole numbers.</summary>
    public static readonly string[] ClassIndexNames = ["argmax", "argmin", "argsort"];

    /// <summary>Truth values.</summary>
    public static readonly string[] CompareNames = ["eq", "ne", "gt", "ge", "lt", "le", "isnan", "isinf", "isfinite", "logical_and", "logical_or", "logical_not", "logical_xor"];

    /// <summary>Whoever sets the default device makes the place of new tensors unknown.</summary>
    public static readonly string[] DefaultDeviceNames = ["set_default_device", "set_default_tensor_type"];

    /// <summary>Whoever mentions one of these may switch gradients on again.</summary>
    public static readonly string[] EnableGradientNames = ["enable_grad", "set_grad_enabled"];

    /// <summary>The guard under which gradients are not only off: what is made there can never be changed in place outside.</summary>
    public const string InferenceModeName = "inference_mode";

    /// <summary>Two ways to the number of rows of a batch: `x.shape[0]` and `x.size(0)`.</summary>
    public const string ShapeProperty = "shape";
    public const string SizeMethod = "size";

    /// <summary>Of datasets the number of samples, of loaders the number of batches.</summary>
    public const string CountName = "Count";

    public const string BatchSizeParameter = "batchSize";

    /// <summary>What gives a tensor the shape that its arguments say.</summary>
    public static readonly string[] ReshapeNames = ["view", "reshape"];

    /// <summary>What brings numbers to another scale.</summary>
    public static readonly string[] ScalingNames = ["div", "true_divide", "sub", "mul", "add", "clamp", "clip"];

    public const string NormalizeName = "normalize";

    /// <summary>What yields the bytes of an image, and what makes a tensor of bytes that it is given.</summary>
    public static readonly string[] ImageReaders = ["read_image", "decode_image"];
    public static readonly string[] ByteFactories = ["tensor", "as_tensor", "from_array"];

    /// <summary>What moves the pixels of a tensor to another place and leaves their values as they are.</summary>
    public static readonly string[] LayoutNames = ["view", "reshape", "flatten", "squeeze", "unsqueeze", "permute", "transpose", "contiguous", "clone", "to", "cuda", "cpu", "alias", "expand", "repeat"];

    /// <summary>Conversions that name their type in their own name.</summary>
    public static readonly string[] FloatConversions = ["float", "double", "half", "bfloat16"];

    public const string ConvolutionName = "Conv2d";

    /// <summary>A range of pixels, and of what they become, as it is written where they are scaled.</summary>
    public static readonly string[] PixelScales = ["255", "127", "256", "128"];

    /// <summary>Transforms of torchvision: those that draw anew each time, those that leave pixels in the range of their new type, and others that rules ask for.</summary>
    public static readonly string[] RandomTransforms =
    [
        "RandomAdjustSharpness", "RandomApply", "RandomAutoContrast", "RandomChoice", "RandomEqualize", "RandomGrayscale", "RandomHorizontalFlip", "RandomInvert", "RandomOrder", "RandomPerspective",
        "RandomPosterize", "RandomResizedCrop", "RandomRotation", "RandomSolarize", "RandomVerticalFlip", "Randomize", "ColorJitter", "AutoAugment", "RandAugment", "AugMix", "TrivialAugmentWide",
    ];

    public static readonly string[] ScalingTransforms = ["ConvertImageDtype", "ConvertImageDType"];

    public const string ComposeName = "Compose";
    public const string NormalizeTransform = "Normalize";
    public const string LambdaName = "Lambda";
    public const string MeansParameter = "means";
    public const string DeviationsParameter = "stdevs";

    /// <summary>Data sets that come in a part for training and a part for testing, and their parameter for the transform.</summary>
    public static readonly string[] DataSetNames = ["MNIST", "FashionMNIST", "KMNIST", "CIFAR10", "CIFAR100"];

    public const string TransformParameter = "target_transform";

    /// <summary>Values of torch.ScalarType that are floating-point types.</summary>
    public static readonly int[] FloatingTypes = [5, 6, 7, 15];

    public const string SumName = "sum";
    public const string MeanName = "mean";
    public const string ZerosName = "zeros";
    public const string ExpName = "exp";
    public const string LogName = "log";
    public const string SoftmaxName = "softmax";

    /// <summary>What makes a distance of a difference.</summary>
    public static readonly string[] DistanceNames = ["pow", "square", "abs"];

    /// <summary>What does in one step, and without loss of precision, what others do in two.</summary>
    public const string LogSoftmaxName = "log_softmax";
    public const string Log1pName = "log1p";
    public const string Expm1Name = "expm1";
    public const string LogSumExpName = "logsumexp";

    /// <summary>The arguments of backward() that stand for the gradient of a result that is no scalar.</summary>
    public static readonly string[] GradientParameters = ["grad_tensors", "grad_tensor"];

    /// <summary>The type of new parameters.</summary>
    public const string DefaultType = "Float32";

    /// <summary>Stands for a device or type that is not certain.</summary>
    public const string UnknownPlace = "?";

    /// <summary>Methods in place by their name that return a tensor object of their own, which may be disposed.</summary>
    public static readonly string[] InPlaceButNotItself = ["zero_"];

    /// <summary>The first version whose methods in place return the tensor itself and not another object for it.</summary>
    public static readonly Version InPlaceReturnsItself = new(0, 100, 5);

    public const string ItemName = "item";

    /// <summary>Ways to read a tensor, as they are written behind it.</summary>
    public const string ToSingleCall = ".ToSingle()";
    public const string ItemFloatCall = ".item<float>()";
    public const string StrCall = ".str()";

    /// <summary>How a number is read out of a tensor of one element: by a type that must be the tensor's own, or with a conversion.</summary>
    public static readonly (SpecialType Argument, string Keyword, string Type, string Conversion)[] Items =
    [
        (SpecialType.System_Single, "float", "Float32", "ToSingle"),
        (SpecialType.System_Double, "double", "Float64", "ToDouble"),
        (SpecialType.System_Int64, "long", "Int64", "ToInt64"),
        (SpecialType.System_Int32, "int", "Int32", "ToInt32"),
        (SpecialType.System_Int16, "short", "Int16", "ToInt16"),
        (SpecialType.System_Byte, "byte", "Byte", "ToByte"),
        (SpecialType.System_SByte, "sbyte", "Int8", "ToSByte"),
        (SpecialType.System_Boolean, "bool", "Bool", "ToBoolean"),
    ];

    /// <summary>Members, and words, that say a text is about what a tensor is and not about what is in it.</summary>
    public static readonly string[] MetadataNames = ["shape", "dtype", "device", "size", "tensor"];

    /// <summary>Devices and types by the names of torch's own members.</summary>
    public static readonly (string Name, string Device)[] DeviceMembers = [("CPU", "cpu"), ("CUDA", "cuda"), ("MPS", "mps"), ("META", "meta")];

    /// <summary>The device that a member of that name stands for; null where it is none.</summary>
    public static string? DeviceNamed(string member) => DeviceMembers.FirstOrDefault(d => d.Name == member).Device;

    public static readonly (string Name, string Type)[] TypeMembers =
    [
        ("uint8", "Byte"), ("int8", "Int8"), ("int16", "Int16"), ("int32", "Int32"), ("int64", "Int64"), ("float16", "Float16"), ("half", "Float16"),
        ("float32", "Float32"), ("float64", "Float64"), ("@bool", "Bool"), ("bool", "Bool"), ("@float", "Float32"), ("float", "Float32"), ("@double", "Float64"), ("double", "Float64"),
        ("@int", "Int32"), ("int", "Int32"), ("@long", "Int64"), ("long", "Int64"), ("@short", "Int16"), ("short", "Int16"), ("bfloat16", "BFloat16"),
    ];

    /// <summary>The element type that a member of that name stands for or converts to; null where it is none.</summary>
    public static string? TypeNamed(string member) => TypeMembers.FirstOrDefault(t => t.Name == member).Type;

    /// <summary>Who mentions none of these, in a method of its own, has only tensors of the default type: each gives another type, takes one over from data, or counts.</summary>
    public static readonly string[] TypeGivingNames =
    [
        "ScalarType", "dtype", "type", ToType, TensorFactoryName, "arange", "randint", "randperm", "from_array", "as_tensor", SumName, "count_nonzero",
        .. ClassIndexNames, .. CompareNames, .. TypeMembers.Where(t => t.Type != DefaultType).Select(t => t.Name.TrimStart('@')),
    ];

    /// <summary>Modules with weights.</summary>
    public static readonly string[] WeightedNames =
    [
        "Linear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Embedding", "EmbeddingBag", "RNN", "LSTM", "GRU",
        "RNNCell", "LSTMCell", "GRUCell", "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer",
        "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm", "GroupNorm", "PReLU",
    ];

    /// <summary>Kinds of devices whose tensors never meet.</summary>
    public static readonly string[] PlaceKinds = [ToCpu, ToCuda, ToMps];

    /// <summary>Who mentions one of these may choose or change the place of what it has.</summary>
    public static readonly string[] MovingNames = ["to", ToCpu, ToCuda, ToMps, "device", "Device", "DeviceType", "CPU", "CUDA", "MPS", "set_default_device"];

    /// <summary>Methods and functions whose tensors must be on one device.</summary>
    public static readonly string[] MeetingNames =
        ["add", "add_", "sub", "sub_", "mul", "mul_", "div", "div_", "pow", "matmul", "mm", "bmm", "dot", "cat", "concat", "stack", "eq", "maximum", "minimum"];

    /// <summary>Layers that go back through time.</summary>
    public static readonly string[] RecurrentNames = ["RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"];

    public static readonly (TorchType Type, string Name)[] Types =
    [
        (TorchType.Sigmoid, Modules + "Sigmoid"),
        (TorchType.LogSigmoid, Modules + "LogSigmoid"),
        (TorchType.DisposeScope, Scope),
        (TorchType.Flatten, Modules + "Flatten"),
        (TorchType.Device, "TorchSharp.torch+Device"),
        (TorchType.DeviceKind, "TorchSharp.DeviceType"),
        (TorchType.Scalar, "TorchSharp.Scalar"),
        (TorchType.Dataset, "TorchSharp.torch+utils+data+Dataset"),
        (TorchType.Dataset, "TorchSharp.torch+utils+data+Dataset`1"),
        (TorchType.TensorIndex, "TorchSharp.torch+TensorIndex"),
        (TorchType.Transform, "TorchSharp.torchvision+ITransform"),
        .. All(TorchType.Parameterless, "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d",
            "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "Unflatten", "Upsample", "PixelShuffle", "ZeroPad2d"),
        .. All(TorchType.Scores, "Linear", "Bilinear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
        .. All(TorchType.Linear, "Linear", "Bilinear"),
        .. All(TorchType.Passive, "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"),
        .. All(TorchType.Recurrent, RecurrentNames),
        .. All(TorchType.Weighted, WeightedNames),
    ];

    /// <summary>What reads a number out of a tensor: a method of the tensor, and extensions.</summary>
    public static readonly string[] ItemNames = ["item", "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToByte", "ToInt16"];

    public static readonly TorchMethod[] Methods =
    [
        .. On([Functional], TorchOp.Loss, [.. Losses.Select(l => l.Function)]),
        .. On([Tensor, Torch, Functional, Special], TorchOp.Sigmoid, "sigmoid"),
        .. On([Tensor, Torch], TorchOp.Sigmoid, "sigmoid_"),
        .. On([Tensor], TorchOp.LogSigmoid, "log_sigmoid"),
        .. On([Functional], TorchOp.LogSigmoid, "logsigmoid"),
        .. On([Tensor, Torch], TorchOp.Log, "log"),
        .. On([Tensor, Torch], TorchOp.ClassIndices, ClassIndexNames),
        .. On([Tensor, Torch], TorchOp.Compare, CompareNames),
        .. On([Tensor, Torch], TorchOp.PiecewiseConstant, "round", "floor", "ceil", "trunc", "sign"),
        .. On([Functional], TorchOp.OneHot, "one_hot"),
        .. On([Tensor, Torch], TorchOp.Clamp, "clamp"),
        .. On([Tensor, Torch], TorchOp.Reduce, "sum", "mean"),

        .. On([Tensor], TorchOp.Detach, "detach", "detach_"),
        .. On([Tensor], TorchOp.SetRequiresGrad, "requires_grad_"),
        .. On([Tensor], TorchOp.MoveTensor, "to", "cpu", "cuda", "mps"),
        .. On([Tensor], TorchOp.Cast, "to_type", "type", "type_as", "float", "half", "bfloat16", "double", "int", "long", "bool", "byte", "char", "short"),
        .. On([Tensor], TorchOp.Item, ItemNames[0]),
        .. On([Extensions], TorchOp.Item, [.. ItemNames.Skip(1)]),
        .. On([Torch], TorchOp.Make, FactoryNames),
        .. On([Torch], TorchOp.MakeLike, "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like"),
        .. On([Torch], TorchOp.MakeDevice, "device"),

        .. On([Torch], TorchOp.NewScope, "NewDisposeScope"),
        .. On(["TorchSharp.ModuleExtensionMethods"], TorchOp.MoveModule, "half", "bfloat16", "float", "double"),

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
