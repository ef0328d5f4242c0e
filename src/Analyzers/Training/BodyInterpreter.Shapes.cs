using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows how many dimensions a tensor has.</summary>
internal sealed partial class BodyInterpreter
{
    // `x.view(-1, 1)`: as many dimensions as sizes, `x.view(-1, x.size(-1))`: the last as it was.
    private static ShapeFact? Reshaped(IInvocationOperation call, ShapeFact? before)
    {
        if (call.TargetMethod.Name == TensorVocabulary.FlattenName) return FlattensRows(call) ? ShapeFact.Of(null, null) : null;
        if (!TensorVocabulary.ReshapeNames.Contains(call.TargetMethod.Name) || call.Arguments is not [{ Value: var sizes }]) return null;
        sizes = sizes.Unconverted();
        var elements = sizes switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var values } => values,
            ICollectionExpressionOperation { Elements: var values } when !values.Any(e => e is ISpreadOperation) => values,
            _ => default,
        };
        return elements.IsDefault ? null : new ShapeFact(elements.Select(e => Number(e) is { } size and >= 0 ? (long?)size : IsLast(e, call.Instance) ? before?.Last : null).ToImmutableArray(), false);
    }

    private static bool IsLast(IOperation size, IOperation? of) =>
        size.Unconverted() is IInvocationOperation { TargetMethod.Name: TensorVocabulary.SizeMethod, Instance: { } tensor, Arguments: [{ Value: var index }] } && Number(index) == -1 && of is not null && tensor.Syntax.IsEquivalentTo(of.Syntax);

    // `x.flatten(1)`: rows of all that each sample holds.
    private static bool FlattensRows(IInvocationOperation call) =>
        call.Arguments.Any(a => a.Parameter?.Name == TensorVocabulary.StartDimensionParameter && Number(a.Value) == 1) && call.Arguments.All(a => a.Parameter?.Name != TensorVocabulary.EndDimensionParameter || Number(a.Value) == -1);

    // What a layer without parameters leaves of a shape.
    private ShapeFact? Kept(MadeModule module, ShapeFact? input) =>
        torch.Is(module.Type, TorchType.Flatten) ? module.Number(TensorVocabulary.StartDimensions) == 1 && module.Number(TensorVocabulary.EndDimensions) == -1 ? ShapeFact.Of(null, null) : null
        : torch.Is(module.Type, TorchType.Parameterless) && module.Type.Name != TensorVocabulary.HalvingName || torch.Is(module.Type, TorchType.Dropout) ? input : null;

    // A model that ends in a linear layer keeps the dimensions of a batch.
    private static Value Ranked(Value output, Value?[] arguments) =>
        output.Fact is TensorFact { Shape: { Open: true, Last: { } last } } fact && arguments is [{ } input, ..] && Known(input).Shape is { Rank: >= 2, Dimensions: var leading }
            ? output.With(fact with { Shape = new ShapeFact(leading.SetItem(leading.Length - 1, last), false) }) : output;
}
