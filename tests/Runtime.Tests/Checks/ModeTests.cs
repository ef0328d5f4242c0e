namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Training in evaluation mode.</summary>
public sealed class ModeTests
{
    private static TrainReport Train(Module<Tensor, Tensor> model, Action mode)
    {
        mode();
        return Training.Classifying().With(model: model, steps: 5).Run();
    }

    private static Module<Tensor, Tensor> Net(bool drops = true)
    {
        manual_seed(1);
        return drops ? Sequential(("body", Linear(2, 8)), ("drop", Dropout(0.1)), ("head", Linear(8, 3))) : Sequential(("body", Linear(2, 8)), ("head", Linear(8, 3)));
    }

    [Fact]
    public void A_whole_model_in_evaluation_mode_is_an_error()
    {
        var model = Net();
        var report = Train(model, model.eval);
        Expect.Ids(report, "TL0705");
        Assert.Equal(("drop", FindingLevel.Error), (report.Findings[0].Subject, report.Findings[0].Level));
    }

    [Fact]
    public void Training_mode_is_silent()
    {
        var model = Net();
        Expect.Silence(Train(model, () => model.train()));
    }

    [Fact]
    public void A_frozen_part_is_silent()
    {
        var model = Net();
        Expect.Silence(Train(model, () => model.At("drop").eval()));
    }

    [Fact]
    public void Without_layers_that_it_changes_the_mode_does_not_matter()
    {
        var model = Net(drops: false);
        Expect.Silence(Train(model, model.eval));
    }

    [Fact]
    public void Evaluating_between_steps_is_silent()
    {
        var training = Training.Classifying();
        var model = Net();
        Expect.Silence(training.With(model: model, afterStep: _ =>
        {
            model.eval();
            using (no_grad())
                model.call(zeros(1, 2));
            model.train();
        }).Run());
    }
}
