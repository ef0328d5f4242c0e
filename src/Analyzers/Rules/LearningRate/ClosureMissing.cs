using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0107: LBFGS is stepped without the closure that computes the loss.</summary>
internal sealed class ClosureMissing() : Rule(
    "TL0107",
    Section.LearningRate,
    Level.Warning,
    "LBFGS is stepped without a closure",
    "'{0}' gives LBFGS no closure, and throws: pass a lambda that clears the gradients, computes the loss, runs backward() and returns the loss",
    "LBFGS evaluates the loss several times in one step, so step() wants a closure that computes it. Through a variable of the type Optimizer the call without one compiles, and throws.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Step];

    public override void InspectBody(BodyReport body)
    {
        if (body.Program.Index.Mentioning(TorchVocabulary.LbfgsName).Count == 0) return;
        foreach (var step in body.Events(EventKind.Step))
        {
            if (step.Operation is not IInvocationOperation { Arguments: var arguments } || arguments.FirstOrDefault() is not { Value.ConstantValue: { HasValue: true, Value: null } }) continue;
            if (GradientSteps.IsAssertion(step.Node) || Schedulers.AsksFor(step.Node, TorchVocabulary.LbfgsName)) continue;
            if ((step.Subject.Fact ?? body.Resolve(step.Subject)) is not OptimizerFact { Creations: { IsEmpty: false } creations } || !creations.All(c => IsLbfgs(body, c))) continue;
            body.Report(Descriptor, step.Node, creations, null, GradientSteps.Text(step.Node));
        }
    }

    private static bool IsLbfgs(BodyReport body, SyntaxNode creation) =>
        creation is ExpressionSyntax expression && body.Program.Model(creation.SyntaxTree).GetTypeInfo(expression, body.Cancellation).Type?.Name == TorchVocabulary.LbfgsName;
}
