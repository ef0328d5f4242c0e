using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    private readonly ConcurrentDictionary<SyntaxNode, Fate> fates = new();

    /// <summary>What becomes of the tensor that an expression yields.</summary>
    public Fate FateOf(SyntaxNode expression, CancellationToken cancellation) => fates.GetOrAdd(expression, e => Fates.Of(e, this, cancellation));
}

/// <summary>What becomes of a tensor and of all that is made of it.</summary>
internal enum Fate
{
    /// <summary>It is looked at, and no more: nobody calls backward() on it, nobody keeps it.</summary>
    Read,

    /// <summary>It is looked at, or returned to callers that cannot be seen.</summary>
    HandedOut,

    /// <summary>Somebody trains on it, or may.</summary>
    Kept,
}

/// <summary>
/// Where the numbers of one expression go: through variables, operators, losses, collections, methods of this compilation and back to
/// their callers. Without regard to order: a variable that is trained on anywhere is trained on.
/// </summary>
internal sealed class Fates
{
    private const int MaxSteps = 400;

    private const int MaxTypeDepth = 3;

    // What puts its argument into the collection that it is called on.
    private static readonly HashSet<string> Adders = ["Add", "AddRange", "AddFirst", "AddLast", "Append", "Enqueue", "Push", "Insert", "TryAdd"];

    private static readonly SymbolEqualityComparer Same = SymbolEqualityComparer.Default;

    private readonly TrainingProgram program;
    private readonly TorchSymbols torch;
    private readonly CancellationToken cancellation;
    private readonly HashSet<ISymbol> seen = new(Same);
    private readonly Stack<(SyntaxNode Node, bool InCallee)> work = new();
    private bool kept;
    private bool handedOut;
    private int steps;

    private Fates(TrainingProgram program, CancellationToken cancellation) => (this.program, torch, this.cancellation) = (program, program.Torch, cancellation);

    public static Fate Of(SyntaxNode expression, TrainingProgram program, CancellationToken cancellation)
    {
        var fates = new Fates(program, cancellation);
        fates.work.Push((expression, false));
        while (!fates.kept && fates.work.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (node, inCallee) = fates.work.Pop();
            fates.Follow(node, inCallee);
        }

        return fates.kept ? Fate.Kept : fates.handedOut ? Fate.HandedOut : Fate.Read;
    }

    // What a callee returns belongs to the call that led into it, and is followed there.
    private void Follow(SyntaxNode node, bool inCallee)
    {
        for (SyntaxNode? next = node; next is not null && !kept; node = next!)
        {
            if (++steps > MaxSteps) kept = true;
            next = Next(next, inCallee);
        }
    }

    // The expression that holds the value next; null where it ends, or where its further ways have been noted.
    private SyntaxNode? Next(SyntaxNode node, bool inCallee)
    {
        switch (node.Parent)
        {
            case ParenthesizedExpressionSyntax or AwaitExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax or CheckedExpressionSyntax or CastExpressionSyntax:
                return Carrier(node.Parent);
            case ConditionalExpressionSyntax choice:
                return node == choice.Condition ? null : Carrier(choice);
            case SwitchExpressionArmSyntax { Parent: { } choice } arm:
                return node == arm.Expression ? Carrier(choice) : null;
            case BinaryExpressionSyntax binary:
                return IsComparison(binary) ? null : Carrier(binary);
            case MemberAccessExpressionSyntax access when access.Expression == node:
                return Accessed(access.Name, access, access.Parent as InvocationExpressionSyntax, inCallee);
            case ConditionalAccessExpressionSyntax access when access.Expression == node:
                var binding = access.WhenNotNull.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().FirstOrDefault();
                if (binding is not null && Accessed(binding.Name, binding, binding.Parent as InvocationExpressionSyntax, inCallee) is null) return null;
                return Carrier(access);
            case ElementAccessExpressionSyntax element when element.Expression == node:
                return element.Parent is AssignmentExpressionSyntax { Left: var left } && left == element ? null : Carrier(element);
            case ArgumentSyntax argument:
                return Argument(argument, inCallee);
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }:
                Into(program.Model(declarator.SyntaxTree).GetDeclaredSymbol(declarator, cancellation), inCallee);
                return null;
            case AssignmentExpressionSyntax assignment:
                if (assignment.Right != node) return null;
                Assigned(assignment.Left, inCallee);
                return assignment.Parent is ExpressionStatementSyntax ? null : Carrier(assignment);
            case ReturnStatementSyntax or ArrowExpressionClauseSyntax:
                Returned(node, inCallee);
                return null;
            case AnonymousFunctionExpressionSyntax lambda when lambda.ExpressionBody == node:
                Yielded(lambda);
                return null;
            case CommonForEachStatementSyntax loop when loop.Expression == node:
                Each(loop, inCallee);
                return null;
            case InitializerExpressionSyntax initializer:
                return initializer.Parent is InitializerExpressionSyntax outer ? outer.Parent : initializer.Parent;
            case CollectionElementSyntax { Parent: { } collection }:
                return collection;
            case InterpolationSyntax or IsPatternExpressionSyntax or ExpressionStatementSyntax or UsingStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or IfStatementSyntax or WhileStatementSyntax or ForStatementSyntax:
                return null;
            default:
                kept = true;
                return null;
        }
    }

    private static bool IsComparison(BinaryExpressionSyntax binary) => binary.Kind() is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression
        or SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression or SyntaxKind.IsExpression;

    private SyntaxNode? Carrier(SyntaxNode expression) => Carries(TypeOf(expression), 0) ? expression : null;

    private ITypeSymbol? TypeOf(SyntaxNode expression)
    {
        var info = program.Model(expression.SyntaxTree).GetTypeInfo(expression, cancellation);
        return info.Type ?? info.ConvertedType;
    }

    // Whether a value of the type is a tensor or can have one in it.
    private bool Carries(ITypeSymbol? type, int depth)
    {
        if (torch.Is(type, TorchType.Tensor)) return true;
        if (depth > MaxTypeDepth || torch.IsModuleLike(type) || torch.Is(type, TorchType.Optimizer)) return false;
        return type switch
        {
            IArrayTypeSymbol array => Carries(array.ElementType, depth + 1),
            INamedTypeSymbol named when named.TypeArguments.Any(a => Carries(a, depth + 1)) => true,
            INamedTypeSymbol { IsTupleType: false } named when named.Locations.Any(l => l.IsInSource) =>
                named.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false } field && Carries(field.Type, depth + 1)),
            _ => false,
        };
    }

    // A member of what holds the value.
    private SyntaxNode? Accessed(SimpleNameSyntax name, SyntaxNode access, InvocationExpressionSyntax? call, bool inCallee)
    {
        var symbol = program.Model(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol;
        if (symbol is not IMethodSymbol method)
        {
            // Who asks for the gradient, or for one to be kept, wants it.
            if (symbol is null || TorchVocabulary.GradientNames.Contains(symbol.Name) || symbol.Name == TensorVocabulary.RequiresGradParameter && access.Parent is AssignmentExpressionSyntax) kept = true;
            return kept ? null : Carrier(access);
        }

        if (call is null || call.Expression != access)
        {
            kept = true;
            return null;
        }

        switch (torch.OperationOf(method))
        {
            case TorchOp.Backward or TorchOp.SetRequiresGrad:
                kept = true;
                return null;
            case TorchOp.Detach or TorchOp.ClassIndices or TorchOp.Compare or TorchOp.PiecewiseConstant or TorchOp.Item or TorchOp.OneHot:
                return null;
        }

        if (TorchVocabulary.RetainGradNames.Contains(method.Name)) kept = true;
        if (method.ReducedFrom is { } extension && extension.Locations.Any(l => l.IsInSource)) Taint(extension.OriginalDefinition.Parameters[0], true);

        // `losses.ForEach(l => …)`, `outputs.Select(o => …)`
        foreach (var argument in call.ArgumentList.Arguments)
            if (argument.Expression is AnonymousFunctionExpressionSyntax lambda && program.Model(lambda.SyntaxTree).GetSymbolInfo(lambda, cancellation).Symbol is IMethodSymbol function)
                foreach (var parameter in function.Parameters)
                    if (Carries(parameter.Type, 0)) Taint(parameter, inCallee);
        return Carrier(call);
    }

    private SyntaxNode? Argument(ArgumentSyntax argument, bool inCallee)
    {
        switch (argument.Parent)
        {
            case TupleExpressionSyntax tuple:
                return tuple.Parent is AssignmentExpressionSyntax { Left: var left } && left == tuple ? null : tuple;
            case BracketedArgumentListSyntax:
                return null;
        }

        if (argument.Parent?.Parent is not { } call || argument.Parent is not ArgumentListSyntax list || program.Model(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method || argument.RefKindKeyword != default)
        {
            kept = true;
            return null;
        }

        var receiver = (call as InvocationExpressionSyntax)?.Expression is MemberAccessExpressionSyntax access ? access.Expression : null;
        if (TorchSymbols.IsLibrary(method))
        {
            if (torch.OperationOf(method) == TorchOp.Backward || TorchVocabulary.RetainGradNames.Contains(method.ContainingType?.Name ?? "")) kept = true;

            // `sum.add_(loss)`
            if (receiver is not null && torch.IsInPlace(method)) Into(Root(receiver), inCallee);
            return Carrier(call);
        }

        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            kept |= !Carries(method.ReturnType, 0);
            return Carrier(call);
        }

        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        if (definition.Locations.Any(l => l.IsInSource)) return IntoCallee(argument, list, call, method, definition);
        if (Adders.Contains(method.Name) && receiver is not null)
        {
            Into(Root(receiver), inCallee);
            return null;
        }

        if (Carries(method.ReturnType, 0) || method.MethodKind == MethodKind.Constructor) return Carrier(call);
        var space = method.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false }) space = space.ContainingNamespace;
        kept |= space?.Name != "System" && method.ContainingType?.Name != "Assert";
        return null;
    }

    private SyntaxNode? IntoCallee(ArgumentSyntax argument, ArgumentListSyntax list, SyntaxNode call, IMethodSymbol method, IMethodSymbol definition)
    {
        if (definition.MethodKind == MethodKind.Constructor && Carries(definition.ContainingType, 0)) return call;
        var yields = Carries(method.MethodKind == MethodKind.Constructor ? method.ContainingType : method.ReturnType, 0);
        if (definition.IsAbstract)
        {
            // A loss, or the like, behind an interface. What gives nothing back may do anything.
            kept |= !yields;
            return yields ? call : null;
        }

        var parameter = argument.NameColon is { } named
            ? definition.Parameters.FirstOrDefault(p => p.Name == named.Name.Identifier.ValueText)
            : definition.Parameters.ElementAtOrDefault(Math.Min(list.Arguments.IndexOf(argument) + (method.ReducedFrom is null ? 0 : 1), definition.Parameters.Length - 1));
        if (parameter is null) kept = true;
        else Taint(parameter, true);
        return yields ? call : null;
    }

    // The variable that an element or a member belongs to.
    private ISymbol? Root(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ElementAccessExpressionSyntax element:
                    expression = element.Expression;
                    continue;
                case MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } access:
                    expression = access.Expression;
                    continue;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                    expression = sure.Operand;
                    continue;
                default:
                    return program.Model(expression.SyntaxTree).GetSymbolInfo(expression, cancellation).Symbol;
            }
        }
    }

    private void Assigned(ExpressionSyntax target, bool inCallee)
    {
        switch (target)
        {
            case TupleExpressionSyntax tuple:
                foreach (var element in tuple.Arguments) Assigned(element.Expression, inCallee);
                break;
            case DeclarationExpressionSyntax declaration:
                Declared(declaration.Designation, inCallee);
                break;
            default:
                if (program.Model(target.SyntaxTree).GetSymbolInfo(target, cancellation).Symbol is not IDiscardSymbol) Into(Root(target), inCallee);
                break;
        }
    }

    private void Declared(VariableDesignationSyntax designation, bool inCallee)
    {
        if (designation is ParenthesizedVariableDesignationSyntax several)
            foreach (var variable in several.Variables) Declared(variable, inCallee);
        else if (designation is SingleVariableDesignationSyntax single)
            Into(program.Model(single.SyntaxTree).GetDeclaredSymbol(single, cancellation), inCallee);
    }

    private void Each(CommonForEachStatementSyntax loop, bool inCallee)
    {
        if (loop is ForEachStatementSyntax each) Into(program.Model(each.SyntaxTree).GetDeclaredSymbol(each, cancellation), inCallee);
        else if (loop is ForEachVariableStatementSyntax { Variable: DeclarationExpressionSyntax declaration }) Declared(declaration.Designation, inCallee);
        else kept = true;
    }

    // What is put into a field lives on, where order cannot be told.
    private void Into(ISymbol? symbol, bool inCallee)
    {
        if (symbol is ILocalSymbol or IParameterSymbol) Taint(symbol, inCallee);
        else kept = true;
    }

    private void Taint(ISymbol symbol, bool inCallee)
    {
        symbol = symbol.OriginalDefinition;
        if (symbol is ILocalSymbol { Type: { } type } && !Carries(type, 0) || !seen.Add(symbol)) return;
        if (symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration)
        {
            kept = true;
            return;
        }

        var model = program.Model(declaration.SyntaxTree);
        foreach (var name in Scope(declaration).SelectMany(scope => program.Mentions(scope, symbol.Name)))
        {
            if (name.Parent is NameColonSyntax or NameEqualsSyntax || !Same.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, symbol)) continue;

            // Each place takes a step at least: with more of them than steps are left, none needs to be looked at.
            if (steps + work.Count >= MaxSteps)
            {
                kept = true;
                return;
            }

            work.Push((name, inCallee));
        }
    }

    private static IEnumerable<SyntaxNode> Scope(SyntaxNode declaration)
    {
        var member = declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        return member is GlobalStatementSyntax ? member.Parent!.ChildNodes().OfType<GlobalStatementSyntax>() : member is null ? [] : [member];
    }

    // To whoever called.
    private void Returned(SyntaxNode node, bool inCallee)
    {
        var function = node.Ancestors().FirstOrDefault(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax);
        if (function is AnonymousFunctionExpressionSyntax lambda)
        {
            Yielded(lambda);
            return;
        }

        if (inCallee) return;
        if (function is null || program.Model(function.SyntaxTree).GetDeclaredSymbol(function, cancellation) is not IMethodSymbol method || method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction)
            || method.IsExtensionMethod)
        {
            kept = true;
            return;
        }

        if (!seen.Add(method)) return;
        if (method.IsVirtual || method.IsOverride || method.ContainingType.AllInterfaces.Any(i => i.GetMembers(method.Name).Length > 0))
        {
            // Callers may name another declaration: none of them trains, or all may.
            if (torch.OperationOf(method) == TorchOp.Forward || program.Mentioning(method).Any(m => m.Names.Contains(TorchVocabulary.BackwardName))) kept = true;
            else handedOut = true;
            return;
        }

        handedOut |= IsVisibleOutside(method);
        var called = handedOut;
        foreach (var member in program.Mentioning(method))
        {
            var model = program.Model(member.Node.SyntaxTree);
            foreach (var name in member.Nodes.SelectMany(n => n.DescendantNodes()).OfType<SimpleNameSyntax>())
            {
                if (name.Identifier.ValueText != method.Name || !Same.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, method)) continue;
                called = true;
                SyntaxNode callee = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
                if (callee.Parent is InvocationExpressionSyntax call) work.Push((call, false));
                else kept = true;
            }
        }

        kept |= !called;
    }

    private bool IsVisibleOutside(IMethodSymbol method)
    {
        if (program.Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary || method.MethodKind == MethodKind.LocalFunction) return false;
        for (ISymbol? s = method; s is not null and not INamespaceSymbol; s = s.ContainingSymbol)
            if (s.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal) return false;
        return true;
    }

    // A lambda's value belongs to whoever runs it: LINQ hands it on.
    private void Yielded(AnonymousFunctionExpressionSyntax lambda)
    {
        if (lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && program.Model(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method
            && !method.Locations.Any(l => l.IsInSource) && method.ContainingType?.Name is "Enumerable" or "ParallelEnumerable" or "Array" or "List")
        {
            if (Carries(method.ReturnType, 0)) work.Push((call, false));
        }
        else
        {
            kept = true;
        }
    }
}
