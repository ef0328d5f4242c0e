using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>A step() of one optimizer: the call itself, or a call of something that steps.</summary>
internal sealed record GradientStep(Path Optimizer, SyntaxNode Node, State Before, bool Direct);

/// <summary>What the rules about zero_grad(), backward() and step() share.</summary>
internal static class GradientSteps
{
    /// <summary>The steps in a body: direct ones, and calls whose callee steps while the optimizer is still in the phase that it was called in.</summary>
    public static IEnumerable<GradientStep> Of(BodyReport body, int phase) => Steps(body, (before, path) => before.Gradient(path).Relation[phase].Has(phase));

    /// <summary>Every step in a body, also those in callees that begin by clearing.</summary>
    public static IEnumerable<GradientStep> AllSteps(BodyReport body) => Steps(body, (_, _) => true);

    private static IEnumerable<GradientStep> Steps(BodyReport body, Func<State, Path, bool> counts)
    {
        foreach (var step in body.Events(EventKind.Step))
            if (step.Subject.Path is { } optimizer) yield return new(optimizer, step.Node, step.Before, true);
        var known = new Dictionary<(Body, int), List<Path>>();
        foreach (var call in body.Flow.Calls)
            foreach (var path in Stepped(body, call.Callee, counts, 0, known))
                if (call.Map(path) is { } mapped) yield return new(call.Before[mapped].Path ?? mapped, call.Node, call.Before, false);
    }

    // The optimizers that a callee steps. Each callee is asked once for each depth, or methods that all call each other would be asked on every way.
    private static List<Path> Stepped(BodyReport body, Body callee, Func<State, Path, bool> counts, int depth, Dictionary<(Body, int), List<Path>> known)
    {
        if (depth > TrainingProgram.ContextDepth) return [];
        if (known.TryGetValue((callee, depth), out var stepped)) return stepped;
        var flow = body.Program.Flow(callee, true, body.Cancellation);
        var found = new List<Path>();
        foreach (var step in flow.Events)
            if (step.Kind == EventKind.Step && step.Subject.Path is { } optimizer && counts(step.Before, optimizer)) found.Add(optimizer);
        foreach (var call in flow.Calls)
            foreach (var inner in Stepped(body, call.Callee, counts, depth + 1, known))
                if (call.Map(inner) is { } mapped && counts(call.Before, mapped)) found.Add(mapped);
        return known[(callee, depth)] = found.Distinct().ToList();
    }

    /// <summary>
    /// The phases that one run of a method leaves to the next, where the optimizer lives in a field and the method is there to be called
    /// again and again: nobody here calls it, and nothing else of the type clears gradients.
    /// </summary>
    public static PhaseSet AfterItself(BodyReport body, Path optimizer)
    {
        if (!optimizer.IsField || optimizer.HasElement || !IsEntryPoint(body)) return PhaseSet.Empty;
        if (OthersClear(body, optimizer)) return PhaseSet.Empty;
        return body.Flow.Exit is { } exit ? exit.Gradient(optimizer).Relation.Apply(PhaseSet.Of(GradientPhase.Clean)) : PhaseSet.Empty;
    }

    /// <summary>Whether the body is a method that only code outside of this compilation calls, and not a test.</summary>
    public static bool IsEntryPoint(BodyReport body) =>
        body.Body is { Outer: null, Method: { MethodKind: MethodKind.Ordinary, IsStatic: false } method }
        && method.Name != WellKnownMemberNames.EntryPointMethodName
        && !method.GetAttributes().Any(a => a.AttributeClass is { } attribute && (attribute.Name.Contains("Fact") || attribute.Name.Contains("Test") || attribute.Name.Contains("Theory")))
        && body.Program.CallersOf(body.Body, body.Cancellation).IsEmpty;

    /// <summary>Whether another member of the type, or any that mentions the optimizer's field, mentions the name as well.</summary>
    public static bool OthersMention(BodyReport body, Path optimizer, string name)
    {
        var self = body.Program.Index.Around(body.Body.Outermost.Syntax);
        return body.Program.Index.Mentioning(name).Any(m => m != self
            && (TrainingProgram.InType(m.Node, body.Body.Type) || optimizer.Symbol is { } symbol && m.Names.Contains(symbol.Name)));
    }

    // Whether another member may clear the gradients for this one: one that does so for a step of its own does not count.
    private static bool OthersClear(BodyReport body, Path optimizer)
    {
        var self = body.Program.Index.Around(body.Body.Outermost.Syntax);
        return body.Program.Index.Mentioning(TorchVocabulary.ZeroGradName).Any(m => m != self && !TorchVocabulary.StepNames.All(m.Names.Contains)
            && (TrainingProgram.InType(m.Node, body.Body.Type) || optimizer.Symbol is { } symbol && Mentions(body, m, symbol)));
    }

    private static bool Mentions(BodyReport body, MemberText member, ISymbol symbol)
    {
        if (!member.Names.Contains(symbol.Name)) return false;
        var model = body.Program.Model(member.Node.SyntaxTree);
        var nodes = member.Nodes;
        return nodes.SelectMany(n => n.DescendantNodes()).OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == symbol.Name)
            .Select(n => model.GetSymbolInfo(n, body.Cancellation).Symbol)
            .Any(s => s is null || SymbolEqualityComparer.Default.Equals(s.OriginalDefinition, symbol) || s is IPropertySymbol property && SymbolEqualityComparer.Default.Equals(body.Program.BackingOf(property.OriginalDefinition), symbol));
    }

    /// <summary>Whether gradients are set by hand here: then nobody knows what a step() finds.</summary>
    public static bool ClearsByHand(BodyReport body)
    {
        if (body.Program.Index.Around(body.Body.Outermost.Syntax) is not { } text) return true;
        if (!TorchVocabulary.GradientNames.Any(text.Names.Contains)) return false;
        if (text.Names.Any(n => n.Length > 1 && n[n.Length - 1] == '_' && !TorchVocabulary.ClippingNames.Contains(n))) return true;
        var nodes = text.Nodes;
        return nodes.SelectMany(n => n.DescendantNodes()).OfType<SimpleNameSyntax>().Any(n => TorchVocabulary.GradientNames.Contains(n.Identifier.ValueText) && !IsLook(body, n));
    }

    // `Assert.NotNull(p.grad)`, `p.grad is null`, `p.grad!.device`, `var grad = p.grad;`: nothing is changed, where nothing in the member works in place.
    private static bool IsLook(BodyReport body, SimpleNameSyntax name)
    {
        if (name.Parent is not (MemberAccessExpressionSyntax or MemberBindingExpressionSyntax)) return name.Parent is not AssignmentExpressionSyntax assignment || assignment.Left != name;
        var node = name.Parent;
        while (node.Parent is PostfixUnaryExpressionSyntax or ParenthesizedExpressionSyntax or ConditionalAccessExpressionSyntax) node = node.Parent;
        return node.Parent switch
        {
            InvocationExpressionSyntax => false,
            AssignmentExpressionSyntax assignment => assignment.Left != node,
            ArgumentSyntax { Parent.Parent: { } call } => body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method && !TorchSymbols.IsLibrary(method) && !method.Locations.Any(l => l.IsInSource),
            _ => true,
        };
    }

    /// <summary>Whether the body computes something with a module, as a training step does and a test of a scheduler does not.</summary>
    public static bool RunsModel(BodyReport body)
    {
        // A helper that is given the loss.
        if (body.Body.Method is { } method && method.Parameters.Any(p => body.Torch.Is(p.Type, TorchType.Tensor)) && body.Events(EventKind.ZeroGrad).Any()) return true;
        foreach (var flow in body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation))
        {
            if (flow.Events.Any(e => e.Kind is EventKind.Forward or EventKind.Loss)) return true;
            if (flow.Calls.Any(c => body.Program.Flow(c.Callee, true, body.Cancellation) is { } callee && callee.Events.Any(e => e.Kind is EventKind.Forward or EventKind.Loss))) return true;
        }

        return UsesCollected(body);
    }

    // A field of tensors that other methods of the type fill while they run a model: `logProbabilities.Add(…)`.
    private static bool UsesCollected(BodyReport body)
    {
        if (body.Body.Type is not { } type) return false;
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.Type is not INamedTypeSymbol { TypeArguments: [var item] } || !body.Torch.Is(item, TorchType.Tensor) || !body.Mentions(field.Name).Any()) continue;
            if (body.Program.Index.Mentioning(field.Name).Where(m => TrainingProgram.InType(m.Node, type)).SelectMany(m => body.Program.BodiesOf(m, body.Cancellation))
                .Any(b => b != body.Body && body.Program.Flow(b, true, body.Cancellation).Events.Any(e => e.Kind == EventKind.Forward))) return true;
        }

        return false;
    }

    /// <summary>Whether tensors are computed in the loop around a step: parameters that are trained without any module.</summary>
    public static bool ComputesTensors(BodyReport body, SyntaxNode step)
    {
        if (body.LoopsAround(step).FirstOrDefault() is not { } loop) return false;
        var model = body.Program.Model(loop.SyntaxTree);
        return loop.DescendantNodes().Any(n => n is BinaryExpressionSyntax && body.Torch.Is(model.GetTypeInfo(n, body.Cancellation).Type, TorchType.Tensor));
    }

    /// <summary>The phases before a step on every way that leads there; contains Unknown where not all ways are seen.</summary>
    public static PhaseSet Certain(BodyReport body, GradientStep step)
    {
        var relation = step.Before.Gradient(step.Optimizer).Relation;
        var inside = relation.Apply(GradientPhase.Any);

        // Gradients were computed right here: no caller can change that.
        if (inside.Has(GradientPhase.Computed) || inside.Has(GradientPhase.Mixed)) return inside;
        if (inside.Has(GradientPhase.Unknown) && BetweenRuns(body, step) is { } between) return relation.Apply(between);
        var sites = body.Program.CallersOf(body.Body, body.Cancellation);
        if (!sites.IsEmpty)
        {
            var entry = body.Program.EntryGradient(body.Body, step.Optimizer, body.Cancellation);
            return relation.Apply(body.Program.CallableFromOutside(body.Body) ? entry.Or(GradientPhase.Any) : entry);
        }

        if (!inside.Has(GradientPhase.Unknown)) return inside;

        // A field's optimizer that only this method touches: it is as it was made, or as the last run left it.
        if (!step.Optimizer.IsField || !IsEntryPoint(body) || body.Flow.Exit is not { } exit) return inside;
        if (body.Program.FieldFact(step.Optimizer.Symbol!) is not OptimizerFact || ReturnsTensor(body)) return inside;
        if (OthersMention(body, step.Optimizer, "backward") || OthersMention(body, step.Optimizer, "step")) return inside;
        var start = PhaseSet.Of(GradientPhase.Clean);
        for (var round = 0; round < 3; round++) start = start.Or(exit.Gradient(step.Optimizer).Relation.Apply(start));
        return relation.Apply(start);
    }

    // The phases that the optimizer in a field is in between two runs, where only code that is seen can call this one and nobody computes
    // gradients but members of the type, and others for a step of their own: as it was made, or as one of these members has left it.
    private static PhaseSet? BetweenRuns(BodyReport body, GradientStep step)
    {
        if (step.Optimizer is not { Root: null, Members.Length: 1, HasElement: false } optimizer || body.Body is not { Outer: null, Method: { MethodKind: MethodKind.Ordinary, IsStatic: false } }) return null;
        if (body.Program.CallableFromOutside(body.Body)) return null;
        var everybody = body.Program.Index.Mentioning(TorchVocabulary.BackwardName);
        var computing = everybody.Where(m => TrainingProgram.InType(m.Node, body.Body.Type)).ToList();
        if (computing.Count == 0 || everybody.Any(m => !computing.Contains(m) && !TorchVocabulary.StepNames.All(m.Names.Contains))) return null;
        if (!everybody.SelectMany(m => body.Program.BodiesOf(m, body.Cancellation)).All(b => b == body.Body || !Leads(body, b, 0))) return null;
        foreach (var name in TorchVocabulary.GradientNames)
            foreach (var member in body.Program.Index.Assigning(name))
                if (SetsGradients(member, name) && !HandsOverToAnotherStep(body, member, step)) return null;

        var exits = new List<Relation>();
        foreach (var other in computing.SelectMany(m => body.Program.BodiesOf(m, body.Cancellation)).Append(body.Body).Distinct())
        {
            var flow = body.Program.Flow(other, true, body.Cancellation);
            if (flow.Unknown) return null;
            if (flow.Exit is not { } exit) continue;
            if (exit.HasEscaped(optimizer)) return null;
            exits.Add(exit.Gradient(optimizer).Relation);
        }

        // What was cleared unused in an earlier run is no affair of this one.
        var phases = PhaseSet.Of(GradientPhase.Clean);
        for (var round = 0; round < Relation.Size; round++)
            foreach (var exit in exits)
            {
                var after = exit.Apply(phases);
                phases = phases.Or(after.Has(GradientPhase.Lost) ? after.Without(GradientPhase.Lost).Or(PhaseSet.Of(GradientPhase.Clean)) : after);
            }

        return phases;
    }

    // Whether the body may be run by another one on its way.
    private static bool Leads(BodyReport body, Body from, int depth) =>
        depth > TrainingProgram.ContextDepth || body.Program.Flow(from, true, body.Cancellation).Calls.Any(c => c.Callee == body.Body || c.Callee != from && Leads(body, c.Callee, depth + 1));

    private static bool SetsGradients(MemberText member, string name) =>
        member.Node.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is MemberAccessExpressionSyntax access && access.Name.Identifier.ValueText == name);

    // Gradients that are set by hand on another way through this body, right before a step of their own.
    private static bool HandsOverToAnotherStep(BodyReport body, MemberText member, GradientStep step)
    {
        var sites = body.Program.BodiesOf(member, body.Cancellation).SelectMany(b => body.Program.CallersOf(b, body.Cancellation)).ToList();
        return sites.Count > 0 && sites.All(s => s.Caller == body.Body && Exclude(s.Site.Node, step.Node)
            && Loops.StatementOf(s.Site.Node) is { Parent: BlockSyntax block } && body.Events(EventKind.Step).Any(e => e.Node.SpanStart > s.Site.Node.Span.End && block.Span.Contains(e.Node.Span)));
    }

    private static bool ReturnsTensor(BodyReport body) => body.Body.Method is { ReturnsVoid: false } method && body.Torch.Is(method.ReturnType, TorchType.Tensor);

    /// <summary>Whether the call is there to be tried, not to train: `Assert.Throws(() =&gt; optimizer.step())`.</summary>
    public static bool IsAssertion(SyntaxNode node) =>
        node.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } } } && access.Expression.ToString().EndsWith("Assert", StringComparison.Ordinal);

    /// <summary>
    /// Whether the gradients that a step misses were those of the round before: `zero_grad, step, backward` in a loop clears, as it
    /// should, and only the step comes too early. Otherwise backward() stands right before the clearing.
    /// </summary>
    public static bool ClearedForThisRound(BodyReport body, GradientStep step)
    {
        var clears = step.Before.Gradient(step.Optimizer).Lost;
        if (clears.IsEmpty)
        {
            // Cleared by a caller: a backward() that follows the step is the one that it should have waited for.
            var events = Sequence(body);
            return !events.Any(e => e.Kind == EventKind.Backward && e.Node.SpanStart < step.Node.SpanStart) && events.Any(e => e.Kind == EventKind.Backward && e.Node.SpanStart > step.Node.SpanStart);
        }

        return clears.All(c => c.Node.SpanStart > step.Node.SpanStart || !FollowsBackward(body, c.Node, 0));
    }

    // Whether backward() is what happened last before a place, here or in the callers.
    private static bool FollowsBackward(BodyReport body, SyntaxNode node, int depth)
    {
        var before = Sequence(body).Where(e => e.Node.SpanStart < node.SpanStart).ToList();
        if (before.Count > 0) return before[before.Count - 1].Kind == EventKind.Backward;
        if (depth >= TrainingProgram.ContextDepth) return false;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        return !callers.IsEmpty && callers.All(c => FollowsBackward(body.Of(c.Caller), c.Site.Node, depth + 1));
    }

    /// <summary>What happens to gradients in a body, in source order: backward, step and clearing, here or in what is called here.</summary>
    public static IReadOnlyList<(EventKind? Kind, SyntaxNode Node)> Sequence(BodyReport body)
    {
        var events = body.Flow.Events
            .Where(e => e.Kind is EventKind.Backward or EventKind.Step or EventKind.ZeroGrad or EventKind.ModuleZeroGrad)
            .Select(e => ((EventKind?)(e.Kind == EventKind.ModuleZeroGrad ? EventKind.ZeroGrad : e.Kind), e.Node)).ToList();
        foreach (var call in body.Flow.Calls)
            if (body.Program.Flow(call.Callee, true, body.Cancellation).Exit is { } exit && (exit.Backward || exit.Stepped))
                events.Add((exit.Stepped ? EventKind.Step : EventKind.Backward, call.Node));
        return events.OrderBy(e => e.Node.SpanStart).ToList();
    }

    /// <summary>Whether two places stand on different sides of one choice, so that one run of the body never takes both.</summary>
    public static bool Exclude(SyntaxNode left, SyntaxNode right)
    {
        foreach (var choice in left.Ancestors())
        {
            if (!choice.Span.Contains(right.Span)) continue;
            return choice switch
            {
                IfStatementSyntax { Else: { } otherwise } branch => branch.Statement.Span.Contains(left.Span) && otherwise.Span.Contains(right.Span) || branch.Statement.Span.Contains(right.Span) && otherwise.Span.Contains(left.Span),
                SwitchStatementSyntax => true,
                _ => false,
            };
        }

        return false;
    }

    /// <summary>The place of a site inside this member: the cause itself where it stands here, else the call that leads to it.</summary>
    public static SyntaxNode Local(BodyReport body, Site site) =>
        site.Cause.SyntaxTree == body.Body.Syntax.SyntaxTree && body.Body.Syntax.Span.Contains(site.Cause.Span) ? site.Cause : site.Node;

    /// <summary>A call as a message shows it: on one line, without what its arguments say at length.</summary>
    public static string Text(SyntaxNode node)
    {
        if (node is InvocationExpressionSyntax call)
        {
            var callee = string.Concat(call.Expression.DescendantTokens().Select(t => t.ValueText == "new" ? "new " : t.Text));
            return callee + (call.ArgumentList.Arguments.Count == 0 ? "()" : "(…)");
        }

        var text = node.ToString();
        var line = text.IndexOf('\n');
        return line < 0 ? text : text.Substring(0, line).TrimEnd() + "…";
    }
}
