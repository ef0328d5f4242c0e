using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0703: zero_grad() between backward() and step().</summary>
internal sealed class GradientsClearedBeforeStep() : Rule(
    "TL0703",
    Section.TrainingStep,
    Level.Warning,
    "Gradients are cleared before step() uses them",
    "'{0}' throws away the gradients that backward() has just computed, so '{1}' after it changes nothing",
    "zero_grad() between backward() and step() leaves nothing to step along: every gradient is zero or null, and the loss stays where it is without any error.")
{
    private static readonly PhaseSet Without = PhaseSet.Of(GradientPhase.Clean, GradientPhase.Stepped, GradientPhase.Lost);

    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (GradientSteps.ClearsByHand(body)) return;
        var reported = new HashSet<SyntaxNode>();
        foreach (var step in GradientSteps.Of(body, GradientPhase.Lost))
        {
            var lost = step.Before.Gradient(step.Optimizer).Lost;
            if (lost.IsEmpty || step.Before.HasEscaped(step.Optimizer) || GradientSteps.IsAssertion(step.Node)) continue;
            var phases = GradientSteps.Certain(body, step);
            if (!phases.Has(GradientPhase.Lost) || !phases.Within(Without) || GradientSteps.ClearedForThisRound(body, step)) continue;
            foreach (var site in lost)
            {
                var at = GradientSteps.Local(body, site);
                if (!reported.Add(at)) continue;
                var properties = ImmutableDictionary<string, string?>.Empty
                    .Add(RuleProperties.Receiver, step.Optimizer.ToString())
                    .Add(RuleProperties.Step, step.Node.SpanStart.ToString(CultureInfo.InvariantCulture));
                body.Report(Descriptor, at, [step.Node], properties, GradientSteps.Text(at), GradientSteps.Text(step.Node));
            }
        }
    }
}
