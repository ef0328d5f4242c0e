using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>What a layer put out in one forward pass.</summary>
/// <param name="Path">The path of the layer.</param>
/// <param name="Kind">The name of its type.</param>
/// <param name="Samples">How many values each unit had.</param>
/// <param name="Zero">For ReLU: the share of units that are zero for every sample; otherwise null.</param>
/// <param name="Saturated">For Sigmoid and Tanh: the share of values near their ends; otherwise null.</param>
/// <param name="HasParametersAfter">Whether a layer with parameters ran after it: the last activation of a classifier saturates by rights.</param>
internal sealed record Activation(string Path, string Kind, long Samples, double? Zero, double? Saturated, bool HasParametersAfter);

/// <summary>
/// Looks at the outputs of layers during one forward pass, through hooks that are gone afterwards. Hooks run in call(...), not in forward(...):
/// a layer that is entered by forward is not seen.
/// </summary>
internal sealed class Observer : IDisposable
{
    private readonly List<Action> _remove = [];

    private Observer()
    {
    }

    /// <summary>Calls an action with each output of a layer that has no layers inside.</summary>
    /// <param name="model">The model.</param>
    /// <param name="wanted">Which layers, by their type's name.</param>
    /// <param name="see">Gets the path, the layer, its input and its output. Runs without recording gradients, in a dispose scope of its own.</param>
    public static Observer Attach(nn.Module model, Func<nn.Module, bool> wanted, Action<string, nn.Module, Tensor, Tensor> see)
    {
        var observer = new Observer();
        try
        {
            foreach (var (path, module) in model.named_modules())
            {
                if (module is not nn.Module<Tensor, Tensor> layer || module.children().Any() || !wanted(module))
                    continue;
                var remover = layer.register_forward_hook((_, input, output) =>
                {
                    using var quiet = new Quiet();
                    see(path, layer, input, output);
                    return null!;
                });
                observer._remove.Add(remover.remove);
            }

            return observer;
        }
        catch
        {
            observer.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var remove in _remove)
            remove();
        _remove.Clear();
    }
}

/// <summary>Collects the activations of one forward pass.</summary>
internal sealed class ActivationRecord : IDisposable
{
    private readonly List<Activation> _seen = [];
    private readonly Observer _observer;
    private int _lastWithParameters = -1;

    /// <param name="model">The model.</param>
    /// <param name="failed">Told of an exception in a hook, which must not reach the forward pass.</param>
    public ActivationRecord(nn.Module model, Action<Exception> failed)
    {
        _observer = Observer.Attach(model, static _ => true, (path, module, _, output) =>
        {
            try
            {
                See(path, module, output);
            }
            catch (Exception exception)
            {
                failed(exception);
            }
        });
    }

    public IReadOnlyList<Activation> Seen => [.. _seen.Select((activation, i) => activation with { HasParametersAfter = i < _lastWithParameters })];

    public void Dispose() => _observer.Dispose();

    private void See(string path, nn.Module module, Tensor output)
    {
        var kind = module.GetType().Name;
        if (module.parameters(false).Any())
            _lastWithParameters = _seen.Count;
        if (!Reading.IsReadable(output) || output.dim() < 2 || kind is not ("ReLU" or "ReLU6" or "Sigmoid" or "Tanh"))
            return;

        // The units: channels of an image, features of everything else.
        var units = output.dim() >= 4 ? 1 : output.dim() - 1;
        var value = output.detach();
        if (value.numel() == 0)
            return;
        var samples = value.numel() / value.shape[units];
        double? zero = null, saturated = null;
        if (kind is "ReLU" or "ReLU6")
            zero = 1 - Share(value.amax([.. Enumerable.Range(0, (int)value.dim()).Where(i => i != units).Select(i => (long)i)]).gt(0));
        else
            saturated = Share((kind == "Tanh" ? value.abs() : value.mul(2).sub(1).abs()).gt(0.98));
        _seen.Add(new(path, kind, samples, zero, saturated, false));
    }

    private static double Share(Tensor truths) => Reading.Value(truths.to_type(ScalarType.Float32).mean());
}
