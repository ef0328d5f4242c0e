using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class DeviceMismatchTests
{
    private const string Id = "TL0707";

    [Fact]
    public Task Names_both_and_where_they_are() => Verifier.Warns(Id, """
        var net = Linear(4, 2);
        net.to(torch.CUDA);
        net.eval();
        var x = rand(8, 4);
        var y = [|net.forward({|#0:x|})|];
        """, "'net' is on cuda and 'x' on cpu: they cannot meet, the call throws; move one of them");

    [Theory]
    [InlineData("net.to(\"cuda\");")]
    [InlineData("net.cuda();")]
    [InlineData("net.to(torch.device(\"cuda:0\"));")]
    [InlineData("net.to(DeviceType.CUDA);")]
    [InlineData("net = Linear(4, 2).to(torch.CUDA);")]
    [InlineData("net = Linear(4, 2, device: torch.CUDA);")]
    [InlineData("var device = torch.CUDA;\nnet.to(device);")]
    [InlineData("Device device;\ndevice = torch.device(\"cuda\");\nnet = net.to(device);")]
    public Task Warns_for_every_way_to_place_a_module(string placed) => Verifier.Warns(Id, $$"""
        var net = Linear(4, 2);
        {{placed}}
        net.train();
        var y = [|net.call({|#0:zeros(8, 4)|})|];
        """);

    [Theory]
    [InlineData("[|x + {|#0:y|}|]")]
    [InlineData("[|{|#0:y|} * x|]")]
    [InlineData("[|x.matmul({|#0:y|})|]")]
    [InlineData("[|torch.add(x, {|#0:y|})|]")]
    [InlineData("[|functional.mse_loss(x, {|#0:y|})|]")]
    [InlineData("[|functional.cross_entropy(x, {|#0:y|})|]")]
    [InlineData("[|criterion.forward(x, {|#0:y|})|]")]
    public Task Warns_where_two_tensors_meet(string meeting) => Verifier.Warns(Id, $$"""
        var x = rand(8, 4, device: torch.CUDA);
        var y = rand(8, 4);
        var z = {{meeting}};
        """);

    [Fact]
    public Task Warns_where_a_loader_names_no_device() => Verifier.Warns(Id, """
        public static class Training
        {
            private static readonly Device device = torch.CUDA;

            public static void Run(torch.utils.data.Dataset set)
            {
                var net = Sequential(("first", Linear(4, 8)), ("act", ReLU()), ("last", Linear(8, 1)));
                net.to(device);
                var sgd = torch.optim.SGD(net.parameters(), 0.1);
                using var loader = torch.utils.data.DataLoader(set, 32, shuffle: true);
                foreach (var batch in loader)
                {
                    sgd.zero_grad();
                    var output = [|net.forward({|#0:batch["x"]|})|];
                    functional.mse_loss(output, batch["y"].to(device)).backward();
                    sgd.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_for_a_module_in_a_field_and_one_that_a_caller_moved() => Verifier.Warns(Id, """
        // top-level
        var net = new Net();
        net.to(CUDA);
        Helper.Learn(net);
        new Trainer().Learn();

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        public static class Helper
        {
            public static void Learn(Net net)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                sgd.zero_grad();
                [|net.forward({|#0:rand(8, 4)|})|].mean().backward();
                sgd.step();
            }
        }

        public sealed class Trainer
        {
            private readonly Linear layer = Linear(4, 1);
            private readonly Device device = CUDA;

            public Trainer() => layer.to(device);

            public void Learn()
            {
                var sgd = optim.SGD(layer.parameters(), 0.1);
                sgd.zero_grad();
                [|layer.forward({|#1:rand(8, 4)|})|].mean().backward();
                sgd.step();
            }
        }
        """, additionalLocations: [[0], [1]]);

    [Fact]
    public Task Fixes_by_moving_the_tensor() => Verifier.Fix(Id, """
        var net = Linear(4, 2);
        net.to(torch.CUDA);
        net.train();
        // the first batch
        var loss = functional.mse_loss([|net.forward(rand(8, 4))|], zeros(8, 2, device: torch.CUDA)); // squared
        loss.backward();
        var sum = [|zeros(8, device: torch.CUDA)
            + (rand(8) * 2)|];
        """, """
        var net = Linear(4, 2);
        net.to(torch.CUDA);
        net.train();
        // the first batch
        var loss = functional.mse_loss(net.forward(rand(8, 4).to("cuda")), zeros(8, 2, device: torch.CUDA)); // squared
        loss.backward();
        var sum = zeros(8, device: torch.CUDA)
            + (rand(8) * 2).to("cuda");
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(4, 2).cuda();
        net.eval();
        Tensor a = rand(8), b = rand(8, device: CUDA);
        Console.WriteLine([|a + b|]);
        Console.WriteLine(([|net.forward(ones(8, 4))|]).sum().ToSingle());
        """, """
        // top-level
        var net = Linear(4, 2).cuda();
        net.eval();
        Tensor a = rand(8), b = rand(8, device: CUDA);
        Console.WriteLine(a.to("cuda") + b);
        Console.WriteLine((net.forward(ones(8, 4).to("cuda"))).sum().ToSingle());
        """);

    [Theory]
    [InlineData("net.to(torch.CUDA);\nnet.forward(x.to(torch.CUDA));")]
    [InlineData("net.to(torch.CUDA);\nx = x.cuda();\nnet.forward(x);")]
    [InlineData("net.to(torch.CUDA);\nnet.to(torch.CPU);\nnet.forward(x);")]
    [InlineData("net.to(ScalarType.Float64);\nnet.forward(x);")]
    [InlineData("var device = torch.cuda.is_available() ? torch.CUDA : torch.CPU;\nnet.to(device);\nnet.forward(x);")]
    [InlineData("if (torch.cuda.is_available()) net.to(torch.CUDA);\nnet.forward(x);")]
    [InlineData("if (torch.cuda.is_available())\n{\n    net.cuda();\n    x = x.cuda();\n}\n\nnet.forward(x);")]
    [InlineData("net.to(torch.CUDA);\nMove(net);\nnet.forward(x);\n\nstatic void Move(Module m) => m.to(torch.CPU);")]
    [InlineData("net.to(torch.CUDA);\nAction back = () => net.to(torch.CPU);\nback();\nnet.forward(x);")]
    [InlineData("var act = ReLU();\nact.to(torch.CUDA);\nact.forward(x);")]
    [InlineData("var two = torch.tensor(2f);\nvar z = rand(3, device: torch.CUDA) * two;")]
    [InlineData("var z = rand(3, device: torch.CUDA);\nvar w = x + z.to(x);")]
    [InlineData("var z = rand(3, device: torch.CUDA);\nvar w = x + z.to(x.device);")]
    [InlineData("var z = rand(3, device: torch.CUDA);\nvar w = x + z.cpu();")]
    [InlineData("var z = zeros_like(x);\nz.copy_(rand(8, 4, device: torch.CUDA));")]
    [InlineData("var a = rand(3, device: torch.device(\"cuda:0\"));\nvar b = a + rand(3, device: torch.CUDA);")]
    [InlineData("foreach (var (a, b) in data)\n{\n    net.to(torch.CUDA);\n    net.forward(a);\n}")]
    [InlineData("var all = Sequential(net);\nall.to(torch.CUDA);\nnet.forward(rand(8, 4, device: torch.CUDA));")]
    public Task Silent_where_they_are_together_or_it_is_not_certain(string statements) => Verifier.Silent(Id, $$"""
        var net = Linear(4, 2);
        net.eval();
        var x = rand(8, 4);
        {{statements}}
        """);

    [Fact]
    public Task Silent_where_the_default_device_is_set() => Verifier.Silent(Id, """
        torch.set_default_device(torch.CUDA);
        var net = Linear(4, 2);
        net.eval();
        net.forward(rand(8, 4, device: torch.CUDA));
        net.to(torch.CUDA);
        net.forward(rand(8, 4));
        """);

    [Fact]
    public Task Silent_on_modules_that_move_themselves_or_their_input() => Verifier.Silent(Id, """
        public sealed class SelfMoving : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 1);

            public SelfMoving(Device? device = null) : base(nameof(SelfMoving))
            {
                RegisterComponents();
                if (device is not null) this.to(device);
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        public sealed class Fetching : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(4, 1);

            public Fetching() : base(nameof(Fetching)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x.to(layer.weight!.device));
        }

        public static class Training
        {
            public static void Run()
            {
                var moving = new SelfMoving(torch.CUDA);
                moving.train();
                moving.forward(rand(8, 4, device: torch.CUDA)).mean().backward();
                var fetching = new Fetching();
                fetching.to(torch.CUDA);
                fetching.forward(rand(8, 4)).mean().backward();
            }
        }
        """);

    [Fact]
    public Task Silent_on_fields_that_others_move_and_on_public_helpers() => Verifier.Silent(Id, """
        public sealed class Trainer
        {
            private readonly Linear layer = Linear(4, 1);

            public Trainer() => layer.to(torch.CUDA);

            public void Back() => layer.to(torch.CPU);

            public void Learn() => layer.forward(rand(8, 4)).mean().backward();

            public static void Predict(Linear net, Tensor x)
            {
                net.eval();
                net.forward(x);
            }

            public static void Run()
            {
                var net = Linear(4, 1);
                net.to(torch.CUDA);
                Predict(net, rand(8, 4, device: torch.CUDA));
            }

            private readonly Linear other = Linear(4, 1);

            public void Later()
            {
                Prepare();
                other.forward(rand(8, 4, device: torch.CUDA)).mean().backward();
            }

            private void Prepare() => other.to(torch.CUDA);
        }
        """);

    [Fact]
    public Task Silent_where_the_loader_has_the_device() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(torch.utils.data.Dataset set, Device chosen)
            {
                var net = Linear(4, 1);
                net.to(torch.CUDA);
                foreach (var batch in torch.utils.data.DataLoader(set, 32, device: torch.CUDA)) net.forward(batch["x"]).mean().backward();
                foreach (var batch in torch.utils.data.DataLoader(set, 32, device: chosen)) net.forward(batch["x"]).mean().backward();
                foreach (var batch in torch.utils.data.DataLoader(set, 32)) net.forward(batch["x"].to(torch.CUDA)).mean().backward();
            }
        }
        """);
}
