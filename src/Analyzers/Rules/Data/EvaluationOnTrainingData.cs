using TrainLint.Analyzers.Rules.Evaluation;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0205: an evaluation reads the data that trained the model, and the data that was meant for it is never evaluated on.</summary>
internal sealed class EvaluationOnTrainingData() : Rule(
    "TL0205",
    Section.Data,
    Level.Warning,
    "The model is evaluated on its training data",
    "This loop evaluates on '{0}', which the model is trained on; nothing evaluates on '{1}'",
    "On the data that it has seen a model looks as good as it can learn by heart. Overfitting, the one thing that an evaluation is there to show, does not show.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Forward, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (!EvaluationPasses.Candidates(body).Any() && body.Flow.Calls.Count == 0) return;
        foreach (var loop in EvaluationData.Loops(body, l => EvaluationData.Evaluates(body, l), EvaluationData.SaysTraining))
        {
            if (EvaluationData.Beside(body, loop, EvaluationData.SaysEvaluation).FirstOrDefault() is not { } meant) continue;
            if (EvaluationData.RoleOf(body, loop.Data) is not { Trains: true } || EvaluationData.RoleOf(body, meant) is not { Evaluates: false, Trains: false }) continue;
            body.Report(Descriptor, new BatchLoop(loop.Loop, loop.Loop, false, null, false).Keyword, loop.Named == loop.Loop.Expression ? null : [loop.Named], null, loop.Data.Name, meant.Name);
        }
    }
}
