using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0701: from one step() to the next there is a backward() and no zero_grad().</summary>
internal sealed class MissingZeroGrad() : Rule(
    "TL0701",
    Section.TrainingStep,
    Level.Warning,
    "Gradients of the previous step are not cleared",
    "'{0}' still holds the gradients of the previous batch when '{1}' runs; call {0}.zero_grad() before it",
    "backward() adds to the gradients that are already there. Without zero_grad() between two steps the optimizer follows the sum of all batches so far instead of the current one.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (GradientSteps.ClearsByHand(body)) return;
        var reported = new HashSet<(SyntaxNode, Path)>();
        foreach (var step in GradientSteps.Of(body, GradientPhase.Mixed))
        {
            var gradient = step.Before.Gradient(step.Optimizer);
            if (gradient.Mixed.IsEmpty || step.Before.HasEscaped(step.Optimizer)) continue;
            var relation = gradient.Relation;
            var inside = relation.Apply(GradientPhase.Any).Has(GradientPhase.Mixed);
            if (!inside)
            {
                // Only what callers, or the run before, have left can make it so.
                if (!relation.Range.Has(GradientPhase.Mixed)) continue;
                var entry = body.Program.EntryGradient(body.Body, step.Optimizer, body.Cancellation).Or(GradientSteps.AfterItself(body, step.Optimizer));
                if (!relation.Apply(entry).Has(GradientPhase.Mixed)) continue;
            }

            // Where the round before left through the other side of a choice, this side may never follow it.
            var left = body.Flow.Exit?.Gradient(step.Optimizer).Steps ?? [];
            foreach (var site in gradient.Mixed)
            {
                var at = GradientSteps.Local(body, site);
                if (!inside && !left.IsEmpty && left.All(s => GradientSteps.Exclude(at, GradientSteps.Local(body, s)))) continue;
                if (!reported.Add((at, step.Optimizer))) continue;
                body.Report(Descriptor, at, gradient.Steps.Select(s => s.Cause).Where(n => n != at),
                    ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, step.Optimizer.ToString()).Add(RuleProperties.Step, GradientSteps.Local(body, new Site(step.Node, step.Node)).SpanStart.ToString(System.Globalization.CultureInfo.InvariantCulture)),
                    step.Optimizer.ToString(), GradientSteps.Text(at));
            }
        }
    }
}
