using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>TL0803: a training loop reads the data that is there to evaluate.</summary>
internal sealed class TrainingOnEvaluationData() : Rule(
    "TL0803",
    Section.Evaluation,
    Level.Warning,
    "The model is trained on the evaluation data",
    "This loop trains on '{0}', which is the data to evaluate on; '{1}' is there to train on",
    "A model that has seen the evaluation data is judged by what it has learned by heart: the result says nothing about new data, and overfitting can no longer be seen.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (!body.Events(EventKind.Backward).Any() && body.Flow.Exit is not { Backward: true }) return;
        foreach (var loop in EvaluationData.Loops(body, l => body.Trains(l), EvaluationData.SaysEvaluation))
        {
            if ((EvaluationData.Beside(body, loop, EvaluationData.SaysTraining).FirstOrDefault() ?? Forgotten(body, loop)) is not { } training) continue;

            // Both trained on: the last fit takes all there is, unless the one is evaluated on as well.
            if (EvaluationData.RoleOf(body, training) is not { } other || other.Trains && EvaluationData.RoleOf(body, loop.Data) is not { Evaluates: true }) continue;
            body.Report(Descriptor, new BatchLoop(loop.Loop, loop.Loop, true, null, false).Keyword, loop.Named == loop.Loop.Expression ? null : [loop.Named], null, loop.Data.Name, training.Name);
        }
    }

    // Data beside it that nobody reads, whatever its name, where this one is evaluated on as well.
    private static ISymbol? Forgotten(BodyReport body, DataLoop loop) => EvaluationData.RoleOf(body, loop.Data) is { Evaluates: true }
        ? EvaluationData.Beside(body, loop, name => !EvaluationData.SaysEvaluation(name)).FirstOrDefault(s => s is IParameterSymbol && body.UsesOf(s).Count == 0) : null;
}
