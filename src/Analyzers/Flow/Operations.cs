using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TrainLint.Analyzers.Flow;

/// <summary>What is asked of operations everywhere.</summary>
internal static class Operations
{
    /// <summary>What is converted, below all conversions.</summary>
    [return: NotNullIfNotNull(nameof(operation))]
    public static IOperation? Unconverted(this IOperation? operation)
    {
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        return operation;
    }
}
