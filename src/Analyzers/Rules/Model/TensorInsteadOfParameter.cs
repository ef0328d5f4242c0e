using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0304: a tensor of a module that wants gradients but is no Parameter.</summary>
internal sealed class TensorInsteadOfParameter() : Rule(
    "TL0304",
    Section.Model,
    Level.Warning,
    "A trainable tensor is no Parameter",
    "'{0}' is made with requires_grad but is a Tensor and no Parameter: '{1}' registers it as a buffer, so parameters() misses it and the optimizer never trains it",
    "RegisterComponents() registers a field of type Tensor as a buffer: it is moved and saved, but not trained. Gradients are computed for it and nobody uses them. What is to be trained has to be a Parameter.")
{
    public override void InspectType(TypeReport type)
    {
        if (type.Program.SummaryOf(type.Type, type.Cancellation) is not { } module || !module.Mentions(TensorVocabulary.FreezeNames)) return;
        foreach (var member in type.Type.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false, IsConst: false } field || !type.Torch.Is(field.Type, TorchType.Tensor) || type.Torch.Is(field.Type, TorchType.Parameter)) continue;
            var written = Components.Written(field);
            if (Components.Place(written) is not { } place || !module.UsesInForward(written.Name) || !type.Program.IsNamedBeside(written, TensorVocabulary.FreezeNames, type.Cancellation)) continue;
            if (type.Program.IsNamedBeside(written, ModuleVocabulary.TrainerNames, type.Cancellation) || Components.MayBeRegisteredByHand(module, written.Name)) continue;
            if (IsTrainable(type, module, written)) type.Report(Descriptor, place, null, written.Name, type.Type.Name);
        }
    }

    // While the module is made it is given a tensor that wants gradients, and never a Parameter.
    private static bool IsTrainable(TypeReport type, ModuleSummary module, ISymbol member)
    {
        var trainable = false;
        if (Components.Initializer(member, type.Cancellation) is { } initializer)
        {
            if (IsParameter(type, initializer)) return false;
            trainable = WantsGradients(type, initializer);
        }

        foreach (var reference in type.Program.ReferencesTo(member, type.Cancellation))
        {
            if (Components.Target(reference) is { } assignment)
            {
                var value = Components.Origin(type.Program, assignment.Right, type.Cancellation);
                if (IsParameter(type, value)) return false;
                trainable |= IsInConstruction(type, module, assignment) && WantsGradients(type, value);
            }
            else if (reference.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } access && access.Expression == reference && IsInConstruction(type, module, access))
            {
                // `weight.requires_grad = true;`, `weight.requires_grad_();`
                trainable |= name == TensorVocabulary.RequiresGradParameter && Components.Target(access)?.Right.IsKind(SyntaxKind.TrueLiteralExpression) == true
                    || access.Parent is InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } call && WantsGradients(type, call);
            }
            else if (reference.Parent is ArgumentSyntax { Parent.Parent: ExpressionSyntax call } && type.Program.Model(call.SyntaxTree).GetTypeInfo(call, type.Cancellation).Type is { } made && Components.IsComponent(type.Torch, made))
            {
                return false;
            }
        }

        return trainable;
    }

    private static bool IsInConstruction(TypeReport type, ModuleSummary module, SyntaxNode node) =>
        TrainingProgram.InType(node, type.Type) && type.Program.Index.Around(node) is { } member && (member.Name == CallIndex.Constructor || module.UsesInConstruction(member.Name));

    private static bool IsParameter(TypeReport type, ExpressionSyntax value) => type.Torch.Is(type.Program.Model(value.SyntaxTree).GetTypeInfo(value, type.Cancellation).Type, TorchType.Parameter);

    private static bool WantsGradients(TypeReport type, ExpressionSyntax value)
    {
        if (value is not InvocationExpressionSyntax call || type.Program.Model(value.SyntaxTree).GetSymbolInfo(call, type.Cancellation).Symbol is not IMethodSymbol method || !TorchSymbols.IsLibrary(method)) return false;
        switch (type.Torch.OperationOf(method))
        {
            case TorchOp.SetRequiresGrad:
                return call.ArgumentList.Arguments is [] or [{ Expression.RawKind: (int)SyntaxKind.TrueLiteralExpression }];
            case TorchOp.MoveTensor or TorchOp.SameMeaning when call.Expression is MemberAccessExpressionSyntax { Expression: var inner }:
                return WantsGradients(type, inner);
            default:
                return method.IsStatic && call.ArgumentList.Arguments.Any(a => a.NameColon?.Name.Identifier.ValueText == TensorVocabulary.RequiresGradParameter && a.Expression.IsKind(SyntaxKind.TrueLiteralExpression));
        }
    }
}
