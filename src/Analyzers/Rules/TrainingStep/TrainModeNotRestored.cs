using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0706: eval() inside the epoch loop and no train() on the way back to the training pass.</summary>
internal sealed class TrainModeNotRestored() : Rule(
    "TL0706",
    Section.TrainingStep,
    Level.Warning,
    "Training mode is not restored after evaluation",
    "After '{0}' nothing calls {1}.train() again: from the second round on '{2}' trains in evaluation mode",
    "eval() holds until train() is called. Where only the evaluation at the end of an epoch switches the mode, every epoch but the first trains without dropout and with frozen batch statistics.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        var reported = new HashSet<Microsoft.CodeAnalysis.SyntaxNode>();
        foreach (var pass in TrainingPasses.InEvaluationMode(body))
            if (pass.LoopsBack)
                foreach (var eval in pass.Evals)
                    if (reported.Add(eval))
                        body.Report(Descriptor, eval, [pass.Forward], TrainingPasses.Properties(body, pass), GradientSteps.Text(eval), pass.Module.ToString(), GradientSteps.Text(pass.Forward));
    }
}
