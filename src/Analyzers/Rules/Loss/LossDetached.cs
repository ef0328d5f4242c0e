using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0409: backward() on a value that was cut off from the model on the way.</summary>
internal sealed class LossDetached() : Rule(
    "TL0409",
    Section.Loss,
    Level.Warning,
    "The loss is cut off from the model",
    "'{1}' cuts '{0}' off from the model, so backward() reaches no parameter and nothing is learned",
    "backward() follows the operations that led from the parameters to the loss. detach(), item(), argmax(), comparisons, rounding and a tensor made anew from a number end this trail: backward() throws, or runs and changes nothing.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var lost in LossGraph.Of(body, LossFault.Detached))
            body.Report(Descriptor, lost.Backward.Node, lost.Places, null, LossGraph.Name(lost.Backward), LossGraph.Place(lost.Places[0]));
    }
}
