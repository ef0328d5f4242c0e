namespace TrainLint.Analyzers.Torch;

/// <summary>The types of TorchSharp that the analysis knows by name.</summary>
internal enum TorchType
{
    Tensor,
    Module,
    Optimizer,
    Scheduler,
    Parameter,
    Sequential,
    CrossEntropyLoss,
    Softmax,
    LogSoftmax,
    Dropout,
    BatchNorm,
    Loss,
    DataLoader,
    IterableDataLoader,
    Parameterless,
    Scores,
    Linear,
    Weighted,
    Passive,
    Recurrent,
    Sigmoid,
    LogSigmoid,
    Flatten,
    DisposeScope,
    Device,
    DeviceKind,
    Scalar,
    Dataset,
    TensorIndex,
    BatchNorm1d,
    Sequence,
    Transform,
}

/// <summary>What a method of TorchSharp does, as far as the analysis cares.</summary>
internal enum TorchOp
{
    None,

    // The training step.
    ZeroGrad,
    ModuleZeroGrad,
    Backward,
    Step,
    SchedulerStep,
    Train,
    Eval,
    Forward,
    ClipGradients,

    // Who holds what.
    Parameters,
    AddParameterGroup,
    RegisterComponents,
    RegisterModule,
    RootUse,
    MoveModule,
    AppendLayer,

    // What a tensor means.
    Softmax,
    LogSoftmax,
    Sigmoid,
    LogSigmoid,
    Log,
    ClassIndices,
    Compare,
    PiecewiseConstant,
    OneHot,
    Clamp,
    Loss,
    SameMeaning,

    // What happens to its graph, type and place.
    Detach,
    SetRequiresGrad,
    MoveTensor,
    Cast,
    Reduce,
    Item,
    Make,
    MakeLike,
    MakeDevice,

    // Which scope owns it.
    NewScope,
    DisposeEverything,
    MoveToOuterScope,
    LeaveScope,
    KeepInScope,

    // Guards.
    DisableGradients,
    EnableGradients,
    SetGradients,
    FunctionalDropout,

    // Data.
    MakeDataLoader,
}

/// <summary>A method by the metadata name of the type that declares it.</summary>
internal readonly record struct TorchMethod(string Type, string Name, TorchOp Op);

/// <summary>
/// The only place with TorchSharp's names in it. A name that a version lacks is simply never met there; a test holds every
/// name against the public surface of TorchSharp 0.99.6, 0.102.8, 0.105.2 and 0.107.
/// </summary>
internal static class TorchVocabulary
{
    public const string Assembly = "TorchSharp";

    /// <summary>Assemblies with a lower version than the first of these were built by hand; the second is higher than any published.</summary>
    public static readonly Version OldestVersion = new(0, 90);
    public static readonly Version NewestVersion = new(int.MaxValue, 0);

    /// <summary>TorchSharp and its companions: their code can be trusted not to train behind our back.</summary>
    public static readonly string[] Libraries = [Assembly, "TorchVision", "TorchAudio", "TorchText", Companion];

    /// <summary>What watches a run, and changes nothing of it: neither gradients nor modes nor devices.</summary>
    public const string Companion = "TrainLint.Runtime";

    public const string Torch = "TorchSharp.torch";
    public const string Tensor = "TorchSharp.torch+Tensor";
    private const string Module = "TorchSharp.torch+nn+Module";
    public const string Functional = "TorchSharp.torch+nn+functional";
    private const string Optimizer = "TorchSharp.torch+optim+Optimizer";
    private const string Scheduler = "TorchSharp.torch+optim+lr_scheduler+LRScheduler";
    public const string Modules = "TorchSharp.Modules.";

    /// <summary>Types by metadata name; several names for one entry are alternatives or siblings that count alike.</summary>
    public static readonly (TorchType Type, string Name)[] Types =
    [
        (TorchType.Tensor, Tensor),
        (TorchType.Module, Module),
        (TorchType.Optimizer, Optimizer),
        (TorchType.Scheduler, Scheduler),
        (TorchType.Parameter, Modules + "Parameter"),
        (TorchType.Sequential, Modules + "Sequential"),
        (TorchType.CrossEntropyLoss, Modules + "CrossEntropyLoss"),
        (TorchType.Softmax, Modules + "Softmax"),
        (TorchType.Softmax, Modules + "Softmax2d"),
        (TorchType.LogSoftmax, Modules + "LogSoftmax"),
        (TorchType.Dropout, Modules + "Dropout"),
        (TorchType.Dropout, Modules + "Dropout1d"),
        (TorchType.Dropout, Modules + "Dropout2d"),
        (TorchType.Dropout, Modules + "Dropout3d"),
        (TorchType.Dropout, Modules + "AlphaDropout"),
        (TorchType.Dropout, Modules + "FeatureAlphaDropout"),
        (TorchType.Dropout, Modules + "RReLU"),
        (TorchType.Dropout, Modules + "Transformer"),
        (TorchType.Dropout, Modules + "TransformerEncoderLayer"),
        (TorchType.Dropout, Modules + "TransformerDecoderLayer"),
        (TorchType.Dropout, Modules + "AlexNet"),
        (TorchType.Dropout, Modules + "VGG"),
        (TorchType.BatchNorm, Modules + "GoogleNet"),
        (TorchType.BatchNorm, Modules + "InceptionV3"),
        (TorchType.BatchNorm, Modules + "MobileNetV2"),
        (TorchType.BatchNorm, Modules + "ResNet"),
        (TorchType.BatchNorm, Modules + "BatchNorm1d"),
        (TorchType.BatchNorm1d, Modules + "BatchNorm1d"),
        (TorchType.Sequence, Modules + "Conv1d"),
        (TorchType.Sequence, Modules + "ConvTranspose1d"),
        (TorchType.Sequence, Modules + "Embedding"),
        (TorchType.Sequence, Modules + "MultiheadAttention"),
        (TorchType.BatchNorm, Modules + "BatchNorm2d"),
        (TorchType.BatchNorm, Modules + "BatchNorm3d"),
        (TorchType.Loss, "TorchSharp.Loss`3"),
        (TorchType.Loss, "TorchSharp.Loss`4"),
        (TorchType.Loss, "TorchSharp.Loss`5"),
        (TorchType.DataLoader, Modules + "DataLoader"),
        (TorchType.DataLoader, Modules + "DataLoader`2"),
        (TorchType.DataLoader, "TorchSharp.torch+utils+data+DataLoader"),
        (TorchType.DataLoader, "TorchSharp.torch+utils+data+DataLoader`2"),
        (TorchType.Parameterless, Modules + "CELU"),
        (TorchType.Parameterless, Modules + "ELU"),
        (TorchType.Parameterless, Modules + "GELU"),
        (TorchType.Parameterless, Modules + "GLU"),
        (TorchType.Parameterless, Modules + "Hardshrink"),
        (TorchType.Parameterless, Modules + "Hardsigmoid"),
        (TorchType.Parameterless, Modules + "Hardswish"),
        (TorchType.Parameterless, Modules + "Hardtanh"),
        (TorchType.Parameterless, Modules + "Identity"),
        (TorchType.Parameterless, Modules + "LeakyReLU"),
        (TorchType.Parameterless, Modules + "Mish"),
        (TorchType.Parameterless, Modules + "ReLU"),
        (TorchType.Parameterless, Modules + "ReLU6"),
        (TorchType.Parameterless, Modules + "SELU"),
        (TorchType.Parameterless, Modules + "SiLU"),
        (TorchType.Parameterless, Modules + "Softmin"),
        (TorchType.Parameterless, Modules + "Softplus"),
        (TorchType.Parameterless, Modules + "Softshrink"),
        (TorchType.Parameterless, Modules + "Softsign"),
        (TorchType.Parameterless, Modules + "Tanh"),
        (TorchType.Parameterless, Modules + "Tanhshrink"),
        (TorchType.Parameterless, Modules + "Threshold"),
        (TorchType.Parameterless, Modules + "Flatten"),
        (TorchType.IterableDataLoader, Modules + "IterableDataLoader"),
        .. TensorVocabulary.Types,
    ];

    /// <summary>
    /// Factories of schedulers return the base class, so the kind stands in the factory's name alone.
    /// </summary>
    public const string PlateauFactory = "ReduceLROnPlateau";

    public static readonly string[] PerBatchSchedulerFactories = ["OneCycleLR", "CyclicLR"];

    public const string CyclicScheduler = "CyclicLR";
    public const string StepScheduler = "StepLR";
    public const string MultiStepScheduler = "MultiStepLR";
    public const string ExponentialScheduler = "ExponentialLR";
    public const string CosineScheduler = "CosineAnnealingLR";

    /// <summary>Parameters of schedulers.</summary>
    public const string ModeParameter = "mode";
    public const string StepSizeParameter = "step_size";
    public const string MilestonesParameter = "milestones";
    public const string DecayParameter = "gamma";
    public const string PeriodParameter = "T_max";
    public const string CycleParameter = "step_size_up";
    public const string StepsPerEpochParameter = "steps_per_epoch";
    public const string TotalStepsParameter = "total_steps";

    public const string ZeroGradName = "zero_grad";

    public const string BackwardName = "backward";

    public const string TrainName = "train";

    public const string EvalName = "eval";

    public const string ParametersName = "parameters";

    public const string StateName = "state_dict";

    /// <summary>Brings an optimizer or a module into the state of an earlier run.</summary>
    public const string LoadStateName = "load_state_dict";

    public const string LoadName = "load";

    public const string CloneName = "clone";

    public const string NoGradName = "no_grad";

    /// <summary>Who mentions one of these may switch gradients off.</summary>
    public static readonly string[] NoGradientNames = [NoGradName, "inference_mode", "set_grad_enabled"];

    public const string ForwardName = "forward";

    public const string NewScopeName = "NewDisposeScope";

    /// <summary>How a tensor leaves its scope: for the one around, or for none.</summary>
    public const string MoveToOuterName = "MoveToOuterDisposeScope";

    public const string DetachFromScopeName = "DetachFromDisposeScope";

    /// <summary>Names of methods that read a number out of a tensor.</summary>
    public static readonly string[] NumberNames = ["item", "ToSingle", "ToDouble", "ToInt32", "ToInt64", "ToBoolean", "ToByte", "ToInt16"];

    /// <summary>Who runs a model and mentions one of these looks at the numbers that come out.</summary>
    public static readonly string[] ReadNames = [.. NumberNames, "argmax"];

    /// <summary>Calls whose result ends something when it is disposed.</summary>
    public static readonly string[] GuardNames = [NewScopeName, "no_grad", "inference_mode", "enable_grad", "set_grad_enabled"];

    /// <summary>The function that runs a lambda in a scope of its own.</summary>
    public const string WrappedScopeName = "WrappedTensorDisposeScope";

    /// <summary>Whoever mentions one of these decides by hand when a scope's tensors go.</summary>
    public static readonly string[] DisposeEverythingNames = ["DisposeEverything", "DisposeEverythingBut"];

    /// <summary>Whoever mentions one of these may take a tensor out of its scope.</summary>
    public static readonly string[] ReleaseNames = [MoveToOuterName, "MoveToOtherDisposeScope", DetachFromScopeName, "DetatchFromDisposeScope", "MoveToOuter", "MoveToOther", "Detach"];

    public static readonly string[] ForwardNames = ["forward", "call"];

    /// <summary>The base class of all modules, with any types of input and output.</summary>
    public const string ModuleName = "Module";

    /// <summary>Calls that make more of a statement than a clearing of gradients.</summary>
    public static readonly string[] StepNames = ["step", "backward"];

    /// <summary>A member that mentions none of these, nor a member that does, cannot matter to any rule.</summary>
    public static readonly string[] EventNames =
    [
        "zero_grad", "step", "backward", "clip_grad_norm_", "clip_grad_value_", "train", "eval", "softmax", "log_softmax", "Softmax", "LogSoftmax",
    ];

    /// <summary>Optimizers, schedulers, loaders and guards: a member that makes one is looked at for its own sake.</summary>
    public static readonly string[] CreationNames =
    [
        "no_grad", "inference_mode", "enable_grad", "set_grad_enabled", "NewDisposeScope", "DataLoader", .. TensorVocabulary.ImageReaders,
        "SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "RMSProp", "Rprop", "ASGD", "LBFGS",
        "StepLR", "MultiStepLR", "ExponentialLR", "LambdaLR", "MultiplicativeLR", "ConstantLR", "LinearLR", "PolynomialLR",
        "CosineAnnealingLR", "OneCycleLR", "CyclicLR", "ReduceLROnPlateau", "SequentialLR", "ChainedLR",
    ];

    /// <summary>Who mentions one of these handles gradients by hand.</summary>
    public static readonly string[] GradientNames = ["grad"];

    /// <summary>Clipping works in place, but sets no gradient.</summary>
    public static readonly string[] ClippingNames = ["clip_grad_norm_", "clip_grad_value_"];

    /// <summary>Who mentions one of these registers modules.</summary>
    public static readonly string[] RegistrationNames = ["RegisterComponents", "register_module", "add_module"];

    /// <summary>Who mentions one of these registers parameters, one by one.</summary>
    public static readonly string[] ParameterRegistrationNames = ["register_parameter"];

    /// <summary>Who hands a tensor to one of these takes it out of its dispose scope.</summary>
    public static readonly string[] KeepingNames = ["register_buffer", "register_parameter"];

    /// <summary>Who mentions one of these moves a module or a tensor.</summary>
    public static readonly string[] MoveNames = ["to", "cuda"];

    /// <summary>The same for moves of a module to another type.</summary>
    public static readonly string[] TypeMoveNames = ["half", "bfloat16", "double"];

    /// <summary>Who mentions one of these names a type.</summary>
    public static readonly string[] TypeNames = ["half", "bfloat16", "ScalarType", "dtype", "float16", "float64"];

    /// <summary>Who mentions one of these copies the parameters of one module to another.</summary>
    public static readonly string[] CopyNames = ["load_state_dict", "copy_"];

    /// <summary>Gives an optimizer more parameters.</summary>
    public const string AddGroupName = "add_param_group";

    /// <summary>The dataset of the library that holds its rows in tensors.</summary>
    public const string TensorDatasetName = "TensorDataset";

    /// <summary>Who mentions one of these wants gradients of tensors that were computed.</summary>
    public static readonly string[] RetainGradNames = ["retain_grad", "autograd"];

    /// <summary>The optimizer that keeps nothing from one step to the next, unless it is given a momentum.</summary>
    public const string StatelessOptimizer = "SGD";

    public const string MomentumParameter = "momentum";

    /// <summary>Optimizers by how long a step they can take at most.</summary>
    public static readonly string[] AdamFamily = ["Adam", "AdamW", "Adamax", "NAdam", "RAdam"];
    public static readonly string[] SgdFamily = ["SGD", "ASGD"];
    public const string RmsPropName = "RMSProp";
    public const string AdagradName = "Adagrad";

    /// <summary>Those that find their step length themselves.</summary>
    public const string AdadeltaName = "Adadelta";
    public const string RpropName = "Rprop";
    public const string LbfgsName = "LBFGS";

    public static readonly string[] OptimizerNames = [.. AdamFamily, .. SgdFamily, RmsPropName, AdagradName, AdadeltaName, RpropName, LbfgsName];

    /// <summary>The learning rate is a parameter of one name in one factory and of another in all others.</summary>
    public static readonly string[] RateParameters = ["lr", "learningRate"];

    public const string MaximizeParameter = "maximize";

    /// <summary>Who assigns one of these sets a learning rate.</summary>
    public static readonly string[] RateMembers = ["LearningRate", "InitialLearningRate"];

    /// <summary>Who gets at the rate of an optimizer mentions one of these.</summary>
    public static readonly string[] GroupNames = ["ParamGroups", ParameterGroupName];

    /// <summary>Members of an optimizer, or of a group of its parameters, through which its learning rate can be set.</summary>
    public static readonly string[] RateHolders = ["ParamGroups", "Options", .. RateMembers];

    /// <summary>Factories of schedulers that make any rate of the one that the optimizer has.</summary>
    public static readonly string[] RateSettingSchedulers = ["LambdaLR", "MultiplicativeLR", "OneCycleLR", "CyclicLR", "LinearLR", "ConstantLR"];

    public const string RetainGraphParameter = "retain_graph";

    public const string CreateGraphParameter = "create_graph";

    public const string MaxNormParameter = "max_norm";

    /// <summary>The nested class of an optimizer that gives some parameters options of their own.</summary>
    public const string ParameterGroupName = "ParamGroup";

    /// <summary>The class that the module base classes are nested in.</summary>
    public const string NnName = "nn";

    /// <summary>Who calls one of these sets the seed of random numbers; who mentions one of the others keeps their state.</summary>
    public static readonly string[] SeedNames = ["manual_seed", "manual_seed_all"];
    public static readonly string[] GeneratorStateNames = ["get_rng_state", "set_rng_state"];

    /// <summary>The class of the initializations, and what is initialized.</summary>
    public const string InitName = "init";
    public const string WeightName = "weight";
    public static readonly string[] ConstantInitNames = ["zeros_", "ones_", "constant_"];
    public static readonly string[] XavierNames = ["xavier_uniform_", "xavier_normal_", "glorot_uniform_", "glorot_normal_"];
    public static readonly string[] KaimingNames = ["kaiming_uniform_", "kaiming_normal_"];
    public const string GainParameter = "gain";
    public const string NonlinearityParameter = "nonlinearity";
    public const string RectifiedKind = "NonlinearityType.ReLU";

    /// <summary>Activations, as functions and as modules.</summary>
    public static readonly string[] RectifiedNames = ["relu", "relu_", "relu6", "ReLU", "ReLU6"];
    public static readonly string[] SaturatingNames = ["tanh", "tanh_", "sigmoid", "sigmoid_", "Tanh", "Sigmoid"];

    /// <summary>What runs a function on a module and all in it, and what lists them.</summary>
    public const string ApplyName = "apply";
    public static readonly string[] ModuleListNames = ["modules", "children", "named_modules", "named_children"];

    /// <summary>Parameters that decide what a call means.</summary>
    public const string ShuffleParameter = "shuffle";
    public const string BatchSizeParameter = "batchSize";
    public const string SeedParameter = "seed";
    public const string DisposeBatchParameter = "disposeBatch";

    /// <summary>The class of loaders, and the factory of the same name; so many arguments leave no room for a default of what happens to batches.</summary>
    public const string DataLoaderName = "DataLoader";
    public const int DisposeBatchPosition = 7;

    /// <summary>The functional dropouts' parameter that switches them off.</summary>
    public const string TrainingParameter = "training";


    public static readonly TorchMethod[] Methods =
    [
        .. TensorVocabulary.Methods,
        new(Optimizer, "zero_grad", TorchOp.ZeroGrad),
        new(Optimizer, "step", TorchOp.Step),
        new("TorchSharp.Modules.OptimizerHelper", AddGroupName, TorchOp.AddParameterGroup),
        new(Scheduler, "step", TorchOp.SchedulerStep),
        new(Tensor, "backward", TorchOp.Backward),
        new("TorchSharp.torch+autograd", "backward", TorchOp.Backward),
        new("TorchSharp.torch+nn+utils", "clip_grad_norm_", TorchOp.ClipGradients),
        new("TorchSharp.torch+nn+utils", "clip_grad_value_", TorchOp.ClipGradients),

        new(Module, "zero_grad", TorchOp.ModuleZeroGrad),
        new(Module, "train", TorchOp.Train),
        new(Module, "eval", TorchOp.Eval),
        new(Module, "parameters", TorchOp.Parameters),
        new(Module, "named_parameters", TorchOp.Parameters),
        new(Module, "RegisterComponents", TorchOp.RegisterComponents),
        new(Module, "register_module", TorchOp.RegisterModule),
        new(Module, "add_module", TorchOp.RegisterModule),
        new(Module, "save", TorchOp.RootUse),
        new(Module, "load", TorchOp.RootUse),
        new(Module, "state_dict", TorchOp.RootUse),
        new(Module, "load_state_dict", TorchOp.RootUse),
        new("TorchSharp.ModuleExtensionMethods", "to", TorchOp.MoveModule),
        new("TorchSharp.ModuleExtensionMethods", "cpu", TorchOp.MoveModule),
        new("TorchSharp.ModuleExtensionMethods", "cuda", TorchOp.MoveModule),
        new(Modules + "Sequential", "append", TorchOp.AppendLayer),

        new("TorchSharp.torch+nn+IModule`2", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+IModule`3", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+IModule`4", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+IModule`5", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+IModule`6", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+IModule`7", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`2", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`3", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`4", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`5", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`6", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`7", "forward", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`2", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`3", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`4", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`5", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`6", "call", TorchOp.Forward),
        new("TorchSharp.torch+nn+Module`7", "call", TorchOp.Forward),

        new(Torch, "softmax", TorchOp.Softmax),
        new(Tensor, "softmax", TorchOp.Softmax),
        new(Functional, "softmax", TorchOp.Softmax),
        new(Functional, "softmax2d", TorchOp.Softmax),
        new("TorchSharp.torch+special", "softmax", TorchOp.Softmax),
        new(Tensor, "log_softmax", TorchOp.LogSoftmax),
        new(Functional, "log_softmax", TorchOp.LogSoftmax),
        new("TorchSharp.torch+special", "log_softmax", TorchOp.LogSoftmax),

        new(Functional, "dropout", TorchOp.FunctionalDropout),
        new(Functional, "dropout1d", TorchOp.FunctionalDropout),
        new(Functional, "dropout2d", TorchOp.FunctionalDropout),
        new(Functional, "dropout3d", TorchOp.FunctionalDropout),
        new(Functional, "alpha_dropout", TorchOp.FunctionalDropout),
        new(Functional, "feature_alpha_dropout", TorchOp.FunctionalDropout),

        // The result says of each row what the operand said: the shape, place or owner changes, not the meaning.
        new(Tensor, "view", TorchOp.SameMeaning),
        new(Tensor, "reshape", TorchOp.SameMeaning),
        new(Tensor, "squeeze", TorchOp.SameMeaning),
        new(Tensor, "index_select", TorchOp.SameMeaning),
        new(Tensor, "unsqueeze", TorchOp.SameMeaning),
        new(Tensor, "flatten", TorchOp.SameMeaning),
        new(Tensor, "permute", TorchOp.SameMeaning),
        new(Tensor, "transpose", TorchOp.SameMeaning),
        new(Tensor, "contiguous", TorchOp.SameMeaning),
        new(Tensor, "clone", TorchOp.SameMeaning),
        new(Tensor, "alias", TorchOp.SameMeaning),

        new(Torch, "no_grad", TorchOp.DisableGradients),
        new(Torch, "inference_mode", TorchOp.DisableGradients),
        new(Torch, "enable_grad", TorchOp.EnableGradients),
        new(Torch, "set_grad_enabled", TorchOp.SetGradients),

        new("TorchSharp.torch+utils+data", "DataLoader", TorchOp.MakeDataLoader),
    ];
}
