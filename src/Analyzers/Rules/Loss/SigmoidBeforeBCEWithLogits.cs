using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0402: binary cross entropy with logits of values that a sigmoid has already turned into probabilities.</summary>
internal sealed class SigmoidBeforeBCEWithLogits() : Rule(
    "TL0402",
    Section.Loss,
    Level.Warning,
    "Sigmoid before binary cross entropy with logits",
    "The input of '{0}' has already been through sigmoid; this loss applies its own, so it cannot fall below a floor: pass the raw scores, or use the loss for probabilities",
    "Binary cross entropy with logits takes raw scores and applies sigmoid itself. On probabilities the second sigmoid yields nothing outside of 0.5 to 0.73: the loss stops at 0.50 on balanced data and the gradients shrink. Binary cross entropy without logits is the loss for probabilities.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.BinaryCrossEntropyWithLogits))
            if (body.Resolve(loss.Subject) is TensorFact { Meaning: Meaning.Sigmoid } fact)
                body.Report(Descriptor, loss.Node, fact.Origins, null, GradientSteps.Text(loss.Node));
    }
}
