using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows how many dimensions a tensor has.</summary>
internal sealed partial class BodyInterpreter
{
    // `x.view(-1, 1)`: as many dimensions as sizes.
    private static ShapeFact? Reshaped(IInvocationOperation call)
    {
        if (!TensorVocabulary.ReshapeNames.Contains(call.TargetMethod.Name) || call.Arguments is not [{ Value: var sizes }]) return null;
        sizes = sizes.Unconverted();
        var elements = sizes switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var values } => values,
            ICollectionExpressionOperation { Elements: var values } when !values.Any(e => e is ISpreadOperation) => values,
            _ => default,
        };
        return elements.IsDefault ? null : new ShapeFact(elements.Select(e => Number(e) is { } size and >= 0 ? (long?)size : null).ToImmutableArray(), false);
    }

    // A model that ends in a linear layer keeps the dimensions of a batch.
    private static Value Ranked(Value output, Value?[] arguments) =>
        output.Fact is TensorFact { Shape: { Open: true, Last: { } last } } fact && arguments is [{ } input, ..] && Known(input).Shape is { Rank: >= 2, Dimensions: var leading }
            ? output.With(fact with { Shape = new ShapeFact(leading.SetItem(leading.Length - 1, last), false) }) : output;
}
