using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0411: a loss that is trained on as a sum over the batch.</summary>
internal sealed class SummedLoss() : Rule(
    "TL0411",
    Section.Loss,
    Level.Suggestion,
    "The loss is summed over the batch",
    "'{0}' sums the loss over the batch, so each training step grows with the batch size: take the mean, or divide by the number of rows",
    "The gradient of a sum is as many times larger as the batch has rows. With SGD the learning rate has to be smaller by the same factor, and has to change with the batch size; Adam and its relatives hardly notice.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (body.LoopsAround(backward.Node).FirstOrDefault() is not CommonForEachStatementSyntax loop || Summed(body, backward) is not { } sum || !sum.SyntaxTree.Equals(body.Body.Syntax.SyntaxTree) || !body.Body.Syntax.Span.Contains(sum.Span)) continue;
            if (body.Trains(loop)) body.Report(Descriptor, sum, null, null, LossGraph.Place(sum));
        }
    }

    private static SyntaxNode? Summed(BodyReport body, TrainingEvent backward)
    {
        if (backward.Subject.Fact is TensorFact { Loss: { Reduction: TensorVocabulary.ReductionSum, Kind: not (LossKind.KullbackLeibler or LossKind.Other) } loss }) return IsScaled(body, loss) ? null : loss.Node;
        if (backward.Operation is not IInvocationOperation { Instance.Syntax: ExpressionSyntax subject }) return null;
        var numbers = new BatchNumbers(body);
        if (subject is IdentifierNameSyntax name) subject = numbers.Single(name) ?? subject;
        subject = BatchNumbers.Plain(subject);
        if (subject is not InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.SumName, Expression: var rows } } sum) return null;
        if (body.ValueOf(rows).Fact is TensorFact { Loss.Reduction: TensorVocabulary.ReductionNone }) return sum;
        return IsDistance(body, BatchNumbers.Plain(rows)) ? sum : null;
    }

    private static bool IsScaled(BodyReport body, LossFact loss) => body.Flow.Values.Any(v => v.Key is BinaryExpressionSyntax && v.Value.Fact is TensorFact { Loss.Node: var node } && node == loss.Node);

    // `(output - target).pow(2)`: with something that a model computed.
    private static bool IsDistance(BodyReport body, ExpressionSyntax rows) =>
        rows is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var difference } } && TensorVocabulary.DistanceNames.Contains(name)
        && BatchNumbers.Plain(difference) is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression } minus && body.GraphOf(body.ValueOf(minus)) is { IsAttached: true, Modules.IsEmpty: false };
}
