using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0312: a layer that is made and registered, and never run.</summary>
internal sealed class UnusedSubmodule() : Rule(
    "TL0312",
    Section.Model,
    Level.Suggestion,
    "A submodule is never used",
    "'{0}' is registered, but nothing in '{1}' ever runs it: its weights are counted, moved and saved, and never get a gradient",
    "A layer that forward() does not use gets no gradient, so it is never trained. Either it is left over, and makes the model look larger than it is, or forward() forgets it.")
{
    public override void InspectType(TypeReport type)
    {
        if (type.Type.IsAbstract) return;
        ModuleSummary? module = null;
        foreach (var member in type.Type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false, IsConst: false } field || !Components.IsComponent(type.Torch, field.Type)) continue;
            if (type.Torch.Is(field.Type, TorchType.Parameterless) || type.Torch.Is(field.Type, TorchType.Loss)) continue;
            module ??= type.Program.SummaryOf(type.Type, type.Cancellation);
            var written = Components.Written(field);
            if (module is null || Components.Place(written) is not { } place || module.UsesInForward(written.Name) || IsVisibleOutside(type, written)) continue;
            if (!module.MentionsAnywhere(TorchVocabulary.RegistrationNames) || !module.Declares(TorchVocabulary.ForwardNames) || ModuleVocabulary.OwnListNames.Any(module.UsesInForward)) continue;
            if (type.Program.ReferencesTo(written, type.Cancellation).All(IsNoUse) && Components.ValuesOf(type.Program, written, type.Cancellation).Any(v => type.Program.MadeFor(v, type.Cancellation, weights: true) is not null))
                type.Report(Descriptor, place, null, written.Name, type.Type.Name);
        }
    }

    private static bool IsVisibleOutside(TypeReport type, ISymbol member)
    {
        if (type.Program.Compilation.Options.OutputKind != OutputKind.DynamicallyLinkedLibrary) return false;
        for (var s = member; s is not null and not INamespaceSymbol; s = s.ContainingSymbol)
            if (s.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal) return false;
        return true;
    }

    // Set, initialized, registered, named or disposed of.
    private static bool IsNoUse(ExpressionSyntax reference) => reference.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == reference && assignment.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } => Components.LastName(call.Expression) is { } name && (name == "nameof" || TorchVocabulary.RegistrationNames.Contains(name)),
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } access => access.Expression == reference && access.Name.Identifier.ValueText == nameof(IDisposable.Dispose),
        ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: nameof(IDisposable.Dispose) } } } => true,
        MemberAccessExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var owner } } } } access =>
            access.Expression == reference && owner.ToString().EndsWith(ModuleVocabulary.InitName, StringComparison.Ordinal),
        _ => false,
    };
}
