using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>
/// Everything an experiment may change, restored on Dispose, also after an exception: parameters, gradients, buffers, the mode of each module and
/// the random numbers of the CPU. The library offers no access to the generators of other devices.
/// </summary>
internal sealed class SavedState : IDisposable
{
    private readonly List<(Tensor Live, Tensor Copy)> _values = [];
    private readonly List<(Tensor Live, Tensor? Copy)> _gradients = [];
    private readonly List<(nn.Module Module, bool Training)> _modes = [];
    private readonly Tensor _random;

    private SavedState(nn.Module model)
    {
        using var quiet = new Quiet();
        _random = get_rng_state().DetachFromDisposeScope();
        // The model first: train() reaches downwards, so that the children come to their own again afterwards.
        _modes.Add((model, model.training));
        _modes.AddRange(model.modules().Select(module => (module, module.training)));
        foreach (var parameter in model.parameters())
        {
            _values.Add((parameter, parameter.detach().clone().DetachFromDisposeScope()));
            _gradients.Add((parameter, parameter.grad?.clone().DetachFromDisposeScope()));
        }

        foreach (var buffer in model.buffers())
            _values.Add((buffer, buffer.detach().clone().DetachFromDisposeScope()));
    }

    public static SavedState Take(nn.Module model) => new(model);

    /// <summary>Restores the values and keeps the copies, to begin again.</summary>
    public void Restore()
    {
        using var quiet = new Quiet();
        // Only what changed: a graph that still waits for its backward counts every write to its parameters, also one of the same values.
        foreach (var (live, copy) in _values)
            if (!live.allclose(copy, rtol: 0, atol: 0, equal_nan: true))
                live.copy_(copy);
        foreach (var (live, copy) in _gradients)
            live.grad = copy?.clone().DetachFromDisposeScope();
        foreach (var (module, training) in _modes)
            module.train(training);
        set_rng_state(_random);
    }

    public void Dispose()
    {
        Restore();
        foreach (var (_, copy) in _values)
            copy.Dispose();
        foreach (var (_, copy) in _gradients)
            copy?.Dispose();
        _random.Dispose();
    }
}
