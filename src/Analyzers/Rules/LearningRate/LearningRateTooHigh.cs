using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0101: a learning rate that no training with this optimizer stands.</summary>
internal sealed class LearningRateTooHigh() : Rule(
    "TL0101",
    Section.LearningRate,
    Level.Warning,
    "The learning rate is too high",
    "'{0}' takes steps of {1}, and {2} trains with {3} at most: the loss jumps up and does not come down",
    "The learning rate is the length of a step. One that is too long leads past every minimum: the loss jumps up in the first steps and then stays high or becomes NaN.")
{
    public override IEnumerable<string> Calls => Rates.Calls;

    public override void InspectOperation(OperationReport operation)
    {
        foreach (var rate in Rates.Of(operation))
        {
            if (LimitOf(rate.Optimizer) is not { } limit) continue;
            var most = operation.Program.Get(limit, operation.Node.SyntaxTree);
            if (rate.Value.Number <= most || Rates.IsSetLater(operation)) continue;
            Rates.Report(operation, Descriptor, rate, Rates.NameOf(operation.Node), Rates.Text(rate.Value.Number), rate.Optimizer, Rates.Text(most));
        }
    }

    /// <summary>The highest rate of an optimizer. Adadelta, Rprop and LBFGS find their own step length; their natural rate is 1.</summary>
    public static Limit? LimitOf(string optimizer) =>
        TorchVocabulary.AdamFamily.Contains(optimizer) ? Limits.AdamMax
        : TorchVocabulary.SgdFamily.Contains(optimizer) ? Limits.SgdMax
        : optimizer == TorchVocabulary.RmsPropName ? Limits.RmsPropMax
        : optimizer == TorchVocabulary.AdagradName ? Limits.AdagradMax
        : null;
}
