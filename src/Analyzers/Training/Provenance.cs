using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>Where the numbers in a tensor come from, whether or not gradients flow.</summary>
internal enum Source
{
    Unknown,

    /// <summary>No output of a model takes part: a batch, a field of data, a new tensor.</summary>
    Data,

    /// <summary>The output of a model takes part.</summary>
    Model,
}

/// <summary>
/// Tells data from outputs of a model by the expressions that a tensor is made of: everything ever put into its variables, and what
/// visible callers hand in. Slow in comparison with what a flow already knows: to be asked only where something looks wrong.
/// </summary>
internal sealed class Provenance(TrainingProgram program, CancellationToken cancellation)
{
    private const int MaxDepth = 40;

    // What hands on the elements that it is given, whatever the lambda says.
    private static readonly HashSet<string> Selecting = [nameof(Enumerable.OrderBy), nameof(Enumerable.OrderByDescending), nameof(Enumerable.ThenBy), nameof(Enumerable.ThenByDescending), nameof(Enumerable.Where), nameof(Enumerable.TakeWhile), nameof(Enumerable.SkipWhile)];

    private readonly HashSet<ISymbol> open = new(SymbolEqualityComparer.Default);
    private int depth;

    /// <summary>Whether a tensor was taken for data only because nobody who hands it in can be seen.</summary>
    public bool Assumed { get; private set; }

    /// <summary>The same of what holds tensors: a batch, in nearly every program, but it may be what a model returns.</summary>
    public bool AssumedBatch { get; private set; }

    public Source Of(SyntaxNode? expression) => (expression is null ? null : Of(program.Model(expression.SyntaxTree).GetOperation(expression, cancellation))) ?? Source.Unknown;

    // Null: it says nothing, because it leads back to a variable that is just being asked for.
    private Source? Of(IOperation? operation)
    {
        if (operation is null || depth >= MaxDepth) return Source.Unknown;
        depth++;
        var source = Evaluate(operation);
        depth--;
        return source;
    }

    private Source? Evaluate(IOperation operation)
    {
        switch (operation)
        {
            case IConversionOperation conversion:
                return conversion.OperatorMethod is null ? Of(conversion.Operand) : Source.Data;
            case IParenthesizedOperation parenthesized:
                return Of(parenthesized.Operand);
            case IAwaitOperation await:
                return Of(await.Operation);
            case IConditionalOperation conditional:
                return Same([Of(conditional.WhenTrue), Of(conditional.WhenFalse)]);
            case ICoalesceOperation coalesce:
                return Same([Of(coalesce.Value), Of(coalesce.WhenNull)]);
            case IBinaryOperation binary:
                return Mixed([Operand(binary.LeftOperand), Operand(binary.RightOperand)]);
            case IUnaryOperation unary:
                return Operand(unary.Operand);
            case ISimpleAssignmentOperation assignment:
                return Of(assignment.Value);
            case ILocalReferenceOperation local:
                return Variable(local.Local);
            case IParameterReferenceOperation parameter:
                return Parameter(parameter.Parameter, tensor: true);
            case IInvocationOperation call:
                return Call(call);
            case IPropertyReferenceOperation { Instance: { } receiver } property when IsTensor(receiver.Type):
                return property.Property.IsIndexer || IsTensor(property.Type) ? Of(receiver) : Source.Data;
            case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation, Member: IFieldSymbol or IPropertySymbol } member:
                return Field(member.Member);
            case IMemberReferenceOperation { Instance: { } receiver, Member: IFieldSymbol or IPropertySymbol }:
                return Container(receiver);
            case IArrayElementReferenceOperation element:
                return Container(element.ArrayReference);
            case ILiteralOperation or IDefaultValueOperation:
                return Source.Data;
            default:
                return Source.Unknown;
        }
    }

    private bool IsTensor(ITypeSymbol? type) => program.Torch.Is(type, TorchType.Tensor);

    // Numbers are data, whatever they come from.
    private Source? Operand(IOperation operation) => IsTensor(operation.Type) ? Of(operation) : Source.Data;

    private Source? Call(IInvocationOperation call)
    {
        var op = program.Torch.OperationOf(call.TargetMethod);
        switch (op)
        {
            case TorchOp.Forward:
                var module = call.Instance?.Type;
                return IsPassive(module) ? Mixed(call.Arguments.Select(a => Operand(a.Value))) : MayLearn(module) ? Source.Model : Source.Unknown;
            case TorchOp.Make or TorchOp.MakeLike:
                return Source.Data;
            case TorchOp.Detach or TorchOp.ClassIndices or TorchOp.Loss:
                return call.Instance is not null && Of(call.Instance) is Source.Data or null ? Source.Data : Source.Unknown;
        }

        if (TorchSymbols.IsLibrary(call.TargetMethod) && IsTensor(call.Type))
        {
            var operands = call.Arguments.SelectMany(a => Items(a.Value) ?? [a.Value]).Append(call.Instance).Where(o => IsTensor(o?.Type)).ToList();
            return operands.Count == 0 ? Source.Unknown : Mixed(operands.Select(Of));
        }

        return Container(call);
    }

    // `stack(new[] { a, b })`, `cat([a, b])`
    private static IEnumerable<IOperation>? Items(IOperation operation)
    {
        operation = operation.Unconverted();
        return operation switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var elements } => elements,
            ICollectionExpressionOperation { Elements: var elements } => elements,
            _ => null,
        };
    }

    private bool IsPassive(ITypeSymbol? module) =>
        new[] { TorchType.Parameterless, TorchType.Softmax, TorchType.LogSoftmax, TorchType.Sigmoid, TorchType.LogSigmoid }.Any(k => program.Torch.Is(module, k));

    /// <summary>Whether the module is none that certainly holds no parameters, as a loss, or one of this compilation that only computes.</summary>
    public bool MayLearn(ITypeSymbol? module)
    {
        if (IsPassive(module) || program.Torch.Is(module, TorchType.Loss)) return false;
        var (type, visible) = (module, false);
        for (; type is not null && type.Locations.Any(l => l.IsInSource); type = type.BaseType)
        {
            visible = true;
            if (type.IsAbstract || type.GetMembers().OfType<IFieldSymbol>().Any(f => !f.IsStatic && Holds(f.Type))) return true;
        }

        return !visible;

        bool Holds(ITypeSymbol? held) => program.Torch.IsModuleLike(held) && !IsPassive(held) || program.Torch.Is(held, TorchType.Parameter)
            || held is IArrayTypeSymbol array && Holds(array.ElementType) || held is INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments } && arguments.Any(Holds);
    }

    // Of a value that may be either.
    private static Source? Same(IEnumerable<Source?> sources)
    {
        var known = sources.Where(s => s is not null).Distinct().ToList();
        return known.Count switch { 0 => null, 1 => known[0], _ => Source.Unknown };
    }

    // Of what is computed from all of these: one output of a model is enough.
    private static Source? Mixed(IEnumerable<Source?> sources)
    {
        var known = sources.Where(s => s is not null).Distinct().ToList();
        return known.Count == 0 ? null : known.Contains(Source.Model) ? Source.Model : known.Contains(Source.Unknown) ? Source.Unknown : Source.Data;
    }

    // Variables: everything that is ever put into them.

    private Source? Variable(ILocalSymbol local)
    {
        if (!open.Add(local)) return null;
        var source = Same(Definitions(local));
        open.Remove(local);
        return source ?? Source.Unknown;
    }

    private List<Source?> Definitions(ILocalSymbol local)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) return [Source.Unknown];
        var model = program.Model(declaration.SyntaxTree);
        var tensor = IsTensor(local.Type);
        Source? From(SyntaxNode? expression) => expression is null ? Source.Unknown : tensor ? Of(model.GetOperation(expression, cancellation)) : Container(model.GetOperation(expression, cancellation));
        var found = new List<Source?>();
        switch (declaration)
        {
            case VariableDeclaratorSyntax { Initializer.Value: var value }:
                found.Add(From(value));
                break;
            case VariableDeclaratorSyntax:
                break;
            case ForEachStatementSyntax loop:
                found.Add(Container(model.GetOperation(loop.Expression, cancellation)));
                break;
            case SingleVariableDesignationSyntax designation:
                found.Add(Designated(model, designation));
                break;
            default:
                return [Source.Unknown];
        }

        found.AddRange(Assigned(local, declaration.Ancestors().FirstOrDefault(n => n is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? declaration.SyntaxTree.GetRoot(cancellation), tensor));
        return found;
    }

    // What assignments in this text put into a variable.
    private List<Source?> Assigned(ISymbol variable, SyntaxNode scope, bool tensor)
    {
        var found = new List<Source?>();
        var model = program.Model(scope.SyntaxTree);
        foreach (var name in scope.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != variable.Name || name.Parent is not (AssignmentExpressionSyntax or ArgumentSyntax)) continue;
            if (name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: 0, Parent: not TupleExpressionSyntax }) continue;
            if (!SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, variable)) continue;
            if (name.Parent is AssignmentExpressionSyntax assignment)
            {
                if (assignment.Left == name) found.Add(tensor ? Of(model.GetOperation(assignment.Right, cancellation)) : Container(model.GetOperation(assignment.Right, cancellation)));
            }
            else if (name.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax deconstruction } tuple } item)
            {
                if (deconstruction.Left == tuple) found.Add(Item(model, deconstruction.Right, tuple.Arguments.IndexOf(item), tuple.Arguments.Count));
            }
            else if (name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 })
            {
                found.Add(Source.Unknown);
            }
        }

        return found;
    }

    // `var (x, y) = …`, `foreach (var (x, y) in …)`, `(var x, var y) = …`
    private Source? Designated(SemanticModel model, SingleVariableDesignationSyntax designation)
    {
        var (index, count) = designation.Parent switch
        {
            ParenthesizedVariableDesignationSyntax list => (list.Variables.IndexOf(designation), list.Variables.Count),
            DeclarationExpressionSyntax { Parent: ArgumentSyntax { Parent: TupleExpressionSyntax tuple } item } => (tuple.Arguments.IndexOf(item), tuple.Arguments.Count),
            _ => (-1, 0),
        };
        var whole = designation.Ancestors().FirstOrDefault(n => n is ForEachVariableStatementSyntax or AssignmentExpressionSyntax or StatementSyntax);
        return whole switch
        {
            ForEachVariableStatementSyntax loop => Container(model.GetOperation(loop.Expression, cancellation)),
            AssignmentExpressionSyntax assignment => Item(model, assignment.Right, index, count),
            _ => Source.Unknown,
        };
    }

    private Source? Item(SemanticModel model, ExpressionSyntax value, int index, int count) =>
        value is TupleExpressionSyntax tuple && tuple.Arguments.Count == count && index >= 0
            ? Of(model.GetOperation(tuple.Arguments[index].Expression, cancellation))
            : Container(model.GetOperation(value, cancellation));

    // What visible callers hand in.
    private Source? Parameter(IParameterSymbol parameter, bool tensor)
    {
        if (!open.Add(parameter)) return null;
        var within = parameter.ContainingSymbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        var source = Same(HandedIn(parameter, tensor).Concat(within is null ? [] : Assigned(parameter, within, tensor)));
        open.Remove(parameter);
        return source ?? Source.Unknown;
    }

    private List<Source?> HandedIn(IParameterSymbol parameter, bool tensor)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method || program.BodyOf(method, null, cancellation) is not { } body) return [Source.Unknown];
        var callers = program.CallersOf(body, cancellation);
        if (callers.IsEmpty)
        {
            // Nobody knows what goes into a module.
            if (program.Torch.Is(method.ContainingType, TorchType.Module)) return [Source.Unknown];
            Assumed |= tensor;
            AssumedBatch |= !tensor;
            return [Source.Data];
        }

        var found = new List<Source?>();
        foreach (var (_, site) in callers)
        {
            var arguments = program.Model(site.Node.SyntaxTree).GetOperation(site.Node, cancellation) is IInvocationOperation call ? call.Arguments : [];
            var value = arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal)?.Value;
            found.Add(value is null ? Source.Unknown : tensor ? Of(value) : Container(value));
        }

        return found;
    }

    private Source? Field(ISymbol field)
    {
        field = field is IPropertySymbol property ? program.BackingOf(property.OriginalDefinition) : field.OriginalDefinition;
        if (field.ContainingAssembly is not ISourceAssemblySymbol) return Source.Unknown;
        if (!open.Add(field)) return null;
        var source = Same(program.WritesTo(field, cancellation).Select(w => Of(Written(w.Write.Node))).ToList());
        open.Remove(field);
        return source ?? Source.Unknown;
    }

    private IOperation? Written(SyntaxNode node) => program.Model(node.SyntaxTree).GetOperation(node, cancellation) switch
    {
        ISimpleAssignmentOperation assignment => assignment.Value,
        ISymbolInitializerOperation initializer => initializer.Value,
        _ => null,
    };

    // Containers: batches, loaders, whatever tensors are taken out of.

    private Source? Container(IOperation? operation)
    {
        if (operation is null || depth >= MaxDepth) return Source.Unknown;
        depth++;
        var source = Contents(operation);
        depth--;
        return source;
    }

    private Source? Contents(IOperation operation)
    {
        switch (operation)
        {
            case IConversionOperation conversion:
                return Container(conversion.Operand);
            case IParenthesizedOperation parenthesized:
                return Container(parenthesized.Operand);
            case IAwaitOperation await:
                return Container(await.Operation);
            case ILocalReferenceOperation local:
                return Variable(local.Local);
            case IParameterReferenceOperation parameter:
                return Parameter(parameter.Parameter, tensor: false);
            case IMemberReferenceOperation { Instance: null or IInstanceReferenceOperation } member:
                return member.Type is INamedTypeSymbol { IsTupleType: true } ? Source.Unknown : Source.Data;
            case IMemberReferenceOperation { Instance: { } receiver }:
                return Container(receiver);
            case IArrayElementReferenceOperation element:
                return Container(element.ArrayReference);
            case ITupleOperation tuple:
                return Mixed(tuple.Elements.Select(Operand));
            case IArrayCreationOperation { Initializer.ElementValues: var elements }:
                return Mixed(elements.Select(e => IsTensor(e.Type) ? Of(e) : Container(e)));
            case IObjectCreationOperation creation:
                // A loader or a dataset; a list starts empty and says nothing.
                return creation.Type is { } type && (TorchSymbols.IsLibrary(type) || type.Locations.Any(l => l.IsInSource)) ? Source.Data : Source.Unknown;
            case IInvocationOperation call:
                return Yielded(call);
            default:
                return Source.Unknown;
        }
    }

    // A `forward` (or `Forward`) that is none of the library's overrides, and hands out what is still on the graph.
    private bool IsForward(IMethodSymbol method, MemberText text) =>
        string.Equals(method.Name, TorchVocabulary.ForwardName, StringComparison.OrdinalIgnoreCase) && !method.IsStatic && !text.Names.Contains(TensorVocabulary.DetachName)
        && program.Torch.Is(method.ContainingType, TorchType.Module) && MayLearn(method.ContainingType);

    private Source? Yielded(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke) return Source.Unknown;
        if (program.Torch.OperationOf(method) == TorchOp.Forward) return MayLearn(call.Instance?.Type) ? Source.Model : Source.Unknown;
        if (TorchSymbols.IsLibrary(method)) return call.Instance is { } receiver ? IsTensor(receiver.Type) ? Of(receiver) : Container(receiver) : Source.Data;
        if (method.Locations.Any(l => l.IsInSource))
        {
            // A method that reads data names no forward pass, and calls nothing that matters; one of a module that does runs the module.
            if (method.DeclaringSyntaxReferences.Select(r => program.Index.Around(r.GetSyntax(cancellation))).FirstOrDefault() is not { } text) return Source.Unknown;
            if (TorchVocabulary.ForwardNames.Any(text.Names.Contains)) return IsForward(method, text) ? Source.Model : Source.Unknown;
            if (call.Arguments.Any(a => IsTensor(a.Value.Type) && Of(a.Value) is Source.Model)) return Source.Unknown;
            return program.Index.IsHot(text.Node) ? Source.Unknown : Source.Data;
        }

        var source = call.Instance ?? call.Arguments.FirstOrDefault()?.Value;
        if (source is not null && Selecting.Contains(method.Name) && method.ContainingNamespace?.Name == nameof(System.Linq)) return Container(source);
        return source is null || call.Arguments.Any(a => a.Value is IDelegateCreationOperation) ? Source.Unknown : Container(source);
    }
}
