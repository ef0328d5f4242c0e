using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows the element types of tensors.</summary>
internal sealed partial class BodyInterpreter
{
    private static bool IsComparison(IOperation operation) => operation is IBinaryOperation
    {
        OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual,
    };

    private static bool IsFloating(string? type) => type is "Float32" or "Float64" or "Float16" or "BFloat16";

    private static bool IsWhole(string? type) => type is "Int64" or "Int32" or "Int16" or "Int8" or "Byte" or "Bool";

    // Of operands of one type the result has that type, but a quotient of whole numbers is none, and a whole tensor with a fraction becomes floating.
    private string? CommonType(List<Value> tensors, IOperation operation, IEnumerable<IOperation> operands)
    {
        if (tensors.Count == 0 || Known(tensors[0]).Type is not { } type || tensors.Any(t => Known(t).Type != type)) return null;
        if (IsFloating(type)) return type;
        if (type == "Bool" || operation is not IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.Multiply }) return null;
        return operands.Select(o => o.Unconverted().Type).All(t => t is not { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal } && !torch.Is(t, TorchType.Scalar)) ? type : null;
    }

    // A sum of whole numbers or of truth values is Int64; a mean is of floating numbers as they are.
    private static string? ReducedType(IInvocationOperation call, TensorFact known)
    {
        foreach (var argument in call.Arguments)
            if (argument.ArgumentKind != ArgumentKind.DefaultValue && IsScalarType(argument.Parameter?.Type) && !(argument.Value.ConstantValue is { HasValue: true, Value: null }))
                return argument.Parameter?.Type is { } type && (type.TypeKind == TypeKind.Enum || type.Name == nameof(Nullable)) ? TypeNamed(argument.Value) : null;
        return IsFloating(known.Type) ? known.Type : call.TargetMethod.Name == TensorVocabulary.SumName && IsWhole(known.Type) ? "Int64" : null;
    }

    private static string? LossType(LossKind kind, TensorFact input, TensorFact target) =>
        IsFloating(input.Type) && (kind is LossKind.CrossEntropy or LossKind.NegativeLogLikelihood || input.Type == target.Type) ? input.Type : null;

    // `x[0]`: of the type and place of the whole.
    private Value Part(IPropertyReferenceOperation indexer, Value whole)
    {
        var part = Derived(indexer.Type, [GraphOf(whole)], [whole]);
        return Known(whole).Type is { } type ? part.With(Known(part) with { Type = type }) : part;
    }
}
