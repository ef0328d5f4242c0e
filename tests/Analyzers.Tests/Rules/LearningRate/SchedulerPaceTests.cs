using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.LearningRate;

public class SchedulerPaceTests
{
    private const string Id = "TL0106";

    private static string InBatch(string creation, string step = "schedule.step()") => $$"""
        const int epochs = 30;
        var schedule = optim.lr_scheduler.{{creation}};
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
                {{step}};
            }
        }
        """;

    private static string InEpoch(string creation, string step = "schedule.step()") => $$"""
        const int epochs = 30;
        var schedule = optim.lr_scheduler.{{creation}};
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            foreach (var (x, y) in data)
            {
                optimizer.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                optimizer.step();
            }

            {{step}};
        }
        """;

    [Theory]
    [InlineData("StepLR(optimizer, 10)")]
    [InlineData("StepLR(optimizer, step_size: 30, gamma: 0.5)")]
    [InlineData("MultiStepLR(optimizer, new[] { 10, 20 })")]
    [InlineData("MultiStepLR(optimizer, new List<int> { 10, 20 })")]
    [InlineData("MultiStepLR(optimizer, [10, 20])")]
    [InlineData("ExponentialLR(optimizer, 0.95)")]
    [InlineData("ExponentialLR(optimizer)")]
    [InlineData("CosineAnnealingLR(optimizer, epochs)")]
    [InlineData("CosineAnnealingLR(optimizer, T_max: 30)")]
    public Task Suggests_when_a_schedule_for_epochs_counts_batches(string creation) => Verifier.Warns(Id, InBatch(creation, "[|schedule.step()|]"));

    [Fact]
    public Task Says_what_happens() => Verifier.Warns(Id, InBatch("StepLR(optimizer, 10)", "[|schedule.step()|]"),
        "'schedule.step()' runs after every batch, but this StepLR is made for epochs: the learning rate is gone after a few batches; call it once per epoch");

    [Theory]
    [InlineData("StepLR(optimizer, 10000)")]
    [InlineData("StepLR(optimizer, data.Count() * 10)")]
    [InlineData("MultiStepLR(optimizer, new[] { 10000, 20000 })")]
    [InlineData("ExponentialLR(optimizer, 0.9999)")]
    [InlineData("CosineAnnealingLR(optimizer, epochs * data.Count())")]
    [InlineData("CosineAnnealingLR(optimizer, 5000)")]
    [InlineData("LambdaLR(optimizer, i => Math.Min(1, i / 100.0))")]
    [InlineData("OneCycleLR(optimizer, 0.1, epochs: 30, steps_per_epoch: 100)")]
    [InlineData("CyclicLR(optimizer, 0.01, 0.1)")]
    [InlineData("LinearLR(optimizer)")]
    public Task Silent_when_a_schedule_for_batches_counts_batches(string creation) => Verifier.Silent(Id, InBatch(creation));

    [Theory]
    [InlineData("OneCycleLR(optimizer, 0.1, epochs: epochs, steps_per_epoch: 100)")]
    [InlineData("OneCycleLR(optimizer, 0.1, total_steps: 3000)")]
    [InlineData("OneCycleLR(optimizer, 0.1, total_steps: epochs * data.Count())")]
    [InlineData("CyclicLR(optimizer, 0.01, 0.1)")]
    [InlineData("CyclicLR(optimizer, 0.01, 0.1, step_size_up: 500)")]
    public Task Suggests_when_a_schedule_for_batches_counts_epochs(string creation) => Verifier.Warns(Id, InEpoch(creation, "[|schedule.step()|]"));

    [Theory]
    [InlineData("OneCycleLR(optimizer, 0.1, epochs: epochs, steps_per_epoch: 1)")]
    [InlineData("OneCycleLR(optimizer, 0.1, total_steps: epochs)")]
    [InlineData("OneCycleLR(optimizer, 0.1, total_steps: 30)")]
    [InlineData("CyclicLR(optimizer, 0.01, 0.1, step_size_up: 5)")]
    [InlineData("StepLR(optimizer, 10)")]
    [InlineData("ExponentialLR(optimizer, 0.95)")]
    [InlineData("CosineAnnealingLR(optimizer, epochs)")]
    public Task Silent_when_a_schedule_for_epochs_counts_epochs(string creation) => Verifier.Silent(Id, InEpoch(creation));

    [Theory]
    [InlineData("if (epoch > 3) schedule.step()")]
    [InlineData("var last = epoch == 29; if (last) schedule.step()")]
    public Task Silent_when_something_decides_when_it_runs(string step) => Verifier.Silent(Id, InBatch("StepLR(optimizer, 10)", step));

    [Fact]
    public Task Suggests_when_the_epoch_is_a_method_of_its_own() => Verifier.Warns(Id, """
        internal static class Training
        {
            public static void Run(Module<Tensor, Tensor> net, IReadOnlyList<Tensor> batches)
            {
                var sgd = optim.SGD(net.parameters(), 0.1);
                var schedule = {|#0:optim.lr_scheduler.StepLR(sgd, 5)|};
                for (var epoch = 0; epoch < 20; epoch++) Epoch(net, sgd, schedule, batches);
            }

            private static void Epoch(Module<Tensor, Tensor> net, optim.Optimizer sgd, optim.lr_scheduler.LRScheduler schedule, IReadOnlyList<Tensor> batches)
            {
                foreach (var x in batches)
                {
                    sgd.zero_grad();
                    net.forward(x).mean().backward();
                    sgd.step();
                    [|schedule.step()|];
                }
            }
        }
        """);

    [Fact]
    public Task Suggests_when_the_batches_are_in_a_method_of_their_own() => Verifier.Warns(Id, """
        internal sealed class Trainer(Module<Tensor, Tensor> net)
        {
            private readonly optim.Optimizer sgd = optim.SGD(net.parameters(), 0.1);

            public void Run(IReadOnlyList<Tensor> batches)
            {
                var schedule = {|#0:optim.lr_scheduler.OneCycleLR(sgd, 0.1, epochs: 20, steps_per_epoch: batches.Count)|};
                for (var epoch = 0; epoch < 20; epoch++)
                {
                    Epoch(batches);
                    [|schedule.step()|];
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

    [Fact]
    public Task Silent_when_one_loop_is_the_epochs() => Verifier.Silent(Id, """
        var schedule = optim.lr_scheduler.StepLR(optimizer, 10);
        for (var epoch = 0; epoch < 100; epoch++)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(data.First().x), data.First().y).backward();
            optimizer.step();
            schedule.step();
        }
        """);

    [Fact]
    public Task Silent_when_each_fold_has_a_schedule_of_its_own() => Verifier.Silent(Id, """
        for (var fold = 0; fold < 5; fold++)
        {
            var sgd = optim.SGD(model.parameters(), 0.1);
            var schedule = optim.lr_scheduler.StepLR(sgd, 10);
            for (var epoch = 0; epoch < 100; epoch++)
            {
                sgd.zero_grad();
                criterion.forward(model.forward(data.First().x), data.First().y).backward();
                sgd.step();
                schedule.step();
            }
        }
        """);

    [Fact]
    public Task Silent_when_another_optimizer_steps_in_the_batches() => Verifier.Silent(Id, """
        var other = optim.SGD(model.parameters(), 0.1);
        var schedule = optim.lr_scheduler.CyclicLR(optimizer, 0.01, 0.1);
        for (var epoch = 0; epoch < 100; epoch++)
        {
            foreach (var (x, y) in data)
            {
                other.zero_grad();
                criterion.forward(model.forward(x), y).backward();
                other.step();
            }

            optimizer.step();
            schedule.step();
        }
        """);
}
