using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0206: class weights whose number is not that of the classes.</summary>
internal sealed class ClassWeightCount() : Rule(
    "TL0206",
    Section.Data,
    Level.Warning,
    "The number of class weights is not the number of classes",
    "'{0}' gets {1} class weights, but the last layer of the model has {2} outputs: the loss throws",
    "The weights of a classification loss are one number for each class. With another number than the model has outputs the first computation of the loss throws.")
{
    public override IEnumerable<string> Calls => LayerVocabulary.WeightedLosses;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call || call.Arguments.FirstOrDefault(a => a.Parameter?.Name == LayerVocabulary.WeightParameter) is not { ArgumentKind: ArgumentKind.Explicit, Value: var weights }) return;
        if (Length(operation, weights, 0) is not { } count) return;
        var losses = operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Loss ? [call] : operation.Torch.LossOf(call.Type) is null ? [] : Passes(operation);
        foreach (var loss in losses)
        {
            if (loss.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value is not { } scores || BodyAt(operation, loss) is not { } body) continue;
            if (body.Resolve(body.ValueOf(scores.Syntax)) is not TensorFact { Meaning: Meaning.Scores or Meaning.LogSoftmax or Meaning.Softmax, Shape: { Last: { } classes } shape } fact || shape.Rank > 2 || classes == count) continue;
            operation.Report(Descriptor, weights.Syntax, fact.Origins, null, GradientSteps.Text(call.Syntax), count, classes);
            return;
        }
    }

    // The calls of a loss that is a module.
    private static IEnumerable<IInvocationOperation> Passes(OperationReport operation)
    {
        foreach (var use in operation.UsesOf(operation.Node))
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

    // How many numbers stand in the tensor, where they are written out.
    private static long? Length(OperationReport operation, IOperation weights, int depth)
    {
        weights = weights.Unconverted();
        if (depth > 4) return null;
        switch (weights)
        {
            case IInvocationOperation { Instance: { } moved } call when operation.Torch.OperationOf(call.TargetMethod) is TorchOp.MoveTensor or TorchOp.Cast:
                return Length(operation, moved, depth + 1);
            case IInvocationOperation { Instance: null, Arguments: [{ Value: var data }, ..] } call when operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Make:
                data = data.Unconverted();
                if (TensorVocabulary.DataFactories.Contains(call.TargetMethod.Name) && !call.TargetMethod.Parameters.Any(p => TensorVocabulary.ReshapingParameters.Contains(p.Name))) return Count(operation, data, depth);
                if (!TensorVocabulary.SizedFactories.Contains(call.TargetMethod.Name) || call.Arguments.Count(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name is { } name && !TensorVocabulary.NoSizeParameters.Contains(name)) != 1) return null;
                return (data is IArrayCreationOperation { Initializer.ElementValues: [var only] } ? only : data).ConstantValue is { HasValue: true, Value: var size } ? size switch { long l => l, int i => i, _ => null } : null;
            default:
                return SetOnce(operation, weights) is { } value ? Length(operation, value, depth + 1) : null;
        }
    }

    private static long? Count(OperationReport operation, IOperation data, int depth)
    {
        data = data.Unconverted();
        return data switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var elements, DimensionSizes.Length: 1 } when !elements.Any(e => e is IArrayInitializerOperation) => elements.Length,
            IArrayInitializerOperation { ElementValues: var elements } when !elements.Any(e => e is IArrayInitializerOperation) => elements.Length,
            ICollectionExpressionOperation { Elements: var elements } when !elements.Any(e => e is ISpreadOperation or ICollectionExpressionOperation) => elements.Length,
            _ => depth < 4 && SetOnce(operation, data) is { } value ? Count(operation, value, depth + 1) : null,
        };
    }

    // What a variable or readonly field is set to where it is declared, if nothing sets it anew.
    private static IOperation? SetOnce(OperationReport operation, IOperation reference)
    {
        ISymbol? symbol = reference switch
        {
            ILocalReferenceOperation local => local.Local,
            IFieldReferenceOperation { Field: { IsReadOnly: true } field } => field,
            _ => null,
        };
        if (symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) is not VariableDeclaratorSyntax { Initializer.Value: { } value } declarator) return null;
        var scope = symbol is IFieldSymbol ? declarator.FirstAncestorOrSelf<TypeDeclarationSyntax>() : declarator.Ancestors().FirstOrDefault(a => a is BlockSyntax or CompilationUnitSyntax or SwitchSectionSyntax);
        return scope is null || scope.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: var target } && Named(target) == symbol.Name)
            ? null : operation.Program.Model(value.SyntaxTree).GetOperation(value, operation.Cancellation);
    }

    private static string? Named(ExpressionSyntax target) => target switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Name: var name } => name.Identifier.ValueText,
        _ => null,
    };
}
