using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Data;

public class PixelsNotScaledTests
{
    private const string Id = "TL0201";

    [Fact]
    public Task Names_the_conversion_and_the_pass() => Verifier.Warns(Id, """
        var net = Sequential(Conv2d(3, 8, 3), ReLU());
        var image = torchvision.io.read_image("cat.png");
        var x = [|image.to(ScalarType.Float32)|].unsqueeze(0);
        var scores = {|#0:net.forward(x)|};
        """, "'image.to(…)' leaves the pixels as numbers from 0 to 255, and 'net.forward(…)' gets them so: divide by 255");

    [Theory]
    [InlineData("image.@float()")]
    [InlineData("image.to_type(ScalarType.Float64)")]
    [InlineData("image.to(float32)")]
    [InlineData("image.to(ScalarType.Float32, CPU)")]
    public Task Warns_for_every_conversion(string conversion) => Verifier.Warns(Id, $$"""
        public sealed class Classifier(Module<Tensor, Tensor> net)
        {
            public long Answer(string file)
            {
                using var image = torchvision.io.read_image(file).permute(0, 2, 1);
                return net.call([|{{conversion}}|]).argmax().item<long>();
            }
        }
        """);

    [Fact]
    public Task Warns_for_bytes_in_a_convolution() => Verifier.Warns(Id, """
        public sealed class Pictures : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Conv2d(1, 8, 3);

            public Pictures() : base(nameof(Pictures)) => RegisterComponents();

            public override Tensor forward(Tensor x) => first.call(x).relu();
        }

        public static class Program
        {
            public static long Read(Pictures net, byte[] pixels) => net.call([|tensor(pixels).reshape(1, 1, 28, 28).@float()|]).argmax().item<long>();
        }
        """);

    [Theory]
    [InlineData("image.to(ScalarType.Float32) / 255")]
    [InlineData("image.to(ScalarType.Float32).div(255)")]
    [InlineData("image.to(ScalarType.Float32).sub(image.to(ScalarType.Float32).mean())")]
    [InlineData("torchvision.transforms.ConvertImageDtype(ScalarType.Float32).call(image)")]
    [InlineData("scale.call(image.to(ScalarType.Float32))")]
    [InlineData("image.to(ScalarType.Int64)")]
    [InlineData("image.to(CPU)")]
    public Task Silent_when_scaled_or_not_converted(string input) => Verifier.Silent(Id, $$"""
        var scale = torchvision.transforms.Normalize([120.0], [60.0]);
        var image = torchvision.io.read_image("cat.png");
        var scores = model.forward({{input}});
        """);

    [Fact]
    public Task Silent_when_scaled_in_place() => Verifier.Silent(Id, """
        var image = torchvision.io.read_image("cat.png").to(ScalarType.Float32);
        var most = 100;
        image.div_(most);
        var scores = model.forward(image);
        """);

    [Fact]
    public Task Silent_when_the_model_scales() => Verifier.Silent(Id, """
        public sealed class Pictures : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Conv2d(3, 8, 3);

            public Pictures() : base(nameof(Pictures)) => RegisterComponents();

            public override Tensor forward(Tensor x) => first.call(x / 255f).relu();
        }

        public static class Program
        {
            public static Tensor Read(Pictures net, string file) => net.call(torchvision.io.read_image(file).@float());
        }
        """);

    [Fact]
    public Task Silent_when_the_model_begins_with_a_normalization() => Verifier.Silent(Id, """
        var net = Sequential(BatchNorm2d(3), Conv2d(3, 8, 3));
        var scores = net.forward(torchvision.io.read_image("cat.png").@float().unsqueeze(0));
        """);

    [Fact]
    public Task Silent_for_bytes_that_are_no_image() => Verifier.Silent(Id, """
        public static class Program
        {
            public static float Flags(Module<Tensor, Tensor> net, byte[] flags) => net.call(tensor(flags).@float()).item<float>();

            public static Tensor Words(byte[] ids) => Embedding(100, 8).call(tensor(ids).to(ScalarType.Int64));

            public static Tensor Rows(Module<Tensor, Tensor> net, float[] rows) => net.call(tensor(rows).@double());
        }
        """);

    [Fact]
    public Task Fix_divides() => Verifier.Fix(Id, """
        var net = Sequential(Conv2d(3, 8, 3), ReLU());
        var image = torchvision.io.read_image("cat.png");
        // one of them
        var x = [|image.to(ScalarType.Float32)|].unsqueeze(0); // a batch
        var scores = net.forward(x);
        """, """
        var net = Sequential(Conv2d(3, 8, 3), ReLU());
        var image = torchvision.io.read_image("cat.png");
        // one of them
        var x = image.to(ScalarType.Float32).div(255).unsqueeze(0); // a batch
        var scores = net.forward(x);
        """);
}
