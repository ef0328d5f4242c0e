using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>Whether of a sum of tensors nothing is ever wanted but a number.</summary>
internal static class NumberReads
{
    private const int MaxDepth = 3;

    public static bool Only(BodyReport body, ILocalSymbol sum, bool isList) => Only(body, sum, isList, 0);

    private static bool Only(BodyReport body, ILocalSymbol local, bool isList, int depth)
    {
        if (depth > MaxDepth || local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) is not { } declaration) return false;
        var model = body.Program.Model(declaration.SyntaxTree);
        var around = (SyntaxNode?)declaration.Ancestors().FirstOrDefault(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax) ?? declaration.SyntaxTree.GetRoot(body.Cancellation);
        foreach (var node in around.DescendantNodes())
        {
            if (node is not IdentifierNameSyntax name || name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, body.Cancellation).Symbol, local)) continue;
            if (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name || IsOwnSum(name)) continue;
            if (isList ? !IsNumberOfList(name) : !IsNumber(body, model, name, depth)) return false;
        }

        return true;
    }

    // `total = total + loss`
    private static bool IsOwnSum(IdentifierNameSyntax name) => name.Parent is BinaryExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } && LossSums.Parse(assignment) is { } sum && SyntaxFactory.AreEquivalent(sum.Target, name);

    // Follows the expression until a number comes out of it.
    private static bool IsNumber(BodyReport body, SemanticModel model, ExpressionSyntax expression, int depth)
    {
        SyntaxNode node = expression;
        while (true)
        {
            switch (node.Parent)
            {
                case ParenthesizedExpressionSyntax:
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }:
                    node = node.Parent;
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression or (int)SyntaxKind.MultiplyExpression } binary when binary.Left == node && !body.Torch.Is(model.GetTypeInfo(binary.Right, body.Cancellation).Type, TorchType.Tensor):
                    node = binary;
                    break;
                case CastExpressionSyntax cast:
                    return model.GetTypeInfo(cast, body.Cancellation).Type is { IsValueType: true, SpecialType: not SpecialType.None };
                case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == node:
                    if (TorchVocabulary.NumberNames.Contains(access.Name.Identifier.ValueText) || access.Name.Identifier.ValueText is nameof(IDisposable.Dispose) or nameof(ToString)) return true;
                    if (access.Name.Identifier.ValueText is not ("detach" or "cpu" or "to" or "div" or "mul" or "mean" or "sum")) return false;
                    node = call;
                    break;
                case MemberAccessExpressionSyntax:
                    return node.Parent.Parent is not InvocationExpressionSyntax;
                case InterpolationSyntax:
                    return true;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }:
                    return model.GetDeclaredSymbol(variable, body.Cancellation) is ILocalSymbol local && Only(body, local, false, depth + 1);
                default:
                    return false;
            }
        }
    }

    // `losses.Average(l => l.item<float>())`, `losses.Count`
    private static bool IsNumberOfList(IdentifierNameSyntax name)
    {
        if (name.Parent is CommonForEachStatementSyntax { Statement: var statement }) return ReadsNumbers(statement);
        if (name.Parent is ElementAccessExpressionSyntax { Parent: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var of } }) return TorchVocabulary.NumberNames.Contains(of);
        if (name.Parent is not MemberAccessExpressionSyntax access || access.Expression != name) return false;
        return access.Name.Identifier.ValueText is "Add" or "Clear" or "Count" || access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LambdaExpressionSyntax lambda }] } && ReadsNumbers(lambda);
    }

    private static bool ReadsNumbers(SyntaxNode node)
    {
        var names = node.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).ToList();
        return names.Any(TorchVocabulary.NumberNames.Contains) && !names.Any(TorchVocabulary.StepNames.Contains);
    }
}
