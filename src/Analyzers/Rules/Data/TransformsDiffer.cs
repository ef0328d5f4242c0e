using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0203: the evaluation data is normalised in another way than the training data, or not at all.</summary>
internal sealed class TransformsDiffer() : Rule(
    "TL0203",
    Section.Data,
    Level.Suggestion,
    "Training and evaluation data are normalised in different ways",
    "'{0}' does not normalise its images as the training data of '{1}' is normalised",
    "A model expects the scale that it was trained on. On data of another scale its answers are worse, often those of guessing, and nothing says why.")
{
    public override IEnumerable<string> Calls => TensorVocabulary.DataSetNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod: var method } evaluation || Pipelines.Part(operation, evaluation.Syntax) != false) return;
        SyntaxNode member = evaluation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } own ? own is GlobalStatementSyntax ? own.Parent! : own : evaluation.Syntax;
        var model = operation.Program.Model(member.SyntaxTree);
        foreach (var other in member.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (other == evaluation.Syntax || Pipelines.Part(operation, other) != true) continue;
            if (model.GetOperation(other, operation.Cancellation) is not IInvocationOperation training || training.TargetMethod.Name != method.Name) continue;
            var (evaluated, trained) = (PipelineOf(evaluation), PipelineOf(training));
            if (evaluated is null || trained is null || Pipelines.Steps(evaluated, operation) is not { } right || Pipelines.Steps(trained, operation) is not { } left) continue;
            if (left.Concat(right).Any(s => s.TargetMethod.Name == TensorVocabulary.LambdaName)) continue;
            var (norm, otherNorm) = (left.LastOrDefault(IsNormalize), right.LastOrDefault(IsNormalize));
            if (norm is null || Same(norm, otherNorm)) continue;
            var at = evaluation.Arguments.First(a => ReferenceEquals(a.Value, evaluated)).IsImplicit ? evaluation.Syntax : evaluated.Syntax;
            operation.Report(Descriptor, at, [norm.Syntax], null, GradientSteps.Text(evaluation.Syntax), GradientSteps.Text(training.Syntax));
            return;
        }
    }

    private static IOperation? PipelineOf(IInvocationOperation dataSet) => dataSet.Arguments.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.TransformParameter)?.Value;

    private static bool IsNormalize(IInvocationOperation step) => step.TargetMethod.Name == TensorVocabulary.NormalizeTransform;

    // What is not written as constants may be the same.
    private static bool Same(IInvocationOperation left, IInvocationOperation? right) =>
        right is not null && Same(left, right, TensorVocabulary.MeansParameter) && Same(left, right, TensorVocabulary.DeviationsParameter);

    private static bool Same(IInvocationOperation left, IInvocationOperation right, string parameter) =>
        Pipelines.Numbers(left, parameter) is not { } a || Pipelines.Numbers(right, parameter) is not { } b || a.SequenceEqual(b);
}
