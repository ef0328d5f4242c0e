using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0413: softmax over the rows of a batch.</summary>
internal sealed class SoftmaxDimension() : Rule(
    "TL0413",
    Section.Loss,
    Level.Warning,
    "Softmax over the batch",
    "'{0}' runs over dimension 0, the rows of the batch, so that each row's share depends on the others and a row's classes do not add up to 1: use dimension 1",
    "The scores of a batch stand in rows, one row for each sample, one column for each class. Softmax over dimension 0 lets the samples compete for each class; what a sample gets depends on which others happen to be in its batch.")
{
    // Layers that keep the rows apart, and so take nothing but a batch.
    private static readonly TorchType[] OfBatches = [TorchType.Flatten, TorchType.BatchNorm];

    public override IEnumerable<string> Calls => ["softmax", "log_softmax", "Softmax", "LogSoftmax"];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call || call.Arguments.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.DimensionParameter) is not { Value: { ConstantValue: { HasValue: true, Value: 0 or 0L } } dimension }) return;
        var found = operation.Torch.OperationOf(call.TargetMethod) is TorchOp.Softmax or TorchOp.LogSoftmax
            ? (call.Instance ?? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value) is { } scores && operation.Around() is { } body && AreScoresOfBatch(body, scores, call.Syntax)
            : operation.Torch.Is(call.Type, TorchType.Softmax) || operation.Torch.Is(call.Type, TorchType.LogSoftmax) ? SequentialOf(operation.Torch, call) is { } chain ? EndsBatch(operation, chain, call) : IsAppliedToBatch(operation) : false;
        if (found) operation.Report(Descriptor, dimension.Syntax, null, null, GradientSteps.Text(call.Syntax));
    }

    // A layer of a Sequential, right after a linear one.
    private static bool EndsBatch(OperationReport operation, IInvocationOperation chain, IInvocationOperation softmax)
    {
        var layers = chain.Descendants().OfType<IInvocationOperation>().Where(l => operation.Torch.Is(l.Type, TorchType.Module) && SequentialOf(operation.Torch, l) == chain).ToList();
        var at = layers.IndexOf(softmax);
        if (at < 1 || !IsLinear(operation.Torch, layers[at - 1].Type)) return false;
        if (layers.Take(at).Any(l => OfBatches.Any(k => operation.Torch.Is(l.Type, k)))) return true;
        return Passes(operation, chain.Syntax).Any(p => p.Arguments is [{ Value: var input }, ..] && BodyAt(operation, p) is { } body && IsBatch(body, input));
    }

    // A module in a variable or field that is given scores somewhere.
    private static bool IsAppliedToBatch(OperationReport operation) =>
        Passes(operation, operation.Node).Any(p => p.Arguments is [{ Value: var scores }, ..] && BodyAt(operation, p) is { } body && AreScoresOfBatch(body, scores, p.Syntax));

    private static IEnumerable<IInvocationOperation> Passes(OperationReport operation, SyntaxNode module)
    {
        // `LogSoftmax(0).forward(x)` uses the module as well.
        foreach (var use in operation.UsesOf(module))
            if (use is { Kind: UseKind.Call, Method: { } method } && operation.Torch.OperationOf(method) == TorchOp.Forward
                && operation.Program.Model(use.Node.SyntaxTree).GetOperation(use.Node, operation.Cancellation) is IInvocationOperation pass) yield return pass;
    }

    private static BodyReport? BodyAt(OperationReport operation, IInvocationOperation call)
    {
        if (operation.Program.Index.Around(call.Syntax) is not { } member) return null;
        var flows = operation.Program.BodiesOf(member, operation.Cancellation).SelectMany(b => operation.Program.FlowsIn(b, true, operation.Cancellation));
        return flows.Where(f => !f.Unknown && f.Body.Syntax.Span.Contains(call.Syntax.Span)).OrderBy(f => f.Body.Syntax.Span.Length).FirstOrDefault() is { } flow
            ? new BodyReport(operation.Program, flow, _ => { }, operation.Cancellation) : null;
    }

    private static bool IsLinear(TorchSymbols torch, ITypeSymbol? type) => torch.Is(type, TorchType.Scores) && type!.Name == TensorVocabulary.LinearName;

    private static IInvocationOperation? SequentialOf(TorchSymbols torch, IOperation layer)
    {
        var parent = layer.Parent;
        while (parent is IConversionOperation or ITupleOperation or IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation or IArgumentOperation) parent = parent.Parent;
        return parent is IInvocationOperation call && torch.Is(call.Type, TorchType.Sequential) ? call : null;
    }

    // The scores of a linear layer, and proof that they are those of many rows.
    private static bool AreScoresOfBatch(BodyReport body, IOperation scores, SyntaxNode softmax)
    {
        scores = Unscaled(body, scores);
        if (IsOutputOfBatch(body, scores)) return true;

        // One score for each row is shared out among the rows: attention.
        if (body.Resolve(body.ValueOf(scores.Syntax)) is not TensorFact { Meaning: Meaning.Scores, Shape: null or { Last: not 1 } } fact) return false;
        return fact.Shape?.Rank == 2 || IsBatch(body, scores) || IsRanked(body, scores) || IsRanked(body, softmax) || IsReturnRanked(body, softmax);
    }

    // Rank two by its shape, or a batch of a loader, seen through layers that keep the rows.
    private static bool IsBatch(BodyReport body, IOperation? tensor, int depth = 0)
    {
        tensor = tensor.Unconverted();
        if (tensor is null || depth > 8) return false;
        if (body.Resolve(body.ValueOf(tensor.Syntax)) is TensorFact { Shape.Rank: 2 }) return true;
        switch (tensor)
        {
            case IInvocationOperation { TargetMethod: var method } call when TorchSymbols.IsLibrary(method):
                if (body.Torch.OperationOf(method) == TorchOp.Forward) return IsBatch(body, call.Arguments.FirstOrDefault()?.Value, depth + 1) || TakesBatches(body, call);
                if (method.Name is TensorVocabulary.FlattenName) return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.StartDimensionParameter)?.Value.ConstantValue is { HasValue: true, Value: 1 or 1L };
                if (method.Name is TensorVocabulary.ViewName or TensorVocabulary.ReshapeName) return call.Arguments is [.., { Value: IArrayCreationOperation { Initializer.ElementValues.Length: 2 } }];
                return call.Instance is not null && TensorVocabulary.SameShape.Contains(method.Name) && IsBatch(body, call.Instance, depth + 1);
            case ILocalReferenceOperation { Local: var local }:
                if (IsOfLoader(body, local)) return true;
                return local.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax(body.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
                    && body.Flow.Body.Syntax.Span.Contains(declarator.Span) && IsBatch(body, body.Program.Model(value.SyntaxTree).GetOperation(value, body.Cancellation), depth + 1);
            case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: ILocalReferenceOperation { Local: var batch } }:
                return IsOfLoader(body, batch);
            default:
                return false;
        }
    }

    // `scores / temperature`
    private static IOperation Unscaled(BodyReport body, IOperation scores)
    {
        while (scores.Unconverted() is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide, LeftOperand: var left, RightOperand: var right } && !body.Torch.Is(right.Unconverted()?.Type, TorchType.Tensor)) scores = left;
        return scores.Unconverted() ?? scores;
    }

    // What a model of which nothing is known makes of a batch as the loader gives it.
    private static bool IsOutputOfBatch(BodyReport body, IOperation scores) =>
        body.ValueOf(scores.Syntax).Fact is TensorFact { Pass: { } pass } && body.Body.Syntax.Span.Contains(pass.Span)
        && body.Program.Model(pass.SyntaxTree).GetOperation(pass, body.Cancellation) is IInvocationOperation { Arguments: [{ Value: var input }] } && IsAsLoaded(body, input);

    private static bool IsAsLoaded(BodyReport body, IOperation? tensor, int depth = 0) => depth < 8 && tensor.Unconverted() switch
    {
        IInvocationOperation { Instance: { } moved } call => body.Torch.OperationOf(call.TargetMethod) == TorchOp.MoveTensor && IsAsLoaded(body, moved, depth + 1),
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: ILocalReferenceOperation { Local: var batch } } => IsOfLoader(body, batch),
        ILocalReferenceOperation { Local: var local } => local.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax(body.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } value } declarator
            && body.Flow.Body.Syntax.Span.Contains(declarator.Span) && !new BatchNumbers(body).Writes(local).Skip(1).Any() && IsAsLoaded(body, body.Program.Model(value.SyntaxTree).GetOperation(value, body.Cancellation), depth + 1),
        _ => false,
    };

    // A Sequential with a layer that takes nothing but a batch.
    private static bool TakesBatches(BodyReport body, IInvocationOperation pass) =>
        body.Events(EventKind.Forward).FirstOrDefault(e => e.Node == pass.Syntax) is { } run && body.Resolve(run.Subject) is ModuleFact { Made: { IsEmpty: false } made }
        && made.All(m => !m.Layers.IsDefault && m.Layers.Any(l => l.Fact is ModuleFact { Made: { IsEmpty: false } layers } && layers.All(k => OfBatches.Any(b => body.Torch.Is(k.Type, b)))));

    private static bool IsOfLoader(BodyReport body, ILocalSymbol local) =>
        local.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax(body.Cancellation) is ForEachStatementSyntax loop
        && body.Program.Model(loop.SyntaxTree).GetTypeInfo(loop.Expression, body.Cancellation).Type is var type && (body.Torch.Is(type, TorchType.DataLoader) || body.Torch.Is(type, TorchType.IterableDataLoader));

    // `scores.argmax(1)`, `output.gather(1, classes)`: who asks for a class of each row has rows.
    private static bool IsRanked(BodyReport body, IOperation scores) => scores is ILocalReferenceOperation { Local: var local } && IsRanked(body, local);

    private static bool IsRanked(BodyReport body, SyntaxNode softmax) =>
        softmax.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } && body.Program.Model(variable.SyntaxTree).GetDeclaredSymbol(variable, body.Cancellation) is ILocalSymbol local && IsRanked(body, local);

    private static bool IsRanked(BodyReport body, ILocalSymbol local) =>
        body.UsesOf(local).Any(u => u is { Kind: UseKind.Call, Method: { } method, Node: InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.Value: 1 } }, ..] } } && TorchSymbols.IsLibrary(method) && TensorVocabulary.RowwiseNames.Contains(method.Name));

    // What a forward() hands out is looked at row by row by those who run it.
    private static bool IsReturnRanked(BodyReport body, SyntaxNode softmax) =>
        softmax.Parent is ReturnStatementSyntax or ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax } && body.Body.Outer is null
        && body.Program.CallersOf(body.Body, body.Cancellation).Any(c => IsRanked(body.Of(c.Caller), c.Site.Node));
}
