using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Batches;

/// <summary>TL0606: a batch is kept although the loader disposes of it when it moves on.</summary>
internal sealed class BatchKeptTooLong : Rule
{
    private static readonly HashSet<string> Materializing = ["ToList", "ToArray", "ToHashSet", "First", "FirstOrDefault", "Last", "LastOrDefault", "Single", "SingleOrDefault", "ElementAt", "ElementAtOrDefault"];
    private static readonly HashSet<string> Passing = ["Take", "Skip", "Where", "TakeWhile", "SkipWhile", "SkipLast", "TakeLast", "AsEnumerable", "Reverse", "OrderBy"];
    private static readonly HashSet<string> Keeping = ["Add", "Enqueue", "Push", "Insert", "AddLast", "AddFirst", "TryAdd", "AddRange"];

    private readonly DiagnosticDescriptor collected;

    public BatchKeptTooLong()
        : base(
            "TL0606",
            Section.Batches,
            Level.Warning,
            "A batch is kept longer than its round",
            "'{0}' is kept, but the DataLoader disposes of a batch when it moves on to the next: reading it later throws; keep a clone()",
            "A DataLoader disposes of the tensors of a batch when the next one is asked for, and of the last when the loop ends. A tensor of a batch that is read after that throws an InvalidOperationException.") =>
        collected = Like("'{0}' yields batches that the DataLoader has already disposed of: reading them throws; use them in a foreach, or make the DataLoader with disposeBatch: false");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, collected);

    public override IEnumerable<OperationKind> Operations => [OperationKind.Loop];

    public override IEnumerable<string> CallsAnywhere => Materializing;

    public override void InspectOperation(OperationReport operation)
    {
        switch (operation.Operation)
        {
            case IForEachLoopOperation { Collection: var loader, Syntax: ForEachStatementSyntax loop } when IsDisposing(operation, Stripped(loader).Type):
                foreach (var kept in Kept(operation, loop)) Report(operation, Descriptor, kept, Stripped(loader));
                break;
            case IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "Enumerable" } method, Arguments: [{ Value: var source }, ..] } call when Materializing.Contains(method.Name):
                if (Source(operation, source) is { } origin && Loader(operation, origin) is { } read) Report(operation, collected, call.Syntax, read);
                break;
        }
    }

    private static void Report(OperationReport operation, DiagnosticDescriptor descriptor, SyntaxNode kept, IOperation loader)
    {
        var creation = Creation(operation, loader);
        if (creation is null ? SomebodyKeepsBatches(operation) : !Disposes(creation)) return;
        operation.Report(descriptor, kept, creation is null ? null : [creation.Syntax], null, Text(kept));
    }

    private static string Text(SyntaxNode node) => node is InvocationExpressionSyntax { Expression: var callee } ? string.Concat(callee.DescendantTokens().Select(t => t.Text)) + "()" : node.ToString();

    // The loaders whose default puts batches together and disposes of them; one that derives from them may do as it likes.
    private static bool IsDisposing(OperationReport operation, ITypeSymbol? type) =>
        type is INamedTypeSymbol { IsGenericType: false } && TorchSymbols.IsLibrary(type) && operation.Torch.Is(type, TorchType.DataLoader);

    private static IOperation Stripped(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion) operation = conversion.Operand;
        return operation;
    }

    // What is enumerated, through whatever hands the batches on as they are.
    private static IOperation? Source(OperationReport operation, IOperation source)
    {
        source = Stripped(source);
        while (source is IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType.Name: "Enumerable", Name: var name }, Arguments: [{ Value: var inner }, ..] arguments })
        {
            if (name == "Select" ? !HandsOn(operation, arguments[1].Value) : !Passing.Contains(name)) return null;
            source = Stripped(inner);
        }

        return source;
    }

    // `Select(batch => batch["data"])`
    private static bool HandsOn(OperationReport operation, IOperation selector) =>
        Stripped(selector) is IDelegateCreationOperation { Target: IAnonymousFunctionOperation { Symbol.Parameters: [var batch], Syntax: LambdaExpressionSyntax { ExpressionBody: { } result } } }
        && IsPart(result, operation.Program.Model(result.SyntaxTree), new(SymbolEqualityComparer.Default) { batch });

    private static IOperation? Loader(OperationReport operation, IOperation source) => IsDisposing(operation, source.Type) ? source : null;

    // Where the loader was made, as far as its name leads there.
    private static IOperation? Creation(OperationReport operation, IOperation loader)
    {
        switch (loader)
        {
            case IObjectCreationOperation or IInvocationOperation when IsMaking(loader):
                return loader;
            case ILocalReferenceOperation { Local: var local }:
                return Initial(operation, local);
            case IFieldReferenceOperation { Field: var field }:
                return Initial(operation, field);
            case IPropertyReferenceOperation { Property: var property }:
                return Initial(operation, property);
            default:
                return null;
        }
    }

    private static bool IsMaking(IOperation operation) => operation switch
    {
        IObjectCreationOperation { Constructor: { } constructor } => TorchSymbols.IsLibrary(constructor),
        IInvocationOperation { TargetMethod: var method } => TorchSymbols.IsLibrary(method),
        _ => false,
    };

    private static IOperation? Initial(OperationReport operation, ISymbol variable)
    {
        ExpressionSyntax? value = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(operation.Cancellation) switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        };
        return value is not null && operation.Program.Model(value.SyntaxTree).GetOperation(value, operation.Cancellation) is { } made && Stripped(made) is var creation && IsMaking(creation) ? creation : null;
    }

    private static bool Disposes(IOperation creation) =>
        (creation is IInvocationOperation call ? call.Arguments : ((IObjectCreationOperation)creation).Arguments)
            .All(a => a.Parameter?.Name != TorchVocabulary.DisposeBatchParameter || a.Value.ConstantValue is { HasValue: true, Value: true });

    // Somewhere a loader is told to leave its batches alone, by name or by so many arguments that it may be: it could be this one.
    private static bool SomebodyKeepsBatches(OperationReport operation)
    {
        if (operation.Program.Index.Mentioning(TorchVocabulary.DisposeBatchParameter).Count > 0) return true;
        foreach (var member in operation.Program.Index.Mentioning(TorchVocabulary.DataLoaderName))
            foreach (var node in member.Node is GlobalStatementSyntax ? member.Node.Parent!.DescendantNodes() : member.Node.DescendantNodes())
                if (node is ArgumentListSyntax { Arguments.Count: >= TorchVocabulary.DisposeBatchPosition, Parent: { } call } && call.ToString().Contains(TorchVocabulary.DataLoaderName)) return true;
        return false;
    }

    // The expressions by which tensors of the batch get out of their round.
    private static List<SyntaxNode> Kept(OperationReport operation, ForEachStatementSyntax loop)
    {
        var found = new List<SyntaxNode>();
        var model = operation.Program.Model(loop.SyntaxTree);
        if (model.GetDeclaredSymbol(loop, operation.Cancellation) is not { } batch) return found;
        var parts = Parts(loop, model, batch);
        foreach (var node in loop.Statement.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var collection, Name.Identifier.ValueText: var name } } call when Keeping.Contains(name):
                    if (IsOfFramework(model.GetSymbolInfo(call, operation.Cancellation).Symbol) && Outlives(model.GetSymbolInfo(collection, operation.Cancellation).Symbol, loop) && !IsEmptied(loop, collection))
                        foreach (var argument in call.ArgumentList.Arguments) Add(argument.Expression);
                    break;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { Expression: var collection }, Right: var value }:
                    if (Outlives(model.GetSymbolInfo(collection, operation.Cancellation).Symbol, loop) && !operation.Torch.Is(model.GetTypeInfo(collection, operation.Cancellation).Type, TorchType.Tensor)) Add(value);
                    break;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression, Left: IdentifierNameSyntax target, Right: var value }:
                    if (IsPart(value, model, parts) && model.GetSymbolInfo(target, operation.Cancellation).Symbol is ILocalSymbol local && Outlives(local, loop) && IsReadLater(model, loop, local, node)) Add(value);
                    break;
            }
        }

        return found;

        void Add(ExpressionSyntax value)
        {
            if (value is TupleExpressionSyntax tuple)
                foreach (var item in tuple.Arguments) Add(item.Expression);
            else if (IsPart(value, model, parts) && HoldsTensors(operation, model.GetTypeInfo(value, operation.Cancellation).Type)) found.Add(value);
        }
    }

    private static bool HoldsTensors(OperationReport operation, ITypeSymbol? type) =>
        operation.Torch.Is(type, TorchType.Tensor) || type is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(a => operation.Torch.Is(a, TorchType.Tensor));

    // The batch, and the variables that hold parts of it as they are.
    private static HashSet<ISymbol> Parts(ForEachStatementSyntax loop, SemanticModel model, ISymbol batch)
    {
        var parts = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { batch };
        foreach (var node in loop.Statement.DescendantNodes())
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer.Value: { } value, Identifier.ValueText: var name } declarator when !IsAssigned(loop, name) && IsPart(value, model, parts):
                    if (model.GetDeclaredSymbol(declarator) is { } variable) parts.Add(variable);
                    break;
                case AssignmentExpressionSyntax { Left: DeclarationExpressionSyntax { Designation: ParenthesizedVariableDesignationSyntax { Variables: var variables } }, Right: TupleExpressionSyntax { Arguments: var values } } when variables.Count == values.Count:
                    for (var i = 0; i < values.Count; i++)
                        if (variables[i] is SingleVariableDesignationSyntax { Identifier.ValueText: var item } single && !IsAssigned(loop, item) && IsPart(values[i].Expression, model, parts) && model.GetDeclaredSymbol(single) is { } deconstructed) parts.Add(deconstructed);
                    break;
            }
        }

        return parts;
    }

    private static bool IsAssigned(SyntaxNode loop, string name) => loop.DescendantNodes().Any(n =>
        n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax target } && target.Identifier.ValueText == name || n is ArgumentSyntax { RefKindKeyword.RawKind: not 0, Expression: IdentifierNameSyntax given } && given.Identifier.ValueText == name);

    private static bool IsPart(ExpressionSyntax expression, SemanticModel model, HashSet<ISymbol> parts) => expression switch
    {
        IdentifierNameSyntax name => parts.Count > 0 && model.GetSymbolInfo(name).Symbol is { } symbol && parts.Contains(symbol),
        ElementAccessExpressionSyntax { Expression: var whole } => IsPart(whole, model, parts) && model.GetTypeInfo(whole).Type is { TypeKind: not TypeKind.Error } type && type.Name is not "Tensor",
        ParenthesizedExpressionSyntax { Expression: var inner } => IsPart(inner, model, parts),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var operand } => IsPart(operand, model, parts),
        _ => false,
    };

    // Declared before the loop, or a member.
    private static bool Outlives(ISymbol? variable, SyntaxNode loop) => variable switch
    {
        ILocalSymbol local => local.DeclaringSyntaxReferences.All(r => r.SyntaxTree == loop.SyntaxTree && !loop.Span.Contains(r.Span)),
        IFieldSymbol or IPropertySymbol or IParameterSymbol => true,
        _ => false,
    };

    private static bool IsOfFramework(ISymbol? method) => method?.ContainingNamespace?.ToString().StartsWith("System.Collections", StringComparison.Ordinal) == true;

    // What is taken out again in the same round was not kept.
    private static bool IsEmptied(ForEachStatementSyntax loop, ExpressionSyntax collection) => loop.Statement.DescendantNodes().Any(n =>
        n is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Clear" or "Dequeue" or "TryDequeue" or "Pop" or "TryPop" or "RemoveAt" or "RemoveFirst" or "RemoveLast", Expression: var emptied } && emptied.ToString() == collection.ToString()
        || n is AssignmentExpressionSyntax { Left: var replaced } && replaced.ToString() == collection.ToString());

    // Its value gets out of the round, and somebody looks at more than whether there is one.
    private static bool IsReadLater(SemanticModel model, ForEachStatementSyntax loop, ILocalSymbol local, SyntaxNode store)
    {
        if (model.AnalyzeDataFlow(loop.Statement) is not { Succeeded: true } flow || !flow.DataFlowsOut.Contains(local, SymbolEqualityComparer.Default)) return false;
        var member = loop.Ancestors().FirstOrDefault(n => n is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? loop.SyntaxTree.GetRoot();
        return member.DescendantNodes().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name && (name.SpanStart > loop.Span.End || loop.Statement.Span.Contains(name.Span) && name.SpanStart < store.SpanStart)
            && !IsTestOrTarget(name) && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local));
    }

    private static bool IsTestOrTarget(IdentifierNameSyntax name) => name.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == name,
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } => true,
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } => true,
        _ => name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" } or ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" } } },
    };
}
