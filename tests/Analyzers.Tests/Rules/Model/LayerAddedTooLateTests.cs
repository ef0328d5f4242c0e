using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class LayerAddedTooLateTests
{
    private const string Id = "TL0318";

    [Fact]
    public Task Names_the_list_and_points_at_the_copy() => Verifier.Warns(Id, """
        var modules = new List<Module<Tensor, Tensor>> { Linear(4, 8), Linear(8, 2) };
        var net = {|#0:Sequential(modules)|};
        [|modules.Add(ReLU())|];
        """, "'modules.Add(…)' comes too late: 'Sequential(…)' has copied 'modules' before, so the layer is in no network");

    [Fact]
    public Task Warns_in_a_residual_block() => Verifier.NoFix(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;
            private readonly Module<Tensor, Tensor> shortcut;

            public Block(string name, int inputs, int outputs) : base(name)
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                modules.Add(($"{name}-1", Conv2d(inputs, outputs, 3, padding: 1, bias: false)));
                modules.Add(($"{name}-2", BatchNorm2d(outputs)));
                layers = {|#0:Sequential(modules)|};
                if (inputs != outputs)
                    shortcut = Sequential(("conv", Conv2d(inputs, outputs, 1)), ("norm", BatchNorm2d(outputs)));
                else
                    shortcut = Sequential();

                [|modules.Add(($"{name}-3", ReLU(inplace: true)))|];
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.forward(x).add_(shortcut.forward(x));
        }
        """);

    [Fact]
    public Task Warns_where_an_array_is_made_of_the_list() => Verifier.Warns(Id, """
        // top-level
        List<Module<Tensor, Tensor>> modules = [Linear(4, 8)];
        var net = {|#0:Sequential(modules.ToArray())|};
        if (args.Length > 0)
            [|modules.AddRange([ReLU(), Linear(8, 2)])|];
        """);

    [Fact]
    public Task Warns_in_a_lambda() => Verifier.Warns(Id, """
        Func<int, Sequential> make = width =>
        {
            var modules = new List<Module<Tensor, Tensor>> { Linear(4, width) };
            var net = {|#0:Sequential(modules)|};
            [|modules.Insert(0, Flatten())|];
            return net;
        };
        """);

    [Theory]
    [InlineData("modules.Add(ReLU());\nvar net = Sequential(modules);")]
    [InlineData("var net = Sequential(modules);\nmodules.Add(ReLU());\nvar deeper = Sequential(modules);")]
    [InlineData("var net = Sequential(modules);\nmodules.Add(ReLU());\nforeach (var m in modules) m.train();")]
    [InlineData("var net = Sequential(modules);\nmodules = new();\nmodules.Add(ReLU());")]
    [InlineData("for (var i = 0; i < 3; i++)\n{\n    var net = Sequential(modules);\n    modules.Add(ReLU());\n}")]
    [InlineData("Sequential net;\nif (data.Any())\n    net = Sequential(modules);\nelse\n    modules.Add(ReLU());")]
    [InlineData("var net = Sequential(modules);\nvar names = new List<string>();\nnames.Add(\"net\");")]
    [InlineData("var net = Sequential(modules);\nAction more = () => modules.Add(ReLU());")]
    public Task Silent_where_the_layer_may_get_somewhere(string code) => Verifier.Silent(Id, $$"""
        var modules = new List<Module<Tensor, Tensor>> { Linear(4, 8) };
        {{code}}
        """);

    [Fact]
    public Task Silent_when_one_way_returns() => Verifier.Silent(Id, """
        public static class Nets
        {
            public static Sequential Of(bool deep)
            {
                var modules = new List<Module<Tensor, Tensor>> { Linear(4, 8) };
                if (!deep) return Sequential(modules);
                modules.Add(ReLU());
                modules.Add(Linear(8, 8));
                return Sequential(modules.ToArray());
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_list_that_others_see() => Verifier.Silent(Id, """
        public sealed class Builder
        {
            private readonly List<Module<Tensor, Tensor>> modules = [Linear(4, 8)];

            public Sequential Take()
            {
                var net = Sequential(modules);
                modules.Add(ReLU());
                return net;
            }
        }
        """);
}
