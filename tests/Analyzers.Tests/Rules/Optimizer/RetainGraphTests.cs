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

    [Fact]
    public Task Warns_in_the_closure_of_a_step() => Verifier.Warns(Id, """
        public static class Fitting
        {
            public static Module<Tensor, Tensor> Fit(Tensor x, Tensor y)
            {
                var net = Linear(4, 1);
                var lbfgs = optim.LBFGS(net.parameters());
                for (var i = 0; i < 10; i++)
                {
                    var loss = lbfgs.step(() =>
                    {
                        lbfgs.zero_grad();
                        var value = functional.mse_loss(net.forward(x), y);
                        value.backward([|retain_graph: true|]);
                        return value;
                    });
                    Console.WriteLine(loss.item<float>());
                }

                return net;
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_state_that_is_carried_over_is_detached() => Verifier.Warns(Id, """
        var cell = Linear(4, 4);
        (Tensor h, Tensor c)? state = null;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var h = cell.forward(x);
            functional.mse_loss(model.forward(h), y).backward([|retain_graph: true|]);
            optimizer.step();
            state = (h.detach(), h.detach().clone());
        }

        Console.WriteLine(state);
        """);

    [Fact]
    public Task Warns_when_a_tensor_that_is_not_of_the_graph_is_returned() => Verifier.Warns(Id, """
        public static class Attack
        {
            public static Tensor FastGradientSign(Module<Tensor, Tensor> model, Tensor images, Tensor labels)
            {
                var x = images.detach().clone().requires_grad_();
                var loss = functional.cross_entropy(model.call(x), labels);
                loss.backward([|retain_graph: true|]);
                var attacked = x.detach() + 0.1 * x.grad!.sign();
                return attacked.clamp(0, 1);
            }

            public static Tensor Trained(Module<Tensor, Tensor> model, List<(Tensor x, Tensor y)> data, optim.Optimizer sgd)
            {
                foreach (var (x, y) in data)
                {
                    var attacked = FastGradientSign(model, x, y);
                    sgd.zero_grad();
                    var loss = functional.cross_entropy(model.call(attacked), y);
                    loss.backward([|retain_graph: true|]);
                    sgd.step();
                }

                return data[0].x.clone();
            }
        }
        """);

    [Fact]
    public Task Warns_without_an_optimizer() => Verifier.Warns(Id, """
        var x = linspace(-1, 1, 100);
        var y = x.sin();
        var a = randn(1, requires_grad: true);
        var b = randn(1, requires_grad: true);
        for (var t = 0; t < 100; t++)
        {
            var loss = (a + b * x - y).pow(2).sum();
            loss.backward([|retain_graph: true|]);
            using (no_grad())
                foreach (var p in new[] { a, b }) p.sub_(p.grad! * 1e-3);
        }
        """);

    [Theory]
    [InlineData("foreach (var (x, y) in data) { var features = model.forward(x); Head(head, features, y, sgd); sgd.zero_grad(); functional.mse_loss(features, y).backward(retain_graph: true); sgd.step(); } return zeros(1);")]
    [InlineData("Tensor last = zeros(1); foreach (var (x, y) in data) { sgd.zero_grad(); last = functional.mse_loss(model.forward(x), y); last.backward(retain_graph: true); sgd.step(); } return last;")]
    [InlineData("foreach (var (x, y) in data) { sgd.zero_grad(); var loss = functional.mse_loss(model.forward(x), y); loss.backward(retain_graph: true); sgd.step(); if (x.dim() > 2) return loss; } return zeros(1);")]
    [InlineData("var h = zeros(1); Action again = () => { h = model.forward(h); functional.mse_loss(h, zeros(1)).backward(retain_graph: true); }; again(); again(); return zeros(1);")]
    [InlineData("var w = randn(1, requires_grad: true); var square = w * w; foreach (var (x, y) in data) { var loss = (square * x - y).sum(); loss.backward(retain_graph: true); } return zeros(1);")]
    public Task Silent_when_the_graph_may_be_used_elsewhere(string body) => Verifier.Silent(Id, $$"""
        public static class Training
        {
            public static Tensor Run(Module<Tensor, Tensor> model, Module<Tensor, Tensor> head, List<(Tensor x, Tensor y)> data, optim.Optimizer sgd)
            {
                {{body}}
            }

            private static void Head(Module<Tensor, Tensor> head, Tensor features, Tensor y, optim.Optimizer sgd)
            {
                sgd.zero_grad();
                functional.mse_loss(head.forward(features), y).backward();
                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_caller_trains_on_the_same_graph_later() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> model, Module<Tensor, Tensor> head, List<(Tensor x, Tensor y)> data, optim.Optimizer sgd)
            {
                foreach (var (x, y) in data)
                {
                    var features = model.forward(x);
                    Head(head, features, y);
                    functional.mse_loss(features, y).backward();
                    sgd.step();
                }
            }

            private static void Head(Module<Tensor, Tensor> head, Tensor features, Tensor y) => functional.mse_loss(head.forward(features), y).backward(retain_graph: true);
        }
        """);
}
