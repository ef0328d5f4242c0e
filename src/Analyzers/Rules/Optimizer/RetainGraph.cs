using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0506: a graph is kept that no second backward() goes through.</summary>
internal sealed class RetainGraph() : Rule(
    "TL0506",
    Section.Optimizer,
    Level.Suggestion,
    "retain_graph keeps a graph that nobody needs",
    "'{0}' is the only backward pass over this graph: retain_graph keeps all its tensors alive for nothing",
    "backward() frees what the forward pass has stored as it goes. With retain_graph: true everything stays in memory until the loss itself is freed. It is needed only where a second backward() goes through the same graph.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (backward.Operation is not IInvocationOperation call || Argument(call, TorchVocabulary.RetainGraphParameter) is not { } argument || Argument(call, TorchVocabulary.CreateGraphParameter) is not null) continue;
            if (!IsOnly(body, backward) || !IsMadeHere(body, backward) || IsCarried(body, backward.Node)) continue;
            body.Report(Descriptor, argument.Syntax, null, null, GradientSteps.Text(backward.Node));
        }
    }

    private static IArgumentOperation? Argument(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name == parameter && Constant(a.Value) is true);

    private static object? Constant(IOperation value)
    {
        while (value is IConversionOperation { ConstantValue.HasValue: false } conversion) value = conversion.Operand;
        return value.ConstantValue is { HasValue: true, Value: var constant } ? constant : null;
    }

    // No other backward() over this graph in the member or in what it calls, nor a gradient asked for in another way.
    private static bool IsOnly(BodyReport body, TrainingEvent backward)
    {
        if (body.Program.Index.Around(body.Body.Outermost.Syntax) is not { } text || TorchVocabulary.RetainGradNames.Any(text.Names.Contains)) return false;
        if (TorchVocabulary.GradientNames.Any(text.Names.Contains) && text.Nodes.SelectMany(n => n.DescendantNodes()).Any(IsAsked)) return false;
        var flows = body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation).ToList();
        return flows.SelectMany(f => f.Events).Count(e => e.Kind == EventKind.Backward) == 1
            && flows.SelectMany(f => f.Calls).All(c => c.Callee.Outermost == body.Body.Outermost || body.Program.Flow(c.Callee, true, body.Cancellation) is { Unknown: false } callee && (callee.Exit is null or { Backward: false } || HasGraphOfItsOwn(body, c, callee, 0)));
    }

    // `grad(outputs, inputs)`; to look at x.grad needs no graph.
    private static bool IsAsked(SyntaxNode node) => node is InvocationExpressionSyntax { Expression: SimpleNameSyntax { Identifier.ValueText: var name } } && TorchVocabulary.GradientNames.Contains(name);

    // A callee that trains, or attacks, by itself: what its backward() goes through begins with data.
    private static bool HasGraphOfItsOwn(BodyReport body, CallSite call, BodyFlow callee, int depth)
    {
        if (depth > TrainingProgram.ContextDepth || call.Node is not InvocationExpressionSyntax { ArgumentList.Arguments: var arguments }) return false;
        var inner = body.Of(callee.Body);
        if (!inner.Events(EventKind.Backward).All(b => IsMadeHere(inner, b))) return false;
        if (!callee.Calls.All(c => body.Program.Flow(c.Callee, true, body.Cancellation) is { Unknown: false } next && (next.Exit is null or { Backward: false } || HasGraphOfItsOwn(inner, c, next, depth + 1)))) return false;
        var model = body.Program.Model(call.Node.SyntaxTree);
        return arguments.All(a => model.GetTypeInfo(a.Expression, body.Cancellation).Type is { } type && !HoldsTensor(body, type) || new Provenance(body.Program, body.Cancellation).Of(a.Expression) == Source.Data);
    }

    // The graph begins and ends in the round of the loop that the backward() belongs to: nothing of it comes in from before or gets out.
    private static bool IsMadeHere(BodyReport body, TrainingEvent backward)
    {
        if (body.GraphOf(backward.Subject) is not { IsAttached: true } graph || backward.Subject.Fact is not TensorFact) return false;
        if (body.Body.Method is { } method && method.Parameters.Any(p => p.RefKind != RefKind.None && HoldsTensor(body, p.Type))) return false;
        var loop = body.LoopsAround(backward.Node).FirstOrDefault();
        SyntaxNode round = loop is null ? body.Body.Syntax : loop;
        if (loop is null && body.Body.Method is { Parameters: { IsEmpty: false } parameters } && parameters.Any(p => HoldsTensor(body, p.Type) && (graph.Modules.IsEmpty || ComesWithGraph(body, p)))) return false;

        // What a closure returns goes to the optimizer that calls it.
        if (body.Body.Outermost.Method is { } outer && HoldsTensor(body, outer.ReturnType) && Returned(body.Body.Outer is null ? round : body.Body.Outermost.Syntax).Any(r => body.Body.Outer is not null || MayHoldGraph(body, r, []))) return false;
        var made = body.Flow.Events.Where(e => e.Kind is EventKind.Forward or EventKind.Loss).Select(e => e.Node)
            .Concat(body.Flow.Calls.Where(c => c.Callee.Method is { } called && HoldsTensor(body, called.ReturnType) && body.Program.Flow(c.Callee, true, body.Cancellation).Events.Any(e => e.Kind is EventKind.Forward or EventKind.Loss)).Select(c => c.Node))
            .Where(n => n.SpanStart < backward.Node.Span.End).ToList();
        return made.Count > 0 ? made.All(n => round.Span.Contains(n.Span)) : loop is not null && BeginsIn(body, loop, backward);
    }

    // A caller hands in what a model has computed, and may train on that itself.
    private static bool ComesWithGraph(BodyReport body, IParameterSymbol parameter) => body.Program.CallersOf(body.Body, body.Cancellation)
        .Any(c => c.Site.Argument(Path.Of(parameter)) is { } argument && body.Program.GraphOf(argument, c.Caller, body.Cancellation) is { IsAttached: true });

    private static IEnumerable<ExpressionSyntax> Returned(SyntaxNode region) => region.DescendantNodes(n => n == region || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
        .Select(n => n switch { ReturnStatementSyntax { Expression: { } value } => value, YieldStatementSyntax { Expression: { } value } => value, ArrowExpressionClauseSyntax { Expression: var value } => value, _ => null }).OfType<ExpressionSyntax>();

    // Whether a tensor of the graph may be in a value. detach() and x.grad are cut off from it.
    private static bool MayHoldGraph(BodyReport body, ExpressionSyntax value, HashSet<ISymbol> seen)
    {
        var model = body.Program.Model(value.SyntaxTree);
        foreach (var node in value.DescendantNodesAndSelf(n => !IsCut(n)).Where(n => !IsCut(n)))
        {
            if (node is not ExpressionSyntax expression || body.ValueOf(expression).Fact is TensorFact { Graph.IsFree: true }) continue;
            if (node is InvocationExpressionSyntax && (body.Flow.Events.Any(e => e.Kind is EventKind.Forward or EventKind.Loss && e.Node == node) || body.Flow.Calls.Any(c => c.Node == node))) return true;
            if (node is not IdentifierNameSyntax name || model.GetSymbolInfo(name, body.Cancellation).Symbol is not ILocalSymbol local || !HoldsTensor(body, local.Type) || !seen.Add(local)) continue;
            if (local.DeclaringSyntaxReferences[0].GetSyntax(body.Cancellation) is not VariableDeclaratorSyntax declared) return true;
            if (declared.Initializer is { Value: var initial } && MayHoldGraph(body, initial, seen)) return true;
            if (body.Mentions(local.Name).Select(n => n.Parent).OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax left && left.Identifier.ValueText == local.Name && MayHoldGraph(body, a.Right, seen))) return true;
        }

        return false;
    }

    private static bool IsCut(SyntaxNode node) => node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.DetachName } }
        || node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && TorchVocabulary.GradientNames.Contains(name);

    // A loss of parameters alone: each variable from before the loop is data, or a tensor just made, where the graph begins.
    private static bool BeginsIn(BodyReport body, StatementSyntax loop, TrainingEvent backward)
    {
        var model = body.Program.Model(loop.SyntaxTree);
        if (backward.Operation is not IInvocationOperation { Instance: ILocalReferenceOperation { Local: var loss } } || loss.DeclaringSyntaxReferences[0].GetSyntax(body.Cancellation) is not VariableDeclaratorSyntax { Initializer.Value: var value } || !loop.Span.Contains(value.Span)) return false;
        return loop.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.SpanStart < backward.Node.SpanStart).All(n => model.GetSymbolInfo(n, body.Cancellation).Symbol switch
        {
            ILocalSymbol local when body.Torch.Is(local.Type, TorchType.Tensor) => local.DeclaringSyntaxReferences[0].GetSyntax(body.Cancellation) is var declared && loop.Span.Contains(declared.Span)
                || declared is VariableDeclaratorSyntax { Initializer.Value: var made } && (body.ValueOf(made).Fact is TensorFact { Graph.IsFree: true } || model.GetOperation(made, body.Cancellation) is IInvocationOperation call && body.Torch.OperationOf(call.TargetMethod) == TorchOp.Make),
            ILocalSymbol local => !HoldsTensor(body, local.Type),
            IParameterSymbol parameter => !HoldsTensor(body, parameter.Type),
            IFieldSymbol field => !HoldsTensor(body, field.Type),
            IPropertySymbol { ContainingAssembly: ISourceAssemblySymbol } property => !HoldsTensor(body, property.Type),
            IMethodSymbol called => TorchSymbols.IsLibrary(called) || !HoldsTensor(body, called.ReturnType),
            _ => true,
        });
    }

    private static bool HoldsTensor(BodyReport body, ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HoldsTensor(body, array.ElementType),
        _ when body.Torch.IsModuleLike(type) => false,
        INamedTypeSymbol { TypeArguments: var arguments } named => body.Torch.Is(named, TorchType.Tensor) || arguments.Any(a => HoldsTensor(body, a)),
        _ => false,
    };

    // A tensor of an earlier round, in a variable from outside of the loop, in a field, or kept by a module.
    private static bool IsCarried(BodyReport body, SyntaxNode backward)
    {
        foreach (var flow in body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation))
        {
            if (flow.Writes.Any(w => IsTensorMember(body, w.Member))) return true;
            if (flow.Passes.Concat(flow.Calls).Any(p => body.Program.Flow(p.Callee, true, body.Cancellation) is var callee && (callee.Unknown || callee.Writes.Any(w => IsTensorMember(body, w.Member))))) return true;
        }

        if ((body.LoopsAround(backward).FirstOrDefault() ?? (StatementSyntax?)Closure(body.Body)) is not { } round) return false;
        var model = body.Program.Model(round.SyntaxTree);
        if (model.AnalyzeDataFlow(round) is not { Succeeded: true } data) return true;
        return data.WrittenInside.Any(s => !data.VariablesDeclared.Contains(s, SymbolEqualityComparer.Default) && s switch
        {
            ILocalSymbol local => HoldsTensor(body, local.Type) && !IsCutOff(body, round, local),
            IParameterSymbol parameter => HoldsTensor(body, parameter.Type),
            _ => true,
        });
    }

    // The text of a lambda or local function, which runs again and again like a loop.
    private static BlockSyntax? Closure(Body body) => body.Syntax switch { AnonymousFunctionExpressionSyntax { Block: { } block } => block, LocalFunctionStatementSyntax { Body: { } block } => block, _ => null };

    // `state = (h.detach(), c.detach());`
    private static bool IsCutOff(BodyReport body, StatementSyntax round, ILocalSymbol local) => body.Mentions(local.Name).Where(n => round.Span.Contains(n.Span))
        .All(n => n.Parent is AssignmentExpressionSyntax assignment && assignment.Left == n ? !MayHoldGraph(body, assignment.Right, []) : n.Parent is not (ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } }));

    private static bool IsTensorMember(BodyReport body, ISymbol member) => member switch
    {
        IFieldSymbol field => HoldsTensor(body, field.Type),
        IPropertySymbol property => HoldsTensor(body, property.Type),
        _ => false,
    };
}
