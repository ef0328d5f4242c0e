using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0414: kl_div on something else than it takes.</summary>
internal sealed class KLDivArguments() : Rule(
    "TL0414",
    Section.Loss,
    Level.Warning,
    "kl_div gets probabilities where it takes logarithms",
    "'{0}' {1}",
    "kl_div takes log-probabilities as input. As target TorchSharp takes log-probabilities as well, unless log_target is false; in PyTorch the default is the opposite, so ported code is wrong without a word. The loss then stops at a wrong value or falls below zero.")
{
    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.KullbackLeibler))
        {
            var text = GradientSteps.Text(loss.Node);
            if (body.Resolve(loss.Loss!.Input) is TensorFact { Meaning: Meaning.Softmax or Meaning.Sigmoid or Meaning.Scores } input)
                body.Report(Descriptor, loss.Node, input.Origins, null, text, input.Meaning == Meaning.Scores ? LocalizedText.Of($"takes log-probabilities as input and gets raw scores: apply log_softmax first") : LocalizedText.Of($"takes log-probabilities as input and gets probabilities: use log_softmax in the place of softmax"));
            if (loss.Loss.Settings.TryGetValue(TensorVocabulary.LogTargetParameter, out var log) && log is true && body.Resolve(loss.Loss.Target) is TensorFact { Meaning: Meaning.Softmax or Meaning.Sigmoid or Meaning.OneHot } target)
                body.Report(Descriptor, loss.Node, target.Origins, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, TensorVocabulary.LogTargetParameter), text, LocalizedText.Of($"takes the target for log-probabilities, because log_target is true unless it is set, and gets probabilities: pass log_target: false"));
        }
    }
}
