namespace TrainLint.Runtime.Tests.Checks;

/// <summary>The learning rate over time.</summary>
public sealed class LearningRateTests
{
    private static TrainReport Rates(Func<int, double> rate, int steps, TrainGuardOptions options, int epoch = 0)
    {
        var model = Sequential(Linear(2, 1));
        var optimizer = optim.SGD(model.parameters(), 1e-3);
        using var guard = TrainGuard.Watch(model, optimizer, options with { Logger = new ListLogger() });
        for (var step = 1; step <= steps; step++)
        {
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate(step);
            var loss = model.call(ones(1, 2)).sum();
            loss.backward();
            optimizer.step();
            guard.Step();
            optimizer.zero_grad();
            if (epoch > 0 && step % epoch == 0)
                guard.Epoch();
        }

        return guard.Report;
    }

    [Fact]
    public void A_rate_that_stays_at_zero_is_worth_a_word() => Expect.Ids(Rates(step => step <= 20 ? 1e-3 : 0, 80, new()), "TLR0101");

    [Fact]
    public void One_that_touches_zero_is_not() => Expect.Silence(Rates(step => 1e-3 * Math.Max(0, Math.Cos(step / 20.0)), 200, new() { ZeroRateSteps = 80 }));

    [Fact]
    public void A_scheduler_that_changes_nothing_is_worth_a_word() => Expect.Ids(Rates(_ => 1e-3, 60, new() { Scheduled = true, IdleScheduleSteps = 50 }, 10), "TL0103");

    [Fact]
    public void One_that_steps_per_long_epoch_is_not() => Expect.Silence(Rates(_ => 1e-3, 60, new() { Scheduled = true, IdleScheduleSteps = 10 }, 25));

    [Fact]
    public void A_constant_rate_without_a_scheduler_is_not() => Expect.Silence(Rates(_ => 1e-3, 60, new() { IdleScheduleSteps = 10 }, 10));

    [Fact]
    public void A_rate_that_moves_is_not() => Expect.Silence(Rates(step => 1e-3 / (1 + step / 20), 60, new() { Scheduled = true, IdleScheduleSteps = 50 }, 10));
}
