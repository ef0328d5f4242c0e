using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0504: an optimizer that lives for one step.</summary>
internal sealed class OptimizerCreatedInLoop : Rule
{
    private readonly DiagnosticDescriptor stateless;

    public OptimizerCreatedInLoop()
        : base(
            "TL0504",
            Section.Optimizer,
            Level.Warning,
            "The optimizer is made anew for every step",
            "'{0}' is made anew for every step and forgets what it has gathered: make it once, before the loop",
            "Momentum, the running averages of Adam and its relatives and the step count live in the optimizer. One that is made in the batch loop starts from nothing each time, so training is slower and ends higher.")
    {
        stateless = Milder(
            "Plain SGD is made anew for every step",
            "'{0}' is made anew for every step; plain SGD has nothing to forget, but a momentum or a scheduler would have no effect: make it once, before the loop",
            "SGD without momentum keeps nothing from one step to the next, so the training is the same. It costs time, and the first option that needs a memory will silently do nothing.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, stateless);

    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in Optimizers.Made(body))
        {
            var loop = body.LoopsAround(creation.Node).FirstOrDefault();
            if (Optimizers.IsConditional(creation.Node, loop ?? body.Body.Syntax) || !IsForOneStep(body, creation, loop)) continue;
            if (loop is null ? !IsCalledInLoops(body, creation.Node) : !IsSameEachTime(body, creation.Node, loop)) continue;
            var properties = loop is null ? null : ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(IsStateless(creation.Operation) ? stateless : Descriptor, creation.Node, null, properties, Optimizers.NameOf(creation.Node));
        }
    }

    // backward() and step() follow in the same round, with no loop in between, and nobody else gets the optimizer.
    private static bool IsForOneStep(BodyReport body, TrainingEvent creation, StatementSyntax? loop)
    {
        SyntaxNode around = loop is null ? body.Body.Syntax : loop;
        var steps = GradientSteps.AllSteps(body).Where(s => s.Before[s.Optimizer].Fact is OptimizerFact fact && fact.Creations.Contains(creation.Node)).ToList();
        if (steps.Count == 0 || steps.Any(s => !around.Span.Contains(s.Node.Span) || s.Node.SpanStart < creation.Node.SpanStart || body.LoopsAround(s.Node).FirstOrDefault() != loop || !s.Direct && StepsInLoop(body, s.Node, 0) || s.Before.HasEscaped(s.Optimizer))) return false;
        var last = steps.Max(s => s.Node.SpanStart);
        if (around.DescendantNodes().Any(n => n is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax && n.SpanStart > creation.Node.SpanStart && n.SpanStart < last)) return false;
        return loop is null ? body.Events(EventKind.Backward).Any(e => e.Node.SpanStart < last) : body.Trains(loop);
    }

    // Whether a callee steps again and again.
    private static bool StepsInLoop(BodyReport body, SyntaxNode call, int depth)
    {
        foreach (var site in body.Flow.Calls.Where(c => c.Node == call))
        {
            var callee = body.Of(site.Callee);
            if (depth > TrainingProgram.ContextDepth || GradientSteps.AllSteps(callee).Any(s => callee.LoopsAround(s.Node).Any() || !s.Direct && StepsInLoop(callee, s.Node, depth + 1))) return true;
        }

        return false;
    }

    // Whether what the optimizer is made from is the same in every round.
    private static bool IsSameEachTime(BodyReport body, SyntaxNode expression, StatementSyntax loop)
    {
        var model = body.Program.Model(expression.SyntaxTree);
        if (model.AnalyzeDataFlow(loop) is not { Succeeded: true } flow) return false;
        foreach (var name in expression.DescendantNodesAndSelf().OfType<SimpleNameSyntax>())
        {
            switch (model.GetSymbolInfo(name, body.Cancellation).Symbol)
            {
                case { } local and (ILocalSymbol or IParameterSymbol):
                    if (flow.WrittenInside.Contains(local, SymbolEqualityComparer.Default) || flow.VariablesDeclared.Contains(local, SymbolEqualityComparer.Default)) return false;
                    break;
                case { } member and (IFieldSymbol or IPropertySymbol) when !TorchSymbols.IsLibrary(member):
                    if (AssignedIn(loop, member.Name)) return false;
                    break;
                case IMethodSymbol method when !TorchSymbols.IsLibrary(method) && method.Name is not ("ToList" or "ToArray" or "Concat" or "Where"):
                    return false;
            }
        }

        return !expression.DescendantNodes().Any(n => n is ElementAccessExpressionSyntax);
    }

    private static bool AssignedIn(SyntaxNode loop, string member) => loop.DescendantNodes().Any(n =>
        n is AssignmentExpressionSyntax { Left: var target } && (target is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : target.ToString()) == member
        || n is PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax && n.ToString().Contains(member));

    // A training step in a method of its own, which every caller calls in a loop, for a model that outlives the round.
    private static bool IsCalledInLoops(BodyReport body, SyntaxNode creation)
    {
        if (body.Body is not { Outer: null, Method: { MethodKind: MethodKind.Ordinary } method } || body.Program.CallableFromOutside(body.Body)) return false;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        if (callers.IsEmpty) return false;
        var model = body.Program.Model(creation.SyntaxTree);
        foreach (var name in creation.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            switch (model.GetSymbolInfo(name, body.Cancellation).Symbol)
            {
                case ILocalSymbol:
                case IMethodSymbol other when !TorchSymbols.IsLibrary(other):
                    return false;
                case IParameterSymbol parameter:
                    if (!callers.All(c => Argument(c.Site.Node, parameter) is { } argument && LoopOf(body, c) is { } loop && IsSameEachTime(body.Of(c.Caller), argument, loop))) return false;
                    break;
                case { } member and (IFieldSymbol or IPropertySymbol) when !TorchSymbols.IsLibrary(member):
                    if (!IsSetOnce(body, member)) return false;
                    break;
            }
        }

        return callers.All(c => LoopOf(body, c) is not null);
    }

    // Only constructors and initializers put something there.
    private static bool IsSetOnce(BodyReport body, ISymbol member) =>
        body.Program.Assigning(member).All(m => m.Node is ConstructorDeclarationSyntax or FieldDeclarationSyntax || m.Node is PropertyDeclarationSyntax property && property.Identifier.ValueText == member.Name);

    private static StatementSyntax? LoopOf(BodyReport body, (Body Caller, CallSite Site) call) => body.Of(call.Caller).LoopsAround(call.Site.Node).FirstOrDefault();

    private static ExpressionSyntax? Argument(SyntaxNode call, IParameterSymbol parameter) =>
        call is InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } && parameter.Ordinal < arguments.Count && arguments.All(a => a.NameColon is null) ? arguments[parameter.Ordinal].Expression : null;

    private static bool IsStateless(IOperation creation) =>
        creation.Type?.Name == TorchVocabulary.StatelessOptimizer && creation is IInvocationOperation or IObjectCreationOperation
        && (creation is IInvocationOperation call ? call.Arguments : ((IObjectCreationOperation)creation).Arguments)
            .All(a => a.Parameter?.Name != TorchVocabulary.MomentumParameter || a.Value.ConstantValue is { HasValue: true, Value: 0.0 or 0 });
}
