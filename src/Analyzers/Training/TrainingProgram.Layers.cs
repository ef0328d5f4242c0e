using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    /// <summary>Ways to make an object that are tried.</summary>
    private const int MaxInstances = 6;

    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> keepers = new(SymbolEqualityComparer.Default);

    private HashSet<string>? layerNames;

    private readonly ConcurrentDictionary<ISymbol, LayerReport> layerReports = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// What goes through which layers around a member: in all bodies of its type where fields keep modules, else in the member alone, whose
    /// neighbours have nothing to do with it.
    /// </summary>
    public LayerReport LayersAround(ISymbol member, CancellationToken cancellation)
    {
        if (member.ContainingType is not { } type) return LayerReport.Empty;
        while (member is IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction }) member = member.ContainingSymbol;
        var only = member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet } method && !KeepsModules(type) ? method.OriginalDefinition : null;
        return only is null ? LayersIn(type, cancellation) : layerReports.TryGetValue(only, out var known) ? known : layerReports.GetOrAdd(only, RunLayers(type, only, cancellation));
    }

    /// <summary>The same for all bodies of a type.</summary>
    public LayerReport LayersIn(INamedTypeSymbol type, CancellationToken cancellation) =>
        layerReports.TryGetValue(type.OriginalDefinition, out var known) ? known : layerReports.GetOrAdd(type.OriginalDefinition, RunLayers(type.OriginalDefinition, null, cancellation));

    private bool KeepsModules(INamedTypeSymbol type) => keepers.GetOrAdd(type.OriginalDefinition, t =>
    {
        for (var declaring = t; declaring is not null && declaring.Locations.Any(l => l.IsInSource); declaring = declaring.BaseType)
            foreach (var member in declaring.GetMembers())
                if (member is IFieldSymbol { Type: var held } && HoldsModules(held)) return true;
        return false;
    });

    private LayerReport RunLayers(INamedTypeSymbol type, IMethodSymbol? only, CancellationToken cancellation)
    {
        var report = new LayerReport();
        if (only is null && !MayHoldLayers(type, cancellation)) return LayerReport.Empty;
        var bodies = Bodies(only is null ? type.GetMembers() : [only], cancellation).ToList();
        if (only is not null && bodies.Count == 0) return LayerReport.Empty;
        var initializers = Initializers(type, cancellation).ToList();
        if (type.IsStatic || type.TypeKind != TypeKind.Class)
        {
            Run(null, default);
            return report;
        }

        var constructors = type.InstanceConstructors.Where(c => !IsChained(c, cancellation)).Take(MaxInstances).ToList();
        foreach (var constructor in constructors.Count == 0 ? [null] : constructors.Cast<IMethodSymbol?>())
        {
            var defaults = constructor?.Parameters.Select(_ => default(Item)).ToImmutableArray() ?? ImmutableArray<Item?>.Empty;
            if (!Run(constructor, defaults)) continue;

            // What is not known may be known where an object is made.
            var given = CreationsOf(type, cancellation).Where(c => SymbolEqualityComparer.Default.Equals(c.Constructor?.OriginalDefinition, constructor)).Select(c => Constants(c, constructor!, cancellation)).ToList();
            if (given.Count == 0 && constructor!.Parameters.Any(p => p.HasExplicitDefaultValue)) given.Add(constructor.Parameters.Select(p => p.HasExplicitDefaultValue ? (Item?)new ConstantItem(p.ExplicitDefaultValue) : null).ToImmutableArray());
            foreach (var arguments in given.Where(g => g.Any(a => a is ConstantItem)).GroupBy(g => string.Join(",", g.Select(a => (a as ConstantItem)?.Value))).Select(g => g.First()).Take(MaxInstances)) Run(constructor, arguments);
        }

        return report;

        bool Run(IMethodSymbol? constructor, ImmutableArray<Item?> arguments)
        {
            var asks = false;
            var interpreter = new LayerInterpreter(this, report, cancellation);
            var self = type.IsStatic ? null : interpreter.Make(type, constructor, arguments, type.DeclaringSyntaxReferences[0].GetSyntax(cancellation), null);
            asks |= interpreter.AsksParameters;
            foreach (var (field, initializer) in initializers) interpreter.RunInitializer(field, initializer);
            foreach (var (method, body) in bodies) interpreter.RunAlone(method, body, self);
            return asks && constructor is { Parameters.IsEmpty: false };
        }
    }

    // A module, or a collection of them.
    private bool HoldsModules(ITypeSymbol held) => Torch.IsModuleLike(held) || held switch
    {
        IArrayTypeSymbol { ElementType: var element } => Torch.IsModuleLike(element),
        INamedTypeSymbol { TypeArguments: [var item] } => Torch.IsModuleLike(item),
        _ => false,
    };

    // By the types of the fields, or the text alone.
    private bool MayHoldLayers(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (KeepsModules(type)) return true;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(cancellation);
            foreach (var name in LayerVocabulary.SizedNames)
                foreach (var member in Index.Mentioning(name))
                    if (member.Node.SyntaxTree == syntax.SyntaxTree && syntax.FullSpan.Contains(member.Node.Span)) return true;
        }

        return false;
    }

    private IEnumerable<(IMethodSymbol Method, IOperation Body)> Bodies(IEnumerable<ISymbol> members, CancellationToken cancellation)
    {
        foreach (var member in members)
        {
            if (member is not IMethodSymbol { IsAbstract: false, MethodKind: MethodKind.Ordinary or MethodKind.PropertyGet } method || method.DeclaringSyntaxReferences is not [var reference]) continue;
            var syntax = reference.GetSyntax(cancellation);
            if (Index.Around(syntax) is not { } text) continue;

            // A test that makes a Sequential and runs nothing looks at something else than its sizes.
            if (!TorchVocabulary.ForwardNames.Any(text.Names.Contains) && (!text.Names.Contains(LayerVocabulary.SequentialName) || StandsAlone(method))) continue;
            if (!KeepsModules(method.ContainingType) && !NamesTwoLayers(syntax, text)) continue;
            if (Model(syntax.SyntaxTree).GetOperation(syntax, cancellation) is IMethodBodyOperation body) yield return (method, body);
        }
    }

    // Where no field brings layers along: what does not fit takes two, in the text itself.
    private bool NamesTwoLayers(SyntaxNode body, MemberText text)
    {
        var names = text.Names.Count(LayerNames.Contains);
        if (names != 1) return names > 1;
        var count = 0;
        foreach (var token in body.DescendantTokens())
            if (token.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.IdentifierToken) && LayerNames.Contains(token.ValueText) && ++count == 2) return true;
        return false;
    }

    // Layers, what gives tensors another shape, and the modules of this compilation.
    private HashSet<string> LayerNames
    {
        get
        {
            if (Volatile.Read(ref layerNames) is { } known) return known;
            var names = new HashSet<string>(LayerVocabulary.SizedNames.Concat(TensorVocabulary.ReshapeNames));
            foreach (var forward in TorchVocabulary.ForwardNames.SelectMany(Index.Declaring))
                if (forward.Node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaring) names.Add(declaring.Identifier.ValueText);
            return layerNames = names;
        }
    }

    private IEnumerable<(IFieldSymbol Field, IOperation Value)> Initializers(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var member in type.GetMembers())
            if (member is IFieldSymbol { IsStatic: true, IsConst: false, IsImplicitlyDeclared: false } field && Torch.IsModuleLike(field.Type) && member.DeclaringSyntaxReferences is [var declared]
                && declared.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer: { } initializer } && Model(initializer.SyntaxTree).GetOperation(initializer, cancellation) is ISymbolInitializerOperation { Value: var value })
                yield return (field, value);
    }

    // `: this(…)`: the other constructor is looked at for itself.
    private static bool IsChained(IMethodSymbol constructor, CancellationToken cancellation) =>
        constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.ThisKeyword };

    private ImmutableArray<Item?> Constants(IObjectCreationOperation creation, IMethodSymbol constructor, CancellationToken cancellation)
    {
        var values = new Item?[constructor.Parameters.Length];
        foreach (var argument in creation.Arguments)
            if (argument.Parameter is { } parameter && Constant(argument.Value, cancellation) is { HasValue: true, Value: var value }) values[parameter.Ordinal] = new ConstantItem(value);
        return ImmutableArray.Create(values);
    }

    // A constant, or a variable that is set to one where it is declared and nowhere else.
    private Optional<object?> Constant(IOperation value, CancellationToken cancellation)
    {
        while (value is IConversionOperation { ConstantValue.HasValue: false } conversion) value = conversion.Operand;
        if (value is not ILocalReferenceOperation { ConstantValue.HasValue: false, Local: var local }) return value.ConstantValue;
        if (local.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } initial } declarator) return default;
        var scope = declarator.Ancestors().FirstOrDefault(n => n is BlockSyntax or CompilationUnitSyntax or SwitchSectionSyntax);
        var changes = scope is null || scope.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax set } && set.Identifier.ValueText == local.Name
            || n is PrefixUnaryExpressionSyntax { Operand: IdentifierNameSyntax before } && before.Identifier.ValueText == local.Name || n is PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax after } && after.Identifier.ValueText == local.Name);
        return changes ? default : Model(initial.SyntaxTree).GetConstantValue(initial, cancellation);
    }

    private IEnumerable<IObjectCreationOperation> CreationsOf(INamedTypeSymbol type, CancellationToken cancellation)
    {
        foreach (var member in Mentioning(type))
        {
            var model = Model(member.Node.SyntaxTree);
            var nodes = member.Nodes;
            foreach (var node in nodes)
                foreach (var creation in node.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
                {
                    if (creation is ObjectCreationExpressionSyntax { Type: var written } && !written.ToString().Contains(type.Name)) continue;
                    if (model.GetOperation(creation, cancellation) is IObjectCreationOperation made && SymbolEqualityComparer.Default.Equals(made.Type?.OriginalDefinition, type)) yield return made;
                }
        }
    }
}
