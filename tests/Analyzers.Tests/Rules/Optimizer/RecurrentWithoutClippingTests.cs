using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class RecurrentWithoutClippingTests
{
    private const string Id = "TL0507";

    private const string Reader = """
        public sealed class Reader : Module<Tensor, Tensor>
        {
            private readonly LSTM lstm = LSTM(4, 8);
            private readonly Module<Tensor, Tensor> head = Linear(8, 1);

            public Reader() : base(nameof(Reader)) => RegisterComponents();

            public override Tensor forward(Tensor x)
            {
                var (output, _, _) = lstm.forward(x);
                return head.forward(output);
            }
        }

        """;

    private static string Training(string step, string module = "new Reader()") => Reader + $$"""
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = {{module}};
                var adam = torch.optim.Adam(net.parameters());
                foreach (var (x, y) in data)
                {
                    adam.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    {{step}}
                }
            }
        }
        """;

    [Fact]
    public Task Clips_before_the_step() => Verifier.Fix(Id, Training("[|adam.step()|];"), Training("""
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0);
                    adam.step();
        """.Trim()), new() { Message = "'adam.step()' trains the recurrent network 'net' with gradients of any size: clip them before it" });

    [Fact]
    public Task Finds_it_in_a_field_and_inside_another_module() => Verifier.Fix(Id, Reader + """
        public sealed class Outer : Module<Tensor, Tensor>
        {
            private readonly Reader reader = new();

            public Outer() : base(nameof(Outer)) => RegisterComponents();

            public override Tensor forward(Tensor x) => reader.forward(x);
        }
        public sealed class Trainer
        {
            private readonly Outer outer = new();
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = torch.optim.Adam(outer.parameters());

            public void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(outer.forward(x), y).backward();
                [|optimizer.step()|];
            }
        }
        """, Reader + """
        public sealed class Outer : Module<Tensor, Tensor>
        {
            private readonly Reader reader = new();

            public Outer() : base(nameof(Outer)) => RegisterComponents();

            public override Tensor forward(Tensor x) => reader.forward(x);
        }
        public sealed class Trainer
        {
            private readonly Outer outer = new();
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = torch.optim.Adam(outer.parameters());

            public void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                functional.mse_loss(outer.forward(x), y).backward();
                torch.nn.utils.clip_grad_norm_(outer.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Finds_it_in_a_module_that_trains_itself() => Verifier.Warns(Id, """
        public sealed class Reader : Module<Tensor, Tensor>
        {
            private readonly GRU gru = GRU(4, 8);

            public Reader() : base(nameof(Reader)) => RegisterComponents();

            public override Tensor forward(Tensor x) => gru.forward(x).Item1;

            public void Learn(Tensor x, Tensor y)
            {
                var adam = torch.optim.Adam(parameters());
                adam.zero_grad();
                functional.mse_loss(forward(x), y).backward();
                [|adam.step()|];
            }
        }
        """);

    [Theory]
    [InlineData("nn.utils.clip_grad_norm_(net.parameters(), 1.0); adam.step();")]
    [InlineData("Limit(net); adam.step(); static void Limit(Module module) => nn.utils.clip_grad_value_(module.parameters(), 1.0);")]
    public Task Silent_when_something_clips(string step) => Verifier.Silent(Id, Training(step));

    [Fact]
    public Task Silent_for_a_network_without_recurrence() => Verifier.Silent(Id, Training("adam.step();", "Linear(4, 1)"));
}
