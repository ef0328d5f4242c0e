namespace TrainLint.Runtime.Tests.Checks;

/// <summary>The course of the loss, as numbers that stand for trainings.</summary>
public sealed class LossTests
{
    /// <summary>A run whose losses are given: the parameters follow gradients of their own.</summary>
    private static TrainReport Follow(IEnumerable<double> losses, TrainGuardOptions? options = null)
    {
        var model = Sequential(Linear(2, 1));
        var optimizer = optim.SGD(model.parameters(), 1e-3);
        using var guard = TrainGuard.Watch(model, optimizer, (options ?? new()) with { Logger = new ListLogger() });
        foreach (var loss in losses)
        {
            using var scope = NewDisposeScope();
            guard.Loss(tensor(loss));
            model.call(ones(1, 2)).sum().backward();
            optimizer.step();
            guard.Step();
            optimizer.zero_grad();
        }

        return guard.Report;
    }

    private static double[] Course(int steps, Func<int, double> mean, double noise, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, steps).Select(step => mean(step) * (1 + noise * (2 * random.NextDouble() - 1)))];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_noisy_loss_that_falls_is_silent(int seed)
    {
        Expect.Silence(Follow(Course(1200, step => 0.05 + 2.3 * Math.Exp(-step / 150.0), 0.9, seed)));
        Expect.Silence(Follow(Course(1200, step => 2.3 * Math.Exp(-step / 40.0), 0.5, seed)));
        // Slow, but it falls.
        Expect.Silence(Follow(Course(1200, step => 4.0 - 0.002 * step, 0.1, seed)));
    }

    [Fact]
    public void A_loss_below_zero_is_silent() => Expect.Silence(Follow(Course(1200, step => 5 - 0.1 * step, 0.3, 1)));

    [Fact]
    public void A_loss_that_stays_is_worth_a_word()
    {
        var report = Follow(Course(600, _ => 2.303, 0.05, 1));
        Expect.Ids(report, "TLR1001");
        Assert.Equal(500, report.Findings[0].Step);
    }

    [Fact]
    public void One_that_is_no_measure_is_not() => Expect.Silence(Follow(Course(600, _ => 2.303, 0.05, 1), new() { LossIsProgress = false }));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Divergence_is_worth_a_word(int seed) => Expect.Ids(Follow(Course(400, step => step < 100 ? 2.0 - step / 100.0 : Math.Exp((step - 100) / 20.0), 0.2, seed)), "TLR1002");

    [Fact]
    public void Rising_a_little_is_not() => Expect.Silence(Follow(Course(400, step => step < 100 ? 2.0 - step / 100.0 : 2.0, 0.2, 1)));

    [Fact]
    public void Noise_near_zero_is_no_divergence() => Expect.Silence(Follow(Course(800, step => step < 300 ? 2 * Math.Exp(-step / 20.0) : step < 500 ? 1e-7 : 1e-4, 0.5, 1)));

    [Fact]
    public void Oscillation_is_worth_a_word() => Expect.Ids(Follow(Course(400, step => step % 2 == 0 ? 1.0 : 3.0, 0.05, 1)), "TLR1003");

    [Fact]
    public void Two_batches_in_turn_that_both_get_better_are_not() =>
        Expect.Silence(Follow(Course(600, step => (step % 2 == 0 ? 1.0 : 3.0) * Math.Exp(-step / 200.0), 0.05, 1)));

    [Theory]
    [InlineData(45, true)]
    [InlineData(2.31, false)]
    [InlineData(3.5, false)]
    [InlineData(0.2, false)]
    public void The_first_loss_against_that_of_guessing(double first, bool told)
    {
        var report = Follow([first, 2, 1.9], new() { Classes = 10 });
        Expect.Ids(report, told ? ["TLR0403"] : []);
        // Nothing to compare with.
        Expect.Silence(Follow([first, 2, 1.9]));
    }

    [Fact]
    public void Binary_cross_entropy_has_a_guess_of_its_own()
    {
        Expect.Ids(Follow([3.0], new() { Objective = Objective.BinaryCrossEntropy }), "TLR0403");
        Expect.Silence(Follow([0.75], new() { Objective = Objective.BinaryCrossEntropy }));
    }
}
