using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0508: all that the optimizer holds has been frozen.</summary>
internal sealed class EverythingFrozen() : Rule(
    "TL0508",
    Section.Optimizer,
    Level.Warning,
    "Everything that the optimizer holds is frozen",
    "'{0}' freezes every parameter that '{1}' holds: {1}.step() changes nothing",
    "A parameter whose requires_grad is false gets no gradient, and step() skips it. Where that is so for all parameters of an optimizer nothing is trained; if nothing else in the loss requires gradients, backward() throws.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call, EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        if (!TensorVocabulary.FreezeNames.Any(n => body.Program.Index.Mentioning(n).Count > 0)) return;
        var freezes = Freezes(body).ToList();
        if (freezes.Count == 0 || Thaws(body)) return;
        var steps = GradientSteps.AllSteps(body).ToList();
        var reported = new HashSet<SyntaxNode>();
        foreach (var step in steps)
        {
            if (step.Before[step.Optimizer].Fact is not OptimizerFact { Parameters: { Complete: true, Modules: { IsEmpty: false } held } } || step.Before.HasEscaped(step.Optimizer)) continue;
            foreach (var (module, node) in freezes)
            {
                if (node.SpanStart > step.Node.SpanStart || !held.All(m => m.StartsWith(module)) || IsConditionalFor(node, step.Node) || Grows(body, module, node)) continue;
                if (reported.Add(node)) Report(body, node, step.Optimizer.ToString());
            }
        }

        foreach (var creation in Optimizers.Made(body)) InspectUnused(body, creation, freezes, reported);
    }

    // Frozen before anybody has used the optimizer: whoever steps it, and wherever, no parameter changes.
    private void InspectUnused(BodyReport body, TrainingEvent creation, IReadOnlyList<(Path Module, SyntaxNode Node)> freezes, HashSet<SyntaxNode> reported)
    {
        if (body.Flow.Exit is not { } exit || Held(exit, creation.Node) is not { Complete: true, Modules: { IsEmpty: false } held }) return;
        foreach (var (module, node) in freezes)
        {
            if (reported.Contains(node) || !held.All(m => Named(exit, m).StartsWith(Named(exit, module))) || !InOneRound(body, node, creation.Node) || Grows(body, module, node)) continue;
            if (MayGrow(body) || !IsSteppedAfter(body, creation, node)) return;
            reported.Add(node);
            Report(body, node, Optimizers.VariableOf(creation.Node) ?? creation.Operation.Type!.Name);
        }
    }

    private static ParametersFact? Held(State exit, SyntaxNode creation) =>
        exit.Values.Values.Select(v => v.Fact).OfType<OptimizerFact>().FirstOrDefault(f => f.Creations is [var only] && only == creation)?.Parameters;

    // A constructor knows what it is given by two names.
    private static Path Named(State exit, Path module) => exit[module].Path ?? module;

    private void Report(BodyReport body, SyntaxNode freeze, string optimizer) =>
        body.Report(Descriptor, freeze, null, null, freeze is InvocationExpressionSyntax ? GradientSteps.Text(freeze) : freeze.ToString(), optimizer);

    // Whether the freezing belongs to each optimizer that is made there.
    private static bool InOneRound(BodyReport body, SyntaxNode freeze, SyntaxNode creation) =>
        !IsConditionalFor(freeze, creation) && LoopsAround(body, freeze).SequenceEqual(body.LoopsAround(creation))
        && !body.Body.Syntax.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax && n.SpanStart < freeze.SpanStart);

    // The loop over the parameters is no round of anything.
    private static IEnumerable<StatementSyntax> LoopsAround(BodyReport body, SyntaxNode freeze) => body.LoopsAround(freeze).SkipWhile(l => Freezing(l) == freeze);

    // Whether somebody steps it, and all that is done with it in this member comes after the freezing.
    private static bool IsSteppedAfter(BodyReport body, TrainingEvent creation, SyntaxNode freeze)
    {
        var stepped = false;
        if (body.Flow.Calls.Any(c => c.Node.SpanStart < freeze.SpanStart && body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Stepped: true })) return false;
        foreach (var use in body.UsesOf(creation.Node))
        {
            stepped |= use.Kind == UseKind.Call && body.Torch.OperationOf(use.Method!) == TorchOp.Step;
            if (use.Kind == UseKind.Store && !body.Program.WritesTo(use.Member!, body.Cancellation).All(w => w.Write.Value.IsNull || w.Write.Value.Fact is OptimizerFact { Creations: [var only] } && only == creation.Node)) return false;
            if (use.Kind == UseKind.Escape && use.Member is null || use.Kind == UseKind.Call && use.Method!.Name == TorchVocabulary.AddGroupName) return false;
            if (use.Kind is UseKind.Call or UseKind.Escape or UseKind.Handed && use.Node.SpanStart < freeze.SpanStart && use.Node.SyntaxTree == freeze.SyntaxTree && body.Body.Outermost.Syntax.Span.Contains(use.Node.Span)) return false;
        }

        return stepped;
    }

    // Whether modules get new layers after they are made.
    private static bool MayGrow(BodyReport body) => ModuleVocabulary.GrowthNames.SelectMany(body.Program.Index.Mentioning).Any(m => m.Node is not (ConstructorDeclarationSyntax or TypeDeclarationSyntax));

    // The places where all parameters of a module are frozen, here or in a method called here.
    private static IEnumerable<(Path Module, SyntaxNode Node)> Freezes(BodyReport body)
    {
        foreach (var freeze in FreezesIn(body)) yield return freeze;
        foreach (var call in body.Flow.Calls)
        {
            if (call.Callee.Outer is not null) continue;
            foreach (var (module, node) in FreezesIn(body.Of(call.Callee)))
                if (!Optimizers.IsConditional(node, call.Callee.Syntax) && call.Map(module) is { } mapped) yield return (mapped, call.Node);
        }
    }

    private static IEnumerable<(Path Module, SyntaxNode Node)> FreezesIn(BodyReport body)
    {
        if (body.Program.Index.Around(body.Body.Syntax) is not { } text || !TensorVocabulary.FreezeNames.Any(text.Names.Contains)) yield break;
        var model = body.Program.Model(body.Body.Syntax.SyntaxTree);
        foreach (var loop in body.Body.Syntax.DescendantNodes().OfType<CommonForEachStatementSyntax>())
        {
            if (Freezing(loop) is { } expression && Optimizers.ModuleOf(body, model.GetOperation(loop.Expression, body.Cancellation)) is { } module) yield return (module, expression);
        }
    }

    // What a loop does to each parameter, where that is to freeze it and nothing else.
    private static ExpressionSyntax? Freezing(StatementSyntax loop)
    {
        if (loop is not CommonForEachStatementSyntax { Statement: var body }) return null;
        var only = body is BlockSyntax { Statements: [var single] } ? single : body;
        return only is ExpressionStatementSyntax { Expression: var expression } && Freezes(expression) ? expression : null;
    }

    // `p.requires_grad = false`, `p.requires_grad_(false)`
    private static bool Freezes(ExpressionSyntax expression) => expression switch
    {
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradParameter }, Right: var value } => value.IsKind(SyntaxKind.FalseLiteralExpression),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradMethod }, ArgumentList.Arguments: [var argument] } => argument.Expression.IsKind(SyntaxKind.FalseLiteralExpression),
        _ => false,
    };

    // Somebody switches gradients on again, or with a value that only the run knows.
    private static bool Thaws(BodyReport body)
    {
        foreach (var member in TensorVocabulary.FreezeNames.SelectMany(body.Program.Index.Mentioning).Distinct())
        {
            IEnumerable<SyntaxNode> nodes = member.Nodes;
            if (nodes.SelectMany(n => n.DescendantNodes()).OfType<ExpressionSyntax>().Any(e => !Freezes(e) && Switched(e) is { } tensor && !IsComputed(body, tensor))) return true;
        }

        return false;
    }

    // The tensor whose gradients are switched on or off.
    private static ExpressionSyntax? Switched(ExpressionSyntax expression) => expression switch
    {
        AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradParameter } access } => access.Expression,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradMethod } access } => access.Expression,
        _ => null,
    };

    // `(alpha * real + (1 - alpha) * fake).requires_grad_()`: what has just been computed is no parameter.
    private static bool IsComputed(BodyReport body, ExpressionSyntax tensor)
    {
        while (tensor is ParenthesizedExpressionSyntax inner) tensor = inner.Expression;
        return tensor is BinaryExpressionSyntax || tensor is InvocationExpressionSyntax call && body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol { ReturnType: var made } method
            && TorchSymbols.IsLibrary(method) && body.Torch.Is(made, TorchType.Tensor) && !body.Torch.Is(made, TorchType.Parameter) && !body.Torch.IsInPlace(method) && body.Torch.OperationOf(method) is not (TorchOp.Parameters or TorchOp.MoveTensor);
    }

    private static bool IsConditionalFor(SyntaxNode freeze, SyntaxNode step) =>
        freeze.Ancestors().FirstOrDefault(a => a.Span.Contains(step.Span)) is not { } common || Optimizers.IsConditional(freeze, common);

    // A new head after the freezing is not frozen.
    private static bool Grows(BodyReport body, Path module, SyntaxNode freeze)
    {
        if (body.Flow.Writes.Any(w => w.Node.SpanStart > freeze.SpanStart && w.Target is { } target && target.Overlaps(module))) return true;
        var model = body.Program.Model(body.Body.Syntax.SyntaxTree);
        return body.Body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.SpanStart > freeze.SpanStart
            && call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method
            && (!TorchSymbols.IsLibrary(method) || body.Torch.OperationOf(method) is TorchOp.AppendLayer or TorchOp.RegisterModule)
            && body.Torch.OperationOf(method) != TorchOp.Forward
            && (Optimizers.PathOf(body, model.GetOperation(receiver, body.Cancellation)) is { } path && path.Overlaps(module) && !HasNoPart(body, method)
                || call.ArgumentList.Arguments.Any(a => Optimizers.PathOf(body, model.GetOperation(a.Expression, body.Cancellation)) is { } given && given.Overlaps(module) && !HasNoPart(body, method))));
    }

    // A method that is followed and writes nothing into the module.
    private static bool HasNoPart(BodyReport body, IMethodSymbol method) =>
        body.Program.BodyOf(method, body.Body, body.Cancellation) is { } callee && body.Program.Flow(callee, true, body.Cancellation) is { Unknown: false, Writes.Count: 0 };
}
