using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Initialization;

/// <summary>TL0901: a program trains, and each run begins with other random numbers.</summary>
internal sealed class NoSeed() : Rule(
    "TL0901",
    Section.Initialization,
    Level.Off,
    "Nothing seeds the random numbers",
    "'{0}' trains from other random weights in every run: call torch.manual_seed at the start of the program, so that two runs can be compared",
    "Without a seed each run begins with other weights and draws other batches and masks. Whether a change has made the training better cannot be told from one run of each.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (body.Body is not { Outer: null, Method: { IsStatic: true, Name: "Main" or "<Main>$" } method } || body.Program.Compilation.GetEntryPoint(body.Cancellation) is not { } entry || !SymbolEqualityComparer.Default.Equals(entry, method)) return;
        if (TorchVocabulary.SeedNames.Concat(TorchVocabulary.GeneratorStateNames).Any(n => body.Program.Index.Mentioning(n).Count > 0)) return;
        foreach (var step in Steps(body).OrderBy(n => n.SpanStart))
        {
            var loop = body.LoopsAround(step).LastOrDefault();
            var keyword = loop?.GetFirstToken();
            if (keyword is { } at) body.Report(Descriptor, at.GetLocation(), null, null, at.ValueText);
            else body.Report(Descriptor, step, null, null, GradientSteps.Text(step));
            return;
        }
    }

    // The places of the entry point that a training step is reached through.
    private static IEnumerable<SyntaxNode> Steps(BodyReport body)
    {
        foreach (var step in body.Events(EventKind.Step))
            if (body.LoopsAround(step.Node).Any() && step.Before.Backward) yield return step.Node;
        foreach (var call in body.Flow.Calls)
            if (body.Program.Flow(call.Callee, true, body.Cancellation).Exit is { Backward: true, Stepped: true } && call.Callee.Outer is null) yield return call.Node;
    }
}
