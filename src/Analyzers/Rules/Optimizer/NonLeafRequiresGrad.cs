using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0509: a tensor that is asked for gradients is moved, and the copy never gets any.</summary>
internal sealed class NonLeafRequiresGrad() : Rule(
    "TL0509",
    Section.Optimizer,
    Level.Warning,
    "The moved copy of a tensor gets no gradient",
    "The result of '{0}' is a copy of the tensor that asked for gradients: its grad stays null and no optimizer can train it, so ask for gradients on the copy",
    "backward() fills grad only for leaves: tensors that were made, not computed. Moving or converting a tensor that requires gradients computes a new one from it. The gradient goes to the original, which nobody can reach any more; an optimizer that is given the copy skips it.")
{
    public override IEnumerable<string> Calls => TensorVocabulary.Methods.Where(m => m.Op is TorchOp.MoveTensor or TorchOp.Cast).Select(m => m.Name).Distinct();

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { Instance: { } instance } move || operation.Torch.OperationOf(move.TargetMethod) is not (TorchOp.MoveTensor or TorchOp.Cast)) return;
        instance = instance.Unconverted();
        if (Leaf(operation, instance) is not { } leaf || StaysPut(operation, move, leaf) || IsAskedFor(operation, move)) return;
        var direct = leaf.Syntax == instance.Syntax;
        operation.Report(Descriptor, operation.Node, direct ? null : [leaf.Syntax], null, move.TargetMethod.Name + (move.Syntax is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } ? "()" : "(…)"));
    }

    // The factory call that the moved tensor comes from; a variable counts where the copy takes its place.
    private static IInvocationOperation? Leaf(OperationReport operation, IOperation instance)
    {
        if (instance is IInvocationOperation call)
        {
            var op = operation.Torch.OperationOf(call.TargetMethod);
            if (op is TorchOp.Make or TorchOp.MakeLike) return AsksForGradients(call) ? call : null;
            return op == TorchOp.SetRequiresGrad && call.Instance is IInvocationOperation inner && operation.Torch.OperationOf(inner.TargetMethod) is TorchOp.Make or TorchOp.MakeLike
                && call.Arguments.All(a => a.Value.ConstantValue is { HasValue: true, Value: true }) ? call : null;
        }

        if (instance is not ILocalReferenceOperation { Local: var local } || operation.Operation.Parent is not ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment
            || !SymbolEqualityComparer.Default.Equals(target.Local, local) || assignment.Value != operation.Operation) return null;

        // `w = w.to(device);` right after the declaration.
        if (assignment.Syntax.Parent is not ExpressionStatementSyntax statement || Previous(statement) is not LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: { } value } declarator] } || declarator.Identifier.ValueText != local.Name) return null;
        return operation.Program.Model(value.SyntaxTree).GetOperation(value, operation.Cancellation) is IInvocationOperation made ? Leaf(operation, made) : null;
    }

    private static StatementSyntax? Previous(StatementSyntax statement)
    {
        var siblings = statement.Parent switch
        {
            BlockSyntax block => block.Statements.ToList(),
            GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } => unit.Members.OfType<GlobalStatementSyntax>().Select(g => g.Statement).ToList(),
            _ => [],
        };
        var at = siblings.IndexOf(statement);
        return at > 0 ? siblings[at - 1] : null;
    }

    private static bool AsksForGradients(IInvocationOperation factory) =>
        factory.Arguments.Any(a => a.Parameter?.Name == TensorVocabulary.RequiresGradParameter && a.Value.ConstantValue is { HasValue: true, Value: true });

    // To the processor where it was made, or to the type that it was made with.
    private static bool StaysPut(OperationReport operation, IInvocationOperation move, IInvocationOperation leaf)
    {
        var model = operation.Program.Model(operation.Node.SyntaxTree);
        var factory = leaf;
        while (operation.Torch.OperationOf(factory.TargetMethod) == TorchOp.SetRequiresGrad && factory.Instance is IInvocationOperation inner) factory = inner;
        var like = operation.Torch.OperationOf(factory.TargetMethod) == TorchOp.MakeLike;
        var given = factory.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue).ToList();
        var place = given.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.DeviceParameter)?.Value.Syntax.ToString();
        var type = given.FirstOrDefault(a => a.Parameter?.Name == TensorVocabulary.DTypeParameter)?.Value.Syntax.ToString();
        var name = move.TargetMethod.Name;
        if (name == "cpu") return place is null;
        if (name == "cuda") return place is not null || operation.Program.DefaultDevice is null;
        if (operation.Torch.OperationOf(move.TargetMethod) == TorchOp.Cast && move.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue))
            return type is not null || like || name == "float";
        foreach (var argument in move.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter is not { } parameter || parameter.Type.SpecialType == SpecialType.System_Boolean) continue;
            var text = argument.Value.Syntax.ToString();
            if (parameter.Type.Name == "ScalarType")
            {
                if (type is not null ? type == text : like || text.EndsWith(TensorVocabulary.DefaultType, StringComparison.Ordinal) || text.EndsWith("float32", StringComparison.Ordinal)) continue;
                return false;
            }

            if (operation.Torch.Is(parameter.Type, TorchType.Tensor)) return true;
            if (place == text || place is null && (operation.Program.DefaultDevice is null || like || IsProcessor(text))) continue;
            return false;
        }

        return true;

        static bool IsProcessor(string text) => text.Trim('"').EndsWith("cpu", StringComparison.OrdinalIgnoreCase);
    }

    // What is done with the copy says that its being computed is known: autograd.grad(), retain_grad(), a Parameter made of it.
    private static bool IsAskedFor(OperationReport operation, IInvocationOperation move)
    {
        for (var n = move.Syntax.Parent; n is not null and not StatementSyntax; n = n.Parent)
        {
            if (n is ArgumentSyntax or MemberAccessExpressionSyntax) return true;
            if (n is BinaryExpressionSyntax) return true;
        }

        return operation.Program.Index.Around(move.Syntax) is not { } text || TorchVocabulary.RetainGradNames.Any(text.Names.Contains);
    }
}
