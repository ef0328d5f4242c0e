using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0318: a layer is added to a list that a Sequential has copied before.</summary>
internal sealed class LayerAddedTooLate() : Rule(
    "TL0318",
    Section.Model,
    Level.Suggestion,
    "A layer is added after the Sequential was made",
    "'{0}' comes too late: '{1}' has copied '{2}' before, so the layer is in no network",
    "Sequential takes the modules that are in the collection when it is made. What is added to the collection afterwards is never called and never trained.")
{
    private static readonly string[] Additions = ["Add", "AddRange", "Insert"];

    private static readonly string[] Copiers = ["ToArray", "ToList", "AsEnumerable"];

    public override IEnumerable<string> CallsAnywhere => Additions;

    // Asked where something is added: an editor takes a finding only from the operation that it lies in.
    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { Instance: ILocalReferenceOperation { Local: var list } } || operation.Node is not InvocationExpressionSyntax addition) return;
        if (list.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax(operation.Cancellation) is not VariableDeclaratorSyntax declared) return;
        if (declared.Ancestors().FirstOrDefault(n => n is BlockSyntax or SwitchSectionSyntax or CompilationUnitSyntax) is not { } scope) return;
        foreach (var call in scope.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => c.Span.End <= addition.SpanStart && IsNamed(c, LayerVocabulary.SequentialName)))
            if (Copies(operation, call, list) && Late(call, list, scope).Contains(addition))
                operation.Report(Descriptor, addition, [call], null, GradientSteps.Text(addition), GradientSteps.Text(call), list.Name);
    }

    private static bool Copies(OperationReport operation, InvocationExpressionSyntax call, ILocalSymbol list) =>
        operation.Program.Model(call.SyntaxTree).GetOperation(call, operation.Cancellation) is IInvocationOperation { Arguments: [{ ArgumentKind: ArgumentKind.Explicit, Value: var given }] } made
        && TorchSymbols.IsLibrary(made.TargetMethod) && SymbolEqualityComparer.Default.Equals(ListOf(given)?.Local, list);

    // All additions after the call; none where somebody reads the list then, and may want the layer.
    private static List<InvocationExpressionSyntax> Late(InvocationExpressionSyntax call, ILocalSymbol list, SyntaxNode scope)
    {
        // The next round of a loop would copy the list again; after a return nothing is added.
        if (call.Ancestors().TakeWhile(n => n != scope).Any(n => n is ReturnStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax
            or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax)) return [];

        var late = new List<InvocationExpressionSyntax>();
        foreach (var node in scope.DescendantNodes())
        {
            if (node.SpanStart < call.Span.End || node is not IdentifierNameSyntax name || name.Identifier.ValueText != list.Name) continue;
            if (AdditionTo(name) is not { } addition || !Follows(addition, call, scope)) return [];
            late.Add(addition);
        }

        return late;
    }

    private static bool IsNamed(InvocationExpressionSyntax call, string name) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        SimpleNameSyntax simple => simple.Identifier.ValueText == name,
        _ => false,
    };

    private static ILocalReferenceOperation? ListOf(IOperation given)
    {
        while (true)
        {
            switch (given)
            {
                case IConversionOperation conversion:
                    given = conversion.Operand;
                    break;
                case IInvocationOperation { Instance: { } instance } copy when Copiers.Contains(copy.TargetMethod.Name):
                    given = instance;
                    break;
                case IInvocationOperation { Instance: null, Arguments: [{ Value: var first }] } copy when Copiers.Contains(copy.TargetMethod.Name):
                    given = first;
                    break;
                default:
                    return given is ILocalReferenceOperation { Type: INamedTypeSymbol { TypeArguments.Length: 1 } type } local && type.GetMembers(Additions[0]).Length > 0 ? local : null;
            }
        }
    }

    private static InvocationExpressionSyntax? AdditionTo(IdentifierNameSyntax list) =>
        list.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method, Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } call } access && access.Expression == list
        && Additions.Contains(method) ? call : null;

    // Whether the one can run after the other: they do not stand in two ways of which one is taken.
    private static bool Follows(SyntaxNode later, SyntaxNode earlier, SyntaxNode scope)
    {
        foreach (var node in later.Ancestors().TakeWhile(n => n != scope.Parent))
        {
            if (node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) return false;
            if (node.Span.Contains(earlier.Span)) return node is not (IfStatementSyntax or SwitchStatementSyntax or TryStatementSyntax or ConditionalExpressionSyntax);
        }

        return false;
    }
}
