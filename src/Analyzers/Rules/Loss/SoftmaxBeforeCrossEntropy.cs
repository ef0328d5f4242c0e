using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0401: cross entropy of values that a softmax has already turned into probabilities.</summary>
internal sealed class SoftmaxBeforeCrossEntropy : Rule
{
    private readonly DiagnosticDescriptor redundant;

    public SoftmaxBeforeCrossEntropy()
        : base(
            "TL0401",
            Section.Loss,
            Level.Warning,
            "Softmax before cross entropy",
            "The input of '{0}' has already been through softmax; cross entropy applies its own, so the loss cannot fall below a floor: pass the raw scores",
            "Cross entropy takes raw scores (logits) and applies log-softmax itself. On probabilities the second softmax flattens the differences: the loss stops at ln(1 + (C-1)/e) for C classes and the gradients shrink.")
    {
        redundant = Milder(
            "LogSoftmax before cross entropy is redundant",
            "The input of '{0}' has already been through log-softmax; applying it twice changes nothing: pass the raw scores, or use NLLLoss",
            "log-softmax of log-probabilities gives the same log-probabilities, so the result is right and the work is done twice. The usual pairs are raw scores with cross entropy, and log-probabilities with NLLLoss.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, redundant);

    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses(LossKind.CrossEntropy))
            if (body.Resolve(loss.Subject) is TensorFact { Meaning: Meaning.Softmax or Meaning.LogSoftmax } fact)
                body.Report(fact.Meaning == Meaning.Softmax ? Descriptor : redundant, loss.Node, fact.Origins, null, GradientSteps.Text(loss.Node));
    }
}
