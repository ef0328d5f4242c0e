namespace TrainLint.Analyzers.Torch;

/// <summary>What TorchSharp's names say about the making of modules: who registers what, and where it is kept.</summary>
internal static class ModuleVocabulary
{
    public const string RegisterComponentsName = "RegisterComponents";

    /// <summary>Where a module keeps its components.</summary>
    public const string ParametersField = "_internal_params";
    public const string SubmodulesField = "_internal_submodules";

    /// <summary>Who mentions one of these registers components one by one.</summary>
    public static readonly string[] HandNames =
        [.. TorchVocabulary.RegistrationNames.Where(n => n != RegisterComponentsName), .. TorchVocabulary.ParameterRegistrationNames, "ConditionallyRegisterParameter", ParametersField, SubmodulesField];

    /// <summary>Who overrides one of these says for itself what the module holds.</summary>
    public static readonly string[] OwnListNames = [RegisterComponentsName, "parameters", "named_parameters", "children", "named_children", "modules", "named_modules", "state_dict"];

    /// <summary>Who mentions one of these beside modules looks after them: hands their parameters on, loads, copies or freezes them.</summary>
    public static readonly string[] CareNames = ["parameters", "named_parameters", "state_dict", "load_state_dict", "load", "copy_", "requires_grad", "requires_grad_"];

    /// <summary>The making of a parameter.</summary>
    public static readonly string[] ParameterFactories = ["Parameter", "AsParameter"];

    /// <summary>The collections that a module registers.</summary>
    public const string ModuleListName = "ModuleList";
    public const string ModuleDictName = "ModuleDict";
    public const string ParameterListName = "ParameterList";
    public const string ParameterDictName = "ParameterDict";
    public static readonly string[] ContainerNames = [nameof(TorchType.Sequential), ModuleListName, ModuleDictName, ParameterListName, ParameterDictName];

    /// <summary>Methods that put something into a collection of modules.</summary>
    public static readonly string[] FillNames = ["Add", AppendName, ExtendName, "Insert"];
    public const string ExtendName = "extend";

    /// <summary>Methods that give a module another layer or parameter after it was made.</summary>
    public static readonly string[] GrowthNames = [RegisterModuleName, AddModuleName, AppendName, ExtendName, .. TorchVocabulary.ParameterRegistrationNames];
    private const string AddModuleName = "add_module";
    private const string AppendName = "append";

    /// <summary>Methods of a module that return the module.</summary>
    public static readonly string[] ChainedNames = [TorchVocabulary.ApplyName, TorchVocabulary.LoadName, "save"];

    /// <summary>Who keeps what it is given: collections of modules, parameters, and what registers by hand.</summary>
    public static readonly string[] OwnerNames = [.. ContainerNames, ParameterName, RegisterModuleName, AddModuleName, RegisterBufferName, .. TorchVocabulary.ParameterRegistrationNames];

    public const string RegisterModuleName = "register_module";

    public const string RegisterBufferName = "register_buffer";

    /// <summary>The class whose methods fill parameters.</summary>
    public const string InitName = "init";

    /// <summary>Who mentions one of these beside a tensor trains it by itself.</summary>
    public static readonly string[] TrainerNames =
    [
        .. TorchVocabulary.GradientNames, .. TorchVocabulary.RetainGradNames, "backward", TorchVocabulary.AddGroupName, ParameterListName, ParameterDictName,
        "SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "RMSProp", "Rprop", "ASGD", "LBFGS",
    ];

    public const string ParameterName = "Parameter";

    /// <summary>The attribute that gives a field another name in state_dict().</summary>
    public const string ComponentNameAttribute = "ComponentNameAttribute";

    /// <summary>Who mentions one of these is told when a module has run.</summary>
    public static readonly string[] HookNames = ["register_forward_hook", "register_forward_pre_hook"];

    /// <summary>The way to run a module that also runs its hooks.</summary>
    public const string CallName = "call";

    public static readonly string[] FunctionalDropouts = ["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"];

    /// <summary>The share of values that dropout drops.</summary>
    public const string RateParameter = "p";

    /// <summary>Arguments that leave a layer without weights.</summary>
    public static readonly string[] AffineParameters = ["affine", "elementwise_affine"];

    /// <summary>Who mentions one of these decides by the state of the gradients what a pass is for.</summary>
    public static readonly string[] GradientQuestions = ["is_grad_enabled", "is_inference_mode_enabled"];
}
