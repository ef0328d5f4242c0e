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
}
