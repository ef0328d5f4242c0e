using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0202: the constants of a Normalize belong to another scale than its images have.</summary>
internal sealed class NormalizeScaleMismatch() : Rule(
    "TL0202",
    Section.Data,
    Level.Suggestion,
    "The constants of Normalize do not fit the scale of the images",
    "'{0}' has constants for pixels from 0 to 255, but '{1}' before it brings them to 0 to 1",
    "With means above 1 all pixels of an image scaled to 0..1 end up close to one negative number: what the images show is nearly gone.")
{
    public override IEnumerable<string> Calls => [TensorVocabulary.ComposeName];

    public override void InspectOperation(OperationReport operation)
    {
        if (!operation.Torch.Is(operation.Operation.Type, TorchType.Transform) || Pipelines.Steps(operation.Operation, operation) is not { } steps) return;
        IInvocationOperation? scaled = null;
        foreach (var step in steps)
        {
            if (TensorVocabulary.ScalingTransforms.Contains(step.TargetMethod.Name))
            {
                // To another type of whole numbers it scales to another range.
                scaled = step.Arguments.FirstOrDefault()?.Value is { ConstantValue: { HasValue: true, Value: sbyte or byte or int } type } && TensorVocabulary.FloatingTypes.Contains(Convert.ToInt32(type.Value, System.Globalization.CultureInfo.InvariantCulture)) ? step : null;
            }
            else if (step.TargetMethod.Name == TensorVocabulary.NormalizeTransform)
            {
                // An editor takes a finding only from the operation that it lies in: one from a variable is reported at the pipeline.
                if (scaled is not null && Pipelines.Numbers(step, TensorVocabulary.MeansParameter) is { } means && means.All(m => m > 1))
                    operation.Report(Descriptor, operation.Node.Span.Contains(step.Syntax.Span) ? step.Syntax : operation.Node, [scaled.Syntax], null, GradientSteps.Text(step.Syntax), GradientSteps.Text(scaled.Syntax));
                return;
            }
            else if (step.TargetMethod.Name == TensorVocabulary.LambdaName)
            {
                return;
            }
        }
    }
}
