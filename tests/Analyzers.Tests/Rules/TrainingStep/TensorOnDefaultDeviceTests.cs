using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class TensorOnDefaultDeviceTests
{
    private const string Id = "TL0710";

    [Fact]
    public Task Names_the_factory_and_the_input() => Verifier.Warns(Id, Net("""
        var hidden = [|zeros(x.shape[0], 8)|];
        return layer.forward(x) + hidden;
        """), "'zeros(…)' makes a tensor on the CPU wherever 'x' is: on the GPU the two cannot meet; give it the device of 'x'");

    [Theory]
    [InlineData("[|torch.ones(3)|]")]
    [InlineData("[|randn(3)|]")]
    [InlineData("[|arange(0, 8)|]")]
    [InlineData("[|full(3, 0.5)|]")]
    [InlineData("[|torch.tensor(new[] { 1f, 2f })|]")]
    [InlineData("[|zeros(3, ScalarType.Float64)|]")]
    [InlineData("[|zeros(3, device: null)|]")]
    [InlineData("[|arange(0, 8)|].unsqueeze(0)")]
    [InlineData("[|zeros(3)|].to(ScalarType.Float64)")]
    public Task Warns_for_every_factory(string made) => Verifier.Warns(Id, Net($"""
        return layer.forward(x) + {made};
        """));

    [Fact]
    public Task Warns_in_lambdas_and_in_modules_of_two_inputs() => Verifier.Warns(Id, """
        public sealed class Attention : Module<Tensor, Tensor, Tensor>
        {
            private readonly Linear layer = Linear(4, 4);

            public Attention() : base(nameof(Attention)) => RegisterComponents();

            public override Tensor forward(Tensor query, Tensor key)
            {
                Func<Tensor> mask = () => [|ones(4, 4)|];
                Tensor Noise() => [|randn(4, 4)|];
                return layer.forward(query).matmul(key) * mask() + Noise();
            }
        }
        """);

    [Fact]
    public Task Fixes_by_naming_the_device_of_the_input() => Verifier.Fix(Id, Net("""
        // the first state
        var hidden = [|zeros(x.shape[0], 8)|]; // empty
        var noise = [|randn(3, ScalarType.Float32)|];
        var mask = [|ones(
            8,
            device: null)|];
        return layer.forward(x) + hidden * noise * mask;
        """), Net("""
        // the first state
        var hidden = zeros(x.shape[0], 8, device: x.device); // empty
        var noise = randn(3, ScalarType.Float32, device: x.device);
        var mask = ones(
            8,
            device: x.device);
        return layer.forward(x) + hidden * noise * mask;
        """));

    [Theory]
    [InlineData("return layer.forward(x) + zeros(3, device: x.device);")]
    [InlineData("return layer.forward(x) + zeros(3).to(x.device);")]
    [InlineData("return layer.forward(x) + zeros(3).unsqueeze(0).to(x.device);")]
    [InlineData("return layer.forward(x) + zeros_like(x);")]
    [InlineData("var mask = ones(3);\nmask = mask.to(x.device);\nreturn layer.forward(x) * mask;")]
    [InlineData("var mask = ones(3).to(x);\nreturn layer.forward(x) * mask;")]
    [InlineData("return layer.forward(x) * torch.tensor(0.5f);")]
    [InlineData("return layer.forward(x)[TensorIndex.Tensor(arange(0, 3))];")]
    [InlineData("return layer.forward(x) * rand(1).item<float>();")]
    public Task Silent_where_the_place_is_given_or_does_not_matter(string statements) => Verifier.Silent(Id, Net(statements));

    [Fact]
    public Task Silent_where_the_default_device_is_set() => Verifier.Silent(Id, Net("""
        return layer.forward(x) + zeros(3);
        """) + """

        public static class Program
        {
            public static void Start() => torch.set_default_device(torch.CUDA);
        }
        """);

    [Fact]
    public Task Silent_outside_of_forward() => Verifier.Silent(Id, """
        public sealed class Positions : Module<Tensor, Tensor>
        {
            private readonly Tensor table;

            public Positions() : base(nameof(Positions))
            {
                table = arange(0, 100).unsqueeze(1);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => x + table;

            public Tensor Random(Tensor like) => rand(3);
        }

        public sealed class Dice : Module<int, Tensor>
        {
            public Dice() : base(nameof(Dice)) => RegisterComponents();

            public override Tensor forward(int count) => rand(count);
        }
        """);

    private static string Net(string statements) => $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(4, 8);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                {{statements.Replace("\n", "\n        ")}}
            }
        }
        """;
}
