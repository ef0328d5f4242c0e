using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>TL0805: a program trains and never evaluates. Off by default.</summary>
internal sealed class NoValidation() : Rule(
    "TL0805",
    Section.Evaluation,
    Level.Off,
    "Nothing evaluates the model on other data",
    "This loop trains with '{0}', but nothing in the program evaluates a model: whether it learns or only memorizes cannot be seen",
    "The training loss falls for a model that learns the samples by heart as well. Only data that it has not been trained on shows the difference.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Step];

    public override void InspectBody(BodyReport body)
    {
        var loops = body.Events(EventKind.Backward).Concat(body.Events(EventKind.Step)).Select(e => (e.Node, Loop: body.LoopsAround(e.Node).LastOrDefault(l => e.Kind == EventKind.Step || BatchLoops.Trains(body, l)))).Where(l => l.Loop is not null).GroupBy(l => l.Loop).Select(g => g.First()).ToList();
        if (loops.Count == 0 || MentionsEvaluation(body.Program) || Evaluates(body)) return;
        foreach (var (node, loop) in loops)
            body.Report(Descriptor, new BatchLoop(loop!, loop!, true, null, false).Keyword, null, null, GradientSteps.Text(node));
    }

    // Who switches a model to evaluation, or gradients off where nothing trains, evaluates.
    private static bool MentionsEvaluation(TrainingProgram program) => program.Index.Mentioning(TorchVocabulary.EvalName).Count > 0
        || TorchVocabulary.NoGradientNames.SelectMany(program.Index.Mentioning).Any(m => !m.Names.Contains(TorchVocabulary.BackwardName));

    // Whether anything in the program runs a model only to look at what comes out.
    private static bool Evaluates(BodyReport body)
    {
        foreach (var member in TorchVocabulary.ForwardNames.SelectMany(body.Program.Index.Mentioning).Where(m => body.Program.MayMeet(m.Node, body.Body.Syntax)).Distinct())
            foreach (var outer in body.Program.BodiesOf(member, body.Cancellation))
                foreach (var flow in body.Program.FlowsIn(outer, true, body.Cancellation))
                    if (EvaluationPasses.Candidates(body.Of(flow.Body)).Any(p => !p.AmongTraining && body.Program.FateOf(p.Node, body.Cancellation) != Fate.Kept)) return true;
        return false;
    }
}
