using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class SubmodulesInPlainCollectionTests
{
    private const string Id = "TL0302";

    [Fact]
    public Task Names_the_field_the_collection_and_what_is_in_it() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Module<Tensor, Tensor>> [|layers|] = new();
            private readonly Module<Tensor, Tensor> head = Linear(8, 2);

            public Net(int depth) : base(nameof(Net))
            {
                for (var i = 0; i < depth; i++)
                    layers.Add(Linear(8, 8));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                foreach (var layer in layers)
                    x = layer.forward(x).relu();
                return head.forward(x);
            }
        }
        """, "'layers' is a plain List, and RegisterComponents() does not look inside: parameters() misses the Linear in it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it");

    [Fact]
    public Task Says_what_matters_where_there_is_only_dropout() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor>[] [|drops|] = { ReLU(), Dropout(0.1) };

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => drops[1].forward(drops[0].forward(x));
        }
        """, "'drops' is a plain array, and RegisterComponents() does not look inside: eval() does not reach the Dropout in it, which stays active in evaluation");

    [Theory]
    [InlineData("List<Linear> [|layers|] = new List<Linear> { Linear(2, 2), Linear(2, 2) };")]
    [InlineData("List<Linear> [|layers|] = [Linear(2, 2)];")]
    [InlineData("Linear[] [|layers|] = { Linear(2, 2), Linear(2, 2) };")]
    [InlineData("Module<Tensor, Tensor>[] [|layers|] = new[] { Linear(2, 2), (Module<Tensor, Tensor>)ReLU() };")]
    [InlineData("IReadOnlyList<Linear> [|layers|] = Enumerable.Range(0, 3).Select(_ => Linear(2, 2)).ToArray();")]
    [InlineData("IEnumerable<IModule<Tensor, Tensor>> [|layers|] = new List<IModule<Tensor, Tensor>> { Linear(2, 2) };")]
    [InlineData("List<Module<Tensor, Tensor>> [|layers|] = new() { Sequential(Linear(2, 2), ReLU()) };")]
    [InlineData("List<Module<Tensor, Tensor>> [|layers|] = new() { ReLU(), Dropout(0.1) };")]
    public Task Warns_on_every_plain_collection(string field) => Verifier.Warns(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly {{field}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => Run(x);

            private Tensor Run(Tensor x)
            {
                foreach (var layer in layers) x = layer.call(x);
                return x;
            }
        }
        """);

    [Fact]
    public Task Warns_on_a_dictionary_a_tuple_and_a_list_of_parameters() => Verifier.Warns(Id, """
        public sealed class Heads : Module<Tensor, Tensor>
        {
            private readonly Dictionary<string, Module<Tensor, Tensor>> [|heads|] = new();
            private readonly (Linear Left, Linear Right) [|pair|];
            private readonly List<Parameter> [|scales|] = new();

            public Heads() : base(nameof(Heads))
            {
                heads["a"] = Linear(2, 2);
                heads.Add("b", Linear(2, 2));
                pair = (Linear(2, 2), Linear(2, 2));
                scales.Add(new Parameter(ones(2)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => heads["a"].forward(pair.Left.forward(x)) * scales[0];
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_fills_a_list_of_blocks_of_its_own_in_another_part() => Verifier.Warns(Id, """
        // file: Net.cs
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            private Block[] [|blocks|];

            public Net(int depth) : base(nameof(Net))
            {
                Build(depth);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < blocks.Length; i++) x = blocks[i].forward(x);
                return x;
            }
        }
        // file: Net.Build.cs
        public sealed partial class Net
        {
            private void Build(int depth)
            {
                blocks = new Block[depth];
                for (var i = 0; i < depth; i++)
                {
                    var block = new Block();
                    blocks[i] = block;
                }
            }
        }
        // file: Block.cs
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Linear inner = Linear(2, 2);

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => inner.forward(x);
        }
        """.Replace("private Block[] [|blocks|]", "private Block[] [|blocks|] = []", StringComparison.Ordinal));

    [Fact]
    public Task Warns_when_a_local_list_is_kept_and_a_factory_makes_its_layers() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            private readonly IList<Module<Tensor, Tensor>> [|stages|];

            public Net() : base(nameof(Net))
            {
                var made = new List<Module<Tensor, Tensor>>();
                for (var i = 0; i < 3; i++) made.Add(Layers.Make(i));
                stages = made.ToList();
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => stages.Aggregate(x, (t, stage) => stage.forward(t));
        }

        internal static class Layers
        {
            public static Module<Tensor, Tensor> Make(int width) => Sequential(Conv2d(width, width, 3), ReLU());
        }
        """);

    [Fact]
    public Task Warns_when_the_module_asks_for_its_own_parameters_and_another_class_has_a_list_of_that_name() => Verifier.Warns(Id, """
        internal sealed class Net : Module<Tensor, Tensor>
        {
            internal readonly List<Linear> [|layers|] = new() { Linear(2, 2) };

            public Net() : base(nameof(Net))
            {
                RegisterComponents();
                foreach (var (name, p) in named_parameters()) Console.WriteLine(name + layers.Count);
            }

            public override Tensor forward(Tensor x) => layers[0].forward(x);
        }

        internal static class Other
        {
            public static int Count(List<Linear> layers) => layers.SelectMany(l => l.parameters()).Count();
        }
        """);

    [Fact]
    public Task Warns_on_a_module_without_forward_of_that_name() => Verifier.Warns(Id, """
        internal sealed class Pair : Module
        {
            public Linear[] [|Towers|] { get; } = { Linear(2, 2), Linear(2, 2) };

            public Pair() : base(nameof(Pair)) => RegisterComponents();

            public (Tensor, Tensor) Encode(Tensor a, Tensor b) => (Towers[0].forward(a), Towers[1].forward(b));
        }
        """);

    [Theory]
    [InlineData("foreach (var layer in layers) register_module(layer.GetName(), layer);")]
    [InlineData("for (var i = 0; i < 2; i++) add_module(i.ToString(), layers[i]);")]
    [InlineData("Keep();")]
    public Task Silent_when_each_is_registered_by_hand(string statement) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Linear> layers = new() { Linear(2, 2), Linear(2, 2) };

            public Net() : base(nameof(Net))
            {
                {{statement}}
                RegisterComponents();
            }

            private void Keep() => register_module("all", ModuleList(layers.ToArray()));

            public override Tensor forward(Tensor x) => layers[1].forward(layers[0].forward(x));
        }
        """);

    [Theory]
    [InlineData("ModuleList<Linear> layers = new(Linear(2, 2));")]
    [InlineData("IList<Linear> layers = ModuleList<Linear>(Linear(2, 2));")]
    [InlineData("IEnumerable<Linear> layers = new ModuleList<Linear>(Linear(2, 2));")]
    [InlineData("List<ReLU> layers = new() { ReLU() };")]
    [InlineData("List<Loss<Tensor, Tensor, Tensor>> losses = new() { MSELoss() };\n    private readonly List<Module<Tensor, Tensor>> layers = new() { ReLU(), Tanh() };")]
    [InlineData("List<Tensor> masks = new() { ones(2) };\n    private readonly List<Identity> layers = [];")]
    [InlineData("Func<Module<Tensor, Tensor>>[] makers = { () => Linear(2, 2) };\n    private readonly List<Module<Tensor, Tensor>> layers = [];")]
    public Task Silent_on_collections_that_are_registered_or_need_not_be(string field) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly {{field}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                foreach (var layer in layers) x = layer.call(x);
                return x;
            }
        }
        """);

    [Theory]
    [InlineData("all = Sequential(layers.ToArray());")]
    [InlineData("all = new Keeper(layers);")]
    [InlineData("all = Sequential([.. layers]);")]
    [InlineData("foreach (var layer in layers) kept.Add(layer);")]
    public Task Silent_when_the_list_goes_into_something_that_registers(string statement) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Module<Tensor, Tensor>> layers = new();
            private readonly ModuleList<Module<Tensor, Tensor>> kept = new();
            private readonly Module<Tensor, Tensor>? all;

            public Net() : base(nameof(Net))
            {
                var first = Linear(2, 2);
                layers.Add(first);
                {{statement}}
                kept.Add(first);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.Count > 1 ? layers[0].forward(x) : all!.forward(x);
        }

        public sealed class Keeper : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> inner;

            public Keeper(IEnumerable<Module<Tensor, Tensor>> layers) : base(nameof(Keeper))
            {
                inner = ModuleList(layers.ToArray());
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => inner[0].forward(x);
        }
        """);

    [Fact]
    public Task Silent_on_a_local_list_for_a_sequence() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layers;

            public Net(int depth) : base(nameof(Net))
            {
                var modules = new List<(string, Module<Tensor, Tensor>)>();
                for (var i = 0; i < depth; i++) modules.Add(($"fc{i}", Linear(2, 2)));
                layers = Sequential(modules);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.forward(x);
        }
        """);

    [Fact]
    public Task Silent_when_the_list_only_repeats_fields() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear first = Linear(2, 2);
            private readonly Linear second;
            private readonly Linear[] both;

            public Net() : base(nameof(Net))
            {
                both = new[] { first, second = Linear(2, 2) };
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => both[1].forward(both[0].forward(x));
        }
        """);

    [Fact]
    public Task Silent_when_they_are_handed_in_by_somebody_who_may_train_them() => Verifier.Silent(Id, """
        public sealed class Ensemble : Module<Tensor, Tensor>
        {
            private readonly List<Module<Tensor, Tensor>> members;

            public Ensemble(IEnumerable<Module<Tensor, Tensor>> members) : base(nameof(Ensemble)) => this.members = members.ToList();

            public override Tensor forward(Tensor x) => members.Select(m => m.forward(x)).Aggregate((a, b) => a + b);
        }
        """);

    [Theory]
    [InlineData("optim.SGD(layers.SelectMany(l => l.parameters()), 0.1);")]
    [InlineData("foreach (var layer in layers) layer.load_state_dict(source.state_dict());")]
    public Task Silent_when_somebody_looks_after_them(string statement) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Linear> layers = new() { Linear(2, 2) };

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layers[0].forward(x);

            public void Prepare(Module source)
            {
                {{statement}}
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_trainer_takes_their_parameters_through_a_property() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Linear> layers = new() { Linear(2, 2) };

            public IReadOnlyList<Linear> Stages => layers;

            public override Tensor forward(Tensor x) => layers[0].forward(x);

            public Net() : base(nameof(Net)) => RegisterComponents();
        }

        public static class Trainer
        {
            public static optim.Optimizer For(Net net) => optim.Adam(net.Stages.SelectMany(s => s.parameters()));
        }
        """);

    [Fact]
    public Task Silent_when_the_class_lists_its_parameters_itself() => Verifier.Silent(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Linear> layers = new() { Linear(2, 2) };

            public Net() : base(nameof(Net)) { }

            public override IEnumerable<Parameter> parameters(bool recurse = true) => layers.SelectMany(l => l.parameters());

            public override Tensor forward(Tensor x) => layers[0].forward(x);
        }
        """);

    [Fact]
    public Task Silent_on_an_agent_that_is_no_module_and_on_a_list_forward_never_uses() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly List<Linear> nets = new() { Linear(2, 2) };

            public Tensor Act(Tensor x) => nets[0].forward(x);
        }

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly List<Linear> history = new() { Linear(2, 2) };
            private readonly Linear layer = Linear(2, 2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public int Versions => history.Count;

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        """);

    [Fact]
    public Task Fixes_a_list() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            // One after the other.
            private readonly List<Linear> [|layers|] = new List<Linear>(); // hidden
            private readonly Linear head = Linear(2, 2);

            public Net(int depth) : base(nameof(Net))
            {
                for (var i = 0; i < depth; i++) layers.Add(Linear(2, 2));
                layers.AddRange(Enumerable.Range(0, 2).Select(_ => Linear(2, 2)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < layers.Count; i++) x = layers[i].forward(x);
                return head.forward(x);
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            // One after the other.
            private readonly ModuleList<Linear> layers = new ModuleList<Linear>(); // hidden
            private readonly Linear head = Linear(2, 2);

            public Net(int depth) : base(nameof(Net))
            {
                for (var i = 0; i < depth; i++) layers.Add(Linear(2, 2));
                layers.extend(Enumerable.Range(0, 2).Select(_ => Linear(2, 2)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < layers.Count; i++) x = layers[i].forward(x);
                return head.forward(x);
            }
        }
        """);

    [Fact]
    public Task Fixes_a_list_that_the_constructor_assigns_where_the_namespace_is_not_imported() => Verifier.Fix(Id, """
        using System.Collections.Generic;
        using System.Linq;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly IList<Module<Tensor, Tensor>> [|layers|];

            public Net(int depth) : base(nameof(Net))
            {
                layers = Enumerable.Range(0, depth).Select(_ => (Module<Tensor, Tensor>)Linear(2, 2)).ToList();
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.Aggregate(x, (t, layer) => layer.forward(t));
        }
        """, """
        using System.Collections.Generic;
        using System.Linq;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> layers;

            public Net(int depth) : base(nameof(Net))
            {
                layers = new TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>>(Enumerable.Range(0, depth).Select(_ => (Module<Tensor, Tensor>)Linear(2, 2)).ToArray());
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => layers.Aggregate(x, (t, layer) => layer.forward(t));
        }
        """);

    [Fact]
    public Task Fixes_an_array_a_dictionary_and_a_list_of_parameters() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Linear[] [|layers|] = { Linear(2, 2), Linear(2, 2) };
            private readonly Dictionary<string, Linear> [|heads|] = new();
            private readonly List<Parameter> [|scales|] = [new Parameter(ones(2))];

            public Net() : base(nameof(Net))
            {
                heads["a"] = Linear(2, 2);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < layers.Length; i++) x = layers[i].forward(x).relu();
                return heads["a"].forward(x) * scales[0];
            }
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Linear> layers = new ModuleList<Linear>(Linear(2, 2), Linear(2, 2));
            private readonly ModuleDict<Linear> heads = new();
            private readonly ParameterList scales = new ParameterList(new Parameter(ones(2)));

            public Net() : base(nameof(Net))
            {
                heads["a"] = Linear(2, 2);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                for (var i = 0; i < layers.Count; i++) x = layers[i].forward(x).relu();
                return heads["a"].forward(x) * scales[0];
            }
        }
        """);

    [Theory]
    [InlineData("(Linear, Linear) [|layers|] = (Linear(2, 2), Linear(2, 2));", "layers.Item1")]
    [InlineData("Linear[] [|layers|] = new Linear[1];", "(layers[0] = Linear(2, 2))")]
    [InlineData("Queue<Linear> [|layers|] = new(new[] { Linear(2, 2) });", "layers.Peek()")]
    [InlineData("List<IModule<Tensor, Tensor>> [|layers|] = new() { Linear(2, 2) };", "layers[0]")]
    public Task Offers_nothing_for_other_shapes(string field, string use) => Verifier.NoFix(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly {{field}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor x) => {{use}}.call(x);
        }
        """);
}
