using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1107: a scope or gradient guard belongs to its thread, and the code under it leaves that thread.</summary>
internal sealed class ThreadBoundScopeAcrossAwait() : Rule(
    "TL1107",
    Section.Resources,
    Level.Warning,
    "The thread changes under a scope or gradient guard",
    "'{0}' belongs to the thread that called it, but '{1}' goes on on another one: end it before, or begin it anew there",
    "Dispose scopes and gradient modes are kept per thread. What runs behind an await, in Task.Run or in Parallel.ForEach may be on another thread, where gradients are on and no scope is open; and disposing the guard there leaves the first thread as it was.")
{
    // Who runs a lambda on other threads.
    private static readonly (string Type, string[] Methods)[] Runners =
    [
        ("Task", ["Run"]), ("TaskFactory", ["StartNew"]), ("Parallel", ["For", "ForEach", "ForEachAsync", "Invoke"]), ("ThreadPool", ["QueueUserWorkItem"]),
    ];

    // Code that an interface runs comes back to its one thread after an await.
    private static readonly string[] OneThreadNamespaces = ["System.Windows", "Microsoft.UI", "Microsoft.Maui", "Avalonia", "Windows.UI"];

    public override IEnumerable<string> CallsAnywhere => Runners.SelectMany(r => r.Methods).Distinct();

    public override IEnumerable<OperationKind> Operations => [OperationKind.Await, OperationKind.Loop];

    // Asked where the thread changes: an editor takes a finding only from the operation that it lies in.
    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Node is not (AwaitExpressionSyntax or CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax })) return;
        var function = FunctionAround(operation.Node) ?? operation.Node.SyntaxTree.GetRoot(operation.Cancellation);
        foreach (var guard in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (Guards.Region(guard) is not { } region || !region.Contains(operation.Node.Span) || FunctionAround(guard) != FunctionAround(operation.Node)) continue;
            if (operation.Program.Model(guard.SyntaxTree).GetSymbolInfo(guard, operation.Cancellation).Symbol is not IMethodSymbol method || !operation.Torch.MakesGuard(method)) continue;
            if (FirstChange(operation, function, region, operation.Torch.OperationOf(method) == TorchOp.NewScope) is { } change && change.Node == operation.Node)
                operation.Report(Descriptor, change.Place, [guard], null, GradientSteps.Text(guard), change.Text);
        }
    }

    private static SyntaxNode? FunctionAround(SyntaxNode node) =>
        node.Ancestors().FirstOrDefault(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static (SyntaxNode Node, SyntaxNode Place, string Text)? FirstChange(OperationReport operation, SyntaxNode function, TextSpan region, bool isScope)
    {
        foreach (var node in Guards.NodesIn(function, region))
        {
            switch (node)
            {
                case AwaitExpressionSyntax await when !ComesBack(operation, await):
                    return (node, node, "await " + GradientSteps.Text(await.Expression));
                case CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } loop when !ComesBack(operation, loop):
                    return (node, loop.Expression, "await foreach");
                case InvocationExpressionSyntax call when RunsElsewhere(operation, call, isScope):
                    return (node, node, GradientSteps.Text(call));
            }
        }

        return null;
    }

    private static bool ComesBack(OperationReport operation, SyntaxNode node)
    {
        if (node is AwaitExpressionSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(Task.ConfigureAwait) }, ArgumentList.Arguments: [{ Expression.RawKind: (int)SyntaxKind.FalseLiteralExpression }] } }) return false;
        for (var type = operation.Program.TypeAround(node, operation.Cancellation)?.BaseType; type is not null; type = type.BaseType)
            if (type.ContainingNamespace?.ToDisplayString() is { } name && OneThreadNamespaces.Any(n => (name + ".").Contains(n + ".")) || type.TypeKind == TypeKind.Error) return true;
        return false;
    }

    // `Task.Run(() => model.forward(x))`: the lambda works with tensors and opens no guard of its own.
    private static bool RunsElsewhere(OperationReport operation, InvocationExpressionSyntax call, bool isScope)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } || !Runners.Any(r => r.Methods.Contains(name))) return false;
        var model = operation.Program.Model(call.SyntaxTree);
        if (model.GetSymbolInfo(call, operation.Cancellation).Symbol is not IMethodSymbol { ContainingType.Name: var type } method || !Runners.Any(r => r.Type == type && r.Methods.Contains(name))) return false;
        if (method.ContainingNamespace?.ToDisplayString().StartsWith("System.Threading", StringComparison.Ordinal) != true) return false;
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (argument.Expression is not AnonymousFunctionExpressionSyntax lambda) continue;
            if (lambda.DescendantNodes().Any(n => n is InvocationExpressionSyntax inner && IsGuard(operation, model, inner, isScope))) return false;
            if (lambda.DescendantNodes().Any(n => n is ExpressionSyntax && model.GetTypeInfo(n, operation.Cancellation).Type is { } t && (operation.Torch.Is(t, TorchType.Tensor) || n is InvocationExpressionSyntax && operation.Torch.IsModuleLike(t)))) return true;
        }

        return false;
    }

    private static bool IsGuard(OperationReport operation, SemanticModel model, InvocationExpressionSyntax call, bool isScope)
    {
        if (model.GetSymbolInfo(call, operation.Cancellation).Symbol is not IMethodSymbol method) return false;
        var op = operation.Torch.OperationOf(method);
        return isScope ? op == TorchOp.NewScope : op is TorchOp.DisableGradients or TorchOp.EnableGradients or TorchOp.SetGradients;
    }
}
