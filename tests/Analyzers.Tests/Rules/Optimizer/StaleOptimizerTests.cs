using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class StaleOptimizerTests
{
    private const string Id = "TL0505";

    private const string Loop = """

        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(net.forward(x), y).backward();
            adam.step();
        }
        """;

    [Fact]
    public Task Names_the_move() => Verifier.Warns(Id, """
        var device = cuda.is_available() ? CUDA : CPU;
        var net = Linear(4, 1);
        var adam = [|torch.optim.Adam(net.parameters())|];
        {|#0:net.to(device)|};
        """ + Loop, "'adam' is made before 'net.to(…)', which replaces the parameters: step() then throws or trains nothing, so make the optimizer after it");

    [Theory]
    [InlineData("net.cuda()")]
    [InlineData("net.to(CUDA)")]
    [InlineData("net.to(\"cuda:0\")")]
    [InlineData("net.to(DeviceType.CUDA)")]
    [InlineData("net.to(ScalarType.Float64)")]
    [InlineData("net.half()")]
    [InlineData("net.@double()")]
    [InlineData("net.bfloat16()")]
    public Task Warns_for_every_kind_of_move(string move) => Verifier.Warns(Id, $$"""
        var net = Linear(4, 1);
        var adam = [|torch.optim.Adam(net.parameters().ToList())|];
        {{move}};
        """ + Loop);

    [Theory]
    [InlineData("net.cpu()")]
    [InlineData("net.to(CPU)")]
    [InlineData("net.to(\"cpu\")")]
    [InlineData("net.to(DeviceType.CPU)")]
    [InlineData("net.@float()")]
    [InlineData("net.to(torch.float32)")]
    [InlineData("net.train()")]
    public Task Silent_for_a_move_to_where_it_is(string move) => Verifier.Silent(Id, $$"""
        var net = Linear(4, 1);
        var adam = torch.optim.Adam(net.parameters());
        {{move}};
        """ + Loop);

    [Theory]
    [InlineData("var net = Linear(4, 1).to(device);")]
    [InlineData("var net = Linear(4, 1, device: device);")]
    [InlineData("var net = Linear(4, 1); net.to(device);")]
    [InlineData("var net = Linear(4, 1); net = net.to(CUDA);")]
    public Task Silent_where_it_has_been_moved_before(string creation) => Verifier.Silent(Id, $$"""
        var device = cuda.is_available() ? CUDA : CPU;
        {{creation}}
        var adam = torch.optim.Adam(net.parameters());
        net.to(device);
        """ + Loop);

    [Theory]
    [InlineData("var net = Linear(4, 1).to(device);")]
    [InlineData("var net = Linear(4, 1, device: device);")]
    [InlineData("var net = Linear(4, 1); net.to(device);")]
    public Task Warns_when_only_the_type_changes_later(string creation) => Verifier.Warns(Id, $$"""
        var device = cuda.is_available() ? CUDA : CPU;
        {{creation}}
        var adam = [|torch.optim.Adam(net.parameters())|];
        net.half();
        """ + Loop);

    [Theory]
    [InlineData("var net = Linear(4, 1).to(device, ScalarType.Float16);")]
    [InlineData("var net = Linear(4, 1, dtype: ScalarType.Float16);")]
    [InlineData("var net = Linear(4, 1).half();")]
    [InlineData("var net = Linear(4, 1); net.half();")]
    [InlineData("var net = Linear(4, 1); net.to(device, type);")]
    public Task Silent_when_it_has_the_type_already(string creation) => Verifier.Silent(Id, $$"""
        var device = cuda.is_available() ? CUDA : CPU;
        var type = data.Any() ? ScalarType.Float16 : ScalarType.Float32;
        {{creation}}
        var adam = torch.optim.Adam(net.parameters());
        net.half();
        """ + Loop);

    [Fact]
    public Task Warns_when_a_module_trains_itself() => Verifier.Warns(Id, """
        internal sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);

            public Learner() : base(nameof(Learner)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);

            public void Train(IEnumerable<(Tensor x, Tensor y)> data, Device device)
            {
                var adam = [|torch.optim.Adam(parameters())|];
                this.to(device);
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(forward(x), y).backward();
                    adam.step();
                }
            }
        }
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var learner = new Learner();
                learner.Train(data, CUDA);
            }
        }
        """);

    [Fact]
    public Task Silent_when_nothing_steps_after_the_move() => Verifier.Silent(Id, """
        var net = Linear(4, 1);
        net.to(CUDA);
        var adam = torch.optim.Adam(net.parameters());
        """ + Loop + """

        net.cpu();
        net.save("net.bin");
        """);

    [Fact]
    public Task Warns_for_a_detour_through_the_processor_in_the_loop() => Verifier.Warns(Id, """
        var net = Linear(4, 1);
        net.to(CUDA);
        var adam = [|torch.optim.Adam(net.parameters())|];
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                adam.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                adam.step();
            }

            net.cpu();
            net.save("net.bin");
            net.to(CUDA);
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_is_made_again() => Verifier.Silent(Id, """
        var net = Linear(4, 1);
        var adam = torch.optim.Adam(net.parameters());
        net.to(CUDA);
        adam = torch.optim.Adam(net.parameters());
        """ + Loop);

    [Fact]
    public Task Silent_when_another_module_is_moved() => Verifier.Silent(Id, """
        var net = Linear(4, 1);
        var other = Linear(4, 1);
        var adam = torch.optim.Adam(net.parameters());
        other.to(CUDA);
        """ + Loop);

    [Fact]
    public Task Silent_when_the_model_comes_from_where_we_cannot_see() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Fit(Module<Tensor, Tensor> net, Device device, IEnumerable<(Tensor x, Tensor y)> data)
            {
                var adam = torch.optim.Adam(net.parameters());
                net.to(device);
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_default_device_is_set() => Verifier.Silent(Id, """
        torch.set_default_device(CUDA);
        var net = Linear(4, 1);
        var adam = torch.optim.Adam(net.parameters());
        net.to(CUDA);
        """ + Loop);

    [Fact]
    public Task Silent_when_the_module_moves_itself() => Verifier.Silent(Id, """
        public sealed class Model : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);

            public Model(Device device) : base(nameof(Model))
            {
                RegisterComponents();
                this.to(device);
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var device = cuda.is_available() ? CUDA : CPU;
                var net = new Model(device);
                var adam = torch.optim.Adam(net.parameters());
                net.to(device);
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_constructor_makes_the_optimizer_before_it_moves() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net;
            private readonly torch.optim.Optimizer optimizer;

            public Trainer(Device device)
            {
                net = Linear(4, 1);
                optimizer = [|torch.optim.Adam(net.parameters())|];
                {|#0:net.to(device)|};
            }

            public void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_optimizer_and_model_belong_to_the_base_class() => Verifier.Warns(Id, """
        public abstract class Agent
        {
            public Module<Tensor, Tensor> Net { get; protected set; } = Linear(4, 1);

            public torch.optim.Optimizer? Optimizer { get; protected set; }
        }
        public sealed class Fast : Agent
        {
            public Fast(Device device)
            {
                Optimizer = [|torch.optim.Adam(Net.parameters())|];
                {|#0:Net.to(device)|};
            }
        }
        public sealed class Slow : Agent
        {
            public void Restart(IEnumerable<Parameter> parameters) => Optimizer = torch.optim.SGD(parameters, 0.1);
        }
        """);

    [Fact]
    public Task Warns_when_the_training_method_moves_the_model_of_the_constructor() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = [|torch.optim.Adam(net.parameters())|];

            public void Train(IEnumerable<(Tensor x, Tensor y)> data, Device device)
            {
                {|#0:net.to(device)|};
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_constructor_has_moved_it_already() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net;
            private readonly Device device;
            private readonly torch.optim.Optimizer optimizer;

            public Trainer(Device device)
            {
                this.device = device;
                net = Linear(4, 1).to(device);
                optimizer = torch.optim.Adam(net.parameters());
            }

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                net.to(device);
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_another_method_moves_it_at_a_time_unknown() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = torch.optim.Adam(net.parameters());

            public void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(net.forward(x), y).backward();
                optimizer.step();
            }

            public void Export(string path, Device device)
            {
                net.to(device);
                net.save(path);
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_callee_moves_and_steps() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data, Device device)
            {
                var net = Linear(4, 1);
                var sgd = [|torch.optim.SGD(net.parameters(), 0.1)|];
                Train(net, sgd, device, data);
            }

            private static void Train(Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer, Device device, IEnumerable<(Tensor x, Tensor y)> data)
            {
                {|#0:model.to(device)|};
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_factory_makes_the_optimizer_and_the_caller_moves() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                var optimizer = Optimize(net);
                {|#0:net.cuda()|};
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }

            private static torch.optim.Optimizer Optimize(Module module) => [|torch.optim.AdamW(module.parameters())|];
        }
        """);

    [Fact]
    public Task Warns_when_it_is_made_before_the_components_are_registered() => Verifier.Warns(Id, """
        public sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;
            private readonly torch.optim.Optimizer optimizer;

            public Learner() : base(nameof(Learner))
            {
                optimizer = [|torch.optim.Adam(parameters())|];
                layer = Linear(4, 1);
                {|#0:RegisterComponents()|};
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """, "'optimizer' is made before 'RegisterComponents()', which makes the layers known: step() then throws or trains nothing, so make the optimizer after it");

    [Fact]
    public Task Silent_for_the_parameters_of_one_layer_before_they_are_registered() => Verifier.Silent(Id, """
        public sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Learner() : base(nameof(Learner))
            {
                optimizer = torch.optim.Adam(layer.parameters());
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_they_are_registered_before() => Verifier.Silent(Id, """
        public sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Learner() : base(nameof(Learner))
            {
                RegisterComponents();
                optimizer = torch.optim.Adam(parameters());
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Moves_the_optimizer_below() => Verifier.Fix(Id, """
        var net = Linear(4, 1);
        // Adam, as always.
        var adam = [|torch.optim.Adam(net.parameters())|];
        net.to(CUDA); // to the card
        net.train();
        """ + Loop, """
        var net = Linear(4, 1);
        net.to(CUDA); // to the card
        // Adam, as always.
        var adam = torch.optim.Adam(net.parameters());
        net.train();
        """ + Loop);

    [Fact]
    public Task Moves_the_model_up_where_something_needs_the_optimizer() => Verifier.Fix(Id, """
        var net = Linear(4, 1);
        var adam = [|torch.optim.Adam(net.parameters())|];
        var scheduler = torch.optim.lr_scheduler.StepLR(adam, 10);
        net.to(CUDA);
        scheduler.step();
        """ + Loop, """
        var net = Linear(4, 1);
        net.to(CUDA);
        var adam = torch.optim.Adam(net.parameters());
        var scheduler = torch.optim.lr_scheduler.StepLR(adam, 10);
        scheduler.step();
        """ + Loop);

    [Fact]
    public Task Mends_a_constructor() => Verifier.Fix(Id, """
        public sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;
            private readonly torch.optim.Optimizer optimizer;

            public Learner() : base(nameof(Learner))
            {
                this.optimizer = [|new Adam(parameters())|];
                layer = Linear(4, 1);

                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """, """
        public sealed class Learner : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;
            private readonly torch.optim.Optimizer optimizer;

            public Learner() : base(nameof(Learner))
            {
                layer = Linear(4, 1);

                RegisterComponents();
                this.optimizer = new Adam(parameters());
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Offers_nothing_across_methods() => Verifier.NoFix(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = [|torch.optim.Adam(net.parameters())|];

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                {|#0:net.cuda()|};
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """);
}
