using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class ComponentsNotRegisteredTests
{
    private const string Id = "TL0301";

    private const string Net = """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8);
            private readonly Module<Tensor, Tensor> fc2 = Linear(8, 2);

            public [|Net|]() : base("Net")
            {
            }

            public override Tensor forward(Tensor x) => fc2.forward(fc1.forward(x).relu());
        }

        """;

    [Fact]
    public Task Names_the_class_and_its_first_component() => Verifier.Warns(Id, Net + """
        public static class Program
        {
            public static optim.Optimizer Run() => optim.Adam(new Net().parameters());
        }
        """, "'Net' never calls RegisterComponents(): its parameters() does not contain fc1, so the optimizer trains nothing, and train(), eval(), to() and save() do not reach it");

    [Theory]
    [InlineData("optim.SGD(net.parameters(), 0.1);")]
    [InlineData("foreach (var (name, p) in net.named_parameters()) Console.WriteLine(name);")]
    [InlineData("net.train();")]
    [InlineData("net.eval();")]
    [InlineData("net.to(CUDA);")]
    [InlineData("net.cuda();")]
    [InlineData("net.save(\"net.dat\");")]
    [InlineData("net.load(\"net.dat\");")]
    [InlineData("net.zero_grad();")]
    [InlineData("var state = net.state_dict();")]
    [InlineData("Module same = net; same.train();")]
    [InlineData("net?.eval();")]
    [InlineData("var all = Sequential(net, ReLU());")]
    public Task Warns_for_every_use_that_misses_the_components(string use) => Verifier.Warns(Id, Net + $$"""
        public static class Program
        {
            public static void Run()
            {
                var net = new Net();
                {{use}}
            }
        }
        """);

    [Fact]
    public Task Warns_on_a_class_without_a_constructor_and_on_a_parameter() => Verifier.Warns(Id, """
        public abstract class Layer(string name) : Module<Tensor, Tensor>(name)
        {
            protected Module<Tensor, Tensor> inner = Linear(2, 2);

            public override Tensor forward(Tensor x) => inner.forward(x);
        }

        public sealed class [|Scaled|]() : Module<Tensor, Tensor>("scaled")
        {
            private readonly Parameter scale = Parameter(torch.ones(1));

            public override Tensor forward(Tensor x) => x * scale;
        }

        public static class Program
        {
            public static void Run() => new Scaled().to(CUDA);
        }
        """);

    [Fact]
    public Task Warns_when_the_trainer_keeps_the_model_in_a_field() => Verifier.Warns(Id, Net + """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> model;
            private readonly optim.Optimizer optimizer;

            public Trainer()
            {
                model = new Net();
                optimizer = optim.Adam(model.parameters());
            }

            public void Learn(Tensor x)
            {
                optimizer.zero_grad();
                model.forward(x).mean().backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_another_file_makes_it_and_a_helper_trains_it() => Verifier.Warns(Id, "// file: Net.cs\n" + Net + """

        // file: Training.cs
        public static class Training
        {
            public static void Run() => Fit(Make());

            private static Net Make() => new();

            private static void Fit(Module<Tensor, Tensor> model)
            {
                model.train();
                using var adam = optim.Adam(model.parameters());
                adam.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Fixes_when_the_base_class_does_not_register_either() => Verifier.Fix(Id, """
        public abstract class Base(string name) : Module<Tensor, Tensor>(name)
        {
            public void Print() => Console.WriteLine(GetName());
        }

        public sealed class Derived : Base
        {
            private readonly Module<Tensor, Tensor> conv;

            public [|Derived|](int channels) : base(nameof(Derived))
            {
                conv = Conv2d(channels, 8, 3);
            }

            public override Tensor forward(Tensor x) => conv.forward(x);
        }

        public static class Program
        {
            public static void Run() => new Derived(3).eval();
        }
        """, """
        public abstract class Base(string name) : Module<Tensor, Tensor>(name)
        {
            public void Print() => Console.WriteLine(GetName());
        }

        public sealed class Derived : Base
        {
            private readonly Module<Tensor, Tensor> conv;

            public Derived(int channels) : base(nameof(Derived))
            {
                conv = Conv2d(channels, 8, 3);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => conv.forward(x);
        }

        public static class Program
        {
            public static void Run() => new Derived(3).eval();
        }
        """);

    [Fact]
    public Task Fixes_when_the_class_uses_itself_as_a_root() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 2);
            private readonly optim.Optimizer optimizer;

            public [|Net|](Device device) : base(nameof(Net))
            {
                this.to(device);
                optimizer = optim.SGD(parameters(), 0.1);
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 2);
            private readonly optim.Optimizer optimizer;

            public Net(Device device) : base(nameof(Net))
            {
                RegisterComponents();
                this.to(device);
                optimizer = optim.SGD(parameters(), 0.1);
            }

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Warns_in_top_level_statements_with_a_list_of_modules() => Verifier.Warns(Id, """
        // file: Program.cs
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var net = new Stack();
        var adam = optim.Adam(net.parameters());
        adam.zero_grad();

        internal sealed class Stack : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> layers = ModuleList<Module<Tensor, Tensor>>(Linear(2, 2), Linear(2, 1));

            public [|Stack|]() : base(nameof(Stack))
            {
            }

            public override Tensor forward(Tensor x)
            {
                foreach (var layer in layers)
                    x = layer.forward(x);
                return x;
            }
        }
        """);

    [Fact]
    public Task Fixes_when_it_sits_only_in_a_list_that_another_module_does_not_register() => Verifier.Fix(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> linear = Linear(2, 2);

            public [|Block|]() : base(nameof(Block)) { }

            public override Tensor forward(Tensor x) => linear.forward(x);
        }

        public static class Builder
        {
            public static Module<Tensor, Tensor> Make() => Sequential(("a", new Block()), ("b", new Block()));
        }
        """, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> linear = Linear(2, 2);

            public Block() : base(nameof(Block)) { RegisterComponents(); }

            public override Tensor forward(Tensor x) => linear.forward(x);
        }

        public static class Builder
        {
            public static Module<Tensor, Tensor> Make() => Sequential(("a", new Block()), ("b", new Block()));
        }
        """);

    [Fact]
    public Task Suggests_on_a_public_module_of_a_library_that_nobody_uses_here() => Verifier.Warns(Id, Net,
        "'Net' never calls RegisterComponents(): unless another module holds it, its parameters() does not contain fc1",
        options: new() { Severity = DiagnosticSeverity.Info });

    [Theory]
    [InlineData("public Net() : base(\"Net\") => RegisterComponents();")]
    [InlineData("public Net() : base(\"Net\") { this.RegisterComponents(); }")]
    [InlineData("public Net() : base(\"Net\") { Finish(); }\n    private void Finish() => RegisterComponents();")]
    [InlineData("public Net() : base(\"Net\") { register_module(\"fc1\", fc1); }")]
    [InlineData("public Net() : this(true) { }\n    public Net(bool deep) : base(\"Net\") { RegisterComponents(); }")]
    public Task Silent_when_the_components_are_registered(string constructor) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc1 = Linear(4, 8);

            {{constructor}}

            public override Tensor forward(Tensor x) => fc1.forward(x);
        }

        public static class Program
        {
            public static optim.Optimizer Run() => optim.Adam(new Net().parameters());
        }
        """);

    [Fact]
    public Task Silent_when_each_of_a_list_is_registered_by_hand() => Verifier.Silent(Id, """
        public sealed class Stack : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> head;
            private readonly List<Module<Tensor, Tensor>> layers = [];

            public Stack(int depth) : base(nameof(Stack))
            {
                register_module("head", head = Linear(2, 2));
                for (var i = 0; i < depth; i++)
                {
                    layers.Add(Linear(2, 2));
                    register_module($"layer{i}", layers[i]);
                }
            }

            public override Tensor forward(Tensor x) => layers.Aggregate(head.forward(x), (t, layer) => layer.forward(t));
        }

        public static class Program
        {
            public static void Run() => new Stack(3).train();
        }
        """);

    [Fact]
    public Task Silent_when_the_parent_registers_it() => Verifier.Silent(Id, """
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> linear = Linear(2, 2);

            public Block() : base(nameof(Block)) { }

            public override Tensor forward(Tensor x) => linear.forward(x);
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Block first = new();
            private readonly Block second;

            public Net() : base(nameof(Net))
            {
                second = new Block();
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => second.forward(first.forward(x));
        }

        public static class Program
        {
            public static optim.Optimizer Run() => optim.Adam(new Net().parameters());
        }
        """);

    [Fact]
    public Task Silent_on_an_abstract_base_whose_subclass_registers() => Verifier.Silent(Id, """
        public abstract class Backbone(string name) : Module<Tensor, Tensor>(name)
        {
            protected readonly Module<Tensor, Tensor> stem = Linear(2, 2);
        }

        public sealed class Small : Backbone
        {
            private readonly Module<Tensor, Tensor> head = Linear(2, 1);

            public Small() : base(nameof(Small)) => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(stem.forward(x));
        }

        public static class Program
        {
            public static void Run() => new Small().train();
        }
        """);

    [Fact]
    public Task Silent_when_the_base_class_registers() => Verifier.Silent(Id, """
        public abstract class Registered : Module<Tensor, Tensor>
        {
            protected Registered(string name) : base(name)
            {
                Build();
                RegisterComponents();
            }

            protected abstract void Build();
        }

        public sealed class Net() : Registered(nameof(Net))
        {
            private Module<Tensor, Tensor>? layer;

            protected override void Build() => layer = Linear(2, 2);

            public override Tensor forward(Tensor x) => layer!.forward(x);
        }

        public static class Program
        {
            public static void Run() => new Net().train();
        }
        """);

    [Theory]
    [InlineData("private readonly Module<Tensor, Tensor> relu = ReLU();")]
    [InlineData("private readonly Tensor mask = torch.ones(4);")]
    [InlineData("private readonly int width = 4;")]
    [InlineData("private static readonly Module<Tensor, Tensor> shared = Linear(2, 2);")]
    [InlineData("private readonly Loss<Tensor, Tensor, Tensor> loss = MSELoss();")]
    public Task Silent_when_there_is_nothing_to_register(string field) => Verifier.Silent(Id, $$"""
        public sealed class Plain : Module<Tensor, Tensor>
        {
            {{field}}

            public Plain() : base(nameof(Plain)) { }

            public override Tensor forward(Tensor x) => x.relu();
        }

        public static class Program
        {
            public static void Run() => new Plain().train();
        }
        """);

    [Fact]
    public Task Silent_on_a_trainer_that_is_no_module() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> policy = Linear(4, 2);
            private readonly Module<Tensor, Tensor> value = Linear(4, 1);
            private readonly optim.Optimizer optimizer;

            public Agent() => optimizer = optim.Adam(policy.parameters().Concat(value.parameters()));
        }
        """);

    [Fact]
    public Task Silent_on_a_module_of_an_executable_that_nobody_makes() => Verifier.Silent(Id, "// file: Net.cs\nusing TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n\nConsole.WriteLine();\n\n" + Net.Replace("[|Net|]", "Net", StringComparison.Ordinal));

    [Fact]
    public Task Silent_when_another_part_of_the_class_registers() => Verifier.Silent(Id, """
        // file: Net.cs
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 2);

            public Net() : base(nameof(Net)) => Initialize();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        // file: Net.Initialize.cs
        public sealed partial class Net
        {
            private void Initialize() => RegisterComponents();

            public static void Run() => new Net().train();
        }
        """);

    [Fact]
    public Task Silent_on_a_loss_of_ones_own_that_holds_another() => Verifier.Silent(Id, """
        public sealed class Weighted : Module<Tensor, Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor, Tensor> inner = MSELoss();

            public Weighted() : base(nameof(Weighted)) { }

            public override Tensor forward(Tensor input, Tensor target) => 2 * inner.forward(input, target);
        }

        public static class Program
        {
            public static void Run() => new Weighted().to(CUDA);
        }
        """);

    [Fact]
    public Task Warns_when_only_a_buffer_is_registered() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers = Sequential(Linear(2, 3), ReLU());

            public [|Net|]() : base(nameof(Net)) => register_buffer("mask", ones(2));

            public override Tensor forward(Tensor x) => layers.forward(x);

            public static void Run() => optim.SGD(new Net().parameters(), 0.1);
        }
        """);

    [Fact]
    public Task Silent_when_the_only_parameter_is_registered_by_hand() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Parameter scale = Parameter(ones(2));

            public Net() : base(nameof(Net)) => register_parameter("scale", scale);

            public override Tensor forward(Tensor x) => x * scale;

            public static void Run() => optim.SGD(new Net().parameters(), 0.1);
        }
        """);

    [Fact]
    public Task Warns_when_only_a_nested_class_registers() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Block block = new();

            public [|Net|]() : base(nameof(Net)) { }

            public override Tensor forward(Tensor x) => block.forward(x);

            public static void Run() => optim.SGD(new Net().parameters(), 0.1);

            private sealed class Block : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> layer = Linear(2, 3);

                public Block() : base(nameof(Block)) => RegisterComponents();

                public override Tensor forward(Tensor x) => layer.forward(x);
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_static_factory_hands_it_out() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            private [|Net|](int width) : base(nameof(Net)) => layer = Linear(2, width);

            public static Net Small() => new Net(3);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        internal static class Program
        {
            public static void Run()
            {
                var net = Net.Small();
                optim.SGD(net.parameters(), 0.1);
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_factory_hands_it_out_through_its_interface() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public [|Net|](int width) : base(nameof(Net)) => layer = Linear(2, width);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        internal interface INets
        {
            Module<Tensor, Tensor> Make(int width);
        }

        internal sealed class Nets : INets
        {
            public Module<Tensor, Tensor> Make(int width) => new Net(width);
        }

        internal static class Program
        {
            public static void Run(INets nets)
            {
                var net = nets.Make(3).to(CPU);
                optim.SGD(net.parameters(), 0.1);
            }
        }
        """);

    [Fact]
    public Task Silent_when_who_calls_the_interface_only_runs_it() => Verifier.Silent(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public Net(int width) : base(nameof(Net)) => layer = Linear(2, width);

            public override Tensor forward(Tensor x) => layer.forward(x);
        }

        internal interface INets
        {
            Module<Tensor, Tensor> Make(int width);
        }

        internal sealed class Nets : INets
        {
            public Module<Tensor, Tensor> Make(int width) => new Net(width);
        }

        internal static class Program
        {
            public static Tensor Run(INets nets, Tensor x) => nets.Make(3).forward(x);
        }
        """);

    [Fact]
    public Task Warns_when_a_method_of_its_own_passes_it_on() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(2, 3);

            public [|Net|]() : base(nameof(Net)) { }

            public override Tensor forward(Tensor x) => layer.forward(x);

            public Net Named(string name)
            {
                Console.WriteLine(name);
                return this;
            }
        }

        internal static class Program
        {
            public static void Run()
            {
                var net = new Net().Named("small");
                optim.SGD(net.parameters(), 0.1);
            }
        }
        """);

    [Theory]
    [InlineData("[|Net|]", "Parameter(ones(3))")]
    [InlineData("Net", "ones(3)")]
    public Task Warns_when_a_tensor_field_holds_a_parameter_and_only_then(string constructor, string value)
    {
        var source = $$"""
            internal sealed class Net : Module<Tensor, Tensor>
            {
                private readonly Tensor scale;

                public {{constructor}}() : base(nameof(Net)) => scale = {{value}};

                public override Tensor forward(Tensor x) => x * scale;

                public static void Run() => optim.SGD(new Net().parameters(), 0.1);
            }
            """;
        return constructor == "Net" ? Verifier.Silent(Id, source) : Verifier.Warns(Id, source);
    }

    [Fact]
    public Task Warns_when_a_lambda_makes_it_for_a_sequence_of_layers() => Verifier.Warns(Id, """
        internal sealed class Deep : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;

            private Deep(Func<long, Module<Tensor, Tensor>> block, int count) : base(nameof(Deep))
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                for (var i = 0; i < count; i++) modules.Add(($"block{i}", block(4)));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public static Deep Small() => new(width => new Block(width), 2);

            public override Tensor forward(Tensor x) => layers.forward(x);

            private sealed class Block : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> layer;

                public [|Block|](long width) : base(nameof(Block)) => layer = Linear(width, width);

                public override Tensor forward(Tensor x) => layer.forward(x);
            }
        }
        """);

    [Fact]
    public Task Fixes_the_one_of_two_constructors_that_forgets() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public Net() : base(nameof(Net))
            {
                layer = Linear(2, 2);
                RegisterComponents();
            }

            public [|Net|](int width) : base(nameof(Net))
            {
                layer = Linear(width, 2);
            }

            public override Tensor forward(Tensor x) => layer.forward(x);

            public static void Run() => optim.SGD(new Net(3).parameters(), 0.1);
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public Net() : base(nameof(Net))
            {
                layer = Linear(2, 2);
                RegisterComponents();
            }

            public Net(int width) : base(nameof(Net))
            {
                layer = Linear(width, 2);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layer.forward(x);

            public static void Run() => optim.SGD(new Net(3).parameters(), 0.1);
        }
        """);

    [Theory]
    [InlineData(": base(nameof(Net)) { layer = Linear(width, 2); }", "new Net()")]
    [InlineData(": this() { layer = Linear(width, 2); }", "new Net(3)")]
    [InlineData(": base(nameof(Net)) { layer = Linear(width, 2); Finish(); }", "new Net(3)")]
    public Task Silent_on_a_second_constructor_that_is_harmless(string rest, string use) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer;

            public Net() : base(nameof(Net))
            {
                layer = Linear(2, 2);
                RegisterComponents();
            }

            public Net(int width) {{rest}}

            private void Finish() => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);

            public static void Run() => optim.SGD({{use}}.parameters(), 0.1);
        }
        """);
}
