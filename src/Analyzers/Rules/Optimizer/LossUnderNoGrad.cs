using TrainLint.Analyzers.Rules.Loss;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0502: backward() on a loss whose forward pass ran with gradients switched off.</summary>
internal sealed class LossUnderNoGrad() : Rule(
    "TL0502",
    Section.Optimizer,
    Level.Warning,
    "The loss is computed with gradients switched off",
    "backward() on '{0}' cannot train the model: {1}",
    "Under no_grad() and inference_mode() operations are not recorded, so a loss that was computed there has no way back to the parameters and backward() throws. Only backward() may run under no_grad(); under inference_mode() its gradients cannot be zeroed afterwards.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var lost in LossGraph.Of(body, LossFault.ComputedUnderGuard, LossFault.BackwardInInferenceMode))
        {
            var guard = GradientSteps.Text(lost.Places[0]);
            body.Report(Descriptor, lost.Backward.Node, lost.Places, null, LossGraph.Name(lost.Backward), lost.Fault == LossFault.ComputedUnderGuard
                ? LocalizedText.Of($"'{guard}' keeps gradients switched off while the loss is computed, so it throws")
                : LocalizedText.Of($"it runs inside '{guard}', so the next zero_grad() throws"));
        }
    }
}
