namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Steps that move nothing, little or too much.</summary>
public sealed class UpdateTests
{
    private static Training At(double rate, Action<int>? beforeStep = null, int steps = 30)
    {
        var training = Training.Classifying();
        return training.With(optimizer: optim.SGD(training.Model.parameters(), rate), steps: steps, options: new() { LossIsProgress = false }, beforeStep: beforeStep);
    }

    [Fact]
    public void No_change_is_an_error()
    {
        var model = Sequential(Linear(2, 3));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        for (var step = 0; step < 5; step++)
        {
            var loss = functional.mse_loss(model.call(ones(4, 2)), zeros(4, 3));
            guard.Loss(loss);
            loss.backward();
            guard.Step();
        }

        Expect.Ids(guard.Report, "TLR0702");
        Assert.Equal((FindingLevel.Error, 2L), (guard.Report.Findings[0].Level, guard.Report.Findings[0].Step));
    }

    [Fact]
    public void What_a_sample_did_not_see_is_confirmed()
    {
        // Only elements beyond the sample get a gradient.
        var model = Sequential(Linear(8, 1, hasBias: false));
        var x = zeros(4, 8);
        x[TensorIndex.Ellipsis, 7] = ones(4);
        var optimizer = optim.SGD(model.parameters(), 0.01);
        using var guard = TrainGuard.Watch(model, optimizer, new() { Logger = new ListLogger(), UpdateSample = 4 });
        for (var step = 0; step < 20; step++)
        {
            var loss = functional.mse_loss(model.call(x), ones(4, 1));
            optimizer.zero_grad();
            guard.Loss(loss);
            loss.backward();
            optimizer.step();
            guard.Step();
        }

        Expect.Silence(guard.Report);
    }

    [Fact]
    public void A_rate_of_zero_may_rest() => Expect.Silence(At(0).Run());

    [Fact]
    public void A_rate_that_rises_from_nothing_is_a_warm_up()
    {
        var training = At(0.1);
        Expect.Silence(training.With(beforeStep: step =>
        {
            foreach (var group in training.Optimizer.ParamGroups)
                group.LearningRate = 1e-14 * Math.Pow(10, step / 2.0);
        }).Run());
    }

    [Fact]
    public void A_rate_far_too_low_is_worth_a_word()
    {
        var report = At(3e-8).Run();
        Assert.Contains(report.Findings, finding => finding.Id is "TL0102" or "TLR0702");
    }

    [Fact]
    public void A_rate_far_too_high_is_worth_a_word()
    {
        var training = Training.Classifying();
        var report = training.With(optimizer: optim.SGD(training.Model.parameters(), 1e-6), options: new() { LossIsProgress = false }, beforeStep: _ =>
        {
            // Whatever the gradient: a step as long as the weight, back and forth.
            foreach (var (_, parameter) in training.Model.named_parameters())
                parameter.grad = parameter.detach().mul(2e6).DetachFromDisposeScope();
        }).Run();
        Assert.Equal(("TL0101", FindingLevel.Information), (report.Findings[0].Id, report.Findings[0].Level));
        Assert.Equal(2.0, report.Findings[0].Measured!.Value, 0.01);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.01)]
    [InlineData(1e-4)]
    public void Usual_rates_are_silent(double rate) => Expect.Silence(At(rate).Run());
}
