using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class RetainGraphTests
{
    private const string Id = "TL0506";

    [Fact]
    public Task Takes_the_argument_away() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward([|retain_graph: true|]);
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """, new() { Message = "'loss.backward(…)' is the only backward pass over this graph: retain_graph keeps all its tensors alive for nothing" });

    [Fact]
    public Task Takes_what_stands_before_away_too() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward(null, [|true|]);
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Mends_the_function_form() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            torch.autograd.backward(functional.mse_loss(model.forward(x), y), [|retain_graph: true|]);
            optimizer.step();
        }
        """.Replace("torch.autograd.backward(functional.mse_loss(model.forward(x), y), ", "functional.mse_loss(model.forward(x), y).backward("), """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_in_a_step_method_with_fields() => Verifier.Warns(Id, """
        public sealed class Trainer(torch.optim.Optimizer optimizer)
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly Loss<Tensor, Tensor, Tensor> criterion = MSELoss();

            public float Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                using var loss = criterion.forward(net.forward(x), y);
                loss.backward([|retain_graph: true|]);
                optimizer.step();
                return loss.item<float>();
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_computes_the_loss() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    var output = net.forward(x);
                    var loss = Loss(output, y);
                    loss.backward([|retain_graph: true|]);
                    optimizer.step();
                }
            }

            private static Tensor Loss(Tensor output, Tensor y) => functional.mse_loss(output, y);
        }
        """);

    [Theory]
    [InlineData("first.backward(retain_graph: true); second.backward();")]
    [InlineData("first.backward(retain_graph: false);")]
    [InlineData("first.backward(retain_graph: true, create_graph: true);")]
    [InlineData("for (var i = 0; i < 3; i++) first.backward(retain_graph: true);")]
    [InlineData("first.backward(retain_graph: true); Again(second);")]
    [InlineData("first.backward(retain_graph: keep);")]
    public Task Silent_when_the_graph_is_used_again(string passes) => Verifier.Silent(Id, $$"""
        var keep = data.Any();
        static void Again(Tensor loss) => loss.backward();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var output = model.forward(x);
            var first = functional.mse_loss(output, y);
            var second = functional.l1_loss(output, y);
            {{passes}}
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_hidden_state_is_carried_over() => Verifier.Silent(Id, """
        var cell = Linear(4, 4);
        var hidden = zeros(8, 4);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            hidden = cell.forward(x + hidden);
            functional.mse_loss(model.forward(hidden), y).backward(retain_graph: true);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_a_module_keeps_its_state() => Verifier.Silent(Id, """
        public sealed class Memory : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 4);
            private Tensor state = zeros(1, 4);

            public Memory() : base(nameof(Memory)) => RegisterComponents();

            public override Tensor forward(Tensor x) => state = layer.forward(x + state);
        }
        public static class Training
        {
            public static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = new Memory();
                var optimizer = torch.optim.Adam(net.parameters());
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward(retain_graph: true);
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_loss_comes_from_a_caller() => Verifier.Silent(Id, """
        public sealed class Stepper(torch.optim.Optimizer optimizer)
        {
            public void Step(Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward(retain_graph: true);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_loss_is_returned() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public Tensor Step(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                var loss = functional.mse_loss(net.forward(x), y);
                loss.backward(retain_graph: true);
                optimizer.step();
                return loss;
            }
        }
        """);

    [Fact]
    public Task Silent_when_part_of_the_graph_is_from_before_the_loop() => Verifier.Silent(Id, """
        var context = model.forward(rand(8, 4));
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x) + context, y).backward(retain_graph: true);
            optimizer.step();
        }
        """);
}
