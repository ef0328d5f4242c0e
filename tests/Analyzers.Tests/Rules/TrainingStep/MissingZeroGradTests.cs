using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class MissingZeroGradTests
{
    private const string Id = "TL0701";

    [Fact]
    public Task Names_the_optimizer_and_the_backward_and_points_at_the_step() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            [|loss.backward()|];
            {|#0:optimizer.step()|};
        }
        """, "'optimizer' still holds the gradients of the previous batch when 'loss.backward()' runs; call optimizer.zero_grad() before it");

    [Theory]
    [InlineData("for (var i = 0; i < 10; i++)")]
    [InlineData("while (Random.Shared.NextDouble() < 0.9)")]
    [InlineData("foreach (var epoch in Enumerable.Range(0, 5))\nforeach (var (input, target) in data)")]
    public Task Warns_in_every_kind_of_loop(string loop) => Verifier.Warns(Id, $$"""
        var (x, y) = data.First();
        {{loop}}
        {
            using var loss = criterion.forward(model.forward(x), y);
            [|loss.backward()|];
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_when_gradients_are_cleared_only_once_per_epoch() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            optimizer.zero_grad();
            foreach (var (x, y) in data)
            {
                var loss = criterion.forward(model.forward(x), y);
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            optimizer.zero_grad();
            foreach (var (x, y) in data)
            {
                var loss = criterion.forward(model.forward(x), y);
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_in_a_do_loop_with_a_null_conditional_call() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        Tensor? loss;
        do
        {
            loss = criterion.forward(model.forward(x), y);
            [|loss.backward()|];
            optimizer?.step();
        }
        while (loss.item<float>() > 0.1f);
        """);

    [Fact]
    public Task Warns_when_the_loop_sits_in_the_caller() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model)
        {
            private readonly optim.Optimizer adam = optim.Adam(model.parameters());

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                    Learn(x, y);
            }

            private void Learn(Tensor x, Tensor y)
            {
                var loss = functional.mse_loss(model.forward(x), y);
                [|loss.backward()|];
                adam.step();
            }
        }
        """, "'adam' still holds the gradients of the previous batch when 'loss.backward()' runs; call adam.zero_grad() before it");

    [Fact]
    public Task Fixes_when_backward_and_step_are_in_two_methods_of_a_base_class() => Verifier.Fix(Id, """
        public abstract class Experiment
        {
            protected readonly Module<Tensor, Tensor> net = Linear(3, 1);
            protected readonly optim.Optimizer optimizer;

            protected Experiment() => optimizer = optim.SGD(net.parameters(), 0.1);

            protected abstract Tensor Loss(Tensor x);

            protected void Update() => optimizer.step();
        }

        public sealed class Regression : Experiment
        {
            protected override Tensor Loss(Tensor x) => net.forward(x).square().mean();

            public void Run(IReadOnlyList<Tensor> inputs)
            {
                foreach (var x in inputs)
                {
                    [|Loss(x).backward()|];
                    Update();
                }
            }
        }
        """, """
        public abstract class Experiment
        {
            protected readonly Module<Tensor, Tensor> net = Linear(3, 1);
            protected readonly optim.Optimizer optimizer;

            protected Experiment() => optimizer = optim.SGD(net.parameters(), 0.1);

            protected abstract Tensor Loss(Tensor x);

            protected void Update() => optimizer.step();
        }

        public sealed class Regression : Experiment
        {
            protected override Tensor Loss(Tensor x) => net.forward(x).square().mean();

            public void Run(IReadOnlyList<Tensor> inputs)
            {
                foreach (var x in inputs)
                {
                    optimizer.zero_grad();
                    Loss(x).backward();
                    Update();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_optimizer_is_a_parameter_of_a_local_function() => Verifier.Warns(Id, """
        void Step(Tensor x, Tensor y, optim.Optimizer o)
        {
            [|criterion.forward(model.forward(x), y).backward()|];
            o.step();
        }

        foreach (var (x, y) in data)
            Step(x, y, optimizer);
        """);

    [Fact]
    public Task Warns_when_the_step_sits_in_a_lambda() => Verifier.Warns(Id, """
        Action<Tensor> learn = loss =>
        {
            [|loss.backward()|];
            optimizer.step();
        };
        foreach (var (x, y) in data)
            learn(criterion.forward(model.forward(x), y));
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        for (var i = 0; i < 100; i++)
        {
            var loss = net.forward(torch.rand(8, 2)).sum();
            [|loss.backward()|];
            sgd.step();
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        for (var i = 0; i < 100; i++)
        {
            var loss = net.forward(torch.rand(8, 2)).sum();
            sgd.zero_grad();
            loss.backward();
            sgd.step();
        }
        """);

    [Fact]
    public Task Warns_in_an_async_iterator() => Verifier.Warns(Id, """
        public static class Streaming
        {
            public static async IAsyncEnumerable<float> Losses(IAsyncEnumerable<Tensor> inputs, Module<Tensor, Tensor> net, optim.Optimizer optimizer)
            {
                await foreach (var x in inputs)
                {
                    var loss = net.forward(x).mean();
                    [|loss.backward()|];
                    optimizer.step();
                    yield return loss.item<float>();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_another_optimizer_is_cleared_through_an_alias() => Verifier.Warns(Id, """
        var other = optim.Adam(Linear(2, 2).parameters());
        var alias = other;
        foreach (var (x, y) in data)
        {
            alias.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            [|loss.backward()|];
            optimizer.step();
        }
        """);

    [Fact]
    public Task Warns_when_only_one_branch_clears() => Verifier.Warns(Id, """
        var careful = data.Count() > 10;
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            if (careful)
            {
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
            else
            {
                [|loss.backward()|];
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_closure_for_LBFGS_does_not_clear() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var lbfgs = optim.LBFGS(model.parameters());
        for (var i = 0; i < 20; i++)
        {
            lbfgs.step(() =>
            {
                var loss = criterion.forward(model.forward(x), y);
                [|loss.backward()|];
                return loss;
            });
        }
        """);

    [Theory]
    [InlineData("optimizer.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step(); optimizer.zero_grad();")]
    [InlineData("model.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step();")]
    [InlineData("var o = optimizer; o.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); try { loss.backward(); optimizer.step(); } finally { optimizer.zero_grad(); }")]
    [InlineData("optimizer?.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer?.step();")]
    public Task Silent_wherever_the_gradients_are_cleared(string body) => Verifier.Silent(Id, "foreach (var (x, y) in data)\n{\n    " + body.Replace("; ", ";\n    ") + "\n}");

    [Fact]
    public Task Silent_on_gradient_accumulation() => Verifier.Silent(Id, """
        var i = 0;
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y) / 4;
            loss.backward();
            if (++i % 4 == 0)
            {
                optimizer.step();
                optimizer.zero_grad();
            }
        }
        """);

    [Fact]
    public Task Silent_on_an_inner_loop_of_backward_and_one_step_after_it() => Verifier.Silent(Id, """
        for (var episode = 0; episode < 100; episode++)
        {
            optimizer.zero_grad();
            foreach (var (x, y) in data)
                (-model.forward(x).log() * y).sum().backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_generator_and_a_critic() => Verifier.Silent(Id, """
        var (netG, netD) = (Linear(2, 4), Linear(4, 1));
        var optimG = optim.Adam(netG.parameters());
        var optimD = optim.Adam(netD.parameters());
        foreach (var (real, _) in data)
        {
            netD.zero_grad();
            var fake = netG.forward(torch.randn(8, 2));
            netD.forward(real).mean().backward();
            netD.forward(fake.detach()).mean().neg().backward();
            optimD.step();

            netG.zero_grad();
            netD.forward(fake).mean().backward();
            optimG.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_closure_that_clears() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var lbfgs = optim.LBFGS(model.parameters());
        Tensor Closure()
        {
            lbfgs.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            return loss;
        }

        for (var i = 0; i < 20; i++)
            lbfgs.step(Closure);
        """);

    [Theory]
    [InlineData("foreach (var p in model.parameters()) p.grad?.zero_();")]
    [InlineData("foreach (var p in model.parameters()) { if (p.grad is { } g) g.zero_(); }")]
    public Task Silent_when_gradients_are_zeroed_by_hand(string clearing) => Verifier.Silent(Id, $$"""
        foreach (var (x, y) in data)
        {
            {{clearing}}
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_a_callee_clears() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            private void Begin() => optimizer.zero_grad();

            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    Begin();
                    model.forward(x).mean().backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_caller_clears() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> model, optim.Optimizer optimizer)
        {
            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    optimizer.zero_grad();
                    Learn(x);
                }
            }

            private void Learn(Tensor x)
            {
                model.forward(x).mean().backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_base_class_clears() => Verifier.Silent(Id, """
        // file: Base.cs
        public abstract class Trainer(optim.Optimizer optimizer)
        {
            protected optim.Optimizer Optimizer { get; } = optimizer;

            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    Optimizer.zero_grad();
                    Batch(x);
                }
            }

            protected abstract void Batch(Tensor x);
        }
        // file: Derived.cs
        public sealed class Regression(Module<Tensor, Tensor> net) : Trainer(optim.SGD(net.parameters(), 0.1))
        {
            protected override void Batch(Tensor x)
            {
                net.forward(x).mean().backward();
                Optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_on_one_single_step() => Verifier.Silent(Id, """
        var (x, y) = data.First();
        var loss = criterion.forward(model.forward(x), y);
        loss.backward();
        optimizer.step();
        """);

    [Fact]
    public Task Silent_when_the_optimizer_is_made_anew_in_each_round() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var net = Linear(4, 1);
            var fresh = optim.SGD(net.parameters(), 0.1);
            criterion.forward(net.forward(x), y).backward();
            fresh.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_goes_to_code_that_cannot_be_seen() => Verifier.Silent(Id, """
        public interface IScaler
        {
            void Step(optim.Optimizer optimizer);
        }

        public static class Mixed
        {
            public static void Fit(IEnumerable<Tensor> batches, Module<Tensor, Tensor> net, optim.Optimizer optimizer, IScaler scaler)
            {
                foreach (var x in batches)
                {
                    net.forward(x).mean().backward();
                    scaler.Step(optimizer);
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_manual_gradient_descent() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            model.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            using (no_grad())
            {
                foreach (var p in model.parameters())
                    p.sub_(p.grad! * 0.01);
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_bad_batch_is_skipped_and_cleared() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            if (float.IsNaN(loss.item<float>()))
            {
                optimizer.zero_grad();
                continue;
            }

            optimizer.step();
            optimizer.zero_grad();
        }
        """);

    [Fact]
    public Task Silent_on_actor_and_critic_cleared_in_one_loop_over_both() => Verifier.Silent(Id, """
        var optimizers = new[] { optim.Adam(model.parameters()), optim.Adam(Linear(2, 2).parameters()) };
        foreach (var (x, y) in data)
        {
            foreach (var o in optimizers)
                o.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            foreach (var o in optimizers)
                o.step();
        }
        """);

    [Fact]
    public Task Silent_in_a_gradient_check_without_an_optimizer() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            x.requires_grad = true;
            criterion.forward(model.forward(x), y).backward();
            Console.WriteLine(x.grad!.abs().max().item<float>());
        }
        """);

    [Fact]
    public Task Points_at_the_step_in_another_file() => Verifier.Warns(Id, """
        // file: Steps.cs
        public static class Steps
        {
            public static void Apply(optim.Optimizer optimizer) => {|#0:optimizer.step()|};
        }
        // file: Training.cs
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, IEnumerable<Tensor> batches)
            {
                var adam = optim.Adam(net.parameters());
                foreach (var x in batches)
                {
                    [|net.forward(x).mean().backward()|];
                    Steps.Apply(adam);
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_above_a_comment_and_keeps_it() => Verifier.Fix(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            // the gradients of this batch
            [|loss.backward()|]; // of all layers
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            optimizer.zero_grad();
            // the gradients of this batch
            loss.backward(); // of all layers
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
        }
        """);

    [Fact]
    public Task Offers_no_fix_where_the_optimizer_cannot_be_named() => Verifier.NoFix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly Pair pair = new(optim.SGD(net.parameters(), 0.1));

            public void Run(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                    pair.Learn([|Loss(x)|]);
            }

            private Tensor Loss(Tensor x)
            {
                var loss = net.forward(x).mean();
                loss.backward();
                return loss;
            }

            private sealed class Pair(optim.Optimizer optimizer)
            {
                public void Learn(Tensor loss)
                {
                    Console.WriteLine(loss.item<float>());
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_wrapper_clears_after_its_step_and_in_its_catch() => Verifier.Silent(Id, """
        public sealed class Scaled(optim.Optimizer inner, Module<Tensor, Tensor> net)
        {
            public void Step()
            {
                try
                {
                    if (net.parameters().Any(p => p.isnan().any().item<bool>()))
                        throw new InvalidOperationException();
                    inner.step();
                    inner.zero_grad();
                }
                catch (InvalidOperationException)
                {
                    inner.zero_grad();
                }
            }

            public static void Fit(Module<Tensor, Tensor> net, IEnumerable<Tensor> batches)
            {
                var scaled = new Scaled(optim.Adam(net.parameters()), net);
                foreach (var x in batches)
                {
                    net.forward(x).mean().backward();
                    scaled.Step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_on_an_agent_with_two_networks_and_a_target() => Verifier.Silent(Id, """
        public sealed class Agent
        {
            private readonly Module<Tensor, Tensor> actor = Linear(4, 2), critic = Linear(4, 1), target = Linear(4, 1);
            private readonly optim.Optimizer actorOptimizer, criticOptimizer;

            public Agent()
            {
                actorOptimizer = optim.Adam(actor.parameters());
                criticOptimizer = optim.Adam(critic.parameters());
            }

            public void Optimize(IReadOnlyList<(Tensor State, Tensor Next, Tensor Reward)> memory)
            {
                foreach (var (state, next, reward) in memory)
                {
                    UpdateCritic(state, (reward + 0.99 * target.forward(next)).detach());
                    var loss = -(actor.forward(state).log_softmax(1) * critic.forward(state).detach()).mean();
                    Update(loss, actorOptimizer);
                }
            }

            private void UpdateCritic(Tensor state, Tensor wanted) => Update(functional.mse_loss(critic.forward(state), wanted), criticOptimizer);

            private static void Update(Tensor loss, optim.Optimizer optimizer)
            {
                optimizer.zero_grad();
                loss.backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_network_clears_itself() => Verifier.Silent(Id, """
        public sealed class TwoTowers : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> layer = Linear(4, 2);

            public TwoTowers() : base(nameof(TwoTowers)) => RegisterComponents();

            public override Tensor forward(Tensor x) => layer.forward(x);

            public void Fit(IEnumerable<Tensor> batches)
            {
                using var optimizer = optim.Adam(parameters(true));
                train();
                foreach (var x in batches)
                {
                    using var loss = forward(x).mean();
                    zero_grad();
                    loss.backward();
                    optimizer.step();
                }

                eval();
            }
        }
        """);

    private const string TwoSteps = """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Plain(Tensor x, Tensor y)
            {
                PLAIN
            }

            public void Scaled(Tensor x, Tensor y)
            {
                SCALED
            }
        }

        internal sealed class Other(optim.Optimizer sgd)
        {
            public void Clear() => sgd.zero_grad();
        }
        """;

    private const string Clears = "functional.mse_loss(net.forward(x), y).backward(); sgd.step(); sgd.zero_grad();";

    [Fact]
    public Task Warns_when_only_another_step_clears_for_itself() => Verifier.Warns(Id,
        TwoSteps.Replace("PLAIN", "[|functional.mse_loss(net.forward(x), y).backward()|]; sgd.step();").Replace("SCALED", Clears));

    [Fact]
    public Task Silent_when_each_step_clears() => Verifier.Silent(Id, TwoSteps.Replace("PLAIN", Clears).Replace("SCALED", Clears));

    [Fact]
    public Task Silent_when_another_method_is_there_to_clear() => Verifier.Silent(Id,
        TwoSteps.Replace("PLAIN", "functional.mse_loss(net.forward(x), y).backward(); sgd.step();").Replace("SCALED", "sgd.zero_grad();"));
}
