using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Model;

public class ParameterReplacedTests
{
    private const string Id = "TL0316";

    [Fact]
    public Task Names_the_parameter_and_its_module() => Verifier.Warns(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Parameter weight = new(randn(2, 2));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public void Reset() => [|weight = new Parameter(randn(2, 2))|];

            public override Tensor forward(Tensor x) => x.matmul(weight);
        }
        """, "'weight' is replaced after 'Net' has been made: forward() uses the new one, while parameters(), the optimizer and save() keep the old one");

    [Fact]
    public Task Says_what_happens_to_a_running_buffer() => Verifier.Warns(Id, """
        public sealed class Norm : Module<Tensor, Tensor>
        {
            private Tensor mean;

            public Norm() : base(nameof(Norm))
            {
                mean = zeros(2);
                register_buffer("mean", mean);
            }

            public override Tensor forward(Tensor x)
            {
                if (training) [|mean = 0.9 * mean + 0.1 * x.mean(new long[] { 0 })|];
                return x - mean;
            }
        }
        """, "'mean' is replaced after 'Norm' has registered it as a buffer: save() keeps writing the old values, and to() puts the old tensor back");

    [Fact]
    public Task Warns_on_a_layer_replaced_from_outside_and_in_another_part() => Verifier.Warns(Id, """
        // file: Net.cs
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Module<Tensor, Tensor> Head;
            private Block block;

            public Net(int classes) : base(nameof(Net))
            {
                Head = Linear(8, classes);
                Build();
                RegisterComponents();
            }

            private void Build() => block = new Block();

            public override Tensor forward(Tensor x) => Head.forward(block.forward(x));
        }
        // file: Net.Change.cs
        public sealed partial class Net
        {
            public void Deepen()
            {
                var deeper = new Block();
                [|this.block = deeper|];
            }
        }
        // file: Block.cs
        public sealed class Block : Module<Tensor, Tensor>
        {
            private readonly Linear layer = Linear(2, 2);

            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);
        }
        // file: FineTuning.cs
        public static class FineTuning
        {
            public static Net For(int classes)
            {
                var net = new Net(1000);
                [|net.Head = Linear(8, classes)|];
                return net;
            }

            public static Net Other() => new(10) { [|Head = Sequential(Linear(8, 8), ReLU())|] };
        }
        """.Replace("private Block block;", "private Block block = null!;", StringComparison.Ordinal));

    [Theory]
    [InlineData("private void Load() { using (no_grad()) weight.copy_(randn(2, 2)); }")]
    [InlineData("private void Load() { weight = null!; }")]
    [InlineData("private void Load() { weight = weight.to(CPU).AsParameter(); register_parameter(\"other\", weight); }")]
    [InlineData("private void Load() { weight = new Parameter(randn(2, 2)); ConditionallyRegisterParameter(nameof(weight), weight); }")]
    [InlineData("private void Load() { if (weight is null) weight = new Parameter(randn(2, 2)); }")]
    [InlineData("private void Load() { weight ??= new Parameter(randn(2, 2)); }")]
    [InlineData("private void Load(Parameter given) { weight = given; }")]
    [InlineData("private void Load() { act = ReLU(); }")]
    [InlineData("private void Load() { late = Linear(2, 2); }")]
    [InlineData("private void Load() { cache = cache + 1; }")]
    public Task Silent_when_the_registered_one_stays_or_that_is_not_certain(string method) => Verifier.Silent(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Parameter weight = new(randn(2, 2));
            private Module<Tensor, Tensor> act = Tanh();
            private Linear? late;
            private Tensor cache = zeros(2);

            public Net() : base(nameof(Net)) => RegisterComponents();

            {{method}}

            public override Tensor forward(Tensor x) => act.forward(x.matmul(weight) + (late?.forward(x) ?? cache));
        }
        """);

    [Fact]
    public Task Silent_in_construction_and_where_it_is_registered_later() => Verifier.Silent(Id, """
        public class Net : Module<Tensor, Tensor>
        {
            protected Linear head = Linear(2, 2);

            public Net() : base(nameof(Net))
            {
                Widen();
                RegisterComponents();
            }

            private void Widen() => head = Linear(2, 4);

            public override Tensor forward(Tensor x) => head.forward(x);
        }

        public sealed class Late : Module<Tensor, Tensor>
        {
            private Linear head = Linear(2, 2);

            public Late() : base(nameof(Late)) { }

            public void Change() => head = Linear(2, 3);

            public void Finish() => RegisterComponents();

            public override Tensor forward(Tensor x) => head.forward(x);
        }

        public sealed class Agent
        {
            private Linear head = Linear(2, 2);

            public void Change() => head = Linear(2, 3);
        }
        """);

    [Fact]
    public Task Silent_on_buffers_that_are_moved_or_made_anew() => Verifier.Silent(Id, """
        public sealed class Positions : Module<Tensor, Tensor>
        {
            private Tensor table = zeros(8);
            private Tensor state = zeros(8);

            public Positions() : base(nameof(Positions))
            {
                register_buffer("table", table);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                if (x.shape[1] > table.shape[0]) table = zeros(x.shape[1]);
                table = table.to(x.device);
                state = state + 1;
                return x + table;
            }
        }
        """);

    [Fact]
    public Task Fixes_by_copying() => Verifier.Fix(Id, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Parameter weight = new(randn(2, 2));
            private Parameter bias = new(zeros(2));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public void Reset(bool all)
            {
                // Start again.
                [|weight = new Parameter(randn(2, 2))|]; // random
                if (all) [|this.bias = torch.zeros(2).AsParameter()|];
            }

            public override Tensor forward(Tensor x) => x.matmul(weight) + bias;
        }
        """, """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Parameter weight = new(randn(2, 2));
            private Parameter bias = new(zeros(2));

            public Net() : base(nameof(Net)) => RegisterComponents();

            public void Reset(bool all)
            {
                // Start again.
                using (torch.no_grad()) weight.copy_(randn(2, 2)); // random
                if (all) using (torch.no_grad()) this.bias.copy_(torch.zeros(2));
            }

            public override Tensor forward(Tensor x) => x.matmul(weight) + bias;
        }
        """);

    [Theory]
    [InlineData("private Linear head = Linear(2, 2);", "public void Change() { [|head = Linear(2, 2)|]; }")]
    [InlineData("private Parameter head = new(ones(2));", "public void Change() => [|head = new Parameter(zeros(2))|];")]
    [InlineData("private Parameter head = new(ones(2));", "public void Change() { [|head = new Parameter(zeros(2), requires_grad: false)|]; }")]
    public Task Offers_nothing_for_layers_and_larger_expressions(string field, string method) => Verifier.NoFix(Id, $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            {{field}}

            public Net() : base(nameof(Net)) => RegisterComponents();

            {{method}}

            public override Tensor forward(Tensor x) { Console.WriteLine(head); return x; }
        }
        """);
}
