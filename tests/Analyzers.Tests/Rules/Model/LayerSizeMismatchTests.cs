using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class LayerSizeMismatchTests
{
    private const string Id = "TL0305";

    [Fact]
    public Task Names_both_layers() => Verifier.Warns(Id, """
        var net = Sequential({|#0:Linear(2, 16)|}, ReLU(), [|Linear(8, 3)|]);
        """, "'Linear(8, 3)' takes 8 features, but 'Linear(2, 16)' yields 16: the first forward pass throws");

    [Theory]
    [InlineData("{|#0:Conv2d(1, 8, 3)|}, ReLU(), MaxPool2d(2), [|Conv2d(4, 8, 3)|]")]
    [InlineData("{|#0:Linear(2, 16)|}, [|BatchNorm1d(8)|], ReLU(), Linear(16, 3)")]
    [InlineData("{|#0:Conv2d(3, 16, 3, padding: 1)|}, [|BatchNorm2d(32)|], ReLU()")]
    [InlineData("{|#0:Linear(2, 16)|}, [|LayerNorm(8)|]")]
    [InlineData("{|#0:Linear(2, 16)|}, Dropout(0.1), [|LayerNorm(new long[] { 8 })|]")]
    [InlineData("{|#0:Conv1d(1, 6, 3)|}, [|GroupNorm(4, 8)|]")]
    [InlineData("{|#0:Embedding(100, 32)|}, [|Linear(64, 3)|]")]
    [InlineData("{|#0:ConvTranspose2d(8, 4, 2, stride: 2)|}, [|Conv2d(8, 1, 1)|]")]
    [InlineData("{|#0:Conv2d(3, 16, 3)|}, AdaptiveAvgPool2d(1), Flatten(), [|Linear(32, 10)|]")]
    [InlineData("{|#0:Conv2d(3, 16, 3)|}, AdaptiveAvgPool2d((2, 2)), Flatten(), [|Linear(128, 10)|]")]
    public Task Warns_in_a_Sequential(string layers) => Verifier.Warns(Id, $"""
        var net = Sequential({layers});
        """);

    [Fact]
    public Task Warns_where_no_number_of_pixels_can_fit() => Verifier.Warns(Id, """
        var net = Sequential({|#0:Conv2d(3, 64, 3)|}, ReLU(), Flatten(), [|Linear(1000, 10)|]);
        """, "'Linear(1000, 10)' takes 1000 features, but flattening the 64 channels of 'Conv2d(3, 64, 3)' gives a multiple of 64: the first forward pass throws");

    [Fact]
    public Task Warns_along_forward() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private const int Hidden = 64;
            private readonly Module<Tensor, Tensor> first = {|#0:Linear(784, Hidden * 2)|};
            private readonly Module<Tensor, Tensor> drop;
            private readonly Linear second;

            public Net() : base(nameof(Net))
            {
                drop = Dropout(0.2);
                second = [|Linear(Hidden, 10)|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                using var h = functional.relu(first.forward(x.view(-1, 784)));
                var dropped = drop.call(h);
                return second.forward(dropped).log_softmax(1);
            }
        }
        """);

    [Fact]
    public Task Warns_of_what_view_yields() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> conv = Conv2d(1, 20, 5);
            private readonly Module<Tensor, Tensor> head = [|Linear(310, 10)|];

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                x = functional.max_pool2d(conv.forward(x), 2).relu();
                x = {|#0:x.view(-1, 320)|};
                return head.forward(x);
            }
        }
        """);

    [Fact]
    public Task Warns_through_known_pixels() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(
                ("conv1", Conv2d(1, 10, 5)),
                ("pool1", MaxPool2d(2)),
                ("conv2", {|#0:Conv2d(10, 20, (5, 5))|}),
                ("pool2", MaxPool2d(2)),
                ("flat", Flatten()),
                ("head", [|Linear(340, 10)|]));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers.forward(x.view(-1, 1, 28, 28));
        }
        """, "'Linear(340, 10)' takes 340 features, but 'Conv2d(10, 20, (5, 5))' yields 320: the first forward pass throws");

    [Fact]
    public Task Warns_in_a_list_with_a_helper_and_a_loop() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;

            public Net() : base(nameof(Net))
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                Add(modules, 4, 32);
                for (var i = 0; i < 3; i++)
                {
                    modules.Add(($"hidden{i}", {|#0:Linear(32, 32)|}));
                    modules.Add(($"act{i}", ReLU()));
                }

                modules.Add(("head", [|Linear(64, 2)|]));
                layers = Sequential(modules);
                RegisterComponents();
            }

            private static void Add(List<(string, Module<Tensor, Tensor>)> modules, long from, long to)
            {
                modules.Add(("in", Linear(from, to)));
                modules.Add(("act", Tanh()));
            }

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """);

    [Fact]
    public Task Warns_for_the_sizes_that_a_constructor_is_given() => Verifier.Warns(Id, """
        // file: Net.cs
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first;
            private readonly Module<Tensor, Tensor> second;

            public Net(int inputs, int hidden, int outputs) : base(nameof(Net))
            {
                first = {|#0:Linear(inputs, hidden)|};
                second = [|Linear(hidden / 2 + 1, outputs)|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => second.forward(first.forward(x).relu());
        }
        // file: Program.cs
        public static class Training
        {
            public static Tensor Run(Tensor x) => new Net(784, 128, 10).forward(x);
        }
        """);

    [Fact]
    public Task Warns_between_modules_of_ones_own() => Verifier.Warns(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;

            public Block(long from, long to) : base(nameof(Block))
            {
                layers = Sequential(Conv2d(from, to, 3, padding: 1), BatchNorm2d(to), ReLU());
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.forward(x);
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Block first = {|#0:new Block(3, 32)|};
            private readonly Block second = [|new(64, 64)|];
            private readonly Module<Tensor, Tensor> third = {|#1:Sequential(new Block(64, 8))|};

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => third.forward(second.forward(first.forward(x)));
        }
        """.Replace("{|#1:", "").Replace("8))|}", "8))"));

    [Fact]
    public Task Warns_after_recurrent_layers_and_attention() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Embedding words = {|#0:Embedding(1000, 64)|};
            private readonly LSTM lstm = [|{|#1:LSTM(32, 128, batchFirst: true, bidirectional: true)|}|];
            private readonly MultiheadAttention attention = [|{|#2:MultiheadAttention(128, 4)|}|];
            private readonly Linear head = [|Linear(256, 5)|];

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var (outputs, _, _) = lstm.forward(words.forward(x));
                var mixed = attention.forward(outputs, outputs, outputs, null, false, null).Item1;
                return head.forward(mixed);
            }
        }
        """, additionalLocations: [[0], [1], [2]]);

    [Fact]
    public Task Warns_in_a_residual_block() => Verifier.Warns(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Conv2d(16, 32, 3, padding: 1), ReLU(), {|#0:Conv2d(32, 32, 3, padding: 1)|});
            private readonly Module<Tensor, Tensor> shortcut = [|Conv2d(16, 64, 1)|];

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => (layers.forward(x) + shortcut.forward(x)).relu();
        }
        """, "'Conv2d(16, 64, 1)' yields 64 channels, which cannot be put together with the 32 of 'Conv2d(32, 32, 3, padding: 1)': the first forward pass throws");

    [Fact]
    public Task Warns_of_channels_side_by_side() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> left = Conv2d(3, 16, 3, padding: 1);
            private readonly Module<Tensor, Tensor> right = {|#0:Conv2d(3, 16, 1)|};
            private readonly Module<Tensor, Tensor> next = [|Conv2d(16, 8, 3)|];

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => next.forward(cat(new[] { left.forward(x), right.forward(x) }, 1));
        }
        """, "'Conv2d(16, 8, 3)' takes 16 channels, but 'Conv2d(3, 16, 1)' yields 32: the first forward pass throws");

    [Fact]
    public Task Warns_in_top_level_statements_and_a_lambda() => Verifier.Warns(Id, """
        // top-level
        var net = Sequential({|#0:Linear(4, 8)|}, ReLU());
        net.append([|Linear(9, 2)|]);
        Func<Sequential> make = () => Sequential({|#1:Linear(3, 5)|}, [|Linear(6, 7)|]);
        """.Replace("net.append([|Linear(9, 2)|]);", "net.append([|Linear(9, 2)|]);"), additionalLocations: [[0], [1]]);

    [Fact]
    public Task Warns_through_local_functions_and_variables() => Verifier.Warns(Id, """
        // top-level
        var hidden = 64;
        var net = new Net(28 * 28, hidden);
        Console.WriteLine(net.forward(rand(1, 784)).ToString());

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> layers = new();

            public Net(int inputs, int hidden) : base(nameof(Net))
            {
                layers.Add(Sequential(Flatten(), Linear(inputs, hidden)));
                layers.Add(Block(hidden, hidden * 2));
                layers.Add([|Linear(hidden, 10)|]);
                RegisterComponents();

                Sequential Block(int from, int to)
                {
                    return Sequential(Linear(from, to), ReLU(), {|#0:Linear(to, to)|});
                }
            }

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                for (var i = 0; i < layers.Count; i++)
                    x = layers[i].call(x).relu();
                return x.MoveToOuterDisposeScope();
            }
        }
        """, "'Linear(hidden, 10)' takes 64 features, but 'Linear(to, to)' yields 128: the first forward pass throws");

    [Fact]
    public Task Warns_where_a_property_holds_a_layer() => Verifier.Warns(Id, """
        public sealed class Net(int hidden) : Module<Tensor, Tensor>(nameof(Net))
        {
            private readonly Sequential encoder = Sequential(Linear(4, hidden), {|#0:Linear(hidden, 32)|}).append(ReLU());

            public Linear Head { get; } = [|Linear(16, 2)|];

            public override Tensor forward(Tensor x)
            {
                var n = x.shape[0];
                return Head.forward(encoder.forward(x.view(n, -1)));
            }
        }
        """);

    [Fact]
    public Task Fixes_the_later_layer() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private const int Hidden = 32;
            private readonly Module<Tensor, Tensor> first = Linear(4, Hidden);
            private readonly Module<Tensor, Tensor> second = [|Linear(64, 16)|];
            private readonly Module<Tensor, Tensor> third = [|nn.Linear(
                inputSize: 8, // as above
                outputSize: 2)|];

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => third.forward(second.forward(first.forward(x).relu()).relu());
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private const int Hidden = 32;
            private readonly Module<Tensor, Tensor> first = Linear(4, Hidden);
            private readonly Module<Tensor, Tensor> second = Linear(Hidden, 16);
            private readonly Module<Tensor, Tensor> third = nn.Linear(
                inputSize: 16, // as above
                outputSize: 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => third.forward(second.forward(first.forward(x).relu()).relu());
        }
        """);

    [Fact]
    public Task Fixes_the_norm_or_what_stands_before_it() => Verifier.Fix(Id, """
        var norm = Sequential(Conv2d(3, 16, 3), [|BatchNorm2d(8)|], ReLU(), Flatten());
        var before = Sequential(Conv2d(3, 8, 3), [|BatchNorm2d(16)|], ReLU(), Conv2d(16, 32, 3));
        var list = new List<Module<Tensor, Tensor>>();
        list.Add(Linear(4, 8));
        list.Add(ReLU());
        list.Add([|Linear(2 * 8, 2)|]);
        var last = Sequential(list);
        """, """
        var norm = Sequential(Conv2d(3, 16, 3), BatchNorm2d(16), ReLU(), Flatten());
        var before = Sequential(Conv2d(3, 16, 3), BatchNorm2d(16), ReLU(), Conv2d(16, 32, 3));
        var list = new List<Module<Tensor, Tensor>>();
        list.Add(Linear(4, 8));
        list.Add(ReLU());
        list.Add(Linear(8, 2));
        var last = Sequential(list);
        """);

    [Fact]
    public Task Offers_nothing_where_a_parameter_decides() => Verifier.NoFix(Id, """
        public static class Nets
        {
            public static Sequential Of()
            {
                var width = 8;
                return Sequential(Linear(4, 16), [|Linear(width, 2)|]);
            }
        }
        """);

    [Theory]
    [InlineData("Linear(2, 16), ReLU(), Linear(16, 3)")]
    [InlineData("Conv2d(1, 8, 3), BatchNorm2d(8), ReLU(), Conv2d(8, 8, 3)")]
    [InlineData("Conv2d(1, 8, 3), ReLU(), Flatten(), Linear(8 * 13 * 13, 10)")]
    [InlineData("Conv2d(1, 8, 3), Linear(26, 10)")]
    [InlineData("Conv2d(1, 8, 3), Upsample(scale_factor: new double[] { 2, 2 }), Conv2d(8, 4, 1)")]
    [InlineData("Linear(2, 16), Unflatten(1, new long[] { 4, 2, 2 }), Conv2d(4, 8, 1)")]
    [InlineData("Linear(100, 7 * 7 * 8), ReLU(), Unflatten(1, new long[] { 8, 7, 7 }), ConvTranspose2d(8, 4, 2)")]
    [InlineData("Embedding(10, 4), Flatten(), Linear(20, 3)")]
    [InlineData("Linear(4, 8), Flatten(), Linear(32, 2)")]
    [InlineData("GLU(), Linear(4, 8), GLU(), Linear(4, 2)")]
    [InlineData("Conv2d(4, 16, 3), PixelShuffle(2), Conv2d(4, 1, 3)")]
    [InlineData("Linear(4, width), Linear(8, 2)")]
    [InlineData("Conv1d(4, 8, 3), BatchNorm1d(8), AdaptiveAvgPool1d(1), Flatten(), Linear(8, 2)")]
    [InlineData("Embedding(10, 4), Linear(4, 8), BatchNorm1d(20)")]
    [InlineData("InstanceNorm2d(3), Conv2d(4, 8, 3), InstanceNorm2d(9)")]
    public Task Silent_in_a_Sequential_that_may_fit(string layers) => Verifier.Silent(Id, $$"""
        public static class Nets
        {
            public static Sequential Of(int width) => Sequential({{layers}});
        }
        """);

    [Fact]
    public Task Silent_on_what_depends_on_a_branch_or_an_unknown_loop() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> head = Linear(16, 2);
            private readonly Module<Tensor, Tensor> wide = Linear(4, 32);
            private readonly Module<Tensor, Tensor> narrow = Linear(4, 16);
            private readonly Module<Tensor, Tensor> other = Linear(32, 2);

            public Net(int depth, bool deep) : base(nameof(Net))
            {
                var width = 4;
                var modules = new List<Module<Tensor, Tensor>>();
                for (var i = 0; i < depth; i++)
                {
                    modules.Add(Linear(width, width * 2));
                    width *= 2;
                }

                modules.Add(Linear(width, 2));
                if (deep)
                    modules.Insert(0, Linear(8, 4));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                if (x.shape[1] == 4)
                    return other.forward(wide.forward(x));
                var h = layers.forward(x);
                foreach (var m in new[] { narrow })
                    h = m.forward(h);
                return head.forward(h);
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_test_that_runs_nothing() => Verifier.Silent(Id, """
        public sealed class FactAttribute : Attribute;

        public class MovesTests
        {
            [Fact]
            public void Moves_all_layers()
            {
                var first = Linear(10, 10);
                var second = Linear(25, 25);
                var net = Sequential(first, second);
                net.to(torch.float64);
                Console.WriteLine(second.weight);
            }
        }
        """);

    [Fact]
    public Task Silent_where_a_field_is_replaced() => Verifier.Silent(Id, """
        public class Net : Module<Tensor, Tensor>
        {
            public Module<Tensor, Tensor> backbone = Linear(4, 512);
            public Module<Tensor, Tensor> head = Linear(512, 10);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(backbone.forward(x));
        }

        public static class Transfer
        {
            public static Net Of(int classes)
            {
                var net = new Net();
                net.backbone = Linear(4, 256);
                net.head = Linear(256, classes);
                return net;
            }
        }
        """);

    [Fact]
    public Task Silent_on_transposed_heads_and_steps_of_time() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> project = Linear(64, 3 * 64);
            private readonly Module<Tensor, Tensor> output = Linear(64, 64);
            private readonly Module<Tensor, Tensor> mix = Linear(10, 20);
            private readonly Module<Tensor, Tensor> norm = BatchNorm1d(10);
            private readonly Module<Tensor, Tensor> bias = Linear(4, 1);
            private readonly GRU gru = GRU(64, 32, numLayers: 2);
            private readonly Linear classes = Linear(64, 5);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var parts = project.forward(x).chunk(3, -1);
                var weights = parts[0].matmul(parts[1].transpose(-2, -1)).softmax(-1);
                var attended = output.forward(weights.matmul(parts[2]));
                var mixed = mix.forward(norm.forward(attended.transpose(1, 2).transpose(1, 2)).transpose(1, 2));
                var (_, last) = gru.forward(attended);
                var both = cat(new[] { last[0], last[1] }, 1);
                return classes.forward(both) + bias.forward(mixed[0]);
            }
        }
        """);

    [Fact]
    public Task Warns_behind_a_flattening_of_anything() => Verifier.Warns(Id, """
        var net = Sequential(Flatten(), Linear(784, 256), [|BatchNorm1d(257)|], ReLU(), Linear(257, 10));
        """);

    [Fact]
    public Task Silent_behind_a_flattening_that_fits() => Verifier.Silent(Id, """
        var net = Sequential(Flatten(), BatchNorm1d(784), Linear(784, 256), BatchNorm1d(256), ReLU(), Linear(256, 10));
        var steps = Sequential(Flatten(0, 1), Linear(784, 256), BatchNorm1d(100));
        """);
}
