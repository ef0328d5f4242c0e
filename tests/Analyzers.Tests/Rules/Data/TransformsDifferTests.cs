using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class TransformsDifferTests
{
    private const string Id = "TL0203";

    [Fact]
    public Task Names_both_data() => Verifier.Warns(Id, """
        var norm = {|#0:torchvision.transforms.Normalize([0.1307], [0.3081])|};
        var scale = torchvision.transforms.ConvertImageDtype(ScalarType.Float32);
        var train = torchvision.datasets.MNIST("data", train: true, target_transform: torchvision.transforms.Compose(scale, norm));
        var test = torchvision.datasets.MNIST("data", train: false, target_transform: [|scale|]);
        """, "'torchvision.datasets.MNIST(…)' does not normalise its images as the training data of 'torchvision.datasets.MNIST(…)' is normalised");

    [Theory]
    [InlineData("[|torchvision.datasets.CIFAR10(\"data\", false)|]")]
    [InlineData("torchvision.datasets.CIFAR10(\"data\", false, target_transform: [|torchvision.transforms.Normalize(new[] { 0.5 }, new[] { 0.25 })|])")]
    [InlineData("torchvision.datasets.CIFAR10(\"data\", false, target_transform: [|torchvision.transforms.Compose(torchvision.transforms.Resize(4), torchvision.transforms.Normalize(new[] { 0.1 }, new[] { 0.3 }))|])")]
    public Task Warns_for_none_and_for_others(string test) => Verifier.Warns(Id, $$"""
        var train = torchvision.datasets.CIFAR10("data", true, target_transform: {|#0:torchvision.transforms.Normalize(new[] { 0.1 }, new[] { 0.25 })|});
        var test = {{test}};
        """);

    [Fact]
    public Task Silent_when_both_are_normalised_alike() => Verifier.Silent(Id, """
        var norm = torchvision.transforms.Normalize([0.1307], [0.3081]);
        var same = torchvision.transforms.Normalize(new double[] { 0.1307 }, new double[] { 0.3081 });
        var train = torchvision.datasets.MNIST("data", train: true, target_transform: torchvision.transforms.Compose(torchvision.transforms.RandomHorizontalFlip(), norm));
        var test = torchvision.datasets.MNIST("data", train: false, target_transform: same);
        """);

    [Fact]
    public Task Silent_when_it_cannot_be_seen() => Verifier.Silent(Id, """
        public sealed class Data(torchvision.ITransform given, double mean)
        {
            public (torch.utils.data.Dataset, torch.utils.data.Dataset) First() =>
                (torchvision.datasets.MNIST("data", true, target_transform: torchvision.transforms.Normalize([0.5], [0.5])), torchvision.datasets.MNIST("data", false, target_transform: given));

            public (torch.utils.data.Dataset, torch.utils.data.Dataset) Second() =>
                (torchvision.datasets.MNIST("data", true, target_transform: torchvision.transforms.Normalize([0.5], [0.5])), torchvision.datasets.MNIST("data", false, target_transform: torchvision.transforms.Normalize([mean], [0.5])));
        }
        """);

    [Fact]
    public Task Silent_for_different_data() => Verifier.Silent(Id, """
        var train = torchvision.datasets.MNIST("data", true, target_transform: torchvision.transforms.Normalize([0.5], [0.5]));
        var test = torchvision.datasets.CIFAR10("data", false);
        """);
}
