using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class SchedulerSteppedBeforeOptimizerTests
{
    private const string Id = "TL0104";

    private const string Learn = """
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        """;

    [Fact]
    public Task Names_both_calls_and_points_at_the_optimizer() => Verifier.Warns(Id, """
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            [|decay.step()|];
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                {|#0:optimizer.step()|};
            }
        }
        """, "'decay.step()' runs before the first 'optimizer.step()' of its loop: the first learning rate of the schedule is never used");

    [Fact]
    public Task Fixes_for_each_batch() => Verifier.Fix(Id, """
        var cycle = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 1000);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            [|cycle.step()|];
            optimizer.step();
        }
        """, """
        var cycle = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 1000);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.forward(model.forward(x), y);
            loss.backward();
            optimizer.step();
            cycle.step();
        }
        """);

    [Fact]
    public Task Warns_when_a_helper_trains_the_epoch() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer sgd;
            private readonly optim.lr_scheduler.LRScheduler scheduler;

            public Trainer()
            {
                sgd = optim.SGD(net.parameters(), 0.1);
                scheduler = optim.lr_scheduler.ExponentialLR(sgd, 0.95);
            }

            public void Fit(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    [|scheduler.step()|];
                    Epoch(batches);
                }
            }

            private void Epoch(IReadOnlyList<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }
            }
        }
        """, "'scheduler.step()' runs before the first 'Epoch(…)' of its loop: the first learning rate of the schedule is never used");

    [Fact]
    public Task Warns_when_both_are_parameters() => Verifier.Warns(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, optim.Optimizer adam, optim.lr_scheduler.LRScheduler schedule, IReadOnlyList<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    [|schedule.step()|];
                    foreach (var x in batches)
                    {
                        adam.zero_grad();
                        net.forward(x).mean().backward();
                        adam.step();
                    }
                }
            }
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements_with_a_while_loop() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var scheduler = optim.lr_scheduler.StepLR(sgd, 10);
        var epoch = 0;
        while (epoch++ < 30)
        {
            [|scheduler.step()|];
            sgd.zero_grad();
            net.forward(rand(4, 2)).mean().backward();
            sgd.step();
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var scheduler = optim.lr_scheduler.StepLR(sgd, 10);
        var epoch = 0;
        while (epoch++ < 30)
        {
            sgd.zero_grad();
            net.forward(rand(4, 2)).mean().backward();
            sgd.step();
            scheduler.step();
        }
        """);

    [Fact]
    public Task Fixes_in_a_lambda_through_an_alias() => Verifier.Fix(Id, """
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        Action fit = () =>
        {
            var same = decay;
            for (var epoch = 0; epoch < 30; epoch++)
            {
                [|same.step()|];
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    criterion.forward(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
        };
        fit();
        """, """
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        Action fit = () =>
        {
            var same = decay;
            for (var epoch = 0; epoch < 30; epoch++)
            {
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    criterion.forward(model.forward(x), y).backward();
                    optimizer.step();
                }
                same.step();
            }
        };
        fit();
        """);

    [Fact]
    public Task Warns_when_the_optimizer_gets_a_closure() => Verifier.Warns(Id, """
        var (x, y) = data.First();
        var lbfgs = optim.LBFGS(model.parameters());
        var decay = optim.lr_scheduler.StepLR(lbfgs, 10);
        for (var i = 0; i < 20; i++)
        {
            [|decay.step()|];
            lbfgs.step(() =>
            {
                lbfgs.zero_grad();
                var loss = criterion.forward(model.forward(x), y);
                loss.backward();
                return loss;
            });
        }
        """);

    [Fact]
    public Task Warns_in_an_async_method_inside_try() => Verifier.Warns(Id, """
        var decay = optim.lr_scheduler.CosineAnnealingLR(optimizer, 30);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            try
            {
                [|decay.step()|];
                foreach (var (x, y) in data)
                {
                    optimizer.zero_grad();
                    criterion.forward(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
            finally
            {
                await File.AppendAllTextAsync("log.txt", $"{epoch}\n");
            }
        }
        """);

    [Fact]
    public Task Warns_for_the_one_of_two_that_belongs_to_the_late_optimizer() => Verifier.Warns(Id, """
        var (netG, netD) = (Linear(2, 4), Linear(4, 1));
        var (optimG, optimD) = (optim.Adam(netG.parameters()), optim.Adam(netD.parameters()));
        var decayG = optim.lr_scheduler.StepLR(optimG, 10);
        var decayD = optim.lr_scheduler.StepLR(optimD, 10);
        foreach (var (real, _) in data)
        {
            optimD.zero_grad();
            netD.forward(real).mean().backward();
            optimD.step();
            decayD.step();
            [|decayG.step()|];
            optimG.zero_grad();
            netD.forward(netG.forward(torch.randn(8, 2))).mean().backward();
            optimG.step();
        }
        """);

    [Theory]
    [InlineData("", "decay.step();")]
    [InlineData("if (epoch > 0)\n        decay.step();", "")]
    [InlineData("if (epoch % 2 == 1)\n        decay.step();", "")]
    [InlineData("var s = epoch > 0 ? decay : null;\n    s?.step();", "")]
    [InlineData("", "if (epoch > 5)\n        decay?.step();")]
    public Task Silent_at_the_end_of_the_epoch_or_behind_a_condition(string head, string tail) => Verifier.Silent(Id, $$"""
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            {{head}}
        {{Learn}}
            {{tail}}
        }
        """);

    [Fact]
    public Task Silent_directly_after_the_optimizer_in_the_batch_loop() => Verifier.Silent(Id, """
        var cycle = optim.lr_scheduler.OneCycleLR(optimizer, 0.1, 1000);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            cycle.step();
        }
        """);

    [Fact]
    public Task Silent_once_before_the_loop() => Verifier.Silent(Id, $$"""
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var done = 0; done < 5; done++)
            decay.step();
        for (var epoch = 5; epoch < 30; epoch++)
        {
        {{Learn}}
            decay.step();
        }
        """);

    [Fact]
    public Task Silent_when_a_helper_trains_before_it() => Verifier.Silent(Id, $$"""
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        void Epoch()
        {
        {{Learn}}
        }

        for (var epoch = 0; epoch < 30; epoch++)
        {
            Epoch();
            decay.step();
        }
        """);

    [Fact]
    public Task Silent_on_the_schedule_of_another_optimizer() => Verifier.Silent(Id, """
        var encoder = Linear(4, 4);
        var optimEncoder = optim.Adam(encoder.parameters());
        var decay = optim.lr_scheduler.StepLR(optimEncoder, 10);
        foreach (var (x, y) in data)
        {
            optimEncoder.zero_grad();
            optimizer.zero_grad();
            criterion.forward(model.forward(encoder.forward(x)), y).backward();
            optimEncoder.step();
            decay.step();
            optimizer.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_optimizer_steps_before_the_loop() => Verifier.Silent(Id, $$"""
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        var (x0, y0) = data.First();
        optimizer.zero_grad();
        criterion.forward(model.forward(x0), y0).backward();
        optimizer.step();
        for (var epoch = 1; epoch < 30; epoch++)
        {
            decay.step();
        {{Learn}}
        }
        """);

    [Fact]
    public Task Silent_when_the_loop_only_follows_the_schedule() => Verifier.Silent(Id, """
        var decay = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            decay.step();
            Console.WriteLine(decay.get_last_lr().First());
        }
        """);

    [Fact]
    public Task Silent_when_one_epoch_lies_between_the_two() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net, optim.Optimizer sgd)
        {
            private readonly optim.lr_scheduler.LRScheduler decay = optim.lr_scheduler.StepLR(sgd, 10);

            public void Fit(IReadOnlyList<Tensor> batches)
            {
                for (var epoch = 0; epoch < 10; epoch++)
                {
                    Epoch(batches);
                    Console.WriteLine(net.forward(batches[0]).mean().item<float>());
                    decay.step();
                }
            }

            private void Epoch(IReadOnlyList<Tensor> batches)
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
}
