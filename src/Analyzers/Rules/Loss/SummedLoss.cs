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
            if (Summed(body, backward) is not { } sum || !sum.SyntaxTree.Equals(body.Body.Syntax.SyntaxTree) || !body.Body.Syntax.Span.Contains(sum.Span)) continue;
            if (IsOfBatches(body, backward, sum)) body.Report(Descriptor, sum, null, null, LossGraph.Place(sum));
        }
    }

    // A sum over all the data is always as large; one over a batch goes with its size.
    private static bool IsOfBatches(BodyReport body, TrainingEvent backward, SyntaxNode sum) => body.LoopsAround(backward.Node).FirstOrDefault() switch
    {
        CommonForEachStatementSyntax loop => body.Trains(loop),
        { } loop => sum is ExpressionSyntax loss && new BatchNumbers(body).IsOfOneRound(loss, loop) && body.Trains(loop),
        null => IsRunPerBatch(body) && body.Trains(body.Body.Syntax),
    };

    // `foreach (var batch in loader) Step(batch["x"], batch["y"]);`, `many.Select(x => Step(x))`
    private static bool IsRunPerBatch(BodyReport body) =>
        body.Body is { Outer: null, Method: { MethodKind: MethodKind.Ordinary } method } && method.Parameters.Any(p => HoldsTensors(body, p.Type))
        && body.Program.CallersOf(body.Body, body.Cancellation).Any(c => c.Site.Node is InvocationExpressionSyntax { ArgumentList: var given } && Drawn(c.Site.Node, c.Caller.Syntax).Any(name => given.DescendantTokens().Any(t => t.ValueText == name)));

    private static bool HoldsTensors(BodyReport body, ITypeSymbol type) =>
        body.Torch.Is(type, TorchType.Tensor) || type is INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments } && !body.Torch.IsModuleLike(type) && arguments.Any(a => HoldsTensors(body, a));

    // What the loops and lambdas around a call go through, by name.
    private static IEnumerable<string> Drawn(SyntaxNode call, SyntaxNode within) => call.Ancestors().TakeWhile(a => a != within.Parent).SelectMany(a => a switch
    {
        ForEachStatementSyntax each => [each.Identifier.ValueText],
        ForEachVariableStatementSyntax each => each.Variable.DescendantNodesAndSelf().OfType<SingleVariableDesignationSyntax>().Select(d => d.Identifier.ValueText),
        SimpleLambdaExpressionSyntax lambda => [lambda.Parameter.Identifier.ValueText],
        ParenthesizedLambdaExpressionSyntax lambda => lambda.ParameterList.Parameters.Select(p => p.Identifier.ValueText),
        _ => Enumerable.Empty<string>(),
    });

    private static SyntaxNode? Summed(BodyReport body, TrainingEvent backward)
    {
        if (backward.Subject.Fact is TensorFact { Loss: { Reduction: TensorVocabulary.ReductionSum, Kind: not (LossKind.KullbackLeibler or LossKind.Other) } loss }) return IsScaled(body, loss) ? null : loss.Node;
        if (backward.Operation is not IInvocationOperation { Instance.Syntax: ExpressionSyntax subject }) return null;
        var numbers = new BatchNumbers(body);
        if (subject is IdentifierNameSyntax name) subject = numbers.Single(name) ?? subject;
        subject = BatchNumbers.Plain(subject);
        if (subject is BinaryExpressionSyntax) return BesideMean(body, numbers, subject);
        if (subject is not InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.SumName, Expression: var rows } } sum) return null;
        if (body.ValueOf(rows).Fact is TensorFact { Loss.Reduction: TensorVocabulary.ReductionNone }) return sum;
        return IsDistance(body, BatchNumbers.Plain(rows)) ? sum : null;
    }

    // A sum beside a mean: how much each of them weighs depends on the batch size. Whatever else a sum is scaled by may be the number of rows.
    private static SyntaxNode? BesideMean(BodyReport body, BatchNumbers numbers, ExpressionSyntax whole)
    {
        var terms = Terms(whole).Select(t => Weighted(body, t)).ToList();
        if (!terms.Exists(t => numbers.Of(Unscaled(body, numbers, t.Loss)) == BatchNumber.Mean)) return null;
        var complements = terms.Select(t => t.Weight).OfType<BinaryExpressionSyntax>().Where(w => w.IsKind(SyntaxKind.SubtractExpression) && w.Left.ToString() is "1" or "1.0" or "1f").Select(w => w.Right.ToString()).ToList();
        foreach (var (term, weight) in terms)
        {
            var loss = term is IdentifierNameSyntax name ? numbers.Single(name) ?? term : term;
            if (body.ValueOf(loss).Fact is not TensorFact { Loss: { Reduction: TensorVocabulary.ReductionSum, Kind: not (LossKind.KullbackLeibler or LossKind.Other), Node: var node } } || node != BatchNumbers.Plain(loss)) continue;
            if (weight is null or LiteralExpressionSyntax || complements.Contains(weight.ToString())) return node;
        }

        return null;
    }

    // A mean stays one whatever it is multiplied by.
    private static ExpressionSyntax Unscaled(BodyReport body, BatchNumbers numbers, ExpressionSyntax term) => BatchNumbers.Plain(term) switch
    {
        IdentifierNameSyntax name when numbers.Single(name) is { } value => Unscaled(body, numbers, value),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression } product => Unscaled(body, numbers, Weighted(body, product).Loss),
        var loss => loss,
    };

    private static IEnumerable<ExpressionSyntax> Terms(ExpressionSyntax whole) => BatchNumbers.Plain(whole) switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => Terms(sum.Left).Concat(Terms(sum.Right)),
        var term => [term],
    };

    // `0.5 * loss`
    private static (ExpressionSyntax Loss, ExpressionSyntax? Weight) Weighted(BodyReport body, ExpressionSyntax term)
    {
        if (term is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression } product) return (term, null);
        var (left, right) = (BatchNumbers.Plain(product.Left), BatchNumbers.Plain(product.Right));
        return body.Torch.Is(body.Program.Model(left.SyntaxTree).GetTypeInfo(left, body.Cancellation).Type, TorchType.Tensor) ? (left, right) : (right, left);
    }

    private static bool IsScaled(BodyReport body, LossFact loss) => body.Flow.Values.Any(v => v.Key is BinaryExpressionSyntax && v.Value.Fact is TensorFact { Loss.Node: var node } && node == loss.Node);

    // `(output - target).pow(2)`: with something that a model computed.
    private static bool IsDistance(BodyReport body, ExpressionSyntax rows) =>
        rows is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Expression: var difference } } && TensorVocabulary.DistanceNames.Contains(name)
        && BatchNumbers.Plain(difference) is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression } minus && body.GraphOf(body.ValueOf(minus)) is { IsAttached: true, Modules.IsEmpty: false };
}
