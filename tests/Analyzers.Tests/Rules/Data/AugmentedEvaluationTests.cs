using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class AugmentedEvaluationTests
{
    private const string Id = "TL0204";

    private const string Reader = """

        // file: Pictures.cs
        public sealed class Pictures(string folder, torchvision.ITransform transform) : torch.utils.data.Dataset
        {
            public override long Count => folder.Length;

            public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["data"] = transform.call(zeros(3, 8, 8)), ["label"] = tensor(index) };
        }
        """;

    [Fact]
    public Task Names_the_transform_and_the_data() => Verifier.Warns(Id, """
        using TorchSharp;
        using static TorchSharp.torchvision;

        var transform = transforms.Compose([|transforms.RandomHorizontalFlip()|], transforms.ConvertImageDtype(torch.ScalarType.Float32));
        var train = datasets.MNIST("data", train: true, target_transform: transform);
        var test = {|#0:datasets.MNIST("data", false, target_transform: transform)|};
        Console.WriteLine(train.Count + test.Count);
        """, "'transforms.RandomHorizontalFlip(…)' changes the evaluation data of 'datasets.MNIST(…)' at random: use a pipeline without it there".Replace("Flip(…)", "Flip()", StringComparison.Ordinal));

    [Fact]
    public Task Warns_for_data_that_only_evaluations_read() => Verifier.Warns(Id, """
        using TorchSharp;

        var jitter = [|torchvision.transforms.ColorJitter(0.2f)|];
        var transform = torchvision.transforms.Compose(torchvision.transforms.Resize(8), jitter);
        var net = torch.nn.Linear(8, 2);
        var adam = torch.optim.Adam(net.parameters());
        using var train = torch.utils.data.DataLoader(new Pictures("train", transform), 8, shuffle: true);
        using var test = torch.utils.data.DataLoader(new Pictures("test", transform), 8);
        foreach (var batch in train)
        {
            adam.zero_grad();
            torch.nn.functional.cross_entropy(net.call(batch["data"]), batch["label"]).backward();
            adam.step();
        }

        using var guard = torch.no_grad();
        foreach (var batch in test) Console.WriteLine(torch.nn.functional.cross_entropy(net.call(batch["data"]), batch["label"]).item<float>());
        """ + Reader.Replace("torch.utils", "TorchSharp.torch.utils", StringComparison.Ordinal).Replace("torchvision.", "TorchSharp.torchvision.", StringComparison.Ordinal).Replace(", Tensor>", ", TorchSharp.torch.Tensor>", StringComparison.Ordinal).Replace("zeros(", "TorchSharp.torch.zeros(", StringComparison.Ordinal).Replace("tensor(", "TorchSharp.torch.tensor(", StringComparison.Ordinal));

    [Fact]
    public Task Warns_when_the_pipeline_is_a_field() => Verifier.Warns(Id, """
        public sealed class Experiment
        {
            private static readonly torchvision.ITransform[] steps = [[|torchvision.transforms.RandomApply([torchvision.transforms.Resize(4)])|], torchvision.transforms.CenterCrop(4)];
            private readonly torchvision.ITransform all = torchvision.transforms.Compose(steps);

            public torch.utils.data.Dataset Test() => torchvision.datasets.CIFAR10("data", false, target_transform: all);
        }
        """);

    [Fact]
    public Task Silent_for_training_data() => Verifier.Silent(Id, """
        var augment = torchvision.transforms.Compose(torchvision.transforms.RandomHorizontalFlip(), torchvision.transforms.Resize(8));
        var plain = torchvision.transforms.Compose(torchvision.transforms.Resize(8));
        var train = torchvision.datasets.MNIST("data", train: true, target_transform: augment);
        var test = torchvision.datasets.MNIST("data", train: false, target_transform: plain);
        """);

    [Fact]
    public Task Silent_where_the_part_is_not_certain() => Verifier.Silent(Id, """
        public static class Data
        {
            public static torch.utils.data.Dataset Of(bool train) => torchvision.datasets.MNIST("data", train, target_transform: torchvision.transforms.RandomHorizontalFlip());

            public static torch.utils.data.Dataset Chosen(bool train)
            {
                var augment = torchvision.transforms.RandomHorizontalFlip();
                return torchvision.datasets.MNIST("data", false, target_transform: train ? augment : null);
            }
        }
        """);

    [Fact]
    public Task Silent_for_test_time_augmentation() => Verifier.Silent(Id, """
        public static class Answers
        {
            public static torch.utils.data.Dataset ForTestTimeAugmentation() => torchvision.datasets.MNIST("data", false, target_transform: torchvision.transforms.RandomHorizontalFlip());
        }
        """);

    [Fact]
    public Task Silent_for_methods_of_that_name_elsewhere() => Verifier.Silent(Id, """
        public static class Own
        {
            public static torchvision.ITransform Randomize() => torchvision.transforms.Resize(8);

            public static torch.utils.data.Dataset Test() => torchvision.datasets.MNIST("data", false, target_transform: Randomize());
        }
        """);
}
