using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1108: a dispose scope around the loop over the batches frees nothing before the loop ends.</summary>
internal sealed class DisposeScopeOutsideLoop() : Rule(
    "TL1108",
    Section.Resources,
    Level.Suggestion,
    "The dispose scope stands around the loop",
    "The scope of '{0}' ends only after the whole loop, and until then every batch keeps its tensors: make the scope inside the loop",
    "A dispose scope frees its tensors when it is disposed. Around the loop over the batches that is once per epoch, and it also keeps the garbage collector from freeing anything before.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Scope];

    public override void InspectBody(BodyReport body)
    {
        if (!body.Events(EventKind.Scope).Any()) return;
        var reported = new HashSet<SyntaxNode>();
        foreach (var loop in BatchLoops.Unscoped(body, evaluation: true))
            if (loop.Scope is { } scope && !Mentions(body, scope.Node, loop.Statement)) Report(body, scope.Node, loop, reported);
        foreach (var call in body.Flow.Calls)
            if (call.Before.Scope is { } scope && !reported.Contains(scope.Node))
                foreach (var loop in BatchLoops.Unscoped(body.Of(call.Callee), evaluation: true))
                    if (loop.Scope is null) Report(body, scope.Node, loop, reported);
    }

    private void Report(BodyReport body, SyntaxNode scope, BatchLoop loop, HashSet<SyntaxNode> reported)
    {
        if (!reported.Add(scope)) return;
        var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Loop, loop.Statement.SpanStart.ToString(CultureInfo.InvariantCulture));
        body.Report(Descriptor, scope, [loop.Work], properties, GradientSteps.Text(scope));
    }

    // Whoever speaks of the scope inside the loop takes tensors out of it or frees them there.
    private static bool Mentions(BodyReport body, SyntaxNode scope, SyntaxNode loop) =>
        scope.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax>() is { } variable
        && loop.DescendantTokens().Any(t => t.ValueText == variable.Identifier.ValueText);
}
