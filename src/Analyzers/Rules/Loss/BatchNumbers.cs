using System.Globalization;
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

    // Variables, scalings and calls between a figure and the loss that it was read out of.
    private const int MaxDepth = 8;

    /// <summary>What a number is, or the tensor that one is read out of; null where that is not certain.</summary>
    public BatchNumber? Of(ExpressionSyntax expression, int depth = 0)
    {
        expression = Plain(expression);
        if (depth > MaxDepth) return null;
        if ((body.ValueOf(expression).Fact as TensorFact)?.Loss is { } loss && (loss.Node == expression || IsPlain(loss)) && Reduced(loss.Reduction) is { } reduced) return reduced;
        switch (expression)
        {
            case IdentifierNameSyntax name:
                return Single(name) is { } value ? Of(value, depth + 1) : null;
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression } minus:
                return Of(minus.Operand, depth + 1);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                return Of(sum.Left, depth + 1) is { } left && Of(sum.Right, depth + 1) == left ? left : null;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression } product:
                return Scaled(product.Left, product.Right, depth) ?? Scaled(product.Right, product.Left, depth);
            case InvocationExpressionSyntax call when model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method:
                return TorchSymbols.IsLibrary(method) ? OfLibrary(call, method, depth) : IsMath(call) ? OfMath(call, depth) : OfCallee(call, depth);
            default:
                return null;
        }
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

    // A part of a mean is one: `0.5 * loss`. What is larger than 1 may be the number of rows, except where it scales another function of the mean: `-10 * Math.Log10(error)`.
    private BatchNumber? Scaled(ExpressionSyntax figure, ExpressionSyntax factor, int depth) =>
        model.GetConstantValue(Plain(factor), body.Cancellation) is { HasValue: true, Value: IConvertible constant and (int or long or float or double) }
        && (Math.Abs(constant.ToDouble(CultureInfo.InvariantCulture)) <= 1 || Plain(figure) is InvocationExpressionSyntax call && IsMath(call))
        && Of(figure, depth + 1) == BatchNumber.Mean ? BatchNumber.Mean : null;

    /// <summary>Whether a function of numbers is called.</summary>
    public bool IsMath(InvocationExpressionSyntax call) =>
        model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol { ContainingType: { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } };

    // A function of the mean is one figure for each batch as well.
    private BatchNumber? OfMath(InvocationExpressionSyntax call, int depth) =>
        call.ArgumentList.Arguments is [{ Expression: var figure }] && Of(figure, depth + 1) == BatchNumber.Mean ? BatchNumber.Mean : null;

    private BatchNumber? OfLibrary(InvocationExpressionSyntax call, IMethodSymbol method, int depth)
    {
        if (call.Expression is not MemberAccessExpressionSyntax access) return null;
        switch (body.Torch.OperationOf(method))
        {
            case TorchOp.MoveTensor or TorchOp.Detach or TorchOp.SameMeaning or TorchOp.Item when !method.IsStatic:
                return Of(access.Expression, depth + 1);
            case TorchOp.Reduce when !method.IsStatic && call.ArgumentList.Arguments.Count == 0:
                return method.Name == TensorVocabulary.MeanName ? BatchNumber.Mean : IsTruth(access.Expression, depth) ? BatchNumber.Sum : null;
            case TorchOp.Forward:
                return OfModule(access.Expression, call);
            default:
                return null;
        }
    }

    // A loss module that is handed in: its callers know how it reduces.
    private BatchNumber? OfModule(ExpressionSyntax module, InvocationExpressionSyntax call)
    {
        var made = model.GetSymbolInfo(module, body.Cancellation).Symbol is IParameterSymbol parameter && !Writes(parameter).Any() ? Value.At(Path.Of(parameter))
            : body.Events(EventKind.Forward).FirstOrDefault(e => e.Node == call)?.Subject;
        if (made is null || body.Resolve(made) is not ModuleFact { Made: var modules }) return null;
        var kinds = modules.Select(m => body.Torch.LossOf(m.Type) is null || !m.Settings.TryGetValue(TensorVocabulary.ReductionParameter, out var reduction) ? null : Reduced(reduction as long?)).Distinct().ToList();
        return kinds.Count == 1 ? kinds[0] : null;
    }

    // What a method of this compilation returns: all that the call may run must agree.
    private BatchNumber? OfCallee(InvocationExpressionSyntax call, int depth)
    {
        var kinds = body.Flow.Calls.Where(s => s.Node == call).Select(s => new BatchNumbers(body.Of(s.Callee)).OfReturns(depth + 1)).Distinct().ToList();
        return kinds.Count == 1 ? kinds[0] : null;
    }

    private BatchNumber? OfReturns(int depth)
    {
        var returned = body.Body.Syntax.DescendantNodes(n => n == body.Body.Syntax || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Select(n => n switch { ReturnStatementSyntax statement => statement.Expression, ArrowExpressionClauseSyntax arrow => arrow.Expression, _ => null }).OfType<ExpressionSyntax>();
        var kinds = returned.Select(r => Of(r, depth)).Distinct().ToList();
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

    /// <summary>Whether a number counts what the loop goes through: it grows in each round, or is the length of what the loop runs over.</summary>
    public bool CountsRounds(ExpressionSyntax divisor, StatementSyntax loop, int depth = 0)
    {
        divisor = Plain(divisor);
        if (depth > MaxDepth) return false;
        if (LengthOf(divisor) is { } collection) return CountOf(divisor, loop) is not null || IsRunThrough(divisor, collection, loop);
        if (divisor is not IdentifierNameSyntax name || SymbolOf(name) is not { } symbol) return false;
        if (Single(name) is { } value && !IsZero(value)) return CountsRounds(value, loop, depth + 1);
        var changes = Writes(symbol).Where(w => !(w is { Operator: SyntaxKind.EqualsToken, Value: { } start } && IsZero(start) && (!loop.Span.Contains(w.Node.Span) || IsReset(w.Node, loop)))).ToList();
        return changes.Count > 0 && changes.All(w => w.Operator is SyntaxKind.PlusPlusToken or SyntaxKind.PlusEqualsToken) && changes.Any(w => Innermost(w.Node) == loop);
    }

    /// <summary>Whether something begins anew in some rounds only.</summary>
    public static bool IsReset(SyntaxNode write, StatementSyntax loop) => loop.Span.Contains(write.Span) && write.Ancestors().TakeWhile(a => a != loop).Any(a => a is IfStatementSyntax);

    // `foreach (var batch in batches)` or `i < batches.Count`, divided by `batches.Count`; a loader also by the count of its dataset.
    private static bool IsRunThrough(ExpressionSyntax length, ExpressionSyntax collection, StatementSyntax loop) => loop switch
    {
        CommonForEachStatementSyntax each => each.Expression.IsEquivalentTo(collection) || collection is MemberAccessExpressionSyntax { Expression: var owner } && each.Expression.IsEquivalentTo(owner),
        ForStatementSyntax { Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression, Right: var bound } } => bound.IsEquivalentTo(length),
        _ => false,
    };

    private static ExpressionSyntax? LengthOf(ExpressionSyntax expression) => Receiver(expression) ?? (expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Length" } access ? access.Expression : null);

    /// <summary>Whether a value is computed from what one round of the loop brings, and from nothing that is carried from round to round.</summary>
    /// <param name="value">The value.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="known">A part of the value of which that is known.</param>
    public bool IsOfOneRound(ExpressionSyntax value, StatementSyntax loop, SyntaxNode? known = null, int depth = 0)
    {
        if (depth > MaxDepth) return false;
        foreach (var name in value.DescendantNodesAndSelf(n => n != known).OfType<SimpleNameSyntax>())
        {
            if (name.Parent is NameColonSyntax) continue;
            var carried = model.GetSymbolInfo(name, body.Cancellation).Symbol switch
            {
                ILocalSymbol local when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) is { } declaration && loop.Span.Contains(declaration.Span) => !IsMadeInRound(local, declaration, loop, depth),
                ILocalSymbol { Type: var type } variable => Carries(type) || Writes(variable).Any(w => loop.Span.Contains(w.Node.Span)),
                IParameterSymbol { Type: var type } variable => Carries(type) || Writes(variable).Any(),
                IFieldSymbol { Type: var type, IsConst: false } field when !TorchSymbols.IsLibrary(field) => Carries(type) || Writes(field).Any(),
                IPropertySymbol { Type: var type } property when IsOwn(property) => Carries(type),
                IMethodSymbol { IsStatic: false } method when IsOwn(method) => !body.Torch.Is(method.ContainingType, TorchType.Module),
                null => true,
                _ => false,
            };
            if (carried) return false;
        }

        return true;
    }

    private static bool IsOwn(ISymbol symbol) => symbol.Locations.Any(l => l.IsInSource);

    // What keeps tensors may bring them from the round before; numbers that nothing changes and modules do not.
    private bool Carries(ITypeSymbol type) => !(type is { IsValueType: true, SpecialType: not SpecialType.None } || type.TypeKind == TypeKind.Enum || body.Torch.IsModuleLike(type) || body.Torch.Is(type, TorchType.Optimizer) || body.Torch.Is(type, TorchType.Device));

    private bool IsMadeInRound(ILocalSymbol local, SyntaxNode declaration, StatementSyntax loop, int depth)
    {
        if (declaration == loop || declaration is ForEachStatementSyntax || declaration.Ancestors().FirstOrDefault(a => a is StatementSyntax) == loop) return true;
        var writes = Writes(local).ToList();
        if (writes is [{ Operator: SyntaxKind.EqualsToken, Value: { } made }]) return IsOfOneRound(made, loop, null, depth + 1);
        return writes.Count == 0 && declaration.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { Right: var whole } && IsOfOneRound(whole, loop, null, depth + 1);
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
        foreach (var (caller, given) in Given(parameter))
        {
            if (given is null) return null;
            var size = given is IdentifierNameSyntax name && new BatchNumbers(body.Of(caller)).Single(name) is { } initial ? Plain(initial) : given;
            counts.Add(Receiver(size) is { } collection ? OfCollection(body.Program.Model(size.SyntaxTree), collection) : null);
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
        return each.Expression is not IdentifierNameSyntax name || !Creations(name).Any(c => HasSingleRows(body.Program.Model(c.SyntaxTree).GetOperation(c, body.Cancellation)));
    }

    // Where a loader is made: in this body, or by those who hand it in.
    private IEnumerable<ExpressionSyntax> Creations(IdentifierNameSyntax loader)
    {
        if (Single(loader) is { } made) return [made];
        return body.Body.Outer is null && SymbolOf(loader) is IParameterSymbol parameter
            ? Given(parameter).Select(g => g.Argument is IdentifierNameSyntax name ? new BatchNumbers(body.Of(g.Caller)).Single(name) : g.Argument).OfType<ExpressionSyntax>() : [];
    }

    private static bool HasSingleRows(IOperation? made) => (made switch
    {
        IInvocationOperation call => call.Arguments,
        IObjectCreationOperation { Arguments: var arguments } => arguments,
        _ => [],
    }).Any(a => a.Parameter?.Name == TensorVocabulary.BatchSizeParameter && a.Value.ConstantValue is { HasValue: true, Value: 1 });

    // What callers hand in for a parameter, null where that cannot be seen.
    private IEnumerable<(Body Caller, ExpressionSyntax? Argument)> Given(IParameterSymbol parameter)
    {
        foreach (var (caller, site) in body.Program.CallersOf(body.Body, body.Cancellation))
        {
            var operation = body.Program.Model(site.Node.SyntaxTree).GetOperation(site.Node, body.Cancellation) as IInvocationOperation;
            yield return (caller, operation?.Arguments.FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.Parameter?.OriginalDefinition, parameter.OriginalDefinition))?.Value.Syntax is ExpressionSyntax given ? Plain(given) : null);
        }
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
        switch (symbol is ILocalSymbol ? symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) : null)
        {
            case VariableDeclaratorSyntax { Initializer.Value: var initial } declarator:
                yield return new(SyntaxKind.EqualsToken, declarator, initial);
                break;
            case SingleVariableDesignationSyntax { Parent: ParenthesizedVariableDesignationSyntax { Parent: DeclarationExpressionSyntax { Parent: AssignmentExpressionSyntax { Right: TupleExpressionSyntax values } } } names } name when names.Variables.Count == values.Arguments.Count:
                yield return new(SyntaxKind.EqualsToken, name, values.Arguments[names.Variables.IndexOf(name)].Expression);
                break;
        }

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
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax { Right: TupleExpressionSyntax values } tuple } names } item when tuple.Left == names && names.Arguments.Count == values.Arguments.Count =>
                new(SyntaxKind.EqualsToken, tuple, values.Arguments[names.Arguments.IndexOf(item)].Expression),
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax tuple } names } when tuple.Left == names => new(SyntaxKind.None, tuple, null),
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
