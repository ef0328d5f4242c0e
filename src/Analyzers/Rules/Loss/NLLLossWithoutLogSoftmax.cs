using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0403: negative log likelihood of raw scores or of probabilities, neither of which are logarithms.</summary>
internal sealed class NLLLossWithoutLogSoftmax() : Rule(
    "TL0403",
    Section.Loss,
    Level.Warning,
    "Negative log likelihood without log-softmax",
    "'{0}' takes log-probabilities, but its input is {1}: apply log_softmax, or use cross entropy on the raw scores",
    "Negative log likelihood takes no logarithm itself: it only picks the input of the right class and turns its sign. On raw scores the loss falls below zero without end, on probabilities it ends at -1.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        // `nll_loss(scores, y) + scores.logsumexp(1)` is cross entropy by hand.
        if (body.Program.Index.Around(body.Body.Syntax) is { } text && text.Names.Contains(TensorVocabulary.LogSumExpName)) return;
        foreach (var loss in body.Losses(LossKind.NegativeLogLikelihood))
            if (body.Resolve(loss.Subject) is TensorFact { Meaning: Meaning.Scores or Meaning.Softmax } fact)
                body.Report(Descriptor, loss.Node, fact.Origins, LossInputs.Properties(fact), GradientSteps.Text(loss.Node), fact.Meaning == Meaning.Scores ? LocalizedText.Of($"the raw output of a layer") : LocalizedText.Of($"what softmax made, probabilities"));
    }
}
