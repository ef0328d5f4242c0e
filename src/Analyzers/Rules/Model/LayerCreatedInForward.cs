using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0303: a layer with weights that is made, used and dropped whenever the module runs.</summary>
internal sealed class LayerCreatedInForward() : Rule(
    "TL0303",
    Section.Model,
    Level.Warning,
    "A layer is created in forward()",
    "'{0}' is made anew in every call of {1}(): each time it has other random weights, and the optimizer never trains it",
    "A layer that is created in forward() lives for one call. The next call makes another one with new random weights. It is not registered, so the optimizer never trains it, and the same input gives another output each time. Create layers in the constructor and keep them in fields.")
{
    private static readonly HashSet<string> Makers = [.. TensorVocabulary.WeightedNames, nameof(TorchType.Sequential)];

    public override void InspectType(TypeReport type)
    {
        if (type.Program.SummaryOf(type.Type, type.Cancellation) is not { } module) return;
        foreach (var member in module.Members)
        {
            if (member.Node is not MethodDeclarationSyntax method || !MayMake(member) || TorchVocabulary.GuardNames.Any(n => n != TorchVocabulary.NewScopeName && member.Names.Contains(n)) || !module.RunsInForward(member)) continue;
            SyntaxNode? outer = null;
            foreach (var node in method.DescendantNodes().OfType<ExpressionSyntax>())
            {
                if (!MayBeMaking(node) || outer?.Span.Contains(node.Span) == true || type.Program.MadeFor(node, type.Cancellation, weights: true) is null) continue;
                if (type.Program.Model(node.SyntaxTree).GetTypeInfo(node, type.Cancellation).Type is not { } made || !type.Torch.Is(made, TorchType.Module) || !IsDropped(type, node) || TakesWeights(type, node)) continue;
                outer = node;
                type.Report(Descriptor, node.GetLocation(), null, Components.NameOf(node, made), method.Identifier.ValueText);
            }
        }
    }

    private static bool MayMake(MemberText member) => member.Names.Contains("new") || Makers.Any(member.Names.Contains);

    private static bool MayBeMaking(ExpressionSyntax node) => node switch
    {
        ObjectCreationExpressionSyntax => true,
        InvocationExpressionSyntax { Expression: SimpleNameSyntax name } => Makers.Contains(name.Identifier.ValueText),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } => Makers.Contains(name.Identifier.ValueText),
        _ => false,
    };

    // It is called and nothing else: nobody keeps it, or gives it weights of their own.
    private static bool IsDropped(TypeReport type, ExpressionSyntax made)
    {
        var node = (SyntaxNode)made;
        while (true)
        {
            switch (node.Parent)
            {
                case ParenthesizedExpressionSyntax or CastExpressionSyntax:
                    node = node.Parent;
                    continue;
                case MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == node:
                    switch (OperationOf(type, call))
                    {
                        case TorchOp.Forward:
                            return true;
                        case TorchOp.MoveModule:
                            node = call;
                            continue;
                        default:
                            return false;
                    }

                case ArgumentSyntax { Parent.Parent: ExpressionSyntax whole } when type.Torch.Is(type.Program.Model(node.SyntaxTree).GetTypeInfo(whole, type.Cancellation).Type, TorchType.Sequential):
                    node = whole;
                    continue;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }:
                    return IsOnlyRun(type, variable);
                default:
                    return false;
            }
        }
    }

    private static bool IsOnlyRun(TypeReport type, VariableDeclaratorSyntax variable)
    {
        var model = type.Program.Model(variable.SyntaxTree);
        if (model.GetDeclaredSymbol(variable, type.Cancellation) is not ILocalSymbol local || Components.MemberAround(variable) is not { } member) return false;
        var runs = false;
        foreach (var name in member.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, type.Cancellation).Symbol, local)) continue;
            if (name.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access || access.Expression != name) return false;
            var op = OperationOf(type, call);
            runs |= op == TorchOp.Forward;
            if (op is not (TorchOp.Forward or TorchOp.MoveModule) && access.Name.Identifier.ValueText != nameof(IDisposable.Dispose)) return false;
        }

        return runs;
    }

    private static TorchOp OperationOf(TypeReport type, InvocationExpressionSyntax call) =>
        type.Program.Model(call.SyntaxTree).GetSymbolInfo(call, type.Cancellation).Symbol is IMethodSymbol method ? type.Torch.OperationOf(method) : TorchOp.None;

    // `Linear(weight, bias)`, `new Attention(shared)`
    private static bool TakesWeights(TypeReport type, ExpressionSyntax made)
    {
        var model = type.Program.Model(made.SyntaxTree);
        foreach (var argument in made.DescendantNodes().OfType<ArgumentSyntax>())
            if (model.GetTypeInfo(argument.Expression, type.Cancellation).Type is { } given && (type.Torch.Is(given, TorchType.Tensor) || argument.Expression is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax) && type.Torch.IsModuleLike(given))) return true;
        return false;
    }
}
