using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1101: a training loop that frees no tensors.</summary>
internal sealed class NoDisposeScope() : Rule(
    "TL1101",
    Section.Resources,
    Level.Suggestion,
    "The training loop frees no tensors",
    "After each round the tensors behind '{0}' stay in native memory until the garbage collector happens to run: begin the body of the loop with using var scope = torch.NewDisposeScope();",
    "Tensors live in native memory, whose size the garbage collector does not know: it runs late, and memory grows by gigabytes before it does. A dispose scope in the body of the loop frees everything that the round has made.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Loss, EventKind.Forward, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        foreach (var loop in BatchLoops.Unscoped(body, evaluation: false).Concat(BatchLoops.Accumulating(body)))
            if (loop.Scope is null && !loop.HoldsOutput && !IsScopedByCaller(body)) body.Report(Descriptor, loop.Keyword, null, null, GradientSteps.Text(loop.Work));
    }

    // A scope around the whole loop, in a caller, is what TL1108 speaks of.
    private static bool IsScopedByCaller(BodyReport body) => body.Program.CallersOf(body.Body, body.Cancellation).Any(c => c.Site.Before.Scope is not null);
}
