using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1105: a dispose scope that nobody disposes.</summary>
internal sealed class DisposeScopeNotDisposed() : Rule(
    "TL1105",
    Section.Resources,
    Level.Warning,
    "The dispose scope is never disposed",
    "Nobody disposes what '{0}' returns, so the scope never ends and keeps every tensor made on this thread from now on: write using var scope = {0};",
    "NewDisposeScope() opens a scope that holds each tensor made on its thread until the scope is disposed. Without using it never is: the tensors are not freed, not even by the garbage collector, because the open scope refers to them.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Scope];

    public override void InspectBody(BodyReport body)
    {
        foreach (var scope in body.Events(EventKind.Scope))
            if (Guards.IsNeverDisposed(body, scope.Node)) body.Report(Descriptor, scope.Node, null, null, GradientSteps.Text(scope.Node));
    }
}
