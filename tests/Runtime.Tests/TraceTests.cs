using TorchSharp.Modules;

namespace TrainLint.Runtime.Tests;

/// <summary>A watched run is the same run: nothing that the guard does shows in it.</summary>
public sealed class TraceTests
{
    private static List<float> Train(bool watched, out Module<Tensor, Tensor> model)
    {
        manual_seed(7);
        var net = Sequential(("a", Linear(2, 8)), ("norm", BatchNorm1d(8)), ("act", ReLU()), ("drop", Dropout()), ("b", Linear(8, 3)));
        model = net;
        var optimizer = optim.Adam(net.parameters(), 1e-2);
        var blobs = new Blobs(7, 3);
        using var guard = watched ? TrainGuard.Watch(net, optimizer, new() { Logger = new ListLogger(), Classes = 3, InspectEvery = 3 }) : null;
        var losses = new List<float>();
        for (var step = 0; step < 40; step++)
        {
            using var scope = NewDisposeScope();
            var (x, y) = blobs.Batch(16);
            guard?.Batch(x, y);
            var output = net.call(x);
            var loss = functional.cross_entropy(output, y);
            optimizer.zero_grad();
            guard?.Loss(loss, output);
            loss.backward();
            optimizer.step();
            guard?.Step();
            losses.Add(loss.ToSingle());
        }

        guard?.Validation(1.0);
        return losses;
    }

    [Fact]
    public void The_numbers_are_the_same_to_the_last_bit()
    {
        var bare = Train(false, out var one);
        var watched = Train(true, out var other);
        Assert.Equal(bare, watched);
        foreach (var (a, b) in one.parameters().Concat(one.buffers()).Zip(other.parameters().Concat(other.buffers())))
            Assert.Equal(a.to_type(float64).data<double>().ToArray(), b.to_type(float64).data<double>().ToArray());
    }

    [Fact]
    public void Modes_gradients_graph_and_grad_mode_stay()
    {
        var training = Training.Classifying();
        var model = training.Model;
        model.At("act").eval();
        using var guard = TrainGuard.Watch(model, training.Optimizer, new() { Logger = new ListLogger() });
        var (x, y) = training.Data(1);
        guard.Batch(x, y);
        var loss = training.Loss(model.call(x), y);
        guard.Loss(loss);
        Assert.True(is_grad_enabled());
        Assert.All(model.parameters(), parameter => Assert.Null(parameter.grad));
        loss.backward();
        var before = model.parameters().Select(parameter => parameter.grad!.data<float>().ToArray()).ToList();
        guard.Step();
        Assert.Equal(before, model.parameters().Select(parameter => parameter.grad!.data<float>().ToArray()));
        Assert.True(model.training);
        Assert.False(model.At("act").training);
        Assert.True(model.At("first").training);
        using (no_grad())
        {
            guard.Batch(x, y);
            Assert.False(is_grad_enabled());
        }
    }

    [Fact]
    public void Nothing_of_its_own_stays_in_the_users_scope()
    {
        var training = Training.Classifying();
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, training.Options with { Logger = new ListLogger() });
        using var scope = NewDisposeScope();
        var (x, y) = training.Data(1);
        var loss = training.Loss(training.Model.call(x), y);
        loss.backward();
        var count = scope.DisposablesCount;
        guard.Batch(x, y);
        guard.Loss(loss);
        guard.Step();
        guard.Validation(loss);
        guard.CheckPlacement(x);
        Assert.Equal(count, scope.DisposablesCount);
        Assert.Same(scope, CurrentDisposeScope);
        Assert.False(x.IsInvalid);
    }

    [Fact]
    public void Copies_and_hooks_go_with_the_guard()
    {
        var training = Training.Classifying();
        var (x, y) = training.Data(1);
        var hooked = (Linear)training.Model.At("first");
        var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger() });
        Assert.Equal(0, Hooks(hooked));
        guard.Batch(x, y);
        Assert.Equal(1, Hooks(hooked));
        guard.Loss(training.Loss(training.Model.call(x), y));
        Assert.Equal(0, Hooks(hooked));
        guard.Batch(x, y);
        Assert.Equal(1, Hooks(hooked));
        guard.Dispose();
        Assert.Equal(0, Hooks(hooked));
        guard.Dispose();
        guard.Batch(x, y);
        guard.Step();
        Assert.Equal((0, 0), (Hooks(hooked), guard.Report.Steps));
    }

    [Fact]
    public void A_step_that_is_not_inspected_has_no_hooks()
    {
        var training = Training.Classifying();
        var (x, y) = training.Data(1);
        using var guard = TrainGuard.Watch(training.Model, training.Optimizer, new() { Logger = new ListLogger(), FirstSteps = 0 });
        guard.Batch(x, y);
        Assert.Equal(0, Hooks((Linear)training.Model.At("first")));
    }

    [Fact]
    public async Task Two_guards_work_in_two_threads()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Training.Classifying(steps: 50).Run())));
        Assert.All(runs, Expect.Silence);
    }

    /// <summary>How many hooks a layer has, as the library keeps them.</summary>
    private static int Hooks(Linear layer)
    {
        var field = layer.GetType().BaseType!.BaseType!.GetField("post_hooks", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
        return ((System.Collections.IDictionary)field.GetValue(layer)!).Count;
    }
}
