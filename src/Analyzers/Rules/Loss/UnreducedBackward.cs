using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0415: backward() on a loss that still has one value for each row.</summary>
internal sealed class UnreducedBackward() : Rule(
    "TL0415",
    Section.Loss,
    Level.Warning,
    "backward() on a loss that was not reduced",
    "'{0}' has one value for each row because of Reduction.None, so backward() throws: reduce it with mean() first",
    "backward() without arguments starts from a single number. A loss with Reduction.None is a tensor of one loss per row or element: backward() throws 'grad can be implicitly created only for scalar outputs'.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (backward.Operation is not IInvocationOperation call || call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && TensorVocabulary.GradientParameters.Contains(a.Parameter?.Name))) continue;
            if (body.Resolve(backward.Subject) is not TensorFact { Loss: { Reduction: TensorVocabulary.ReductionNone } loss, Shape: null }) continue;
            if (LossGraph.IsTrial(body, backward.Node) || body.Losses().FirstOrDefault(l => l.Node == loss.Node) is { Subject.Fact: TensorFact { Shape: { Open: false } shape } } && shape.Dimensions.All(d => d == 1)) continue;
            body.Report(Descriptor, backward.Node, [loss.Node], null, LossGraph.Name(backward));
        }
    }
}
