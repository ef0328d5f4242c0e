using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// What one compilation says about training: bodies and their flows, on demand and cached; who calls whom; what a field holds.
/// Everything here is independent of which rules ask, and of the order in which they do.
/// </summary>
internal sealed partial class TrainingProgram
{
    /// <summary>How many callers up a question is passed on before the answer is "unknown".</summary>
    public const int ContextDepth = 3;

    /// <summary>Callers of one caller: three levels of hundreds, each calling all of the next, would be millions of ways.</summary>
    private const int MaxFarCallers = 12;

    /// <summary>Using declarations in one body.</summary>
    private const int MaxUsings = 500;

    /// <summary>The characters of the shortest one, <c>using var x=y;</c>.</summary>
    private const int ShortestUsing = 14;

    /// <summary>Implementations of one virtual call that are followed.</summary>
    private const int MaxImplementations = 8;

    /// <summary>Calls inside calls that are followed; deeper ones are unknown.</summary>
    private const int MaxDepth = 24;

    [ThreadStatic]
    private static Recursion? recursion;

    private readonly object indexing = new();
    private readonly CancellationToken ending;
    private CallIndex? index;
    private readonly ConcurrentDictionary<ISymbol, Body?> bodies = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<(Body Body, bool FieldFacts), BodyFlow> flows = new();
    private readonly ConcurrentDictionary<(Body Body, bool FieldFacts), BodyFlow> truncatedFlows = new();
    private readonly ConcurrentDictionary<ISymbol, Fact?> fieldFacts = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IPropertySymbol, ISymbol> backing = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<Body, ImmutableArray<(Body Caller, CallSite Site)>> callers = new();
    private readonly ConcurrentDictionary<IOperation, HashSet<ISymbol>> trained = new();
    private readonly ConcurrentDictionary<SyntaxNode, ILookup<string, IdentifierNameSyntax>> names = new();
    private readonly ConcurrentDictionary<ISymbol, Path?> aliases = new(SymbolEqualityComparer.Default);

    public TrainingProgram(Compilation compilation, TorchSymbols torch, CancellationToken cancellation)
    {
        Compilation = compilation;
        Torch = torch;
        ending = cancellation;
    }

    public Compilation Compilation { get; }

    public TorchSymbols Torch { get; }

    public CallIndex Index
    {
        get
        {
            if (Volatile.Read(ref index) is { } known) return known;

            // Once for all threads; not Lazy, which would remember that an attempt was cancelled.
            lock (indexing) return index ??= new CallIndex(Compilation, TorchVocabulary.EventNames, TorchVocabulary.CreationNames, ending);
        }
    }

    /// <summary>The members whose text names a member or type of this compilation, and that can mean it.</summary>
    public IEnumerable<MemberText> Mentioning(ISymbol symbol) => Concerning(Index.Mentioning(symbol.Name), symbol);

    /// <summary>The members whose text assigns a member of this compilation, and that can mean it.</summary>
    public IEnumerable<MemberText> Assigning(ISymbol symbol) => Concerning(Index.Assigning(symbol.Name), symbol);

    /// <summary>Whether an object of one place may come to the other, as far as the files tell.</summary>
    public bool MayMeet(SyntaxNode one, SyntaxNode other) => Index.Reach.MayMeet(one.SyntaxTree, other.SyntaxTree);

    // By accessibility and by what a file can see. What has another declaration, in a base type or an interface, is meant by whoever names that.
    private IEnumerable<MemberText> Concerning(IEnumerable<MemberText> texts, ISymbol symbol)
    {
        var within = symbol.DeclaredAccessibility == Accessibility.Private ? symbol.ContainingType : null;
        var declared = (within ?? symbol).DeclaringSyntaxReferences;
        var dispatched = symbol.IsOverride || symbol is not (IFieldSymbol or ITypeSymbol) && symbol is { IsStatic: false, ContainingType.AllInterfaces.IsEmpty: false };
        foreach (var text in texts)
        {
            var tree = text.Node.SyntaxTree;
            foreach (var declaration in declared)
            {
                if (!(within is not null ? declaration.SyntaxTree == tree && declaration.Span.Contains(text.Node.Span)
                    : dispatched ? Index.Reach.MayMeet(declaration.SyntaxTree, tree) : Index.Reach.CanName(tree, declaration.SyntaxTree))) continue;
                yield return text;
                break;
            }
        }
    }

    public bool IsHot(IMethodSymbol method) => method.DeclaringSyntaxReferences.Any(r => Index.IsHot(r.GetSyntax()));

    // Bodies.

    /// <summary>The body of a method of this compilation, or of a lambda or local function seen from <paramref name="from"/>; null where there is none.</summary>
    public Body? BodyOf(IMethodSymbol method, Body? from, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        switch (method.MethodKind)
        {
            case MethodKind.LocalFunction:
                return from?.LocalFunction(method, cancellation) ?? OuterBody(method, cancellation)?.LocalFunction(method, cancellation);
            case MethodKind.AnonymousFunction:
                return from?.KnownLambda(method);
            case MethodKind.ReducedExtension:
                return BodyOf(method.ReducedFrom!, from, cancellation);
        }

        method = method.PartialImplementationPart ?? method;
        return bodies.TryGetValue(method, out var known) ? known : bodies.GetOrAdd(method, MakeBody(method, cancellation));
    }

    /// <summary>The body of a method, or of the initializer of a field or property.</summary>
    public Body? BodyOwnedBy(ISymbol owner, CancellationToken cancellation) => owner switch
    {
        IMethodSymbol method => BodyOf(method, null, cancellation),
        IFieldSymbol or IPropertySymbol => InitializerOf(owner, cancellation),
        _ => null,
    };

    private Body? OuterBody(ISymbol inner, CancellationToken cancellation)
    {
        var outer = inner.ContainingSymbol;
        while (outer is IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction }) outer = outer.ContainingSymbol;
        return outer is IMethodSymbol method ? BodyOf(method, null, cancellation) : null;
    }

    /// <summary>The body of a field's or property's initializer.</summary>
    public Body? InitializerOf(ISymbol member, CancellationToken cancellation) => bodies.GetOrAdd(member, m =>
    {
        EqualsValueClauseSyntax? clause = m.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        };
        return clause is null ? null : Graph(clause, cancellation) is { } graph ? new Body(m, clause, graph, null) : null;
    });

    private Body? MakeBody(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.IsAbstract || method.IsExtern || method.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference) return null;
        var syntax = reference.GetSyntax(cancellation);
        return Graph(syntax, cancellation) is { } graph ? new Body(method, syntax, graph, null) : null;
    }

#pragma warning disable RS1030 // Callees stand in other trees; inside the driver this hands out its own, cached models.
    public SemanticModel Model(SyntaxTree tree) => Compilation.GetSemanticModel(tree);
#pragma warning restore RS1030

    // In a graph each using declaration stands inside those before it, and Roslyn goes as deep to make it: the stack is finite.
    private static bool NestsTooDeep(SyntaxNode syntax) =>
        syntax.Span.Length > MaxUsings * ShortestUsing && syntax.DescendantNodes().Count(n => n is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }) > MaxUsings;

    private ControlFlowGraph? Graph(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (!Compilation.ContainsSyntaxTree(syntax.SyntaxTree) || NestsTooDeep(syntax)) return null;
        return Model(syntax.SyntaxTree).GetOperation(syntax, cancellation) switch
        {
            IMethodBodyOperation { Parent: null } body => ControlFlowGraph.Create(body, cancellation),
            IConstructorBodyOperation { Parent: null } body => ControlFlowGraph.Create(body, cancellation),
            IBlockOperation { Parent: null } body => ControlFlowGraph.Create(body, cancellation),
            IFieldInitializerOperation { Parent: null } initializer => ControlFlowGraph.Create(initializer, cancellation),
            IPropertyInitializerOperation { Parent: null } initializer => ControlFlowGraph.Create(initializer, cancellation),
            _ => null,
        };
    }

    /// <summary>The bodies that a member's text stands for, without those nested in them.</summary>
    public IEnumerable<Body> BodiesOf(MemberText member, CancellationToken cancellation)
    {
        var model = Model(member.Node.SyntaxTree);
        switch (member.Node)
        {
            case GlobalStatementSyntax:
                if (model.GetDeclaredSymbol(member.Node.SyntaxTree.GetRoot(cancellation), cancellation) is IMethodSymbol entry && BodyOf(entry, null, cancellation) is { } topLevel) yield return topLevel;
                break;
            case BaseMethodDeclarationSyntax method:
                if (model.GetDeclaredSymbol(method, cancellation) is { } symbol && BodyOf(symbol, null, cancellation) is { } body) yield return body;
                break;
            case FieldDeclarationSyntax field:
                foreach (var variable in field.Declaration.Variables)
                    if (model.GetDeclaredSymbol(variable, cancellation) is { } declared && InitializerOf(declared, cancellation) is { } initializer) yield return initializer;
                break;
            case PropertyDeclarationSyntax property:
                if (model.GetDeclaredSymbol(property, cancellation) is not { } p) break;
                if (p.GetMethod is { } getter && BodyOf(getter, null, cancellation) is { } get) yield return get;
                if (p.SetMethod is { } setter && BodyOf(setter, null, cancellation) is { } set) yield return set;
                if (property.Initializer is not null && InitializerOf(p, cancellation) is { } initial) yield return initial;
                break;
        }
    }

    /// <summary>The flows of a body and of all lambdas and local functions in it.</summary>
    public IEnumerable<BodyFlow> FlowsIn(Body body, bool fieldFacts, CancellationToken cancellation)
    {
        var flow = Flow(body, fieldFacts, cancellation);
        yield return flow;
        foreach (var nested in flow.Nested.Distinct())
            foreach (var inner in FlowsIn(nested, fieldFacts, cancellation)) yield return inner;
    }

    // Flows.

    /// <summary>
    /// What a body does. With <paramref name="withFieldFacts"/> it may use what is known of fields; what fields hold is computed
    /// without, so that the two never wait for each other.
    /// </summary>
    /// <remarks>
    /// Bodies that call each other in a circle are computed together, always beginning with the one that stands first in the sources:
    /// a call back into the circle is unknown, each body is run once, and the result does not depend on which of them was asked for first.
    /// </remarks>
    public BodyFlow Flow(Body body, bool withFieldFacts, CancellationToken cancellation)
    {
        var key = (body, withFieldFacts);
        if (flows.TryGetValue(key, out var known)) return known;
        if (recursion is null && truncatedFlows.TryGetValue(key, out known)) return known;
        var run = recursion ??= new();
        if (run.Waiting.TryGetValue(key, out var waiting))
        {
            run.Cut = Math.Min(run.Cut, waiting.Cut);
            return waiting.Flow;
        }

        var at = run.Stack.IndexOf(key);
        if (at >= 0 || run.Stack.Count >= MaxDepth)
        {
            if (at >= 0) run.Cut = Math.Min(run.Cut, at);
            else run.Truncated = true;
            return new BodyFlow(body) { Unknown = true };
        }

        var (outerCut, outerTruncated, depth) = (run.Cut, run.Truncated, run.Stack.Count);
        (run.Cut, run.Truncated) = (int.MaxValue, false);
        run.Stack.Add(key);
        try
        {
            var flow = BodyInterpreter.Run(this, body, withFieldFacts, cancellation);
            var (cut, truncated) = (run.Cut, run.Truncated);
            (run.Cut, run.Truncated) = (Math.Min(outerCut, cut < depth ? cut : int.MaxValue), outerTruncated || truncated);

            // It depends on a body further down the stack, which will settle the matter, or on one that was too deep to be seen.
            if (cut < depth || truncated)
            {
                run.Waiting[key] = (flow, cut < depth ? cut : int.MaxValue, truncated);

                // Rule after rule asks for it from outside, where it is always as deep as now; inside of another body it stands deeper.
                return depth == 0 ? truncatedFlows.GetOrAdd(key, flow) : flow;
            }

            return Settle(run, key, flow, depth, cancellation);
        }
        finally
        {
            run.Stack.RemoveRange(depth, run.Stack.Count - depth);
            if (depth == 0) recursion = null;
        }
    }

    // The first body of a circle that was asked for is done, and so are all others in it.
    private BodyFlow Settle(Recursion run, (Body Body, bool FieldFacts) key, BodyFlow flow, int depth, CancellationToken cancellation)
    {
        if (run.Waiting.Count == 0) return flows.GetOrAdd(key, flow);
        var circle = run.Waiting.Where(w => w.Value.Cut >= depth && !w.Value.Truncated).ToList();
        foreach (var member in circle) run.Waiting.Remove(member.Key);
        var first = circle.Select(m => m.Key).Append(key)
            .OrderBy(k => k.Item1.Syntax.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(k => k.Item1.Syntax.SpanStart).ThenBy(k => k.Item2).First();
        if (!first.Equals(key))
        {
            run.Stack.RemoveRange(depth, run.Stack.Count - depth);
            Flow(first.Item1, first.Item2, cancellation);
            return flows.GetOrAdd(key, flow);
        }

        foreach (var member in circle) flows.TryAdd(member.Key, member.Value.Flow);
        return flows.GetOrAdd(key, flow);
    }

    /// <summary>The bodies that one thread is inside of, and the results that wait for one of these.</summary>
    private sealed class Recursion
    {
        public List<(Body, bool)> Stack { get; } = [];

        /// <summary>Results that depend on a body on the stack (the lowest one is <c>Cut</c>), or on one that was too deep.</summary>
        public Dictionary<(Body, bool), (BodyFlow Flow, int Cut, bool Truncated)> Waiting { get; } = [];

        /// <summary>The lowest body on the stack that the current one has met again.</summary>
        public int Cut { get; set; } = int.MaxValue;

        public bool Truncated { get; set; }
    }

    /// <summary>The bodies that a call may run; none where nothing in them can matter or they cannot be seen.</summary>
    public IReadOnlyList<Body> Implementations(IMethodSymbol method, Value receiver, Body from, CancellationToken cancellation, ITypeSymbol? instance = null)
    {
        if (method.MethodKind == MethodKind.LocalFunction) return BodyOf(method, from, cancellation) is { } local ? [local] : [];
        if (!Index.IsHot(method.Name) && !(Torch.IsModuleLike(method.ReturnType) || Torch.Is(method.ReturnType, TorchType.Optimizer) || Torch.Is(method.ReturnType, TorchType.Scheduler) || YieldsTensors(method.ReturnType))) return [];
        var definition = method.OriginalDefinition;
        var own = BodyOf(definition, from, cancellation);
        return (definition.IsVirtual || definition.IsAbstract || definition.IsOverride || definition.ContainingType?.TypeKind == TypeKind.Interface) && !definition.IsSealed
            ? Overriding(definition, own, receiver, instance, cancellation)
            : own is null ? [] : [own];
    }

    private List<Body> Overriding(IMethodSymbol definition, Body? own, Value receiver, ITypeSymbol? instance, CancellationToken cancellation)
    {
        var found = new List<Body>();
        if (own is not null) found.Add(own);
        var exact = ExactTypes(receiver);
        foreach (var member in Index.Declaring(definition.Name))
        {
            if (found.Count >= MaxImplementations) break;
            if (member.Node is not MethodDeclarationSyntax syntax || Model(syntax.SyntaxTree).GetDeclaredSymbol(syntax, cancellation) is not { } candidate) continue;
            if (!CanBe(instance, candidate.ContainingType) || !Overrides(candidate, definition) || BodyOf(candidate, null, cancellation) is not { } body) continue;
            if (!found.Contains(body)) found.Add(body);
        }

        if (exact.IsEmpty) return found;
        var chosen = exact.Select(t => found.Where(b => DerivesFrom(t, b.Type)).OrderByDescending(b => Depth(b.Type)).FirstOrDefault()).Where(b => b is not null).Distinct().ToList();
        return chosen.Count == exact.Length ? chosen! : found;
    }

    // A tensor, a tuple with one in it, or either from an async method.
    private bool YieldsTensors(ITypeSymbol type) =>
        Torch.Is(type, TorchType.Tensor)
        || type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(e => YieldsTensors(e.Type))
        || type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: [var result] } && YieldsTensors(result);

    // The enumerator that a foreach disposes of is nobody else's IDisposable.
    private static bool CanBe(ITypeSymbol? instance, INamedTypeSymbol type) =>
        instance is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } known || DerivesFrom(type, known.OriginalDefinition) || DerivesFrom(known, type.OriginalDefinition);

    private static ImmutableArray<INamedTypeSymbol> ExactTypes(Value receiver) => receiver.Fact switch
    {
        ModuleFact modules => modules.Made.Select(m => m.Type).ToImmutableArray(),
        ObjectFact made => ImmutableArray.Create(made.Type),
        _ => ImmutableArray<INamedTypeSymbol>.Empty,
    };

    private static bool Overrides(IMethodSymbol candidate, IMethodSymbol method)
    {
        for (var m = candidate.OverriddenMethod; m is not null; m = m.OverriddenMethod)
            if (SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, method)) return true;
        if (method.ContainingType?.TypeKind != TypeKind.Interface || candidate.ContainingType is not { } type) return false;
        foreach (var face in type.AllInterfaces)
            if (SymbolEqualityComparer.Default.Equals(face.OriginalDefinition, method.ContainingType.OriginalDefinition))
                foreach (var member in face.GetMembers(method.Name))
                    if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method)
                        && SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), candidate)) return true;
        return false;
    }

    public static bool DerivesFrom(ITypeSymbol type, INamedTypeSymbol? from)
    {
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, from)) return true;
        return false;
    }

    private static int Depth(INamedTypeSymbol? type)
    {
        var depth = 0;
        for (var t = type; t is not null; t = t.BaseType) depth++;
        return depth;
    }

    // Callers.

    /// <summary>The places in this compilation where a body runs.</summary>
    public ImmutableArray<(Body Caller, CallSite Site)> CallersOf(Body body, CancellationToken cancellation) =>
        callers.TryGetValue(body, out var known) ? known : callers.GetOrAdd(body, FindCallers(body, cancellation));

    private ImmutableArray<(Body Caller, CallSite Site)> FindCallers(Body body, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<(Body, CallSite)>();
        var isForward = body.Method is { IsOverride: true } method && Torch.OperationOf(method) == TorchOp.Forward;
        foreach (var caller in PossibleCallers(body, cancellation).Distinct())
            foreach (var flow in FlowsIn(caller, true, cancellation))
                foreach (var site in isForward ? flow.Passes : flow.Calls)
                    if (site.Callee == body) found.Add((flow.Body, site));
        return found.ToImmutable();
    }

    private IEnumerable<Body> PossibleCallers(Body body, CancellationToken cancellation)
    {
        if (body.Outer is not null)
        {
            yield return body.Outermost;
            yield break;
        }

        if (body.Method is not { } method || method.MethodKind != MethodKind.Ordinary) yield break;
        var names = Torch.OperationOf(method) == TorchOp.Forward ? TorchVocabulary.ForwardNames : [method.Name];
        foreach (var member in Concerning(names.SelectMany(Index.Mentioning).Distinct(), method))
            foreach (var caller in BodiesOf(member, cancellation)) yield return caller;
    }

    public static bool InType(SyntaxNode node, INamedTypeSymbol? type) =>
        type is not null && type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == node.SyntaxTree && r.Span.Contains(node.Span));

    /// <summary>The type that a node stands in.</summary>
    public INamedTypeSymbol? TypeAround(SyntaxNode node, CancellationToken cancellation) =>
        node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration ? Model(node.SyntaxTree).GetDeclaredSymbol(declaration, cancellation) : null;

    /// <summary>A test, or what else an attribute hands to a runner: nobody calls it, and nothing is handed to it.</summary>
    public static bool StandsAlone(IMethodSymbol? method) => method is { Parameters.IsEmpty: true } && !method.GetAttributes().IsEmpty;

    /// <summary>Whether code outside this compilation may call the body as well.</summary>
    public bool CallableFromOutside(Body body)
    {
        if (Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary) return false;
        for (ISymbol? s = body.Outermost.Owner; s is not null and not INamespaceSymbol; s = s.ContainingSymbol)
            if (s.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal) return false;
        return true;
    }

    /// <summary>Whether the callers that far up are more than anybody asks. All callers of the body itself are asked.</summary>
    private static bool AreTooMany(int callers, int depth) => depth < ContextDepth && callers > MaxFarCallers;

    /// <summary>The phases that an optimizer may be in when the body begins, as far as visible callers tell.</summary>
    public PhaseSet EntryGradient(Body body, Path optimizer, CancellationToken cancellation) =>
        Entry(body, optimizer, GradientPhase.Any, (state, path) => state.Gradient(state[path].Path ?? path).Relation, ContextDepth, cancellation);

    /// <summary>The modes that a module may be in when the body begins, as far as visible callers tell.</summary>
    public PhaseSet EntryMode(Body body, Path module, CancellationToken cancellation) =>
        CallersOf(body, cancellation).IsEmpty ? ModeAfterConstruction(body, module, cancellation) : Entry(body, module, ModulePhase.Any, (state, path) => state.Mode(state[path].Path ?? path).Relation, ContextDepth, cancellation);

    // A module in a field that the constructors leave in one mode, where nothing else of the type switches it.
    private PhaseSet ModeAfterConstruction(Body body, Path module, CancellationToken cancellation)
    {
        if (!module.IsField || module.HasElement || module.Root is not null || body.Type is not { } type || body.Method is not { MethodKind: MethodKind.Ordinary, IsStatic: false }) return ModulePhase.Any;
        var self = Index.Around(body.Outermost.Syntax);
        if (Index.Mentioning(TorchVocabulary.TrainName).Any(m => m != self && (InType(m.Node, type) || m.Names.Contains(module.Symbol!.Name)))) return ModulePhase.Any;
        var modes = PhaseSet.Empty;
        foreach (var constructor in type.InstanceConstructors)
            modes = modes.Or(BodyOf(constructor, null, cancellation) is { } made && Flow(made, true, cancellation).Exit is { } exit ? exit.Mode(module).Relation.Apply(ModulePhase.Any) : ModulePhase.Any);
        return modes;
    }

    private PhaseSet Entry(Body body, Path path, PhaseSet unknown, Func<State, Path, Relation> relation, int depth, CancellationToken cancellation)
    {
        if (depth == 0) return unknown;
        var sites = CallersOf(body, cancellation);
        if (sites.IsEmpty || AreTooMany(sites.Length, depth)) return unknown;
        var result = PhaseSet.Empty;
        foreach (var (caller, site) in sites)
        {
            if (site.Map(path) is not { } mapped || site.Before.HasEscaped(mapped))
            {
                result = result.Or(unknown);
                continue;
            }

            var resolved = site.Before[mapped].Path ?? mapped;
            var at = relation(site.Before, resolved);
            result = result.Or(at.Apply(Entry(caller, resolved, unknown, relation, depth - 1, cancellation)));
            if (!site.Certain && Flow(body, true, cancellation).Exit is { } exit) result = result.Or(relation(exit, path).Apply(result));
        }

        return result;
    }

    // Values.

    /// <summary>What is certain of a value, asking fields and callers where the body itself does not tell.</summary>
    public Fact? Resolve(Value value, Body body, CancellationToken cancellation, int depth = ContextDepth)
    {
        if (value.Fact is not null || value.Path is not { } path) return value.Fact;
        if (!path.Members.IsEmpty) return path.Symbol is { } symbol ? FieldFact(symbol) : null;
        return depth == 0 || !MayCallersKnow(path, body) ? null : HandedIn(path, body, depth, cancellation);
    }

    private Fact? HandedIn(Path path, Body body, int depth, CancellationToken cancellation)
    {
        Fact? joined = null;
        var first = true;
        var sites = CallersOf(body, cancellation);
        if (AreTooMany(sites.Length, depth)) return null;
        foreach (var (caller, site) in sites)
        {
            Fact? fact;
            if (path.Root is IParameterSymbol parameter && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Owner))
                fact = parameter.Ordinal < site.Arguments.Length && site.Arguments[parameter.Ordinal] is { } argument ? Resolve(argument, caller, cancellation, depth - 1) : null;
            else
                fact = Resolve(site.Before[path], caller, cancellation, depth - 1);
            // Paths of the caller mean nothing here, except where they come back as ours.
            fact = fact?.Map(p => Reverse(site, body, p));
            joined = first ? fact : Fact.Join(joined, fact);
            first = false;
        }

        return joined;
    }

    /// <summary>Whether whoever runs the body may know more of the object: it is handed in, or belongs to a body around.</summary>
    public static bool MayCallersKnow(Path path, Body body) =>
        path.Root is IParameterSymbol || path.Root is ILocalSymbol local && body.Outer is not null && !SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, body.Owner);

    // The callee's name for an object of the caller.
    private static Path? Reverse(CallSite site, Body callee, Path path)
    {
        if (callee.Outer is not null) return path;
        if (callee.Method is { } method)
            for (var i = 0; i < site.Arguments.Length && i < method.Parameters.Length; i++)
                if (site.Arguments[i]?.Path is { } argument && path.StartsWith(argument)) return path.Rebase(argument, Path.Of(method.Parameters[i]));
        if (site.Receiver.Path is { } receiver && path.StartsWith(receiver)) return path.Rebase(receiver, Path.This);
        return path.Root is INamedTypeSymbol ? path : null;
    }

    /// <summary>What is certain of everything ever put into the field or property: null where anything put there is unknown.</summary>
    public Fact? FieldFact(ISymbol field)
    {
        var type = field switch { IFieldSymbol f => f.Type, IPropertySymbol p => p.Type, _ => null };
        if (type is null || field.ContainingAssembly is not ISourceAssemblySymbol) return null;
        if (!(Torch.IsModuleLike(type) || Torch.Is(type, TorchType.Optimizer) || Torch.Is(type, TorchType.Scheduler) || IsPlace(field, type))) return null;
        return fieldFacts.GetOrAdd(field, f => ComputeFieldFact(f, default));
    }

    // A device, or a loader, that nobody outside can set.
    private bool IsPlace(ISymbol field, ITypeSymbol type) => (Torch.Is(type, TorchType.Device) || Torch.Is(type, TorchType.DataLoader))
        && (Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary || field.DeclaredAccessibility == Accessibility.Private || field is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { IsReadOnly: true });

    private Fact? ComputeFieldFact(ISymbol field, CancellationToken cancellation)
    {
        Value? joined = null;
        foreach (var (flow, write) in WritesTo(field, cancellation))
        {
            var value = write.Value;
            if (value.Fact is null && value.Path is { } path && flow.Body.Outer is null && path.IsParameter) value = value.With(Resolve(value, flow.Body, cancellation));
            if (value.IsNull) continue;
            var fact = value.Fact?.Map(p => InFields(p, flow));
            joined = joined is null ? Value.Unknown.With(fact) : Value.Join(joined, Value.Unknown.With(fact));
        }

        return joined?.Fact;
    }

    /// <summary>All assignments to a field or property in this compilation.</summary>
    public IEnumerable<(BodyFlow Flow, MemberWrite Write)> WritesTo(ISymbol field, CancellationToken cancellation)
    {
        foreach (var member in Assigning(field))
        {
            foreach (var body in BodiesOf(member, cancellation))
                foreach (var flow in FlowsIn(body, false, cancellation))
                    foreach (var write in flow.Writes)
                        if (SymbolEqualityComparer.Default.Equals(write.Member, field)) yield return (flow, write);
        }
    }

    // A path of the writing body as a path that holds in every member: through the field that the object is kept in.
    private static Path? InFields(Path path, BodyFlow flow)
    {
        if (path.Root is null || path.Root is INamedTypeSymbol) return path;
        if (flow.Exit is { } exit)
            foreach (var pair in exit.Values)
                if (pair.Key.Root is null && pair.Key.Members.Length == 1 && pair.Value.Path is { } held && path.StartsWith(held) && !held.Equals(pair.Key))
                    return path.Rebase(held, pair.Key);
        return null;
    }

    /// <summary>What a variable of an outer body certainly is another name for: it is set where it is declared, and nowhere else.</summary>
    public Path? AliasOf(ILocalSymbol local, CancellationToken cancellation) => aliases.GetOrAdd(local, symbol =>
    {
        var l = symbol;
        if (l.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator) return null;
        var scope = declarator.FirstAncestorOrSelf<BlockSyntax>() ?? declarator.SyntaxTree.GetRoot(cancellation);
        if (scope.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } && name.Identifier.ValueText == l.Name)) return null;
        var operation = Model(value.SyntaxTree).GetOperation(value, cancellation);
        operation = operation.Unconverted();
        return operation switch
        {
            ILocalReferenceOperation other => Path.Of(other.Local),
            IParameterReferenceOperation parameter => Path.Of(parameter.Parameter),
            IFieldReferenceOperation { Instance: IInstanceReferenceOperation } field => Path.This.Member(field.Field.OriginalDefinition),
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } property => Path.This.Member(BackingOf(property.Property.OriginalDefinition)),
            _ => null,
        };
    });

    /// <summary>The field that a property hands out, or the property itself.</summary>
    public ISymbol BackingOf(IPropertySymbol property) => backing.GetOrAdd(property, p =>
    {
        if (p.IsVirtual || p.IsAbstract || p.IsOverride || p.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not PropertyDeclarationSyntax syntax) return p;
        var getter = syntax.AccessorList?.Accessors.FirstOrDefault(a => a.IsKind(SyntaxKind.GetAccessorDeclaration));
        var expression = syntax.ExpressionBody?.Expression ?? getter?.ExpressionBody?.Expression
            ?? (getter?.Body is { Statements: { Count: 1 } statements } && statements[0] is ReturnStatementSyntax single ? single.Expression : null);
        var name = expression switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.ValueText,
            _ => null,
        };
        return name is null ? p : (ISymbol?)p.ContainingType.GetMembers(name).OfType<IFieldSymbol>().FirstOrDefault() ?? p;
    });

    /// <summary>Optimizers in fields of the body's type that were certainly made over the module.</summary>
    public IEnumerable<Path> OptimizersOver(Path module, Body body)
    {
        if (module.Root is not null) yield break;
        for (var type = body.Type; type is { } && type.Locations.Any(l => l.IsInSource); type = type.BaseType)
            foreach (var member in type.GetMembers())
                if (member is IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol && !member.IsStatic
                    && FieldFact(member.OriginalDefinition) is OptimizerFact { Parameters: var parameters } && parameters.Modules.Any(m => m.StartsWith(module)))
                    yield return Path.This.Member(member.OriginalDefinition)!;
    }

    // Modules.

    /// <summary>Whether train() of that module may be code of this compilation, which decides for itself.</summary>
    public bool OverridesTrain(Value module, ITypeSymbol? type)
    {
        foreach (var t in module.Fact is ModuleFact { Made: var made } ? made.Select(m => (ITypeSymbol)m.Type) : type is null ? [] : [type])
            for (var b = t; b is not null && b.Locations.Any(l => l.IsInSource); b = b.BaseType)
                if (b.GetMembers().Any(m => m is IMethodSymbol { IsOverride: true } method && Torch.OperationOf(method) is TorchOp.Train or TorchOp.Eval)) return true;
        return false;
    }

    /// <summary>The device of a new tensor that names none; null where somebody sets the default.</summary>
    public string? DefaultDevice => TensorVocabulary.DefaultDeviceNames.Any(n => Index.Mentioning(n).Count > 0) ? null : "cpu";

    /// <summary>Whether nothing in the text of the body's member switches gradients on.</summary>
    public bool NeverEnablesGradients(Body body) => Index.Around(body.Syntax) is { } member && !TensorVocabulary.EnableGradientNames.Any(member.Names.Contains);

    /// <summary>Whether the expression reads a number out of a tensor.</summary>
    public bool IsItem(SyntaxNode node) =>
        node is InvocationExpressionSyntax call && Model(call.SyntaxTree).GetSymbolInfo(call).Symbol is IMethodSymbol method && Torch.OperationOf(method) == TorchOp.Item;

    /// <summary>The places in a member, or in a part of one, where a name stands, in their order. All that is asked of one is found in one walk.</summary>
    public IEnumerable<IdentifierNameSyntax> Mentions(SyntaxNode scope, string name) =>
        names.GetOrAdd(scope, s => s.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().ToLookup(n => n.Identifier.ValueText))[name];

    /// <summary>The variables of the member around an operation on which backward() is called without arguments.</summary>
    public HashSet<ISymbol> TrainedIn(IOperation operation)
    {
        while (operation.Parent is { } parent) operation = parent;
        return trained.GetOrAdd(operation, root =>
        {
            var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            foreach (var inner in root.Descendants())
                if (inner is IInvocationOperation { Instance: { } on } call && Torch.OperationOf(call.TargetMethod) == TorchOp.Backward && call.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue) && Variable(on) is { } variable) found.Add(variable);
            return found;
        });
    }

    /// <summary>The local or parameter that is read; null for anything else.</summary>
    public static ISymbol? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    /// <summary>How a tensor hangs on the graph, asking callers for what is handed in.</summary>
    public GraphFact? GraphOf(Value value, Body body, CancellationToken cancellation, int depth = ContextDepth)
    {
        switch (value.Fact)
        {
            case TensorFact { Graph: { Tracking: Tracking.Inherited } graph }:
                return GraphFact.Combine(graph.Inputs.Select(input => GraphOf(Value.At(input), body, cancellation, depth)).Append(graph with { Tracking = Tracking.Free, Inputs = ImmutableArray<Path>.Empty }));
            case TensorFact { Graph: { } graph }:
                return graph;
        }

        if (depth == 0 || value.Path is not { IsParameter: true, Root: IParameterSymbol parameter } path) return null;
        var own = SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Owner);
        return own || body.Outer is not null ? GraphAtCallers(path, own ? parameter : null, body, depth, cancellation) : null;
    }

    // What callers hand in for a parameter; or what a parameter of the body around a lambda or local function is wherever that runs.
    private GraphFact? GraphAtCallers(Path path, IParameterSymbol? own, Body body, int depth, CancellationToken cancellation)
    {
        GraphFact? joined = null;
        var first = true;
        var sites = CallersOf(body, cancellation);
        if (own is not null && AreTooMany(sites.Length, depth)) return null;
        foreach (var (caller, site) in sites)
        {
            var given = own is null ? site.Before[path] : own.Ordinal < site.Arguments.Length ? site.Arguments[own.Ordinal] : null;
            var graph = given is { } value ? GraphOf(value, caller, cancellation, depth - 1) : null;
            graph = graph?.Map(p => Reverse(site, body, p));
            joined = first ? graph : GraphFact.Join(joined, graph);
            first = false;
        }

        return joined;
    }
}
