using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class BiasBeforeBatchNormTests
{
    private const string Id = "TL0310";

    [Fact]
    public Task Names_both_layers() => Verifier.Warns(Id, """
        // top-level
        var net = Sequential([|Conv2d(3, 8, 3)|], {|#0:BatchNorm2d(8)|}, ReLU());
        """, "The bias of 'Conv2d(3, 8, 3)' has no effect: 'BatchNorm2d(8)' right behind it subtracts the mean of each channel, and the bias with it");

    [Fact]
    public Task Fixes_a_list_and_forward() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> last = [|Linear(8, 4)|];
            private readonly Module<Tensor, Tensor> norm = BatchNorm1d(4);

            public Net() : base(nameof(Net))
            {
                var modules = new List<Module<Tensor, Tensor>>();
                modules.Add([|Conv1d(1, 4, 3, bias: true)|]);
                modules.Add(BatchNorm1d(4));
                modules.Add([|Conv1d(
                    4,
                    8,
                    kernel_size: 3)|]);
                modules.Add(BatchNorm1d(8));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = last.forward(x);
                return norm.forward(h).relu();
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> last = Linear(8, 4, hasBias: false);
            private readonly Module<Tensor, Tensor> norm = BatchNorm1d(4);

            public Net() : base(nameof(Net))
            {
                var modules = new List<Module<Tensor, Tensor>>();
                modules.Add(Conv1d(1, 4, 3, bias: false));
                modules.Add(BatchNorm1d(4));
                modules.Add(Conv1d(
                    4,
                    8,
                    kernel_size: 3,
                    bias: false));
                modules.Add(BatchNorm1d(8));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = last.forward(x);
                return norm.forward(h).relu();
            }
        }
        """);

    [Theory]
    [InlineData("Conv2d(3, 8, 3, bias: false), BatchNorm2d(8)")]
    [InlineData("Conv2d(3, 8, 3, bias: args.Length > 0), BatchNorm2d(8)")]
    [InlineData("Conv2d(3, 8, 3), ReLU(), BatchNorm2d(8)")]
    [InlineData("Conv2d(3, 8, 3), GroupNorm(2, 8)")]
    [InlineData("Linear(3, 8), LayerNorm(8)")]
    [InlineData("Conv2d(3, 8, 3), MaxPool2d(2), BatchNorm2d(8)")]
    public Task Silent_where_the_bias_counts_or_is_not_there(string layers) => Verifier.Silent(Id, $"""
        // top-level
        var net = Sequential({layers});
        """);

    [Fact]
    public Task Silent_where_the_layer_is_used_elsewhere_as_well() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Conv2d(3, 8, 3);
            private readonly Module<Tensor, Tensor> norm = BatchNorm2d(8);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var h = layer.forward(x);
                return norm.forward(h) + h;
            }
        }
        """);
}
