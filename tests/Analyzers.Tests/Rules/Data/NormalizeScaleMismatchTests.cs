using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class NormalizeScaleMismatchTests
{
    private const string Id = "TL0202";

    [Fact]
    public Task Names_both_transforms() => Verifier.Warns(Id, """
        var transform = torchvision.transforms.Compose(
            {|#0:torchvision.transforms.ConvertImageDtype(ScalarType.Float32)|},
            torchvision.transforms.Resize(8),
            [|torchvision.transforms.Normalize([123.7, 116.3, 103.5], [58.4, 57.1, 57.4])|]);
        """, "'torchvision.transforms.Normalize(…)' has constants for pixels from 0 to 255, but 'torchvision.transforms.ConvertImageDtype(…)' before it brings them to 0 to 1");

    [Fact]
    public Task Warns_through_variables_and_nested_pipelines() => Verifier.Warns(Id, """
        var scale = torchvision.transforms.ConvertImageDtype(ScalarType.BFloat16);
        var norm = torchvision.transforms.Normalize(new double[] { 33 }, new double[] { 78.5 });
        var first = torchvision.transforms.Compose(torchvision.transforms.Resize(8), scale);
        var transform = [|torchvision.transforms.Compose(first, norm)|];
        """);

    [Theory]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Float32), torchvision.transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])")]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Float32), torchvision.transforms.Normalize([0.0], [255.0])")]
    [InlineData("torchvision.transforms.Normalize([123.7], [58.4])")]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Byte), torchvision.transforms.Normalize([123.7], [58.4])")]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Float32), given, torchvision.transforms.Normalize([123.7], [58.4])")]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Float32), torchvision.transforms.Normalize([mean], [58.4])")]
    public Task Silent_for_constants_that_fit_or_cannot_be_told(string steps) => Verifier.Silent(Id, $$"""
        public static class Data
        {
            public static torchvision.ITransform Of(torchvision.ITransform given, double mean) => torchvision.transforms.Compose({{steps}});
        }
        """);
}
