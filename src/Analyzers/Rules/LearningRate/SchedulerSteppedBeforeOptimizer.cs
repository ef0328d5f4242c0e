using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0104: scheduler.step() runs before the first optimizer.step() of its loop.</summary>
internal sealed class SchedulerSteppedBeforeOptimizer() : Rule(
    "TL0104",
    Section.LearningRate,
    Level.Warning,
    "The scheduler steps before the optimizer",
    "'{0}' runs before the first '{1}' of its loop: the first learning rate of the schedule is never used",
    "A scheduler is stepped after the optimizer has used the current rate. At the head of the loop it moves on before anything was learned, and the whole schedule runs one step early. TorchSharp prints no warning.")
{
    public override IEnumerable<EventKind> Events => [EventKind.SchedulerStep];

    public override void InspectBody(BodyReport body)
    {
        foreach (var scheduled in body.Events(EventKind.SchedulerStep))
        {
            if (scheduled.Subject.Path is not { } scheduler) continue;
            var steps = StepsOf(body, scheduled, scheduler);
            if (steps.Count == 0) continue;
            var loop = body.LoopsAround(scheduled.Node).FirstOrDefault(l => steps.Any(s => l.Span.Contains(s.Span)));
            if (loop is null || !Unconditional(scheduled.Node, loop)) continue;
            var inside = steps.Where(s => loop.Span.Contains(s.Span)).ToList();
            if (inside.Any(s => s.SpanStart < scheduled.Node.SpanStart) || !inside.Any(s => Unconditional(s, loop))) continue;

            // A step before the loop, or another step of the scheduler around it, makes it a matter of taste.
            if (steps.Any(s => s.SpanStart < loop.SpanStart)) continue;
            var first = inside.First(s => Unconditional(s, loop));
            var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(Descriptor, scheduled.Node, [first], properties, GradientSteps.Text(scheduled.Node), GradientSteps.Text(first));
        }
    }

    // The steps of the scheduler's optimizer, in source order; all steps where the body knows only one optimizer.
    private static List<SyntaxNode> StepsOf(BodyReport body, TrainingEvent scheduled, Path scheduler)
    {
        var optimizer = (scheduled.Before[scheduler].Fact ?? body.Resolve(Value.At(scheduler))) is SchedulerFact fact ? fact.Optimizer : null;
        var steps = GradientSteps.AllSteps(body).ToList();
        if (optimizer is null)
        {
            if (steps.Select(s => s.Optimizer).Distinct().Count() != 1) return [];
        }
        else
        {
            steps.RemoveAll(s => !s.Optimizer.Equals(optimizer));
        }

        return steps.Select(s => s.Node).OrderBy(n => n.SpanStart).ToList();
    }

    // Nothing but blocks and loops between the call and the loop.
    private static bool Unconditional(SyntaxNode node, SyntaxNode loop)
    {
        for (var n = node.Parent; n is not null && n != loop; n = n.Parent)
            if (n is IfStatementSyntax or ElseClauseSyntax or SwitchSectionSyntax or ConditionalExpressionSyntax or ConditionalAccessExpressionSyntax or CatchClauseSyntax or FinallyClauseSyntax or AnonymousFunctionExpressionSyntax) return false;
        return true;
    }
}
