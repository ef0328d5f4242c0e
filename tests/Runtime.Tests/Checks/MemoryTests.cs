namespace TrainLint.Runtime.Tests.Checks;

/// <summary>Tensors that live on.</summary>
public sealed class MemoryTests
{
    private static TrainReport Loop(bool scoped, bool keeps)
    {
        // What other tests have left is freed before the count begins.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var model = Sequential(Linear(2, 1));
        var optimizer = optim.SGD(model.parameters(), 1e-3);
        var kept = new List<Tensor>();
        using var guard = TrainGuard.Watch(model, optimizer, new() { Logger = new ListLogger(), MemorySpan = 20 });
        for (var step = 1; step <= 120; step++)
        {
            var scope = scoped ? NewDisposeScope() : null;
            var loss = model.call(ones(1, 2)).sum();
            loss.backward();
            optimizer.step();
            guard.Step();
            optimizer.zero_grad();
            if (keeps)
                kept.Add(loss.detach().DetachFromDisposeScope());
            scope?.Dispose();
        }

        return guard.Report;
    }

    [Fact]
    public void A_loop_with_a_scope_is_silent() => Expect.Silence(Loop(scoped: true, keeps: false));

    [Fact]
    public void A_loop_without_one_is_worth_a_word()
    {
        var report = Loop(scoped: false, keeps: false);
        Expect.Ids(report, "TLR1101");
        Assert.Contains("NewDisposeScope()", report.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeping_a_tensor_per_step_is_worth_a_word() => Expect.Ids(Loop(scoped: true, keeps: true), "TLR1101");
}
