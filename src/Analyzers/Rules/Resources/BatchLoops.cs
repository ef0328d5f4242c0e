using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>A loop each round of which makes the tensors of a training step, or of an evaluation, and frees none of them.</summary>
/// <param name="Statement">The loop.</param>
/// <param name="Work">The backward() or loss, or the call that leads to it.</param>
/// <param name="Trains">Whether it trains.</param>
/// <param name="Scope">The dispose scope of the same body that stands around it.</param>
/// <param name="HoldsOutput">Whether at least what the model yields is disposed in each round.</param>
internal sealed record BatchLoop(StatementSyntax Statement, SyntaxNode Work, bool Trains, Guard? Scope, bool HoldsOutput)
{
    public Location Keyword => (Statement switch
    {
        ForStatementSyntax loop => loop.ForKeyword,
        CommonForEachStatementSyntax loop => loop.ForEachKeyword,
        WhileStatementSyntax loop => loop.WhileKeyword,
        DoStatementSyntax loop => loop.DoKeyword,
        _ => Statement.GetFirstToken(),
    }).GetLocation();
}

/// <summary>What the rules about scopes around loops share.</summary>
internal static class BatchLoops
{
    /// <summary>The innermost loops around a training step, or around the forward pass and the loss of an evaluation, that leave the tensors of each round behind.</summary>
    public static IEnumerable<BatchLoop> Unscoped(BodyReport body, bool evaluation)
    {
        if (!body.MentionsLoops) yield break;
        foreach (var (loop, work, before, trains) in Of(body, evaluation, 0))
        {
            if (!LeavesTensors(body, loop) || IsManaged(body, loop)) continue;
            var held = Held(body, loop);
            if (!held.Loss) yield return new(loop, work, trains, ScopeAround(before, loop), held.Output);
        }
    }

    /// <summary>Loops that add up the gradients of one step, in a method that nobody here calls, and leave the tensors of each round behind.</summary>
    public static IEnumerable<BatchLoop> Accumulating(BodyReport body)
    {
        if (!body.MentionsLoops) yield break;
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (Training(body, backward.Node) is not null || body.LoopsAround(backward.Node).FirstOrDefault(l => Accumulates(body, l)) is not { } loop) continue;
            if (!body.Program.CallersOf(body.Body, body.Cancellation).IsEmpty || ScopeAround(backward.Before, loop) is not null || !LeavesTensors(body, loop) || IsManaged(body, loop)) continue;
            var held = Held(body, loop);
            if (!held.Loss) yield return new(loop, backward.Node, true, null, held.Output);
        }
    }

    // Which loops there are.

    private static IEnumerable<(StatementSyntax Loop, SyntaxNode Work, State Before, bool Trains)> Of(BodyReport body, bool evaluation, int depth)
    {
        var seen = new HashSet<StatementSyntax>();
        foreach (var (work, before) in Backwards(body, depth))
            if (Training(body, work) is { } loop && seen.Add(loop)) yield return (loop, work, before, true);
        foreach (var loss in body.Flow.Events.Where(e => IsLossCall(body, e)))
            if (Training(body, loss.Node) is { } loop && !Does(body, loop, EventKind.Backward) && seen.Add(loop)) yield return (loop, loss.Node, loss.Before, true);
        if (!evaluation) yield break;
        foreach (var loss in body.Flow.Events.Where(e => IsLossCall(body, e)))
        {
            if (body.LoopsAround(loss.Node).FirstOrDefault() is not CommonForEachStatementSyntax loop || seen.Contains(loop) || Trains(body, loop) || IsForward(body)) continue;
            if (!body.Events(EventKind.Backward).Any() && loop.Statement.DescendantNodes().Any(n => IsPass(body, n)) && seen.Add(loop)) yield return (loop, loss.Node, loss.Before, false);
        }
    }

    /// <summary>The innermost loop around a node that trains.</summary>
    public static StatementSyntax? Training(BodyReport body, SyntaxNode work) => body.LoopsAround(work).FirstOrDefault(l => Trains(body, l));

    /// <summary>
    /// Whether a loop means to train: of clearing, backward() and step() at least two are there, one of which may be what another rule
    /// misses, or the program changes the parameters itself.
    /// </summary>
    public static bool Trains(BodyReport body, StatementSyntax loop)
    {
        var backward = Does(body, loop, EventKind.Backward);
        var step = Does(body, loop, EventKind.Step);
        return backward && step || (backward || step) && Does(body, loop, EventKind.ZeroGrad) || backward && UpdatesByHand(body, loop) is not null;
    }

    /// <summary>
    /// The loop over parameters in which each is changed in place by its gradient, as <c>p.sub_(rate * p.grad)</c> does: a step without an
    /// optimizer. A single tensor is no model; the steps of an attack, or of an image that is searched for, look the same.
    /// </summary>
    public static CommonForEachStatementSyntax? UpdatesByHand(BodyReport body, StatementSyntax loop) =>
        body.Program.Index.Around(loop) is { } text && TorchVocabulary.GradientNames.Any(text.Names.Contains) ? loop.DescendantNodes().OfType<CommonForEachStatementSyntax>().FirstOrDefault(each => Updates(body, each)) : null;

    private static bool Updates(BodyReport body, CommonForEachStatementSyntax each)
    {
        string[] names = each is ForEachStatementSyntax single ? [single.Identifier.ValueText] : [.. each.DescendantNodes().OfType<SingleVariableDesignationSyntax>().Where(v => !each.Statement.Span.Contains(v.Span)).Select(v => v.Identifier.ValueText)];
        var changes = each.Statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => c.ArgumentList.Arguments.Count > 0
            && body.Program.Model(c.SyntaxTree).GetSymbolInfo(c, body.Cancellation).Symbol is IMethodSymbol method && body.Torch.IsInPlace(method)).ToList();
        return changes.Any(c => c.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax self } && names.Contains(self.Identifier.ValueText))
            && changes.SelectMany(c => c.ArgumentList.DescendantNodes()).Any(n => n is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member, Expression: IdentifierNameSyntax owner }
                && TorchVocabulary.GradientNames.Contains(member) && names.Contains(owner.Identifier.ValueText));
    }

    /// <summary>Whether a loop adds up the gradients of one step: they are cleared before it, and the step follows it.</summary>
    public static bool Accumulates(BodyReport body, StatementSyntax loop) => Does(body, loop, EventKind.Backward)
        && body.Events(EventKind.ZeroGrad).Any(z => z.Node.Span.End < loop.SpanStart && StandsBeside(z, loop)) && body.Events(EventKind.Step).Any(s => s.Node.SpanStart > loop.Span.End && StandsBeside(s, loop));

    private static bool StandsBeside(TrainingEvent e, StatementSyntax loop) => Loops.StatementOf(e.Node) is { Parent: BlockSyntax list } && list == loop.Parent;

    /// <summary>Whether something of that kind happens in a loop, here or in what is called there.</summary>
    public static bool Does(BodyReport body, StatementSyntax loop, EventKind kind) => body.Program.FlowsIn(body.Body, true, body.Cancellation).Any(f =>
        f.Events.Any(e => e.Kind == kind && loop.Span.Contains(e.Node.Span)) || f.Calls.Any(c => loop.Span.Contains(c.Node.Span) && Does(body, c.Callee, kind, 0)));

    private static bool Does(BodyReport body, Body callee, EventKind kind, int depth)
    {
        var flow = body.Program.Flow(callee, true, body.Cancellation);
        if (kind is EventKind.Backward or EventKind.Step) return flow.Exit is { } exit && (kind == EventKind.Backward ? exit.Backward : exit.Stepped);
        return flow.Events.Any(e => e.Kind == kind) || depth < TrainingProgram.ContextDepth && flow.Calls.Any(c => Does(body, c.Callee, kind, depth + 1));
    }

    private static IEnumerable<(SyntaxNode Node, State Before)> Backwards(BodyReport body, int depth)
    {
        foreach (var backward in body.Events(EventKind.Backward)) yield return (backward.Node, backward.Before);
        if (depth > TrainingProgram.ContextDepth) yield break;
        foreach (var call in body.Flow.Calls)
            if (body.Program.Flow(call.Callee, true, body.Cancellation).Exit is { Backward: true } && !Of(body.Of(call.Callee), false, depth + 1).Any()) yield return (call.Node, call.Before);
    }

    // A call of a model, by whatever name.
    private static bool IsPass(BodyReport body, SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
        && body.Program.Model(node.SyntaxTree).GetTypeInfo(access.Expression, body.Cancellation).Type is { } type && body.Torch.IsModuleLike(type) && !body.Torch.Is(type, TorchType.Loss);

    private static bool IsForward(BodyReport body) => body.Body.Outermost.Method is { IsOverride: true } method && body.Torch.OperationOf(method) == TorchOp.Forward;

    // What frees the tensors of a round.

    private static bool LeavesTensors(BodyReport body, StatementSyntax loop)
    {
        foreach (var e in body.Flow.Events)
            if (IsWork(body, e) && loop.Span.Contains(e.Node.Span) && ScopeInside(e.Before, loop) is null) return true;
        foreach (var call in body.Flow.Calls)
            if (loop.Span.Contains(call.Node.Span) && ScopeInside(call.Before, loop) is null && LeavesTensors(body, call, 0)) return true;
        return false;
    }

    private static bool LeavesTensors(BodyReport body, CallSite call, int depth)
    {
        if (depth > TrainingProgram.ContextDepth || RunsInScope(body, call)) return false;
        var flow = body.Program.Flow(call.Callee, true, body.Cancellation);
        return flow.Events.Any(e => IsWork(body, e) && e.Before.Scope is null)
            || flow.Calls.Any(c => c.Before.Scope is null && LeavesTensors(body, c, depth + 1));
    }

    private static bool IsWork(BodyReport body, TrainingEvent e) => e.Kind == EventKind.Backward || IsLossCall(body, e);

    /// <summary>`criterion.forward(output, target)`, also where the criterion is only known as a loss.</summary>
    public static bool IsLossCall(BodyReport body, TrainingEvent e) =>
        e.Kind == EventKind.Loss || e.Kind == EventKind.Forward && e.Operation is IInvocationOperation { Instance.Type: { } type } && body.Torch.Is(type, TorchType.Loss);

    private static Guard? ScopeInside(State before, StatementSyntax loop) => before.Guards.LastOrDefault(g => g.Kind == TorchOp.NewScope && loop.Span.Contains(g.Node.Span));

    private static Guard? ScopeAround(State before, StatementSyntax loop) => before.Guards.LastOrDefault(g => g.Kind == TorchOp.NewScope && !loop.Span.Contains(g.Node.Span));

    // `Scoped(() => { ... })`: whoever is given the lambda may open a scope around it.
    private static bool RunsInScope(BodyReport body, CallSite call)
    {
        if (call.Callee.Method is not { MethodKind: MethodKind.AnonymousFunction } || call.Node is not InvocationExpressionSyntax) return false;
        return body.Program.Model(call.Node.SyntaxTree).GetSymbolInfo(call.Node, body.Cancellation).Symbol is IMethodSymbol method
            && (TorchSymbols.IsLibrary(method) ? method.Name == TorchVocabulary.WrappedScopeName : Mentions(body, method, [TorchVocabulary.NewScopeName]));
    }

    private static bool Mentions(BodyReport body, IMethodSymbol method, string[] names) => method.DeclaringSyntaxReferences.Any(r =>
        body.Program.Index.Around(r.GetSyntax(body.Cancellation)) is { } member && names.Any(member.Names.Contains));

    // Whether something other than a scope of its own frees what a round leaves.
    private static bool IsManaged(BodyReport body, StatementSyntax loop)
    {
        foreach (var e in body.Flow.Events)
        {
            if (!loop.Span.Contains(e.Node.Span)) continue;
            if (e.Kind == EventKind.ScopeCall && e.Operation is IInvocationOperation { TargetMethod: var method } && body.Torch.OperationOf(method) == TorchOp.DisposeEverything) return true;

            // `scope.Dispose(); scope = NewDisposeScope();`
            if (e.Kind == EventKind.Scope && e.Node.Parent is AssignmentExpressionSyntax) return true;
        }

        if (body.Flow.Calls.Any(c => loop.Span.Contains(c.Node.Span) && body.Program.Index.Around(c.Callee.Syntax) is { } member && member.Node != body.Program.Index.Around(loop)?.Node
            && TorchVocabulary.DisposeEverythingNames.Any(member.Names.Contains))) return true;
        return loop.DescendantNodes().Any(n => IsCollection(n) || IsOwnScope(body, n));
    }

    private static bool IsCollection(SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(GC.Collect), Expression: IdentifierNameSyntax { Identifier.ValueText: nameof(GC) } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(GC) } } };

    // `using var scope = new MemoryScope();`, `using (Scopes.Begin())`: an object of the user's that opens a scope.
    private static bool IsOwnScope(BodyReport body, SyntaxNode node)
    {
        var made = node switch
        {
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Declaration.Variables: [{ Initializer.Value: var value }] } => value,
            UsingStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value }] } => value,
            UsingStatementSyntax { Expression: { } expression } => expression,
            _ => null,
        };
        if (made is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) || body.Flow.Values.ContainsKey(made)) return false;
        return body.Program.Model(made.SyntaxTree).GetSymbolInfo(made, body.Cancellation).Symbol is IMethodSymbol method && !TorchSymbols.IsLibrary(method)
            && (Mentions(body, method, [TorchVocabulary.NewScopeName]) || method.MethodKind == MethodKind.Constructor && method.ContainingType.Locations.Any(l => l.IsInSource) && MakesScopes(body, method.ContainingType));
    }

    private static bool MakesScopes(BodyReport body, INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(r => r.GetSyntax(body.Cancellation).DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == TorchVocabulary.NewScopeName));

    // Tensors of the round that a using or Dispose() frees, here or in the callees that do the step.
    private static (bool Loss, bool Output) Held(BodyReport body, StatementSyntax loop)
    {
        var (loss, output) = Held(body.Flow, loop);
        foreach (var call in body.Flow.Calls)
        {
            if (!loop.Span.Contains(call.Node.Span) || body.Program.Flow(call.Callee, true, body.Cancellation) is not { Exit.Backward: true } flow) continue;
            var inner = Held(flow, call.Callee.Syntax);
            (loss, output) = (loss || inner.Loss, output || inner.Output);
        }

        return (loss, output);
    }

    private static (bool Loss, bool Output) Held(BodyFlow flow, SyntaxNode region)
    {
        var (loss, output) = (false, false);
        foreach (var node in region.DescendantNodes())
        {
            var value = node switch
            {
                VariableDeclaratorSyntax { Initializer.Value: var made, Parent.Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } } => made,
                MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(IDisposable.Dispose) } access => access.Expression,
                ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: nameof(IDisposable.Dispose) } } } access => access.Expression,
                _ => null,
            };
            if (value is null || !flow.Values.TryGetValue(value, out var held)) continue;
            loss |= IsLoss(flow, held);
            output |= held.Fact is TensorFact { Graph.IsAttached: true };
        }

        return (loss, output || loss);
    }

    // The loss, or what backward() is called on.
    private static bool IsLoss(BodyFlow flow, Value value) =>
        value.Fact is TensorFact { Loss: not null }
        || flow.Events.Any(e => e.Kind == EventKind.Backward && e.Subject.Path is { } path && value.Paths.Contains(path));
}
