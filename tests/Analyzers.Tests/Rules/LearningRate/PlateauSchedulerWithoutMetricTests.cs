using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class PlateauSchedulerWithoutMetricTests
{
    private const string Id = "TL0105";

    private const string Learn = """
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }
        """;

    [Fact]
    public Task Warns_without_any_argument() => Verifier.Warns(Id, $$"""
        var plateau = {|#0:optim.lr_scheduler.ReduceLROnPlateau(optimizer)|};
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            [|plateau.step()|];
        }
        """, "'plateau.step()' steps a ReduceLROnPlateau without the number that it watches, and throws: pass the loss of the validation");

    [Fact]
    public Task Warns_with_an_int() => Verifier.Warns(Id, $$"""
        optim.lr_scheduler.LRScheduler plateau = {|#0:optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode: "max")|};
        for (var epoch = 0; epoch < 30; epoch++)
        {
            var correct = 0;
        {{Learn}}
            [|plateau.step(correct)|];
        }
        """, "'plateau.step(…)' takes the int for the epoch, and a ReduceLROnPlateau throws: pass the number that it watches as a double");

    [Theory]
    [InlineData("plateau?.step()")]
    [InlineData("plateau.step(null)")]
    [InlineData("plateau.step(epoch: 3)")]
    public Task Warns_however_the_metric_is_left_out(string step) => Verifier.Warns(Id, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            {{(step.StartsWith("plateau?", StringComparison.Ordinal) ? "plateau?[|.step()|]" : $"[|{step}|]")}};
        }
        """);

    [Fact]
    public Task Warns_when_a_field_holds_it() => Verifier.Warns(Id, """
        public sealed class Trainer
        {
            private readonly optim.Optimizer sgd;
            private readonly optim.lr_scheduler.LRScheduler schedule;

            public Trainer(Module<Tensor, Tensor> net)
            {
                sgd = optim.SGD(net.parameters(), 0.1);
                schedule = {|#0:optim.lr_scheduler.ReduceLROnPlateau(sgd, patience: 3)|};
            }

            public void EndEpoch()
            {
                sgd.step();
                [|schedule.step()|];
            }
        }
        """);

    [Fact]
    public Task Warns_when_a_caller_hands_it_in() => Verifier.Warns(Id, """
        internal static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, IReadOnlyList<Tensor> batches)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                var schedule = {|#0:optim.lr_scheduler.ReduceLROnPlateau(sgd)|};
                for (var epoch = 0; epoch < 3; epoch++) Epoch(net, sgd, schedule, batches);
            }

            private static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer sgd, optim.lr_scheduler.LRScheduler schedule, IReadOnlyList<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                }

                [|schedule.step()|];
            }
        }
        """);

    [Theory]
    [InlineData("plateau.step(total);")]
    [InlineData("plateau.step(total / 3, epoch);")]
    [InlineData("plateau.step(0.5f);")]
    [InlineData("plateau.step(10L);")]
    [InlineData("plateau.step((double)epoch);")]
    [InlineData("plateau.step(current: 1);")]
    public Task Silent_with_a_metric(string step) => Verifier.Silent(Id, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            var total = 1.0;
        {{Learn}}
            {{step}}
        }
        """);

    [Fact]
    public Task Silent_on_other_schedulers() => Verifier.Silent(Id, $$"""
        var schedule = optim.lr_scheduler.StepLR(optimizer, 10);
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            schedule.step();
            schedule.step(epoch);
            plateau.step(1.0);
        }
        """);

    [Fact]
    public Task Silent_when_it_may_be_another_scheduler() => Verifier.Silent(Id, $$"""
        var plateau = data.Any() ? optim.lr_scheduler.ReduceLROnPlateau(optimizer) : optim.lr_scheduler.StepLR(optimizer, 3);
        for (var epoch = 0; epoch < 30; epoch++)
        {
        {{Learn}}
            if (plateau is optim.lr_scheduler.impl.ReduceLROnPlateau) plateau.step(1.0);
            else plateau.step();
        }
        """);

    [Fact]
    public Task Silent_when_it_is_asked_what_it_is() => Verifier.Silent(Id, """
        public sealed class Trainer(optim.Optimizer sgd)
        {
            private readonly optim.lr_scheduler.LRScheduler schedule = optim.lr_scheduler.ReduceLROnPlateau(sgd);

            public void EndEpoch(double loss)
            {
                if (schedule is optim.lr_scheduler.impl.ReduceLROnPlateau) schedule.step(loss);
                else schedule.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_it_is_meant_to_throw() => Verifier.Silent(Id, """
        public static class Assert
        {
            public static void Throws<T>(Action action) => action();
        }

        public static class Tests
        {
            public static void Plateau(optim.Optimizer sgd)
            {
                var schedule = optim.lr_scheduler.ReduceLROnPlateau(sgd);
                Assert.Throws<InvalidOperationException>(() => schedule.step());
                Assert.Throws<InvalidOperationException>(() => schedule.step(1));
            }
        }
        """);

    [Fact]
    public Task Fixes_with_the_loss_of_the_validation() => Verifier.Fix(Id, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            double trainLoss = 0;
        {{Learn}}
            double valLoss = data.Average(b => criterion.forward(model.forward(b.x), b.y).item<float>());
            Console.WriteLine(trainLoss);
            [|plateau.step()|]; // once per epoch
            [|plateau.step(epoch)|];
        }
        """, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            double trainLoss = 0;
        {{Learn}}
            double valLoss = data.Average(b => criterion.forward(model.forward(b.x), b.y).item<float>());
            Console.WriteLine(trainLoss);
            plateau.step(valLoss); // once per epoch
            plateau.step(valLoss, epoch);
        }
        """);

    [Fact]
    public Task Fixes_an_int_and_a_tensor() => Verifier.Fix(Id, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var best = optim.lr_scheduler.ReduceLROnPlateau(sgd, "max");
        var least = optim.lr_scheduler.ReduceLROnPlateau(sgd);
        var score = 3;
        Tensor loss = net.forward(rand(4, 2)).mean();
        [|best.step(score + 1)|];
        [|best.step(1)|];
        [|least.step()|];
        """, """
        // top-level
        var net = Linear(2, 1);
        var sgd = optim.SGD(net.parameters(), 0.1);
        var best = optim.lr_scheduler.ReduceLROnPlateau(sgd, "max");
        var least = optim.lr_scheduler.ReduceLROnPlateau(sgd);
        var score = 3;
        Tensor loss = net.forward(rand(4, 2)).mean();
        best.step((double)(score + 1));
        best.step(1.0);
        least.step(loss.item<float>());
        """);

    [Fact]
    public Task Offers_nothing_where_several_numbers_can_be_meant_or_none() => Verifier.NoFix(Id, $$"""
        var plateau = optim.lr_scheduler.ReduceLROnPlateau(optimizer);
        for (var epoch = 0; epoch < 30; epoch++)
        {
            double loss1 = 0, loss2 = 1, accuracy = 0;
            [|plateau.step()|];
            Console.WriteLine(loss1 + loss2 + accuracy);
        }

        [|plateau.step()|];
        """);
}
