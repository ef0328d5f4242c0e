using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>What the rules about optimizers share.</summary>
internal static class Optimizers
{
    /// <summary>The places of a body where an optimizer is made.</summary>
    public static IEnumerable<TrainingEvent> Made(BodyReport body) => body.Events(EventKind.Create).Where(e => body.Torch.Is(e.Operation.Type, TorchType.Optimizer));

    /// <summary>The name that the optimizer gets where it is made.</summary>
    public static object NameOf(SyntaxNode creation) => (object?)VariableOf(creation) ?? LocalizedText.Of($"The optimizer");

    /// <summary>The variable, field or property whose value the optimizer becomes where it is made; null where it is only a part of that value, as in <c>new Trainer(SGD(…))</c>.</summary>
    public static string? VariableOf(SyntaxNode creation)
    {
        var value = creation;
        while (value.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax or SwitchExpressionArmSyntax or SwitchExpressionSyntax
            || value.Parent is ConditionalExpressionSyntax choice && choice.Condition != value
            || value.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression or (int)SyntaxKind.AsExpression })
            value = value.Parent;
        return value.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => declarator.Identifier.ValueText,
            EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property } => property.Identifier.ValueText,
            ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } => property.Identifier.ValueText,
            AssignmentExpressionSyntax assignment when assignment.Right == value => assignment.Left.ToString(),
            _ => null,
        };
    }

    /// <summary>The bodies that the optimizer made in a body lives in: that one, and its callers where it is returned or kept in a new object.</summary>
    public static IEnumerable<BodyReport> Homes(BodyReport body, int depth = 0)
    {
        yield return body;
        if (depth > 1) yield break;
        if (body.Body is { Outer: null, Method: { MethodKind: MethodKind.Constructor, IsStatic: false } constructor })
        {
            foreach (var member in body.Program.Mentioning(constructor.ContainingType))
                foreach (var maker in body.Program.BodiesOf(member, body.Cancellation))
                    foreach (var flow in body.Program.FlowsIn(maker, true, body.Cancellation))
                        if (flow.Calls.Any(c => c.Callee == body.Body)) yield return body.Of(flow.Body);
            yield break;
        }

        if (body.Body.Method is not { ReturnsVoid: false }) yield break;
        foreach (var caller in body.Program.CallersOf(body.Body, body.Cancellation).Select(c => c.Caller).Distinct())
            foreach (var home in Homes(body.Of(caller), depth + 1)) yield return home;
    }

    /// <summary>The body that a step stands in, wherever that is.</summary>
    public static IEnumerable<BodyReport> Stepping(BodyReport body, SyntaxNode step) => body.Program.Index.Around(step) is not { } member ? []
        : body.Program.BodiesOf(member, body.Cancellation).SelectMany(b => body.Program.FlowsIn(b, true, body.Cancellation)).Where(f => f.Of(EventKind.Step).Any(e => e.Node == step)).Select(f => body.Of(f.Body));

    /// <summary>Whether a name is declared as an optimizer.</summary>
    public static bool Denotes(BodyReport body, Path path) => path.Symbol switch
    {
        ILocalSymbol local => body.Torch.Is(local.Type, TorchType.Optimizer),
        IParameterSymbol parameter => body.Torch.Is(parameter.Type, TorchType.Optimizer),
        IFieldSymbol field => body.Torch.Is(field.Type, TorchType.Optimizer),
        IPropertySymbol property => body.Torch.Is(property.Type, TorchType.Optimizer),
        _ => false,
    };

    /// <summary>What is certain of a module by its name in a body, just before a place.</summary>
    public static ModuleFact? ModuleAt(BodyReport body, State before, Path module) => (before[module].Fact ?? body.Resolve(Value.At(module))) as ModuleFact;

    /// <summary>The name of the object that an expression denotes in its body; null for anything but a chain of names.</summary>
    public static Path? PathOf(BodyReport body, IOperation? operation)
    {
        operation = operation.Unconverted();
        return operation switch
        {
            ILocalReferenceOperation local => Path.Of(local.Local),
            IParameterReferenceOperation { Parameter: var parameter } => SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Body.Owner) ? Path.Of(parameter) : null,
            IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } => Path.This,
            IFieldReferenceOperation { Field: var field } member => field.IsStatic ? Path.Of(field.ContainingType.OriginalDefinition).Member(field.OriginalDefinition) : PathOf(body, member.Instance)?.Member(field.OriginalDefinition),
            IPropertyReferenceOperation { Property: { IsIndexer: false, IsStatic: false } property } member => PathOf(body, member.Instance)?.Member(body.Program.BackingOf(property.OriginalDefinition)),
            _ => null,
        };
    }

    /// <summary>The module whose parameters, all of them, an expression yields.</summary>
    public static Path? ModuleOf(BodyReport body, IOperation? parameters)
    {
        parameters = parameters.Unconverted();
        if (parameters is not IInvocationOperation call) return null;
        if (body.Torch.OperationOf(call.TargetMethod) == TorchOp.Parameters) return PathOf(body, call.Instance);
        return call.TargetMethod.Name is "ToList" or "ToArray" && call.Arguments.Length == 1 ? ModuleOf(body, call.Arguments[0].Value) : null;
    }

    /// <summary>Whether something between a node and one around it decides if the node runs.</summary>
    public static bool IsConditional(SyntaxNode node, SyntaxNode around) => node.Ancestors().TakeWhile(n => n != around).Any(n =>
        n is IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax or SwitchExpressionSyntax or CatchClauseSyntax or AnonymousFunctionExpressionSyntax
        || n.IsKind(SyntaxKind.CoalesceAssignmentExpression) || n.IsKind(SyntaxKind.CoalesceExpression));
}
