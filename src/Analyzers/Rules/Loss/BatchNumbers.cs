using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>What a number says of a batch.</summary>
internal enum BatchNumber
{
    /// <summary>A mean over the rows of one batch.</summary>
    Mean,

    /// <summary>A sum over the rows of one batch.</summary>
    Sum,
}

/// <summary>What a number counts.</summary>
internal enum Count
{
    Samples,
    Batches,
}

/// <summary>Plain numbers of one body, as far as its text tells: what was read out of a loss, what counts samples and what counts batches.</summary>
internal sealed class BatchNumbers(BodyReport body)
{
    private readonly SemanticModel model = body.Program.Model(body.Body.Syntax.SyntaxTree);
    private HashSet<SyntaxNode>? scaled;

    /// <summary>What a number is that was read out of a tensor; null where that is not certain.</summary>
    public BatchNumber? Of(TrainingEvent item)
    {
        if (item.Subject.Fact is TensorFact { Loss: { } loss }) return IsPlain(loss) ? Reduced(loss.Reduction) : null;
        return item.Operation is IInvocationOperation { Syntax: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } } ? Of(access.Expression, 0) : null;
    }

    private static BatchNumber? Reduced(long? reduction) => reduction switch
    {
        TensorVocabulary.ReductionMean => BatchNumber.Mean,
        TensorVocabulary.ReductionSum => BatchNumber.Sum,
        _ => null,
    };

    // A loss of this body that nothing multiplies or divides.
    private bool IsPlain(LossFact loss) =>
        loss.Node.SyntaxTree == body.Body.Syntax.SyntaxTree && body.Body.Syntax.Span.Contains(loss.Node.Span)
        && !(scaled ??= [.. body.Flow.Values.Where(v => v.Key is BinaryExpressionSyntax).Select(v => (v.Value.Fact as TensorFact)?.Loss?.Node).OfType<SyntaxNode>()]).Contains(loss.Node);

    private BatchNumber? Of(ExpressionSyntax tensor, int depth)
    {
        tensor = Plain(tensor);
        if (depth > 4) return null;
        if (tensor is IdentifierNameSyntax name) return Single(name) is { } value ? Of(value, depth + 1) : null;
        if (tensor is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call || model.GetSymbolInfo(call, body.Cancellation).Symbol is not IMethodSymbol method) return null;
        switch (body.Torch.OperationOf(method))
        {
            case TorchOp.MoveTensor or TorchOp.Detach or TorchOp.SameMeaning when !method.IsStatic:
                return Of(access.Expression, depth + 1);
            case TorchOp.Reduce when !method.IsStatic && call.ArgumentList.Arguments.Count == 0:
                return method.Name == TensorVocabulary.MeanName ? BatchNumber.Mean : IsTruth(access.Expression, depth) ? BatchNumber.Sum : null;
            case TorchOp.Forward:
                return OfModule(call);
            default:
                return null;
        }
    }

    // A loss module that is handed in: its callers know how it reduces.
    private BatchNumber? OfModule(InvocationExpressionSyntax call)
    {
        if (body.Events(EventKind.Forward).FirstOrDefault(e => e.Node == call) is not { } pass || body.Resolve(pass.Subject) is not ModuleFact { Made: var made }) return null;
        var kinds = made.Select(m => body.Torch.LossOf(m.Type) is null || !m.Settings.TryGetValue(TensorVocabulary.ReductionParameter, out var reduction) ? null : Reduced(reduction as long?)).Distinct().ToList();
        return kinds.Count == 1 ? kinds[0] : null;
    }

    // Whether the tensor holds truth values: `prediction.eq(y)`, `prediction == y`, also as numbers.
    private bool IsTruth(ExpressionSyntax tensor, int depth)
    {
        tensor = Plain(tensor);
        if (depth > 4) return false;
        if (body.ValueOf(tensor).Fact is TensorFact { Type: "Bool" }) return true;
        if (tensor is IdentifierNameSyntax name) return Single(name) is { } value && IsTruth(value, depth + 1);
        return tensor switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression or (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanOrEqualExpression } =>
                body.Torch.Is(model.GetTypeInfo(tensor, body.Cancellation).Type, TorchType.Tensor),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } call when model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol { IsStatic: false } method =>
                body.Torch.OperationOf(method) switch
                {
                    TorchOp.Compare => true,
                    TorchOp.MoveTensor or TorchOp.Cast or TorchOp.Detach => IsTruth(access.Expression, depth + 1),
                    _ => false,
                },
            _ => false,
        };
    }

    /// <summary>What a number counts that something is divided by; null where that is not certain.</summary>
    /// <param name="expression">The number.</param>
    /// <param name="batches">The loop in which the sum grows, once for each batch.</param>
    public Count? CountOf(ExpressionSyntax expression, StatementSyntax batches, int depth = 0)
    {
        expression = Plain(expression);
        if (depth > TrainingProgram.ContextDepth) return null;
        if (Receiver(expression) is { } collection) return IsBatchLoop(batches) ? OfCollection(model, collection) : null;
        if (expression is not IdentifierNameSyntax name || model.GetSymbolInfo(name, body.Cancellation).Symbol is not (ILocalSymbol or IFieldSymbol or IParameterSymbol)) return null;
        var symbol = model.GetSymbolInfo(name, body.Cancellation).Symbol!;
        var writes = Writes(symbol).ToList();
        if (writes.Count == 0 && symbol is IParameterSymbol parameter) return IsBatchLoop(batches) ? HandedIn(parameter) : null;
        if (symbol is ILocalSymbol && writes is [{ Operator: SyntaxKind.EqualsToken, Value: { } only }] && !IsZero(only)) return CountOf(only, batches, depth + 1);
        var counts = writes.Where(w => w is not { Operator: SyntaxKind.EqualsToken, Value: { } start } || !IsZero(start)).ToList();
        if (!counts.Any(c => Innermost(c.Node) == batches)) return null;
        if (counts.All(c => c.Operator == SyntaxKind.PlusEqualsToken && c.Value is { } rows && IsRows(rows))) return Count.Samples;
        return counts is [{ Operator: SyntaxKind.PlusPlusToken } or { Operator: SyntaxKind.PlusEqualsToken, Value: LiteralExpressionSyntax { Token.Value: 1 } }] && IsBatchLoop(batches) ? Count.Batches : null;
    }

    // `dataset.Count`: samples; `loader.Count`: batches.
    private Count? OfCollection(SemanticModel at, ExpressionSyntax collection)
    {
        var type = at.GetTypeInfo(collection, body.Cancellation).Type;
        return body.Torch.Is(type, TorchType.Dataset) ? Count.Samples : body.Torch.Is(type, TorchType.DataLoader) || body.Torch.Is(type, TorchType.IterableDataLoader) ? Count.Batches : null;
    }

    private static ExpressionSyntax? Receiver(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.CountName } access => access.Expression,
        InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.CountName } access } => access.Expression,
        _ => null,
    };

    // A size that callers hand in: all must hand in the same kind of count.
    private Count? HandedIn(IParameterSymbol parameter)
    {
        if (body.Body.Outer is not null) return null;
        var counts = new List<Count?>();
        foreach (var (caller, site) in body.Program.CallersOf(body.Body, body.Cancellation))
        {
            if (site.Node is not InvocationExpressionSyntax call) return null;
            var at = body.Program.Model(call.SyntaxTree);
            if (at.GetOperation(call, body.Cancellation) is not IInvocationOperation operation) return null;
            var argument = operation.Arguments.FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.Parameter?.OriginalDefinition, parameter.OriginalDefinition));
            if (argument?.Value.Syntax is not ExpressionSyntax given) return null;
            given = Plain(given);
            if (given is IdentifierNameSyntax name && new BatchNumbers(body.Of(caller)).Single(name) is { } initial) given = Plain(initial);
            counts.Add(Receiver(given) is { } collection ? OfCollection(at, collection) : null);
        }

        return counts.Distinct().ToList() is [var count] ? count : null;
    }

    /// <summary>Whether an expression is the number of rows of a tensor: `x.shape[0]`, `x.size(0)`.</summary>
    public bool IsRows(ExpressionSyntax expression) => Plain(expression) switch
    {
        ElementAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.ShapeProperty } shape, ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.Value: 0 } }] } => IsTensor(shape.Expression),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.SizeMethod } size, ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.Value: 0 } }] } => IsTensor(size.Expression),
        IdentifierNameSyntax name => Single(name) is { } value && value is not IdentifierNameSyntax && IsRows(value),
        _ => false,
    };

    private bool IsTensor(ExpressionSyntax expression) => body.Torch.Is(model.GetTypeInfo(expression, body.Cancellation).Type, TorchType.Tensor);

    /// <summary>Whether the loop runs over the batches of a loader, which hold more than one row as far as can be seen.</summary>
    public bool IsBatchLoop(StatementSyntax loop)
    {
        if (loop is not CommonForEachStatementSyntax each) return false;
        var type = model.GetTypeInfo(each.Expression, body.Cancellation).Type;
        if (!body.Torch.Is(type, TorchType.DataLoader) && !body.Torch.Is(type, TorchType.IterableDataLoader)) return false;
        var creation = each.Expression is IdentifierNameSyntax name ? Single(name) : null;
        return creation is null || model.GetOperation(creation, body.Cancellation) is not { } made || !(made switch
        {
            IInvocationOperation call => call.Arguments,
            IObjectCreationOperation { Arguments: var arguments } => arguments,
            _ => [],
        }).Any(a => a.Parameter?.Name == TensorVocabulary.BatchSizeParameter && a.Value.ConstantValue is { HasValue: true, Value: 1 });
    }

    // Variables.

    /// <summary>A change of a variable: `=`, `+=`, `++` or another operator, with the value where there is one.</summary>
    public sealed record Write(SyntaxKind Operator, SyntaxNode Node, ExpressionSyntax? Value);

    /// <summary>All mentions of a local, parameter or field in the body.</summary>
    public IEnumerable<IdentifierNameSyntax> Mentions(ISymbol symbol) =>
        body.Mentions(symbol.Name).Where(n => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, body.Cancellation).Symbol, symbol));

    /// <summary>All changes of a local, parameter or field in the body, its declaration first.</summary>
    public IEnumerable<Write> Writes(ISymbol symbol)
    {
        if (symbol is ILocalSymbol && symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: var initial } declarator)
            yield return new(SyntaxKind.EqualsToken, declarator, initial);
        foreach (var mention in Mentions(symbol))
            if (WriteOf(mention) is { } write) yield return write;
    }

    private static Write? WriteOf(IdentifierNameSyntax mention)
    {
        SyntaxNode node = mention.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : mention;
        return node.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Left == node => new(assignment.OperatorToken.Kind(), assignment, assignment.Right),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } unary => new(unary.OperatorToken.Kind(), unary, null),
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } unary => new(unary.OperatorToken.Kind(), unary, null),
            ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => new(SyntaxKind.RefKeyword, argument, null),
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax tuple } } => new(SyntaxKind.None, tuple, null),
            _ => null,
        };
    }

    /// <summary>The value of a local that is set where it is declared and nowhere else.</summary>
    public ExpressionSyntax? Single(IdentifierNameSyntax name) =>
        model.GetSymbolInfo(name, body.Cancellation).Symbol is ILocalSymbol local && Writes(local).ToList() is [{ Operator: SyntaxKind.EqualsToken, Value: { } value }] ? value : null;

    public ISymbol? SymbolOf(ExpressionSyntax expression) => Plain(expression) switch
    {
        IdentifierNameSyntax name => model.GetSymbolInfo(name, body.Cancellation).Symbol,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => model.GetSymbolInfo(access, body.Cancellation).Symbol,
        _ => null,
    };

    public bool IsZero(ExpressionSyntax expression) => model.GetConstantValue(Plain(expression), body.Cancellation) is { HasValue: true, Value: 0 or 0L or 0f or 0d };

    public StatementSyntax? Innermost(SyntaxNode node) => body.LoopsAround(node).FirstOrDefault();

    /// <summary>Without parentheses and conversions.</summary>
    public static ExpressionSyntax Plain(ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax inner:
                    expression = inner.Expression;
                    break;
                case CastExpressionSyntax cast:
                    expression = cast.Expression;
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure:
                    expression = sure.Operand;
                    break;
                default:
                    return expression;
            }
        }
    }

    /// <summary>The expression with the parentheses and conversions around it.</summary>
    public static SyntaxNode Whole(SyntaxNode node)
    {
        if (node.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own && own.Name == node) node = own;
        while (node.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax) node = node.Parent;
        return node;
    }
}
