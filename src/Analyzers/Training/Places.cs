using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>Where modules are: what is certain at one point of a body, asking callers and constructors for what it does not say itself.</summary>
internal static class Places
{
    // A type whose text mentions one of these may choose its place, or move what it is given.
    private static readonly HashSet<string> MovingNames = [.. TensorVocabulary.MovingNames];

    private static readonly HashSet<string> WeightedNames = [.. TensorVocabulary.WeightedNames];

    /// <summary>Whether two devices are certainly not the same: of another kind, or both with an index and another one.</summary>
    public static bool Differ(string left, string right)
    {
        var ((kind, index), (otherKind, otherIndex)) = (Parts(left), Parts(right));
        if (!TensorVocabulary.PlaceKinds.Contains(kind) || !TensorVocabulary.PlaceKinds.Contains(otherKind)) return false;
        return kind != otherKind || index.Length > 0 && otherIndex.Length > 0 && index != otherIndex;
    }

    /// <summary>Where the module is at that point; null where that is not certain.</summary>
    public static string? Of(Path module, State state, BodyReport body, int depth = TrainingProgram.ContextDepth)
    {
        module = state[module].Path ?? module;
        if (state.Place(module) is { } place) return place.Length == 0 ? null : place;
        if (module.Root is null && module.Members.Length == 1) return AfterConstruction(module, body);
        if (depth == 0 || !TrainingProgram.MayCallersKnow(module, body.Body) || body.Program.CallableFromOutside(body.Body) && body.Body.Outer is null) return null;
        string? all = null;
        foreach (var (caller, site) in body.Program.CallersOf(body.Body, body.Cancellation))
        {
            if (site.Map(module) is not { } there || Of(there, site.Before, body.Of(caller), depth - 1) is not { } at || all is not null && all != at) return null;
            all = at;
        }

        return all;
    }

    // A field that constructors fill, and that nobody moves or fills elsewhere.
    private static string? AfterConstruction(Path field, BodyReport body)
    {
        if (field.Symbol is not (IFieldSymbol or IPropertySymbol) || body.Body.Type is not { } type || body.Body.Method is { MethodKind: MethodKind.Constructor } || body.Torch.Is(type, TorchType.Module)) return null;
        if (field.Symbol.DeclaredAccessibility != Accessibility.Private && body.Program.Compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary) return null;
        string? all = null;
        var constructors = type.InstanceConstructors;
        foreach (var member in body.Program.Mentioning(field.Symbol))
        {
            if (constructors.Any(c => c.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == member.Node.SyntaxTree && r.Span == member.Node.Span))) continue;
            var inside = TrainingProgram.InType(member.Node, type);
            if (inside && member.Node is FieldDeclarationSyntax || !inside && field.Symbol.DeclaredAccessibility == Accessibility.Private) continue;
            if (member.Names.Overlaps(MovingNames) || member.Assigned.Contains(field.Symbol.Name)) return null;
        }

        foreach (var constructor in constructors)
        {
            if (body.Program.BodyOf(constructor, null, body.Cancellation) is not { } made || body.Program.Flow(made, true, body.Cancellation).Exit is not { } exit) return null;
            var held = exit[field].Path ?? field;
            if (exit.Place(held) is not { Length: > 0 } place || all is not null && all != place) return null;
            all = place;
        }

        return all;
    }

    /// <summary>Whether the text of the type, or of one that it derives from here, says anything of devices.</summary>
    public static bool MovesItself(INamedTypeSymbol type, CancellationToken cancellation) => Mentions(type, MovingNames, cancellation);

    /// <summary>Whether the module certainly has weights, which are somewhere.</summary>
    public static bool HoldsWeights(MadeModule module, TorchSymbols torch, CancellationToken cancellation)
    {
        if (torch.Is(module.Type, TorchType.Weighted)) return true;
        if (!module.Layers.IsDefault && module.Layers.Any(l => l.Fact is ModuleFact { Made: var made } && made.All(m => HoldsWeights(m, torch, cancellation)))) return true;
        return !TorchSymbols.IsLibrary(module.Type) && Mentions(module.Type, WeightedNames, cancellation);
    }

    private static bool Mentions(INamedTypeSymbol type, HashSet<string> names, CancellationToken cancellation)
    {
        for (var t = type; t is not null && t.Locations.Any(l => l.IsInSource); t = t.BaseType)
            foreach (var reference in t.DeclaringSyntaxReferences)
                foreach (var token in reference.GetSyntax(cancellation).DescendantTokens())
                    if (token.IsKind(SyntaxKind.IdentifierToken) && names.Contains(token.ValueText)) return true;
        return false;
    }

    private static (string Kind, string Index) Parts(string device)
    {
        var colon = device.IndexOf(':');
        return colon < 0 ? (device.ToLowerInvariant(), "") : (device.Substring(0, colon).ToLowerInvariant(), device.Substring(colon + 1));
    }
}
