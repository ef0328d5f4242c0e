using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Gradients that do not arrive, and those of a size that does not train.</summary>
public sealed class GradientTests
{
    /// <summary>Two branches, of which forward uses one.</summary>
    private sealed class HalfUsed(bool cut = false) : Module<Tensor, Tensor>("HalfUsed")
    {
        private readonly Linear body = Linear(2, 8);
        private readonly Linear spare = Linear(8, 8);
        private readonly Linear head = Linear(8, 3);

        public HalfUsed Ready()
        {
            RegisterComponents();
            return this;
        }

        public override Tensor forward(Tensor input) => head.call(cut ? body.call(input).detach() : body.call(input));

        public Linear Spare => spare;
    }

    [Fact]
    public void Names_what_forward_does_not_use()
    {
        var report = Training.Classifying().With(model: new HalfUsed().Ready()).Run();
        Expect.Ids(report, "TL0312");
        Assert.Equal(("spare.bias", FindingLevel.Error, 10L), (report.Findings[0].Subject, report.Findings[0].Level, report.Findings[0].Step));
    }

    [Fact]
    public void Names_what_lies_behind_a_cut()
    {
        var finding = Assert.Single(Training.Classifying().With(model: new HalfUsed(cut: true).Ready()).Run().Findings);
        Assert.Equal("TL0312", finding.Id);
        Assert.Contains("body.bias, body.weight", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_frozen_needs_no_gradient()
    {
        var model = new HalfUsed().Ready();
        foreach (var parameter in model.Spare.parameters())
            parameter.requires_grad = false;
        Expect.Silence(Training.Classifying().With(model: model).Run());
    }

    [Fact]
    public void A_step_without_backward_is_an_error()
    {
        var model = Sequential(Linear(2, 3));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        guard.Step();
        guard.Step();
        Expect.Ids(guard.Report, "TL0702");
    }

    [Fact]
    public void Gradients_cleared_before_the_step_are_an_error()
    {
        var training = Training.Classifying();
        Expect.Ids(training.With(beforeStep: _ => training.Optimizer.zero_grad()).Run(), "TL0702");
    }

    [Fact]
    public void Gradients_cleared_after_the_step_are_none_of_it()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger() });
        for (var step = 0; step < 15; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = training.Data(step);
            guard.Batch(x, y);
            var loss = training.Loss(training.Model.call(x), y);
            guard.Loss(loss);
            loss.backward();
            training.Optimizer.step();
            training.Model.zero_grad();
            guard.Step();
        }

        Expect.Silence(guard.Report);
    }

    [Fact]
    public void A_loss_of_zero_has_no_gradient_by_rights()
    {
        var training = Training.Classifying();
        Expect.Silence(training.With(loss: (output, _) => output.mul(0).sum(), options: new()).Run());
    }

    [Fact]
    public void Parameters_behind_something_dead_are_worth_a_word()
    {
        var training = Training.Classifying();
        using (no_grad())
            training.Model.get_parameter("second.bias")!.fill_(-1000);
        var finding = training.Run().Findings[0];
        Assert.Contains(finding.Id, new[] { "TLR0503", "TLR0302" });
        Assert.Equal(FindingLevel.Information, finding.Level);
    }

    [Fact]
    public void Explosion_is_worth_a_word()
    {
        var training = Training.Classifying(steps: 30);
        var report = training.With(options: new() { InspectEvery = 1 }, beforeStep: step =>
        {
            if (step > 20)
                training.Model.get_parameter("first.weight")!.grad = full(new long[] { 16, 2 }, 1e4 * step).DetachFromDisposeScope();
        }, optimizer: optim.SGD(training.Model.parameters(), 1e-9)).Run();
        Assert.Contains(report.Findings, finding => finding is { Id: "TLR0504", Level: FindingLevel.Information, Limit: 100 });
    }

    [Fact]
    public void A_spike_is_not()
    {
        var training = Training.Classifying(steps: 30);
        var report = training.With(options: new() { InspectEvery = 1 }, optimizer: optim.SGD(training.Model.parameters(), 1e-6), beforeStep: step =>
        {
            if (step is 21 or 22)
                training.Model.get_parameter("first.weight")!.grad = full(new long[] { 16, 2 }, 100f).DetachFromDisposeScope();
        }).Run();
        Expect.Silence(report);
    }

    [Fact]
    public void Many_sigmoids_let_gradients_vanish()
    {
        manual_seed(1);
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("in", Linear(2, 16)) };
        for (var i = 0; i < 12; i++)
        {
            layers.Add(($"s{i}", Sigmoid()));
            layers.Add(($"l{i}", Linear(16, 16)));
        }

        layers.Add(("out", Linear(16, 3)));
        var report = Training.Classifying().With(model: Sequential(layers)).Run();
        Expect.Ids(report, "TLR0505");
        Assert.Equal("in.weight", report.Findings[0].Subject);
        Assert.True(report.Findings[0].Measured < 1e-6);
    }

    [Fact]
    public void Many_relus_do_not()
    {
        manual_seed(1);
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("in", Linear(2, 32)) };
        for (var i = 0; i < 8; i++)
        {
            layers.Add(($"s{i}", ReLU()));
            layers.Add(($"l{i}", Linear(32, 32)));
        }

        layers.Add(("out", Linear(32, 3)));
        Expect.Silence(Training.Classifying().With(model: Sequential(layers)).Run());
    }
}
