using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Torch;

/// <summary>The vocabulary, looked up once in one compilation.</summary>
internal sealed class TorchSymbols
{
    private static readonly HashSet<string> MethodNames = [.. TorchVocabulary.Methods.Select(m => m.Name)];

    private static readonly HashSet<string> LibraryNames = [.. TorchVocabulary.Libraries];

    private static readonly ConditionalWeakTable<Compilation, TorchSymbols> Known = new();

    // An editor makes a compilation after each key press, and all of them share the symbols of the libraries.
    private static readonly ConditionalWeakTable<IAssemblySymbol, Library> Libraries = new();

    private readonly Dictionary<INamedTypeSymbol, List<TorchType>> types;
    private readonly Dictionary<INamedTypeSymbol, Dictionary<string, TorchOp>> methods;
    private readonly ConcurrentDictionary<IMethodSymbol, TorchOp> operations = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ulong> kinds = new(SymbolEqualityComparer.Default);

    private TorchSymbols(Compilation compilation)
    {
        var version = compilation.ReferencedAssemblyNames.First(a => a.Name == TorchVocabulary.Assembly).Version;
        Version = version >= TorchVocabulary.OldestVersion ? version : TorchVocabulary.NewestVersion;
        types = new(SymbolEqualityComparer.Default);
        methods = new(SymbolEqualityComparer.Default);
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (!LibraryNames.Contains(assembly.Name)) continue;
            var (typesOf, methodsOf) = Libraries.GetValue(assembly, Find);
            foreach (var pair in typesOf) types[pair.Key] = pair.Value;
            foreach (var pair in methodsOf) methods[pair.Key] = pair.Value;
        }
    }

    /// <summary>The version of the library that is referenced; the newest where the assembly does not carry a published one.</summary>
    public Version Version { get; }

    /// <summary>The symbols, or null where the compilation does not reference TorchSharp: then nothing is to be registered.</summary>
    public static TorchSymbols? TryCreate(Compilation compilation) =>
        compilation.ReferencedAssemblyNames.Any(a => a.Name == TorchVocabulary.Assembly) ? Known.GetValue(compilation, c => new TorchSymbols(c)) : null;

    /// <summary>Whether the type, or one that it derives from, is of that kind.</summary>
    public bool Is(ITypeSymbol? type, TorchType kind) => type switch
    {
        INamedTypeSymbol { SpecialType: SpecialType.None } named => (Kinds(named) & 1UL << (int)kind) != 0,
        ITypeParameterSymbol parameter => IsConstrainedTo(parameter, kind),
        _ => false,
    };

    // Apart, so that the question that is asked most often makes no closure.
    private bool IsConstrainedTo(ITypeParameterSymbol parameter, TorchType kind) => parameter.ConstraintTypes.Any(c => Is(c, kind));

    /// <summary>Whether a value of the type can be a module: a class of that kind or one of the interfaces that modules implement.</summary>
    public bool IsModuleLike(ITypeSymbol? type) =>
        Is(type, TorchType.Module) || type is INamedTypeSymbol { TypeKind: TypeKind.Interface } named && methods.ContainsKey(named.OriginalDefinition);

    /// <summary>Whether a method of that name can do anything that matters; asks for no symbol.</summary>
    public static bool MayOperate(string name) => MethodNames.Contains(name);

    /// <summary>What the method does; an override does what the method that it overrides does.</summary>
    public TorchOp OperationOf(IMethodSymbol method)
    {
        if (!MayOperate(method.Name)) return TorchOp.None;
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        return operations.TryGetValue(method, out var op) ? op : operations.GetOrAdd(method, Classify(method));
    }

    /// <summary>Whether the member belongs to the library itself (or to its companions of the same root namespace), and so can be trusted not to train behind our back.</summary>
    public static bool IsLibrary(ISymbol symbol)
    {
        if (symbol.ContainingAssembly is not { } assembly || assembly is ISourceAssemblySymbol) return false;
        return LibraryNames.Contains(assembly.Name);
    }

    /// <summary>Whether the member belongs to what watches a run: nothing that is handed to it changes.</summary>
    public static bool IsCompanion(ISymbol symbol) => symbol.ContainingAssembly is { Name: TorchVocabulary.Companion } and not ISourceAssemblySymbol;

    /// <summary>Whether the type is the one of that metadata name.</summary>
    public static bool IsNamed(INamedTypeSymbol? type, string name)
    {
        var at = name.Length;
        for (ISymbol? s = type?.OriginalDefinition; s is not null and not INamespaceSymbol { IsGlobalNamespace: true }; s = s.ContainingSymbol)
        {
            if (s is IModuleSymbol or IAssemblySymbol) break;
            var part = s.MetadataName;
            if (at < part.Length || string.CompareOrdinal(name, at - part.Length, part, 0, part.Length) != 0) return false;
            at -= part.Length;
            if (at > 0 && name[--at] is not ('+' or '.')) return false;
        }

        return type is not null && at == 0;
    }

    /// <summary>Which loss the function computes; null for anything else.</summary>
    public LossKind? LossOf(IMethodSymbol method) =>
        OperationOf(method) != TorchOp.Loss ? null : TensorVocabulary.Losses.First(l => l.Function == method.Name).Kind;

    /// <summary>Which loss a module of that type computes: a loss of the library or a type that derives from one; null for anything else.</summary>
    public LossKind? LossOf(ITypeSymbol? type)
    {
        for (var t = type; t is not null && Is(t, TorchType.Module); t = t.BaseType)
            if (IsLibrary(t))
                return TensorVocabulary.Losses.Where(l => l.Module == t.Name).Select(l => (LossKind?)l.Kind).FirstOrDefault() ?? (Is(t, TorchType.Loss) && t is INamedTypeSymbol { TypeArguments.IsEmpty: true } ? LossKind.Other : null);
        return null;
    }

    /// <summary>Whether the method changes its tensor in place and returns it: by the library's convention its name ends in an underscore.</summary>
    public bool IsInPlace(IMethodSymbol method) =>
        method.Name.Length > 1 && method.Name[method.Name.Length - 1] == '_' && Is(method.ReturnType, TorchType.Tensor) && IsLibrary(method);

    /// <summary>Whether the method is called for what it does: it returns its own object, for chaining, or something that few look at.</summary>
    public bool IsCalledForItsEffect(IMethodSymbol method)
    {
        if (!IsLibrary(method)) return false;
        if (method.Name.Length > 1 && method.Name[method.Name.Length - 1] == '_' || TorchVocabulary.SeedNames.Contains(method.Name)) return true;
        if (OperationOf(method) is TorchOp.Step or TorchOp.MoveModule) return true;
        return ModuleVocabulary.ChainedNames.Contains(method.Name) && Is(method.ContainingType, TorchType.Module) && Is(method.ReturnType, TorchType.Module);
    }

    /// <summary>Whether what the method returns lasts, and has its effect, until it is disposed: a dispose scope or a mode of the gradients.</summary>
    public bool MakesGuard(IMethodSymbol method) =>
        OperationOf(method) is TorchOp.NewScope or TorchOp.DisableGradients or TorchOp.EnableGradients or TorchOp.SetGradients;

    /// <summary>Whether a field of that type, in a module, is one of its components.</summary>
    public bool IsComponent(ITypeSymbol? type) => IsModuleLike(type) || Is(type, TorchType.Tensor);

    /// <summary>Whether whoever is called keeps the modules, parameters and tensors that it is given, and disposes them with itself.</summary>
    public bool Owns(IMethodSymbol method) => IsLibrary(method) && (
        OperationOf(method) is TorchOp.RegisterModule or TorchOp.AppendLayer
        || ModuleVocabulary.OwnerNames.Contains(method.MethodKind == MethodKind.Constructor ? method.ContainingType.Name : method.Name));

    private TorchOp Classify(IMethodSymbol method)
    {
        for (var m = method; m is not null; m = m.OverriddenMethod?.OriginalDefinition)
            if (m.ContainingType is { } type && methods.TryGetValue(type.OriginalDefinition, out var names) && names.TryGetValue(m.Name, out var op))
                return op;
        return TorchOp.None;
    }

    // The kinds of a type and of all that it derives from, one bit each.
    private ulong Kinds(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (kinds.TryGetValue(type, out var known)) return known;
        var found = 0UL;
        for (var t = type; t is not null; t = t.BaseType?.OriginalDefinition)
            if (types.TryGetValue(t, out var kindsOf))
                foreach (var kind in kindsOf) found |= 1UL << (int)kind;
        return kinds.GetOrAdd(type, found);
    }

#pragma warning disable RS0030 // The one place that looks types up by name, and only in the libraries that can have them.
    private static Library Find(IAssemblySymbol assembly)
    {
        var types = new Dictionary<INamedTypeSymbol, List<TorchType>>(SymbolEqualityComparer.Default);
        foreach (var (type, name) in TorchVocabulary.Types)
        {
            if (assembly.GetTypeByMetadataName(name) is not { } symbol) continue;
            if (!types.TryGetValue(symbol, out var kindsOf)) types[symbol] = kindsOf = [];
            kindsOf.Add(type);
        }

        var methods = new Dictionary<INamedTypeSymbol, Dictionary<string, TorchOp>>(SymbolEqualityComparer.Default);
        foreach (var group in TorchVocabulary.Methods.GroupBy(m => m.Type))
            if (assembly.GetTypeByMetadataName(group.Key) is { } symbol) methods[symbol] = group.ToDictionary(m => m.Name, m => m.Op);
        return new(types, methods);
    }
#pragma warning restore RS0030

    private sealed record Library(Dictionary<INamedTypeSymbol, List<TorchType>> Types, Dictionary<INamedTypeSymbol, Dictionary<string, TorchOp>> Methods);
}
