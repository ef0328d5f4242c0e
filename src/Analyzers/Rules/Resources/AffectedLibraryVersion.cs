using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1110: the referenced version of the library is known to do this wrong.</summary>
internal sealed class AffectedLibraryVersion() : Rule(
    "TL1110",
    Section.Resources,
    Level.Warning,
    "The referenced version of TorchSharp does this wrong",
    "In TorchSharp {1} '{0}' {2}: reference {3} or later",
    "Some versions of TorchSharp have a defect that the compiler cannot show and the training does not report: the code is right and the result is not. A newer version has it mended.")
{
    private static readonly ILookup<string, LibraryDefect> Defects = LibraryDefects.All.ToLookup(d => d.Member);

    public override IEnumerable<string> Calls => Defects.Select(d => d.Key);

    public override void InspectOperation(OperationReport operation)
    {
        var version = operation.Torch.Version;
        if (version >= LibraryDefects.AllFixedIn) return;
        var (member, receiver, arguments) = operation.Operation switch
        {
            IInvocationOperation call => ((ISymbol)call.TargetMethod, call.Instance, call.Arguments),
            IObjectCreationOperation { Constructor: { } constructor } creation => (constructor, null, creation.Arguments),
            IPropertyReferenceOperation property => (property.Property, property.Instance, property.Arguments),
            _ => default,
        };
        if (member is null || operation.Node.FirstAncestorOrSelf<NameColonSyntax>() is not null) return;
        foreach (var defect in Defects[member.Name])
            if (version < defect.FixedIn && TorchSymbols.IsNamed(member.ContainingType, defect.Type) && Applies(operation, defect, receiver, arguments))
                operation.Report(Descriptor, operation.Node, null, null, GradientSteps.Text(operation.Node), version.ToString(3), defect.What, defect.FixedIn);
    }

    private static bool Applies(OperationReport operation, LibraryDefect defect, IOperation? receiver, IEnumerable<IArgumentOperation> arguments)
    {
        if (defect.Named.Length > 0 && !arguments.Any(a => a.Syntax is ArgumentSyntax { NameColon.Name.Identifier.ValueText: var name } && defect.Named.Contains(name) && a.Value.ConstantValue is not { HasValue: true, Value: false })) return false;
        if (defect.True is { } on && !arguments.Any(a => a.Parameter?.Name == on && a.Value.ConstantValue is { HasValue: true, Value: true })) return false;
        if (defect.LeftOut is { } left && !arguments.Any(a => a.Parameter?.Name == left && a.ArgumentKind == ArgumentKind.DefaultValue)) return false;
        if (defect.Of is { } kind && !operation.Torch.Is(receiver?.Type, kind)) return false;
        return !defect.OfOwnParameters || KeepsParameters(operation.Torch, receiver?.Type);
    }

    private static bool KeepsParameters(TorchSymbols torch, ITypeSymbol? module)
    {
        for (var type = module; type is not null && type.Locations.Any(l => l.IsInSource); type = type.BaseType)
            if (type.GetMembers().OfType<IFieldSymbol>().Any(f => torch.Is(f.Type, TorchType.Parameter))) return true;
        return false;
    }
}
