namespace TrainLint.Runtime.Tests.Checks;

/// <summary>NaN and infinity, and where they come from.</summary>
public sealed class FiniteTests
{
    /// <summary>Takes the logarithm of what may be negative.</summary>
    private sealed class Log : Module<Tensor, Tensor>
    {
        public Log() : base("Log") => RegisterComponents();

        public override Tensor forward(Tensor input) => input.log();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Names_the_input(float bad)
    {
        var training = Training.Classifying();
        var report = training.With(data: step =>
        {
            var (x, y) = training.Data(step);
            if (step == 3)
                x[0, 0] = tensor(bad);
            return (x, y);
        }).Run();
        Assert.Equal(("TLR0201", 3L, "input"), (report.Findings[0].Id, report.Findings[0].Step, report.Findings[0].Subject));
        // What follows from it is not told.
        Assert.Single(report.Findings);
    }

    [Fact]
    public void Names_the_layer_that_makes_it()
    {
        manual_seed(1);
        var model = Sequential(("first", Linear(2, 8)), ("log", new Log()), ("last", Linear(8, 3)));
        var report = Training.Classifying().With(model: model, steps: 3).Run();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(("TLR0402", FindingLevel.Error, "log", 1L), (finding.Id, finding.Level, finding.Subject, finding.Step));
    }

    [Fact]
    public void Names_the_loss_where_the_model_is_fine()
    {
        var finding = Training.Classifying().With(loss: (output, _) => output.sub(output).sum().log(), steps: 2).Run().Findings[0];
        Assert.Equal(("TLR0402", null), (finding.Id, finding.Subject));
        Assert.Contains("minus infinity", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_parameters_that_an_update_ruined()
    {
        var training = Training.Classifying();
        var finding = Assert.Single(training.With(afterStep: step =>
        {
            if (step != 15)
                return;
            using var _ = no_grad();
            training.Model.get_parameter("second.weight")!.fill_(double.NaN);
        }).Run().Findings);
        Assert.Equal(("TLR0301", "second.weight", 16L), (finding.Id, finding.Subject, finding.Step));
    }

    [Fact]
    public void Names_gradients_behind_a_finite_loss()
    {
        var training = Training.Classifying();
        var report = training.With(beforeStep: step =>
        {
            if (step == 4)
                training.Model.get_parameter("first.weight")!.grad = full(new long[] { 16, 2 }, double.NaN).DetachFromDisposeScope();
        }).Run();
        Assert.Equal(("TLR0502", "first.weight", 4L), (report.Findings[0].Id, report.Findings[0].Subject, report.Findings[0].Step));
    }

    [Fact]
    public void Asking_again_leaves_no_trace()
    {
        manual_seed(1);
        var model = Sequential(("first", Linear(2, 8)), ("norm", BatchNorm1d(8)), ("drop", Dropout()), ("log", new Log()));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        var x = randn(8, 2);
        guard.Batch(x);
        var loss = model.call(x).sum();
        var (mean, random) = (model.get_buffer("norm.running_mean")!.clone(), get_rng_state());
        guard.Loss(loss);
        Assert.Equal("log", Assert.Single(guard.Report.Findings).Subject);
        Assert.Equal(mean.data<float>().ToArray(), model.get_buffer("norm.running_mean")!.data<float>().ToArray());
        Assert.Equal(random.data<byte>().ToArray(), get_rng_state().data<byte>().ToArray());
    }
}
