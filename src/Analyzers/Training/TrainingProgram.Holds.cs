using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

internal sealed partial class TrainingProgram
{
    private readonly ConcurrentDictionary<(INamedTypeSymbol Type, TorchType Kind), bool> held = new();

    /// <summary>Whether instances of the type are, or hold, a module of that kind, by what the type itself makes.</summary>
    public bool Holds(INamedTypeSymbol type, TorchType kind, CancellationToken cancellation) =>
        Torch.Is(type, kind) || type.Locations.Any(l => l.IsInSource) && held.GetOrAdd((type.OriginalDefinition, kind), key => Makes(key.Type, key.Kind, new(SymbolEqualityComparer.Default), cancellation));

    private bool Makes(INamedTypeSymbol type, TorchType kind, HashSet<INamedTypeSymbol> seen, CancellationToken cancellation)
    {
        if (!seen.Add(type)) return false;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(cancellation);
            var model = Model(declaration.SyntaxTree);
            foreach (var node in declaration.DescendantNodes(n => n == declaration || n is not TypeDeclarationSyntax))
            {
                if (node is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) || model.GetTypeInfo(node, cancellation).Type is not INamedTypeSymbol made || !Torch.Is(made, TorchType.Module)) continue;
                if (Torch.Is(made, kind) || made.Locations.Any(l => l.IsInSource) && Makes(made.OriginalDefinition, kind, seen, cancellation)) return true;
            }
        }

        return type.BaseType is { } parent && parent.Locations.Any(l => l.IsInSource) && Makes(parent.OriginalDefinition, kind, seen, cancellation);
    }
}
