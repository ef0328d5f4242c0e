using static TorchSharp.torch;

namespace TrainLint.Runtime.Watching;

/// <summary>One thing that is looked at while a run goes on. An exception in it switches it off and leaves the run alone.</summary>
internal abstract class Check
{
    /// <summary>Before the first step, and again when the model's tensors have moved or changed.</summary>
    public virtual void Model(Run run)
    {
    }

    /// <summary>A batch, before the forward pass.</summary>
    public virtual void Batch(Run run, IReadOnlyList<Tensor> inputs, Tensor? target)
    {
    }

    /// <summary>The loss, before backward().</summary>
    public virtual void Loss(Run run, double value, Tensor? output)
    {
    }

    /// <summary>After optimizer.step().</summary>
    public virtual void Step(Run run)
    {
    }

    /// <summary>The end of an epoch, with its validation loss (NaN where the user has none).</summary>
    public virtual void Epoch(Run run, double validation)
    {
    }
}
