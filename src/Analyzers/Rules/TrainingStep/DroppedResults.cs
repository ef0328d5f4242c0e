using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>A statement that calls a method of a tensor and drops what it returns.</summary>
/// <param name="Call">The call.</param>
/// <param name="Receiver">The tensor that it is called on.</param>
/// <param name="Node">The whole expression, from the tensor to the call's end.</param>
internal sealed record DroppedResult(IInvocationOperation Call, IOperation Receiver, SyntaxNode Node);

internal static class DroppedResults
{
    // A member that mentions one of these takes times: what its calls return is of no interest, unless it trains and only looks at the clock.
    private static readonly string[] TimingNames = ["Stopwatch", "Benchmark", "GetTimestamp"];

    /// <summary>The call of the statement, where it has a tensor of its own and drops its result.</summary>
    public static DroppedResult? Of(OperationReport report, bool discards)
    {
        if (report.Operation is not IExpressionStatementOperation { Operation: var value }) return null;
        if (discards && value is ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var discarded }) value = discarded;
        value = value.Unconverted();
        var node = value.Syntax;
        while (value is IConditionalAccessOperation access) value = access.WhenNotNull;
        if (value is not IInvocationOperation call || !TorchSymbols.IsLibrary(call.TargetMethod) || !report.Torch.Is(call.Type, TorchType.Tensor)) return null;
        var receiver = call.Instance ?? call.Arguments.FirstOrDefault()?.Value;
        return receiver is not null && report.Torch.Is(receiver.Type, TorchType.Tensor) ? new(call, receiver, node) : null;
    }

    /// <summary>Whether the call is made to see whether it works, or how long it takes: of a tensor made on the spot, in a try of its own, under Assert.Throws, with a watch.</summary>
    public static bool IsTrial(OperationReport report, DroppedResult dropped)
    {
        if (!IsKept(report.Torch, dropped.Receiver) || IsTried(dropped.Node)) return true;
        return report.Program.Index.Around(report.Node) is { } member && TimingNames.Any(member.Names.Contains) && !TorchVocabulary.StepNames.All(member.Names.Contains);
    }

    /// <summary>Whether the node stands alone in a try, or in what Assert.Throws and the like are given.</summary>
    public static bool IsTried(SyntaxNode node)
    {
        for (var n = node.Parent; n is not null and not MemberDeclarationSyntax; n = n.Parent)
        {
            if (n is TryStatementSyntax { Block.Statements.Count: 1 } attempt && attempt.Block.Span.Contains(node.Span)) return true;
            if (n is AnonymousFunctionExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: var callee } } } && Name(callee) is { } name
                && (name.Contains("Throw") || name.Contains("Exception") || name.Contains("Time") || name.Contains("Measure"))) return true;
        }

        return false;
    }

    // Whether somebody still holds the tensor after the call: it comes out of a variable, and not fresh from the library.
    private static bool IsKept(TorchSymbols torch, IOperation tensor)
    {
        while (true)
        {
            switch (tensor)
            {
                case IConversionOperation conversion:
                    tensor = conversion.Operand;
                    continue;
                case IConditionalAccessInstanceOperation:
                    IOperation? access = tensor;
                    while (access is not null and not IConditionalAccessOperation) access = access.Parent;
                    if (access is not IConditionalAccessOperation { Operation: var whole }) return false;
                    tensor = whole;
                    continue;
                case IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } indexed } when torch.Is(indexed.Type, TorchType.Tensor):
                    tensor = indexed;
                    continue;
                case IInvocationOperation { Instance: { } instance } call when torch.Is(instance.Type, TorchType.Tensor) && TorchSymbols.IsLibrary(call.TargetMethod):
                    tensor = instance;
                    continue;
                case IInvocationOperation call:
                    return !TorchSymbols.IsLibrary(call.TargetMethod);
                default:
                    return tensor is ILocalReferenceOperation or IParameterReferenceOperation or IMemberReferenceOperation or IArrayElementReferenceOperation;
            }
        }
    }

    private static string? Name(ExpressionSyntax callee) => callee switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };
}
