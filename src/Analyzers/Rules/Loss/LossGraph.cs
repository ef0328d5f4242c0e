using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>Why a backward() reaches no parameter.</summary>
internal enum LossFault
{
    /// <summary>The loss was computed with gradients switched off.</summary>
    ComputedUnderGuard,

    /// <summary>The loss has a graph, but backward() itself runs in inference mode.</summary>
    BackwardInInferenceMode,

    /// <summary>Something on the way cut the loss off from the model.</summary>
    Detached,

    /// <summary>Nothing that is trained ever took part.</summary>
    Independent,
}

/// <summary>A backward() that reaches no parameter, with the places that are the cause.</summary>
internal sealed record LostLoss(TrainingEvent Backward, LossFault Fault, ImmutableArray<SyntaxNode> Places);

/// <summary>What TL0409, TL0410 and TL0502 share: each backward() has one of these faults or none.</summary>
internal static class LossGraph
{
    public static IEnumerable<LostLoss> Of(BodyReport body, params LossFault[] faults)
    {
        foreach (var backward in body.Events(EventKind.Backward))
            if (Judge(body, backward) is { } lost && faults.Contains(lost.Fault) && !IsTrial(body, backward.Node)) yield return lost;
    }

    /// <summary>The loss as a message shows it.</summary>
    public static string Name(TrainingEvent backward) => backward.Operation is IInvocationOperation call
        ? Place(call.Instance?.Syntax ?? call.Arguments.FirstOrDefault()?.Value.Syntax ?? call.Syntax) : Place(backward.Node);

    /// <summary>A place as a message shows it: the last call of a chain alone, without what it is called on.</summary>
    public static string Place(SyntaxNode place) =>
        place is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: not (IdentifierNameSyntax or MemberAccessExpressionSyntax) } access } call
            ? access.Name.Identifier.ValueText + (call.ArgumentList.Arguments.Count == 0 ? "()" : "(…)") : GradientSteps.Text(place);

    /// <summary>Whether the call is there to be tried: `Assert.Throws(() =&gt; loss.backward())`, `act.Should().Throw()`.</summary>
    public static bool IsTrial(BodyReport body, SyntaxNode node) => GradientSteps.IsAssertion(node)
        || body.Body.Outer is not null && body.Program.Index.Around(node) is { } text && text.Names.Any(n => n.StartsWith("Throw", StringComparison.Ordinal));

    private static LostLoss? Judge(BodyReport body, TrainingEvent backward)
    {
        if (backward.Subject.Fact is TensorFact { Meaning: Meaning.Unknown, Origins.IsEmpty: false, Graph.IsAttached: true } leaf)
            return Cut(body, backward, leaf.Origins);
        if (body.GraphOf(backward.Subject) is not { } graph) return null;
        if (graph.IsFree) return graph.Causes.IsEmpty || IsAside(body, backward, graph) ? new(backward, LossFault.Independent, graph.Causes) : Cut(body, backward, Decisive(body, backward.Subject, graph));
        if (!graph.IsAttached) return null;
        if (backward.Before.GradientsOff is { } guard)
            return IsInferenceMode(body, guard.Node) && ClearsElsewhere(body) ? new(backward, LossFault.BackwardInInferenceMode, ImmutableArray.Create(guard.Node)) : null;
        if (backward.Subject.Fact is not TensorFact { Graph: { IsAttached: true } own, Loss: var loss } || own.Modules.IsEmpty && loss is null) return null;
        var guards = CallerGuards.Of(body.Program, body.Body, body.Cancellation);
        return guards.IsEmpty ? null : Cut(body, backward, guards);
    }

    // A guard is the cause where nothing else is. A guard that nobody disposes has a rule of its own.
    private static LostLoss? Cut(BodyReport body, TrainingEvent backward, ImmutableArray<SyntaxNode> places)
    {
        var others = places.Where(p => !IsGuard(body, p)).ToImmutableArray();
        if (!others.IsEmpty) return new(backward, LossFault.Detached, others);
        return places.All(p => Guards.IsNeverDisposed(body, p)) ? null : new(backward, LossFault.ComputedUnderGuard, places);
    }

    // A target that was computed without gradients is as it should be; what is compared with it is data, and the model's output lies unused.
    private static bool IsAside(BodyReport body, TrainingEvent backward, GraphFact graph) =>
        graph.Causes.All(c => IsGuard(body, c)) && backward.Subject.Fact is TensorFact { Loss.Node: { } node } && body.Losses().FirstOrDefault(l => l.Node == node)?.Loss is { } loss
        && body.GraphOf(loss.Input) is { IsFree: true, Causes.IsEmpty: true } && body.GraphOf(loss.Target) is { IsFree: true, Causes.IsEmpty: false }
        && body.Events(EventKind.Forward).Any(e => e.Before.GradientsOff is null && e.Node.SpanStart < node.SpanStart && e.Operation is IInvocationOperation { Instance.Type: { } type } && new Provenance(body.Program, body.Cancellation).MayLearn(type));

    // What cut the model's output off counts, not what was done to the target.
    private static ImmutableArray<SyntaxNode> Decisive(BodyReport body, Value subject, GraphFact graph)
    {
        if (subject.Fact is TensorFact { Loss.Node: { } node } && body.Losses().FirstOrDefault(l => l.Node == node)?.Loss is { } loss)
            foreach (var side in new[] { loss.Input, loss.Target })
                if (body.GraphOf(side) is { IsFree: true, Causes: var causes } && graph.Causes.Where(causes.Contains).ToImmutableArray() is { IsEmpty: false } shared) return shared;
        return graph.Causes;
    }

    private static bool IsGuard(BodyReport body, SyntaxNode node) =>
        node is InvocationExpressionSyntax && Method(body, node) is { } method && body.Torch.OperationOf(method) is TorchOp.DisableGradients or TorchOp.EnableGradients or TorchOp.SetGradients;

    private static bool IsInferenceMode(BodyReport body, SyntaxNode node) => Method(body, node)?.Name == TensorVocabulary.InferenceModeName;

    private static IMethodSymbol? Method(BodyReport body, SyntaxNode node) => body.Program.Model(node.SyntaxTree).GetSymbolInfo(node, body.Cancellation).Symbol as IMethodSymbol;

    // Gradients made in inference mode cannot be zeroed in place outside of it.
    private static bool ClearsElsewhere(BodyReport body) => body.Events(EventKind.ZeroGrad).Any(e => e.Before.GradientsOff is null);
}
