using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0404: binary cross entropy of raw scores.</summary>
internal sealed class BCELossOnLogits() : Rule(
    "TL0404",
    Section.Loss,
    Level.Warning,
    "Binary cross entropy of raw scores",
    "'{0}' takes probabilities, but its input is the raw output of a layer, which leaves the range from 0 to 1: use binary cross entropy with logits, or apply sigmoid",
    "Binary cross entropy takes probabilities and throws as soon as one value lies outside of 0 to 1. The output of a linear layer or a convolution does so sooner or later.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.BinaryCrossEntropy))
            if (body.Resolve(loss.Subject) is TensorFact { Meaning: Meaning.Scores } fact)
                body.Report(Descriptor, loss.Node, fact.Origins, null, GradientSteps.Text(loss.Node));
    }
}
