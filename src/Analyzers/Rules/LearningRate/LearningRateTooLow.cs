using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0102: a learning rate with which nothing is learned.</summary>
internal sealed class LearningRateTooLow() : Rule(
    "TL0102",
    Section.LearningRate,
    Level.Warning,
    "The learning rate is too low",
    "'{0}' has a learning rate of {1}, {2}",
    "A rate of zero changes no weight, one below the precision of float32 hardly any, a negative one moves them uphill. The loss stays where it started, and nothing else shows it.")
{
    public override IEnumerable<string> Calls => Rates.Calls;

    public override void InspectOperation(OperationReport operation)
    {
        foreach (var rate in Rates.Of(operation))
        {
            // Rprop only begins with it, and grows from its smallest step. One group among others is frozen in this way.
            if (rate.Optimizer == TorchVocabulary.RpropName || rate.Value.Number == 0 && operation.Operation.Type?.Name == TorchVocabulary.ParameterGroupName || rate.Value.Number < 0 && Maximizes(operation.Operation)) continue;
            if (!(rate.Value.Number < operation.Program.Get(Limits.RateMin, operation.Node.SyntaxTree) || rate.Value.Number <= 0) || Rates.IsSetLater(operation)) continue;
            Rates.Report(operation, Descriptor, rate, Rates.NameOf(operation.Node), Rates.Text(rate.Value.Number), rate.Value.Number switch
            {
                0 => LocalizedText.Of($"so that no step changes anything: the loss stays where it started"),
                < 0 => LocalizedText.Of($"so that each step moves the weights uphill: the loss grows"),
                _ => LocalizedText.Of($"so that the steps are lost in rounding: the loss stays where it started"),
            });
        }
    }

    private static bool Maximizes(IOperation creation) =>
        (creation is IInvocationOperation call ? call.Arguments : ((IObjectCreationOperation)creation).Arguments)
            .Any(a => a.Parameter?.Name == TorchVocabulary.MaximizeParameter && a.Value.ConstantValue is not { HasValue: true, Value: false });
}
