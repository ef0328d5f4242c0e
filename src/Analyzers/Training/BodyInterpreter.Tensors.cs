using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows tensors: what an operation of the library makes of what is known of its operands.</summary>
internal sealed partial class BodyInterpreter
{
    private bool IsTensor(ITypeSymbol? type) => torch.Is(type, TorchType.Tensor);

    private static TensorFact Known(Value value) => value.Fact as TensorFact ?? TensorFact.Nothing;

    // How the value hangs on the graph; null where that is not certain.
    private GraphFact? GraphOf(Value value)
    {
        if (value.Fact is TensorFact { Graph: { } graph }) return graph;
        if (value.Fact is ItemsFact items) return GraphFact.Combine(items.Items.Select(GraphOf));
        if (value.Path is not { } path) return null;
        if (torch.Is(TypeOf(path), TorchType.Parameter)) return GraphFact.SomeModule;
        return path.IsParameter && value.Fact is null or TensorFact && IsTensor(TypeOf(path)) ? GraphFact.Like(path) : null;
    }

    /// <summary>A tensor that an operation makes just now: it belongs to the current scope, and has no graph where gradients are off.</summary>
    private Value Fresh(TensorFact fact)
    {
        var owner = state.Scope?.Node ?? body.Syntax;
        return Value.Of(state.GradientsOff is { } off && !IsLeaf(fact) && fact.Graph is not { IsFree: true } ? fact with { Owner = owner, Graph = GraphFact.Cut(off.Node) } : fact with { Owner = owner });
    }

    // `zeros(3, requires_grad: true)`: asked for, and so given also under no_grad().
    private static bool IsLeaf(TensorFact fact) => fact.Graph is { IsAttached: true, Modules.IsEmpty: true } && fact.Meaning == Meaning.Unknown && fact.Loss is null;

    // What is computed from these operands, if nothing more is known of the operation.
    private Value Derived(ITypeSymbol? type, IEnumerable<GraphFact?> graphs, IEnumerable<Value> tensors, bool sameDevice = true)
    {
        var single = IsTensor(type);
        if (!single && !(type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => IsTensor(e.Type)))) return Value.Unknown;
        var made = Fresh(new TensorFact { Graph = GraphFact.Combine(graphs), Device = sameDevice ? CommonDevice(tensors) : null });
        return single ? made : Value.Of(new ItemsFact(Enumerable.Repeat(made, ((INamedTypeSymbol)type!).TupleElements.Length).ToImmutableArray()));
    }

    // The device that all of them are on; null where that is not certain.
    private static string? CommonDevice(IEnumerable<Value> tensors)
    {
        string? common = null;
        var first = true;
        foreach (var tensor in tensors)
        {
            var device = Known(tensor).Device;
            if (!first && device != common) return null;
            (common, first) = (device, false);
        }

        return common;
    }

    private Value Operator(IOperation operation, params (IOperation Operation, Value Value)[] operands)
    {
        if (!IsTensor(operation.Type)) return Value.Unknown;
        var tensors = operands.Where(o => IsTensor(o.Operation.Type)).Select(o => o.Value).ToList();
        Meet(operation, operands.Where(o => IsTensor(o.Operation.Type)));
        if (IsComparison(operation)) return Fresh(new TensorFact { Type = "Bool", Device = Known(Derived(operation.Type, [], tensors)).Device, Graph = GraphFact.Cut(operation.Syntax) });
        var value = Derived(operation.Type, tensors.Select(GraphOf).Concat(operands.Where(o => !IsTensor(o.Operation.Type)).Select(o => ReadOut(o.Operation))), tensors);
        if (CommonType(tensors, operation, operands.Select(o => o.Operation)) is { } type) value = value.With(Known(value) with { Type = type });
        if ((tensors.Count == 1 ? Known(tensors[0]).Shape : tensors.Count == 2 ? ShapeFact.Broadcast(Known(tensors[0]).Shape, Known(tensors[1]).Shape) : null) is { } shape) value = value.With(Known(value) with { Shape = shape });

        // A loss that is scaled is still that loss.
        return tensors.Count == 1 && operation is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } && Known(tensors[0]).Loss is { } loss
            ? value.With(Known(value) with { Loss = loss, Shape = Known(tensors[0]).Shape }) : value;
    }

    private IEnumerable<(IOperation Operation, Value Value)> TensorOperands(IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        if (call.Instance is not null && IsTensor(call.Instance.Type)) yield return (call.Instance, receiver);
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter is not { } parameter) continue;
            if (IsTensor(parameter.Type) || MayHoldTensors(parameter.Type))
                yield return (argument.Value, parameter.Ordinal < arguments.Length && arguments[parameter.Ordinal] is { } value ? value : Value.Unknown);
        }
    }

    private bool MayHoldTensors(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsTensor(array.ElementType),
        INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments } => arguments.Any(a => IsTensor(a) || MayHoldTensors(a)),
        _ => false,
    };

    // Any operation of the library on tensors.
    private Value TensorCall(IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        if (torch.IsInPlace(call.TargetMethod))
        {
            var self = call.Instance is null ? arguments.FirstOrDefault() ?? Value.Unknown : receiver;
            self = WrittenInto(self, TensorOperands(call, receiver, arguments).Select(o => GraphOf(o.Value)).ToList());
            var ending = Ending(call.TargetMethod, Known(self), call.Syntax);
            if (self.Fact is TensorFact { Loss: not null } or TensorFact { Meaning: not Meaning.Unknown } or TensorFact { Ending: not null } or TensorFact { Pass: not null }) self = Changed(self, Meaning.Unknown, call.Syntax);
            return ending is null ? self : Changed(self, fact => fact with { Ending = ending });
        }

        var operands = TensorOperands(call, receiver, arguments).ToList();
        if (TensorVocabulary.MeetingNames.Contains(call.TargetMethod.Name)) Meet(call, Parts(operands));
        if (call.TargetMethod.Name == TensorVocabulary.DrawName) return Fresh(new TensorFact { Type = "Int64", Device = Known(receiver).Device, Graph = GraphFact.Cut(call.Syntax) });
        var derived = Derived(call.Type, operands.Select(o => GraphOf(o.Value)).Concat(HiddenOperands(call)), operands.Where(o => IsTensor(o.Operation.Type)).Select(o => o.Value));
        if (operands.Count == 0 || derived.Fact is not TensorFact fact) return derived;
        var of = Known(operands[0].Value);
        return derived.With(fact with { Ending = Ending(call.TargetMethod, of, call.Syntax), Shape = operands.Count == 1 && TensorVocabulary.ElementwiseNames.Contains(call.TargetMethod.Name) ? of.Shape : fact.Shape });
    }

    // `cat([x, y])`: the tensors in the list.
    private IEnumerable<(IOperation Operation, Value Value)> Parts(IEnumerable<(IOperation Operation, Value Value)> operands)
    {
        foreach (var (operation, value) in operands)
        {
            if (IsTensor(operation.Type)) yield return (operation, value);
            else if (value.Fact is ItemsFact { Items: var items })
                foreach (var item in items) yield return (operation, item);
        }
    }

    private Value Meant(Meaning meaning, IInvocationOperation call, Value self) =>
        Fresh(TensorFact.Of(meaning, call.Syntax) with { Graph = GraphOf(self), Device = Known(self).Device, Shape = Known(self).Shape, Type = Known(self).Type });

    private Value TensorOperation(IInvocationOperation call, TorchOp op, Value self, Value receiver, Value?[] arguments)
    {
        var known = Known(self);
        switch (op)
        {
            case TorchOp.Softmax:
                return Meant(Meaning.Softmax, call, self);
            case TorchOp.LogSoftmax:
                return known.Ending is null ? Meant(Meaning.LogSoftmax, call, self) : Meant(Meaning.LogSoftmax, call, self).With(Known(Meant(Meaning.LogSoftmax, call, self)) with { Ending = known.Ending });
            case TorchOp.Sigmoid:
                return torch.IsInPlace(call.TargetMethod) ? Changed(self, Meaning.Sigmoid, call.Syntax) : Meant(Meaning.Sigmoid, call, self);
            case TorchOp.LogSigmoid:
                return Meant(Meaning.LogSigmoid, call, self);
            case TorchOp.OneHot:
                return Meant(Meaning.OneHot, call, self).With(Known(Meant(Meaning.OneHot, call, self)) with { Type = "Int64", Shape = null, Graph = CutOff(self, call) });

            case TorchOp.Log:
                // The logarithm of a softmax is a log-softmax, only less exact.
                var logged = known.Meaning switch { Meaning.Softmax => Meaning.LogSoftmax, Meaning.Sigmoid => Meaning.LogSigmoid, _ => Meaning.Unknown };
                return Fresh(new TensorFact { Meaning = logged, Origins = logged == Meaning.Unknown ? ImmutableArray<SyntaxNode>.Empty : known.Origins, Graph = GraphOf(self), Device = known.Device, Shape = known.Shape });

            case TorchOp.Clamp:
                return Fresh(known with { Meaning = known.Meaning == Meaning.Scores ? Meaning.Unknown : known.Meaning, Loss = null, Pass = null, Graph = GraphOf(self) });

            case TorchOp.ClassIndices:
                return Fresh(TensorFact.Of(Meaning.ClassIndices, call.Syntax) with { Type = "Int64", Device = known.Device, Graph = CutOff(self, call) });

            case TorchOp.Compare:
                return Fresh(new TensorFact { Type = "Bool", Device = known.Device, Shape = known.Shape, Graph = CutOff(self, call) });

            case TorchOp.PiecewiseConstant:
                return Fresh(known with { Meaning = Meaning.Unknown, Origins = ImmutableArray<SyntaxNode>.Empty, Loss = null, Pass = null, Graph = CutOff(self, call) });

            case TorchOp.Detach:
                var cut = CutOff(self, call);
                return torch.IsInPlace(call.TargetMethod) ? WithGraph(self, cut) : Fresh(known with { Graph = cut });

            case TorchOp.SetRequiresGrad:
                return Leaf(self, call.Arguments.FirstOrDefault(a => a.ArgumentKind != ArgumentKind.DefaultValue)?.Value);

            case TorchOp.SameMeaning:
                if (self.Fact is null && self.Path is { IsParameter: true }) return self;
                return Fresh(known with { Graph = GraphOf(self), Shape = Reshaped(call, known.Shape) });

            case TorchOp.Reduce:
                var whole = arguments.Length == 0 || call.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue || IsTensor(a.Value.Type) || IsScalarType(a.Value.Type));
                return Fresh(new TensorFact { Graph = GraphOf(self), Device = known.Device, Type = ReducedType(call, known), Shape = whole ? ShapeFact.Scalar : null });

            case TorchOp.MoveTensor:
            case TorchOp.Cast:
                return Moved(call, op, self, known);

            case TorchOp.Make:
            case TorchOp.MakeLike:
                return Made(call, op, arguments);

            case TorchOp.MakeDevice:
                return arguments.FirstOrDefault() is not null && call.Arguments[0].Value.ConstantValue is { HasValue: true, Value: string name } && call.Arguments.Skip(1).All(a => a.ArgumentKind == ArgumentKind.DefaultValue)
                    ? Value.Of(new DeviceFact(name)) : Value.Unknown;

            case TorchOp.NewScope:
                Record(EventKind.Scope, call, Value.Unknown);
                state = state.Enter(new Guard(call.Syntax, op));
                return Value.Of(new GuardFact(call.Syntax));

            case TorchOp.MoveToOuterScope:
            case TorchOp.LeaveScope:
                return Released(call, op, receiver, arguments);

            case TorchOp.KeepInScope:
                return Released(call, TorchOp.LeaveScope, receiver, arguments);

            case TorchOp.DisposeEverything:
                Record(EventKind.ScopeCall, call, receiver);
                return TypeOfCall(call) && arguments.FirstOrDefault() is { } kept ? kept : Value.Unknown;

            case TorchOp.Item:
                Record(EventKind.Item, call, self);
                return Value.Unknown;

            default:
                return TensorCall(call, receiver, arguments);
        }
    }

    private bool TypeOfCall(IInvocationOperation call) => IsTensor(call.Type);

    private static bool IsScalarType(ITypeSymbol? type) =>
        type is { TypeKind: TypeKind.Enum } or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };

    // `x.to(device)`, `x.to(ScalarType.Int64)`, `x.cuda()`, `x.@float()`: the same numbers elsewhere or of another type.
    private Value Moved(IInvocationOperation call, TorchOp op, Value self, TensorFact known)
    {
        var device = known.Device;
        var type = known.Type;
        if (call.TargetMethod.Name is TensorVocabulary.ToCpu or TensorVocabulary.ToMps or TensorVocabulary.ToCuda)
        {
            device = call.TargetMethod.Name != TensorVocabulary.ToCuda ? call.TargetMethod.Name : call.Arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue) ? null : "cuda";
        }
        else if (op == TorchOp.Cast && !(call.TargetMethod.Name is TensorVocabulary.ToType or TensorVocabulary.TypeName && call.Arguments.Any(a => a.Parameter?.Type.TypeKind == TypeKind.Enum)))
        {
            type = TensorVocabulary.TypeNamed(call.TargetMethod.Name);
        }
        else
        {
            foreach (var argument in call.Arguments)
            {
                if (argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
                if (IsTensor(argument.Parameter?.Type)) (device, type) = (null, null);
                else if (IsDeviceType(argument.Parameter?.Type)) device = DeviceOf(argument.Value);
                else if (argument.Parameter?.Type is { TypeKind: TypeKind.Enum } or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }) type = TypeNamed(argument.Value);
            }
        }

        // Integers and booleans have no gradient.
        var graph = type is "Int64" or "Int32" or "Int16" or "Int8" or "Byte" or "Bool" ? CutOff(self, call) : GraphOf(self);
        if (self.Fact is null && self.Path is { IsParameter: true } && device is null && type is null) return self;

        // to() hands out the same tensor where there is nothing to do: who owns the result is not certain.
        var moved = known with { Device = device, Type = type, Graph = graph };
        var owner = state.GradientsOff is null || known.Owner == (state.Scope?.Node ?? body.Syntax) ? known.Owner : null;
        return Value.Of(moved with { Owner = owner, Graph = state.GradientsOff is null || graph is { IsFree: true } ? graph : null });
    }

    private bool IsDeviceType(ITypeSymbol? type) => torch.Is(type, TorchType.Device) || torch.Is(type, TorchType.DeviceKind) || type is { SpecialType: SpecialType.System_String };

    /// <summary>The device that an expression certainly names.</summary>
    private string? DeviceOf(IOperation operation)
    {
        operation = operation.Unconverted();
        if (operation.ConstantValue is { HasValue: true, Value: string name }) return name;
        if (operation is IFieldReferenceOperation { Field: { IsStatic: true } member } && TorchSymbols.IsLibrary(member))
            return TensorVocabulary.DeviceNamed(member.Name);
        if (operation is IPropertyReferenceOperation { Property: { IsStatic: true } property } && TorchSymbols.IsLibrary(property))
            return TensorVocabulary.DeviceNamed(property.Name);
        return (Eval(operation).Fact as DeviceFact)?.Name;
    }

    /// <summary>The element type that an expression certainly names.</summary>
    private static string? TypeNamed(IOperation operation)
    {
        operation = operation.Unconverted();
        return operation switch
        {
            IFieldReferenceOperation { Field: { ContainingType.TypeKind: TypeKind.Enum } member } => member.Name,
            IMemberReferenceOperation { Member: { IsStatic: true } member } when TorchSymbols.IsLibrary(member) => TensorVocabulary.TypeNamed(member.Name),
            _ => null,
        };
    }

    // A factory: data, unless gradients are asked for.
    private Value Made(IInvocationOperation call, TorchOp op, Value?[] arguments)
    {
        var like = op == TorchOp.MakeLike && arguments.FirstOrDefault() is { } template ? Known(template) : null;
        var device = like is not null ? like.Device : program.DefaultDevice;
        var type = like is not null ? like.Type : ElementType(call);
        var graph = GraphFact.Data;
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            switch (argument.Parameter?.Name)
            {
                case TensorVocabulary.DTypeParameter:
                    type = TypeNamed(argument.Value);
                    break;
                case TensorVocabulary.DeviceParameter:
                    device = argument.Value.ConstantValue is { HasValue: true, Value: null } ? device : DeviceOf(argument.Value);
                    break;
                case TensorVocabulary.RequiresGradParameter:
                    graph = argument.Value.ConstantValue is { HasValue: true, Value: bool on } ? on ? GraphFact.SomeModule : graph : null;
                    break;
            }
        }

        // `tensor(loss.item<float>())`: what was cut off shows as a value that came out of a tensor.
        var copied = op == TorchOp.Make && HoldsItem(call.Syntax);
        if (graph is { IsFree: true } && copied) graph = GraphFact.Cut(call.Syntax);
        return Fresh(new TensorFact { Device = device, Type = type, Graph = graph, Shape = like?.Shape ?? ShapeOf(call), Origins = copied && graph is { IsAttached: true } ? ImmutableArray.Create(call.Syntax) : ImmutableArray<SyntaxNode>.Empty });
    }

    // The type that a factory takes from its data or has by default.
    private static string? ElementType(IInvocationOperation call)
    {
        var name = call.TargetMethod.Name;
        if (TensorVocabulary.FloatFactories.Contains(name)) return "Float32";
        if (TensorVocabulary.IndexFactories.Contains(name)) return "Int64";
        if (!TensorVocabulary.DataFactories.Contains(name)) return null;
        var type = call.TargetMethod.Parameters.FirstOrDefault()?.Type;
        while (type is IArrayTypeSymbol array) type = array.ElementType;
        if (type is INamedTypeSymbol { TypeArguments: [var item] }) type = item;
        return type?.SpecialType switch
        {
            SpecialType.System_Single => "Float32",
            SpecialType.System_Double => "Float64",
            SpecialType.System_Int64 => "Int64",
            SpecialType.System_Int32 => "Int32",
            SpecialType.System_Int16 => "Int16",
            SpecialType.System_Byte => "Byte",
            SpecialType.System_SByte => "Int8",
            SpecialType.System_Boolean => "Bool",
            _ => null,
        };
    }

    private static ShapeFact? ShapeOf(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (TensorVocabulary.SizedFactories.Contains(method.Name)) return Sizes(call) is { } sizes ? new ShapeFact(sizes, false) : null;
        if (TensorVocabulary.VectorFactories.Contains(method.Name)) return ShapeFact.Of(default(long?));
        if (!TensorVocabulary.DataFactories.Contains(method.Name) || method.Parameters.IsEmpty || method.Parameters.Any(p => TensorVocabulary.ReshapingParameters.Contains(p.Name))) return null;
        return method.Parameters[0].Type switch
        {
            IArrayTypeSymbol { ElementType: not IArrayTypeSymbol } array => new ShapeFact(Enumerable.Repeat(default(long?), array.Rank).ToImmutableArray(), false),
            { SpecialType: SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Int64 or SpecialType.System_Int32 or SpecialType.System_Boolean or SpecialType.System_Byte } => ShapeFact.Scalar,
            _ => null,
        };
    }

    // `zeros(8, 1)`: sizes as arguments of their own; `zeros([8, 1])` and `zeros(new long[] { 8, 1 })`: as a list.
    private static ImmutableArray<long?>? Sizes(IInvocationOperation call)
    {
        var sizes = ImmutableArray.CreateBuilder<long?>();
        foreach (var argument in call.Arguments)
        {
            if (TensorVocabulary.NoSizeParameters.Contains(argument.Parameter?.Name)) continue;
            var value = argument.Value;
            value = value.Unconverted();
            switch (value)
            {
                case IArrayCreationOperation { Initializer.ElementValues: var elements }:
                    foreach (var element in elements) sizes.Add(Number(element));
                    break;
                case ICollectionExpressionOperation { Elements: var elements } when !elements.Any(e => e is ISpreadOperation):
                    foreach (var element in elements) sizes.Add(Number(element));
                    break;
                case { Type.SpecialType: SpecialType.System_Int64 or SpecialType.System_Int32 }:
                    sizes.Add(Number(value));
                    break;
                default:
                    return null;
            }
        }

        return sizes.ToImmutable();
    }

    private static long? Number(IOperation operation)
    {
        while (operation is IConversionOperation { ConstantValue.HasValue: false } conversion) operation = conversion.Operand;
        return operation.ConstantValue is { HasValue: true, Value: var value } ? value switch { long l => l, int i => i, _ => null } : null;
    }

    // MoveToOuterDisposeScope(), scope.Detach(x): the tensor outlives the scope that it was made in.
    private Value Released(IInvocationOperation call, TorchOp op, Value receiver, Value?[] arguments)
    {
        var subject = call.Instance is not null && IsTensor(call.Instance.Type) ? receiver : arguments.FirstOrDefault() ?? Value.Unknown;
        Record(EventKind.ScopeCall, call, subject);
        var released = Release(subject, op);
        Update(subject, op);
        foreach (var argument in arguments.Skip(1))
            if (argument is not null) Update(argument, op);
        return released;
    }

    private Value Release(Value value, TorchOp op) => value.Fact switch
    {
        TensorFact fact => value.With(fact with { Owner = op == TorchOp.MoveToOuterScope ? OuterScope(fact.Owner) : null }),
        ItemsFact items => value.With(new ItemsFact(items.Items.Select(i => Release(i, op)).ToImmutableArray())),
        _ => value,
    };

    private SyntaxNode? OuterScope(SyntaxNode? scope)
    {
        SyntaxNode? outer = body.Syntax;
        foreach (var guard in state.Guards)
        {
            if (guard.Kind != TorchOp.NewScope) continue;
            if (guard.Node == scope) return outer;
            outer = guard.Node;
        }

        return null;
    }

    // Losses.

    private Value Loss(IInvocationOperation call, LossKind kind, IMethodSymbol method, ImmutableArray<MadeModule> made, Value?[] arguments)
    {
        var own = Settings(call.Arguments);
        var settings = made.IsDefaultOrEmpty ? own : made.Skip(1).Aggregate(made[0].Settings, (all, m) => all.Where(s => m.Settings.TryGetValue(s.Key, out var other) && Equals(other, s.Value)).ToImmutableDictionary());
        long? reduction = settings.TryGetValue(TensorVocabulary.ReductionParameter, out var set) ? set is long l ? l : null : null;
        var (input, target) = InputAndTarget(method, arguments);
        if (record is not null)
            record.Events.Add(new TrainingEvent(EventKind.Loss, call, input, state) { Loss = new LossCall(kind, input, target, reduction, settings) });

        Meet(call, call.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue && IsTensor(a.Parameter?.Type)).Select(a => (a.Value, a.Parameter!.Ordinal < arguments.Length ? arguments[a.Parameter.Ordinal] ?? Value.Unknown : Value.Unknown)));

        // Class indices and labels have no graph; for losses that treat both sides alike the target may.
        var of = kind is LossKind.CrossEntropy or LossKind.NegativeLogLikelihood or LossKind.BinaryCrossEntropy or LossKind.BinaryCrossEntropyWithLogits ? GraphOf(target) is { IsAttached: true } trained ? trained : GraphFact.Data : GraphOf(target);
        var loss = Fresh(new TensorFact
        {
            Graph = GraphFact.Combine([GraphOf(input), of]),
            Device = Known(input).Device,
            Type = LossType(kind, Known(input), Known(target)),
            Shape = reduction is TensorVocabulary.ReductionMean or TensorVocabulary.ReductionSum ? ShapeFact.Scalar : null,
            Loss = new LossFact(kind, reduction, call.Syntax),
        });
        return loss;
    }

    private static (Value Input, Value Target) InputAndTarget(IMethodSymbol method, Value?[] arguments)
    {
        Value At(string name, int otherwise)
        {
            var ordinal = method.Parameters.FirstOrDefault(p => p.Name == name)?.Ordinal ?? otherwise;
            return ordinal < arguments.Length ? arguments[ordinal] ?? Value.Unknown : Value.Unknown;
        }

        return (At(TensorVocabulary.InputParameter, 0), At(TensorVocabulary.TargetParameter, 1));
    }

    /// <summary>The constant arguments of a call, by parameter name.</summary>
    private static ImmutableDictionary<string, object?> Settings(ImmutableArray<IArgumentOperation> arguments)
    {
        var settings = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var argument in arguments)
        {
            var value = argument.Value;
            while (value is IConversionOperation { ConstantValue.HasValue: false } conversion) value = conversion.Operand;
            if (argument.Parameter is { } parameter && value.ConstantValue is { HasValue: true } constant) settings[parameter.Name] = constant.Value;
        }

        return settings.ToImmutable();
    }

    // What a callee returns, seen from here.
    private Value Import(Value value, CallSite site, ITypeSymbol? type)
    {
        var seen = Seen(value, site);
        return state.GradientsOff is { } off && (IsTensor(type) || seen.Fact is ItemsFact) && program.NeverEnablesGradients(site.Callee) ? Unattached(seen, off.Node) : seen;
    }

    private Value Seen(Value value, CallSite site)
    {
        switch (value.Fact)
        {
            case null when value.Path is { } path && site.Argument(path) is { Fact: TensorFact } argument:
                return argument;

            // `new Net().to(device)`, a method of Net that returns itself.
            case null when Path.This.Equals(value.Path) && site.Receiver is { Paths.IsEmpty: true, Partial: false, Fact: ModuleFact made } && program.Flow(site.Callee, fieldFacts, cancellation).Exit is { Modes.IsEmpty: true }:
                return Value.Of(made.At(null));
            case ItemsFact items:
                return State.MapValue(value.With(null), site.Map).With(new ItemsFact(items.Items.Select(i => Seen(i, site)).ToImmutableArray()));
            case TensorFact fact:
                var owner = fact.Owner == site.Callee.Syntax && site.Callee.Method is not { IsAsync: true } ? state.Scope?.Node ?? body.Syntax : null;
                return State.MapValue(value.With(null), site.Map).With(fact with { Graph = Seen(fact.Graph, site), Owner = owner });
            default:
                return State.MapValue(value, site.Map);
        }
    }

    // What depends on the callee's parameters depends here on what was handed in.
    private GraphFact? Seen(GraphFact? graph, CallSite site)
    {
        if (graph is not { Tracking: Tracking.Inherited }) return graph?.Map(site.Map);
        var own = graph with { Tracking = Tracking.Free, Inputs = ImmutableArray<Path>.Empty };
        return GraphFact.Combine(graph.Inputs.Select(input => site.Argument(input) is { } argument ? GraphOf(argument) : site.Map(input) is { } outer ? GraphFact.Like(outer) : null).Append(own.Map(site.Map)));
    }
}
