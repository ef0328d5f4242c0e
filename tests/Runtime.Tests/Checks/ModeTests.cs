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
    public void One_that_keeps_no_mode_of_its_own_is_judged_by_its_layers()
    {
        var model = new SequentialOfOld(Net());
        Expect.Ids(Train(model, model.eval), "TL0705");
        model = new(Net());
        Expect.Silence(Train(model, () => model.At("layers.drop").eval()));
    }

    /// <summary>As a Sequential was before 0.104: whatever its layers do, it says that it trains.</summary>
    private sealed class SequentialOfOld : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> layers;

        public SequentialOfOld(Module<Tensor, Tensor> layers) : base("SequentialOfOld")
        {
            this.layers = layers;
            RegisterComponents();
        }

        public override bool training => true;

        public override Tensor forward(Tensor input) => layers.call(input);
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
