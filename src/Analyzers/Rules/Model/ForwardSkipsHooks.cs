using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0313: a module with hooks that is run without them.</summary>
internal sealed class ForwardSkipsHooks() : Rule(
    "TL0313",
    Section.Model,
    Level.Suggestion,
    "forward() skips the hooks of a module",
    "'{0}' runs '{1}' without its hooks: only call() runs what register_forward_hook() has registered",
    "In TorchSharp forward() is the method that computes, and call() is the one that runs the hooks before and after it. A module that is run by forward() never tells its hooks.")
{
    public override IEnumerable<string> CallsAnywhere => [TorchVocabulary.ForwardName];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod: { Name: TorchVocabulary.ForwardName } method, Instance: { Type: { } type } instance } || instance is IInstanceReferenceOperation) return;
        if (!operation.Program.HasHooks || operation.Torch.OperationOf(method) != TorchOp.Forward || operation.Node is not InvocationExpressionSyntax call) return;
        while (instance is IConversionOperation { IsImplicit: true } conversion) instance = conversion.Operand;
        ISymbol? symbol = instance switch
        {
            IFieldReferenceOperation field => field.Field,
            IPropertyReferenceOperation property => property.Property,
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            _ => null,
        };
        if (operation.Program.IsHooked(symbol?.OriginalDefinition, instance.Type ?? type, operation.Cancellation)) operation.Report(Descriptor, call, null, null, TorchVocabulary.ForwardName + "()", instance.Syntax.ToString());
    }
}
