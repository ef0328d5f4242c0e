using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Resources;

public class AffectedLibraryVersionTests
{
    private const string Id = "TL1110";

    [Fact]
    public Task Names_the_call_the_version_and_the_defect() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
            [|functional.l1_loss(model.forward(x), y)|].backward();
        """, "In TorchSharp 0.102.6 'functional.l1_loss(…)' computes the mean squared error instead of the mean absolute error: reference 0.102.8 or later", options: Of(0, 102, 6));

    [Theory]
    [InlineData("0.102.6", "Loss<Tensor, Tensor, Tensor> l1 = [|L1Loss()|];")]
    [InlineData("0.102.6", "var l1 = [|new L1Loss(Reduction.Sum)|];")]
    [InlineData("0.103.0", "[|model.forward(zeros(1)).backward(retain_graph: true)|];")]
    [InlineData("0.103.0", "[|model.forward(zeros(1)).backward(create_graph: true)|];")]
    [InlineData("0.105.0", "var net = Sequential(Linear(4, 2));\nnet.eval();\nConsole.WriteLine([|net.training|]);")]
    [InlineData("0.105.0", "var scheduler = [|optim.lr_scheduler.LinearLR(optimizer, 0.1)|];")]
    [InlineData("0.101.2", "var nadam = [|optim.NAdam(model.parameters())|];")]
    [InlineData("0.102.0", "var pooled = [|functional.avg_pool1d(zeros(1, 4, 8), 2)|];")]
    [InlineData("0.100.6", "var set = [|torch.utils.data.TensorDataset(zeros(8, 4), zeros(8, 1))|];")]
    [InlineData("0.102.4", "var loader = [|torch.utils.data.DataLoader(torch.utils.data.TensorDataset(zeros(8, 4)), 3, drop_last: true)|];")]
    public Task Warns_for_each_known_defect(string version, string statements) => Verifier.Warns(Id, statements, options: new() { TorchSharpVersion = Version.Parse(version) });

    [Fact]
    public Task Warns_in_fields_helpers_and_lambdas() => Verifier.Warns(Id, """
        public sealed class Scale : Module<Tensor, Tensor>
        {
            private readonly Parameter factor = Parameter(ones(1));

            public Scale() : base(nameof(Scale)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x * factor;
        }

        public sealed class Trainer(Scale net)
        {
            private readonly Loss<Tensor, Tensor, Tensor> criterion = [|L1Loss()|];

            public Func<Tensor, Tensor, Tensor> Loss => (x, y) => [|functional.l1_loss(x, y)|] + criterion.forward(x, y);

            public void Clear() => [|net.zero_grad()|];
        }
        """, options: Of(0, 99, 6));

    [Theory]
    [InlineData("0.102.8", "functional.l1_loss(zeros(1), ones(1)).backward();")]
    [InlineData("0.107.0", "functional.l1_loss(zeros(1), ones(1)).backward();")]
    [InlineData("0.102.6", "functional.smooth_l1_loss(zeros(1), ones(1)).backward();")]
    [InlineData("0.103.0", "model.forward(zeros(1)).backward();")]
    [InlineData("0.103.0", "model.forward(zeros(1)).backward(null, true);")]
    [InlineData("0.103.0", "model.forward(zeros(1)).backward(retain_graph: false);")]
    [InlineData("0.103.1", "model.forward(zeros(1)).backward(retain_graph: true);")]
    [InlineData("0.105.1", "var net = Sequential(Linear(4, 2));\nConsole.WriteLine(net.training);")]
    [InlineData("0.105.0", "Console.WriteLine(model.training);")]
    [InlineData("0.105.0", "var net = Sequential(Linear(4, 2));\nnet.eval();\nnet.forward(zeros(1, 4));")]
    [InlineData("0.105.0", "var scheduler = optim.lr_scheduler.LinearLR(optimizer, 0.1, 1.0);")]
    [InlineData("0.102.0", "var pooled = functional.avg_pool1d(zeros(1, 4, 8), 2, 2);")]
    [InlineData("0.100.7", "var set = torch.utils.data.TensorDataset(zeros(8, 4), zeros(8, 1));")]
    [InlineData("0.102.4", "var loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(zeros(8, 4)), 3, drop_last: false);")]
    [InlineData("0.99.6", "model.zero_grad();")]
    [InlineData("0.1.0", "functional.l1_loss(zeros(1), ones(1)).backward();")]
    public Task Silent_on_other_versions_and_uses(string version, string statements) => Verifier.Silent(Id, statements, new() { TorchSharpVersion = Version.Parse(version) });

    [Fact]
    public Task Silent_on_what_is_ones_own() => Verifier.Silent(Id, """
        public static class functional
        {
            public static Tensor l1_loss(Tensor x, Tensor y) => (x - y).abs().mean();
        }

        public sealed class L1Loss(double weight)
        {
            public Tensor Of(Tensor x, Tensor y) => functional.l1_loss(x, y) * weight;

            public static L1Loss Make() => new(1);
        }
        """, Of(0, 99, 6));

    private static VerifyOptions Of(int major, int minor, int patch) => new() { TorchSharpVersion = new(major, minor, patch) };
}
