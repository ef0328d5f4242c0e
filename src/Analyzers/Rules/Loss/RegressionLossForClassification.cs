using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0405: squared or absolute error between probabilities and classes.</summary>
internal sealed class RegressionLossForClassification() : Rule(
    "TL0405",
    Section.Loss,
    Level.Suggestion,
    "A regression loss for classes",
    "'{0}' compares what {1} made with classes: its gradients vanish where the model is sure and wrong; {2} learns classes faster",
    "The gradient of a squared or absolute error goes through the slope of sigmoid or softmax, which is flat where the model is sure, also where it is sure and wrong. Cross entropy has no such factor.")
{
    // The squared error of probabilities has a name of its own, and who uses it means it.
    private const string Deliberate = "brier";

    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.MeanSquaredError, LossKind.MeanAbsoluteError))
        {
            if (body.Resolve(loss.Subject) is not TensorFact { Meaning: Meaning.Softmax or Meaning.Sigmoid } input) continue;
            if (body.Resolve(loss.Loss!.Target) is not TensorFact target || target.Meaning is not (Meaning.OneHot or Meaning.ClassIndices) && !LossInputs.IsWhole(target.Type) || IsDeliberate(body)) continue;
            var softmax = input.Meaning == Meaning.Softmax;
            body.Report(Descriptor, loss.Node, input.Origins, LossInputs.Properties(input, target), GradientSteps.Text(loss.Node), softmax ? "softmax" : "sigmoid", softmax ? LocalizedText.Of($"cross entropy") : LocalizedText.Of($"binary cross entropy"));
        }
    }

    private static bool IsDeliberate(BodyReport body) =>
        IsNamedSo(body.Body.Type?.Name) || body.Program.Index.Around(body.Body.Syntax) is { } text && text.Names.Any(IsNamedSo);

    private static bool IsNamedSo(string? name) => name is not null && name.IndexOf(Deliberate, StringComparison.OrdinalIgnoreCase) >= 0;
}
