using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Rules.Resources;

namespace TrainLint.Analyzers.Suppressors;

/// <summary>A finding of another analyzer, and what the code around it means.</summary>
internal sealed class Contradiction(Diagnostic diagnostic, SyntaxNode node, SemanticModel model, TorchSymbols torch, CancellationToken cancellation)
{
    /// <summary>The call whose result is not used; null where something else stands there.</summary>
    public IMethodSymbol? DroppedCall() =>
        node.FirstAncestorOrSelf<StatementSyntax>() is ExpressionStatementSyntax { Expression: var expression } ? MethodOf(model.GetOperation(expression, cancellation)) : null;

    public bool IsForItsEffect(IMethodSymbol method) => torch.IsCalledForItsEffect(method);

    /// <summary>Whether what is assigned here is a guard.</summary>
    public bool KeepsGuard()
    {
        var value = node.FirstAncestorOrSelf<SyntaxNode>(n => n is VariableDeclaratorSyntax or AssignmentExpressionSyntax or StatementSyntax) switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var initial } => initial,
            AssignmentExpressionSyntax assignment => assignment.Right,
            LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var initial }] } => initial,
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => assignment.Right,
            _ => null,
        };
        return value is not null && MethodOf(model.GetOperation(value, cancellation)) is { } method && torch.MakesGuard(method);
    }

    /// <summary>Whether the finding is about a field of a module that is one of its components.</summary>
    public bool IsAboutComponent() => Field() is { } field && IsComponent(field);

    /// <summary>Whether the finding is about a component that the module's own Dispose disposes, since it is registered.</summary>
    public bool IsAboutRegisteredComponent() =>
        Field() is { } field && IsComponent(field) && Mentions(field.ContainingType, ModuleVocabulary.RegisterComponentsName)
        && Nodes(field.ContainingType).OfType<MemberAccessExpressionSyntax>().Any(a => a is { Expression: BaseExpressionSyntax, Name.Identifier.ValueText: nameof(IDisposable.Dispose) });

    /// <summary>Whether a tensor is made under a dispose scope of the same method.</summary>
    public bool IsInScope()
    {
        if (model.GetTypeInfo(node, cancellation).Type is not { } type || !torch.Is(type, TorchType.Tensor) || torch.Is(type, TorchType.Parameter)) return false;
        return Function(node).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Any(call => Guards.Region(call) is { } region && region.Contains(node.Span) && Function(call) == Function(node)
                && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && torch.OperationOf(method) == TorchOp.NewScope);
    }

    /// <summary>Whether what is made is handed to a module or a parameter that keeps it, at once or through a variable.</summary>
    public bool IsHandedOver()
    {
        if (!torch.IsComponent(model.GetTypeInfo(node, cancellation).Type)) return false;
        if (IsKept(node)) return true;
        return node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { Initializer.Value: var value } declarator && value == node && model.GetDeclaredSymbol(declarator, cancellation) is { } local
            && Function(node).DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == local.Name && IsKept(n) && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, cancellation).Symbol, local));
    }

    /// <summary>Whether the constructor has a component set by a method of its own class, whatever happens.</summary>
    public bool IsSetByConstructor()
    {
        if (Uninitialized() is not { } field || !IsComponent(field)) return false;
        var constructor = node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>();
        return constructor?.Body?.Statements.TakeWhile(s => !Leaves(s)).Any(s => s is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } && IsOnThis(call.Expression)
            && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { IsVirtual: false, IsAbstract: false, IsOverride: false } method
            && SymbolEqualityComparer.Default.Equals(method.ContainingType, field.ContainingType) && method.DeclaringSyntaxReferences.Any(r => Sets(r.GetSyntax(cancellation), field))) == true;
    }

    private bool IsComponent(IFieldSymbol field) => !field.IsStatic && torch.Is(field.ContainingType, TorchType.Module) && torch.IsComponent(field.Type);

    private IFieldSymbol? Field() => node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { } declarator ? model.GetDeclaredSymbol(declarator, cancellation) as IFieldSymbol : null;

    // CS8618 stands on the constructor and names the field beside it.
    private IFieldSymbol? Uninitialized()
    {
        foreach (var location in diagnostic.AdditionalLocations)
            if (location.SourceTree == node.SyntaxTree && location.SourceTree.GetRoot(cancellation).FindNode(location.SourceSpan).FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { } declarator)
                return model.GetDeclaredSymbol(declarator, cancellation) as IFieldSymbol;
        return null;
    }

    private static bool Sets(SyntaxNode method, IFieldSymbol field) => method switch
    {
        MethodDeclarationSyntax { Body.Statements: var statements } => statements.TakeWhile(s => !Leaves(s)).Any(s => s is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } && IsSet(assignment, field)),
        MethodDeclarationSyntax { ExpressionBody.Expression: AssignmentExpressionSyntax assignment } => IsSet(assignment, field),
        _ => false,
    };

    // By name: a method cannot set another thing of this name without declaring it.
    private static bool IsSet(AssignmentExpressionSyntax assignment, IFieldSymbol field) => assignment.RawKind == (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.SimpleAssignmentExpression
        && IsOnThis(assignment.Left) && assignment.Left.DescendantTokens().Last().ValueText == field.Name
        && assignment.Right is ObjectCreationExpressionSyntax or ImplicitObjectCreationExpressionSyntax or InvocationExpressionSyntax
        && !assignment.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>()!.DescendantNodes().Any(n => n is VariableDeclaratorSyntax { Identifier.ValueText: var local } && local == field.Name || n is ParameterSyntax { Identifier.ValueText: var parameter } && parameter == field.Name);

    private static bool IsOnThis(ExpressionSyntax expression) => expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax };

    private static bool Leaves(StatementSyntax statement) => statement.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax or GotoStatementSyntax);

    // An argument, perhaps inside a tuple or a collection, of somebody who keeps it.
    private bool IsKept(SyntaxNode value)
    {
        var outer = value.Parent;
        while (outer is ArgumentSyntax { Parent: TupleExpressionSyntax } or TupleExpressionSyntax or InitializerExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or ExpressionElementSyntax or CollectionExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax) outer = outer.Parent;
        return outer is ArgumentSyntax { Parent.Parent: ExpressionSyntax call } && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && torch.Owns(method);
    }

    private bool Mentions(INamedTypeSymbol type, string name) => Nodes(type).OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name);

    private IEnumerable<SyntaxNode> Nodes(INamedTypeSymbol type) => type.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(cancellation).DescendantNodes());

    private static SyntaxNode Function(SyntaxNode at) =>
        at.Ancestors().First(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax or CompilationUnitSyntax);

    private static IMethodSymbol? MethodOf(IOperation? operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IConditionalAccessOperation { WhenNotNull: var call } => MethodOf(call),
        IConversionOperation { Operand: var operand } => MethodOf(operand),
        IAwaitOperation { Operation: var awaited } => MethodOf(awaited),
        _ => null,
    };
}
