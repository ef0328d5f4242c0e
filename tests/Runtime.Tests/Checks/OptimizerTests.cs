using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests.Checks;

/// <summary>The optimizer's parameters against the model's.</summary>
public sealed class OptimizerTests
{
    private sealed class Listed : Module<Tensor, Tensor>
    {
        private readonly List<Linear> layers = [Linear(2, 2)];

        public Listed() : base("Listed") => RegisterComponents();

        public override Tensor forward(Tensor input) => layers[0].call(input);
    }

    private static Sequential Net() => Sequential(("body", Linear(2, 4)), ("head", Linear(4, 3)));

    private static TrainReport Look(Module model, params optim.Optimizer[] optimizers)
    {
        using var guard = TrainGuard.Watch(model, optimizers, new() { Logger = new ListLogger() });
        guard.Batch(zeros(4, 2, dtype: model.parameters().FirstOrDefault()?.dtype ?? float32));
        return guard.Report;
    }

    [Fact]
    public void Silent_where_it_holds_the_model()
    {
        var model = Net();
        Expect.Silence(Look(model, optim.SGD(model.parameters(), 0.1)));
        Expect.Silence(Look(model, optim.Adam(model.parameters().ToList())));
        Expect.Silence(Look(model, optim.SGD([new SGD.ParamGroup(model.At("body").parameters()), new SGD.ParamGroup(model.At("head").parameters(), 0.2)], 0.1)));
    }

    [Fact]
    public void Two_optimizers_share_a_model()
    {
        var model = Net();
        Expect.Silence(Look(model, optim.SGD(model.At("body").parameters(), 0.1), optim.Adam(model.At("head").parameters())));
    }

    [Fact]
    public void Frozen_parameters_need_no_optimizer()
    {
        var model = Net();
        foreach (var parameter in model.At("body").parameters())
            parameter.requires_grad = false;
        Expect.Silence(Look(model, optim.SGD(model.At("head").parameters(), 0.1)));
    }

    [Fact]
    public void An_empty_one_is_an_error()
    {
        var report = Look(Net(), optim.SGD(Array.Empty<Parameter>(), 0.1));
        Expect.Ids(report, "TLR0501");
        Assert.Contains("empty list", report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_registers_nothing_is_named_as_the_reason()
    {
        var model = new Listed();
        var report = Look(model, optim.SGD(model.parameters(), 0.1));
        Expect.Ids(report, "TLR0501");
        Assert.Contains("RegisterComponents()", report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_models_parameters_are_an_error() => Expect.Ids(Look(Net(), optim.SGD(Sequential(Linear(3, 7)).parameters(), 0.1)), "TL0503");

    [Fact]
    public void A_new_object_for_the_same_parameter_is_taken_for_it()
    {
        var model = Net();
        Expect.Silence(Look(model, optim.SGD(model.parameters().Select(parameter => new Parameter(parameter.detach())).ToList(), 0.1)));
    }

    [Fact]
    public void So_is_each_parameter_of_a_native_optimizer()
    {
        var model = Net();
        Expect.Silence(Look(model, optim.LBFGS(model.parameters())));
        Expect.Ids(Look(model, optim.LBFGS(model.At("head").parameters())), "TLR0506");
    }

    [Fact]
    public void A_group_that_joins_later_is_seen()
    {
        var model = Net();
        var optimizer = optim.SGD(model.At("head").parameters().ToList(), 0.1);
        var file = Path.GetTempFileName();
        using (var guard = TrainGuard.Watch(model, optimizer, new() { Logger = new ListLogger(), LogFile = file }))
        {
            for (var step = 1; step <= 2; step++)
            {
                if (step == 2)
                    optimizer.add_param_group(new SGD.ParamGroup(model.At("body").parameters(), 0.1));
                var loss = functional.cross_entropy(model.call(ones(4, 2)), zeros(4, int64));
                guard.Loss(loss);
                loss.backward();
                optimizer.step();
                guard.Step();
            }
        }

        var steps = File.ReadLines(file).Where(line => line.Contains("\"kind\":\"step\"", StringComparison.Ordinal)).ToArray();
        File.Delete(file);
        Assert.Equal([false, true], steps.Select(line => line.Contains("\"body\":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Forgotten_parameters_are_worth_a_word()
    {
        var model = Net();
        var finding = Assert.Single(Look(model, optim.SGD(model.At("head").parameters(), 0.1)).Findings);
        Assert.Equal(("TLR0506", FindingLevel.Information, "body.weight", 2.0), (finding.Id, finding.Level, finding.Subject, finding.Measured));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_made_before_the_model_moved_is_stale(bool listed)
    {
        var model = Net();
        var optimizer = listed ? optim.Adam(model.parameters().ToList()) : optim.Adam(model.parameters());
        model.to(float64);
        var report = Look(model, optimizer);
        Expect.Ids(report, "TL0505");
        Assert.Equal(FindingLevel.Error, report.Findings[0].Level);
    }

    [Fact]
    public void A_move_that_changes_nothing_harms_nothing()
    {
        var model = Net();
        var optimizer = optim.Adam(model.parameters().ToList());
        model.to(CPU);
        Expect.Silence(Look(model, optimizer));
    }
}
