using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0507: a recurrent network is trained and nothing limits its gradients.</summary>
internal sealed class RecurrentWithoutClipping() : Rule(
    "TL0507",
    Section.Optimizer,
    Level.Off,
    "A recurrent network is trained without gradient clipping",
    "'{0}' trains the recurrent network '{1}' with gradients of any size: clip them before it",
    "Gradients that go back through many time steps are multiplied again and again and can explode: one bad batch makes the loss NaN. Limiting their norm between backward() and step() is the usual remedy.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Step];

    public override void InspectBody(BodyReport body)
    {
        var steps = body.Events(EventKind.Step).ToList();
        if (steps.Count == 0 || !TensorVocabulary.RecurrentNames.Any(n => body.Program.Index.Mentioning(n).Count > 0) || Clips(body, body.Body, 0)) return;
        foreach (var step in steps)
        {
            if (step.Subject.Path is not { } optimizer || step.Before.HasEscaped(optimizer) || GradientSteps.IsAssertion(step.Node) || !step.Before.Backward) continue;
            if ((step.Before[optimizer].Fact ?? body.Resolve(Value.At(optimizer))) is not OptimizerFact { Parameters.Modules: var modules }) continue;
            if (modules.FirstOrDefault(m => IsRecurrent(body, step.Before, m)) is not { } module) continue;
            body.Report(Descriptor, step.Node, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, module.ToString()), GradientSteps.Text(step.Node), module.ToString());
        }
    }

    // Here, in what is called here, or anywhere else in the type: a helper for it exists.
    private static bool Clips(BodyReport body, Body from, int depth)
    {
        if (depth == 0 && TorchVocabulary.ClippingNames.Any(n => body.Program.Index.Mentioning(n).Any(m => body.Program.Index.Around(from.Syntax) == m || TrainingProgram.InType(m.Node, from.Type)))) return true;
        foreach (var flow in depth == 0 ? body.Program.FlowsIn(from, true, body.Cancellation) : [body.Program.Flow(from, true, body.Cancellation)])
        {
            if (flow.Unknown || flow.Events.Any(e => e.Kind == EventKind.Clip)) return true;
            if (depth < TrainingProgram.ContextDepth && flow.Calls.Any(c => Clips(body, c.Callee, depth + 1))) return true;
        }

        return false;
    }

    private static bool IsRecurrent(BodyReport body, State before, Path module)
    {
        if (module.Equals(Path.This)) return body.Body.Type is { } type && body.Program.Holds(type, TorchType.Recurrent, body.Cancellation);
        return Optimizers.ModuleAt(body, before, module) is { Made: { IsEmpty: false } made } && made.All(m => IsRecurrent(body, m));
    }

    private static bool IsRecurrent(BodyReport body, MadeModule module) =>
        !module.Layers.IsDefault && module.Layers.Any(l => l.Fact is ModuleFact { Made: var made } && made.Any(m => IsRecurrent(body, m))) || body.Program.Holds(module.Type, TorchType.Recurrent, body.Cancellation);
}
