using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that remembers what scores go through behind the last layer.</summary>
internal sealed partial class BodyInterpreter
{
    private static Value Ended(Value output, INamedTypeSymbol module, TensorFact input, SyntaxNode node) =>
        TorchSymbols.IsLibrary(module) && output.Fact is TensorFact fact && Ending(module.Name, input, node) is { } ending ? output.With(fact with { Ending = ending }) : output;

    private static EndingFact? Ending(IMethodSymbol method, TensorFact input, SyntaxNode node) => Ending(method.Name, input, node);

    // Several in a row: the first is the one to speak of.
    private static EndingFact? Ending(string name, TensorFact input, SyntaxNode node) =>
        !LayerVocabulary.Endings.TryGetValue(name, out var kind) ? null : input.Ending ?? (input.Meaning == Meaning.Scores || input.Pass is not null && kind != EndingKind.Norm ? new(kind, node) : null);
}
