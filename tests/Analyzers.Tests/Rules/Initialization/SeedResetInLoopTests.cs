using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Initialization;

public class SeedResetInLoopTests
{
    private const string Id = "TL0902";

    private static string InBatch(string seeding, string before = "") => $$"""
        {{before}}
        foreach (var (x, y) in data)
        {
            {{seeding}}
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """;

    [Theory]
    [InlineData("[|manual_seed(0)|];")]
    [InlineData("[|torch.manual_seed(42)|];")]
    [InlineData("[|torch.random.manual_seed(42)|];")]
    [InlineData("[|cuda.manual_seed_all(42)|];")]
    [InlineData("var _ = [|manual_seed(1 + 2)|];")]
    public Task Warns_in_the_batch_loop(string seeding) => Verifier.Warns(Id, InBatch(seeding));

    [Fact]
    public Task Says_what_repeats() => Verifier.Warns(Id, InBatch("[|torch.manual_seed(42)|];"),
        "'torch.manual_seed(…)' makes all rounds of the training draw the same random numbers: dropout, noise and sampled batches repeat; call it once, before the loop");

    [Theory]
    [InlineData("var seed = Environment.TickCount;", "[|manual_seed(seed)|];")]
    [InlineData("const int seed = 3;", "[|manual_seed(seed)|];")]
    [InlineData("var seed = data.Count();", "[|manual_seed(seed * 2)|];")]
    public Task Warns_when_the_value_stays_the_same(string before, string seeding) => Verifier.Warns(Id, InBatch(seeding, before));

    [Fact]
    public Task Warns_in_the_epoch_loop_of_a_trainer() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Sequential(Linear(2, 8), Dropout(0.5), Linear(8, 1));
            private readonly optim.Optimizer sgd;
            private readonly int seed;

            public Trainer(int seed)
            {
                this.seed = seed;
                sgd = optim.SGD(net.parameters(), 0.1);
            }

            public void Fit(IReadOnlyList<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    [|torch.manual_seed(seed)|];
                    foreach (var x in batches) Learn(x);
                }
            }

            private void Learn(Tensor x)
            {
                sgd.zero_grad();
                net.forward(x).mean().backward();
                sgd.step();
            }
        }
        """);

    [Fact]
    public Task Warns_when_the_step_is_a_method_that_is_called_in_a_loop() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit()
            {
                for (var i = 0; i < 1000; i++) {|#0:Learn()|};
            }

            private void Learn()
            {
                [|manual_seed(1)|];
                sgd.zero_grad();
                net.forward(rand(32, 2)).mean().backward();
                sgd.step();
            }
        }
        """);

    [Theory]
    [InlineData("manual_seed(data.Count() + i);")]
    [InlineData("manual_seed(i);")]
    [InlineData("i++; manual_seed(i);")]
    [InlineData("manual_seed(Environment.TickCount64);")]
    [InlineData("if (i == 0) manual_seed(1);")]
    [InlineData("var own = new Generator(); own.manual_seed(1);")]
    public Task Silent_when_the_value_changes_or_a_choice_decides(string seeding) => Verifier.Silent(Id, InBatch(seeding + " i++;", "var i = 0;"));

    [Fact]
    public Task Silent_before_the_loop_and_in_loops_that_do_not_train() => Verifier.Silent(Id, """
        manual_seed(1);
        for (var i = 0; i < 3; i++)
        {
            manual_seed(1);
            Console.WriteLine(rand(2).mean().item<float>());
        }

        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_each_round_is_an_experiment_of_its_own() => Verifier.Silent(Id, """
        public static class Experiments
        {
            public static void Rates(IReadOnlyList<Tensor> batches)
            {
                foreach (var rate in new[] { 0.1, 0.01 })
                {
                    manual_seed(1);
                    var net = Linear(2, 1);
                    var sgd = optim.SGD(net.parameters(), rate);
                    foreach (var x in batches)
                    {
                        sgd.zero_grad();
                        net.forward(x).mean().backward();
                        sgd.step();
                    }
                }
            }

            public static void Sizes(IReadOnlyList<Tensor> batches)
            {
                foreach (var size in new[] { 8, 16 })
                {
                    manual_seed(1);
                    Run(size, batches);
                    var trainer = new Trainer(size);
                    trainer.Fit(batches);
                }
            }

            private static void Run(int size, IReadOnlyList<Tensor> batches)
            {
                manual_seed(1);
                var net = Linear(2, size);
                var sgd = optim.SGD(net.parameters(), 0.1);
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }
            }
        }

        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net;
            private readonly optim.Optimizer sgd;

            public Trainer(int size)
            {
                net = Linear(2, size);
                sgd = optim.SGD(net.parameters(), 0.1);
            }

            public void Fit(IReadOnlyList<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }
            }
        }
        """);

    [Fact]
    public Task Silent_when_the_state_of_the_generator_is_kept() => Verifier.Silent(Id, InBatch("var state = get_rng_state(); manual_seed(1); Console.WriteLine(rand(2)); set_rng_state(state);"));

    [Fact]
    public Task Fixes_by_setting_it_before_the_outermost_loop() => Verifier.Fix(Id, """
        for (var epoch = 0; epoch < 10; epoch++)
        {
            // repeatable
            [|manual_seed(0)|];
            foreach (var (x, y) in data)
            {
                [|torch.cuda.manual_seed(0)|]; // on the GPU
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        }
        """, """
        // repeatable
        manual_seed(0);
        torch.cuda.manual_seed(0); // on the GPU
        for (var epoch = 0; epoch < 10; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        while (true)
        {
            var generator = [|random.manual_seed(7)|];
            sgd.zero_grad();
            net.forward(rand(32, 2)).mean().backward();
            sgd.step();
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var generator = random.manual_seed(7);
        while (true)
        {
            sgd.zero_grad();
            net.forward(rand(32, 2)).mean().backward();
            sgd.step();
        }
        """);

    [Fact]
    public Task Offers_nothing_across_methods() => Verifier.NoFix(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Fit()
            {
                for (var i = 0; i < 1000; i++) Learn();
            }

            private void Learn()
            {
                [|manual_seed(1)|];
                sgd.zero_grad();
                net.forward(rand(32, 2)).mean().backward();
                sgd.step();
            }
        }
        """);

    private static string ByHand(string before, string inside) => $$"""
        public static class Descent
        {
            public static void Network(Tensor x, Tensor y, optim.Optimizer sgd)
            {
                var net = Linear(4, 1);
                for (var t = 0; t < 500; t++)
                {
                    {{before}}
                    var loss = functional.mse_loss(net.forward(x + randn_like(x)), y);
                    net.zero_grad();
                    loss.backward();
                    {{inside}}
                }
            }
        }
        """;

    [Fact]
    public Task Warns_when_the_parameters_are_changed_by_hand() => Verifier.Warns(Id, ByHand("[|manual_seed(42)|];", "using (no_grad()) foreach (var p in net.parameters()) p.sub_(0.1 * p.grad!);"));

    [Fact]
    public Task Silent_when_each_round_has_a_model_of_its_own() => Verifier.Silent(Id, ByHand("manual_seed(42); net = Linear(4, 1);", "using (no_grad()) foreach (var p in net.parameters()) p.sub_(0.1 * p.grad!);"));

    [Fact]
    public Task Silent_when_nothing_is_changed() => Verifier.Silent(Id, ByHand("manual_seed(42);", "foreach (var p in net.parameters()) Console.WriteLine(p.grad!.norm());"));

    [Fact]
    public Task Warns_where_one_step_adds_up_gradients() => Verifier.Warns(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            public void Step(Tensor x, Tensor y)
            {
                sgd.zero_grad();
                foreach (var part in x.chunk(4))
                {
                    [|manual_seed(42)|];
                    functional.mse_loss(net.forward(part), y).backward();
                }

                sgd.step();
            }
        }
        """);
}
