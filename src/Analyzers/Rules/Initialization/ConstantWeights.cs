using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Initialization;

/// <summary>TL0903: the weights of layer after layer begin with one value.</summary>
internal sealed class ConstantWeights() : Rule(
    "TL0903",
    Section.Initialization,
    Level.Warning,
    "Weights begin with one value for all",
    "'{0}' gives all weights of a layer one value, as in the next one: all its units compute the same and learn the same; use init.kaiming_uniform_ or another random initialization",
    "Units that begin with the same weights get the same gradients and stay equal for ever: a layer of a hundred units is worth one. Random weights tell them apart.")
{
    public override IEnumerable<string> Calls => TorchVocabulary.ConstantInitNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (LayerOf(operation.Operation, operation) is not { } layer) return;
        if (Stripped(layer) is ILocalReferenceOperation or IParameterReferenceOperation ? IsEachLayer(operation, layer.Syntax) : IsOneOfAll(operation, layer))
            operation.Report(Descriptor, operation.Node, null, null, TrainingStep.GradientSteps.Text(operation.Node));
    }

    // `init.ones_(layer.weight)`: the linear layer or convolution whose weights are set.
    private static IOperation? LayerOf(IOperation operation, OperationReport report)
    {
        if (operation is not IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType: var type }, Arguments: [{ Value: var tensor }, ..] } || type.Name != TorchVocabulary.InitName) return null;
        return Stripped(tensor) is IPropertyReferenceOperation { Property.Name: TorchVocabulary.WeightName, Instance: { } layer } && report.Torch.Is(layer.Type, TorchType.Scores) ? layer : null;
    }

    private static IOperation Stripped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    operation = conversion.Operand;
                    break;
                case ICoalesceOperation coalesce:
                    operation = coalesce.Value;
                    break;
                default:
                    return operation;
            }
        }
    }

    // A variable of a loop over modules, of a test of their types, or of a function that is applied to all: nothing but its type decides.
    private static bool IsEachLayer(OperationReport operation, SyntaxNode layer)
    {
        if (!operation.Program.Model(layer.SyntaxTree).GetSymbolInfo(layer, operation.Cancellation).Symbol!.DeclaringSyntaxReferences
                .All(r => r.GetSyntax(operation.Cancellation) is SingleVariableDesignationSyntax { Parent: DeclarationPatternSyntax or RecursivePatternSyntax } or ForEachStatementSyntax)) return false;
        if (operation.Node.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax) is { } member && IsReset(member, operation.Node)) return false;
        foreach (var around in operation.Node.Ancestors())
        {
            if (around is MemberDeclarationSyntax and not GlobalStatementSyntax) break;
            switch (around)
            {
                case IfStatementSyntax branch when !IsTypeTest(branch.Condition):
                case ConditionalExpressionSyntax or WhileStatementSyntax or ForStatementSyntax:
                    return false;
                case SwitchSectionSyntax section when section.Labels.Any(l => l is CasePatternSwitchLabelSyntax { WhenClause: not null }):
                    return false;
            }
        }

        return HasSeveral(operation) && (IsOverModules(operation) || operation.Node.Ancestors().Any(n => n is LambdaExpressionSyntax { Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } } && NameOf(call) == TorchVocabulary.ApplyName)
            || operation.Owner is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method && operation.Program.Index.Mentioning(TorchVocabulary.ApplyName).Any(m => m.Names.Contains(method.Name)));
    }

    private static string? NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => null,
    };

    // `foreach (var module in modules())`
    private static bool IsOverModules(OperationReport operation) => operation.Node.Ancestors().OfType<CommonForEachStatementSyntax>()
        .Any(l => l.Expression.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(c => TorchVocabulary.ModuleListNames.Contains(NameOf(c) ?? "")));

    private static bool IsTypeTest(ExpressionSyntax condition) => condition switch
    {
        IsPatternExpressionSyntax { Pattern: DeclarationPatternSyntax or RecursivePatternSyntax { PositionalPatternClause: null, PropertyPatternClause: null } or ConstantPatternSyntax or UnaryPatternSyntax } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => IsTypeTest(both.Left) && IsTypeTest(both.Right),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression } => true,
        ParenthesizedExpressionSyntax inner => IsTypeTest(inner.Expression),
        _ => false,
    };

    // In a model's own class: it makes more than one such layer. Elsewhere nobody initializes a single layer in this way.
    private static bool HasSeveral(OperationReport operation)
    {
        if (operation.Program.TypeAround(operation.Node, operation.Cancellation) is not { } type || !operation.Torch.Is(type, TorchType.Module)) return true;
        var layers = 0;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var declaration = reference.GetSyntax(operation.Cancellation);
            var model = operation.Program.Model(declaration.SyntaxTree);
            foreach (var node in declaration.DescendantNodes())
                if (node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && model.GetTypeInfo(node, operation.Cancellation).Type is { } made
                    && (operation.Torch.Is(made, TorchType.Scores) || operation.Torch.Is(made, TorchType.Module) && made.Locations.Any(l => l.IsInSource))) layers++;
        }

        return layers > 1;
    }

    // A field, where all layers of its class (but for the last, perhaps) are set to one value: no module of another kind has weights of its own.
    private static bool IsOneOfAll(OperationReport operation, IOperation layer)
    {
        if (MemberOf(layer) is not { ContainingType: { } type } || !operation.Torch.Is(type, TorchType.Module)) return false;
        if (operation.Node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member || member is GlobalStatementSyntax || IsReset(member, operation.Node)) return false;
        if (operation.Node.Ancestors().TakeWhile(n => n != member).Any(n => n is IfStatementSyntax or ConditionalExpressionSyntax or SwitchSectionSyntax)) return false;
        var layers = type.GetMembers().Where(m => !m.IsStatic && m is IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol && TypeOf(m) is { } held && operation.Torch.IsModuleLike(held) && !IsWithoutWeights(operation, held)).ToList();
        if (layers.Count < 2 || !layers.All(l => operation.Torch.Is(TypeOf(l), TorchType.Scores))) return false;
        var model = operation.Program.Model(member.SyntaxTree);
        var set = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var call in member.DescendantNodes().OfType<InvocationExpressionSyntax>())
            if (TorchVocabulary.ConstantInitNames.Contains(NameOf(call) ?? "") && model.GetOperation(call, operation.Cancellation) is { } other && LayerOf(other, operation) is { } initialized && MemberOf(initialized) is { } field) set.Add(field);
        return layers.Take(layers.Count - 1).All(set.Contains) && set.Count > 1;
    }

    private static ISymbol? MemberOf(IOperation layer) => Stripped(layer) is IMemberReferenceOperation { Instance: IInstanceReferenceOperation, Member: var member } ? member : null;

    private static ITypeSymbol? TypeOf(ISymbol member) => (member as IFieldSymbol)?.Type ?? (member as IPropertySymbol)?.Type;

    private static bool IsWithoutWeights(OperationReport operation, ITypeSymbol type) =>
        operation.Torch.Is(type, TorchType.Parameterless) || operation.Torch.Is(type, TorchType.Passive) || operation.Torch.Is(type, TorchType.Dropout) || operation.Torch.Is(type, TorchType.Loss) || operation.Torch.Is(type, TorchType.BatchNorm);

    // The same weights get other values afterwards.
    private static bool IsReset(SyntaxNode member, SyntaxNode node)
    {
        var weights = (node as InvocationExpressionSyntax)?.ArgumentList.Arguments.FirstOrDefault()?.Expression.ToString();
        return weights is not null && member.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.SpanStart > node.Span.End && c.ToString().Contains(weights) && !TorchVocabulary.ConstantInitNames.Contains(NameOf(c) ?? ""));
    }
}
