using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>A learning rate that an optimizer, or a group of its parameters, is made with.</summary>
/// <param name="Optimizer">The class of the optimizer, by name.</param>
/// <param name="Argument">The argument.</param>
/// <param name="Value">What it certainly is.</param>
/// <param name="Caller">The argument of a caller that decides it, where the method is given the rate.</param>
internal sealed record Rate(string Optimizer, IArgumentOperation Argument, Constant Value, SyntaxNode? Caller);

/// <summary>What the rules about learning rates share.</summary>
internal static class Rates
{
    // Where the library has no default of its own.
    private const double UsualRate = 0.01;

    /// <summary>The calls in which a learning rate can stand.</summary>
    public static readonly string[] Calls = [.. TorchVocabulary.OptimizerNames, CallIndex.Constructor];

    /// <summary>The learning rates that the operation makes an optimizer with: one, or one for each caller of the method.</summary>
    public static IEnumerable<Rate> Of(OperationReport operation)
    {
        var (type, arguments) = operation.Operation switch
        {
            IInvocationOperation call => (call.Type, call.Arguments),
            IObjectCreationOperation creation => (creation.Type, creation.Arguments),
            _ => (null, ImmutableArray<IArgumentOperation>.Empty),
        };
        if (type is not INamedTypeSymbol named) yield break;
        var optimizer = named.Name == TorchVocabulary.ParameterGroupName ? named.ContainingType : named;
        if (optimizer is null || !operation.Torch.Is(optimizer, TorchType.Optimizer) || TakesGroups(arguments)) yield break;
        foreach (var argument in arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || !TorchVocabulary.RateParameters.Contains(argument.Parameter?.Name)) continue;
            if (Constants.Of(argument.Value, operation.Program, operation.Cancellation) is { } constant) yield return new(optimizer.Name, argument, constant, null);
            else if (Stripped(argument.Value) is IParameterReferenceOperation { Parameter: var parameter })
                foreach (var caller in Callers(operation, parameter)) yield return new(optimizer.Name, argument, caller, caller.Place.FirstAncestorOrSelf<ArgumentSyntax>());
        }
    }

    // Groups of parameters bring rates of their own; what stands beside them is for those that bring none.
    private static bool TakesGroups(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is { Parameter.Type: INamedTypeSymbol { TypeArguments: [{ Name: TorchVocabulary.ParameterGroupName }] }, Value: var groups } && !groups.Descendants().Any(HasNoRate);

    // `new(parameters, new AdamW.Options { weight_decay = 0 })`
    private static bool HasNoRate(IOperation operation) =>
        operation is IObjectCreationOperation { Type.Name: TorchVocabulary.ParameterGroupName, Arguments: [_, { Value: IObjectCreationOperation { Arguments.IsEmpty: true, Initializer: { Initializers: var set } } }] }
        && set.All(i => i is ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member.Name: var member } } && !TorchVocabulary.RateMembers.Contains(member));

    /// <summary>Whether the rate that the optimizer is made with may not be the one that it uses: a schedule or the program sets another.</summary>
    public static bool IsSetLater(OperationReport operation)
    {
        var index = operation.Program.Index;
        var byHand = TorchVocabulary.RateMembers.Any(n => index.Assigning(n).Count > 0) && TorchVocabulary.GroupNames.Any(n => index.Mentioning(n).Count > 0);
        var loaded = index.Mentioning(TorchVocabulary.LoadStateName).Count > 0;
        if (!byHand && !loaded && !TorchVocabulary.RateSettingSchedulers.Any(n => index.Mentioning(n).Count > 0)) return false;
        foreach (var use in operation.UsesOf(operation.Node))
        {
            switch (use.Kind)
            {
                case UseKind.Escape:
                case UseKind.Call when use.Method!.Name == TorchVocabulary.LoadStateName:
                    return true;
                case UseKind.Neutral when byHand && Holder(use.Node) is { } holder && TorchVocabulary.RateHolders.Contains(holder) && !IsRead(use.Node):
                case UseKind.Argument when TorchVocabulary.RateSettingSchedulers.Contains(use.Makes is { } made && use.Method!.MethodKind == MethodKind.Constructor ? made.Name : use.Method!.Name):
                    return true;
            }
        }

        return false;
    }

    private static string? Holder(SyntaxNode access) => access switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } => name,
        MemberBindingExpressionSyntax { Name.Identifier.ValueText: var name } => name,
        _ => null,
    };

    // `optimizer.ParamGroups.First().LearningRate`, where nothing is assigned to it: the rate is shown.
    private static bool IsRead(SyntaxNode access)
    {
        for (var n = access; n is ExpressionSyntax; n = n.Parent)
        {
            if (n.Parent is AssignmentExpressionSyntax assignment && assignment.Left == n) return false;
            if (Holder(n) is { } name && TorchVocabulary.RateMembers.Contains(name)) return n.Parent is not AssignmentExpressionSyntax { Left: var target } || target != n;
            if (n is ConditionalAccessExpressionSyntax { WhenNotNull: MemberBindingExpressionSyntax { Name.Identifier.ValueText: var bound } }) return TorchVocabulary.RateMembers.Contains(bound);
        }

        return false;
    }

    /// <summary>Reports a rate, and tells the fix what the library itself would take.</summary>
    public static void Report(OperationReport operation, DiagnosticDescriptor descriptor, Rate rate, params object[] arguments)
    {
        var usual = rate.Argument.Parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: double preset } ? preset : UsualRate;
        var written = rate.Caller ?? rate.Value.Place;
        var elsewhere = rate.Argument.Syntax.Span.Contains(written.Span) && rate.Argument.Syntax.SyntaxTree == written.SyntaxTree ? null : new[] { written };
        var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, Text(usual));
        operation.Report(descriptor, rate.Argument.Syntax, elsewhere, properties, arguments);
    }

    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    /// <summary>The name of the optimizer that is made, or of the one that a group is made for.</summary>
    public static object NameOf(SyntaxNode creation) => Optimizers.NameOf(creation);

    private static IOperation Stripped(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion) operation = conversion.Operand;
        return operation;
    }

    // What callers certainly hand in for a parameter that the method does not change.
    private static IEnumerable<Constant> Callers(OperationReport operation, IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction or MethodKind.Constructor } method || parameter.RefKind != RefKind.None) yield break;
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) is not { } declaration || Changes(declaration, parameter.Name)) yield break;
        var name = method.MethodKind == MethodKind.Constructor ? method.ContainingType.Name : method.Name;
        foreach (var member in operation.Program.Mentioning(method.MethodKind == MethodKind.Constructor ? method.ContainingType : method))
        {
            var model = operation.Program.Model(member.Node.SyntaxTree);
            foreach (var node in member.Nodes.SelectMany(n => n.DescendantNodes()))
            {
                if (node is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) || !IsNamed(node, name)) continue;
                var arguments = model.GetOperation(node, operation.Cancellation) switch
                {
                    IInvocationOperation call when SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, method.OriginalDefinition) => call.Arguments,
                    IObjectCreationOperation creation when SymbolEqualityComparer.Default.Equals(creation.Constructor?.OriginalDefinition, method.OriginalDefinition) => creation.Arguments,
                    _ => ImmutableArray<IArgumentOperation>.Empty,
                };
                foreach (var argument in arguments)
                    if (argument.Parameter?.Ordinal == parameter.Ordinal && argument.ArgumentKind == ArgumentKind.Explicit
                        && Constants.Of(argument.Value, operation.Program, operation.Cancellation) is { } constant) yield return constant with { Place = argument.Syntax };
            }
        }
    }

    private static bool IsNamed(SyntaxNode node, string name) => node switch
    {
        InvocationExpressionSyntax { Expression: SimpleNameSyntax simple } => simple.Identifier.ValueText == name,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.Identifier.ValueText == name,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name.Identifier.ValueText == name,
        BaseObjectCreationExpressionSyntax => true,
        _ => false,
    };

    private static bool Changes(SyntaxNode declaration, string parameter) => declaration.DescendantNodes().Any(n =>
        n is IdentifierNameSyntax name && name.Identifier.ValueText == parameter
        && (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name || name.Parent is PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax || name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 }));
}
