using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0709: a method that computes a new tensor is called as if it changed the old one.</summary>
internal sealed class TensorResultDiscarded() : Rule(
    "TL0709",
    Section.TrainingStep,
    Level.Warning,
    "The computed tensor is dropped",
    "Nobody takes the result of '{0}', so the call does nothing: '{1}' changes '{2}' in place, '{0}' only returns a new tensor",
    "The methods of a tensor return a new tensor and leave their operands as they were; only those whose names end in an underscore work in place. A statement that drops the result has no effect: the data stays unscaled, the sum stays zero, and nothing says so.")
{
    public override IEnumerable<OperationKind> Operations => [OperationKind.ExpressionStatement];

    public override void InspectOperation(OperationReport operation)
    {
        if (DroppedResults.Of(operation, discards: false) is not { } dropped || Twin(operation.Torch, dropped.Call.TargetMethod) is not { } twin || WritesIntoAnother(dropped.Call)) return;
        if (!DroppedResults.IsTrial(operation, dropped))
            operation.Report(Descriptor, dropped.Node, null, null, GradientSteps.Text(dropped.Node), twin.Name, GradientSteps.Text(dropped.Receiver.Syntax));
    }

    // The method beside it that does the same in place, by the library's convention.
    private static IMethodSymbol? Twin(TorchSymbols torch, IMethodSymbol method) =>
        torch.IsInPlace(method) ? null : method.ContainingType.GetMembers(method.Name + "_").OfType<IMethodSymbol>().FirstOrDefault(m =>
            m.IsStatic == method.IsStatic && torch.IsInPlace(m) && m.Parameters.Length <= method.Parameters.Length
            && m.Parameters.Zip(method.Parameters, (a, b) => SymbolEqualityComparer.Default.Equals(a.Type, b.Type)).All(same => same));

    // `torch.add(x, y, @out: z)`, `functional.relu(x, inplace: true)`
    private static bool WritesIntoAnother(IInvocationOperation call) =>
        call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name is "out" or "inplace" or "output");
}
