namespace TrainLint.Runtime.Tests.Checks;

/// <summary>What shows from epoch to epoch.</summary>
public sealed class EpochTests
{
    [Fact]
    public void An_epoch_without_a_step_is_an_error()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger() });
        for (var i = 0; i < 5; i++)
            guard.Loss(tensor(1.0));
        guard.Validation(1.0);
        Expect.Ids(guard.Report, "TL0704");
        Assert.Contains("5 losses", guard.Report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_before_training_is_not()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger() });
        guard.Validation(1.0);
        guard.Epoch();
        Expect.Silence(guard.Report);
    }

    private static TrainReport Epochs(Func<int, double> validation, Func<int, double> training, int epochs = 10)
    {
        var model = Sequential(Linear(2, 1));
        var optimizer = optim.SGD(model.parameters(), 1e-3);
        using var guard = TrainGuard.Watch(model, optimizer, new() { Logger = new ListLogger() });
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            for (var step = 0; step < 5; step++)
            {
                using var scope = NewDisposeScope();
                guard.Loss(tensor(training(epoch)));
                model.call(ones(1, 2)).sum().backward();
                optimizer.step();
                guard.Step();
                optimizer.zero_grad();
            }

            using var value = tensor(validation(epoch));
            guard.Validation(value);
        }

        return guard.Report;
    }

    [Fact]
    public void Validation_that_rises_while_training_falls_is_worth_a_word()
    {
        var report = Epochs(epoch => epoch <= 4 ? 1.0 / epoch : 0.25 + 0.05 * (epoch - 4), epoch => 1.0 / epoch);
        Expect.Ids(report, "TLR0801");
        Assert.Contains("epoch 4", report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_noisy_validation_is_not() => Expect.Silence(Epochs(epoch => 0.5 + 0.05 * Math.Sin(epoch * 2), epoch => 1.0 / epoch));

    [Fact]
    public void Nor_is_one_that_rises_with_the_training_loss() => Expect.Silence(Epochs(epoch => 0.5 + 0.1 * epoch, epoch => 0.4 + 0.1 * epoch));
}
