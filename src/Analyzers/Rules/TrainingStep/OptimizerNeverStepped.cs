using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0704: gradients are computed for an optimizer that nothing ever steps.</summary>
internal sealed class OptimizerNeverStepped() : Rule(
    "TL0704",
    Section.TrainingStep,
    Level.Warning,
    "The optimizer is never stepped",
    "'{0}' is {2} stepped: '{1}' computes gradients, but without {0}.step() the model does not change",
    "backward() only computes gradients; step() applies them. Without it the parameters stay as they were initialized and the loss stays at chance.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create, EventKind.ZeroGrad];

    public override void InspectBody(BodyReport body)
    {
        // One report per variable, however many ways there are to make what it holds.
        var reported = new HashSet<SyntaxNode>();
        foreach (var creation in body.Events(EventKind.Create))
            if (body.Torch.Is(creation.Operation.Type, TorchType.Optimizer)) InspectCreation(body, creation, reported);
        InspectForeign(body);
        InspectThrownAway(body);
    }

    private void InspectCreation(BodyReport body, TrainingEvent creation, HashSet<SyntaxNode> reported)
    {
        // The usual case costs nothing: it is stepped right here.
        if (GradientSteps.AllSteps(body).Any(s => s.Before[s.Optimizer].Fact is OptimizerFact fact && fact.Creations.Contains(creation.Node))) return;
        var uses = body.UsesOf(creation.Node);
        if (!Unstepped(body, uses) || !Cleared(body, uses)) return;
        var stored = uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member;
        if (Backward(body, uses) is not { } backward || !reported.Add(backward)) return;
        var name = stored?.Name ?? Optimizers.VariableOf(creation.Node);
        var receiver = uses.Where(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.ZeroGrad && InSameMember(body, u.Node, backward))
            .Select(u => ReceiverText(u.Node)).FirstOrDefault() ?? (InSameMember(body, creation.Node, backward) ? name : null);
        Report(body, creation.Node, name ?? creation.Operation.Type!.Name, receiver, backward);
    }

    // An optimizer that comes from outside: cleared, and the gradients computed after that are used by nobody before it is cleared again.
    private void InspectForeign(BodyReport body)
    {
        if (!body.Events(EventKind.ZeroGrad).Any()) return;
        var sequence = GradientSteps.Sequence(body);
        var reported = new HashSet<Path>();
        foreach (var clear in body.Events(EventKind.ZeroGrad))
        {
            if (clear.Subject.Path is not { } optimizer || optimizer.HasElement || clear.Before.HasEscaped(optimizer) || reported.Contains(optimizer)) continue;
            if (body.Flow.Exit is { } exit && exit.HasEscaped(optimizer) || Unused(body, sequence, clear.Node) is not { } backward) continue;
            var known = clear.Before[optimizer].Fact ?? body.Resolve(Value.At(optimizer));
            if (optimizer.IsLocal && known is OptimizerFact made && made.Creations.Any(c => c.SyntaxTree == body.Body.Syntax.SyntaxTree && body.Body.Outermost.Syntax.Span.Contains(c.Span))) continue;
            var loop = body.LoopsAround(clear.Node).FirstOrDefault(l => l.Span.Contains(backward.Span));
            if (SteppedIn(body, optimizer, loop)) continue;
            if (loop is null && !(optimizer.IsField && SteppedByNoRelative(body, optimizer))) continue;
            if (optimizer.IsField && known is OptimizerFact && Unstepped(body, body.UsesOf(optimizer.Symbol!))) continue;
            reported.Add(optimizer);
            Report(body, backward, optimizer.ToString(), optimizer.ToString(), backward);
        }
    }

    // `loss.backward(); optimizer.zero_grad();`: whatever steps elsewhere, these gradients were computed for nothing.
    private void InspectThrownAway(BodyReport body)
    {
        IReadOnlyList<(EventKind? Kind, SyntaxNode Node)>? sequence = null;
        foreach (var clear in body.Events(EventKind.ZeroGrad))
        {
            if (clear.Subject.Path is not { HasElement: false } optimizer || clear.Before.HasEscaped(optimizer)) continue;
            if (!clear.Before.Gradient(optimizer).Relation.Apply(GradientPhase.Any).Equals(PhaseSet.Of(GradientPhase.Computed)) || BackwardRightBefore(body, clear.Node) is not { } backward) continue;
            if (GradientSteps.AllSteps(body).Any(s => (s.Optimizer.Equals(optimizer) || s.Optimizer.HasElement) && !GradientSteps.Exclude(s.Node, clear.Node))) continue;
            if (body.Program.Index.Around(clear.Node) is not { } member || TorchVocabulary.GradientNames.Any(member.Names.Contains) || IsTrial(member.Name)) continue;

            // Where it is made or owned here and nobody steps it at all, that has been said.
            if (body.Resolve(clear.Before[optimizer].Fact is null ? Value.At(optimizer) : clear.Before[optimizer]) is OptimizerFact { Creations: var made } && made.All(c => Unstepped(body, body.UsesOf(c)))) continue;
            if (body.LoopsAround(clear.Node).Any(l => l.Span.Contains(backward.Span)) && Unused(body, sequence ??= GradientSteps.Sequence(body), clear.Node) is not null && !SteppedIn(body, optimizer, body.LoopsAround(clear.Node).First())) continue;
            Report(body, backward, optimizer.ToString(), optimizer.ToString(), backward, here: true);
        }
    }

    // The backward() before a clearing in one list of statements, with nothing but looking at values and clipping in between.
    private static SyntaxNode? BackwardRightBefore(BodyReport body, SyntaxNode clear)
    {
        if (clear.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax { Statements: var statements } } statement) return null;
        for (var i = statements.IndexOf(statement) - 1; i >= 0; i--)
        {
            var backward = body.Events(EventKind.Backward).FirstOrDefault(e => statements[i].Span.Contains(e.Node.Span));
            if (backward is not null) return statements[i] is ExpressionStatementSyntax && backward.Node.Parent == statements[i] ? backward.Node : null;
            if (statements[i] is not (ExpressionStatementSyntax or LocalDeclarationStatementSyntax or EmptyStatementSyntax) || body.Flow.Calls.Any(c => statements[i].Span.Contains(c.Node.Span))) return null;
        }

        return null;
    }

    // A pass for its own sake.
    private static bool IsTrial(string member) =>
        TrialNames.Any(n => member.IndexOf(n, StringComparison.OrdinalIgnoreCase) >= 0);

    private static readonly string[] TrialNames = ["warm", "profile", "bench", "measure", "trial", "test"];

    // A step inside the loop, or right after it, uses what the loop has computed.
    private static bool SteppedIn(BodyReport body, Path optimizer, SyntaxNode? loop)
    {
        var steps = GradientSteps.AllSteps(body).Where(s => s.Optimizer.Equals(optimizer) || s.Optimizer.HasElement).Select(s => s.Node).ToList();
        if (loop is null || steps.Count == 0) return steps.Count > 0;
        if (steps.Any(s => loop.Span.Contains(s.Span))) return true;
        var next = steps.Where(s => s.SpanStart > loop.Span.End).Select(s => s.SpanStart).DefaultIfEmpty(int.MaxValue).Min();
        var cleared = body.Events(EventKind.ZeroGrad).Where(e => e.Node.SpanStart > loop.Span.End && optimizer.Equals(e.Subject.Path)).Select(e => e.Node.SpanStart).DefaultIfEmpty(int.MaxValue).Min();
        return next < cleared;
    }

    // The last backward() after a clearing, where neither a step nor anything unknown comes before the next clearing or the end of the round.
    private static SyntaxNode? Unused(BodyReport body, IReadOnlyList<(EventKind? Kind, SyntaxNode Node)> sequence, SyntaxNode clear)
    {
        var end = body.LoopsAround(clear).FirstOrDefault()?.Span.End ?? int.MaxValue;
        SyntaxNode? backward = null;
        for (var i = After(sequence, clear.SpanStart); i < sequence.Count && sequence[i].Node.SpanStart < end; i++)
        {
            var (kind, node) = sequence[i];
            if (kind == EventKind.Step) return null;
            if (kind == EventKind.ZeroGrad && backward is not null) break;
            if (kind == EventKind.Backward && node is InvocationExpressionSyntax) backward = node;
        }

        return backward;
    }

    // The first of a sequence in source order that stands after a place.
    private static int After(IReadOnlyList<(EventKind? Kind, SyntaxNode Node)> sequence, int place)
    {
        var (low, high) = (0, sequence.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sequence[middle].Node.SpanStart <= place) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // Neither the type nor one that it derives from or that derives from it steps the field.
    private static bool SteppedByNoRelative(BodyReport body, Path optimizer)
    {
        if (body.Body.Method is not { MethodKind: MethodKind.Ordinary } || body.Body.Type is not { } type) return false;
        foreach (var use in body.UsesOf(optimizer.Symbol!))
        {
            if (use.Kind is UseKind.Neutral or UseKind.Store or UseKind.Discard or UseKind.Dispose) continue;
            if (use.Kind == UseKind.Argument && body.Torch.Is(use.Makes, TorchType.Scheduler)) continue;
            if (use.Kind == UseKind.Call && body.Torch.OperationOf(use.Method!) == TorchOp.ZeroGrad) continue;
            if (OfAnotherObject(body, use.Node, type, optimizer.Symbol!)) continue;
            return false;
        }

        return true;
    }

    // A sibling class that steps the field it has inherited steps one of its own.
    private static bool OfAnotherObject(BodyReport body, SyntaxNode use, INamedTypeSymbol type, ISymbol field) =>
        ReceiverText(use) is { } receiver && (receiver == field.Name || receiver == "this." + field.Name || receiver == "base." + field.Name)
        && body.Program.TypeAround(use, body.Cancellation) is { } user && !TrainingProgram.DerivesFrom(user, type) && !TrainingProgram.DerivesFrom(type, user);

    private void Report(BodyReport body, SyntaxNode at, string name, string? receiver, SyntaxNode backward, bool here = false)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (receiver is not null && backward.SyntaxTree == at.SyntaxTree)
            properties = properties.Add(RuleProperties.Receiver, receiver).Add(RuleProperties.Backward, backward.SpanStart.ToString(CultureInfo.InvariantCulture));
        body.Report(Descriptor, at, backward == at ? null : [backward], properties, name, GradientSteps.Text(backward), here ? LocalizedText.Of($"not") : LocalizedText.Of($"never"));
    }

    private static bool Unstepped(BodyReport body, IReadOnlyList<Use> uses) => uses.All(u => u.Kind switch
    {
        UseKind.Call => body.Torch.OperationOf(u.Method!) != TorchOp.Step && (TorchSymbols.IsLibrary(u.Method!) || !u.Method!.Name.Equals("step", StringComparison.OrdinalIgnoreCase)),
        UseKind.Escape => false,
        UseKind.Argument => body.Torch.Is(u.Makes, TorchType.Scheduler) || u.Method is { } taker && TorchSymbols.IsCompanion(taker),
        _ => true,
    });

    // Somebody means to train with it: its gradients are cleared, or a backward() stands beside it.
    private static bool Cleared(BodyReport body, IReadOnlyList<Use> uses) =>
        uses.Any(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.ZeroGrad)
        || body.Events(EventKind.Backward).Any() || uses.Any(u => u.Kind == UseKind.Handed);

    // A backward() in a member that uses the optimizer, or in the one that makes it.
    private static SyntaxNode? Backward(BodyReport body, IReadOnlyList<Use> uses)
    {
        if (LastBackward(body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation)) is { } here) return here;
        foreach (var use in uses.Where(u => u.Kind is UseKind.Call or UseKind.Handed))
        {
            if (body.Program.Index.Around(use.Node) is not { } member) continue;
            foreach (var inside in body.Program.BodiesOf(member, body.Cancellation))
                if (LastBackward(body.Program.FlowsIn(inside, true, body.Cancellation)) is { } backward) return backward;
        }

        return null;
    }

    private static SyntaxNode? LastBackward(IEnumerable<BodyFlow> flows) =>
        flows.SelectMany(f => f.Events).Where(e => e.Kind == EventKind.Backward).Select(e => e.Node).LastOrDefault();

    private static bool InSameMember(BodyReport body, SyntaxNode left, SyntaxNode right) =>
        body.Program.Index.Around(left) is { } member && member == body.Program.Index.Around(right);

    private static string? ReceiverText(SyntaxNode call) =>
        call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? access.Expression.ToString() : null;
}
