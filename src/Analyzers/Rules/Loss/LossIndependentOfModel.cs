using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0410: backward() on a loss in which nothing takes part that could be trained.</summary>
internal sealed class LossIndependentOfModel() : Rule(
    "TL0410",
    Section.Loss,
    Level.Warning,
    "The loss does not depend on the model",
    "No output of a model and no parameter takes part in '{0}', so backward() throws: compute the loss from what the model returns",
    "backward() computes how a loss changes with the parameters that it was computed from. A loss that is made of data alone has none: backward() throws 'element 0 of tensors does not require grad and does not have a grad_fn'.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var lost in LossGraph.Of(body, LossFault.Independent)) body.Report(Descriptor, lost.Backward.Node, null, null, LossGraph.Name(lost.Backward));
    }
}
