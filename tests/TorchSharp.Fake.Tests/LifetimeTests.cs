using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace TorchSharp.Fake.Tests;

/// <summary>Which tensors live, as scopes and their statistics tell; and random states, which must come back as they were.</summary>
public class LifetimeTests
{
    [Fact]
    public void Scopes_count_what_they_hold()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        using (var scope = NewDisposeScope())
        {
            var x = ones(2);
            var y = x + 1;
            Assert.Equal(2, statistics.ThreadTotalLiveCount);
            Assert.Equal(2, scope.DisposablesCount);
            y.Dispose();
            Assert.Equal(1, statistics.ThreadTotalLiveCount);
            x.DetachFromDisposeScope();
            Assert.Equal(0, statistics.ThreadTotalLiveCount);
            Assert.Equal(1, statistics.DetachedFromScopeCount);
            scope.Attach(x);
            Assert.Equal(1, statistics.TensorStatistics.ThreadTotalLiveCount);
        }

        Assert.Equal(0, statistics.ThreadTotalLiveCount);
        Assert.Equal(2, statistics.CreatedInScopeCount);
        Assert.Equal(2, statistics.DisposedInScopeCount);
        ones(1).Dispose();
        Assert.Equal((1, 1), (statistics.CreatedOutsideScopeCount, statistics.DisposedOutsideScopeCount));
    }

    [Fact]
    public void One_operation_makes_one_tensor()
    {
        var layer = nn.Linear(3, 2);
        using var scope = NewDisposeScope();
        var x = ones(4, 3);
        Assert.Equal(1, scope.DisposablesCount);
        var y = layer.call(x);
        Assert.Equal(2, scope.DisposablesCount);
        var loss = nn.functional.cross_entropy(y, zeros(4, ScalarType.Int64));
        Assert.Equal(4, scope.DisposablesCount);
        loss.backward();
        Assert.Equal(4, scope.DisposablesCount);
        y.relu_();
        Assert.Equal(4, scope.DisposablesCount);
        _ = layer.parameters().First().grad;
        Assert.Equal(5, scope.DisposablesCount);
    }

    [Fact]
    public void Moving_out_keeps_the_count()
    {
        using var outer = NewDisposeScope();
        Tensor x;
        using (NewDisposeScope())
            x = ones(2).MoveToOuterDisposeScope();
        Assert.False(x.IsInvalid);
        Assert.Equal(1, outer.DisposablesCount);
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        var model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2));
        using var optimizer = optim.Adam(model.parameters());
        using var scope = NewDisposeScope();
        long Live()
        {
            using var inner = NewDisposeScope();
            optimizer.zero_grad();
            model.call(ones(4, 3)).sum().backward();
            optimizer.step();
            return DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        }

        Live();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Live();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void The_random_state_comes_back()
    {
        manual_seed(4);
        rand(3);
        using var state = get_rng_state();
        Assert.Equal(ScalarType.Byte, state.dtype);
        var first = randn(5);
        random.set_rng_state(state);
        Assert.True(first.allclose(randn(5)));
        Assert.False(first.allclose(randn(5)));
        Assert.Equal(4, initial_seed());
    }

    [Fact]
    public void A_big_model_is_random_too()
    {
        // Its elements are drawn when they are read, and do not depend on when that is.
        manual_seed(6);
        var a = randn(1 << 21);
        var next = randn(2);
        manual_seed(6);
        var b = randn(1 << 21);
        Assert.Equal(b[12345].ToDouble(), a[12345].ToDouble());
        Assert.True(next.allclose(randn(2)));
        Assert.Equal(1, a.std().ToDouble(), 0.01);
    }

    [Fact]
    public void Random_numbers_have_their_distributions()
    {
        manual_seed(8);
        var normal = randn(20000);
        Assert.Equal((0, 1), (Math.Round(normal.mean().ToDouble(), 1), Math.Round(normal.std().ToDouble(), 1)));
        Assert.Equal(0.5, rand(20000).mean().ToDouble(), 0.02);
        Assert.Equal(10, randperm(10).unique().output.numel());
        var drawn = multinomial(tensor(new[] { 1f, 0, 3 }), 4000, true).bincount(null, 3);
        Assert.Equal(0, drawn[1].ToInt64());
        Assert.Equal(0.75, drawn[2].ToInt64() / 4000.0, 0.05);
    }
}
