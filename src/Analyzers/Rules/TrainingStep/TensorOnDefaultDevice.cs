using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0710: forward makes a tensor on the CPU, wherever its input is.</summary>
internal sealed class TensorOnDefaultDevice() : Rule(
    "TL0710",
    Section.TrainingStep,
    Level.Suggestion,
    "A tensor is made without the device of the input",
    "'{0}' makes a tensor on the CPU wherever '{1}' is: on the GPU the two cannot meet; give it the device of '{1}'",
    "A factory without a device makes its tensor on the CPU. In forward() that works until the model is moved to a GPU; then the first operation that meets both throws. device: input.device makes the module independent of the place.")
{
    public override IEnumerable<string> Calls => TensorVocabulary.FactoryNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call || operation.Torch.OperationOf(call.TargetMethod) != TorchOp.Make) return;
        if (operation.Owner is not IMethodSymbol { IsOverride: true } forward || operation.Torch.OperationOf(forward) != TorchOp.Forward) return;
        if (!IsPlaceless(call) || IsOneNumber(call) || operation.Program.DefaultDevice is null) return;
        if (forward.Parameters.FirstOrDefault(p => operation.Torch.Is(p.Type, TorchType.Tensor)) is not { } input || IsMoved(operation)) return;
        operation.Report(Descriptor, call.Syntax, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, input.Name), GradientSteps.Text(call.Syntax), input.Name);
    }

    // Whether the factory could be told a device and is not.
    private static bool IsPlaceless(IInvocationOperation call) => call.Arguments.Any(a => a.Parameter?.Name == TensorVocabulary.DeviceParameter
        && (a.ArgumentKind == ArgumentKind.DefaultValue || a.Value.ConstantValue is { HasValue: true, Value: null }));

    // `tensor(0.5)`: a tensor of one number may meet those of any device.
    private static bool IsOneNumber(IInvocationOperation call) => call.TargetMethod.Parameters.FirstOrDefault()?.Type is { IsValueType: true, SpecialType: not SpecialType.None } && call.TargetMethod.Name == TensorVocabulary.TensorFactoryName;

    // Whether the tensor is moved before it meets another, is an index, or only numbers are read from it.
    private static bool IsMoved(OperationReport operation)
    {
        var top = operation.Operation;
        while (true)
        {
            switch (top.Parent)
            {
                case IInvocationOperation call when call.Instance == top && operation.Torch.OperationOf(call.TargetMethod) == TorchOp.Item || call.Instance == top && MovesElsewhere(operation.Torch, call):
                    return true;
                case IInvocationOperation call when call.Instance == top && operation.Torch.Is(call.Type, TorchType.Tensor) && TorchSymbols.IsLibrary(call.TargetMethod):
                case IConversionOperation:
                    top = top.Parent;
                    continue;
                case IArgumentOperation { Parent: IPropertyReferenceOperation { Property.IsIndexer: true } }:
                    return true;
                case IArgumentOperation { Parent: IInvocationOperation index } when operation.Torch.Is(index.Type, TorchType.TensorIndex):
                    return true;
                case IArgumentOperation { Parent: IObjectCreationOperation creation } when operation.Torch.Is(creation.Type, TorchType.Parameter):
                    return true;
                case IInvocationOperation call when call.Instance == top:
                    // Something that is no tensor is read from it.
                    return true;
            }

            break;
        }

        return operation.UsesOf(top.Syntax).Any(u => u.Kind == UseKind.Call && u.Method is { } method && operation.Torch.OperationOf(method) == TorchOp.MoveTensor
            || u.Node.AncestorsAndSelf().TakeWhile(n => n is not StatementSyntax).Any(n => n is BracketedArgumentListSyntax));
    }

    // `to(device)`, `to(other)`, `cuda()`, but not `to(ScalarType.Float64)`.
    private static bool MovesElsewhere(TorchSymbols torch, IInvocationOperation call) => torch.OperationOf(call.TargetMethod) == TorchOp.MoveTensor
        && !(call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name == TensorVocabulary.TypeParameter) && call.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue || a.Parameter?.Name != TensorVocabulary.DeviceParameter));
}
