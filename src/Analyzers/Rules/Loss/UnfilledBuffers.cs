using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>An average over a buffer with entries that no round of the loop fills.</summary>
/// <param name="Average">The call, or the division.</param>
/// <param name="Fill">The assignment that fills the others.</param>
/// <param name="Which">First or last.</param>
internal sealed record UnfilledBuffer(SyntaxNode Average, SyntaxNode Fill, string Buffer, LocalizedText Which);

/// <summary>Finds arrays and tensors of zeros, one entry for each round of a `for` loop, whose loop is shorter than they are.</summary>
internal sealed class UnfilledBuffers
{
    private static readonly string[] Averaging = [nameof(Enumerable.Average), nameof(Enumerable.Sum), TensorVocabulary.MeanName];

    private readonly SemanticModel model;
    private readonly BodyReport body;

    private UnfilledBuffers(BodyReport body)
    {
        this.body = body;
        model = body.Program.Model(body.Body.Syntax.SyntaxTree);
    }

    public static IEnumerable<UnfilledBuffer> Of(BodyReport body)
    {
        if (body.Events(EventKind.Item).Count == 0 && body.Events(EventKind.Loss).Count == 0 || body.Program.Index.Around(body.Body.Syntax) is not { } text || !Averaging.Any(text.Names.Contains)) yield break;
        UnfilledBuffers? buffers = null;
        foreach (var node in body.Body.Syntax.DescendantNodes())
            if (node is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { Expression: IdentifierNameSyntax buffer, ArgumentList.Arguments: [{ Expression: var index }] } } fill
                && (buffers ??= new(body)).Judge(buffer, index, fill) is { } found) yield return found;
    }

    private UnfilledBuffer? Judge(IdentifierNameSyntax buffer, ExpressionSyntax index, AssignmentExpressionSyntax fill)
    {
        if (fill.Ancestors().OfType<ForStatementSyntax>().FirstOrDefault() is not { Declaration.Variables: [{ Initializer.Value: var from } counter], Condition: BinaryExpressionSyntax { Left: IdentifierNameSyntax tested } condition } loop
            || tested.Identifier.ValueText != counter.Identifier.ValueText || !condition.IsKind(SyntaxKind.LessThanExpression) && !condition.IsKind(SyntaxKind.LessThanOrEqualExpression) || !CountsUp(loop, counter.Identifier.ValueText)) return null;
        if (model.GetSymbolInfo(buffer, body.Cancellation).Symbol is not ILocalSymbol local || SizeOf(local, loop) is not { } size || AverageOf(local, fill) is not { } average) return null;
        if (Linear(index) is not { } at || at.Base != counter.Identifier.ValueText || Linear(from) is not { Base: "" } begin || Linear(condition.Right) is not { } end || !IsStable(size.Base)) return null;
        var after = end.Offset + at.Offset + (condition.IsKind(SyntaxKind.LessThanOrEqualExpression) ? 1 : 0);
        if (end.Base != size.Base) return null;
        var which = begin.Offset + at.Offset > 0 ? LocalizedText.Of($"first") : after < size.Offset ? LocalizedText.Of($"last") : null;
        return which is null ? null : new(average, fill, local.Name, which);
    }

    private static bool CountsUp(ForStatementSyntax loop, string counter) => loop.Incrementors is [var step] && step switch
    {
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression, Operand: IdentifierNameSyntax name } => name.Identifier.ValueText == counter,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression, Operand: IdentifierNameSyntax name } => name.Identifier.ValueText == counter,
        _ => false,
    };

    // `new float[n]`, `zeros(n)`, made before the loop.
    private (string Base, long Offset)? SizeOf(ILocalSymbol local, SyntaxNode loop)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } made } || made.SpanStart > loop.SpanStart) return null;
        return made switch
        {
            ArrayCreationExpressionSyntax { Initializer: null, Type.RankSpecifiers: [{ Sizes: [var size] }] } => Linear(size),
            InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var size }, ..] } call when model.GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol { Name: TensorVocabulary.ZerosName } method && body.Torch.OperationOf(method) == TorchOp.Make
                && model.GetTypeInfo(size, body.Cancellation).Type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => Linear(size),
            _ => null,
        };
    }

    // The one average over all entries; null where anything else may write them.
    private SyntaxNode? AverageOf(ILocalSymbol local, AssignmentExpressionSyntax fill)
    {
        SyntaxNode? average = null;
        foreach (var name in body.Body.Syntax.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, body.Cancellation).Symbol, local)) continue;
            switch (name.Parent)
            {
                case ElementAccessExpressionSyntax element when element == fill.Left || !IsWritten(element):
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(Enumerable.Average) or TensorVocabulary.MeanName, Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call }:
                    if (name.SpanStart > fill.SpanStart) average ??= call;
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(Enumerable.Sum) or TensorVocabulary.SumName, Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call }:
                    if (name.SpanStart > fill.SpanStart && call.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } division && division.Left == call && division.Right.ToString() == local.Name + "." + nameof(Array.Length)) average ??= division;
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: nameof(Array.Length) or nameof(Enumerable.Max) or nameof(Enumerable.Min) }:
                    break;
                default:
                    return null;
            }
        }

        return average;
    }

    private static bool IsWritten(ElementAccessExpressionSyntax element) => element.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == element,
        PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax => true,
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } => true,
        _ => false,
    };

    // `n`, `n - 1`, `data.Count + 1`, `12`: what it is counted from, and by how much it differs.
    private (string Base, long Offset)? Linear(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case ParenthesizedExpressionSyntax parenthesized:
                return Linear(parenthesized.Expression);
            case CastExpressionSyntax cast:
                return Linear(cast.Expression);
        }

        if (Constant(expression) is { } constant) return ("", constant);
        switch (expression)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when Constant(sum.Right) is { } more && Linear(sum.Left) is { } left:
                return (left.Base, left.Offset + more);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.SubtractExpression } difference when Constant(difference.Right) is { } less && Linear(difference.Left) is { } left:
                return (left.Base, left.Offset - less);
            case IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax }:
                return (expression.ToString(), 0);
            default:
                return null;
        }
    }

    private long? Constant(ExpressionSyntax expression) => model.GetConstantValue(expression, body.Cancellation) switch
    {
        { HasValue: true, Value: int number } => number,
        { HasValue: true, Value: long number } => number,
        _ => null,
    };

    // Nobody in the body gives it another value.
    private bool IsStable(string size)
    {
        var name = size.Split('.')[0];
        return name.Length == 0 || !body.Body.Syntax.DescendantNodes().Any(n => n switch
        {
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } => left.Identifier.ValueText == name,
            PostfixUnaryExpressionSyntax { Operand: IdentifierNameSyntax operand } => operand.Identifier.ValueText == name,
            PrefixUnaryExpressionSyntax { Operand: IdentifierNameSyntax operand } => operand.Identifier.ValueText == name,
            ArgumentSyntax { RefKindKeyword.RawKind: not 0, Expression: IdentifierNameSyntax given } => given.Identifier.ValueText == name,
            _ => false,
        });
    }
}
