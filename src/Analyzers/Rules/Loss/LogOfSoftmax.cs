using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0417: a logarithm or exponential in two steps, of which the first loses what the second needs.</summary>
internal sealed class LogOfSoftmax() : Rule(
    "TL0417",
    Section.Loss,
    Level.Suggestion,
    "The logarithm is taken in two steps",
    "'{0}' loses precision and may become infinite: '{1}' computes the same in one step",
    "softmax rounds small probabilities to 0, whose logarithm is -infinity; 1 + x forgets a small x; exp overflows for large scores. log_softmax, log1p, expm1 and logsumexp compute the same without the step in between.")
{
    public override IEnumerable<string> Calls => [TensorVocabulary.LogName];

    public override IEnumerable<OperationKind> Operations => [OperationKind.Binary];

    public override void InspectOperation(OperationReport operation)
    {
        var replacement = operation.Operation switch
        {
            IInvocationOperation call when operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Log => OfLog(operation, Operand(call)),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } difference when IsOne(difference.RightOperand) && IsExp(operation, difference.LeftOperand) => TensorVocabulary.Expm1Name,
            _ => null,
        };
        if (replacement is not null)
            operation.Report(Descriptor, operation.Node, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, replacement), LossGraph.Place(operation.Node), replacement);
    }

    private static string? OfLog(OperationReport operation, IOperation? operand)
    {
        switch (Plain(operand))
        {
            case IInvocationOperation inner when IsSoftmax(operation, inner) || EndsInSoftmax(operation, inner):
                return TensorVocabulary.LogSoftmaxName;
            case IInvocationOperation { TargetMethod: { Name: TensorVocabulary.SumName } method } sum when operation.Torch.OperationOf(method) == TorchOp.Reduce && IsExp(operation, Operand(sum))
                && sum.Arguments.Count(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Value.Type?.SpecialType == SpecialType.System_Int64) == 1:
                return TensorVocabulary.LogSumExpName;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum when IsOne(sum.LeftOperand) || IsOne(sum.RightOperand):
                return TensorVocabulary.Log1pName;
            case ILocalReferenceOperation { Local: var local } when Initial(operation, local) is IInvocationOperation inner && IsSoftmax(operation, inner):
                return TensorVocabulary.LogSoftmaxName;
            default:
                return null;
        }
    }

    // softmax as a function, a method of the tensor or a module.
    private static bool IsSoftmax(OperationReport operation, IInvocationOperation call) => operation.Torch.OperationOf(call.TargetMethod) switch
    {
        TorchOp.Softmax => true,
        TorchOp.Forward => operation.Torch.Is(call.Instance?.Type, TorchType.Softmax),
        _ => false,
    };

    // A model whose forward() ends in a softmax.
    private static bool EndsInSoftmax(OperationReport operation, IInvocationOperation call) =>
        operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Forward && operation.Around() is { } body && body.Resolve(body.ValueOf(call.Syntax)) is TensorFact { Meaning: Meaning.Softmax };

    private static bool IsExp(OperationReport operation, IOperation? value) =>
        Plain(value) is IInvocationOperation { TargetMethod: { Name: TensorVocabulary.ExpName } method } && operation.Torch.Is(method.ReturnType, TorchType.Tensor) && TorchSymbols.IsLibrary(method);

    private static bool IsOne(IOperation value) => Plain(value)?.ConstantValue is { HasValue: true, Value: 1 or 1L or 1f or 1d };

    private static IOperation? Operand(IInvocationOperation call) => call.Instance ?? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value;

    private static IOperation? Plain(IOperation? operation)
    {
        while (operation is IConversionOperation or IParenthesizedOperation) operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        return operation;
    }

    // What a local is set to where it is declared, if nothing sets it anew.
    private static IOperation? Initial(OperationReport operation, ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator) return null;
        var scope = declarator.Ancestors().FirstOrDefault(a => a is BlockSyntax or CompilationUnitSyntax or SwitchSectionSyntax);
        return scope is null || scope.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } && name.Identifier.ValueText == local.Name)
            ? null : operation.Program.Model(value.SyntaxTree).GetOperation(value, operation.Cancellation);
    }
}
