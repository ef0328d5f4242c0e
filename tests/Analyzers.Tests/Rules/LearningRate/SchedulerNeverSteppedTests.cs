using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class SchedulerNeverSteppedTests
{
    private const string Id = "TL0103";

    private const string Learn = """
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        """;

    [Fact]
    public Task Names_the_scheduler_and_says_once_per_epoch() => Verifier.Warns(Id, $$"""
        var decay = [|optim.lr_scheduler.StepLR(optimizer, 10)|];
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
        }
        """, "'decay' is made but never stepped: the learning rate stays as it is; call decay.step() once per epoch");

    [Theory]
    [InlineData("OneCycleLR(optimizer, 0.1, 1000)")]
    [InlineData("CyclicLR(optimizer, 0.001, 0.1)")]
    public Task Says_after_each_step_where_the_scheduler_counts_batches(string creation) => Verifier.Warns(Id, $$"""
        var cycle = [|torch.optim.lr_scheduler.{{creation}}|];
        {{Learn}}
        """, "'cycle' is made but never stepped: the learning rate stays as it is; call cycle.step() after each optimizer.step()");

    [Theory]
    [InlineData("StepLR(optimizer, 5, 0.5)")]
    [InlineData("ExponentialLR(optimizer, 0.9)")]
    [InlineData("CosineAnnealingLR(optimizer, 50)")]
    [InlineData("LambdaLR(optimizer, epoch => 1.0 / (1 + epoch))")]
    [InlineData("ReduceLROnPlateau(optimizer)")]
    public Task Warns_for_every_kind(string creation) => Verifier.Warns(Id, $$"""
        var scheduler = [|optim.lr_scheduler.{{creation}}|];
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            Console.WriteLine(optimizer.ParamGroups.First().LearningRate);
        }
        """);

    [Fact]
    public Task Warns_when_it_is_a_field_that_no_method_steps() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly Module<Tensor, Tensor> net = Linear(4, 2);
            private readonly optim.Optimizer sgd;
            private readonly optim.lr_scheduler.LRScheduler scheduler;

            public Trainer()
            {
                sgd = optim.SGD(net.parameters(), 0.1);
                scheduler = [|optim.lr_scheduler.ExponentialLR(sgd, 0.95)|];
            }

            public void Epoch(IEnumerable<(Tensor, Tensor)> batches)
            {
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }

                Console.WriteLine(string.Join(", ", scheduler.get_last_lr()));
            }
        }
        """, "'scheduler' is made but never stepped: the learning rate stays as it is; call scheduler.step() once per epoch");

    [Fact]
    public Task Warns_when_a_helper_made_the_optimizer_and_the_scheduler_is_dropped() => Verifier.Warns(Id, $$"""
        var (adam, _) = Make(model);
        for (var epoch = 0; epoch < 3; epoch++)
        {
        {{Learn}}
            adam.step();
        }

        static (optim.Optimizer, int) Make(Module<Tensor, Tensor> net)
        {
            var o = optim.Adam(net.parameters());
            [|optim.lr_scheduler.StepLR(o, 10)|];
            return (o, 10);
        }
        """);

    [Fact]
    public Task Fixes_in_top_level_statements_and_an_alias() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var scheduler = [|optim.lr_scheduler.StepLR(sgd, 10)|];
        var same = scheduler;
        for (var epoch = 0; epoch < 30; epoch++)
        {
            sgd.zero_grad();
            net.forward(rand(4, 2)).mean().backward();
            sgd.step();
            Console.WriteLine(same.get_last_lr().First());
        }
        """, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var scheduler = optim.lr_scheduler.StepLR(sgd, 10);
        var same = scheduler;
        for (var epoch = 0; epoch < 30; epoch++)
        {
            sgd.zero_grad();
            net.forward(rand(4, 2)).mean().backward();
            sgd.step();
            Console.WriteLine(same.get_last_lr().First());
            scheduler.step();
        }
        """);

    [Fact]
    public Task Warns_for_the_second_of_two() => Verifier.Warns(Id, $$"""
        var warmup = optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Min(1, (epoch + 1) / 5.0));
        var decay = [|optim.lr_scheduler.StepLR(optimizer, 10)|];
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            warmup.step();
        }
        """);

    [Fact]
    public Task Fixes_in_an_async_iterator() => Verifier.Fix(Id, """
        public static class Streaming
        {
            public static async IAsyncEnumerable<float> Losses(IAsyncEnumerable<Tensor> inputs, Module<Tensor, Tensor> net)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                var scheduler = [|optim.lr_scheduler.StepLR(sgd, 100)|];
                await foreach (var x in inputs)
                {
                    sgd.zero_grad();
                    var loss = net.forward(x).mean();
                    loss.backward();
                    sgd.step();
                    yield return loss.item<float>();
                }
            }
        }
        """, """
        public static class Streaming
        {
            public static async IAsyncEnumerable<float> Losses(IAsyncEnumerable<Tensor> inputs, Module<Tensor, Tensor> net)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                var scheduler = optim.lr_scheduler.StepLR(sgd, 100);
                await foreach (var x in inputs)
                {
                    sgd.zero_grad();
                    var loss = net.forward(x).mean();
                    loss.backward();
                    sgd.step();
                    yield return loss.item<float>();
                    scheduler.step();
                }
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_property_of_the_base_class_hands_it_out() => Verifier.Warns(Id, """
        public abstract class Experiment(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);
            private optim.lr_scheduler.LRScheduler? scheduler;

            private protected optim.lr_scheduler.LRScheduler Scheduler => scheduler ??= [|optim.lr_scheduler.StepLR(sgd, 10)|];

            public void Learn(Tensor x)
            {
                sgd.zero_grad();
                net.forward(x).mean().backward();
                sgd.step();
            }
        }

        internal sealed class Regression(Module<Tensor, Tensor> net) : Experiment(net)
        {
            public void Print() => Console.WriteLine(Scheduler.get_last_lr().First());
        }
        """);

    [Theory]
    [InlineData("scheduler.step();")]
    [InlineData("scheduler?.step();")]
    [InlineData("scheduler.step(epoch);")]
    [InlineData("if (epoch > 5) scheduler.step();")]
    [InlineData("var s = scheduler; s.step();")]
    [InlineData("Action next = scheduler.step; next();")]
    [InlineData("Action next = () => scheduler.step(); next();")]
    [InlineData("try { } finally { scheduler.step(); }")]
    public Task Silent_however_it_is_stepped(string step) => Verifier.Silent(Id, $$"""
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            {{step}}
        }
        """);

    [Fact]
    public Task Silent_when_a_list_of_them_is_stepped() => Verifier.Silent(Id, """
        var schedulers = new List<optim.lr_scheduler.LRScheduler>
        {
            optim.lr_scheduler.StepLR(optimizer, 10),
            optim.lr_scheduler.ExponentialLR(optimizer, 0.99),
        };
        schedulers.Add(optim.lr_scheduler.ConstantLR(optimizer, 0.5));
        for (var epoch = 0; epoch < 30; epoch++)
        {
            optimizer.step();
            foreach (var scheduler in schedulers)
                scheduler.step();
        }
        """);

    [Theory]
    [InlineData("SequentialLR(optimizer, [first, second], [5])")]
    [InlineData("ChainedLR([first, second])")]
    public Task Silent_when_another_scheduler_holds_it(string creation) => Verifier.Silent(Id, $$"""
        var first = optim.lr_scheduler.ConstantLR(optimizer, 0.1);
        var second = optim.lr_scheduler.ExponentialLR(optimizer, 0.9);
        var both = optim.lr_scheduler.{{creation}};
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            both.step();
        }
        """);

    [Fact]
    public Task Silent_when_it_is_returned() => Verifier.Silent(Id, """
        public static class Factory
        {
            public static optim.lr_scheduler.LRScheduler Cosine(optim.Optimizer optimizer, int epochs) => optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs);

            public static (optim.Optimizer, optim.lr_scheduler.LRScheduler) Pair(Module<Tensor, Tensor> net)
            {
                var adam = optim.Adam(net.parameters());
                var scheduler = optim.lr_scheduler.StepLR(adam, 10);
                return (adam, scheduler);
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_callee_steps_it() => Verifier.Silent(Id, """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, IReadOnlyList<Tensor> batches)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                var scheduler = optim.lr_scheduler.StepLR(sgd, 10);
                for (var epoch = 0; epoch < 3; epoch++)
                    Epoch(net, sgd, batches, scheduler);
            }

            private static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer sgd, IReadOnlyList<Tensor> batches, optim.lr_scheduler.LRScheduler scheduler)
            {
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }

                scheduler.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_a_derived_class_steps_the_field() => Verifier.Silent(Id, """
        public abstract class Experiment(Module<Tensor, Tensor> net)
        {
            protected readonly optim.lr_scheduler.LRScheduler scheduler = optim.lr_scheduler.StepLR(optim.SGD(net.parameters(), 0.1), 10);

            public abstract void EndEpoch();
        }

        public sealed class Regression(Module<Tensor, Tensor> net) : Experiment(net)
        {
            public override void EndEpoch() => scheduler.step();
        }
        """);

    [Fact]
    public Task Silent_when_everybody_can_step_it() => Verifier.Silent(Id, """
        public sealed class Recipe(Module<Tensor, Tensor> net)
        {
            public optim.lr_scheduler.LRScheduler Scheduler { get; } = optim.lr_scheduler.StepLR(optim.SGD(net.parameters(), 0.1), 10);
        }
        """);

    [Fact]
    public Task Silent_when_code_that_cannot_be_seen_gets_it() => Verifier.Silent(Id, """
        public interface IMonitor
        {
            void Watch(object something);
        }

        public static class Training
        {
            public static void Run(IMonitor monitor, optim.Optimizer optimizer)
            {
                var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
                monitor.Watch(scheduler);
            }
        }
        """);

    [Fact]
    public Task Silent_on_a_plateau_scheduler_that_gets_its_metric() => Verifier.Silent(Id, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            plateau.step(data.Average(b => criterion.forward(model.forward(b.x), b.y).item<float>()));
        }
        """);

    [Fact]
    public Task Warns_and_fixes_when_it_is_stepped_only_after_the_training() => Verifier.Fix(Id, $$"""
        var scheduler = [|optim.lr_scheduler.StepLR(optimizer, 10)|];
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
        }

        scheduler.step();
        """, $$"""
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            scheduler.step();
        }

        scheduler.step();
        """);

    [Fact]
    public Task Says_that_the_training_is_over() => Verifier.Warns(Id, $$"""
        var scheduler = [|optim.lr_scheduler.StepLR(optimizer, 10)|];
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
        }

        scheduler.step();
        """, "'scheduler' is stepped only when the training is over: the learning rate stays as it is; call scheduler.step() once per epoch");

    [Fact]
    public Task Silent_when_it_is_stepped_between_two_trainings() => Verifier.Silent(Id, $$"""
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 1);
        {{Learn}}
        scheduler.step();
        {{Learn}}
        scheduler.step();
        """);

    [Fact]
    public Task Silent_when_the_optimizer_outlives_the_scheduler() => Verifier.Silent(Id, """
        public sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Epoch(IEnumerable<(Tensor, Tensor)> batches, int epoch)
            {
                var scheduler = optim.lr_scheduler.StepLR(sgd, 10, last_epoch: epoch);
                foreach (var (x, y) in batches)
                {
                    sgd.zero_grad();
                    functional.cross_entropy(net.forward(x), y).backward();
                    sgd.step();
                }

                scheduler.step();
            }
        }
        """);

    private const string Hierarchy = """
        internal abstract class Trainer
        {
            protected optim.lr_scheduler.LRScheduler? Scheduler;
            protected optim.Optimizer? Sgd;

            public void Learn(Tensor loss)
            {
                Sgd!.zero_grad();
                loss.backward();
                Advance();
            }

            protected virtual void Advance()
            {
                Sgd!.step();
                Scheduler!.step();
            }
        }

        """;

    [Fact]
    public Task Warns_when_only_a_method_that_is_overridden_steps_it() => Verifier.Warns(Id, Hierarchy + """
        internal sealed class Own : Trainer
        {
            public Own(Module<Tensor, Tensor> net)
            {
                Sgd = optim.SGD(net.parameters(), 0.1);
                Scheduler = [|optim.lr_scheduler.StepLR(Sgd, 3)|];
            }

            protected override void Advance() => Sgd!.step();
        }
        """);

    [Fact]
    public Task Silent_when_the_override_calls_the_method_that_steps_it() => Verifier.Silent(Id, Hierarchy + """
        internal sealed class Own : Trainer
        {
            public Own(Module<Tensor, Tensor> net)
            {
                Sgd = optim.SGD(net.parameters(), 0.1);
                Scheduler = optim.lr_scheduler.StepLR(Sgd, 3);
            }

            protected override void Advance()
            {
                Console.Write('.');
                base.Advance();
            }
        }
        """);
}
