using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0406: cross entropy over one class.</summary>
internal sealed class CrossEntropyOnSingleOutput() : Rule(
    "TL0406",
    Section.Loss,
    Level.Warning,
    "Cross entropy on a single output",
    "The input of '{0}' has one value per row: the softmax over a single class is always 1, so nothing is learned; use binary cross entropy with logits, or give the model one output per class",
    "Cross entropy chooses between classes, each with an output of its own. Of a single output the softmax is 1 and the loss 0 whatever the model says; with class indices as target it throws at the first row of another class than 0.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    // A model that is handed in: whoever hands it in knows its last layer.
    private static bool YieldsOne(BodyReport body, SyntaxNode pass) =>
        body.Events(EventKind.Forward).FirstOrDefault(e => e.Node == pass) is { } run && body.Resolve(run.Subject) is ModuleFact { Made: { IsEmpty: false } made } && made.All(m => EndsInOne(body, m));

    private static bool EndsInOne(BodyReport body, MadeModule module)
    {
        if (!body.Torch.Is(module.Type, TorchType.Sequential)) return body.Torch.Is(module.Type, TorchType.Linear) && module.Number(TensorVocabulary.OutputSizeParameters) == 1;
        return !module.Layers.IsDefaultOrEmpty && module.Layers[module.Layers.Length - 1].Fact is ModuleFact { Made: { IsEmpty: false } last } && last.All(m => EndsInOne(body, m));
    }

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.CrossEntropy))
        {
            // The size is certain where a linear layer made the scores and nothing changed their shape since.
            if (loss.Subject.Fact is TensorFact { Pass: { } pass } output && YieldsOne(body, pass))
            {
                body.Report(Descriptor, loss.Node, [pass], LossInputs.Properties(output with { Meaning = Meaning.Scores }, body.Resolve(loss.Loss!.Target) as TensorFact), GradientSteps.Text(loss.Node));
                continue;
            }

            if (body.Resolve(loss.Subject) is not TensorFact { Meaning: Meaning.Scores or Meaning.Sigmoid or Meaning.Softmax or Meaning.LogSoftmax, Shape: { Last: 1 } shape } fact || shape.Rank > 2) continue;
            body.Report(Descriptor, loss.Node, fact.Origins, LossInputs.Properties(fact, body.Resolve(loss.Loss!.Target) as TensorFact), GradientSteps.Text(loss.Node));
        }
    }
}
