using TrainLint.Analyzers.Torch;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>Holds every name of <see cref="TorchVocabulary"/> against the public surface of four TorchSharp versions: a renamed method would silence a rule without failing anything.</summary>
public sealed class VocabularyTests
{
    private static readonly string[] Versions = ["0.99.6", "0.102.8", "0.105.2", "0.107"];

    // Names that only some versions have, with the versions that lack them.
    private static readonly Dictionary<string, string[]> Absent = new()
    {
        ["TorchSharp.Modules.DataLoader"] = ["0.99.6"],
        ["TorchSharp.Modules.DataLoader`2"] = ["0.99.6"],
        ["TorchSharp.Modules.IterableDataLoader"] = ["0.99.6"],
        ["TorchSharp.Modules.LogSigmoid"] = ["0.99.6"],
        ["TorchSharp.Modules.PReLU"] = ["0.99.6"],
        ["TorchSharp.torch.utils.data.DataLoader"] = ["0.102.8", "0.105.2", "0.107"],
        ["TorchSharp.torch.utils.data.DataLoader`2"] = ["0.102.8", "0.105.2", "0.107"],
    };

    private static readonly Dictionary<string, string[]> AbsentMethods = new()
    {
        ["TorchSharp.torch.Tensor.bfloat16"] = ["0.99.6"],
        ["TorchSharp.torch.Tensor.half"] = ["0.99.6"],
        ["TorchSharp.torch.Tensor.mps"] = ["0.99.6"],
        ["TorchSharp.torch.Tensor.short"] = ["0.99.6"],
        ["TorchSharp.torch.nn.functional.sigmoid"] = ["0.99.6"],
        ["TorchSharp.torch.nn.functional.logsigmoid"] = ["0.99.6"],
        ["TorchSharp.ModuleExtensionMethods.half"] = ["0.99.6"],
        ["TorchSharp.ModuleExtensionMethods.bfloat16"] = ["0.99.6"],
        ["TorchSharp.ModuleExtensionMethods.float"] = ["0.99.6"],
        ["TorchSharp.ModuleExtensionMethods.double"] = ["0.99.6"],
        ["TorchSharp.DisposeScope.Attach"] = ["0.99.6"],
        ["TorchSharp.DisposeScope.Include"] = ["0.102.8", "0.105.2", "0.107"],
        ["TorchSharp.DisposeScope.MoveToOther"] = ["0.99.6"],
        ["TorchSharp.torch.Tensor.MoveToOtherDisposeScope"] = ["0.99.6"],
        ["TorchSharp.torch.utils.data.DataLoader"] = ["0.99.6"],
    };

    public static TheoryData<string> AllVersions => [.. Versions];

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Every_type_exists(string version)
    {
        var surface = Surface(version);
        var missing = TorchVocabulary.Types.Select(t => Name(t.Name))
            .Where(name => !Lacks(Absent, name, version) && !surface.Contains("T:" + name))
            .ToList();
        Assert.True(missing.Count == 0, $"TorchSharp {version} has no type {string.Join(", ", missing)}");
    }

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Every_method_exists(string version)
    {
        var members = Surface(version).Where(id => id[0] == 'M').Select(WithoutParameters).ToHashSet();
        var missing = TorchVocabulary.Methods.Select(m => Name(m.Type) + "." + m.Name)
            .Where(name => !members.Contains(name) && !Lacks(AbsentMethods, name, version))
            .ToList();
        Assert.True(missing.Count == 0, $"TorchSharp {version} has no method {string.Join(", ", missing)}");
    }

    // The lists are of four versions only: a member that came and was mended between two of them stands in the later one.
    [Fact]
    public void Every_defect_is_of_a_member_that_the_library_has_about_that_time()
    {
        var members = Versions.ToDictionary(v => Version.Parse(v), v => Surface(v).Where(id => id[0] is 'M' or 'P').Select(WithoutParameters).ToHashSet());
        Assert.All(LibraryDefects.All, defect =>
        {
            var next = members.Keys.Where(v => v >= defect.FixedIn).Min();
            Assert.Contains(members.Where(m => m.Key <= next), m => m.Value.Contains(Name(defect.Type) + "." + defect.Member.Replace('.', '#')));
        });
    }

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Every_loss_has_its_module(string version)
    {
        var surface = Surface(version);
        Assert.All(TensorVocabulary.Losses, loss => Assert.Contains("T:TorchSharp.Modules." + loss.Module, surface));
    }

    [Fact]
    public void Every_name_without_a_type_is_a_name_of_the_library()
    {
        var names = Versions.SelectMany(Surface).Select(WithoutParameters).Select(id => id.Split('.')[^1].Split('`')[0]).ToHashSet();
        var unknown = TorchVocabulary.EventNames
            .Concat(TorchVocabulary.CreationNames).Concat(TorchVocabulary.GradientNames).Concat(TorchVocabulary.RegistrationNames).Concat(TorchVocabulary.ParameterRegistrationNames).Concat(TorchVocabulary.KeepingNames).Concat(TorchVocabulary.ClippingNames).Concat(TorchVocabulary.MoveNames).Concat(TorchVocabulary.TypeMoveNames).Concat(TorchVocabulary.TypeNames).Concat(TorchVocabulary.CopyNames).Concat(TorchVocabulary.RetainGradNames).Concat(TensorVocabulary.FreezeNames).Concat(TensorVocabulary.RecurrentNames)
            .Concat(TensorVocabulary.DefaultDeviceNames).Concat(TensorVocabulary.EnableGradientNames).Concat(TensorVocabulary.MeaningNames).Concat(TensorVocabulary.DeviceMembers.Select(m => m.Name)).Concat(TorchVocabulary.StepNames).Concat(TorchVocabulary.ForwardNames).Concat(TorchVocabulary.PerBatchSchedulerFactories)
            .Concat(TorchVocabulary.OptimizerNames).Concat(TorchVocabulary.RateHolders).Concat(TorchVocabulary.RateSettingSchedulers).Concat(TensorVocabulary.ReshapingNames)
            .Concat(TorchVocabulary.SeedNames).Concat(TorchVocabulary.GeneratorStateNames).Concat(TorchVocabulary.ConstantInitNames).Concat(TorchVocabulary.XavierNames).Concat(TorchVocabulary.KaimingNames)
            .Concat(TorchVocabulary.RectifiedNames).Concat(TorchVocabulary.SaturatingNames).Concat(TorchVocabulary.ModuleListNames).Append(TorchVocabulary.ApplyName).Append(TorchVocabulary.LoadStateName).Append(TorchVocabulary.InitName).Append(TorchVocabulary.WeightName).Append(TorchVocabulary.DataLoaderName)
            .Append(TorchVocabulary.ZeroGradName).Append(TorchVocabulary.TrainName).Append(TorchVocabulary.ForwardName).Append(TorchVocabulary.PlateauFactory).Append(TorchVocabulary.NnName)
            .Concat(TensorVocabulary.SameShape).Concat([TensorVocabulary.LossBaseName, TensorVocabulary.DetachName, TensorVocabulary.LogSumExpName, TensorVocabulary.LinearName, TensorVocabulary.FlattenName, TensorVocabulary.ViewName, TensorVocabulary.ReshapeName])
            .Concat(ModuleVocabulary.HandNames).Concat(ModuleVocabulary.OwnListNames).Concat(ModuleVocabulary.CareNames).Concat(ModuleVocabulary.HookNames).Concat(ModuleVocabulary.ContainerNames).Concat(ModuleVocabulary.FunctionalDropouts)
            .Concat(ModuleVocabulary.ParameterFactories).Concat(ModuleVocabulary.TrainerNames).Concat(ModuleVocabulary.GradientQuestions).Concat([ModuleVocabulary.ComponentNameAttribute, ModuleVocabulary.RegisterBufferName, ModuleVocabulary.InitName, ModuleVocabulary.CallName, ModuleVocabulary.ExtendName])
            .Concat(LayerVocabulary.Layers.Keys.Select(k => k.Split('`')[0])).Concat(LayerVocabulary.Functions.Keys).Concat(LayerVocabulary.Endings.Keys).Concat(LayerVocabulary.SizedNames).Concat(LayerVocabulary.DroppingNames).Concat(LayerVocabulary.SaturatingNames).Concat(LayerVocabulary.ElementwiseNames).Concat(LayerVocabulary.ConcatenationNames).Concat(LayerVocabulary.WeightedLosses)
            .Where(name => !names.Contains(name)).Distinct().ToList();
        Assert.True(unknown.Count == 0, "not in TorchSharp: " + string.Join(", ", unknown));
    }

    private static bool Lacks(Dictionary<string, string[]> absent, string name, string version) => absent.TryGetValue(name, out var versions) && versions.Contains(version);

    private static string Name(string metadataName) => metadataName.Replace('+', '.');

    private static string WithoutParameters(string id)
    {
        var name = id[2..].Split('(')[0];
        var generic = name.IndexOf("``", StringComparison.Ordinal);
        return generic < 0 ? name : name[..generic];
    }

    private static HashSet<string> Surface(string version)
    {
        var folder = Repository.PathOf("../shared/torchsharp-api");
        if (!Directory.Exists(folder)) Assert.Skip("the lists of TorchSharp's public surface are not beside this repository");
        return File.ReadLines(Path.Combine(folder, $"TorchSharp-{version}.tsv"))
            .Concat(File.ReadLines(Path.Combine(folder, "TorchVision-0.107.tsv")))
            .Select(line => line.Split('\t')[0]).ToHashSet();
    }
}
