using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class ForwardSkipsHooksTests
{
    private const string Id = "TL0313";

    [Fact]
    public Task Names_the_module() => Verifier.Warns(Id, """
        var layer = Linear(2, 2);
        layer.register_forward_hook((m, x, y) => { Console.WriteLine(y.shape.Length); return y; });
        foreach (var (x, _) in data) [|layer.forward(x)|].sum();
        """, "'forward()' runs 'layer' without its hooks: only call() runs what register_forward_hook() has registered");

    [Fact]
    public Task Warns_when_the_hook_is_set_in_another_class_than_the_module_is_run() => Verifier.Warns(Id, """
        // file: Net.cs
        public sealed class Net : Module<Tensor, Tensor>
        {
            public readonly Module<Tensor, Tensor> Encoder = Linear(2, 2);
            private readonly Module<Tensor, Tensor> head = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward([|Encoder.forward(x)|]);
        }
        // file: Probe.cs
        public static class Probe
        {
            public static void Watch(Net net) => net.Encoder.register_forward_pre_hook((m, x) => x);
        }
        """);

    [Fact]
    public Task Warns_on_every_instance_of_a_hooked_class_and_on_all_where_all_are_hooked() => Verifier.Warns(Id, """
        // file: Blocks.cs
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> inner = Linear(2, 2);

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => [|inner.forward(x)|];
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Block block = new();

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => [|block.forward(x)|];

            public void Watch()
            {
                foreach (var module in modules())
                    if (module is Module<Tensor, Tensor> one) one.register_forward_hook((m, x, y) => y);
            }
        }
        """);

    [Theory]
    [InlineData("y = layer.call(x);")]
    [InlineData("y = other.forward(x);")]
    [InlineData("y = model.forward(x);")]
    public Task Silent_when_the_hooks_run_or_are_those_of_another(string code) => Verifier.Silent(Id, $$"""
        var layer = Linear(2, 2);
        var other = Linear(2, 2);
        layer.register_forward_hook((m, x, y) => y);
        foreach (var (x, _) in data)
        {
            Tensor y;
            {{code}}
            y.sum();
        }
        """);

    [Fact]
    public Task Silent_without_hooks_and_on_calls_of_the_own_and_the_base_class() => Verifier.Silent(Id, """
        public class Net : Module<Tensor, Tensor>
        {
            protected readonly Linear layer = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        public sealed class Deep : Net
        {
            public override Tensor forward(Tensor x) => base.forward(base.forward(x));

            public Tensor Twice(Tensor x) => this.forward(forward(x));

            public void Watch() => register_forward_hook((m, x, y) => y);
        }
        """);

    [Fact]
    public Task Fixes_by_calling() => Verifier.Fix(Id, """
        var layer = Linear(2, 2);
        layer.register_forward_hook((m, x, y) => y);
        foreach (var (x, y) in data)
        {
            var a = [|layer.forward(x)|]; // hidden
            var b = [|layer
                .forward(a)|];
            b.sum();
        }
        """, """
        var layer = Linear(2, 2);
        layer.register_forward_hook((m, x, y) => y);
        foreach (var (x, y) in data)
        {
            var a = layer.call(x); // hidden
            var b = layer
                .call(a);
            b.sum();
        }
        """);
}
