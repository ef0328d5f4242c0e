using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0317: a component of a module that is a property.</summary>
internal sealed class ParameterProperty : Rule
{
    private readonly DiagnosticDescriptor byHand;

    public ParameterProperty()
        : base(
            "TL0317",
            Section.Model,
            Level.Suggestion,
            "A component is a property",
            "'{0}' is a property, so RegisterComponents() finds its hidden field: in state_dict() it is named '{1}', and weights saved under '{0}' do not fit",
            "RegisterComponents() goes through fields. The field behind an auto-property has a name that only the compiler uses, and this name becomes the key in state_dict() and in saved files. A parameter that is a property and registered under its own name is not replaced in both places by to().") =>
        byHand = Like("'{0}' is a property and registered under its own name: a to() that really moves it fails, or leaves forward() and the optimizer with different parameters");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, byHand];

    public override void InspectType(TypeReport type)
    {
        ModuleSummary? module = null;
        foreach (var member in type.Type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false, AssociatedSymbol: IPropertySymbol property } field || !Components.IsComponent(type.Torch, field.Type)) continue;
            if (type.Torch.Is(field.Type, TorchType.Parameterless) || type.Torch.Is(field.Type, TorchType.Loss) || field.GetAttributes().Any(a => a.AttributeClass?.Name == ModuleVocabulary.ComponentNameAttribute)) continue;
            module ??= type.Program.SummaryOf(type.Type, type.Cancellation);
            if (module is null || Components.Place(property) is not { } place) return;
            if (type.Torch.Is(field.Type, TorchType.Parameter) && IsRegisteredAsItself(module, property.Name)) type.Report(byHand, place, null, property.Name);
            else if (module.MentionsAnywhere([ModuleVocabulary.RegisterComponentsName]) && !module.Declares(ModuleVocabulary.OwnListNames) && HasState(type, property)) type.Report(Descriptor, place, null, property.Name, KeyOf(type, field));
        }
    }

    private static string KeyOf(TypeReport type, IFieldSymbol field) => $"<{field.AssociatedSymbol!.Name}>k__BackingField" + (type.Torch.Is(field.Type, TorchType.Parameter) ? "" : ".…");

    // Something in it has a name in state_dict().
    private static bool HasState(TypeReport type, IPropertySymbol property) =>
        property.Type is INamedTypeSymbol named && type.Program.HasWeights(named, type.Cancellation)
        || Components.ValuesOf(type.Program, property, type.Cancellation).Any(v => type.Program.MadeFor(v, type.Cancellation, weights: true) is not null);

    // `register_parameter(nameof(Weight), Weight)`
    private static bool IsRegisteredAsItself(ModuleSummary module, string name)
    {
        foreach (var member in module.Members)
        {
            if (!member.Names.Contains(name) || !TorchVocabulary.ParameterRegistrationNames.Any(member.Names.Contains)) continue;
            foreach (var call in member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (Components.LastName(call.Expression) is { } method && TorchVocabulary.ParameterRegistrationNames.Contains(method) && call.ArgumentList.Arguments is [{ Expression: var key }, { Expression: var value }]
                    && Components.LastName(value) == name && (key is LiteralExpressionSyntax literal ? literal.Token.ValueText == name : key.ToString() == $"nameof({name})")) return true;
        }

        return false;
    }
}
