using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0316: a registered component that is replaced after the module has been made.</summary>
internal sealed class ParameterReplaced : Rule
{
    private readonly DiagnosticDescriptor buffer;

    public ParameterReplaced()
        : base(
            "TL0316",
            Section.Model,
            Level.Warning,
            "A registered component is replaced",
            "'{0}' is replaced after '{1}' has been made: forward() uses the new one, while parameters(), the optimizer and save() keep the old one",
            "A module registers the objects that its fields hold when it is constructed. Another object put into the field later is not registered: the optimizer goes on with the old one, and the new one is neither trained nor saved. To give a parameter other values, copy them into it under no_grad().") =>
        buffer = Like("'{0}' is replaced after '{1}' has registered it as a buffer: save() keeps writing the old values, and to() puts the old tensor back");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, buffer];

    public override IEnumerable<OperationKind> Operations => [OperationKind.SimpleAssignment];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not ISimpleAssignmentOperation { IsRef: false, Target: IMemberReferenceOperation { Instance: not null, Type: { } kind, Member: { ContainingType: { DeclaringSyntaxReferences.IsEmpty: false } type } member } } || member is not (IFieldSymbol { IsReadOnly: false } or IPropertySymbol { IsIndexer: false, SetMethod: not null })) return;
        var isBuffer = operation.Torch.Is(kind, TorchType.Tensor) && !operation.Torch.Is(kind, TorchType.Parameter);
        if (!isBuffer && !Components.IsComponent(operation.Torch, kind) || !operation.Torch.Is(type, TorchType.Module) || operation.Node is not AssignmentExpressionSyntax assignment) return;
        if (operation.Program.SummaryOf(type, operation.Cancellation) is not { } module || operation.Program.Index.Around(assignment) is not { } text || IsConstruction(module, assignment, text)) return;
        if (!module.UsesInConstruction(isBuffer ? ModuleVocabulary.RegisterBufferName : ModuleVocabulary.RegisterComponentsName) || !module.UsesInForward(member.Name) || module.Declares(ModuleVocabulary.OwnListNames)) return;
        if (ModuleVocabulary.HandNames.Any(text.Names.Contains) || text.Names.Contains(ModuleVocabulary.RegisterComponentsName) || IsGuardedByNull(assignment, member.Name)) return;
        if (isBuffer ? !IsUpdate(assignment, member.Name) || !IsRegisteredBuffer(module, member.Name)
            : operation.Program.MadeFor(Components.Origin(operation.Program, assignment.Right, operation.Cancellation), operation.Cancellation, weights: true) is null) return;
        if (IsSet(operation, module, member.OriginalDefinition)) operation.Report(isBuffer ? buffer : Descriptor, assignment, null, null, member.Name, type.Name);
    }

    private static bool IsConstruction(ModuleSummary module, SyntaxNode node, MemberText text) =>
        TrainingProgram.InType(node, module.Type) && (text.Name == CallIndex.Constructor || module.UsesInConstruction(text.Name));

    // It holds something when the module registers what it has.
    private static bool IsSet(OperationReport operation, ModuleSummary module, ISymbol member)
    {
        if (member is IPropertySymbol property && !property.ContainingType.GetMembers().Any(f => f is IFieldSymbol { AssociatedSymbol: { } owner } && SymbolEqualityComparer.Default.Equals(owner, property))) return false;
        if (Components.Initializer(member, operation.Cancellation) is { } initializer && !initializer.IsKind(SyntaxKind.NullLiteralExpression) && !initializer.IsKind(SyntaxKind.SuppressNullableWarningExpression)) return true;
        foreach (var reference in operation.Program.ReferencesTo(member, operation.Cancellation))
            if (Components.Target(reference) is { } assignment && operation.Program.Index.Around(assignment) is { } text && IsConstruction(module, assignment, text)) return true;
        return false;
    }

    // `register_buffer("mean", mean)`
    private static bool IsRegisteredBuffer(ModuleSummary module, string name)
    {
        foreach (var member in module.Members)
            if (member.Names.Contains(ModuleVocabulary.RegisterBufferName) && member.Names.Contains(name)
                && member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Components.LastName(c.Expression) == ModuleVocabulary.RegisterBufferName && c.ArgumentList.Arguments is [_, { Expression: var registered }, ..] && Components.LastName(registered) == name)) return true;
        return false;
    }

    // `mean = 0.9 * mean + 0.1 * batch`: values that are to be remembered.
    private static bool IsUpdate(AssignmentExpressionSyntax assignment, string name) =>
        Components.Bare(assignment.Right) is BinaryExpressionSyntax value && value.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name);

    // `if (head is null) head = ...`
    private static bool IsGuardedByNull(AssignmentExpressionSyntax assignment, string name) =>
        assignment.Ancestors().OfType<IfStatementSyntax>().Any(i => i.Condition.ToString() is var condition && condition.Contains(name) && condition.Contains("null"));
}
