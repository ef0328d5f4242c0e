using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class ClippingMisplacedTests
{
    private const string Id = "TL0501";

    [Fact]
    public Task Names_the_step_that_comes_first() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            {|#0:optimizer.step()|};
            [|torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];
        }
        """, "'torch.nn.utils.clip_grad_norm_(…)' runs after 'optimizer.step()', so it limits no gradient that a step uses: call it between backward() and step()");

    [Fact]
    public Task Names_the_backward_that_comes_later() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            [|nn.utils.clip_grad_value_(model.parameters(), 0.5)|];
            {|#0:loss.backward()|};
            optimizer.step();
        }
        """, "'nn.utils.clip_grad_value_(…)' runs before 'loss.backward()', so it limits no gradient that a step uses: call it between backward() and step()");

    [Fact]
    public Task Moves_it_in_front_of_the_step() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step(); // learn

            // Keep the gradients small.
            [|nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1.0)|];
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            // Keep the gradients small.
            nn.utils.clip_grad_norm_(model.parameters(), max_norm: 1.0);
            optimizer.step(); // learn
        }
        """);

    [Fact]
    public Task Moves_it_behind_backward() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            [|nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Moves_it_with_its_condition_among_top_level_statements() => Verifier.Fix(Id, """
        var model = Linear(4, 1);
        var optimizer = torch.optim.Adam(model.parameters());
        var limit = args.Length;
        for (var i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            if (limit > 0)
                [|nn.utils.clip_grad_norm_(model.parameters(), limit)|];
            model.forward(rand(8, 4)).mean().backward();
            optimizer.step();
        }
        """.Insert(0, "using TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n"), """
        var model = Linear(4, 1);
        var optimizer = torch.optim.Adam(model.parameters());
        var limit = args.Length;
        for (var i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            model.forward(rand(8, 4)).mean().backward();
            if (limit > 0)
                nn.utils.clip_grad_norm_(model.parameters(), limit);
            optimizer.step();
        }
        """.Insert(0, "using TorchSharp;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;\n"));

    [Fact]
    public Task Offers_no_move_across_a_branch() => Verifier.NoFix(Id, """
        var n = 0;
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            if (n++ >= 0)
            {
                optimizer.step();
                n++;
            }
            else
                optimizer.step();

            [|nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];
        }
        """);

    [Fact]
    public Task Warns_after_the_epoch_loop_of_steps() => Verifier.Warns(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                functional.mse_loss(model.forward(x), y).backward();
                optimizer.step();
            }

            [|nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];
        }
        """.Replace("foreach (var (x, y) in data)", "for (var i = 0; i < 3; i++)").Replace("model.forward(x), y", "model.forward(rand(3, 4)), rand(3, 1)"));

    [Fact]
    public Task Warns_when_optimizer_and_model_are_fields() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);
            private readonly torch.optim.Optimizer optimizer;

            public Trainer() => optimizer = torch.optim.Adam(net.parameters());

            public float Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                var loss = functional.mse_loss(net.forward(x), y);
                [|nn.utils.clip_grad_norm_(net.parameters(), 1.0)|];
                loss.backward();
                optimizer.step();
                return loss.item<float>();
            }
        }
        """);

    [Fact]
    public Task Warns_when_backward_and_step_sit_in_a_helper() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Train(IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    Step(functional.mse_loss(net.forward(x), y));
                    [|nn.utils.clip_grad_norm_(net.parameters(), 1.0)|];
                }
            }

            private void Step(Tensor loss)
            {
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_clipping_sits_in_a_helper() => Verifier.Warns(Id, """
        internal static class Training
        {
            internal static void Run(IEnumerable<(Tensor x, Tensor y)> data)
            {
                var net = Linear(4, 1);
                var optimizer = torch.optim.SGD(net.parameters(), 0.1);
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(net.forward(x), y).backward();
                    optimizer.step();
                    Limit(net);
                }
            }

            private static void Limit(Module module) => [|nn.utils.clip_grad_norm_(module.parameters(), 1.0)|];
        }
        """);

    [Fact]
    public Task Warns_when_other_things_go_where_we_cannot_see() => Verifier.Warns(Id, """
        public interface IWorld
        {
            Tensor Step(object action);
        }
        public sealed class Agent<T>(IWorld world)
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public void Learn()
            {
                using var adam = torch.optim.Adam(net.parameters());
                for (var i = 0; i < 10; i++)
                {
                    var action = new object();
                    var reward = world.Step(action);
                    adam.zero_grad();
                    functional.mse_loss(net.forward(reward), reward).backward();
                    adam.step();
                    [|nn.utils.clip_grad_norm_(net.parameters(), 1.0)|];
                }
            }
        }
        """);

    [Fact]
    public Task Warns_inside_a_closure() => Verifier.Warns(Id, """
        var lbfgs = torch.optim.LBFGS(model.parameters());
        foreach (var (x, y) in data)
        {
            lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var loss = functional.mse_loss(model.forward(x), y);
                [|nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];
                loss.backward();
                return loss;
            });
        }
        """);

    [Fact]
    public Task Warns_when_the_optimizer_comes_from_outside() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Step(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                var loss = functional.mse_loss(net.forward(x), y);
                [|nn.utils.clip_grad_norm_(net.parameters(), 1.0)|];
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Theory]
    [InlineData("loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step(); optimizer.zero_grad();")]
    [InlineData("optimizer.step(); optimizer.zero_grad(); loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0);")]
    [InlineData("optimizer.zero_grad(); loss.backward(); var norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0); if (norm < 100) optimizer.step();")]
    [InlineData("loss.backward(); nn.utils.clip_grad_norm_(model.parameters(), 1.0); if (i++ % 4 == 0) { optimizer.step(); optimizer.zero_grad(); }")]
    [InlineData("loss.backward(); if (i++ % 4 == 0) { nn.utils.clip_grad_norm_(model.parameters(), 1.0); optimizer.step(); optimizer.zero_grad(); }")]
    [InlineData("loss.backward(); if (i++ % 4 == 0) { optimizer.step(); optimizer.zero_grad(); } nn.utils.clip_grad_norm_(model.parameters(), 1.0);")]
    public Task Silent_where_gradients_may_be_waiting(string step) => Verifier.Silent(Id, $$"""
        var i = 0;
        foreach (var (x, y) in data)
        {
            var loss = functional.mse_loss(model.forward(x), y);
            {{step}}
        }
        """);

    [Fact]
    public Task Silent_when_the_norm_is_only_measured() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();
            Console.WriteLine(nn.utils.clip_grad_norm_(model.parameters(), double.PositiveInfinity));
        }
        """);

    [Fact]
    public Task Silent_for_two_networks_that_take_turns() => Verifier.Silent(Id, """
        var critic = Linear(4, 1);
        var second = torch.optim.Adam(critic.parameters());
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();

            second.zero_grad();
            functional.mse_loss(critic.forward(x), y).backward();
            nn.utils.clip_grad_norm_(critic.parameters(), 1.0);
            second.step();
        }
        """);

    [Fact]
    public Task Warns_for_the_one_of_two_networks_that_has_stepped() => Verifier.Warns(Id, """
        var critic = Linear(4, 1);
        var second = torch.optim.Adam(critic.parameters());
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(x), y).backward();
            optimizer.step();

            second.zero_grad();
            functional.mse_loss(critic.forward(x), y).backward();
            second.step();
            [|nn.utils.clip_grad_norm_(critic.parameters(), 1.0)|];
        }
        """);

    [Fact]
    public Task Silent_when_gradients_are_set_by_hand() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            foreach (var p in model.parameters()) p.grad = ones_like(p);
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_loss_goes_where_we_cannot_see() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer, Action<Tensor> differentiate)
        {
            public void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                differentiate(functional.mse_loss(net.forward(x), y));
                nn.utils.clip_grad_norm_(net.parameters(), 1.0);
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_in_a_wrapper_that_the_trainer_calls_after_backward() => Verifier.Silent(Id, """
        public sealed class Stepper(Module net, torch.optim.Optimizer inner)
        {
            public void Step()
            {
                nn.utils.clip_grad_norm_(net.parameters(), 1.0);
                inner.step();
                inner.zero_grad();
            }
        }
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, Stepper stepper, IEnumerable<(Tensor x, Tensor y)> data)
            {
                foreach (var (x, y) in data)
                {
                    functional.mse_loss(net.forward(x), y).backward();
                    stepper.Step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_without_any_optimizer() => Verifier.Silent(Id, """
        var net = Linear(4, 1);
        nn.utils.clip_grad_norm_(net.parameters(), 1.0);
        """.Replace("net", "lonely"));
}
