using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>A forward pass that may be an evaluation.</summary>
/// <param name="Event">The call.</param>
/// <param name="Module">The module that runs.</param>
/// <param name="Loop">The outermost loop around it in which nothing trains.</param>
/// <param name="AmongTraining">Whether it is part of a training step: each round of the innermost loop around it trains on a batch, or what follows it does.</param>
internal sealed record EvaluationPass(TrainingEvent Event, Path Module, StatementSyntax? Loop, bool AmongTraining)
{
    public SyntaxNode Node => Event.Node;

    public State Before => Event.Before;
}

/// <summary>
/// What tells an evaluation from training, for all rules that ask: what becomes of the numbers. A pass whose result flows into no
/// backward() and is kept by nobody evaluates; how its method is called does not matter.
/// </summary>
internal static class EvaluationPasses
{
    private static readonly string[] SamplingWords = ["montecarlo", "mcdropout", "mc_dropout", "uncertain"];

    /// <summary>The forward passes of a body that could be evaluations by where they stand.</summary>
    public static IEnumerable<EvaluationPass> Candidates(BodyReport body)
    {
        if (body.Body.Outermost.Method is { IsOverride: true } method && body.Torch.OperationOf(method) == TorchOp.Forward) yield break;
        HashSet<StatementSyntax>? training = null;
        var last = -1;
        foreach (var pass in body.Events(EventKind.Forward))
        {
            // Who drops the result evaluates nothing: a first pass that makes or warms something up.
            if (pass.Node.Parent is ExpressionStatementSyntax || pass.Subject.Path is not { HasElement: false } path || pass.Operation is not IInvocationOperation { Instance: { } instance } || body.Torch.Is(instance.Type, TorchType.Loss)) continue;
            if (training is null)
            {
                training = [];
                foreach (var step in Steps(body))
                {
                    if (body.LoopsAround(step).FirstOrDefault() is { } around) training.Add(around);
                    else last = Math.Max(last, step.SpanStart);
                }
            }

            var innermost = body.LoopsAround(pass.Node).FirstOrDefault();
            var outermost = body.LoopsAround(pass.Node).TakeWhile(l => !Trains(body, l)).LastOrDefault();
            yield return new(pass, path, outermost, innermost is null ? last > pass.Node.SpanStart : training.Contains(innermost));
        }
    }

    /// <summary>Whether gradients are computed inside a loop, here or in what is called there.</summary>
    public static bool Trains(BodyReport body, SyntaxNode loop)
    {
        foreach (var e in body.Flow.Events)
            if (e.Kind == EventKind.Backward && loop.Span.Contains(e.Node.Span)) return true;
        return TrainingCalls(body).Any(c => loop.Span.Contains(c.Node.Span));
    }

    // Where one batch is trained on: a backward() or step(), or a call that leads to one which stands in no loop of its own.
    private static IEnumerable<SyntaxNode> Steps(BodyReport body) => body.Events(EventKind.Backward).Concat(body.Events(EventKind.Step)).Select(b => b.Node).Concat(TrainingCalls(body).Where(c => StepsOnce(body, c.Callee, 0)).Select(c => c.Node));

    private static bool StepsOnce(BodyReport body, Body callee, int depth)
    {
        var flow = body.Program.Flow(callee, true, body.Cancellation);
        return flow.Unknown || flow.Events.Any(e => e.Kind == EventKind.Backward && !Loops.Around(e.Node, callee.Syntax).Any())
            || depth < TrainingProgram.ContextDepth && flow.Calls.Any(c => !Loops.Around(c.Node, callee.Syntax).Any() && body.Program.Flow(c.Callee, true, body.Cancellation) is { Exit.Backward: true } && StepsOnce(body, c.Callee, depth + 1));
    }

    private static IEnumerable<CallSite> TrainingCalls(BodyReport body) => body.Flow.Calls.Where(c => body.Program.Flow(c.Callee, true, body.Cancellation) is { Unknown: true } or { Exit.Backward: true });

    /// <summary>Whether the pass comes again and again, or after the training or the loading: one alone before it may only try the shapes.</summary>
    public static bool Matters(BodyReport body, EvaluationPass pass) =>
        pass.Loop is not null || pass.Before.Backward || pass.Before.Stepped || IsLoaded(body, pass) || IsRepeated(body, body.Body, TrainingProgram.ContextDepth - 1);

    private static bool IsRepeated(BodyReport body, Body callee, int depth) => body.Program.CallersOf(callee, body.Cancellation).Any(c =>
        c.Site.Before.Backward || c.Site.Before.Stepped || Loops.Around(c.Site.Node, c.Caller.Syntax).Any() || depth > 0 && IsRepeated(body, c.Caller, depth - 1));

    /// <summary>Whether several answers to one question are drawn, which is what dropout can be left on for.</summary>
    public static bool IsSampling(BodyReport body, EvaluationPass pass)
    {
        if (body.Body.Outermost.Method is { } method && SamplingWords.Any(w => method.Name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0)) return true;
        if (body.LoopsAround(pass.Node).FirstOrDefault() is not { } loop || pass.Node is not InvocationExpressionSyntax call) return false;
        return call.ArgumentList.Arguments.Count > 0 && call.ArgumentList.Arguments.All(a => IsTheSameInEachRound(a.Expression, loop));
    }

    private static bool IsTheSameInEachRound(ExpressionSyntax expression, StatementSyntax loop)
    {
        while (expression is MemberAccessExpressionSyntax access) expression = access.Expression;
        if (expression is not (IdentifierNameSyntax or ThisExpressionSyntax)) return false;
        var name = expression.ToString();
        return !loop.DescendantNodes().Any(n => n switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText == name,
            SingleVariableDesignationSyntax variable => variable.Identifier.ValueText == name,
            AssignmentExpressionSyntax { Left: var left } => left.ToString() == name,
            _ => false,
        }) && (loop as ForEachStatementSyntax)?.Identifier.ValueText != name;
    }

    /// <summary>Whether a train() written for this very pass puts the module into training mode on purpose.</summary>
    public static bool IsSwitchedOnPurpose(BodyReport body, EvaluationPass pass) => body.Events(EventKind.Train).Any(t =>
        t.Node.SpanStart < pass.Node.SpanStart && t.Subject.Paths.Any(p => pass.Module.StartsWith(p))
        && !body.Events(EventKind.Backward).Select(b => b.Node).Concat(TrainingCalls(body).Select(c => c.Node)).Any(n => n.SpanStart > t.Node.SpanStart && n.SpanStart < pass.Node.SpanStart));

    /// <summary>Whether the module has certainly been trained: an optimizer holds its parameters, or it is loaded from a file.</summary>
    public static bool IsTrained(BodyReport body, EvaluationPass pass)
    {
        var (module, before) = (pass.Module, pass.Before);
        foreach (var optimizer in body.Events(EventKind.Step).SelectMany(e => e.Subject.Paths).Concat(before.Gradients.Keys).Distinct())
            if ((before[optimizer].Fact ?? body.Resolve(Value.At(optimizer))) is OptimizerFact { Parameters.Modules: var modules } && modules.Any(m => m.Overlaps(module))) return true;
        if (module.Root is null && module.IsField && body.Program.OptimizersOver(module, body.Body).Any()) return true;
        if (module.Root is null && Holders(body).Any()) return true;
        if ((before[module].Fact ?? body.Resolve(Value.At(module))) is ModuleFact { Made: var made } && made.Any(m => body.UsesOf(m.Creation).Any(u => IsTraining(body, u)))) return true;
        return HandedIn(body, module, 0).Any(p => body.UsesOf(p).Any(u => IsTraining(body, u)));
    }

    private static bool IsTraining(BodyReport body, Use use) =>
        use is { Kind: UseKind.Call, Method: { } method } && (body.Torch.OperationOf(method) == TorchOp.Parameters && IsOptimized(body, use.Node) || IsLoading(method));

    // The parameters by which a method, or the object that it belongs to, was given the module.
    private static IEnumerable<IParameterSymbol> HandedIn(BodyReport body, Path module, int depth)
    {
        if (module is not { IsParameter: true, Root: IParameterSymbol parameter }) yield break;
        yield return parameter;
        if (depth >= TrainingProgram.ContextDepth || !SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Body.Owner)) yield break;
        foreach (var (caller, site) in body.Program.CallersOf(body.Body, body.Cancellation))
            if (site.Map(module) is { } mapped)
                foreach (var outer in HandedIn(body.Of(caller), mapped, depth + 1)) yield return outer;
    }

    // Loaded in this very member: whoever loads a model has it trained.
    private static bool IsLoaded(BodyReport body, EvaluationPass pass) => body.Program.Index.Around(body.Body.Syntax) is { } member && member.Names.Contains(TorchVocabulary.LoadName)
        && pass.Before[pass.Module].Fact is ModuleFact { Made: var made } && made.Any(m => body.UsesOf(m.Creation).Any(u => u is { Kind: UseKind.Call, Method: { } method } && IsLoading(method) && u.Node.SyntaxTree == pass.Node.SyntaxTree && u.Node.SpanStart < pass.Node.SpanStart));

    private static bool IsLoading(IMethodSymbol method) => method.Name is TorchVocabulary.LoadName or TorchVocabulary.LoadStateName && TorchSymbols.IsLibrary(method);

    // Members of the type that make an optimizer of parameters of its own: `Adam(parameters())`.
    private static IEnumerable<SyntaxNode> Holders(BodyReport body)
    {
        if (body.Body.Type is not { } type || !body.Torch.Is(type, TorchType.Module)) yield break;
        foreach (var member in body.Program.Index.Mentioning(TorchVocabulary.ParametersName))
            if (TrainingProgram.InType(member.Node, type))
                foreach (var call in member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>())
                    if (call.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } && body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method
                        && body.Torch.OperationOf(method) == TorchOp.Parameters && IsOptimized(body, call)) yield return call;
    }

    // Given to an optimizer, or clipped for one. Others only count parameters.
    private static bool IsOptimized(BodyReport body, SyntaxNode parameters)
    {
        var model = body.Program.Model(parameters.SyntaxTree);
        for (var n = parameters.Parent; n is not null and not (StatementSyntax or MemberDeclarationSyntax); n = n.Parent)
            if (n is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax
                && (body.Torch.Is(model.GetTypeInfo(n, body.Cancellation).Type, TorchType.Optimizer) || model.GetSymbolInfo(n, body.Cancellation).Symbol is IMethodSymbol method && body.Torch.OperationOf(method) == TorchOp.ClipGradients)) return true;
        return parameters.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax };
    }

    /// <summary>Whether nobody ever switches the module: then it is in the training mode that it was made in.</summary>
    public static bool IsNeverSwitched(BodyReport body, EvaluationPass pass)
    {
        var program = body.Program;
        if (program.Index.Mentioning(TorchVocabulary.EvalName).Count == 0 && !SwitchesByFlag(body)) return true;
        if ((pass.Before[pass.Module].Fact ?? body.Resolve(Value.At(pass.Module))) is not ModuleFact { Made: { IsEmpty: false } made }) return false;
        foreach (var module in made)
            foreach (var use in body.UsesOf(module.Creation))
            {
                // What is part of another module is switched with it.
                if (use.Kind == UseKind.Escape || use.Kind == UseKind.Store && body.Torch.Is(use.Member?.ContainingType, TorchType.Module) || use.Kind == UseKind.Argument && (body.Torch.Is(use.Makes, TorchType.Module) || use.Method is { } taker && body.Torch.OperationOf(taker) is TorchOp.RegisterModule or TorchOp.AppendLayer)) return false;
                if (use.Method is { } method && (body.Torch.OperationOf(method) == TorchOp.Eval || body.Torch.OperationOf(method) == TorchOp.Train && use.Node is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 })) return false;
            }

        return true;
    }

    // `model.train(training)`
    private static bool SwitchesByFlag(BodyReport body)
    {
        foreach (var member in body.Program.Index.Mentioning(TorchVocabulary.TrainName))
            foreach (var node in member.Node.DescendantNodes())
                if (node is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0, Expression: var callee } && (callee as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText is TorchVocabulary.TrainName) return true;
        return false;
    }

    /// <summary>The module as the messages and the fixes write it.</summary>
    public static string Name(Path module) => module.ToString();

    /// <summary>Where a statement for the evaluation belongs: before the loop, or before the pass that stands in none.</summary>
    public static StatementSyntax? Statement(EvaluationPass pass) => Loops.StatementOf(pass.Loop ?? pass.Node);
}
