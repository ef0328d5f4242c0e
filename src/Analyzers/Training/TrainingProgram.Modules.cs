using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    /// <summary>Methods inside methods that are followed to what they make.</summary>
    private const int MaxMakers = 3;

    private readonly ConcurrentDictionary<INamedTypeSymbol, ModuleSummary> summaries = new(SymbolEqualityComparer.Default);

    /// <summary>What the sources say of a class; null for one of another assembly.</summary>
    public ModuleSummary? SummaryOf(INamedTypeSymbol? type, CancellationToken cancellation) =>
        type is null || type.DeclaringSyntaxReferences.IsEmpty ? null : summaries.GetOrAdd(type.OriginalDefinition, t => new ModuleSummary(this, t, cancellation));

    /// <summary>Whether instances of the type are, or hold, a module of that kind, by what the type itself makes.</summary>
    public bool Holds(INamedTypeSymbol type, TorchType kind, CancellationToken cancellation) =>
        Torch.Is(type, kind) || SummaryOf(type, cancellation) is { } own && own.Held(cancellation).Any(t => Torch.Is(t, kind));

    /// <summary>Whether the module certainly behaves differently in training and in evaluation: it holds dropout or batch normalization.</summary>
    public bool HasModeLayers(Fact? module, CancellationToken cancellation) =>
        module is ModuleFact { Made: var made } && made.All(m => HasModeLayers(m, cancellation));

    private bool HasModeLayers(MadeModule module, CancellationToken cancellation) =>
        !module.Layers.IsDefault && module.Layers.Any(l => HasModeLayers(l.Fact, cancellation)) || HasModeLayers(module.Type, cancellation);

    /// <summary>Whether instances of the type hold dropout or batch normalization, by what the type itself makes.</summary>
    public bool HasModeLayers(INamedTypeSymbol type, CancellationToken cancellation) =>
        Holds(type, TorchType.Dropout, cancellation) || Holds(type, TorchType.BatchNorm, cancellation) || SummaryOf(type, cancellation) is { SwitchesDropout: true };

    /// <summary>Whether an instance of the type has something to train.</summary>
    public bool HasWeights(INamedTypeSymbol type, CancellationToken cancellation) =>
        Holds(type, TorchType.Weighted, cancellation) || Holds(type, TorchType.BatchNorm, cancellation) || Holds(type, TorchType.Parameter, cancellation);

    /// <summary>Whether it matters that an instance of the type is registered: there is something to train or to switch in it.</summary>
    public bool WantsRegistration(INamedTypeSymbol type, CancellationToken cancellation) => HasWeights(type, cancellation) || Holds(type, TorchType.Dropout, cancellation);

    /// <summary>The modules and parameters that a piece of code makes, outermost first.</summary>
    public IEnumerable<(ExpressionSyntax Node, INamedTypeSymbol Type)> MadeIn(SyntaxNode within, CancellationToken cancellation)
    {
        var model = Model(within.SyntaxTree);
        foreach (var node in within.DescendantNodesAndSelf(n => n == within || n is not TypeDeclarationSyntax))
        {
            switch (node)
            {
                case InvocationExpressionSyntax call when MayMake(call) && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReturnType: INamedTypeSymbol made } method:
                    if (Torch.Is(made, TorchType.Module) ? Torch.OperationOf(method) == TorchOp.None && (method is { IsStatic: true, IsExtensionMethod: false } && TorchSymbols.IsLibrary(method) || !method.DeclaringSyntaxReferences.IsEmpty)
                        : Torch.Is(made, TorchType.Parameter) && ModuleVocabulary.ParameterFactories.Contains(method.Name)) yield return (call, made);
                    break;
                case BaseObjectCreationExpressionSyntax creation when model.GetTypeInfo(creation, cancellation).Type is INamedTypeSymbol made && (Torch.Is(made, TorchType.Module) || Torch.Is(made, TorchType.Parameter)):
                    yield return (creation, made);
                    break;
            }
        }
    }

    /// <summary>The first making of something that wants to be registered, in an expression or in what it calls.</summary>
    public ExpressionSyntax? MadeFor(SyntaxNode expression, CancellationToken cancellation, bool weights = false, int depth = 0)
    {
        foreach (var (node, type) in MadeIn(expression, cancellation))
        {
            if (IsWithoutWeights(node)) continue;
            if (weights ? HasWeights(type, cancellation) : WantsRegistration(type, cancellation)) return node;
            if (depth >= MaxMakers) continue;
            foreach (var part in PartsOf(node, type, cancellation))
                if (MadeFor(part, cancellation, weights, depth + 1) is not null) return node;
        }

        return null;
    }

    // Where what a call returns is made: in the method that is called, or in the locals that a container is given.
    private IEnumerable<SyntaxNode> PartsOf(ExpressionSyntax making, INamedTypeSymbol type, CancellationToken cancellation)
    {
        var model = Model(making.SyntaxTree);
        if (making is InvocationExpressionSyntax && model.GetSymbolInfo(making, cancellation).Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var maker, ..] })
        {
            if (!IsCaredFor(maker.GetSyntax(cancellation))) yield return maker.GetSyntax(cancellation);
            yield break;
        }

        var arguments = making is InvocationExpressionSyntax call ? call.ArgumentList : (making as BaseObjectCreationExpressionSyntax)?.ArgumentList;
        if (arguments is null || !ModuleVocabulary.ContainerNames.Contains(type.Name)) yield break;
        foreach (var name in arguments.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(name, cancellation).Symbol is not ILocalSymbol local || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator) continue;
            yield return value;
            if (declarator.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) continue;
            foreach (var adding in member.DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (adding.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax list, Name.Identifier.ValueText: "Add" or "AddRange" or "Insert" } && list.Identifier.ValueText == local.Name) yield return adding.ArgumentList;
        }
    }

    // A method that loads or freezes what it makes.
    private bool IsCaredFor(SyntaxNode maker) => Index.Around(maker) is { } text && ModuleVocabulary.CareNames.Any(text.Names.Contains);

    // `LayerNorm(8, elementwise_affine: false)`
    private static bool IsWithoutWeights(ExpressionSyntax making) => making is InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } && arguments.Any(a =>
        a.Expression.IsKind(SyntaxKind.FalseLiteralExpression) && a.NameColon is { Name.Identifier.ValueText: var name } && ModuleVocabulary.AffineParameters.Contains(name));

    // Most calls stand on a tensor or name what cannot be a maker.
    private static bool MayMake(InvocationExpressionSyntax call) =>
        call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } || !TorchSymbols.MayOperate(name);

    /// <summary>Where a member is named, as wide as the name goes: `layers`, `this.layers`, `net.layers`.</summary>
    public IEnumerable<ExpressionSyntax> ReferencesTo(ISymbol member, CancellationToken cancellation)
    {
        foreach (var text in Mentioning(member))
        {
            var model = Model(text.Node.SyntaxTree);
            IEnumerable<SyntaxNode> nodes = text.Nodes;
            foreach (var name in nodes.SelectMany(n => n.DescendantNodes()).OfType<IdentifierNameSyntax>())
                if (name.Identifier.ValueText == member.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, member))
                    yield return name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        }
    }

    /// <summary>Whether a text that names the member, or a property that hands it out, mentions one of the names as well.</summary>
    public bool IsNamedBeside(ISymbol member, string[] names, CancellationToken cancellation)
    {
        foreach (var text in Mentioning(member))
            if (names.Any(n => text.Names.Contains(n) && !IsOwnCall(text, n)) && (member.DeclaredAccessibility == Accessibility.Private || Names(text, member, cancellation))) return true;
        if (member is IFieldSymbol)
            foreach (var property in member.ContainingType.GetMembers())
                if (property is IPropertySymbol p && SymbolEqualityComparer.Default.Equals(BackingOf(p), member) && IsNamedBeside(p, names, cancellation)) return true;
        return false;
    }

    private bool Names(MemberText text, ISymbol member, CancellationToken cancellation)
    {
        if (text.Node is GlobalStatementSyntax || member.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == text.Node.SyntaxTree && text.Node.Span.Contains(r.Span))) return true;
        var model = Model(text.Node.SyntaxTree);
        foreach (var name in text.Node.DescendantNodes().OfType<IdentifierNameSyntax>())
            if (name.Identifier.ValueText == member.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol?.OriginalDefinition, member)) return true;
        return false;
    }

    // `parameters()` and `this.parameters()` ask the module itself, and so nothing that it has not registered.
    private static bool IsOwnCall(MemberText text, string name)
    {
        if (text.Node is GlobalStatementSyntax || !ModuleVocabulary.OwnListNames.Contains(name)) return false;
        foreach (var part in text.Node.DescendantNodes().OfType<SimpleNameSyntax>())
            if (part.Identifier.ValueText == name && (part.Parent is MemberBindingExpressionSyntax || part.Parent is MemberAccessExpressionSyntax { Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) } access && access.Name == part)) return false;
        return true;
    }

    // Hooks.

    private HashSet<ISymbol>? hooked;

    /// <summary>Whether anything here registers a hook that runs with a module.</summary>
    public bool HasHooks => ModuleVocabulary.HookNames.Any(n => Index.Mentioning(n).Count > 0);

    /// <summary>Whether hooks are registered on that object, or on any module of its type.</summary>
    public bool IsHooked(ISymbol? symbol, ITypeSymbol type, CancellationToken cancellation)
    {
        var all = hooked ??= Hooked(cancellation);
        if (symbol is not null && all.Contains(symbol)) return true;
        for (ITypeSymbol? t = type; t is not null; t = t.BaseType)
            if (all.Contains(t)) return true;
        return false;
    }

    // The objects that hooks are registered on; where these have no name of their own, or are made on the spot, their types.
    private HashSet<ISymbol> Hooked(CancellationToken cancellation)
    {
        var found = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var text in ModuleVocabulary.HookNames.SelectMany(Index.Mentioning).Distinct())
        {
            IEnumerable<SyntaxNode> nodes = text.Nodes;
            foreach (var access in nodes.SelectMany(n => n.DescendantNodes()).OfType<MemberAccessExpressionSyntax>())
            {
                if (!ModuleVocabulary.HookNames.Contains(access.Name.Identifier.ValueText)) continue;
                var model = Model(access.SyntaxTree);
                if (model.GetTypeInfo(access.Expression, cancellation).Type is not INamedTypeSymbol type || !Torch.Is(type, TorchType.Module)) continue;
                switch (model.GetSymbolInfo(access.Expression, cancellation).Symbol)
                {
                    case IFieldSymbol or IPropertySymbol { IsIndexer: false }:
                        found.Add(model.GetSymbolInfo(access.Expression, cancellation).Symbol!.OriginalDefinition);
                        break;
                    case ILocalSymbol local when !type.DeclaringSyntaxReferences.IsEmpty || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax:
                        found.Add(local);
                        if (!type.DeclaringSyntaxReferences.IsEmpty) found.Add(type);
                        break;
                    default:
                        found.Add(type);
                        break;
                }
            }
        }

        return found;
    }
}
