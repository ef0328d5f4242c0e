using System.Runtime.InteropServices;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Fake.Tests;

/// <summary>What is recorded, for how long, and where gradients go.</summary>
public class GraphTests
{
    private static Tensor Leaf(params double[] values) => tensor(values, dtype: ScalarType.Float64, requires_grad: true);

    private static double[] Values(Tensor? t) => t!.data<double>().ToArray();

    [Fact]
    public void Gradients_accumulate_until_they_are_cleared()
    {
        var x = Leaf(1, 2);
        (x * x).sum().backward();
        (x * x).sum().backward();
        Assert.Equal([4.0, 8], Values(x.grad));
        x.grad!.zero_();
        (x * x).sum().backward();
        Assert.Equal([2.0, 4], Values(x.grad));
    }

    [Fact]
    public void A_tensor_that_is_used_twice_gets_both_gradients()
    {
        var x = Leaf(3);
        var y = x * 2;
        (y * y + y.exp() * 0 + x).sum().backward();
        Assert.Equal([4 * 2 * 3 + 1.0], Values(x.grad));
    }

    [Fact]
    public void A_graph_is_gone_after_backward_unless_it_is_retained()
    {
        var x = Leaf(3);
        var loss = (x * x).sum();
        loss.backward(retain_graph: true);
        loss.backward();
        Assert.Equal([12.0], Values(x.grad));
        var e = Assert.Throws<ExternalException>(loss.backward);
        Assert.Contains("Trying to backward through the graph a second time", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_alone_saves_nothing_and_can_be_run_twice()
    {
        var x = Leaf(1, 2);
        var loss = x.sum();
        loss.backward();
        loss.backward();
        Assert.Equal([2.0, 2], Values(x.grad));
    }

    [Fact]
    public void Only_a_scalar_needs_no_gradient_to_begin_with()
    {
        var y = Leaf(1, 2) * 2;
        Assert.Contains("scalar outputs", Assert.Throws<ExternalException>(y.backward).Message, StringComparison.Ordinal);
        var x = Leaf(1, 2);
        (x * 2).backward([tensor(new[] { 1.0, 10 })]);
        Assert.Equal([2.0, 20], Values(x.grad));
        Assert.Contains("Mismatch in shape", Assert.Throws<ExternalException>(() => (x * 2).backward([tensor(new[] { 1.0 })])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_tracked_cannot_be_run_back()
    {
        var x = Leaf(1);
        Assert.Contains("does not require grad", Assert.Throws<ExternalException>(() => (x * 2).sum().detach().backward()).Message, StringComparison.Ordinal);
        using (no_grad())
            Assert.False((x * 2).requires_grad);
        using (inference_mode())
        {
            Assert.False((x * 2).requires_grad);
            Assert.True(is_inference_mode_enabled());
        }

        using (no_grad())
        using (enable_grad())
            Assert.True((x * 2).requires_grad);
        Assert.False(x.gt(0).requires_grad);
        Assert.False(x.argmax().requires_grad);
    }

    [Fact]
    public void Detach_shares_the_elements_and_not_the_graph()
    {
        var x = Leaf(1, 2);
        var y = x.detach();
        y.mul_(3);
        Assert.Equal([3.0, 6], Values(x));
        Assert.False(y.requires_grad);
        Assert.True(y.is_leaf);
    }

    [Fact]
    public void A_view_shares_its_elements()
    {
        var x = zeros(2, 3);
        x.view(6).add_(1);
        x.t()[0].add_(5);
        x[1].fill_(7);
        x.narrow(1, 2, 1).zero_();
        Assert.Equal([6f, 1, 0, 7, 7, 0], x.data<float>().ToArray());
        var row = x[0];
        x.mul_(2);
        Assert.Equal([12f, 2, 0], row.data<float>().ToArray());
        // A copy is none.
        x.flip(0).zero_();
        x.clone().zero_();
        Assert.Equal(12, x[0, 0].ToSingle());
    }

    [Fact]
    public void A_tracked_change_through_a_view_is_refused_in_backward()
    {
        var x = Leaf(1, 2) * 2;
        var row = x[0];
        row.mul_(3);
        row.backward(retain_graph: true);
        Assert.Contains("through a view", Assert.Throws<NotSupportedException>(() => x.sum().backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leaf_is_not_changed_in_place()
    {
        var x = Leaf(1);
        Assert.Contains("a leaf Variable that requires grad", Assert.Throws<ExternalException>(() => x.add_(1)).Message, StringComparison.Ordinal);
        using (no_grad())
            x.add_(1);
        Assert.Equal([2.0], Values(x));
    }

    [Fact]
    public void What_backward_still_needs_must_not_be_changed()
    {
        var x = Leaf(1, 2);
        var y = x.exp();
        var loss = y.sum();
        y.add_(1);
        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(loss.backward).Message, StringComparison.Ordinal);

        // A sum needs nothing, and relu in place needs only its result.
        var z = x * 2;
        var kept = z + 1;
        z.relu_();
        (kept + z).sum().backward();
        Assert.Equal([4.0, 4], Values(x.grad));
    }

    [Fact]
    public void A_step_between_forward_and_backward_is_noticed()
    {
        var model = Linear(2, 2);
        var optimizer = optim.SGD(model.parameters(), 0.1);
        var x = ones(1, 2).requires_grad_();
        var loss = model.call(x).square().sum();
        loss.backward(retain_graph: true);
        optimizer.step();
        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(loss.backward).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Intermediate_gradients_are_kept_on_request()
    {
        var x = Leaf(2);
        var (y, z) = (x * 3, x * 4);
        y.retain_grad();
        (y * y + z).sum().backward();
        Assert.Equal([12.0], Values(y.grad));
        Assert.Null(z.grad);
    }

    [Fact]
    public void Backward_can_be_restricted_to_inputs()
    {
        var (x, y) = (Leaf(2), Leaf(5));
        (x * y).sum().backward(inputs: [x]);
        Assert.Equal([5.0], Values(x.grad));
        Assert.Null(y.grad);
    }

    [Fact]
    public void Grad_returns_gradients_and_leaves_none()
    {
        var (x, y) = (Leaf(2), Leaf(5));
        var z = x * y;
        var gradients = autograd.grad([(z * z).sum()], [x, z], retain_graph: true);
        Assert.Equal([2 * 10 * 5.0], Values(gradients[0]));
        Assert.Equal([20.0], Values(gradients[1]));
        Assert.Null(x.grad);
        Assert.Throws<ExternalException>(() => autograd.grad([(x * y).sum()], [Leaf(1)]));
        Assert.Null(autograd.grad([(x * y).sum()], [Leaf(1)], allow_unused: true)[0]);
    }

    [Fact]
    public void Gradients_have_the_type_and_place_of_their_tensor()
    {
        var x = ones([3], device: CUDA, requires_grad: true);
        (x.to(ScalarType.Float64) / 3).sum().backward();
        Assert.Equal(ScalarType.Float32, x.grad!.dtype);
        Assert.Equal(DeviceType.CUDA, x.grad.device_type);
        Assert.Equal((double)(1 / 3f), x.grad.cpu()[0].ToDouble());
    }

    [Fact]
    public void A_disposed_intermediate_does_not_break_the_graph()
    {
        var x = Leaf(2);
        Tensor loss;
        using (NewDisposeScope())
        {
            var y = x.exp();
            loss = (y * y).sum().MoveToOuterDisposeScope();
        }

        loss.backward();
        Assert.Equal(2 * Math.Exp(4), Values(x.grad)[0], 1e-9);
    }

    [Fact]
    public void Hooks_see_and_change_what_passes()
    {
        var model = Sequential(("first", Linear(2, 2)), ("second", ReLU()));
        var seen = new List<string>();
        var first = (Module<Tensor, Tensor>)model.children().First();
        var before = first.register_forward_pre_hook((m, x) =>
        {
            seen.Add("before");
            return x * 0;
        });
        var after = first.register_forward_hook((m, x, y) =>
        {
            seen.Add("after");
            return null!;
        });
        var y = model.call(ones(1, 2));
        Assert.Equal(["before", "after"], seen);
        Assert.Equal(((Linear)first).bias!.relu(), y[0], Same);
        before.remove();
        after.remove();
        model.call(ones(1, 2));
        Assert.Equal(2, seen.Count);
        first.forward(ones(1, 2));
    }

    private static bool Same(Tensor a, Tensor b) => a.allclose(b);
}
