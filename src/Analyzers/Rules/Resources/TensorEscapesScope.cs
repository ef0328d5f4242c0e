using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1103: a tensor is used after the dispose scope, or the using, that disposes it.</summary>
internal sealed class TensorEscapesScope() : Rule(
    "TL1103",
    Section.Resources,
    Level.Warning,
    "A tensor outlives its dispose scope",
    "'{0}' is disposed at the end of '{1}', so whoever uses it later gets an exception: {2}",
    "A dispose scope disposes every tensor that was made in it, and a using its own. A tensor that is returned, or kept for later, has to leave the scope first; otherwise the first use throws 'Tensor invalid -- empty handle'.")
{
    public override IEnumerable<OperationKind> Operations => [OperationKind.Return];

    public override IEnumerable<EventKind> Events => [EventKind.Scope];

    public override void InspectBody(BodyReport body)
    {
        foreach (var escape in ScopeEscapes.Of(body))
        {
            if (LossSums.Is(body, escape.At)) continue;
            var release = escape.ToField ? TorchVocabulary.DetachFromScopeName : TorchVocabulary.MoveToOuterName;
            var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Release, release);
            var use = escape.Use is { } later && later.SyntaxTree == escape.Scope.SyntaxTree ? later : null;
            body.Report(Descriptor, escape.At, use is null ? [escape.Scope] : [escape.Scope, use], properties, GradientSteps.Text(escape.At), GradientSteps.Text(escape.Scope), LocalizedText.Of($"let it leave the scope with {release}()"));
        }
    }

    // `using var y = x.relu(); return y;`
    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value } result || value.Syntax is not IdentifierNameSyntax) return;
        value = value.Unconverted();
        if (value is not ILocalReferenceOperation { Local: { IsUsing: true } local } || !operation.Torch.Is(local.Type, TorchType.Tensor)) return;
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) is not VariableDeclaratorSyntax { Initializer: not null } variable) return;
        if (Function(value.Syntax) != Function(variable)) return;
        var properties = ImmutableDictionary<string, string?>.Empty;
        operation.Report(Descriptor, value.Syntax, [variable], properties, local.Name, "using " + local.Name, LocalizedText.Of($"leave the using out"));
    }

    private static SyntaxNode? Function(SyntaxNode node) => node.Ancestors().FirstOrDefault(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);
}
