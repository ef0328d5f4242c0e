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
    public override IEnumerable<EventKind> Events => [EventKind.Step, EventKind.Call];

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
                if (reported.Add(node)) body.Report(Descriptor, node, null, null, node is InvocationExpressionSyntax ? GradientSteps.Text(node) : node.ToString(), step.Optimizer.ToString());
            }
        }
    }

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
            var only = loop.Statement is BlockSyntax { Statements: [var single] } ? single : loop.Statement;
            if (only is not ExpressionStatementSyntax { Expression: var expression } || !Freezes(expression)) continue;
            if (Optimizers.ModuleOf(body, model.GetOperation(loop.Expression, body.Cancellation)) is { } module) yield return (module, expression);
        }
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
            if (nodes.SelectMany(n => n.DescendantNodes()).OfType<ExpressionSyntax>().Any(e => !Freezes(e) && e is
                    AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradParameter } }
                    or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.RequiresGradMethod } })) return true;
        }

        return false;
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
            && (Optimizers.PathOf(body, model.GetOperation(receiver, body.Cancellation)) is { } path && path.Overlaps(module)
                || call.ArgumentList.Arguments.Any(a => Optimizers.PathOf(body, model.GetOperation(a.Expression, body.Cancellation)) is { } given && given.Overlaps(module) && !HasNoPart(body, method))));
    }

    // A method that is followed and writes nothing into the module.
    private static bool HasNoPart(BodyReport body, IMethodSymbol method) =>
        body.Program.BodyOf(method, body.Body, body.Cancellation) is { } callee && body.Program.Flow(callee, true, body.Cancellation) is { Unknown: false, Writes.Count: 0 };
}
