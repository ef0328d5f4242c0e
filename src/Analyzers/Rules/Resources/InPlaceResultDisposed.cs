using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1106: a using disposes what an operation in place returns, which is the operand itself.</summary>
internal sealed class InPlaceResultDisposed() : Rule(
    "TL1106",
    Section.Resources,
    Level.Warning,
    "The result of an operation in place is disposed",
    "'{0}' works in place and returns '{1}' itself: the using disposes '{1}', which is still needed",
    "Methods whose names end in an underscore change their tensor and return the same object, not a copy. Disposing the result disposes the tensor, and its next use throws an InvalidOperationException.")
{
    public override IEnumerable<OperationKind> Operations => [OperationKind.Using, OperationKind.UsingDeclaration];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Torch.Version < TensorVocabulary.InPlaceReturnsItself) return;
        foreach (var value in Resources(operation.Operation))
            if (Operand(operation.Torch, value) is { } tensor && IsNeeded(operation, tensor))
                operation.Report(Descriptor, UsingKeyword(operation.Node), null, null, GradientSteps.Text(value.Syntax), GradientSteps.Text(tensor.Syntax));
    }

    // The variables, or the one value, that the using disposes.
    private static IEnumerable<IOperation> Resources(IOperation statement)
    {
        var declared = statement switch
        {
            IUsingDeclarationOperation { DeclarationGroup: var group } => group,
            IUsingOperation { Resources: IVariableDeclarationGroupOperation group } => group,
            _ => null,
        };
        if (declared is null) return statement is IUsingOperation { Resources: var only } ? [only] : [];
        return declared.Declarations.SelectMany(d => d.Declarators).Select(d => d.GetVariableInitializer()?.Value).OfType<IOperation>();
    }

    // The variable that the value is, after nothing but operations in place.
    private static IOperation? Operand(TorchSymbols torch, IOperation value)
    {
        var steps = 0;
        while (true)
        {
            switch (value)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    value = conversion.Operand;
                    continue;
                case IInvocationOperation { Instance: { } instance } call when torch.IsInPlace(call.TargetMethod) && torch.Is(instance.Type, TorchType.Tensor) && !TensorVocabulary.InPlaceButNotItself.Contains(call.TargetMethod.Name):
                    value = instance;
                    steps++;
                    continue;
                default:
                    return steps > 0 && value is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: false } ? value : null;
            }
        }
    }

    // Whether somebody meets the tensor again after the using has disposed it.
    private static bool IsNeeded(OperationReport operation, IOperation tensor)
    {
        // The module that it belongs to does.
        if (operation.Torch.Is(tensor.Type, TorchType.Parameter)) return true;
        var statement = operation.Node;
        var function = Function(statement);
        if (tensor is IMemberReferenceOperation { Member: var member })
            return !TorchSymbols.IsLibrary(member) && !Names(function, member.Name).Any(n => n.SpanStart > statement.SpanStart && IsAssigned(n));
        var symbol = tensor is ILocalReferenceOperation local ? local.Local : (ISymbol)((IParameterReferenceOperation)tensor).Parameter;
        var model = operation.Operation.SemanticModel!;
        var uses = Names(function, symbol.Name).Where(n => !statement.Span.Contains(n.Span) || statement is UsingStatementSyntax).Where(n => SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, operation.Cancellation).Symbol, symbol)).ToList();

        // A second using on the tensor itself: its end is meant.
        if (symbol is ILocalSymbol { IsUsing: true }) return false;

        var end = (statement is UsingStatementSyntax ? statement : statement.Parent is GlobalStatementSyntax ? function : statement.Parent!).Span.End;
        if (uses.FirstOrDefault(n => n.SpanStart >= end) is { } after) return !IsAssigned(after);

        // Handed out of the block before it ends.
        if (uses.Any(n => n.SpanStart > statement.SpanStart && n.SpanStart < end && IsReturned(n))) return true;

        // In the next round of a loop it is met again.
        var declaration = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation);
        return Loops.Around(statement, function).FirstOrDefault(loop => declaration is not null && !loop.Span.Contains(declaration.Span)) is { } repeated && !uses.Any(n => repeated.Span.Contains(n.Span) && IsAssigned(n));
    }

    private static IEnumerable<IdentifierNameSyntax> Names(SyntaxNode scope, string name) => scope.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == name);

    private static SyntaxNode Function(SyntaxNode node) =>
        node.Ancestors().First(n => n is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or CompilationUnitSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax);

    private static bool IsAssigned(SyntaxNode name) =>
        (name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name) is var whole && whole.Parent is AssignmentExpressionSyntax assignment && assignment.Left == whole;

    // `return x`, `return (x, y)`, `yield return x`
    private static bool IsReturned(SyntaxNode name)
    {
        var node = name;
        while (node.Parent is ParenthesizedExpressionSyntax or TupleExpressionSyntax or ArgumentSyntax { Parent: TupleExpressionSyntax }) node = node.Parent;
        return node.Parent is ReturnStatementSyntax or YieldStatementSyntax;
    }

    private static Location UsingKeyword(SyntaxNode statement) => statement switch
    {
        UsingStatementSyntax block => block.UsingKeyword.GetLocation(),
        LocalDeclarationStatementSyntax declaration => declaration.UsingKeyword.GetLocation(),
        _ => statement.GetLocation(),
    };
}
