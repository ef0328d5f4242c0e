using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal enum UseKind
{
    /// <summary>A method is called on it.</summary>
    Call,

    /// <summary>It is an argument of a method of the library.</summary>
    Argument,

    /// <summary>A foreach runs over it.</summary>
    Enumerate,

    /// <summary>A using or Dispose() ends it.</summary>
    Dispose,

    /// <summary>Kept in a field or property.</summary>
    Store,

    /// <summary>Returned to a caller in this compilation; what the caller does with it is followed.</summary>
    Handed,

    /// <summary>Dropped at once.</summary>
    Discard,

    /// <summary>Looked at, compared, assigned over: nothing follows from it.</summary>
    Neutral,

    /// <summary>It goes where it cannot be followed: returned, stored in a collection, given to foreign code.</summary>
    Escape,
}

/// <summary>One thing that is done with an object.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Node">Where.</param>
/// <param name="Method">For calls and arguments: of which method.</param>
/// <param name="Member">For stores: in which field or property.</param>
internal sealed record Use(UseKind Kind, SyntaxNode Node, IMethodSymbol? Method = null, ISymbol? Member = null)
{
    /// <summary>What the method makes of its arguments.</summary>
    public ITypeSymbol? Makes => Method is { MethodKind: MethodKind.Constructor } ? Method.ContainingType : Method?.ReturnType;
}

/// <summary>
/// Everything that is done with the object that one expression yields, wherever the value goes: through locals, fields, properties,
/// parameters of methods in this compilation. Without regard to order: for questions of the kind "is it ever stepped?".
/// </summary>
internal sealed class Uses
{
    private const int MaxSymbols = 24;

    private readonly TrainingProgram program;
    private readonly CancellationToken cancellation;
    private readonly HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
    private readonly List<Use> found = [];

    private Uses(TrainingProgram program, CancellationToken cancellation)
    {
        this.program = program;
        this.cancellation = cancellation;
    }

    public static IReadOnlyList<Use> Of(SyntaxNode expression, TrainingProgram program, CancellationToken cancellation)
    {
        var uses = new Uses(program, cancellation);
        uses.Follow(expression);
        return uses.found;
    }

    public static IReadOnlyList<Use> Of(ISymbol symbol, TrainingProgram program, CancellationToken cancellation)
    {
        var uses = new Uses(program, cancellation);
        uses.Symbol(symbol);
        return uses.found;
    }

    private void Add(UseKind kind, SyntaxNode node, IMethodSymbol? method = null, ISymbol? member = null) => found.Add(new(kind, node, method, member));

    // Where the value of an expression goes.
    private void Follow(SyntaxNode expression)
    {
        cancellation.ThrowIfCancellationRequested();
        var node = expression;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }
               || node.Parent is ConditionalExpressionSyntax conditional && node != conditional.Condition
               || node.Parent is SwitchExpressionArmSyntax arm && node == arm.Expression || node.Parent is SwitchExpressionSyntax choice && node != choice.GoverningExpression
               || node.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.AsExpression } binary && (node == binary.Left || binary.IsKind(SyntaxKind.CoalesceExpression)))
            node = node.Parent;

        switch (node.Parent)
        {
            case ExpressionStatementSyntax:
                Add(UseKind.Discard, node);
                break;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } clause:
                if (declarator.Parent?.Parent is UsingStatementSyntax || declarator.Parent?.Parent is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }) Add(UseKind.Dispose, clause);
                Into(program.Model(declarator.SyntaxTree).GetDeclaredSymbol(declarator, cancellation), declarator);
                break;
            case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property }:
                Into(program.Model(property.SyntaxTree).GetDeclaredSymbol(property, cancellation), property);
                break;
            case AssignmentExpressionSyntax assignment when assignment.Left == node:
                Add(UseKind.Neutral, node);
                break;
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment:
                Assigned(assignment);
                break;
            case UsingStatementSyntax:
                Add(UseKind.Dispose, node);
                break;
            case CommonForEachStatementSyntax loop when loop.Expression == node:
                Add(UseKind.Enumerate, loop);
                break;
            case MemberAccessExpressionSyntax access when access.Expression == node:
                Accessed(access.Name, access);
                break;
            case ConditionalAccessExpressionSyntax access when access.Expression == node:
                if (access.WhenNotNull.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().FirstOrDefault() is { } binding) Accessed(binding.Name, binding);
                else Add(UseKind.Escape, node);
                break;
            case ArgumentSyntax argument:
                Argument(argument);
                break;
            case ReturnStatementSyntax or ArrowExpressionClauseSyntax when Returning(node) is { } method:
                Returned(method, node);
                break;
            case TupleExpressionSyntax or InitializerExpressionSyntax or CollectionElementSyntax or LambdaExpressionSyntax:
                Add(UseKind.Escape, node);
                if (Carrier(node.Parent) is { } carrier) Follow(carrier);
                else if (node.Parent is LambdaExpressionSyntax { Parent: ArgumentSyntax factory }) Argument(factory);
                break;
            case InvocationExpressionSyntax made when made.Expression == node:
                // A lambda that makes the object is called.
                Follow(made);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression or (int)SyntaxKind.IsExpression }:
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax or TypePatternSyntax }:
            case InterpolationSyntax:
                Add(UseKind.Neutral, node);
                break;
            default:
                Add(UseKind.Escape, node);
                break;
        }
    }

    private IMethodSymbol? Returning(SyntaxNode value)
    {
        if (value.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is not null) return null;
        SyntaxNode? owner = value.FirstAncestorOrSelf<LocalFunctionStatementSyntax>();
        owner ??= value.FirstAncestorOrSelf<MethodDeclarationSyntax>();
        return owner is null ? null : program.Model(owner.SyntaxTree).GetDeclaredSymbol(owner, cancellation) as IMethodSymbol;
    }

    // What a method returns is followed to all who call it, where these can be seen.
    private void Returned(IMethodSymbol method, SyntaxNode node)
    {
        method = method.OriginalDefinition;
        var names = Declarations(method);
        var open = method.IsVirtual || method.IsAsync || method.IsExtensionMethod || VisibleOutside(method) || names.Count > 1;
        if (open) Add(UseKind.Escape, node);
        if (!seen.Add(method)) return;
        var called = open;
        foreach (var member in program.Mentioning(method))
        {
            var model = program.Model(member.Node.SyntaxTree);
            foreach (var name in member.Nodes.SelectMany(n => n.DescendantNodes()).OfType<SimpleNameSyntax>().Where(n => n.Identifier.ValueText == method.Name))
            {
                if (model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition is not IMethodSymbol target || !names.Contains(target)) continue;
                called = true;
                SyntaxNode callee = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name.Parent is MemberBindingExpressionSyntax binding ? binding : name;
                if (callee.Parent is InvocationExpressionSyntax call && callee is not MemberBindingExpressionSyntax)
                {
                    Add(UseKind.Handed, call, method);
                    Follow(call);
                }
                else
                {
                    Add(UseKind.Escape, callee);
                }
            }
        }

        if (!called) Add(UseKind.Escape, node);
    }

    // The method, and those that a caller may name instead: what it overrides, and the members of interfaces that it stands for.
    private static HashSet<ISymbol> Declarations(IMethodSymbol method)
    {
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { method };
        for (var m = method.OverriddenMethod; m is not null; m = m.OverriddenMethod) found.Add(m.OriginalDefinition);
        if (method.IsStatic || method.DeclaredAccessibility != Accessibility.Public) return found;
        foreach (var face in method.ContainingType.AllInterfaces)
            foreach (var member in face.GetMembers(method.Name))
                if (SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method)) found.Add(member.OriginalDefinition);
        return found;
    }

    // The collection (or sequence) that a value is an element of: what happens to it happens to the element.
    private static SyntaxNode? Carrier(SyntaxNode element) => element switch
    {
        TupleExpressionSyntax => element,
        InitializerExpressionSyntax { Parent: BaseObjectCreationExpressionSyntax or ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax } initializer => initializer.Parent,
        CollectionElementSyntax { Parent: { } collection } => collection,
        LambdaExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Select" } } select } } => select,
        _ => null,
    };

    private void Assigned(AssignmentExpressionSyntax assignment)
    {
        // `using (_ = NewDisposeScope())`
        if (assignment.Parent is UsingStatementSyntax) Add(UseKind.Dispose, assignment);
        if (assignment.Left is IdentifierNameSyntax { Identifier.ValueText: "_" } && program.Model(assignment.SyntaxTree).GetSymbolInfo(assignment.Left, cancellation).Symbol is IDiscardSymbol)
        {
            Add(UseKind.Discard, assignment);
            return;
        }

        Into(program.Model(assignment.SyntaxTree).GetSymbolInfo(assignment.Left, cancellation).Symbol, assignment);
    }

    private void Into(ISymbol? symbol, SyntaxNode node)
    {
        switch (symbol)
        {
            case ILocalSymbol or IParameterSymbol:
                Symbol(symbol);
                break;
            case IFieldSymbol or IPropertySymbol when symbol.ContainingAssembly is ISourceAssemblySymbol && symbol is not IPropertySymbol { IsIndexer: true }:
                Add(UseKind.Store, node, member: symbol);
                Symbol(symbol);
                break;
            default:
                Add(UseKind.Escape, node);
                break;
        }
    }

    private void Accessed(SimpleNameSyntax name, SyntaxNode access)
    {
        if (program.Model(name.SyntaxTree).GetSymbolInfo(name, cancellation).Symbol is not IMethodSymbol method)
        {
            // A property of the object is read.
            Add(UseKind.Neutral, access);
            return;
        }

        if (access.Parent is not InvocationExpressionSyntax call)
        {
            Add(UseKind.Escape, access);
            return;
        }

        if (method.Name == "Dispose") Add(UseKind.Dispose, call);
        Add(UseKind.Call, call, method);
        var op = program.Torch.OperationOf(method);

        // `var model = new Net().to(device);` is still the same object; an extension method of ours gets it as an argument.
        if (op == TorchOp.MoveModule || ReturnsItself(method)) Follow(call);
        else if (method.ReducedFrom is { } extension && extension.Locations.Any(l => l.IsInSource)) Symbol(extension.Parameters[0]);
        else if (op == TorchOp.None && method.ReducedFrom is not null && !TorchSymbols.IsLibrary(method))
        {
            Add(UseKind.Escape, call);
            if (method.Name is "ToArray" or "ToList") Follow(call);
        }
        else if (method.Name == "ToArray" && !TorchSymbols.IsLibrary(method))
        {
            Follow(call);
        }
    }

    // `public Net to(Device device) { ...; return this; }`
    private bool ReturnsItself(IMethodSymbol method) =>
        !method.IsStatic && method.ReducedFrom is null && SymbolEqualityComparer.Default.Equals(method.ReturnType, method.ContainingType)
        && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is MethodDeclarationSyntax declaration
        && (declaration.ExpressionBody?.Expression is ThisExpressionSyntax
            || declaration.Body is { } body && body.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().All(r => r.Expression is ThisExpressionSyntax));

    private void Argument(ArgumentSyntax argument)
    {
        if (argument.Parent?.Parent is not { } call || argument.Parent is not ArgumentListSyntax list || program.Model(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method)
        {
            var library = argument.Parent is TupleExpressionSyntax tuple ? TupleInLibraryCall(tuple) : null;
            Add(library is null ? UseKind.Escape : UseKind.Argument, argument, library);
            if (library is null && argument.Parent is TupleExpressionSyntax item) Follow(item);
            return;
        }

        if (TorchSymbols.IsLibrary(method))
        {
            Add(UseKind.Argument, argument, method);
            if (program.Torch.OperationOf(method) == TorchOp.MoveModule) Follow(call);
            return;
        }

        var definition = (method.ReducedFrom ?? method).OriginalDefinition;
        var offset = method.ReducedFrom is null ? 0 : 1;
        var parameter = argument.NameColon is { } named
            ? definition.Parameters.FirstOrDefault(p => p.Name == named.Name.Identifier.ValueText)
            : definition.Parameters.ElementAtOrDefault(list.Arguments.IndexOf(argument) + offset);
        if (parameter is null || parameter.IsParams || !definition.Locations.Any(l => l.IsInSource) || definition.IsAbstract || definition.IsVirtual || definition.IsOverride)
        {
            Add(UseKind.Escape, argument, method);

            // `layers.Add(new Block())`: what happens to the list happens to the block.
            if (method.Name == "Add" && call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax collection } }
                && program.Model(call.SyntaxTree).GetSymbolInfo(collection, cancellation).Symbol is ILocalSymbol or IParameterSymbol)
                Symbol(program.Model(call.SyntaxTree).GetSymbolInfo(collection, cancellation).Symbol!);
            return;
        }

        Symbol(parameter);
    }

    // `Sequential(("a", layer), ("b", layer))`
    private IMethodSymbol? TupleInLibraryCall(TupleExpressionSyntax tuple) =>
        tuple.Parent is ArgumentSyntax { Parent.Parent: { } call } && program.Model(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && TorchSymbols.IsLibrary(method) ? method : null;

    // Everything done with what a variable holds.
    private void Symbol(ISymbol symbol)
    {
        symbol = symbol.OriginalDefinition;
        if (!seen.Add(symbol)) return;
        if (seen.Count > MaxSymbols)
        {
            Add(UseKind.Escape, symbol.DeclaringSyntaxReferences.First().GetSyntax(cancellation));
            return;
        }

        var visible = symbol is IFieldSymbol or IPropertySymbol;
        if (visible && VisibleOutside(symbol)) Add(UseKind.Escape, symbol.DeclaringSyntaxReferences.First().GetSyntax(cancellation), member: symbol);
        foreach (var scope in visible ? MembersMentioning(symbol) : Scope(symbol))
        {
            var model = program.Model(scope.SyntaxTree);
            foreach (var name in program.Mentions(scope, symbol.Name))
            {
                if (!SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, symbol)) continue;
                SyntaxNode reference = name.Parent switch
                {
                    MemberAccessExpressionSyntax access when access.Name == name => access,
                    MemberBindingExpressionSyntax binding => binding,
                    _ => name,
                };
                if (reference.Parent is NameColonSyntax or NameEqualsSyntax) continue;
                Follow(reference);
            }
        }

        // A property that hands the field out.
        if (symbol is IFieldSymbol field)
            foreach (var property in field.ContainingType.GetMembers().OfType<IPropertySymbol>())
                if (SymbolEqualityComparer.Default.Equals(program.BackingOf(property), field)) Symbol(property);
    }

    private bool VisibleOutside(ISymbol symbol)
    {
        if (program.Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary) return false;
        for (var s = symbol; s is not null and not INamespaceSymbol; s = s.ContainingSymbol)
            if (s.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal) return false;
        return true;
    }

    private IEnumerable<SyntaxNode> MembersMentioning(ISymbol symbol)
    {
        foreach (var member in program.Mentioning(symbol))
        {
            // The getter that hands a field out is not a use of it; the property is followed instead.
            if (member.Node is PropertyDeclarationSyntax property && program.Model(property.SyntaxTree).GetDeclaredSymbol(property, cancellation) is { } declared
                && SymbolEqualityComparer.Default.Equals(program.BackingOf(declared), symbol)) continue;
            foreach (var node in member.Nodes) yield return node;
        }
    }

    private IEnumerable<SyntaxNode> Scope(ISymbol local)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) yield break;
        var node = declaration;
        while (node.Parent is not null and not (BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax or BasePropertyDeclarationSyntax or GlobalStatementSyntax or FieldDeclarationSyntax or TypeDeclarationSyntax))
            node = node.Parent;
        node = node.Parent ?? node;
        if (node is GlobalStatementSyntax)
        {
            foreach (var statement in node.Parent!.ChildNodes().OfType<GlobalStatementSyntax>()) yield return statement;
            yield break;
        }

        yield return node;
    }
}
