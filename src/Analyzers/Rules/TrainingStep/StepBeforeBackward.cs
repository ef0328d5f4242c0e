using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0702: a step() that no backward() reaches since the gradients were last cleared or used.</summary>
internal sealed class StepBeforeBackward() : Rule(
    "TL0702",
    Section.TrainingStep,
    Level.Warning,
    "step() runs without gradients",
    "'{0}' runs, but no backward() has computed gradients for '{1}' since they were last {2}: this step learns nothing",
    "step() moves the parameters along the gradients that backward() computed. Before backward(), or after zero_grad(), there are none: TorchSharp skips every parameter in silence and the loss stays where it is.")
{
    private static readonly PhaseSet Without = PhaseSet.Of(GradientPhase.Clean, GradientPhase.Stepped, GradientPhase.Lost);

    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call];

    public override void InspectBody(BodyReport body)
    {
        if (GradientSteps.ClearsByHand(body)) return;
        foreach (var step in GradientSteps.Of(body, GradientPhase.Clean).Where(s => s.Direct))
        {
            if (step.Before.HasEscaped(step.Optimizer) || GradientSteps.IsAssertion(step.Node)) continue;
            var phases = GradientSteps.Certain(body, step);
            if (phases.IsEmpty || !phases.Within(Without) || phases.Has(GradientPhase.Lost) && !GradientSteps.ClearedForThisRound(body, step)) continue;
            if (!GradientSteps.RunsModel(body) && !GradientSteps.ComputesTensors(body, step.Node)) continue;
            var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, step.Optimizer.ToString());
            var backward = NextBackward(body, step.Node);
            if (backward is not null) properties = properties.Add(RuleProperties.Backward, backward.SpanStart.ToString(CultureInfo.InvariantCulture));
            else if (LossBefore(body, step.Node) is { } loss) properties = properties.Add(RuleProperties.Loss, loss);
            body.Report(Descriptor, step.Node, backward is null ? null : [backward], properties,
                GradientSteps.Text(step.Node), step.Optimizer.ToString(), phases.Has(GradientPhase.Stepped) ? LocalizedText.Of($"used") : LocalizedText.Of($"cleared"));
        }
    }

    // The backward() that the step should have waited for: the next one in the innermost loop that has one, else in the body.
    private static SyntaxNode? NextBackward(BodyReport body, SyntaxNode step)
    {
        foreach (var scope in body.LoopsAround(step).Cast<SyntaxNode>().Append(body.Body.Syntax))
        {
            var next = body.Events(EventKind.Backward).Select(e => e.Node).FirstOrDefault(n => n.SpanStart > step.SpanStart && scope.Span.Contains(n.Span));
            if (next is not null) return next;
        }

        return null;
    }

    // The one local tensor that a loss was put into before the step.
    private static string? LossBefore(BodyReport body, SyntaxNode step)
    {
        var losses = body.Flow.Events
            .Where(e => e.Node.SpanStart < step.SpanStart && (e.Kind == EventKind.Loss || e.Kind == EventKind.Forward && IsLoss(body, e)))
            .Select(e => e.Node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Initializer.Value: var value } declarator && value == e.Node ? declarator.Identifier.ValueText : null)
            .Distinct().ToList();
        return losses.Count == 1 ? losses[0] : null;
    }

    private static bool IsLoss(BodyReport body, TrainingEvent forward) =>
        forward.Operation is Microsoft.CodeAnalysis.Operations.IInvocationOperation { Instance.Type: { } type } && body.Torch.Is(type, Torch.TorchType.Loss);
}
