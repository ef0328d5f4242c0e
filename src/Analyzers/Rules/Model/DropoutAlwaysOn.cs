using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0311: functional dropout that does not ask whether this is training.</summary>
internal sealed class DropoutAlwaysOn : Rule
{
    private readonly DiagnosticDescriptor constant;

    public DropoutAlwaysOn()
        : base(
            "TL0311",
            Section.Model,
            Level.Warning,
            "Functional dropout stays active in evaluation",
            "'{0}' is not told whether the module is in training, and its default is true: it drops values after eval() as well, so results are worse and differ from call to call",
            "The functions of torch.nn.functional know nothing of the module's mode. Their parameter 'training' decides, and for dropout its default is true. Pass the module's own 'training', which train() and eval() set.") =>
        constant = Like("'{0}' is told that this is training, always: it drops values after eval() as well, so results are worse and differ from call to call");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, constant];

    public override IEnumerable<string> Calls => ModuleVocabulary.FunctionalDropouts;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod: var method } call || operation.Torch.OperationOf(method) != TorchOp.FunctionalDropout) return;
        if (call.Arguments.FirstOrDefault(a => a.Parameter?.Name == TorchVocabulary.TrainingParameter) is not { Value.ConstantValue: { HasValue: true, Value: true } } training) return;
        if (call.Arguments.Any(a => a.Parameter?.Name == ModuleVocabulary.RateParameter && a.Value.ConstantValue is { HasValue: true, Value: 0.0 })) return;
        if (operation.Owner.ContainingType is not { } type || operation.Program.Index.Around(operation.Node) is not { } member || Decides(member) || IsOnPurpose(operation, type)) return;
        if (!operation.Torch.Is(type, TorchType.Module) ? !RunsInModules(operation) : operation.Owner is IMethodSymbol { DeclaredAccessibility: Accessibility.Private } && Callers(operation).Any(AsksForMode)) return;
        operation.Report(training.ArgumentKind == ArgumentKind.DefaultValue ? Descriptor : constant, operation.Node, null, null, method.Name);
    }

    // The text around it asks for a mode: a property, a parameter, the state of the gradients.
    private static bool Decides(MemberText member) =>
        ModuleVocabulary.GradientQuestions.Any(member.Names.Contains)
        || member.Node.DescendantTokens().Any(t => MeansMode(t.ValueText) && !IsPassedToDropout(t.Parent));

    // `dropout(x, p, training)`: another call, or the name of an argument.
    private static bool IsPassedToDropout(SyntaxNode? name)
    {
        if (name?.Parent is NameColonSyntax) return true;
        var expression = name?.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : name;
        return expression?.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call }
            && ModuleVocabulary.FunctionalDropouts.Contains((call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText ?? call.Expression.ToString());
    }

    private static bool AsksForMode(MemberText member) => ModuleVocabulary.GradientQuestions.Any(member.Names.Contains) || member.Names.Any(MeansMode);

    private static bool MeansMode(string name) =>
        name.IndexOf(TorchVocabulary.TrainName, StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("inference", StringComparison.OrdinalIgnoreCase) >= 0 || name.StartsWith("is" + TorchVocabulary.EvalName, StringComparison.OrdinalIgnoreCase);

    // Dropout at prediction time to measure the uncertainty, test-time augmentation.
    private static bool IsOnPurpose(OperationReport operation, INamedTypeSymbol type) => Says(type.Name) || Says(operation.Owner.Name);

    private static bool Says(string name) =>
        name.IndexOf("MonteCarlo", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Monte_Carlo", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Bayes", StringComparison.OrdinalIgnoreCase) >= 0
        || name.IndexOf("Stochastic", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Augment", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("Uncertain", StringComparison.OrdinalIgnoreCase) >= 0
        || name.Contains("MC") || name.StartsWith("Mc", StringComparison.Ordinal) || name.Contains("McD") || name.StartsWith("mc_", StringComparison.Ordinal);

    // A helper beside the modules that only their forward() runs.
    private static bool RunsInModules(OperationReport operation)
    {
        var any = false;
        foreach (var caller in Callers(operation))
        {
            if (AsksForMode(caller) || operation.Program.TypeAround(caller.Node, operation.Cancellation) is not { } type || !operation.Torch.Is(type, TorchType.Module)) return false;
            any = true;
        }

        return any;
    }

    private static IEnumerable<MemberText> Callers(OperationReport operation)
    {
        if (operation.Owner is not IMethodSymbol method) yield break;
        foreach (var reference in operation.Program.ReferencesTo(method.OriginalDefinition, operation.Cancellation))
            if (operation.Program.Index.Around(reference) is { } caller) yield return caller;
    }
}
