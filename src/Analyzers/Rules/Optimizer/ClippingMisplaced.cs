using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0501: gradients are clipped where there are none, or where they have been used.</summary>
internal sealed class ClippingMisplaced() : Rule(
    "TL0501",
    Section.Optimizer,
    Level.Warning,
    "Gradients are clipped at the wrong place",
    "'{0}' runs {1}, so it limits no gradient that a step uses: call it between backward() and step()",
    "Clipping changes the gradients that backward() has computed and that step() is about to use. Before backward() there are none, after step() they have done their harm: a single bad batch can still destroy the weights.")
{
    // A norm that nothing reaches only measures.
    private const double Unlimited = 1e6;

    private static readonly PhaseSet Without = PhaseSet.Of(GradientPhase.Clean, GradientPhase.Stepped, GradientPhase.Lost);

    public override IEnumerable<EventKind> Events => [EventKind.Clip];

    public override void InspectBody(BodyReport body)
    {
        foreach (var clip in body.Events(EventKind.Clip))
        {
            if (GradientSteps.ClearsByHand(body) || GradientSteps.IsAssertion(clip.Node) || Measures(clip.Operation)) continue;
            if (!IsClearedNext(body, clip) && !IsUseless(body, clip.Before, clip.Subject.Fact as ParametersFact, 0)) continue;
            var (where, other, key) = Place(body, clip.Node);
            var properties = ImmutableDictionary<string, string?>.Empty;
            if (key is not null && other is not null) properties = properties.Add(key, other.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(Descriptor, clip.Node, other is null ? null : [other], properties, GradientSteps.Text(clip.Node), where);
        }
    }

    private static bool Measures(IOperation call) =>
        call is IInvocationOperation { Arguments: var arguments } && arguments.FirstOrDefault(a => a.Parameter?.Name == TorchVocabulary.MaxNormParameter) is { Value: var value }
        && value.ConstantValue is { HasValue: true, Value: var number } && number switch { double d => d > Unlimited, int i => i > Unlimited, _ => false };

    // Whether every optimizer that can hold the clipped parameters is without fresh gradients, here or wherever this is called.
    private static bool IsUseless(BodyReport body, State before, ParametersFact? clipped, int depth)
    {
        var steps = GradientSteps.AllSteps(body).Select(s => s.Optimizer).ToList();
        var optimizers = steps.Concat(body.Events(EventKind.ZeroGrad).Select(e => e.Subject.Path).OfType<Path>()).Concat(before.Gradients.Keys.Where(k => Optimizers.Denotes(body, k))).Distinct()
            .Where(o => MayHold(body, before, o, clipped)).ToList();
        if (optimizers.Count > 0) return optimizers.All(o => !o.HasElement && !before.HasEscaped(o) && IsWithout(body, before, o)) && HasStep(body, optimizers, steps);

        // A helper that only clips.
        if (depth == TrainingProgram.ContextDepth || before.Backward || body.Program.CallableFromOutside(body.Body)) return false;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        return !callers.IsEmpty && callers.All(c => IsUseless(body.Of(c.Caller), c.Site.Before, clipped?.Map(c.Site.Map) as ParametersFact, depth + 1));
    }

    // Where nothing steps here, a caller must.
    private static bool HasStep(BodyReport body, List<Path> optimizers, List<Path> steps) =>
        steps.Any(optimizers.Contains) || body.Events(EventKind.ZeroGrad).Any(e => e.Subject.Path is { } cleared && optimizers.Contains(cleared));

    private static bool MayHold(BodyReport body, State before, Path optimizer, ParametersFact? clipped)
    {
        if (clipped is null || (before[optimizer].Fact ?? body.Resolve(Value.At(optimizer))) is not OptimizerFact { Parameters: { } held }) return true;
        return held.Modules.Any(h => clipped.Modules.Any(h.Overlaps)) || !held.Complete || !clipped.Complete;
    }

    private static bool IsWithout(BodyReport body, State before, Path optimizer)
    {
        var relation = before.Gradient(optimizer).Relation;
        var phases = GradientSteps.Certain(body, new GradientStep(optimizer, body.Body.Syntax, before, true));
        if (!phases.IsEmpty && phases.Within(Without)) return true;

        // Whatever the first round finds, the later ones come straight from step().
        var round = relation[GradientPhase.Clean];
        return round.Has(GradientPhase.Stepped) && round.Within(Without);
    }

    // Whatever gradients there are, the next statement throws them away.
    private static bool IsClearedNext(BodyReport body, TrainingEvent clip)
    {
        if (Loops.StatementOf(clip.Node) is not { } statement) return false;
        var next = GradientSteps.Sequence(body).FirstOrDefault(e => e.Node.SpanStart > clip.Node.SpanStart);
        return next.Kind == EventKind.ZeroGrad && body.Flow.Events.FirstOrDefault(e => e.Node == next.Node) is { Subject.Path: { } cleared } clear
            && Loops.StatementOf(next.Node) is ExpressionStatementSyntax clearing && clearing.Parent == statement.Parent
            && (clear.Kind == EventKind.ZeroGrad ? MayHold(body, clip.Before, cleared, clip.Subject.Fact as ParametersFact) && AllOf(body, clip, cleared) : clip.Subject.Fact is ParametersFact { Complete: true } clipped && clipped.Modules.All(m => m.StartsWith(cleared)));
    }

    // The only optimizer around, or one that certainly holds what is clipped.
    private static bool AllOf(BodyReport body, TrainingEvent clip, Path optimizer) =>
        GradientSteps.AllSteps(body).All(s => s.Optimizer.Equals(optimizer))
        || clip.Subject.Fact is ParametersFact clipped && (clip.Before[optimizer].Fact ?? body.Resolve(Value.At(optimizer))) is OptimizerFact { Parameters.Modules: var held } && clipped.Modules.All(m => held.Any(m.StartsWith));

    private static (LocalizedText Where, SyntaxNode? Other, string? Key) Place(BodyReport body, SyntaxNode clip)
    {
        var events = GradientSteps.Sequence(body).Where(e => e.Kind != EventKind.ZeroGrad).ToList();
        var previous = events.LastOrDefault(e => e.Node.SpanStart < clip.SpanStart);
        var next = events.FirstOrDefault(e => e.Node.SpanStart > clip.SpanStart);
        if (previous.Kind == EventKind.Step) return (LocalizedText.Of($"after '{GradientSteps.Text(previous.Node)}'"), previous.Node, RuleProperties.Step);
        if (next.Kind == EventKind.Backward) return (LocalizedText.Of($"before '{GradientSteps.Text(next.Node)}'"), next.Node, RuleProperties.Backward);
        return next.Node is not null && IsWholeStep(body, next.Node) ? (LocalizedText.Of($"before '{GradientSteps.Text(next.Node)}'"), next.Node, null) : (LocalizedText.Of($"where no backward() has computed gradients"), null, null);
    }

    // A call that does both.
    private static bool IsWholeStep(BodyReport body, SyntaxNode node) =>
        body.Flow.Calls.Any(c => c.Node == node && body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Backward: true });
}
