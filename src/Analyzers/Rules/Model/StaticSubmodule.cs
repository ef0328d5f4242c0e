using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0315: a layer or parameter of a module in a static field.</summary>
internal sealed class StaticSubmodule : Rule
{
    private readonly DiagnosticDescriptor switched;

    public StaticSubmodule()
        : base(
            "TL0315",
            Section.Model,
            Level.Warning,
            "A submodule or parameter is static",
            "'{0}' is static, and RegisterComponents() only looks at the fields of the instance: parameters() of '{1}' misses it, so the optimizer never trains it, and train(), eval(), to() and save() do not reach it",
            "TorchSharp registers the instance fields of a module. A static layer or parameter works in forward(), and all instances share it, but the optimizer, train(), eval(), to() and save() know nothing of it.") =>
        switched = Like("'{0}' is static, and RegisterComponents() only looks at the fields of the instance: eval() of '{1}' does not reach the dropout in it, which stays active in evaluation");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, switched];

    // Who names one of these beside the layer may mean it to stay as it is. A dispose scope says nothing of that.
    private static readonly string[] Careful = [.. ModuleVocabulary.CareNames, .. TorchVocabulary.GuardNames.Where(n => n != TorchVocabulary.NewScopeName), TorchVocabulary.EvalName];

    public override void InspectType(TypeReport type)
    {
        foreach (var member in type.Type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: true, IsConst: false } field || !Components.IsComponent(type.Torch, field.Type)) continue;
            if (type.Torch.Is(field.Type, TorchType.Parameterless) || type.Torch.Is(field.Type, TorchType.Loss)) continue;
            var written = Components.Written(field);
            if (type.Program.SummaryOf(type.Type, type.Cancellation) is not { } module || Components.Place(written) is not { } place) return;
            if (!module.UsesInForward(written.Name) || Components.AreListedByHand(module) || type.Program.IsNamedBeside(written, Careful, type.Cancellation)) continue;
            var values = Components.ValuesOf(type.Program, written, type.Cancellation).ToList();
            if (values.Any(v => type.Program.MadeFor(v, type.Cancellation, weights: true) is not null)) type.Report(Descriptor, place, null, written.Name, type.Type.Name);
            else if (values.Any(v => type.Program.MadeFor(v, type.Cancellation) is not null)) type.Report(switched, place, null, written.Name, type.Type.Name);
        }
    }
}
