using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that evaluates expressions.</summary>
internal sealed partial class LayerInterpreter
{
    private Item? Eval(IOperation? operation)
    {
        if (operation is null || nesting > MaxNesting || ++operations > MaxOperations) return null;
        if (operation.ConstantValue is { HasValue: true, Value: var constant }) return new ConstantItem(constant);
        nesting++;
        var value = Evaluate(operation);
        nesting--;
        return value;
    }

    private Item? Evaluate(IOperation operation)
    {
        switch (operation)
        {
            case IConversionOperation conversion:
                return conversion.OperatorMethod is null || Eval(conversion.Operand) is ConstantItem ? Eval(conversion.Operand) : null;
            case ILocalReferenceOperation local:
                return Value(local.Local);
            case IParameterReferenceOperation parameter:
                var given = Value(parameter.Parameter);
                AsksParameters |= given is null && parameter.Parameter.Type.IsValueType;
                return given;
            case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }:
                return frame.Self;
            case IFieldReferenceOperation field:
                return Field(field);
            case IPropertyReferenceOperation property:
                return Property(property);
            case IArrayElementReferenceOperation element:
                var at = element.Indices.Select(Eval).ToList();
                return at.Count == 1 ? ItemAt(Eval(element.ArrayReference), at[0], element.ArrayReference) : null;
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, Eval(assignment.Value));
            case ICompoundAssignmentOperation assignment:
                return Assign(assignment.Target, Binary(assignment, assignment.OperatorKind, Eval(assignment.Target), Eval(assignment.Value)));
            case ICoalesceAssignmentOperation assignment:
                Eval(assignment.Value);
                return Assign(assignment.Target, null);
            case IIncrementOrDecrementOperation step:
                var number = LayerSizes.Number(Eval(step.Target));
                return Assign(step.Target, number is { } n ? new ConstantItem(step.Kind == OperationKind.Increment ? n + 1 : n - 1) : null);
            case IDeconstructionAssignmentOperation deconstruction:
                var value = Eval(deconstruction.Value);
                Deconstruct(deconstruction.Target, value);
                return value;
            case IBinaryOperation binary:
                return Binary(binary, binary.OperatorKind, Eval(binary.LeftOperand), Eval(binary.RightOperand));
            case IUnaryOperation unary:
                var operand = Eval(unary.Operand);
                return (unary.OperatorKind, operand) switch
                {
                    (UnaryOperatorKind.Minus, ConstantItem { Value: long positive }) => new ConstantItem(-positive),
                    (UnaryOperatorKind.Not, ConstantItem { Value: bool truth }) => new ConstantItem(!truth),
                    (_, Flowing tensor) => Used(tensor).Anew(true),
                    _ => null,
                };
            case IConditionalOperation choice:
                return Chosen(choice);
            case ICoalesceOperation coalesce:
                var first = Eval(coalesce.Value);
                var second = Eval(coalesce.WhenNull);
                return first is null or ConstantItem ? first is ConstantItem { Value: null } ? second : null : first;
            case IInvocationOperation call:
                return Invoke(call);
            case IObjectCreationOperation creation:
                return Create(creation);
            case IArrayCreationOperation { Initializer: { } initializer }:
                return List(initializer.ElementValues.Select(Eval).ToImmutableArray());
            case ICollectionExpressionOperation collection:
                return Collection(collection);
            case ITupleOperation tuple:
                return new TupleItem(tuple.Elements.Select(Eval).ToImmutableArray());
            case IDeclarationExpressionOperation declaration:
                return Eval(declaration.Expression);
            case IParenthesizedOperation parenthesized:
                return Eval(parenthesized.Operand);
            case IAnonymousFunctionOperation lambda:
                foreach (var parameter in lambda.Symbol.Parameters)
                    memory = memory with { Variables = memory.Variables.SetItem(parameter, IsTensor(parameter.Type) ? new Flowing { Rows = true } : null) };
                RunApart(lambda.Body);
                Forget(lambda.Body);
                return null;
            case IDelegateCreationOperation creation:
                return Eval(creation.Target);
            case IDefaultValueOperation { Type: { IsReferenceType: true } or { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } }:
                return new ConstantItem(null);
            case IInterpolatedStringOperation or INameOfOperation or ITypeOfOperation or ISizeOfOperation:
                return null;
            default:
                foreach (var child in operation.ChildOperations) Eval(child);
                return null;
        }
    }

    private Item? Chosen(IConditionalOperation choice)
    {
        if (Eval(choice.Condition) is ConstantItem { Value: bool known }) return Eval(known ? choice.WhenTrue : choice.WhenFalse);
        var before = memory;
        var first = Eval(choice.WhenTrue);
        var afterFirst = memory;
        memory = before;
        var second = Eval(choice.WhenFalse);
        memory = Joined(afterFirst, memory);
        return Joined(first, second);
    }

    private ListItem List(ImmutableArray<Item?> items)
    {
        var list = new ListItem();
        Fill(list, items);
        return list;
    }

    private ListItem? Collection(ICollectionExpressionOperation collection)
    {
        var items = ImmutableArray.CreateBuilder<Item?>();
        foreach (var element in collection.Elements)
        {
            if (element is not ISpreadOperation spread) items.Add(Eval(element));
            else if (Contents(Eval(spread.Operand)) is { IsDefault: false } spreadItems) items.AddRange(spreadItems);
            else return null;
        }

        return List(items.ToImmutable());
    }

    // Members.

    private Item? Field(IFieldReferenceOperation reference)
    {
        var field = reference.Field;
        if (reference.Instance is null) return memory.Variables.TryGetValue(field.OriginalDefinition, out var shared) ? shared : Static(field);
        var owner = Eval(reference.Instance);
        if (owner is TupleItem tuple)
        {
            var name = (field.CorrespondingTupleField ?? field).Name;
            return name.StartsWith("Item", StringComparison.Ordinal) && int.TryParse(name.Substring(4), out var index) && index <= tuple.Items.Length ? tuple.Items[index - 1] : null;
        }

        return owner is OwnModule own && memory.Fields.TryGetValue((own, field.OriginalDefinition), out var value) ? value : null;
    }

    // `private static readonly int Width = 64;`
    private ConstantItem? Static(IFieldSymbol field)
    {
        if (!field.IsReadOnly || field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not VariableDeclaratorSyntax { Initializer: { } initializer }) return null;
        return Model(initializer).GetConstantValue(initializer.Value, cancellation) is { HasValue: true, Value: var value } ? new ConstantItem(value) : null;
    }

    private Item? Property(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (reference.Instance is null) return null;
        var owner = Eval(reference.Instance);
        if (property.IsIndexer)
        {
            var indices = reference.Arguments.Select(a => Eval(a.Value)).ToList();
            if (owner is Flowing) return Flowing.Unknown;
            return indices.Count == 1 ? ItemAt(owner, indices[0], reference.Instance) : null;
        }

        switch (owner)
        {
            case OwnModule own:
                var backing = program.BackingOf(property.OriginalDefinition);
                return memory.Fields.TryGetValue((own, backing), out var value) || memory.Fields.TryGetValue((own, property.OriginalDefinition), out value) ? value : null;
            case TupleItem tuple:
                return property.Name.StartsWith("Item", StringComparison.Ordinal) && int.TryParse(property.Name.Substring(4), out var index) && index <= tuple.Items.Length ? tuple.Items[index - 1] : null;
            case ListItem or Layer { Kind: LayerKind.List or LayerKind.Sequential } when property.Name is "Count" or "Length":
                return Contents(owner) is { IsDefault: false, Length: var count } ? new ConstantItem((long)count) : null;
            default:
                return null;
        }
    }

    private Item? ItemAt(Item? owner, Item? index, IOperation expression)
    {
        if (LayerSizes.Number(index) == 0 && expression is IPropertyReferenceOperation { Property.Name: LayerVocabulary.ShapeName, Instance: { } instance } && IsTensor(instance.Type)) return RowsItem.Instance;
        return Contents(owner) is { IsDefault: false } items && LayerSizes.Number(index) is { } at && at >= 0 && at < items.Length ? items[(int)at] : null;
    }

    private Item? Assign(IOperation target, Item? value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                memory = memory with { Variables = memory.Variables.SetItem(local.Local, value) };
                break;
            case IParameterReferenceOperation parameter:
                memory = memory with { Variables = memory.Variables.SetItem(parameter.Parameter, value) };
                break;
            case IFieldReferenceOperation { Instance: { } instance } field:
                Set(field.Field, Eval(instance) as OwnModule, value);
                break;
            case IPropertyReferenceOperation { Instance: { } instance, Property: { IsIndexer: false } property }:
                Set(property, Eval(instance) as OwnModule, value);
                break;
            case IPropertyReferenceOperation { Instance: { } list }:
                if (Eval(list) is ListItem or Layer) ForgetContents(list);
                break;
            case IArrayElementReferenceOperation element:
                ForgetContents(element.ArrayReference);
                break;
        }

        return value;
    }

    private void Deconstruct(IOperation target, Item? value)
    {
        if (target is IDeclarationExpressionOperation declaration) target = declaration.Expression;
        if (target is not ITupleOperation tuple)
        {
            if (target is not IDiscardOperation) Assign(target, value);
            return;
        }

        var items = value is TupleItem known && known.Items.Length == tuple.Elements.Length ? known.Items : default;
        for (var i = 0; i < tuple.Elements.Length; i++) Deconstruct(tuple.Elements[i], items.IsDefault ? null : items[i]);
    }

    // Operators.

    private Item? Binary(IOperation operation, BinaryOperatorKind kind, Item? left, Item? right)
    {
        if (IsTensor(operation.Type)) return Elementwise(left, right);
        if (left is ConstantItem { Value: long a } && right is ConstantItem { Value: long b })
        {
            return kind switch
            {
                BinaryOperatorKind.Add => new ConstantItem(a + b),
                BinaryOperatorKind.Subtract => new ConstantItem(a - b),
                BinaryOperatorKind.Multiply => new ConstantItem(a * b),
                BinaryOperatorKind.Divide when b != 0 => new ConstantItem(a / b),
                BinaryOperatorKind.Remainder when b != 0 => new ConstantItem(a % b),
                BinaryOperatorKind.Equals => new ConstantItem(a == b),
                BinaryOperatorKind.NotEquals => new ConstantItem(a != b),
                BinaryOperatorKind.LessThan => new ConstantItem(a < b),
                BinaryOperatorKind.LessThanOrEqual => new ConstantItem(a <= b),
                BinaryOperatorKind.GreaterThan => new ConstantItem(a > b),
                BinaryOperatorKind.GreaterThanOrEqual => new ConstantItem(a >= b),
                _ => null,
            };
        }

        if (left is ConstantItem { Value: bool p } && right is ConstantItem { Value: bool q })
            return kind switch { BinaryOperatorKind.ConditionalAnd => new ConstantItem(p && q), BinaryOperatorKind.ConditionalOr => new ConstantItem(p || q), _ => null };
        return (kind, left, right) switch
        {
            (BinaryOperatorKind.ConditionalAnd, ConstantItem { Value: false }, _) or (BinaryOperatorKind.ConditionalAnd, _, ConstantItem { Value: false }) => new ConstantItem(false),
            (BinaryOperatorKind.ConditionalOr, ConstantItem { Value: true }, _) or (BinaryOperatorKind.ConditionalOr, _, ConstantItem { Value: true }) => new ConstantItem(true),
            _ => null,
        };
    }

    // A number stretches to any size; of what else is not known as a tensor, nothing is.
    private Flowing Elementwise(Item? left, Item? right)
    {
        if (left is Flowing a && right is Flowing b)
        {
            Used(a);
            Used(b);
            return LayerSizes.Together(a, b, (x, y) => report.Meetings.Add(new(x, y)));
        }

        foreach (var (tensor, other) in new[] { (left, right), (right, left) })
            if (tensor is Flowing only && other is ConstantItem { Value: long or double or float }) return Used(only).Anew(true);
        if (left is Flowing l) Used(l);
        if (right is Flowing r) Used(r);
        return Flowing.Unknown;
    }

    private static Flowing Used(Flowing tensor)
    {
        tensor.Uses.Count++;
        return tensor;
    }

    // Creation.

    private Item? Create(IObjectCreationOperation creation)
    {
        var arguments = Arguments(creation.Arguments, creation.Constructor);
        if (creation.Type is not INamedTypeSymbol created) return null;
        if (creation.Constructor is { } constructor && created.Locations.Any(l => l.IsInSource))
        {
            if (!torch.Is(created, TorchType.Module) || running.Count > MaxCalls || !running.Add(constructor.OriginalDefinition)) return null;
            var made = Make(created, constructor.OriginalDefinition, arguments, creation.Syntax, frame.Self);
            running.Remove(constructor.OriginalDefinition);
            return made;
        }

        if (LayerOf(created, creation.Syntax, creation.Constructor, creation.Arguments, arguments) is { } layer) return layer;

        // `new List<Module> { Linear(4, 8), ReLU() }`, `new() { … }`
        if (created.TypeArguments.Length == 1 && created.Name is "List" or "Collection")
        {
            var items = arguments.Length == 0 || arguments is [ConstantItem] ? ImmutableArray<Item?>.Empty : Contents(arguments[0]);
            if (creation.Initializer is { } initializer && !items.IsDefault)
                foreach (var element in initializer.Initializers)
                    items = element is IInvocationOperation { Arguments: { Length: > 0 } added } ? items.Add(added.Length == 1 ? Eval(added[0].Value) : new TupleItem(added.Select(a => Eval(a.Value)).ToImmutableArray())) : items.Add(null);
            return List(items);
        }

        if (created.Name is "Tuple") return new TupleItem(arguments);
        if (creation.Initializer is { } other)
            foreach (var child in other.ChildOperations) Eval(child);
        return null;
    }

    private ImmutableArray<Item?> Arguments(ImmutableArray<IArgumentOperation> written, IMethodSymbol? method)
    {
        var values = new Item?[method?.Parameters.Length ?? written.Length];
        foreach (var argument in written)
        {
            var value = Eval(argument.Value);
            if (argument.Parameter is { } parameter && parameter.Ordinal < values.Length) values[parameter.Ordinal] = value;
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out) ForgetTarget(argument.Value);
        }

        return ImmutableArray.Create(values);
    }

    // A layer of the library, if it is one whose sizes are known.
    private Layer? LayerOf(INamedTypeSymbol made, SyntaxNode syntax, IMethodSymbol? method, ImmutableArray<IArgumentOperation> written, ImmutableArray<Item?> values)
    {
        if (!TorchSymbols.IsLibrary(made) || !torch.Is(made, TorchType.Module) || method is null || !LayerVocabulary.Layers.TryGetValue(made.MetadataName, out var entry)) return null;
        var arguments = method.Parameters.Select(p => (LayerVocabulary.Plain(p.Name), (Item?)Spread(values[p.Ordinal]),
            (SyntaxNode?)written.FirstOrDefault(a => a.Parameter?.Ordinal == p.Ordinal && a.ArgumentKind == ArgumentKind.Explicit)?.Value.Syntax)).ToImmutableArray();
        var byParameter = entry.Kind == LayerKind.Linear && method.Parameters is [{ Type.IsReferenceType: true }, ..];
        var layer = new Layer(byParameter ? LayerKind.None : entry.Kind, entry.Rank, syntax, frame.Self, arguments);
        if (entry.Kind is LayerKind.Sequential or LayerKind.List)
        {
            Fill(layer, values.Length == 0 ? ImmutableArray<Item?>.Empty : Contents(values[0]) is { IsDefault: false } items ? items.Select(i => i is TupleItem { Items: [_, var named] } ? named : i).ToImmutableArray() : default);
            if (entry.Kind == LayerKind.Sequential) Try(layer);
        }

        return layer;
    }

    // What the sizes in an array are, they are for good.
    private Item? Spread(Item? value) => value is ListItem && Contents(value) is { IsDefault: false } items && items.All(i => i is ConstantItem) ? new TupleItem(items) : value;

    // A Sequential is looked at by itself, whether or not anything is ever sent through it here.
    private void Try(Layer sequential)
    {
        if (Pass(sequential, new Flowing { Rows = true }, null, null) is Flowing end) report.Ends.Add(end);
    }
}
