using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Devices and floating types of everything that meets in a step.</summary>
public sealed class PlacementTests
{
    private static readonly Device Gpu = new("cuda:0");

    private static Sequential Net() => Sequential(("encoder", Sequential(("first", Linear(2, 4)), ("second", Linear(4, 4)))), ("norm", BatchNorm1d(4)), ("head", Linear(4, 3)));

    /// <summary>What the guard says of a model and a batch that have not met yet.</summary>
    private static IReadOnlyList<Finding> Look(Module model, Tensor? x = null, Tensor? y = null, TrainGuardOptions? options = null)
    {
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), (options ?? new()) with { Logger = new ListLogger() });
        guard.Batch(x ?? zeros(4, 2, device: model.parameters().First().device), y);
        return guard.Report.Findings;
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda:0")]
    [InlineData("cuda:1")]
    [InlineData("mps")]
    [InlineData("meta")]
    public void Silent_where_all_is_on_one_device(string device) =>
        Assert.Empty(Look(Net().to(device), zeros(4, 2, device: device), zeros(4, int64, device: device)));

    [Fact]
    public void A_device_without_its_number_is_the_first() => Assert.Empty(Look(Net().to("cuda"), zeros(4, 2, device: "cuda:0")));

    [Fact]
    public void Names_a_parameter_left_behind()
    {
        var model = Net().to(Gpu);
        ((Linear)model.At("encoder.second")).to(CPU);
        var finding = Assert.Single(Look(model));
        Assert.Equal(("TL0707", FindingLevel.Error, "encoder.second"), (finding.Id, finding.Level, finding.Subject));
        Assert.Equal("encoder.second is on cpu, the other 9 parameters and buffers on cuda:0: call model.to(\"cuda:0\") once the model is complete, before the optimizer is made", finding.Message);
    }

    [Theory]
    [InlineData("cuda:0", "cpu")]
    [InlineData("cpu", "cuda:0")]
    [InlineData("mps", "cpu")]
    [InlineData("cpu", "meta")]
    [InlineData("cuda:1", "cuda:0")]
    public void Names_a_batch_on_another_device(string model, string batch)
    {
        var finding = Assert.Single(Look(Net().to(model), zeros(4, 2, device: batch)));
        Assert.Equal(("TL0707", "input"), (finding.Id, finding.Subject));
        Assert.Equal($"the input is on {batch}, the model on {model}: pass input.to(\"{model}\")", finding.Message);
    }

    [Fact]
    public void Names_the_target_and_further_tensors_each()
    {
        var options = new TrainGuardOptions { Tensors = new Dictionary<string, Tensor> { ["class weights"] = ones(3), ["scale"] = tensor(2.0f) } };
        var found = Look(Net().to(Gpu), zeros(4, 2, device: Gpu), zeros(4, int64), options);
        Assert.Equal(["class weights", "target"], found.Select(finding => finding.Subject));
        Assert.Contains("pass classWeights.to(\"cuda:0\")", found[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scalar_on_the_cpu_meets_all_devices() => Assert.Empty(Look(Net().to(Gpu), tensor(1.0f), tensor(1.0f)));

    [Fact]
    public void Looks_again_when_the_model_moved()
    {
        var model = Net().to(Gpu);
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        guard.Batch(zeros(4, 2, device: Gpu));
        Assert.Empty(guard.Report.Findings);
        model.At("head").to(CPU);
        guard.Batch(zeros(4, 2, device: Gpu));
        // The optimizer holds what was replaced, besides.
        Assert.Equal(["TL0707", "TL0505"], guard.Report.Findings.Select(finding => finding.Id));
        Assert.Equal("head", guard.Report.Findings[0].Subject);
    }

    [Fact]
    public void The_same_is_said_once()
    {
        var model = Net().to(Gpu);
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        for (var i = 0; i < 5; i++)
            guard.Batch(zeros(4, 2));
        Assert.Single(guard.Report.Findings);
    }

    [Fact]
    public void Names_the_state_of_an_optimizer_left_behind()
    {
        var model = Net().to(Gpu);
        var optimizer = optim.Adam(model.parameters());
        using var guard = TrainGuard.Watch(model, optimizer, new() { Logger = new ListLogger() });
        var state = (Adam.State)optimizer.state_dict().State[0];
        state.exp_avg = zeros(4, 2, device: Gpu);
        guard.Batch(zeros(4, 2, device: Gpu));
        Assert.Empty(guard.Report.Findings);
        state.exp_avg = zeros(4, 2);
        guard.Step();
        var finding = Assert.Single(guard.Report.Findings, finding => finding.Subject == "optimizer");
        Assert.Equal("the state of Adam (exp_avg) is on cpu, the model on cuda:0: call optimizer.to(torch.device(\"cuda:0\")), or make the optimizer after model.to(...)", finding.Message);
    }

    [Fact]
    public void A_float_input_of_another_precision_is_named()
    {
        var finding = Assert.Single(Look(Net(), zeros(4, 2, dtype: float64)));
        Assert.Equal(("TLR0701", FindingLevel.Error), (finding.Id, finding.Level));
        Assert.Contains("Float64", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Indices_and_mixed_precision_are_no_mismatch()
    {
        Assert.Empty(Look(Net(), zeros(4, 2, dtype: int64)));
        var model = Net();
        model.At("head").to(float64);
        Assert.Empty(Look(model, zeros(4, 2, dtype: float64)));
    }

    [Fact]
    public void What_is_ignored_is_not_reported() => Assert.Empty(Look(Net().to(Gpu), zeros(4, 2), options: new() { Ignore = ["TL0707"] }));

    [Fact]
    public void One_call_for_inference()
    {
        var model = Net().to(Gpu);
        TrainGuard.CheckPlacement(model, zeros(4, 2, device: Gpu));
        var thrown = Assert.Throws<TrainGuardException>(() => TrainGuard.CheckPlacement(model, zeros(4, 2, device: Gpu), zeros(4, 2)));
        Assert.Contains("the input 2 is on cpu, the model on cuda:0: pass input2.to(\"cuda:0\")", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Looks_when_asked()
    {
        var model = Net().to(Gpu);
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        guard.CheckPlacement(zeros(1, device: Gpu));
        Assert.Empty(guard.Report.Findings);
        guard.CheckPlacement(zeros(1));
        Assert.Single(guard.Report.Findings);
    }
}

/// <summary>A GPU that nobody uses.</summary>
public sealed class IdleGpuTests : IDisposable
{
    public IdleGpuTests() => Devices.CudaCount = 1;

    public void Dispose() => Devices.CudaCount = 0;

    private static TrainReport Look(long width, string device)
    {
        var model = Linear(width, 1000, device: new Device(device));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger() });
        guard.Batch(zeros(2, width, device: device));
        return guard.Report;
    }

    [Fact]
    public void A_large_model_on_the_cpu_is_worth_a_word()
    {
        var finding = Assert.Single(Look(1000, "cpu").Findings);
        Assert.Equal(("TLR0703", FindingLevel.Information, 1_001_000), (finding.Id, finding.Level, finding.Measured));
        Assert.Contains("call model.to(\"cuda\")", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_one_is_not() => Expect.Silence(Look(10, "cpu"));

    [Fact]
    public void Nor_is_one_on_the_gpu() => Expect.Silence(Look(1000, "cuda:0"));

    [Fact]
    public void Nor_is_one_where_there_is_no_gpu()
    {
        Devices.CudaCount = 0;
        Expect.Silence(Look(1000, "cpu"));
    }
}
