using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>A loss that is added to a sum, or put into a list, of several rounds.</summary>
/// <param name="At">The statement's expression: `total += loss`, `total = total + loss`, `losses.Add(loss)`.</param>
/// <param name="Target">The sum or list.</param>
/// <param name="Added">The loss.</param>
internal sealed record LossSum(ExpressionSyntax At, ExpressionSyntax Target, ExpressionSyntax Added)
{
    public bool IsList => At is InvocationExpressionSyntax;
}

/// <summary>Finds losses that are summed up.</summary>
internal static class LossSums
{
    public static LossSum? Parse(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } sum => new(sum, sum.Left, sum.Right),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Right: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } added } sum =>
            SyntaxFactory.AreEquivalent(added.Left, sum.Left) ? new(sum, sum.Left, added.Right) : SyntaxFactory.AreEquivalent(added.Right, sum.Left) ? new(sum, sum.Left, added.Left) : null,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var list }, ArgumentList.Arguments: [{ Expression: var item }] } call => new(call, list, item),
        _ => null,
    };

    /// <summary>Whether the tensor that leaves its scope is the sum of losses: TL1102 speaks of it.</summary>
    public static bool Is(BodyReport body, ExpressionSyntax escape) => Of(body, escape) is not null;

    public static LossSum? Of(BodyReport body, ExpressionSyntax escape)
    {
        var sum = Parse(escape) ?? (escape.Parent is AssignmentExpressionSyntax assignment && assignment.Right == escape ? Parse(assignment) : null);
        return sum is not null && !sum.IsList && IsLoss(body, sum.Added) ? sum : null;
    }

    /// <summary>A loss: computed by one, a scalar that hangs on the model, or what backward() is called on.</summary>
    public static bool IsLoss(BodyReport body, ExpressionSyntax expression)
    {
        if (body.ValueOf(expression).Fact is TensorFact { Graph.IsAttached: true, Shape.Rank: 0 }) return true;
        return body.Events(EventKind.Backward).Any(b => IsCalledOn(b, expression)) || IsComputedByLoss(body, expression);
    }

    /// <summary>Whether one of the library's losses has computed it, under whatever type the program knows that loss.</summary>
    public static bool IsComputedByLoss(BodyReport body, ExpressionSyntax expression) => body.ValueOf(expression).Fact is TensorFact { Loss: not null } || IsYieldedByLoss(body, expression);

    // `criterion.forward(output, target)`, or a variable that holds it, where the criterion is only known as a loss.
    private static bool IsYieldedByLoss(BodyReport body, ExpressionSyntax expression)
    {
        var model = body.Program.Model(expression.SyntaxTree);
        if (expression is IdentifierNameSyntax && model.GetSymbolInfo(expression, body.Cancellation).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] } && reference.GetSyntax(body.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value }) expression = value;
        return expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && body.Torch.Is(model.GetTypeInfo(access.Expression, body.Cancellation).Type, TorchType.Loss)
            && body.Torch.Is(model.GetTypeInfo(expression, body.Cancellation).Type, TorchType.Tensor);
    }

    /// <summary>Whether the backward() is called on that very variable.</summary>
    public static bool IsCalledOn(TrainingEvent backward, ExpressionSyntax expression) =>
        expression is IdentifierNameSyntax && backward.Node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var receiver } } && SyntaxFactory.AreEquivalent(receiver, expression);
}
