using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Optimizer;

public class LossUnderNoGradTests
{
    private const string Id = "TL0502";

    [Fact]
    public Task Names_the_loss_and_points_at_the_guard() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            Tensor output;
            using ({|#0:torch.no_grad()|})
            {
                output = model.forward(x);
            }
            var loss = functional.cross_entropy(output, y);
            optimizer.zero_grad();
            [|loss.backward()|];
            optimizer.step();
        }
        """, "backward() on 'loss' cannot train the model: 'torch.no_grad()' keeps gradients switched off while the loss is computed, so it throws", [[0]]);

    [Theory]
    [InlineData("no_grad()")]
    [InlineData("torch.inference_mode()")]
    [InlineData("set_grad_enabled(false)")]
    [InlineData("enable_grad(false)")]
    public Task Warns_for_every_kind_of_guard(string guard) => Verifier.Warns(Id, $$"""
        using var _ = {{guard}};
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            [|loss.backward()|];
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_where_the_guard_was_meant_for_the_target_alone() => Verifier.NoFix(Id, """
        foreach (var (x, y) in data)
        {
            var scores = model.forward(x);
            using var _ = torch.no_grad();
            var next = model.forward(y).max();
            var loss = (scores - next).pow(2).mean();
            optimizer.zero_grad();
            [|loss.backward()|];
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_where_the_caller_holds_the_guard() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, torch.optim.Optimizer optimizer)
        {
            public void Fit(IEnumerable<(Tensor, Tensor)> data)
            {
                using var _ = {|#0:torch.no_grad()|};
                foreach (var (x, y) in data) Epoch(x, y);
            }

            private void Epoch(Tensor x, Tensor y)
            {
                for (var i = 0; i < 3; i++) Learn(x, y);
            }

            private void Learn(Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                var loss = functional.mse_loss(net.forward(x), y);
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """, null, [[0]]);

    [Fact]
    public Task Warns_where_a_helper_computes_the_loss_under_a_guard() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 1);

            public void Learn(torch.optim.Optimizer optimizer, Tensor x, Tensor y)
            {
                optimizer.zero_grad();
                [|Evaluate(x, y).backward()|];
                optimizer.step();
            }

            private Tensor Evaluate(Tensor x, Tensor y)
            {
                using var _ = {|#0:no_grad()|};
                return functional.mse_loss(net.forward(x), y);
            }
        }
        """, null, [[0]]);

    [Fact]
    public Task Warns_where_the_loss_is_a_tuple_of_a_helper() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Learn(Tensor x, Tensor y)
            {
                using (no_grad())
                {
                    var (output, loss) = Forward(x, y);
                    [|loss.backward()|];
                }
            }

            private (Tensor, Tensor) Forward(Tensor x, Tensor y)
            {
                var output = net.forward(x);
                return (output, functional.mse_loss(output, y));
            }
        }
        """);

    [Fact]
    public Task Warns_where_backward_alone_runs_in_inference_mode() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            using ({|#0:torch.inference_mode()|})
            {
                [|loss.backward()|];
            }
            optimizer.step();
        }
        """, "backward() on 'loss' cannot train the model: it runs inside 'torch.inference_mode()', so the next zero_grad() throws", [[0]]);

    [Fact]
    public Task Fixes_by_taking_the_guard_away() => Verifier.Fix(Id, """
        // the training loop
        using var _ = torch.no_grad();
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            [|loss.backward()|];
            optimizer.step();
        }
        """, """
        // the training loop
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_a_block() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            Tensor loss;
            using (torch.no_grad())
            {
                // one batch
                var output = model.forward(x);
                if (y.numel() > 0)
                {
                    output = output.squeeze(1);
                }

                loss = functional.mse_loss(output, y);
            }

            [|loss.backward()|];
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            Tensor loss;
            // one batch
            var output = model.forward(x);
            if (y.numel() > 0)
            {
                output = output.squeeze(1);
            }

            loss = functional.mse_loss(output, y);

            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_a_guard_over_a_single_statement() => Verifier.Fix(Id, """
        Tensor output = zeros(1);
        foreach (var (x, y) in data)
        {
            using (no_grad())
                output = model.forward(x);
            [|output.pow(2).mean().backward()|];
            optimizer.step();
        }
        """, """
        Tensor output = zeros(1);
        foreach (var (x, y) in data)
        {
            output = model.forward(x);
            output.pow(2).mean().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Offers_nothing_where_the_guard_belongs_to_the_caller() => Verifier.NoFix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Fit(Tensor x)
            {
                using var _ = torch.no_grad();
                Learn(x);
            }

            private void Learn(Tensor x) => [|net.forward(x).mean().backward()|];
        }
        """);

    [Fact]
    public Task Silent_where_only_backward_runs_under_no_grad() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            using (torch.no_grad())
            {
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_where_gradients_are_on_again() => Verifier.Silent(Id, """
        using var _ = torch.no_grad();
        foreach (var (x, y) in data)
        {
            using var on = torch.enable_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_where_the_callee_switches_gradients_on() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Fit(Tensor x)
            {
                using var _ = torch.no_grad();
                Learn(x);
                Outer(x);
            }

            private void Learn(Tensor x)
            {
                using var _ = torch.enable_grad();
                net.forward(x).mean().backward();
            }

            private void Outer(Tensor x) => Loss(x).backward();

            private Tensor Loss(Tensor x)
            {
                using (enable_grad()) return net.forward(x).mean();
            }
        }
        """);

    [Fact]
    public Task Silent_where_a_frozen_part_feeds_a_trained_one() => Verifier.Silent(Id, """
        var backbone = Linear(4, 4);
        foreach (var (x, y) in data)
        {
            Tensor features;
            using (torch.no_grad()) features = backbone.forward(x);
            var loss = functional.mse_loss(model.forward(features), y);
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_where_the_target_comes_from_a_teacher() => Verifier.Silent(Id, """
        var teacher = Linear(4, 1);
        teacher.eval();
        foreach (var (x, y) in data)
        {
            using var guard = torch.no_grad();
            var soft = teacher.forward(x).softmax(1);
            guard.Dispose();
            var loss = functional.mse_loss(model.forward(x), soft);
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_where_the_guard_is_held_on_one_way_only() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Run(Tensor x, bool training)
            {
                using var guard = training ? null : torch.no_grad();
                using var mode = torch.set_grad_enabled(training);
                var loss = net.forward(x).mean();
                if (training) loss.backward();
            }
        }
        """);

    [Fact]
    public Task Silent_where_another_caller_trains() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            public void Train(Tensor x) => Run(x, true);

            public void Test(Tensor x)
            {
                using var _ = torch.no_grad();
                Run(x, false);
            }

            private void Run(Tensor x, bool training)
            {
                var loss = net.forward(x).mean();
                if (training) loss.backward();
            }
        }
        """);

    [Fact]
    public Task Silent_in_the_closure_of_a_step() => Verifier.Silent(Id, """
        using var _ = torch.no_grad();
        var (x, y) = data.First();
        optimizer.step(() =>
        {
            optimizer.zero_grad();
            var loss = functional.mse_loss(model.forward(x), y);
            loss.backward();
            return loss;
        });
        """);

    [Fact]
    public Task Silent_where_the_guard_is_never_disposed() => Verifier.Silent(Id, """
        {|TL1104:torch.no_grad()|};
        foreach (var (x, y) in data) functional.mse_loss(model.forward(x), y).backward();
        """);

    [Fact]
    public Task Silent_on_an_attached_loss_kept_in_a_field() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private Tensor loss = torch.zeros(1);

            public void Forward(Tensor x) => loss = net.forward(x).mean();

            public Tensor Current() => loss;

            public void Learn()
            {
                Tensor held;
                using (no_grad()) held = Current();
                held.backward();
            }
        }
        """);
}
