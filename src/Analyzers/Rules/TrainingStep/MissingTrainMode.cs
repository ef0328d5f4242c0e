using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0705: a training loop runs a model with dropout or batch normalization after eval(), with no train() since.</summary>
internal sealed class MissingTrainMode() : Rule(
    "TL0705",
    Section.TrainingStep,
    Level.Warning,
    "The model trains in evaluation mode",
    "'{0}' is trained on here although '{1}' may still be in evaluation mode: its dropout and batch normalization are switched off; call {1}.train() first",
    "After eval() dropout does nothing and batch normalization uses its running statistics. A model that goes on training like this looks better than it is on the training data and worse on everything else.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        foreach (var pass in TrainingPasses.InEvaluationMode(body))
            if (!pass.LoopsBack)
                body.Report(Descriptor, pass.Forward, pass.Evals, TrainingPasses.Properties(body, pass), GradientSteps.Text(pass.Forward), pass.Module.ToString());
    }
}
