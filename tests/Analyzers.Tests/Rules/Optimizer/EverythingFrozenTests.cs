using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class EverythingFrozenTests
{
    private const string Id = "TL0508";

    private const string Loop = """

        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        """;

    [Fact]
    public Task Names_the_optimizer() => Verifier.Warns(Id, """
        foreach (var p in model.parameters()) [|p.requires_grad = false|];
        """ + Loop, "'p.requires_grad = false' freezes every parameter that 'optimizer' holds: optimizer.step() changes nothing");

    [Theory]
    [InlineData("foreach (var p in model.parameters()) { [|p.requires_grad_(false)|]; }")]
    [InlineData("foreach (var (name, p) in model.named_parameters()) [|p.requires_grad = false|];")]
    [InlineData("foreach (var p in model.parameters().ToList()) { [|p.requires_grad = false|]; }")]
    public Task Warns_for_every_way_to_freeze(string freeze) => Verifier.Warns(Id, freeze + Loop);

    [Fact]
    public Task Warns_when_the_optimizer_is_made_later() => Verifier.Warns(Id, """
        var net = Linear(4, 1);
        foreach (var p in net.parameters()) [|p.requires_grad = false|];
        var adam = torch.optim.Adam(net.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(net.forward(x) + model.forward(x), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_freezes() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                [|Freeze(net)|];
                var adam = torch.optim.Adam(net.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }

            private static void Freeze(Module module)
            {
                module.train();
                foreach (var p in module.parameters()) p.requires_grad = false;
            }
        }
        """);

    [Fact]
    public Task Warns_for_the_frozen_part_that_the_optimizer_got() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public readonly Module<Tensor, Tensor> backbone = Linear(4, 8);
            public readonly Module<Tensor, Tensor> head = Linear(8, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(backbone.forward(x));
        }
        public sealed class Trainer
        {
            private readonly Net net = new();

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var p in net.backbone.parameters()) [|p.requires_grad = false|];
                var adam = torch.optim.Adam(net.backbone.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }
            }
        }
        """);

    [Theory]
    [InlineData("foreach (var p in model.parameters()) p.requires_grad = true;")]
    [InlineData("foreach (var (name, p) in model.named_parameters()) if (!name.StartsWith(\"last\")) p.requires_grad = false;")]
    [InlineData("foreach (var p in model.parameters().Skip(2)) p.requires_grad = false;")]
    [InlineData("if (data.Any()) foreach (var p in model.parameters()) p.requires_grad = false;")]
    [InlineData("foreach (var p in other.parameters()) p.requires_grad = false;")]
    [InlineData("foreach (var p in model.parameters()) p.requires_grad = false; foreach (var p in model.parameters().Take(2)) p.requires_grad = true;")]
    [InlineData("foreach (var p in model.parameters()) p.requires_grad = data.Any();")]
    public Task Silent_where_something_is_left_to_train(string freeze) => Verifier.Silent(Id, "var other = Linear(4, 1);\n" + freeze + Loop);

    [Fact]
    public Task Silent_when_the_optimizer_holds_the_head() => Verifier.Silent(Id, """
        var backbone = Linear(4, 8);
        var head = Linear(8, 1);
        foreach (var p in backbone.parameters()) p.requires_grad = false;
        var adam = torch.optim.Adam(head.parameters());
        foreach (var (x, y) in data)
        {
            adam.zero_grad();
            functional.mse_loss(head.forward(backbone.forward(x)), y).backward();
            adam.step();
        }
        """);

    [Fact]
    public Task Silent_when_a_new_head_is_put_on() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public Module<Tensor, Tensor> head = Linear(4, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public void Grow() => head = Linear(4, 1);

            public override Tensor forward(Tensor x) => head.forward(x);
        }
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data, bool grow)
            {
                var net = new Net();
                foreach (var p in net.parameters()) p.requires_grad = false;
                if (grow) net.Grow();
                else net.head = Linear(4, 1);
                var adam = torch.optim.Adam(net.parameters());
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
    public Task Silent_when_the_freezing_comes_after_the_training() => Verifier.Silent(Id, Loop.TrimStart() + """

        foreach (var p in model.parameters()) p.requires_grad = false;
        """);

    private const string Trainer = """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net;
            private optim.Optimizer sgd;

            public Trainer(Module<Tensor, Tensor> module, bool fixedBody)
            {
                net = module;
                BODY
            }

            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    sgd.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    sgd.step();
                }
            }
            MEMBERS
        }
        """;

    private static string InTrainer(string body, string members = "") => Trainer.Replace("BODY", body, StringComparison.Ordinal).Replace("MEMBERS", members, StringComparison.Ordinal);

    [Theory]
    [InlineData("foreach (var p in net.parameters()) [|p.requires_grad = false|]; sgd = optim.SGD(net.parameters(), 0.1);")]
    [InlineData("sgd = optim.SGD(module.parameters(), 0.1); foreach (var p in net.parameters()) [|p.requires_grad = false|];")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); foreach (var p in module.parameters()) [|p.requires_grad = false|];")]
    public Task Warns_in_a_constructor_when_another_method_steps(string constructor) => Verifier.Warns(Id, InTrainer(constructor));

    [Theory]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); if (fixedBody) foreach (var p in net.parameters()) p.requires_grad = false;", "")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); if (!fixedBody) return; foreach (var p in net.parameters()) p.requires_grad = false;", "")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); foreach (var p in net.parameters()) p.requires_grad = false;", "public void Thaw() { foreach (var p in net.parameters()) p.requires_grad = true; }")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); foreach (var p in net.parameters()) p.requires_grad = false;", "public void Head(Module<Tensor, Tensor> head) => sgd = optim.SGD(head.parameters(), 0.1);")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); foreach (var p in net.parameters()) p.requires_grad = false;", "public void Head(Module<Tensor, Tensor> head) => net.register_module(\"head\", head);")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); Fit([]); foreach (var p in net.parameters()) p.requires_grad = false;", "")]
    [InlineData("sgd = optim.SGD(net.parameters(), 0.1); foreach (var p in net.parameters()) p.requires_grad = false; sgd.add_param_group(new TorchSharp.Modules.SGD.ParamGroup(Linear(2, 2).parameters()));", "")]
    public Task Silent_in_a_constructor_where_something_may_be_left_to_train(string constructor, string members) => Verifier.Silent(Id, InTrainer(constructor, members));

    private const string Context = """
        internal sealed class Context
        {
            public required Module<Tensor, Tensor> Model { get; init; }
            public required optim.Optimizer Optimizer { get; init; }
        }

        internal sealed class Trainer(Context context)
        {
            public void Fit(List<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    context.Optimizer.zero_grad();
                    functional.mse_loss(context.Model.forward(x), y).backward();
                    context.Optimizer.step();
                }
            }
        }

        internal static class Start
        {
            public static void Run(List<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                var adam = optim.Adam(net.parameters());

        """;

    [Fact]
    public Task Warns_when_the_optimizer_is_handed_on_in_an_object() => Verifier.Warns(Id, Context + """
                foreach (var p in net.parameters()) [|p.requires_grad = false|];
                new Trainer(new Context { Model = net, Optimizer = adam }).Fit(data);
            }
        }
        """);

    [Fact]
    public Task Silent_when_it_has_been_handed_on_before() => Verifier.Silent(Id, Context + """
                new Trainer(new Context { Model = net, Optimizer = adam }).Fit(data);
                foreach (var p in net.parameters()) p.requires_grad = false;
            }
        }
        """);

    [Fact]
    public Task Warns_although_the_model_has_methods_of_its_own() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear inner = Linear(4, 4);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => inner.forward(x);

            public Tensor Sample() => inner.forward(randn(1, 4));
        }

        internal static class Start
        {
            public static void Run(List<(Tensor x, Tensor y)> data)
            {
                var net = new Net();
                var adam = optim.Adam(net.parameters());
                foreach (var p in net.parameters()) [|p.requires_grad = false|];
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    adam.step();
                }

                net.Sample();
            }
        }
        """);
}
