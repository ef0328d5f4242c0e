using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class ParameterInTwoGroupsTests
{
    private const string Id = "TL0510";

    private const string Net = """
        public sealed class Net : Module<Tensor, Tensor>
        {
            public readonly Module<Tensor, Tensor> backbone = Linear(4, 8);
            public readonly Module<Tensor, Tensor> head = Linear(8, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(backbone.forward(x));
        }

        """;

    [Fact]
    public Task Names_the_other_group() => Verifier.Warns(Id, """
        var sgd = new SGD(new[]
        {
            new SGD.ParamGroup({|#0:model.parameters()|}, lr: 0.01),
            new SGD.ParamGroup([|model.parameters()|], lr: 0.1),
        }, 0.1);
        """, "'model.parameters()' takes parameters that another group ('model') holds already: each step moves them twice");

    [Theory]
    [InlineData("new List<Adam.ParamGroup> { new({|#0:net.parameters()|}), new([|net.head.parameters()|], lr: 0.1) }")]
    [InlineData("[new Adam.ParamGroup({|#0:net.head.parameters()|}), new Adam.ParamGroup([|net.parameters()|])]")]
    public Task Warns_for_a_part_and_the_whole(string groups) => Verifier.Warns(Id, Net + $$"""
        public static class Training
        {
            public static torch.optim.Optimizer Make(Net net) => new Adam((IEnumerable<Adam.ParamGroup>){{groups}});
        }
        """.Replace("(IEnumerable<Adam.ParamGroup>)", ""));

    [Theory]
    [InlineData("{|#0:net.parameters()|}.Concat([|net.head.parameters()|])")]
    [InlineData("[.. {|#0:net.parameters()|}, .. [|net.head.parameters()|]]")]
    [InlineData("{|#0:net.parameters()|}.Concat([|net.parameters()|]).ToList()")]
    public Task Warns_for_one_list_of_both(string parameters) => Verifier.Warns(Id, Net + $$"""
        public static class Training
        {
            public static torch.optim.Optimizer Make(Net net) => torch.optim.Adam({{parameters}});
        }
        """.Replace("torch.optim.Adam([..", "torch.optim.Adam((Parameter[])[.."));

    [Fact]
    public Task Warns_for_a_group_added_to_the_whole() => Verifier.Warns(Id, Net + """
        public static class Training
        {
            public static void Run(Net net)
            {
                var sgd = {|#0:torch.optim.SGD(net.parameters(), 0.1)|};
                sgd.add_param_group(new SGD.ParamGroup([|net.head.parameters()|], lr: 0.01));
            }
        }
        """);

    [Fact]
    public Task Warns_for_two_optimizers_that_step_for_one_backward() => Verifier.Warns(Id, Net + """
        public sealed class Trainer
        {
            private readonly Net net = new();

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var slow = {|#0:torch.optim.SGD(net.parameters(), 0.01)|};
                var fast = [|torch.optim.Adam(net.head.parameters())|];
                foreach (var (x, y) in data)
                {
                    slow.zero_grad();
                    fast.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    slow.step();
                    fast.step();
                }
            }
        }
        """, "'fast' takes parameters that 'slow' holds already: each step moves them twice");

    [Theory]
    [InlineData("new SGD(new[] { new SGD.ParamGroup(net.backbone.parameters(), lr: 0.01), new SGD.ParamGroup(net.head.parameters()) }, 0.1)")]
    [InlineData("torch.optim.Adam(net.backbone.parameters().Concat(net.head.parameters()))")]
    [InlineData("torch.optim.Adam(net.parameters().Where(p => p.requires_grad).Concat(net.head.parameters().Skip(1)))")]
    [InlineData("torch.optim.Adam(net.parameters())")]
    public Task Silent_for_parts_that_are_apart(string creation) => Verifier.Silent(Id, Net + $$"""
        public static class Training
        {
            public static torch.optim.Optimizer Make(Net net) => {{creation}};
        }
        """);

    [Fact]
    public Task Silent_for_gradual_unfreezing() => Verifier.Silent(Id, Net + """
        public static class Training
        {
            public static void Run(Net net)
            {
                var sgd = torch.optim.SGD(net.head.parameters(), 0.1);
                sgd.add_param_group(new SGD.ParamGroup(net.backbone.parameters(), lr: 0.01));
                var rest = torch.optim.SGD(net.parameters().Where(p => p.requires_grad), 0.1);
                rest.add_param_group(new SGD.ParamGroup(net.backbone.parameters(), lr: 0.01));
            }
        }
        """);

    [Theory]
    [InlineData("slow.step(); slow.zero_grad(); Loss(x, y).backward(); fast.step();")]
    [InlineData("if (data.Any()) slow.step(); else fast.step();")]
    [InlineData("slow.step(); if (data.Any()) fast.step();")]
    [InlineData("fast.step();")]
    public Task Silent_when_they_do_not_share_gradients(string steps) => Verifier.Silent(Id, Net + $$"""
        public sealed class Trainer
        {
            private readonly Net net = new();

            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var slow = torch.optim.SGD(net.parameters(), 0.01);
                var fast = torch.optim.Adam(net.head.parameters());
                foreach (var (x, y) in data)
                {
                    slow.zero_grad();
                    fast.zero_grad();
                    Loss(x, y).backward();
                    {{steps}}
                }
            }

            private Tensor Loss(Tensor x, Tensor y) => functional.mse_loss(net.forward(x), y);
        }
        """);

    private static string Groups(string first, string second) => $$"""
        public static class Training
        {
            public static optim.Optimizer Make(Module<Tensor, Tensor> model)
            {
                var decayed = model.parameters().Where(p => p.dim() >= 2);
                var others = model.parameters().Where(p => p.dim() < 2);
                var groups = model.named_parameters().ToLookup(p => p.name.Contains("bias"), p => p.parameter);
                Console.WriteLine(decayed.Count() + others.Count() + groups.Count);
                return optim.AdamW(new[]
                {
                    new TorchSharp.Modules.AdamW.ParamGroup({{first}}),
                    new TorchSharp.Modules.AdamW.ParamGroup({{second}}),
                });
            }

            private static IEnumerable<TorchSharp.Modules.Parameter> Next(Module model) => model.parameters().Skip(Random.Shared.Next(2));
        }
        """;

    [Theory]
    [InlineData("decayed", "[|decayed|]")]
    [InlineData("groups[false]", "[|groups[false]|]")]
    public Task Warns_when_two_groups_are_the_same_query(string first, string second) => Verifier.Warns(Id, Groups(first, second));

    [Theory]
    [InlineData("decayed", "others")]
    [InlineData("groups[false]", "groups[true]")]
    [InlineData("Next(model)", "Next(model)")]
    public Task Silent_when_two_groups_are_queries_of_their_own(string first, string second) => Verifier.Silent(Id, Groups(first, second));

    private static string Fields(string first, string second, string between) => $$"""
        public sealed class Translator
        {
            private readonly Module<Tensor, Tensor> encoder = Linear(4, 4), decoder = Linear(4, 2);
            private readonly optim.Optimizer encoderOptimizer, decoderOptimizer;

            public Translator()
            {
                encoderOptimizer = optim.Adam({{first}}.parameters());
                decoderOptimizer = {{second}};
            }

            public void Train(List<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    encoderOptimizer.zero_grad();
                    decoderOptimizer.zero_grad();
                    functional.mse_loss(decoder.forward(encoder.forward(x)), y).backward();
                    encoderOptimizer.step();
                    {{between}}
                    decoderOptimizer.step();
                }
            }
        }
        """;

    [Fact]
    public Task Warns_when_two_fields_step_the_same_module() => Verifier.Warns(Id, Fields("decoder", "[|optim.Adam(decoder.parameters())|]", ""));

    [Theory]
    [InlineData("encoder", "")]
    [InlineData("decoder", "decoderOptimizer.zero_grad();")]
    public Task Silent_when_two_fields_step_apart(string first, string between) => Verifier.Silent(Id, Fields(first, "optim.Adam(decoder.parameters())", between));
}
