using TrainLint.Analyzers.Torch;
using Xunit;

namespace TrainLint.Analyzers.Tests.Training;

/// <summary>A guard that watches a run changes nothing of it: what is handed to it stays known, and mistakes beside it are found.</summary>
public sealed class CompanionTests
{
    private static readonly VerifyOptions Watched = new() { WithRuntime = true };

    [Fact]
    public void It_goes_by_this_name() => Assert.Equal(TorchVocabulary.Companion, typeof(Runtime.TrainGuard).Assembly.GetName().Name);

    [Fact]
    public Task Gradients_that_are_not_cleared_are_found() => Verifier.Warns("TL0701",
        """
        using var guard = TrainLint.Runtime.TrainGuard.Watch(model, optimizer);
        foreach (var (x, y) in data)
        {
            guard.Batch(x, y);
            var loss = criterion.call(model.call(x), y);
            guard.Loss(loss);
            [|loss.backward()|];
            optimizer.step();
            guard.Step();
        }
        """, options: Watched);

    [Fact]
    public Task A_step_without_backward_is_found() => Verifier.Warns("TL0702",
        """
        using var guard = TrainLint.Runtime.TrainGuard.Watch(model, optimizer);
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.call(model.call(x), y);
            guard.Loss(loss);
            [|optimizer.step()|];
            guard.Step();
            Console.WriteLine(loss.item<float>());
        }
        """, options: Watched);

    [Fact]
    public Task An_optimizer_that_is_never_stepped_is_found() => Verifier.Warns("TL0704",
        """
        var optimizer = [|torch.optim.Adam(model.parameters())|];
        using var guard = TrainLint.Runtime.TrainGuard.Watch(model, optimizer, new TrainLint.Runtime.TrainGuardOptions { Classes = 10 });
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            var loss = criterion.call(model.call(x), y);
            guard.Loss(loss);
            loss.backward();
        }
        """, options: Watched);

    [Fact]
    public Task Training_in_evaluation_mode_is_found() => Verifier.Warns("TL0705",
        """
        using var guard = TrainLint.Runtime.TrainGuard.Watch(model, optimizer);
        model.eval();
        guard.CheckPlacement();
        foreach (var (x, y) in data)
        {
            guard.Batch(x, y);
            optimizer.zero_grad();
            var loss = criterion.call([|model.call(x)|], y);
            guard.Loss(loss);
            loss.backward();
            optimizer.step();
            guard.Step();
        }
        """, options: Watched);

    [Fact]
    public Task Softmax_before_cross_entropy_is_found() => Verifier.Warns("TL0401",
        """
        foreach (var (x, y) in data)
        {
            var output = {|#0:model.call(x).softmax(1)|};
            TrainLint.Runtime.TrainGuard.CheckPlacement(model, output);
            var loss = [|functional.cross_entropy(output, y)|];
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
        """, options: Watched);

    [Theory]
    [InlineData("TL0701")]
    [InlineData("TL0702")]
    [InlineData("TL0703")]
    [InlineData("TL0704")]
    [InlineData("TL0705")]
    [InlineData("TL0503")]
    [InlineData("TL1001")]
    [InlineData("TL1103")]
    public Task A_watched_loop_in_order_is_silent(string id) => Verifier.Silent(id,
        """
        using var guard = TrainLint.Runtime.TrainGuard.Watch(model, optimizer);
        foreach (var (x, y) in data)
        {
            using var scope = torch.NewDisposeScope();
            guard.Batch(x, y);
            var output = model.call(x);
            var loss = criterion.call(output, y);
            optimizer.zero_grad();
            guard.Loss(loss, output);
            loss.backward();
            optimizer.step();
            guard.Step();
        }

        guard.Validation(1.0);
        """, Watched);
}
