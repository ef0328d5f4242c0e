using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Initialization;

/// <summary>TL0904: weights are initialized for another activation than the one that follows.</summary>
internal sealed class InitFitsActivation() : Rule(
    "TL0904",
    Section.Initialization,
    Level.Off,
    "The initialization does not fit the activation",
    "'{0}' is made for {1}, and {2} follows: use {3}",
    "Xavier keeps the variance of what goes through a layer with tanh or sigmoid; ReLU throws half of it away, which Kaiming makes up for. In deep networks the wrong one lets the signal fade or grow from layer to layer.")
{
    public override IEnumerable<string> Calls => [.. TorchVocabulary.XavierNames, .. TorchVocabulary.KaimingNames];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: TorchVocabulary.InitName } method, Arguments: [{ Value: var tensor }, ..] arguments }) return;

        // A gain, or a kind of activation, that somebody has chosen.
        if (arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name is TorchVocabulary.GainParameter or TorchVocabulary.NonlinearityParameter)) return;
        if (Stripped(tensor) is not IPropertyReferenceOperation { Property.Name: TorchVocabulary.WeightName, Instance: { } layer } || Stripped(layer) is not IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member }) return;
        if (Following(operation, member) is not { } activation) return;
        var xavier = TorchVocabulary.XavierNames.Contains(method.Name);
        var rectified = TorchVocabulary.RectifiedNames.Contains(activation);
        if (xavier != rectified) return;
        var replacement = (xavier ? "kaiming" : "xavier") + (method.Name.EndsWith("normal_", StringComparison.Ordinal) ? "_normal_" : "_uniform_");
        operation.Report(Descriptor, operation.Node, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, replacement), GradientSteps.Text(operation.Node), xavier ? LocalizedText.Of($"tanh and sigmoid") : "ReLU", activation.TrimEnd('_'), replacement);
    }

    private static IOperation Stripped(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion) operation = conversion.Operand;
        return operation is ICoalesceOperation coalesce ? Stripped(coalesce.Value) : operation;
    }

    // The one activation that takes what the layer yields, wherever the class runs it.
    private static string? Following(OperationReport operation, ISymbol layer)
    {
        string? found = null;
        foreach (var reference in layer.ContainingType.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(operation.Cancellation);
            foreach (var pass in declaration.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (pass.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var receiver } || !TorchVocabulary.ForwardNames.Contains(name)) continue;
                if ((receiver as IdentifierNameSyntax ?? (receiver as MemberAccessExpressionSyntax)?.Name)?.Identifier.ValueText != layer.Name) continue;
                if (Activation(operation, pass) is not { } activation || found is not null && found != activation) return null;
                found = activation;
            }
        }

        return found;
    }

    // `first.forward(x).relu()`, `functional.relu(first.forward(x))`, `activation.forward(first.forward(x))`
    private static string? Activation(OperationReport operation, InvocationExpressionSyntax pass)
    {
        var model = operation.Program.Model(pass.SyntaxTree);
        switch (pass.Parent)
        {
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method, Parent: InvocationExpressionSyntax call }:
                return IsActivation(method) && model.GetSymbolInfo(call, operation.Cancellation).Symbol is { } called && TorchSymbols.IsLibrary(called) ? method : null;
            case ArgumentSyntax { Parent: ArgumentListSyntax { Arguments: [var first, ..], Parent: InvocationExpressionSyntax around } } argument when first == argument:
                if (model.GetSymbolInfo(around, operation.Cancellation).Symbol is not IMethodSymbol function) return null;
                if (IsActivation(function.Name)) return TorchSymbols.IsLibrary(function) ? function.Name : null;
                return TorchVocabulary.ForwardNames.Contains(function.Name) && around.Expression is MemberAccessExpressionSyntax { Expression: var module }
                    && model.GetTypeInfo(module, operation.Cancellation).Type is { } type && TorchSymbols.IsLibrary(type) && IsActivation(type.Name) ? type.Name : null;
            default:
                return null;
        }
    }

    private static bool IsActivation(string name) => TorchVocabulary.RectifiedNames.Contains(name) || TorchVocabulary.SaturatingNames.Contains(name);
}
