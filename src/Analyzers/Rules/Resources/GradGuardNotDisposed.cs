using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1104: a gradient guard that nobody disposes.</summary>
internal sealed class GradGuardNotDisposed() : Rule(
    "TL1104",
    Section.Resources,
    Level.Warning,
    "The gradient guard is never disposed",
    "Nobody disposes what '{0}' returns, so it stays in force on this thread for good: write using var _ = {0};",
    "no_grad(), inference_mode(), enable_grad() and set_grad_enabled() return a guard that restores the previous mode when it is disposed. It has no finalizer: without using, gradients stay switched off (or on), and the next backward() throws far from the cause.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Guard];

    public override void InspectBody(BodyReport body)
    {
        foreach (var guard in body.Events(EventKind.Guard))
        {
            if (guard.Operation is not IInvocationOperation { TargetMethod: var method }) continue;

            if (body.Torch.OperationOf(method) == TorchOp.SetGradients && IsSwitch(body, guard)) continue;
            if (Guards.IsNeverDisposed(body, guard.Node)) body.Report(Descriptor, guard.Node, null, null, GradientSteps.Text(guard.Node));
        }
    }

    // `set_grad_enabled(false); ... set_grad_enabled(true);`, a mode that is put back, or the last word of a program: a switch, not a guard.
    private static bool IsSwitch(BodyReport body, TrainingEvent guard)
    {
        if (guard.Operation is IInvocationOperation { Arguments: [{ Value.ConstantValue.HasValue: false }] }) return true;
        if (body.Events(EventKind.Guard).Count(g => g.Operation is IInvocationOperation { TargetMethod: var other } && body.Torch.OperationOf(other) == TorchOp.SetGradients) > 1) return true;
        if (body.Body is not { Outer: null, Method: { IsStatic: true, Name: WellKnownMemberNames.EntryPointMethodName or WellKnownMemberNames.TopLevelStatementsEntryPointMethodName } }) return false;
        var loop = body.LoopsAround(guard.Node).LastOrDefault();
        return !body.Events(EventKind.Backward).Select(e => e.Node)
            .Concat(body.Flow.Calls.Where(c => body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Backward: true }).Select(c => c.Node))
            .Any(n => n.SpanStart > guard.Node.SpanStart || loop is not null && loop.Span.Contains(n.Span));
    }
}
