using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.TrainingStep;

public class GradientsClearedBeforeStepTests
{
    private const string Id = "TL0703";

    [Fact]
    public Task Names_the_clearing_and_points_at_the_step_that_finds_nothing() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            [|optimizer.zero_grad()|];
            {|#0:optimizer.step()|};
        }
        """, "'optimizer.zero_grad()' throws away the gradients that backward() has just computed, so 'optimizer.step()' after it changes nothing");

    [Theory]
    [InlineData("[|model.zero_grad()|];\n    optimizer.step();")]
    [InlineData("nn.utils.clip_grad_norm_(model.parameters(), 1);\n    [|optimizer.zero_grad()|];\n    optimizer.step();")]
    [InlineData("[|optimizer.zero_grad()|];\n    optimizer?.step();")]
    [InlineData("if (loss.item<float>() > 0)\n    {\n        [|optimizer.zero_grad()|];\n        optimizer.step();\n    }")]
    public Task Warns_wherever_it_stands_between_the_two(string tail) => Verifier.Warns(Id, $$"""
        foreach (var (x, y) in data)
        {
            using var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            {{tail}}
        }
        """);

    [Fact]
    public Task Fixes_without_a_loop() => Verifier.Fix(Id, """
        var (x, y) = data.First();
        criterion.forward(model.forward(x), y).backward();
        [|optimizer.zero_grad()|];
        optimizer.step();
        """, """
        var (x, y) = data.First();
        criterion.forward(model.forward(x), y).backward();
        optimizer.step();
        optimizer.zero_grad();
        """);

    [Fact]
    public Task Warns_when_the_step_sits_in_a_helper_that_clears_first() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer adam;

            public Trainer() => adam = optim.Adam(net.parameters());

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    functional.cross_entropy(net.forward(x), y).backward();
                    Update();
                }
            }

            private void Update()
            {
                [|adam.zero_grad()|];
                adam.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_backward_sits_in_a_helper() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, IEnumerable<Tensor> batches)
            {
                using var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var x in batches)
                {
                    Backpropagate(net, x);
                    [|sgd.zero_grad()|];
                    sgd.step();
                }
            }

            private static void Backpropagate(Module<Tensor, Tensor> net, Tensor x)
            {
                using var loss = net.forward(x).mean();
                loss.backward();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_base_class_clears_in_its_update() => Verifier.Warns(Id, """
        public abstract class Trainer(optim.Optimizer optimizer)
        {
            protected void Apply()
            {
                [|Reset()|];
                optimizer.step();
            }

            private void Reset() => optimizer.zero_grad();
        }

        public sealed class Regression(Module<Tensor, Tensor> net) : Trainer(optim.SGD(net.parameters(), 0.1))
        {
            public void Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    net.forward(x).mean().backward();
                    Apply();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_through_an_alias_in_a_local_function() => Verifier.Warns(Id, """
        var sgd = optimizer;
        void Learn(Tensor x, Tensor y)
        {
            criterion.forward(model.forward(x), y).backward();
            [|sgd.zero_grad()|];
            optimizer.step();
        }

        foreach (var (x, y) in data)
            Learn(x, y);
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Sequential(Linear(2, 8), ReLU(), Linear(8, 1));
        var adam = optim.Adam(net.parameters(), lr: 1e-3);
        for (var epoch = 0; epoch < 100; epoch++)
        {
            var loss = functional.mse_loss(net.forward(torch.rand(16, 2)), torch.rand(16, 1));
            loss.backward();
            [|adam.zero_grad()|];
            adam.step();
            Console.WriteLine($"{epoch}: {loss.item<float>()}");
        }
        """, """
        // top-level
        var net = Sequential(Linear(2, 8), ReLU(), Linear(8, 1));
        var adam = optim.Adam(net.parameters(), lr: 1e-3);
        for (var epoch = 0; epoch < 100; epoch++)
        {
            var loss = functional.mse_loss(net.forward(torch.rand(16, 2)), torch.rand(16, 1));
            loss.backward();
            adam.step();
            adam.zero_grad();
            Console.WriteLine($"{epoch}: {loss.item<float>()}");
        }
        """);

    [Fact]
    public Task Warns_in_an_async_method_with_a_finally() => Verifier.Warns(Id, """
        foreach (var (x, y) in data)
        {
            try
            {
                await Task.Run(() => criterion.forward(model.forward(x), y)).ConfigureAwait(false);
                criterion.forward(model.forward(x), y).backward();
            }
            finally
            {
                [|optimizer.zero_grad()|];
            }

            optimizer.step();
        }
        """);

    [Fact]
    public Task Fixes_when_a_property_hands_out_the_optimizer() => Verifier.Fix(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer optimizer = optim.Adam(net.parameters());

            public optim.Optimizer Optimizer => optimizer;

            public IEnumerable<float> Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    var loss = net.forward(x).mean();
                    loss.backward();
                    [|Optimizer.zero_grad()|];
                    optimizer.step();
                    yield return loss.item<float>();
                }
            }
        }
        """, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer optimizer = optim.Adam(net.parameters());

            public optim.Optimizer Optimizer => optimizer;

            public IEnumerable<float> Fit(IEnumerable<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    var loss = net.forward(x).mean();
                    loss.backward();
                    optimizer.step();
                    Optimizer.zero_grad();
                    yield return loss.item<float>();
                }
            }
        }
        """);

    [Theory]
    [InlineData("optimizer.zero_grad(); var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); optimizer.zero_grad(); loss.backward(); optimizer.step();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step(); optimizer.zero_grad();")]
    [InlineData("var loss = criterion.forward(model.forward(x), y); loss.backward(); optimizer.step(); model.zero_grad();")]
    [InlineData("optimizer.step(); optimizer.zero_grad(); criterion.forward(model.forward(x), y).backward();")]
    public Task Silent_in_every_good_place(string body) => Verifier.Silent(Id, "foreach (var (x, y) in data)\n{\n    " + body.Replace("; ", ";\n    ") + "\n}");

    [Fact]
    public Task Silent_when_a_bad_batch_is_skipped() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            if (float.IsNaN(loss.item<float>()))
                optimizer.zero_grad();
            optimizer.step();
            optimizer.zero_grad();
        }
        """);

    [Fact]
    public Task Silent_when_an_exception_clears_what_it_left() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            try
            {
                criterion.forward(model.forward(x), y).backward();
            }
            catch (InvalidOperationException)
            {
                optimizer.zero_grad();
                continue;
            }

            optimizer.step();
            optimizer.zero_grad();
        }
        """);

    [Fact]
    public Task Silent_on_two_optimizers_that_clear_each_for_itself() => Verifier.Silent(Id, """
        var (actor, critic) = (Linear(4, 2), Linear(4, 1));
        var optimActor = optim.Adam(actor.parameters());
        var optimCritic = optim.Adam(critic.parameters());
        foreach (var (x, y) in data)
        {
            optimActor.zero_grad();
            (actor.forward(x).log() * critic.forward(x)).mean().backward();
            optimCritic.zero_grad();
            criterion.forward(critic.forward(x), y).backward();
            optimActor.step();
            optimCritic.step();
        }
        """);

    [Fact]
    public Task Silent_on_an_adversarial_example_before_the_step() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            x.requires_grad = true;
            criterion.forward(model.forward(x), y).backward();
            var attacked = (x + 0.1 * x.grad!.sign()).detach();
            optimizer.zero_grad();
            criterion.forward(model.forward(attacked), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_a_second_loss_that_starts_afresh() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            var norm = model.forward(x).norm();
            norm.backward();
            Console.WriteLine(norm.item<float>());
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_manual_gradient_descent() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            criterion.forward(model.forward(x), y).backward();
            using (no_grad())
            {
                foreach (var p in model.parameters())
                    p.sub_(p.grad! * 0.01);
            }

            model.zero_grad();
        }
        """);

    [Fact]
    public Task Silent_on_gradients_that_are_kept_and_put_back() => Verifier.Silent(Id, """
        foreach (var (x, y) in data)
        {
            criterion.forward(model.forward(x), y).backward();
            var kept = model.parameters().Select(p => p.grad!.clone()).ToList();
            optimizer.zero_grad();
            foreach (var (p, g) in model.parameters().Zip(kept))
                p.grad = g;
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_on_gradient_accumulation() => Verifier.Silent(Id, """
        var i = 0;
        foreach (var (x, y) in data)
        {
            if (i++ % 4 == 0)
                optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            if (i % 4 == 0)
                optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_step_belongs_to_another_model() => Verifier.Silent(Id, """
        var teacher = Linear(4, 1);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), teacher.forward(x)).backward();
            teacher.zero_grad();
            optimizer.step();
        }
        """);
}
