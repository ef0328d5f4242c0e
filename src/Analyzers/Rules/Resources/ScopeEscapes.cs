using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>A tensor that a dispose scope takes along although it is wanted later.</summary>
/// <param name="At">Where it leaves the scope's text: what is returned or assigned, or a sum as a whole.</param>
/// <param name="Scope">The call that began the scope.</param>
/// <param name="Use">Where it is wanted; null where it is returned.</param>
/// <param name="ToField">Whether it goes into a member, which no outer scope should own.</param>
internal sealed record ScopeEscape(ExpressionSyntax At, SyntaxNode Scope, SyntaxNode? Use, bool ToField);

/// <summary>Finds tensors that leave their dispose scope alive in the text and dead in the run.</summary>
internal sealed class ScopeEscapes
{
    private static readonly string[] Takers = ["Add", "Enqueue", "Push", "Insert", "AddLast", "AddFirst", "TryAdd"];

    // What may be done with a collection, or a tensor, that has gone with its scope.
    private static readonly string[] Harmless = ["Dispose", "Clear", "Count", "Capacity", "EnsureCapacity", "IsInvalid"];

    private readonly BodyReport body;
    private readonly SemanticModel model;
    private readonly List<SyntaxNode> scopes;
    private readonly List<SyntaxNode> nodes;
    private readonly HashSet<SyntaxNode> seen = [];

    private ScopeEscapes(BodyReport body, List<SyntaxNode> nodes)
    {
        this.body = body;
        this.nodes = nodes;
        model = body.Program.Model(body.Body.Syntax.SyntaxTree);
        scopes = body.Events(EventKind.Scope).Select(e => e.Node).Distinct().ToList();
    }

    public static IEnumerable<ScopeEscape> Of(BodyReport body)
    {
        if (body.Events(EventKind.Scope).Count == 0) return [];

        // An iterator hands its tensors out while the scope is open.
        var nodes = Guards.NodesIn(body.Body.Syntax, body.Body.Syntax.Span).ToList();
        return nodes.Exists(n => n is YieldStatementSyntax) ? [] : new ScopeEscapes(body, nodes).All();
    }

    private IEnumerable<ScopeEscape> All() =>
        Returned().Concat(Read()).Concat(Kept()).Concat(Collected()).Where(e => seen.Add(e.At) && IsOwn(e.Scope)).OrderBy(e => e.At.SpanStart);

    // Whether the scope stays in this body, on this thread.
    private bool IsOwn(SyntaxNode scope) =>
        (Guards.Region(scope) is null || !NodesUnder(scope).Any(n => n is AwaitExpressionSyntax or YieldStatementSyntax))
        && !body.UsesOf(scope).Any(u => u.Kind is UseKind.Escape or UseKind.Handed or UseKind.Store);

    private IEnumerable<SyntaxNode> NodesUnder(SyntaxNode scope)
    {
        var region = Guards.Region(scope) ?? Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(scope.Span.End, body.Body.Syntax.Span.End);
        return nodes.Where(n => region.Contains(n.Span));
    }

    // The scope of this body that owns what the expression yields.
    private SyntaxNode? OwnerOf(SyntaxNode expression)
    {
        if (body.ValueOf(expression).Fact is not TensorFact { Owner: { } owner } || !scopes.Contains(owner) || body.Torch.Is(model.GetTypeInfo(expression, body.Cancellation).Type, TorchType.Parameter)) return null;
        return MayBeReleased(expression, owner) ? null : owner;
    }

    // A method of the user's that was given the tensor may have taken it out of the scope; registering it with a module does.
    private bool MayBeReleased(SyntaxNode expression, SyntaxNode scope) =>
        expression is IdentifierNameSyntax { Identifier.ValueText: var name } && NodesUnder(scope).Any(n => n is ArgumentSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var given }, Parent.Parent: InvocationExpressionSyntax call } && given == name
            && model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method && (TorchSymbols.IsLibrary(method) ? TorchVocabulary.KeepingNames.Contains(method.Name)
            : method.DeclaringSyntaxReferences.Any(r => body.Program.Index.Around(r.GetSyntax(body.Cancellation)) is { } member && TorchVocabulary.ReleaseNames.Any(member.Names.Contains))));

    private static ExpressionSyntax Plain(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax inner:
                    expression = inner.Expression;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } inner:
                    expression = inner.Operand;
                    break;
                default:
                    return expression;
            }
        }
    }

    // The tensors that a result is put together of.
    private static IEnumerable<ExpressionSyntax> Parts(ExpressionSyntax expression) => Plain(expression) switch
    {
        TupleExpressionSyntax tuple => tuple.Arguments.SelectMany(a => Parts(a.Expression)),
        CollectionExpressionSyntax collection => collection.Elements.OfType<ExpressionElementSyntax>().SelectMany(e => Parts(e.Expression)),
        ArrayCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions.SelectMany(Parts),
        ImplicitArrayCreationExpressionSyntax { Initializer: var initializer } => initializer.Expressions.SelectMany(Parts),
        BaseObjectCreationExpressionSyntax { Initializer: { } initializer } => initializer.Expressions.SelectMany(e => Parts(e is AssignmentExpressionSyntax assignment ? assignment.Right : e)),
        InitializerExpressionSyntax initializer => initializer.Expressions.SelectMany(Parts),
        var other => [other],
    };

    // Returned.

    private IEnumerable<ScopeEscape> Returned()
    {
        foreach (var node in nodes)
        {
            if (node is not ReturnStatementSyntax { Expression: { } result }) continue;
            foreach (var part in Parts(result))
                if (OwnerOf(part) is { } scope && EndsAt(scope, node)) yield return new(part, scope, null, false);
        }
    }

    private bool EndsAt(SyntaxNode scope, SyntaxNode node) =>
        Guards.Region(scope) is { } region ? region.Contains(node.Span) : body.Flow.Exit is { } exit && exit.Ended.Contains(scope) && body.Flow.Events.All(e => e.Node != scope || e.Node.SpanStart < node.SpanStart);

    // Read again in this body.

    private IEnumerable<ScopeEscape> Read()
    {
        foreach (var read in body.Events(EventKind.LostRead))
        {
            if (read.Subject.Path is not { Symbol: { } name } path || read.Scope is not { } scope || !scopes.Contains(scope) || IsHarmless(read.Node)) continue;
            foreach (var at in AssignedUnder(scope, name)) yield return new(at, scope, read.Node, !path.Members.IsEmpty);
        }
    }

    // `x?.Dispose()`, `x is null`: nothing that needs the tensor.
    private static bool IsHarmless(SyntaxNode reference)
    {
        var node = reference;
        while (node.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax || node.Parent is MemberAccessExpressionSyntax access && access.Name == node) node = node.Parent;
        return node.Parent switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => Harmless.Contains(member),
            ConditionalAccessExpressionSyntax { WhenNotNull: var rest } => rest.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().FirstOrDefault() is { Name.Identifier.ValueText: var member } && Harmless.Contains(member),
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } => true,
            IsPatternExpressionSyntax => true,
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } } => true,
            AssignmentExpressionSyntax assignment => assignment.Left == node && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression),
            _ => false,
        };
    }

    // What the scope's text last puts into the variable or member, where the scope owns it.
    private IEnumerable<ExpressionSyntax> AssignedUnder(SyntaxNode scope, ISymbol name)
    {
        foreach (var node in NodesUnder(scope))
        {
            if (node is not AssignmentExpressionSyntax assignment) continue;
            if (assignment.Left is TupleExpressionSyntax tuple)
            {
                foreach (var argument in tuple.Arguments)
                    if (IsNamed(argument.Expression, name)) yield return argument.Expression;
            }
            else if (IsNamed(assignment.Left, name))
            {
                if (assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && OwnerOf(Plain(assignment.Right)) == scope) yield return assignment.Right;
                else if (assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && Plain(assignment.Right) is TupleExpressionSyntax items && Parts(items).FirstOrDefault(p => OwnerOf(p) == scope) is { } item) yield return item;
                else if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && (OwnerOf(assignment) == scope || OwnerOf(assignment.Right) == scope)) yield return assignment;
            }
        }
    }

    private bool IsNamed(ExpressionSyntax target, ISymbol name)
    {
        var simple = target switch { IdentifierNameSyntax identifier => identifier, MemberAccessExpressionSyntax access => access.Name, _ => null };
        if (simple is null) return false;
        var symbol = model.GetSymbolInfo(target, body.Cancellation).Symbol?.OriginalDefinition;
        if (symbol is IPropertySymbol property) symbol = body.Program.BackingOf(property);
        return SymbolEqualityComparer.Default.Equals(symbol, name);
    }

    // Kept in a member, or in a variable of the body around, that is read elsewhere.

    private IEnumerable<ScopeEscape> Kept()
    {
        if (body.Flow.Exit is not { Lost: { IsEmpty: false } lost }) yield break;
        foreach (var pair in lost.OrderBy(p => p.Value.SpanStart).ThenBy(p => p.Key.ToString(), StringComparer.Ordinal))
        {
            if (pair.Key.Symbol is not { } name || !scopes.Contains(pair.Value) || pair.Key.HasElement) continue;
            var outer = pair.Key.IsLocal && !SymbolEqualityComparer.Default.Equals(name.ContainingSymbol, body.Body.Owner);
            if (!outer && (pair.Key.Members.Length != 1 || body.Body.Method is { MethodKind: MethodKind.Constructor })) continue;
            var writes = AssignedUnder(pair.Value, name).ToList();
            if (writes.Count == 0 || ReadElsewhere(pair.Value, name, writes[0], outer) is not { } use) continue;
            yield return new(writes[writes.Count - 1], pair.Value, use, !outer);
        }
    }

    private SyntaxNode? ReadElsewhere(SyntaxNode scope, ISymbol name, SyntaxNode first, bool outer)
    {
        foreach (var use in body.UsesOf(name))
        {
            if (use.Kind is not (UseKind.Call or UseKind.Argument or UseKind.Handed or UseKind.Enumerate or UseKind.Escape) || use.Member is not null && use.Kind == UseKind.Escape) continue;
            if (use.Kind == UseKind.Call && use.Method is { Name: nameof(IDisposable.Dispose) }) continue;
            var here = use.Node.SyntaxTree == scope.SyntaxTree && body.Body.Syntax.Span.Contains(use.Node.Span);

            // In this body only the next call, or the next round, would read what this one has lost.
            if (!here)
            {
                // Whoever writes it himself may do so before he reads it.
                if (!outer && body.Program.Index.Around(use.Node) is { } member && member.Assigned.Contains(name.Name)) continue;
                return use.Node;
            }

            if (!outer && use.Node.Span.End < first.SpanStart && !first.Parent!.Span.Contains(use.Node.Span)) return use.Node;
        }

        return null;
    }

    // Put into a collection that lives longer.

    private IEnumerable<ScopeEscape> Collected()
    {
        foreach (var scope in scopes)
        {
            if (Guards.Region(scope) is not { } region) continue;
            foreach (var node in NodesUnder(scope))
            {
                var (collection, tensor) = node switch
                {
                    InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var receiver }, ArgumentList.Arguments: [.., var last] } when Takers.Contains(name) => (receiver, last.Expression),
                    AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { Expression: var receiver }, Right: var right } => (receiver, right),
                    _ => (null, null),
                };
                if (collection is null || tensor is null || !Parts(tensor).Any(p => OwnerOf(p) == scope) || model.GetSymbolInfo(collection, body.Cancellation).Symbol is not { } symbol || body.Torch.Is(model.GetTypeInfo(collection, body.Cancellation).Type, TorchType.Tensor)) continue;
                if (node is InvocationExpressionSyntax && (model.GetSymbolInfo(node, body.Cancellation).Symbol is not IMethodSymbol taker || taker.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) != true)) continue;
                foreach (var part in Parts(tensor))
                    if (OwnerOf(part) == scope && !ReleasedLater(node, region) && ReadLater(symbol, scope, region) is { } use)
                        yield return new(part, scope, use, symbol is IFieldSymbol or IPropertySymbol);
            }
        }
    }

    private bool ReleasedLater(SyntaxNode node, Microsoft.CodeAnalysis.Text.TextSpan region) => body.Events(EventKind.ScopeCall).Any(e => e.Node.SpanStart > node.SpanStart && region.Contains(e.Node.Span)
        && e.Operation is IInvocationOperation { TargetMethod: var method } && body.Torch.OperationOf(method) != TorchOp.DisposeEverything);

    private SyntaxNode? ReadLater(ISymbol collection, SyntaxNode scope, Microsoft.CodeAnalysis.Text.TextSpan region)
    {
        if (collection is IFieldSymbol or IPropertySymbol)
            return body.UsesOf(collection).FirstOrDefault(u => u.Kind is UseKind.Call or UseKind.Argument or UseKind.Enumerate && !(u.Kind == UseKind.Call && (Takers.Contains(u.Method!.Name) || Harmless.Contains(u.Method.Name)))
                && !(u.Node.SyntaxTree == scope.SyntaxTree && body.Body.Syntax.Span.Contains(u.Node.Span) && region.Contains(u.Node.Span)))?.Node;
        if (collection is not ILocalSymbol local || local.DeclaringSyntaxReferences.Any(r => region.Contains(r.Span))) return null;
        return nodes.FirstOrDefault(n => n is IdentifierNameSyntax { Identifier.ValueText: var name } && name == local.Name
            && (region.Contains(n.Span) ? n.Parent is ReturnStatementSyntax : n.SpanStart > region.End && !IsHarmless(n) && !IsTaking(n))
            && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, body.Cancellation).Symbol, local));
    }

    private static bool IsTaking(SyntaxNode reference) =>
        reference.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Parent: InvocationExpressionSyntax } && Takers.Contains(name)
        || reference.Parent is ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } element && assignment.Left == element;
}
