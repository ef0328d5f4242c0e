using Microsoft.Extensions.Logging;

namespace TrainLint.Runtime.Tests;

/// <summary>What goes wrong inside the guard stays there; what it is told to throw, it throws.</summary>
public sealed class FailureTests
{
    /// <summary>A model that cannot be asked for its modules.</summary>
    private sealed class Shy : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> inner = Linear(2, 3);

        public Shy() : base("Shy") => RegisterComponents();

        public override Tensor forward(Tensor input) => inner.call(input);

        public override IEnumerable<(string name, Module module)> named_modules() => throw new NotSupportedException("no modules");
    }

    [Fact]
    public void An_inner_failure_is_told_once_and_the_rest_goes_on()
    {
        var logger = new ListLogger();
        var report = Training.Classifying(steps: 20).With(model: new Shy(), options: new() { Classes = 3, Logger = logger }, loss: (output, _) => output.mul(double.NaN).sum()).Run();
        Assert.Equal(["TLR0001", "TLR0402"], report.Findings.Select(finding => finding.Id).Order(StringComparer.Ordinal).Distinct());
        var failures = report.Findings.Where(finding => finding.Id == "TLR0001").Select(finding => finding.Subject).ToArray();
        Assert.Equal(failures.Distinct(), failures);
        Assert.Contains(logger.Lines, line => line.Id == "TLR0001" && line.Text.Contains("the observation of activations threw NotSupportedException (no modules) and is switched off; the run goes on", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_on_tensors_without_values_is_left_alone()
    {
        var model = Sequential(Linear(2, 3, device: META));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger(), Classes = 3 });
        var x = zeros(4, 2, device: META);
        for (var step = 0; step < 3; step++)
        {
            guard.Batch(x, zeros(4, int64, device: META));
            var loss = model.call(x).sum();
            guard.Loss(loss);
            loss.backward();
            guard.Step();
        }

        Expect.Silence(guard.Report);
    }

    [Fact]
    public void Only_the_first_line_of_a_reason_is_told()
    {
        // The library's errors have the stack of the native calls below the text.
        var report = Training.Classifying(steps: 1).With(model: new Talkative()).Run();
        Assert.Contains(report.Findings, finding => finding.Message.EndsWith("threw NotSupportedException (no modules) and is switched off; the run goes on", StringComparison.Ordinal));
    }

    private sealed class Talkative : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> inner = Linear(2, 3);

        public Talkative() : base("Talkative") => RegisterComponents();

        public override Tensor forward(Tensor input) => inner.call(input);

        public override IEnumerable<(string name, Module module)> named_modules() => throw new NotSupportedException("no modules\nframe #0: somewhere\n");
    }

    [Fact]
    public void Odd_arguments_are_left_alone()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger() });
        var (x, y) = training.Data(1);
        y.Dispose();
        guard.Batch(x, y);
        guard.Loss(zeros(3));
        guard.Loss(null!);
        guard.Validation((Tensor)null!);
        guard.Batch([]);
        Expect.Silence(guard.Report);
        Assert.Throws<ArgumentNullException>(() => TrainGuard.Watch(null!, training.Optimizer));
        Assert.Throws<ArgumentNullException>(() => TrainGuard.Watch(training.Model, (optim.Optimizer)null!));
    }

    [Fact]
    public void An_error_is_thrown_where_asked_for()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger(), ThrowOnError = true });
        var thrown = Assert.Throws<TrainGuardException>(() => guard.Batch(zeros(2, 2, device: "cuda")));
        Assert.Equal("TL0707", thrown.Finding.Id);
        Assert.Same(thrown.Finding, Assert.Single(guard.Report.Findings));
    }

    [Fact]
    public void Information_is_never_thrown()
    {
        manual_seed(1);
        var model = Sequential(Linear(64, 2));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = new ListLogger(), ThrowOnError = true });
        guard.Batch(randint(0, 256, [4, 64]).to_type(float32));
        Assert.False(guard.Report.HasErrors);
        Assert.Single(guard.Report.Findings);
    }

    [Fact]
    public void The_logger_gets_level_identifier_and_text()
    {
        var logger = new ListLogger();
        var model = Sequential(Linear(2, 2));
        using var guard = TrainGuard.Watch(model, optim.SGD(model.parameters(), 0.1), new() { Logger = logger });
        guard.Batch(zeros(4, 2, device: "cuda"));
        var (level, id, text) = Assert.Single(logger.Lines);
        Assert.Equal((LogLevel.Error, "TL0707"), (level, id));
        Assert.Equal("TrainLint error TL0707 at step 1: the input is on cuda:0, the model on cpu: pass input.to(\"cpu\") (https://github.com/trainlint/trainlint/blob/main/docs/runtime/TL0707.md)", text);
    }
}
