using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Resources;

/// <summary>What the fixes share that put code into a dispose scope: how the scope is written there, and whether all that is made in it may go with it.</summary>
internal static class ScopeRepair
{
    // What is looked into for tensors that outlive a call: callees of callees, no further.
    private const int MaxDepth = 3;

    /// <summary>What a scope may be called, best first.</summary>
    public static readonly string[] Names = ["scope", "disposeScope", "batchScope"];

    /// <summary>The declarations of a scope that could stand at that place, best first.</summary>
    public static IEnumerable<string> Declarations(Page page, int position) =>
        Names.Where(name => page.Model.LookupSymbols(position, name: name).IsEmpty).Select(name => $"using var {name} = {Call(page, position)};");

    private static string Call(Page page, int position) =>
        page.Model.LookupSymbols(position, name: TorchVocabulary.NewScopeName).Any(s => s is IMethodSymbol) ? TorchVocabulary.NewScopeName + "()"
        : (page.Model.LookupSymbols(position, name: "torch").Any(s => s is INamedTypeSymbol) ? "" : "TorchSharp.") + "torch." + TorchVocabulary.NewScopeName + "()";

    /// <summary>A scope at the start of a loop's body, where everything made in a round may go with it.</summary>
    public static IEnumerable<Repair> InLoop(Page page, StatementSyntax loop)
    {
        if (Layout.Body(loop) is not { } body || Keeps(page, [body], body.Span)) return [];
        return Declarations(page, body.SpanStart + (body is BlockSyntax ? 1 : 0)).SelectMany(code => Repair.Of($"Begin the body with '{code.TrimEnd(';')}'", Layout.AddAtStart(page, loop, code)));
    }

    /// <summary>Whether a tensor that these statements make may be wanted by anything outside the span.</summary>
    public static bool Keeps(Page page, IEnumerable<SyntaxNode> statements, TextSpan span) => new Search(page, span).Keeps(statements);

    private sealed class Search(Page page, TextSpan span)
    {
        private readonly HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);

        public bool Keeps(IEnumerable<SyntaxNode> statements) => statements.SelectMany(s => s.DescendantNodesAndSelf()).Any(n => n is YieldStatementSyntax or AwaitExpressionSyntax || Keeps(page.Model, n, inside: true, 0));

        private bool Keeps(SemanticModel model, SyntaxNode node, bool inside, int depth)
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Left: TupleExpressionSyntax tuple }:
                    return tuple.Arguments.Any(a => a.Expression is not DeclarationExpressionSyntax && IsKept(model, a.Expression, inside));
                case AssignmentExpressionSyntax assignment:
                    return !assignment.Right.IsKind(SyntaxKind.NullLiteralExpression) && IsKept(model, assignment.Left, inside);
                case ReturnStatementSyntax { Expression: { } value } when inside:
                    return !node.Ancestors().TakeWhile(a => span.Contains(a.Span)).Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) && Holds(model.GetTypeInfo(value, page.Cancellation).Type, 0);
                case ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument:
                    return argument.Expression is not DeclarationExpressionSyntax && IsKept(model, argument.Expression, inside);
                case InvocationExpressionSyntax call:
                    return model.GetSymbolInfo(call, page.Cancellation).Symbol is not IMethodSymbol method ? HasTensor(model, call) : Keeps(model, call, method, inside, depth);
                default:
                    return false;
            }
        }

        private bool Keeps(SemanticModel model, InvocationExpressionSyntax call, IMethodSymbol method, bool inside, int depth)
        {
            if (TorchSymbols.IsLibrary(method))
                return method.Name.StartsWith("register_", StringComparison.Ordinal) || call.Expression is MemberAccessExpressionSyntax access && model.GetTypeInfo(access.Expression, page.Cancellation).Type is INamedTypeSymbol type && page.Torch.OperationOf(method) == TorchOp.Forward && ForwardKeeps(type, depth);
            if (method.MethodKind == MethodKind.DelegateInvoke) return false;
            if (method.Locations.Any(l => l.IsInSource)) return CalleeKeeps(method, depth);
            if (!HasTensor(model, call)) return false;

            // A collection takes what it is given; from one that lives outside it will be wanted.
            if (call.Expression is MemberAccessExpressionSyntax { Expression: var receiver } && (method.ReturnsVoid || method.ReturnType.SpecialType != SpecialType.None) && !method.IsStatic) return IsOutside(model, receiver, inside);
            return !method.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal);
        }

        private bool HasTensor(SemanticModel model, InvocationExpressionSyntax call) => call.ArgumentList.Arguments.Any(a => Holds(model.GetTypeInfo(a.Expression, page.Cancellation).Type, 0));

        private bool ForwardKeeps(INamedTypeSymbol type, int depth) =>
            type.Locations.Any(l => l.IsInSource) && type.GetMembers(TorchVocabulary.ForwardName).OfType<IMethodSymbol>().Any(m => CalleeKeeps(m, depth));

        // Whether a method of the user's puts a tensor where others find it.
        private bool CalleeKeeps(IMethodSymbol method, int depth)
        {
            var definition = (method.ReducedFrom ?? method).OriginalDefinition;
            if (definition.DeclaringSyntaxReferences.IsEmpty || definition.IsAbstract) return method.Parameters.Any(p => Holds(p.Type, 0));
            if (depth >= MaxDepth || !seen.Add(definition)) return false;
            foreach (var reference in definition.DeclaringSyntaxReferences)
            {
                var declaration = reference.GetSyntax(page.Cancellation);
                if (span.Contains(declaration.Span)) continue;
                var model = page.Compilation.GetSemanticModel(declaration.SyntaxTree);
                if (declaration.DescendantNodes().Any(n => Keeps(model, n, inside: false, depth + 1))) return true;
            }

            return false;
        }

        // A place outside that is given something with tensors in it. What is written into a tensor stays there by value.
        private bool IsKept(SemanticModel model, ExpressionSyntax target, bool inside)
        {
            if (target is ElementAccessExpressionSyntax element && page.Torch.Is(model.GetTypeInfo(element.Expression, page.Cancellation).Type, TorchType.Tensor)) return false;
            return Holds(model.GetTypeInfo(target, page.Cancellation).Type, 0) && IsOutside(model, target, inside);
        }

        // Inside the span that a scope shall cover: declared out of it. In a callee: no variable of its own.
        private bool IsOutside(SemanticModel model, ExpressionSyntax target, bool inside)
        {
            while (target is ElementAccessExpressionSyntax or MemberAccessExpressionSyntax && model.GetSymbolInfo(target, page.Cancellation).Symbol is not { IsStatic: true })
                target = target is ElementAccessExpressionSyntax element ? element.Expression : ((MemberAccessExpressionSyntax)target).Expression;
            return model.GetSymbolInfo(target, page.Cancellation).Symbol switch
            {
                ILocalSymbol local => inside && !local.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == page.Tree && span.Contains(r.Span)),
                IParameterSymbol parameter => inside && !parameter.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == page.Tree && span.Contains(r.Span)),
                IDiscardSymbol => false,
                _ => true,
            };
        }

        // Whether a value of the type is a tensor or has one in it.
        private bool Holds(ITypeSymbol? type, int depth)
        {
            if (type is null || depth > MaxDepth || page.Torch.Is(type, TorchType.Module) || page.Torch.Is(type, TorchType.Optimizer)) return false;
            if (page.Torch.Is(type, TorchType.Tensor)) return true;
            return type switch
            {
                IArrayTypeSymbol array => Holds(array.ElementType, depth + 1),
                INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(e => Holds(e.Type, depth + 1)),
                INamedTypeSymbol named when named.TypeArguments.Any(a => Holds(a, depth + 1)) => true,
                INamedTypeSymbol named when named.Locations.Any(l => l.IsInSource) => named.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false } field && !SymbolEqualityComparer.Default.Equals(field.Type, named) && Holds(field.Type, depth + 1)),
                _ => false,
            };
        }
    }
}
