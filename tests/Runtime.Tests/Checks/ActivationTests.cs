namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Dead units, saturated activations, a constant output.</summary>
public sealed class ActivationTests
{
    private static readonly TrainGuardOptions Often = new() { InspectEvery = 1, FirstSteps = 40, LossIsProgress = false };

    private static Training With(Module<Tensor, Tensor> model, TrainGuardOptions? options = null, int batch = 32) =>
        Training.Classifying(batch: batch).With(model: model, options: options ?? Often);

    private static Module<Tensor, Tensor> Net(Module<Tensor, Tensor> activation, double bias, double scale = 1)
    {
        manual_seed(1);
        var model = Sequential(("body", Linear(2, 16)), ("act", activation), ("head", Linear(16, 3)));
        using var _ = no_grad();
        model.get_parameter("body.bias")!.fill_(bias);
        model.get_parameter("body.weight")!.mul_(scale);
        return model;
    }

    [Fact]
    public void A_dead_layer_is_worth_a_word()
    {
        var report = With(Net(ReLU(), -100)).Run();
        Expect.Ids(report, "TLR0302");
        Assert.Equal(("act", FindingLevel.Information, 1.0, 0.95), (report.Findings[0].Subject, report.Findings[0].Level, report.Findings[0].Measured, report.Findings[0].Limit));
    }

    [Fact]
    public void A_layer_alive_is_not() => Expect.Silence(With(Net(ReLU(), 0)).Run());

    [Fact]
    public void A_few_samples_are_no_proof() => Assert.DoesNotContain("TLR0302", With(Net(ReLU(), -100), batch: 4).Run().Findings.Select(finding => finding.Id));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saturated_layer_is_worth_a_word(bool tanh)
    {
        var report = With(Net(tanh ? Tanh() : Sigmoid(), 50)).Run();
        Assert.Equal(("TL0307", "act"), (report.Findings[0].Id, report.Findings[0].Subject));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_in_its_middle_is_not(bool tanh) => Expect.Silence(With(Net(tanh ? Tanh() : Sigmoid(), 0)).Run());

    [Fact]
    public void The_last_activation_may_saturate()
    {
        var model = Sequential(("body", Linear(2, 3)), ("act", Sigmoid()));
        using (no_grad())
            model.get_parameter("body.bias")!.fill_(50);
        Assert.DoesNotContain("TL0307", With(model).Run().Findings.Select(finding => finding.Id));
    }

    [Fact]
    public void A_constant_output_is_worth_a_word()
    {
        var model = Sequential(("body", Linear(2, 3)));
        var training = With(model);
        var finding = Assert.Single(training.With(afterStep: _ =>
        {
            using var mode = no_grad();
            model.get_parameter("body.weight")!.fill_(0);
        }).Run().Findings);
        Assert.Equal(("TLR0303", FindingLevel.Information), (finding.Id, finding.Level));
    }

    [Fact]
    public void A_last_layer_that_begins_at_zero_is_not()
    {
        var model = Net(ReLU(), 0);
        using (no_grad())
        {
            foreach (var parameter in model.At("head").parameters())
                parameter.fill_(0);
        }

        Expect.Silence(With(model).Run());
    }
}
