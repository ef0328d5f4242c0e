using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// Runs a body on <see cref="State"/>: evaluates each operation to a <see cref="Value"/> and turns the calls that matter into
/// events. The same code computes the fixpoint and, once it is reached, records what rules ask for.
/// </summary>
internal sealed partial class BodyInterpreter : IFlowProblem<State>
{
    /// <summary>Expressions nested deeper than this are not looked into: nobody wrote them, and the stack is finite.</summary>
    private const int MaxNesting = 200;

    /// <summary>Optimizers, and what might be one, in one body.</summary>
    private const int MaxOptimizers = 200;

    private readonly TrainingProgram program;
    private readonly TorchSymbols torch;
    private readonly Body body;
    private readonly bool fieldFacts;
    private readonly CancellationToken cancellation;
    private readonly OptionalClears optionalClears;
    private readonly Dictionary<ISymbol, Path> roots = new(SymbolEqualityComparer.Default);
    private State state = State.Start;
    private int depth;
    private bool tooMany;
    private readonly bool[] recorded;
    private BodyFlow? flow;
    private BodyFlow? record;
    private IOperation? result;
    private Value? returned;

    private BodyInterpreter(TrainingProgram program, Body body, bool fieldFacts, CancellationToken cancellation)
    {
        this.program = program;
        torch = program.Torch;
        this.body = body;
        this.fieldFacts = fieldFacts;
        this.cancellation = cancellation;
        recorded = new bool[body.Graph.Blocks.Length];
        optionalClears = program.Index.Around(body.Syntax) is { } text && text.Names.Contains(TorchVocabulary.ZeroGradName) ? OptionalClears.Of(body) : OptionalClears.None;
    }

    public static BodyFlow Run(TrainingProgram program, Body body, bool fieldFacts, CancellationToken cancellation)
    {
        var interpreter = new BodyInterpreter(program, body, fieldFacts, cancellation);
        var flow = new BodyFlow(body);
        interpreter.flow = flow;
        if (ForwardFlow<State>.Run(body.Graph, interpreter, State.Start, cancellation) is not { } entries || interpreter.tooMany) return new BodyFlow(body) { Unknown = true };

        foreach (var block in body.Graph.Blocks)
        {
            if (entries[block.Ordinal] is not { } entry) continue;
            if (block.Kind == BasicBlockKind.Exit) flow.Exit = entry;
            if (interpreter.recorded[block.Ordinal]) continue;
            interpreter.Begin(block, true);
            ForwardFlow<State>.Replay(block, interpreter, entry);
        }

        flow.Return = interpreter.returned ?? Value.Unknown;
        flow.Events.Sort((a, b) => a.Node.SpanStart.CompareTo(b.Node.SpanStart));
        foreach (var function in body.Graph.LocalFunctions)
            if (body.LocalFunction(function, cancellation) is { } nested) flow.Nested.Add(nested);
        return flow;
    }

    public void Begin(BasicBlock block, bool settled)
    {
        record = settled ? flow : null;
        result = settled && block.FallThroughSuccessor?.Semantics == ControlFlowBranchSemantics.Return ? block.BranchValue : null;
        recorded[block.Ordinal] |= settled;
    }

    public State Transfer(IOperation operation, State before)
    {
        state = before;
        var value = Eval(operation);
        if (operation == result) returned = returned is null ? value : Value.Join(returned, value);
        return state;
    }

    public State Join(State left, State right) => State.Join(left, right);

    public bool Same(State left, State right) => left.Same(right);

    // What a variable holds for a while between two statements concerns no handler; what has happened to optimizers and modules does.
    public State? Between(State entry, State before, State after)
    {
        var same = ReferenceEquals(before.Gradients, after.Gradients) && ReferenceEquals(before.OtherGradients, after.OtherGradients) && ReferenceEquals(before.Modes, after.Modes)
            && ReferenceEquals(before.Forwards, after.Forwards) && before.Guards == after.Guards && before.Backward == after.Backward && before.Stepped == after.Stepped;
        return same ? null : after.WithValuesOf(entry);
    }

    // `if (i % 4 == 0) optimizer.zero_grad();` counts as present: nobody here knows which rounds skip it.
    public State Decide(IOperation condition, State before)
    {
        if (!optionalClears.At(condition.Syntax)) return before;
        state = before;
        foreach (var path in state.Gradients.Keys) Change(path, GradientPhase.MayZeroGrad);
        state = state with { OtherGradients = state.OtherGradients with { Relation = state.OtherGradients.Relation.Then(GradientPhase.MayZeroGrad) } };
        return state;
    }

    private Value Eval(IOperation? operation)
    {
        if (depth >= MaxNesting || tooMany) return Value.Unknown;
        depth++;
        var value = Evaluate(operation);
        depth--;
        if (record is not null && operation is not null && IsTensor(operation.Type)) record.Remember(operation.Syntax, value);
        if (record is not null && !state.Lost.IsEmpty) RecordLost(operation, value);
        return value;
    }

    private Value Evaluate(IOperation? operation)
    {
        switch (operation?.Kind)
        {
            case null:
                return Value.Unknown;
            case OperationKind.ExpressionStatement:
                return Eval(((IExpressionStatementOperation)operation).Operation);
            case OperationKind.SimpleAssignment:
                var assignment = (ISimpleAssignmentOperation)operation;
                return Assign(assignment.Target, Eval(assignment.Value), assignment);
            case OperationKind.CoalesceAssignment:
                var coalesce = (ICoalesceAssignmentOperation)operation;
                Eval(coalesce.Target);
                return Assign(coalesce.Target, Eval(coalesce.Value), coalesce);
            case OperationKind.CompoundAssignment:
                return Accumulate((ICompoundAssignmentOperation)operation);
            case OperationKind.Binary:
                var binary = (IBinaryOperation)operation;
                return Operator(binary, (binary.LeftOperand, Eval(binary.LeftOperand)), (binary.RightOperand, Eval(binary.RightOperand)));
            case OperationKind.Unary:
                var unary = (IUnaryOperation)operation;
                return Operator(unary, (unary.Operand, Eval(unary.Operand)));
            case OperationKind.DeconstructionAssignment:
                var deconstruction = (IDeconstructionAssignmentOperation)operation;
                return Deconstruct(deconstruction.Target, Eval(deconstruction.Value), deconstruction);
            case OperationKind.FlowCapture:
                var capture = (IFlowCaptureOperation)operation;
                var captured = Eval(capture.Value);
                state = state with { Captures = Replace(state.Captures, capture.Id, captured) };
                return captured;
            case OperationKind.FlowCaptureReference:
                return state.Captures.TryGetValue(((IFlowCaptureReferenceOperation)operation).Id, out var held) ? held : Value.Unknown;
            case OperationKind.LocalReference:
                return Local(((ILocalReferenceOperation)operation).Local);
            case OperationKind.ParameterReference:
                return state[ParameterPath(((IParameterReferenceOperation)operation).Parameter)];
            case OperationKind.InstanceReference when operation is IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }:
                return Path.This.Value;
            case OperationKind.FieldReference or OperationKind.PropertyReference:
                return Member((IMemberReferenceOperation)operation);
            case OperationKind.ArrayElementReference:
                var element = (IArrayElementReferenceOperation)operation;
                foreach (var index in element.Indices) Eval(index);
                return Element(Eval(element.ArrayReference));
            case OperationKind.Conversion:
                return Convert((IConversionOperation)operation);
            case OperationKind.Await:
                return Eval(((IAwaitOperation)operation).Operation);
            case OperationKind.Literal or OperationKind.DefaultValue:
                return operation.ConstantValue is { HasValue: true, Value: null } ? Value.Null : Value.Unknown;
            case OperationKind.Invocation:
                return Invoke((IInvocationOperation)operation);
            case OperationKind.ObjectCreation:
                return Create((IObjectCreationOperation)operation);
            case OperationKind.DelegateCreation:
                return Eval(((IDelegateCreationOperation)operation).Target);
            case OperationKind.FlowAnonymousFunction:
                var lambda = (IFlowAnonymousFunctionOperation)operation;
                var nested = body.Lambda(lambda, cancellation);
                if (record is not null) record.Nested.Add(nested);
                return Value.Of(new DelegateFact(lambda.Symbol));
            case OperationKind.MethodReference:
                var method = (IMethodReferenceOperation)operation;
                Eval(method.Instance);
                return Value.Of(new DelegateFact(method.Method));
            case OperationKind.Tuple:
                return Value.Of(new ItemsFact(((ITupleOperation)operation).Elements.Select(Eval).ToImmutableArray()));
            case OperationKind.ArrayCreation:
                var array = (IArrayCreationOperation)operation;
                foreach (var size in array.DimensionSizes) Eval(size);
                return array.Initializer is { } initializer ? Value.Of(new ItemsFact(initializer.ElementValues.Select(Eval).ToImmutableArray())) : Value.Unknown;
            case OperationKind.CollectionExpression:
                return Collection((ICollectionExpressionOperation)operation);
            case OperationKind.Return or OperationKind.YieldReturn or OperationKind.YieldBreak:
                return Eval(((IReturnOperation)operation).ReturnedValue);
            case OperationKind.IsPattern:
                return Match((IIsPatternOperation)operation);
            case OperationKind.DeclarationExpression:
                return Eval(((IDeclarationExpressionOperation)operation).Expression);
            case OperationKind.SizeOf or OperationKind.TypeOf or OperationKind.NameOf:
                return Value.Unknown;
            default:
                foreach (var child in operation.ChildOperations) Eval(child);
                return Value.Unknown;
        }
    }

    private Value Accumulate(ICompoundAssignmentOperation assignment)
    {
        var added = Eval(assignment.Value);
        if (!IsTensor(assignment.Type)) return Assign(assignment.Target, Value.Unknown, assignment);
        Record(EventKind.Accumulate, assignment, added);
        return Assign(assignment.Target, Operator(assignment, (assignment.Target, Eval(assignment.Target)), (assignment.Value, added)), assignment);
    }

    private Value Convert(IConversionOperation conversion)
    {
        var converted = Eval(conversion.Operand);
        if (conversion.OperatorMethod is null) return converted;
        if (IsTensor(conversion.Operand.Type)) Record(EventKind.Item, conversion, converted);
        return IsTensor(conversion.Type) && !IsTensor(conversion.Operand.Type) ? Fresh(new TensorFact { Graph = ReadOut(conversion.Operand), Shape = ShapeFact.Scalar }) : Value.Unknown;
    }

    // Variables are met again and again: each has one path here.
    private Path PathOf(ISymbol variable)
    {
        if (!roots.TryGetValue(variable, out var path)) roots[variable] = path = Path.Of(variable);
        return path;
    }

    // A variable of an outer body may be another name for something that this body knows by its own.
    private Value Local(ILocalSymbol local)
    {
        var path = PathOf(local);
        if (!SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, body.Owner) && !state.Values.ContainsKey(path) && body.Outer is not null
            && (torch.Is(local.Type, TorchType.Optimizer) || torch.IsModuleLike(local.Type)) && program.AliasOf(local, cancellation) is { } alias)
            return state[alias];
        return state[path];
    }

    private Value Match(IIsPatternOperation pattern)
    {
        var value = Eval(pattern.Value);
        if (pattern.Pattern is IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol local }) Set(PathOf(local), value);
        return Value.Unknown;
    }

    private Value Collection(ICollectionExpressionOperation collection)
    {
        var items = ImmutableArray.CreateBuilder<Value>();
        var parameters = new List<ParametersFact?>();
        foreach (var element in collection.Elements)
        {
            if (element is ISpreadOperation spread)
            {
                var spreadValue = Eval(spread.Operand);
                parameters.Add(spreadValue.Fact as ParametersFact);
            }
            else
            {
                items.Add(Eval(element));
                parameters.Add(null);
            }
        }

        // `[.. encoder.parameters(), .. decoder.parameters()]`
        if (parameters.Count > 0 && parameters.All(p => p is not null))
            return Value.Of(parameters.Aggregate((a, b) => a!.Plus(b!))!);
        return items.Count == collection.Elements.Length ? Value.Of(new ItemsFact(items.ToImmutable())) : Value.Unknown;
    }

    // Members.

    private Value Member(IMemberReferenceOperation reference)
    {
        var receiver = reference.Instance is null ? null : Eval(reference.Instance);
        if (reference is IPropertyReferenceOperation property)
        {
            foreach (var argument in property.Arguments) Eval(argument.Value);
            if (property.Property.IsIndexer && IsTensor(property.Type) && IsTensor(property.Instance?.Type)) return Part(property, receiver!);
            if (property.Property.IsIndexer) return Loaded(Element(receiver ?? Value.Unknown), property.Type);
            if (property.Property.Name == "Current" && receiver is not null) return Loaded(Element(receiver), property.Type);
        }

        if (reference.Instance is null && torch.Is(reference.Type, TorchType.Device) && TorchSymbols.IsLibrary(reference.Member))
            return DeviceOf(reference) is { } device ? Value.Of(new DeviceFact(device)) : Value.Unknown;
        if (reference.Instance is null) return reference.Member.ContainingType is { } type && Trackable(reference) ? Known(Path.Of(type.OriginalDefinition).Member(Canonical(reference.Member))!) : Value.Unknown;
        if (receiver!.Fact is ItemsFact items && reference.Member is IFieldSymbol { ContainingType.IsTupleType: true } tupleField)
        {
            var index = TupleIndex(tupleField);
            if (index >= 0 && index < items.Items.Length) return items.Items[index];
        }

        if (receiver.Fact is LoaderFact && IsTensor(reference.Type)) return Loaded(Value.Of(receiver.Fact), reference.Type);
        if (receiver.Fact is ObjectFact made && receiver.Paths.IsEmpty)
            return made[Canonical(reference.Member)] ?? Value.Unknown;
        if (!Trackable(reference) || receiver.Paths.IsEmpty) return Value.Unknown;
        var member = Canonical(reference.Member);
        var value = MemberOf(receiver.Paths[0], member);
        for (var i = 1; i < receiver.Paths.Length; i++) value = Value.Join(value, MemberOf(receiver.Paths[i], member));
        return receiver.Partial && !value.Paths.IsEmpty ? value.WithPaths(value.Paths, partial: true) : value;
    }

    private Value MemberOf(Path path, ISymbol member) => path.Member(member) is { } at ? Known(at) : Value.Unknown;

    private Value Known(Path path)
    {
        var value = state[path];
        if (value.Fact is not null || !fieldFacts || path.Symbol is not { } symbol || path.Members.IsEmpty) return value;
        return program.FieldFact(symbol) is { } fact ? value.With(fact) : value;
    }

    private static int TupleIndex(IFieldSymbol field)
    {
        var element = field.CorrespondingTupleField ?? field;
        return element.Name.StartsWith("Item", StringComparison.Ordinal) && int.TryParse(element.Name.Substring(4), out var n) ? n - 1 : -1;
    }

    private static bool Trackable(IMemberReferenceOperation reference) => reference.Member is IFieldSymbol { IsConst: false } or IPropertySymbol && reference.Type is { IsValueType: false };

    // A property that only hands out a field stands for the field.
    private ISymbol Canonical(ISymbol member) => member is IPropertySymbol property ? program.BackingOf(property.OriginalDefinition) : member.OriginalDefinition;

    // A parameter of a primary constructor, met in another member, is a field in all but name.
    private Path ParameterPath(IParameterSymbol parameter)
    {
        for (var b = body; b is not null; b = b.Outer)
            if (SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, b.Owner)) return PathOf(parameter);
        return parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? Path.This.Member(parameter)! : PathOf(parameter);
    }

    private static Value Element(Value collection)
    {
        if (collection.Fact is ItemsFact { Items.Length: > 0 } items)
        {
            var joined = items.Items.Aggregate(Value.Join)!;
            // Some element, not a certain one: what is done to it is done to one of them.
            return joined.WithPaths(joined.Paths, partial: joined.Paths.Length > 1);
        }

        var paths = collection.Paths.Select(p => p.HasElement ? p : p.Member(null)).OfType<Path>().ToImmutableArray();
        return Value.Unknown.WithPaths(paths, collection.Partial).With(collection.Fact as LoaderFact);
    }

    // Assignment.

    private Value Assign(IOperation target, Value value, IOperation operation)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                Set(PathOf(local.Local), value);
                return state[PathOf(local.Local)];
            case IParameterReferenceOperation parameter:
                Set(ParameterPath(parameter.Parameter), value);
                return state[ParameterPath(parameter.Parameter)];
            case IFlowCaptureReferenceOperation capture:
                // The target of `a ??= b` or of an assignment with a conditional value was captured before.
                if (state.Captures.TryGetValue(capture.Id, out var slot) && slot.Path is { } captured)
                {
                    if (captured.Symbol is IFieldSymbol or IPropertySymbol) Write(captured.Symbol, captured, value, operation);
                    Set(captured, value);
                }
                else
                {
                    Escape(value);
                }

                return value;
            case IDiscardOperation:
                return value;
            case IFieldReferenceOperation or IPropertyReferenceOperation:
                var reference = (IMemberReferenceOperation)target;
                var receiver = reference.Instance is null ? null : Eval(reference.Instance);
                var member = Canonical(reference.Member);
                var path = reference.Instance is null
                    ? member.ContainingType is { } type ? Path.Of(type.OriginalDefinition).Member(member) : null
                    : receiver!.Path?.Member(member);
                if (reference is IPropertyReferenceOperation { Property.IsIndexer: true })
                {
                    if (receiver is not null && IsTensor(reference.Instance?.Type))
                    {
                        // `scores[.., 1..] = …` leaves nothing certain of the numbers.
                        Changed(receiver, Meaning.Unknown, reference.Syntax);
                        WrittenInto(receiver, [GraphOf(value)]);
                    }
                    else
                    {
                        Refilled(receiver);
                    }

                    Escape(value);
                    return value;
                }

                if (receiver is not null && IsTensor(reference.Instance?.Type) && TorchSymbols.IsLibrary(reference.Member))
                {
                    // `x.requires_grad = true;` makes x a leaf of the graph.
                    if (reference.Member.Name == TensorVocabulary.RequiresGradParameter) Leaf(receiver, (operation as ISimpleAssignmentOperation)?.Value);
                    return value;
                }

                Write(member, path, value, operation);
                if (path is not null) Set(path, value);
                else Escape(value);
                return path is null ? value : state[path];
            case ITupleOperation tuple:
                return Deconstruct(tuple, value, operation);
            default:
                foreach (var child in target.ChildOperations) Refilled(Eval(child));
                Escape(value);
                return value;
        }
    }

    private Value Deconstruct(IOperation target, Value value, IOperation operation)
    {
        if (target is IDeclarationExpressionOperation declaration) target = declaration.Expression;
        if (target is not ITupleOperation tuple) return Assign(target, value, operation);
        var items = value.Fact is ItemsFact known && known.Items.Length == tuple.Elements.Length ? known.Items : default;
        for (var i = 0; i < tuple.Elements.Length; i++)
            Deconstruct(tuple.Elements[i], items.IsDefault ? Loaded(Value.Unknown.With(value.Fact as LoaderFact), tuple.Elements[i].Type) : items[i], operation);
        return value;
    }

    private void Write(ISymbol member, Path? path, Value value, IOperation operation) => record?.Writes.Add(new MemberWrite(member, path, value, operation.Syntax));

    private void Set(Path target, Value value)
    {
        // Whoever was known by this name is now known by none.
        foreach (var key in state.Linked)
        {
            if (key.Equals(target) || !state.Values.TryGetValue(key, out var held)) continue;
            if (key.StartsWith(target)) state = state.Drop(key);
            else if (held.MayBeIn(target)) state = state.Put(key, held.WithPaths(ImmutableArray<Path>.Empty, false));
        }

        var isNew = value.Paths.IsEmpty && !value.Partial;
        var self = value.Paths.Length == 1 && value.Paths[0].Equals(target);
        if (isNew) value = value.Named(target);
        if (!self && !IsTensor(TypeOf(target))) Renamed(target, value);
        var named = value.Fact is null && value.Path is { } only && only.Equals(target);
        state = named ? state.Drop(target) : state.Put(target, value);
        Found(target);
        if (!isNew || self) return;
        if (IsTensor(TypeOf(target)))
        {
            if (state.Escaped.Contains(target)) state = state with { Escaped = state.Escaped.Remove(target) };
            return;
        }

        // A new object: nothing has happened to it yet. An unknown one: anything may have.
        var made = value.Fact is OptimizerFact or ModuleFact or NullFact or ObjectFact;
        if (value.Fact is ObjectFact { Fields.IsEmpty: false } filled)
            foreach (var (field, held) in filled.Fields)
                if (target.Member(field) is { } at) state = state.Put(at, held.Paths.IsEmpty ? held.Named(at) : held);
        var (gradients, modes) = (state.Gradients, state.Modes);
        state = state.Forgetting(target);
        if (value.Fact is OptimizerFact) state = state.With(target, new(Relation.Constant(PhaseSet.Of(GradientPhase.Clean)), [], [], [], false));
        else if (!made && (!ReferenceEquals(gradients, state.Gradients) || CouldBeOptimizer(target))) state = state.With(target, new(GradientPhase.Forget, [], [], [], false));
        if (value.Fact is ModuleFact { Made: var modules }) state = state.WithPlace(target, modules.Select(m => m.Place).Distinct().Count() == 1 ? modules[0].Place : null);
        else if (torch.IsModuleLike(TypeOf(target))) state = state.WithPlace(target, null);
        if (value.Fact is ModuleFact) state = state with { Modes = state.Modes.SetItem(target, new(ModulePhase.ToTrain, [])) };
        else if (!ReferenceEquals(modes, state.Modes)) state = state with { Modes = state.Modes.SetItem(target, new(ModulePhase.Forget, [])) };
    }

    private bool CouldBeOptimizer(Path path) => path.Symbol switch
    {
        ILocalSymbol local => torch.Is(local.Type, TorchType.Optimizer),
        IFieldSymbol field => torch.Is(field.Type, TorchType.Optimizer),
        IPropertySymbol property => torch.Is(property.Type, TorchType.Optimizer),
        _ => false,
    };

    private void Escape(Value? value)
    {
        if (value is null) return;
        if (value.Fact is ItemsFact items)
            foreach (var item in items.Items) Escape(item);
        if (value.Fact is ObjectFact made)
            foreach (var (_, held) in made.Fields) Escape(held);
        foreach (var path in value.Paths)
        {
            // A number or a text is nobody's object; a tensor, or a mere collection, is no optimizer.
            var type = TypeOf(path);
            if (path.Equals(Path.This) || type is { SpecialType: SpecialType.System_String } or { IsValueType: true, SpecialType: not SpecialType.None }) continue;
            if (!state.Escaped.Contains(path)) state = state with { Escaped = state.Escaped.Add(path) };
            foreach (var known in state.Gradients)
                if (known.Key.StartsWith(path)) Change(known.Key, GradientPhase.Forget);
            if (!state.Gradients.ContainsKey(path) && !IsTensor(type) && type?.SpecialType is null or SpecialType.None or SpecialType.System_Object) Change(path, GradientPhase.Forget);
            if (torch.IsModuleLike(type)) state = state.WithMode(path, new(ModulePhase.Forget, [])).WithPlace(path, null);
        }
    }

    private static ITypeSymbol? TypeOf(Path path) => path.Symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    private static ImmutableDictionary<CaptureId, Value> Replace(ImmutableDictionary<CaptureId, Value> captures, CaptureId id, Value value) =>
        ReferenceEquals(value, Value.Unknown) ? captures.Remove(id) : captures.SetItem(id, value);

    // Creation.

    private Value Create(IObjectCreationOperation creation)
    {
        var arguments = Arguments(creation.Arguments, creation.Constructor);
        var made = torch.Is(creation.Type, TorchType.Parameter) ? Fresh(new TensorFact { Graph = GraphFact.SomeModule }) : Made(creation, creation.Type as INamedTypeSymbol, creation.Constructor, creation.Arguments, arguments);
        if (made is null)
        {
            if (creation.Constructor is { } constructor && constructor.Locations.Any(l => l.IsInSource))
            {
                made = Construct(creation, constructor, arguments);
            }
            else
            {
                foreach (var argument in arguments) Escape(argument);
            }
        }

        if (creation.Initializer is { } initializer)
            foreach (var child in initializer.ChildOperations) Eval(child);
        return made ?? Value.Unknown;
    }

    private Value Construct(IObjectCreationOperation creation, IMethodSymbol constructor, Value?[] arguments)
    {
        if (creation.Type is not INamedTypeSymbol type) return Value.Unknown;
        var matters = arguments.Any(a => a is not null && a.Paths.Any(p => torch.Is(TypeOf(p), TorchType.Optimizer) || torch.IsModuleLike(TypeOf(p)) || torch.Is(TypeOf(p), TorchType.Scheduler)));
        if (!matters && !program.IsHot(constructor)) return Value.Of(new ObjectFact(type, ImmutableArray<(ISymbol, Value)>.Empty));
        if (program.BodyOf(constructor, body, cancellation) is not { } callee)
        {
            // A primary or implicit constructor keeps what it is given.
            foreach (var argument in arguments) Escape(argument);
            return Value.Of(new ObjectFact(type, ImmutableArray<(ISymbol, Value)>.Empty));
        }

        var exit = Call(creation.Syntax, callee, Value.Unknown, arguments, certain: true);
        var site = new CallSite(creation.Syntax, callee, Value.Unknown, arguments, state, true);
        var fields = ImmutableArray.CreateBuilder<(ISymbol, Value)>();
        if (exit is not null)
            foreach (var pair in exit.Values)
                if (pair.Key.Root is null && pair.Key.Members.Length == 1 && pair.Key.Members[0] is { } field)
                {
                    var value = State.MapValue(pair.Value, p => p.Equals(pair.Key) ? null : site.Map(p));
                    if (!value.Paths.IsEmpty || value.Fact is not null) fields.Add((field, value));
                }

        return Value.Of(new ObjectFact(type, fields.ToImmutable()));
    }

    // The value that a creation or factory of the library yields, where it is one that matters.
    private Value? Made(IOperation operation, INamedTypeSymbol? type, IMethodSymbol? method, ImmutableArray<IArgumentOperation> written, Value?[] arguments)
    {
        if (type is null) return null;
        if (torch.Is(type, TorchType.Optimizer))
        {
            Record(EventKind.Create, operation, Value.Unknown);
            var parameters = arguments.Length > 0 && arguments[0]?.Fact is ParametersFact known ? known : new ParametersFact(ImmutableArray<Path>.Empty, false);
            return Value.Of(new OptimizerFact(ImmutableArray.Create(operation.Syntax), parameters));
        }

        if (torch.Is(type, TorchType.Scheduler))
        {
            Record(EventKind.Create, operation, Value.Unknown);
            for (var i = 1; i < arguments.Length; i++) Escape(arguments[i]);
            return Value.Of(new SchedulerFact(operation.Syntax, arguments.Length > 0 ? arguments[0]?.Path : null));
        }

        if (torch.Is(type, TorchType.Module))
        {
            Record(EventKind.Create, operation, Value.Unknown);
            foreach (var argument in arguments)
                if (method is null || !method.Locations.Any(l => l.IsInSource)) EscapeModules(argument);
            var layers = torch.Is(type, TorchType.Sequential) && method is not null ? Layers(written, arguments) : default;
            return Value.Of(new ModuleFact(ImmutableArray.Create(new MadeModule(type, operation.Syntax, layers) { Settings = Settings(written), Place = PlaceOfNew(type, written, layers) })));
        }

        if (torch.Is(type, TorchType.DataLoader))
        {
            Record(EventKind.Create, operation, Value.Unknown);
            return Loader(method, written);
        }

        return null;
    }

    // A module handed to a container is switched with it from now on.
    private void EscapeModules(Value? value)
    {
        if (value is null) return;
        if (value.Fact is ItemsFact items)
            foreach (var item in items.Items) EscapeModules(item);
        foreach (var path in value.Paths) state = state.WithMode(path, new(ModulePhase.Forget, [])).WithPlace(path, null);
    }

    private static ImmutableArray<Value> Layers(ImmutableArray<IArgumentOperation> written, Value?[] arguments)
    {
        if (written.Length == 0) return ImmutableArray<Value>.Empty;
        if (written.Length != 1 || arguments[0]?.Fact is not ItemsFact items) return default;
        return items.Items.Select(i => i.Fact is ItemsFact { Items.Length: 2 } named ? named.Items[1] : i).ToImmutableArray();
    }

    // Calls.

    private Value?[] Arguments(ImmutableArray<IArgumentOperation> written, IMethodSymbol? method)
    {
        var values = new Value?[method?.Parameters.Length ?? written.Length];
        for (var i = 0; i < written.Length; i++)
        {
            var argument = written[i];
            if (argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            var value = Eval(argument.Value);
            var ordinal = argument.Parameter?.Ordinal ?? i;
            if (ordinal < values.Length) values[ordinal] = value;
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref) Assign(argument.Value is IDeclarationExpressionOperation d ? d.Expression : argument.Value, Value.Unknown, argument);
        }

        return values;
    }

    private Value Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var receiver = call.Instance is null ? Value.Unknown : Eval(call.Instance);
        var arguments = Arguments(call.Arguments, method);
        if (receiver.Fact is GuardFact guard && method is { Name: "Dispose", Parameters.IsEmpty: true })
        {
            state = state.Leave(guard.Node);
            return Value.Unknown;
        }

        var op = torch.OperationOf(method);
        if (op != TorchOp.None) return TorchCall(call, op, receiver, arguments);
        if (TorchSymbols.IsLibrary(method)) return LibraryCall(call, receiver, arguments);
        if (method.MethodKind == MethodKind.DelegateInvoke) return InvokeDelegate(call, receiver, arguments);

        var callees = program.Implementations(method, receiver, body, cancellation, (call.Instance is IConversionOperation cast ? cast.Operand : call.Instance)?.Type);
        if (callees.Count > 0) return CallAny(call, callees, receiver, arguments);
        if (method.Locations.Any(l => l.IsInSource) && !method.IsAbstract && method.ContainingType?.TypeKind != TypeKind.Interface)
        {
            // Visible, but its text says that nothing in it matters: it does not train; what it is given it may keep.
            Keep(call, arguments);
            return Value.Unknown;
        }

        return ForeignCall(call, receiver, arguments);
    }

    private void Keep(IInvocationOperation call, Value?[] arguments)
    {
        foreach (var argument in arguments)
            if (argument is { Paths.IsEmpty: false } && argument.Paths.Any(p => torch.Is(TypeOf(p), TorchType.Optimizer))) Escape(argument);
        ForgetTensorFields();
        LosePlaces(arguments);
        LosePlacesOfFields();
        RunLambdas(call.Syntax, arguments);
    }

    private Value LibraryCall(IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        var made = Made(call, call.Type as INamedTypeSymbol, call.TargetMethod, call.Arguments, arguments);
        RunLambdas(call.Syntax, arguments);
        if (TorchSymbols.IsCompanion(call.TargetMethod)) return Value.Unknown;
        LosePlaces(arguments);
        if (Batches(call, receiver) is { } batches) return batches;
        return made ?? (torch.Is(call.Type, TorchType.Parameter) ? Value.Of(new TensorFact { Graph = GraphFact.SomeModule }) : TensorCall(call, receiver, arguments));
    }

    private static readonly HashSet<string> PassThrough = ["ToList", "ToArray", "AsEnumerable", "AsReadOnly", "GetEnumerator", "GetAsyncEnumerator", "ConfigureAwait", "Where", "Reverse", "OrderBy", "Distinct", "ToHashSet", "AsParallel", "AsSpan", "Cast", "OfType"];

    // A call into a library that is not TorchSharp.
    private Value ForeignCall(IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        var method = call.TargetMethod;
        var ns = method.ContainingType?.ContainingNamespace;
        while (ns is { ContainingNamespace.IsGlobalNamespace: false }) ns = ns.ContainingNamespace;
        var system = ns?.Name == "System";
        RunLambdas(call.Syntax, arguments);
        if (Batches(call, receiver) is { } batches) return batches;
        if (system)
        {
            var first = method.IsExtensionMethod && call.Instance is null ? arguments.FirstOrDefault() : receiver;
            if (first is not null && PassThrough.Contains(method.Name)) return first;
            if (!method.IsStatic) Refilled(receiver);
            if (method.Name == "Concat" && first?.Fact is ParametersFact left)
                return Value.Of(arguments.Length > 1 && arguments[1]?.Fact is ParametersFact right ? left.Plus(right) : left with { Complete = false });
            if (method.Name == "Dispose" || method.ContainingType?.Name is "Console" or "Debug" or "Trace" or "GC" or "Object" or "String") return Value.Unknown;
            foreach (var argument in arguments) Escape(argument);
            return Value.Unknown;
        }

        var trains = false;
        foreach (var written in call.Arguments)
            trains |= torch.Is(written.Value.Type, TorchType.Tensor) || torch.IsModuleLike(written.Value.Type);
        foreach (var argument in arguments) Escape(argument);
        if (trains) All(GradientPhase.MayBackward, null);
        return Value.Unknown;
    }

    // A lambda handed to code that cannot be seen runs there some number of times, perhaps never.
    private void RunLambdas(SyntaxNode node, Value?[] arguments)
    {
        foreach (var argument in arguments)
            if (argument?.Fact is DelegateFact fact && program.BodyOf(fact.Method, body, cancellation) is { } lambda)
            {
                var before = state;
                Call(node, lambda, Value.Unknown, new Value?[fact.Method.Parameters.Length], certain: false);
                state = State.Join(before, state);
            }
    }

    private Value InvokeDelegate(IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        if (receiver.Fact is DelegateFact fact)
        {
            if (torch.LossOf(fact.Method) is { } loss) return Loss(call, loss, fact.Method, default, arguments);
            if (program.BodyOf(fact.Method, body, cancellation) is { } callee) return CallAny(call, [callee], Value.Unknown, arguments);
        }

        foreach (var argument in arguments) Escape(argument);
        var trains = call.Arguments.Any(a => torch.Is(a.Value.Type, TorchType.Tensor) || torch.IsModuleLike(a.Value.Type));
        if (trains && !torch.Is(call.Type, TorchType.Tensor)) All(GradientPhase.MayBackward, null);
        return Value.Unknown;
    }

    private Value CallAny(IInvocationOperation call, IReadOnlyList<Body> callees, Value receiver, Value?[] arguments)
    {
        var before = state;
        State? after = null;
        Value? result = null;
        foreach (var callee in callees)
        {
            state = before;
            var exit = Call(call.Syntax, callee, receiver, arguments, callees.Count == 1);
            var site = new CallSite(call.Syntax, callee, receiver, arguments, before, true);
            var value = Import(program.Flow(callee, fieldFacts, cancellation).Return, site, call.Type);
            result = result is null ? value : Value.Join(result, value);
            if (exit is not null) after = after is null ? state : State.Join(after, state);
        }

        state = after ?? before;
        foreach (var argument in arguments)
            if (argument?.Fact is DelegateFact handed) ForgetCaptured(handed);
        return result ?? Value.Unknown;
    }

    /// <summary>Applies what a callee does; returns its exit state, null where it is unknown or never returns.</summary>
    private State? Call(SyntaxNode node, Body callee, Value receiver, Value?[] arguments, bool certain)
    {
        var site = new CallSite(node, callee, receiver, arguments, state, certain);
        record?.Calls.Add(site);
        var flow = program.Flow(callee, fieldFacts, cancellation);
        if (flow.Unknown || flow.Exit is not { } exit)
        {
            if (flow.Unknown)
            {
                foreach (var argument in arguments) Escape(argument);
                All(GradientPhase.MayBackward, null);
                LosePlacesOfFields();
                foreach (var path in state.Gradients.Keys.Where(p => p.IsField || callee.Outer is not null).ToList()) Change(path, GradientPhase.Forget);
            }

            return flow.Unknown ? state : null;
        }

        var before = state;
        var named = new HashSet<Path>();
        foreach (var pair in exit.Gradients)
        {
            if (site.Map(pair.Key) is not { } path) continue;
            var target = before[path].Path ?? path;
            named.Add(target);
            var now = before.Gradient(target);
            state = state.With(target, Then(now, pair.Value, node));
        }

        var other = exit.OtherGradients;
        if (other.Relation != Relation.Identity)
        {
            foreach (var path in before.Gradients.Keys)
                if (!named.Contains(path)) state = state.With(path, Then(before.Gradient(path), other, node));
            state = state with { OtherGradients = Then(before.OtherGradients, other, node) };
        }

        LosePlaces(arguments);
        foreach (var pair in exit.Places.OrderBy(p => p.Key.Members.Length))
            if (site.Map(pair.Key) is { } path) state = state.WithPlace(before[path].Path ?? path, pair.Value);

        // Shorter paths first: a module's mode covers what is inside it.
        foreach (var pair in exit.Modes.OrderBy(p => p.Key.Members.Length))
        {
            if (site.Map(pair.Key) is not { } path) continue;
            var now = before.Mode(path);
            var evals = pair.Value.Relation.Range.Has(ModulePhase.Eval) ? pair.Value.Evals : [];
            if (pair.Value.Relation[ModulePhase.Eval].Has(ModulePhase.Eval)) evals = evals.Union(now.Evals);
            state = state.WithMode(path, new(now.Relation.Then(pair.Value.Relation), evals.Select(e => new Site(node, e.Cause)).Concat(now.Evals.Where(evals.Contains)).ToImmutableHashSet()));
        }

        if (exit.Backward) state = state with { Forwards = [] };
        foreach (var pass in exit.Forwards)
            if (state.GradientsOff is null && site.Map(pass.Module) is { } module)
            {
                var now = before.Mode(module);
                state = state with { Forwards = state.Forwards.Add(new(module, new Site(node, pass.Site.Cause), new(now.Relation.Then(pass.Mode.Relation), now.Evals.Union(pass.Mode.Evals)))) };
            }

        foreach (var move in exit.Moves)
            if (site.Map(move.Module) is { } moved) Move(move with { Module = moved });
        foreach (var path in exit.Escaped)
            if (site.Map(path) is { } mapped) Escape(Value.At(mapped));
        foreach (var pair in exit.Values)
            if (pair.Key.Members.Length > 0 && site.Map(pair.Key) is { } target && !IsOwnLocal(target, callee))
            {
                var value = State.MapValue(pair.Value, site.Map);
                state = value.Paths.IsEmpty && value.Fact is null ? state.Drop(target) : state.Put(target, value.Paths.IsEmpty ? value.Named(target) : value);
            }
            else if (callee.Outer is not null && site.Map(pair.Key) is { } captured)
            {
                state = state.Put(captured, State.MapValue(pair.Value, site.Map));
            }

        state = state with { Backward = state.Backward || exit.Backward, Stepped = state.Stepped || exit.Stepped };
        return exit;
    }

    private static bool IsOwnLocal(Path path, Body callee) => path.Root is ILocalSymbol local && SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, callee.Owner);

    private static GradientState Then(GradientState now, GradientState then, SyntaxNode node)
    {
        var range = now.Relation.Then(then.Relation);
        ImmutableHashSet<Site> Carry(int phase, ImmutableHashSet<Site> old, ImmutableHashSet<Site> added)
        {
            if (!range.Range.Has(phase)) return [];
            var kept = then.Relation[phase].Has(phase) ? old : [];
            return kept.Union(added.Select(s => new Site(node, s.Cause)));
        }

        var mixed = Carry(GradientPhase.Mixed, now.Mixed, then.Mixed);
        return new(range, mixed, Carry(GradientPhase.Lost, now.Lost, then.Lost),
            Carry(GradientPhase.Stepped, now.Steps, then.Steps).Union(mixed.IsEmpty ? [] : now.Steps), now.Resite || then.Resite);
    }

    // Events.

    private void Record(EventKind kind, IOperation operation, Value subject) =>
        record?.Events.Add(new TrainingEvent(kind, operation, subject, state));

    private void Change(Path path, Relation relation)
    {
        var now = state.Gradient(path);
        state = state.With(path, now with { Relation = now.Relation.Then(relation) });
    }

    // The same for every optimizer, named or not.
    private void All(Relation relation, Site? backward)
    {
        // Each backward() concerns each optimizer: with hundreds of them in one body it is too large to be judged.
        tooMany |= state.Gradients.Count > MaxOptimizers;
        if (tooMany) return;

        GradientState Apply(GradientState g)
        {
            var then = g.Relation.Then(relation);
            if (backward is null) return then == g.Relation ? g : g with { Relation = then };
            var range = g.Relation.Range;
            var mixed = g.Resite ? [] : g.Mixed;
            if (range.Has(GradientPhase.Stepped) || range.Has(GradientPhase.Mixed) && mixed.IsEmpty) mixed = mixed.Add(backward);
            return then == g.Relation && ReferenceEquals(mixed, g.Mixed) && !g.Resite ? g : g with { Relation = then, Mixed = mixed, Resite = false };
        }

        var gradients = state.Gradients;
        foreach (var pair in state.Gradients) gradients = gradients.SetItem(pair.Key, Apply(pair.Value));
        var others = Apply(state.OtherGradients);
        if (!ReferenceEquals(gradients, state.Gradients) || !ReferenceEquals(others, state.OtherGradients)) state = state with { Gradients = gradients, OtherGradients = others };
    }

    private Value TorchCall(IInvocationOperation call, TorchOp op, Value receiver, Value?[] arguments)
    {
        var self = call.Instance is null && arguments.Length > 0 ? arguments[0] ?? Value.Unknown : receiver;
        var site = new Site(call.Syntax, call.Syntax);
        switch (op)
        {
            case TorchOp.ZeroGrad:
                Record(EventKind.ZeroGrad, call, receiver);
                foreach (var path in receiver.Paths) ZeroGrad(path, site, certain: receiver.Path is not null);
                return Value.Unknown;

            case TorchOp.ModuleZeroGrad:
                Record(EventKind.ModuleZeroGrad, call, receiver);
                ModuleZeroGrad(receiver, site);
                return Value.Unknown;

            case TorchOp.Backward:
                Record(EventKind.Backward, call, self);
                All(GradientPhase.Backward, site);
                state = state with { Backward = true, Forwards = [] };
                return Value.Unknown;

            case TorchOp.Step:
                Step(call, receiver, arguments, site);
                return Value.Unknown;

            case TorchOp.SchedulerStep:
                Record(EventKind.SchedulerStep, call, receiver);
                return Value.Unknown;

            case TorchOp.Train:
            case TorchOp.Eval:
                SwitchMode(call, op, receiver, arguments, site);
                return Value.Unknown;

            case TorchOp.Forward:
                return Forward(call, receiver, arguments, site);

            case TorchOp.Parameters:
                return receiver.Path is { } module ? Value.Of(new ParametersFact(ImmutableArray.Create(module), true)) : Value.Of(new ParametersFact(receiver.Paths, false));

            case TorchOp.MoveModule:
                RecordMove(call, self);
                return MoveModule(call, self);

            case TorchOp.ClipGradients:
                Record(EventKind.Clip, call, arguments.FirstOrDefault() ?? Value.Unknown);
                return Value.Unknown;

            case TorchOp.RegisterComponents:
            case TorchOp.RegisterModule:
                Record(EventKind.Register, call, receiver);
                return TensorOperation(call, op, self, receiver, arguments);

            case TorchOp.AppendLayer:
                return Append(receiver, arguments);

            case TorchOp.Loss:
                return Loss(call, torch.LossOf(call.TargetMethod) ?? LossKind.Other, call.TargetMethod, default, arguments);

            case TorchOp.AddParameterGroup:
                Record(EventKind.AddGroup, call, receiver);
                if (receiver.Path is { } optimizer && state[optimizer].Fact is OptimizerFact made)
                    state = state.Put(optimizer, state[optimizer].With(made with { Parameters = made.Parameters with { Complete = false } }));
                return Value.Unknown;

            case TorchOp.DisableGradients:
            case TorchOp.EnableGradients:
            case TorchOp.SetGradients:
                Record(EventKind.Guard, call, Value.Unknown);
                state = state.Enter(new Guard(call.Syntax, GuardKind(call, op)));
                return Value.Of(new GuardFact(call.Syntax));

            case TorchOp.MakeDataLoader:
                Record(EventKind.Create, call, Value.Unknown);
                return Loader(call.TargetMethod, call.Arguments);

            default:
                return TensorOperation(call, op, self, receiver, arguments);
        }
    }

    // set_grad_enabled(false) and inference_mode(false) say with their argument what they do.
    private static TorchOp GuardKind(IInvocationOperation call, TorchOp op)
    {
        if (call.Arguments.FirstOrDefault() is not { Value: var mode }) return op;
        if (mode.ConstantValue is not { HasValue: true, Value: bool on }) return TorchOp.SetGradients;
        return on == (op == TorchOp.DisableGradients) ? TorchOp.DisableGradients : TorchOp.EnableGradients;
    }

    private void ZeroGrad(Path optimizer, Site site, bool certain)
    {
        var now = state.Gradient(optimizer);
        if (!certain)
        {
            Change(optimizer, GradientPhase.MayZeroGrad);
            return;
        }

        state = state.With(optimizer, new(now.Relation.Then(GradientPhase.ZeroGrad), [], [site], [], false));
    }

    private void ModuleZeroGrad(Value receiver, Site site)
    {
        var module = receiver.Path;
        foreach (var optimizer in state.Gradients.Keys.ToList())
        {
            switch (Holds(optimizer, module))
            {
                case true:
                    ZeroGrad(optimizer, site, certain: true);
                    break;
                case null:
                    Change(optimizer, GradientPhase.MayZeroGrad);
                    break;
            }
        }

        state = state with { OtherGradients = state.OtherGradients with { Relation = state.OtherGradients.Relation.Then(GradientPhase.MayZeroGrad) } };

        // An optimizer of a field, not met here yet, that certainly holds this module.
        if (fieldFacts && module is not null)
            foreach (var optimizer in program.OptimizersOver(module, body))
                if (!state.Gradients.ContainsKey(optimizer)) ZeroGrad(optimizer, site, certain: true);
    }

    // Whether the optimizer was made over the module's parameters; null where that is not known.
    private bool? Holds(Path optimizer, Path? module)
    {
        if (module is null || Known(optimizer).Fact is not OptimizerFact { Parameters: { } parameters }) return null;
        if (parameters.Modules.Any(m => m.StartsWith(module))) return true;
        return parameters.Complete && !parameters.Modules.Any(module.StartsWith) ? false : null;
    }

    private void Step(IInvocationOperation call, Value receiver, Value?[] arguments, Site site)
    {
        if (arguments.FirstOrDefault() is { IsNull: false } closure)
        {
            // The closure runs inside step(), at least once.
            if (closure.Fact is DelegateFact fact && program.BodyOf(fact.Method, body, cancellation) is { } lambda)
                Call(call.Syntax, lambda, Value.Unknown, new Value?[fact.Method.Parameters.Length], certain: true);
            else
                All(GradientPhase.Forget, null);
        }

        Record(EventKind.Step, call, receiver);
        foreach (var path in receiver.Paths)
        {
            var now = state.Gradient(path);
            var stepped = new GradientState(now.Relation.Then(GradientPhase.Step), [], now.Lost, [site], false);
            state = state.With(path, receiver.Path is null ? now.Or(stepped) : stepped);
        }

        var gradients = state.Gradients;
        foreach (var pair in state.Gradients)
            if (!pair.Value.Resite && !receiver.Paths.Contains(pair.Key)) gradients = gradients.SetItem(pair.Key, pair.Value with { Resite = true });
        state = state with { Gradients = gradients, OtherGradients = state.OtherGradients.Resite ? state.OtherGradients : state.OtherGradients with { Resite = true }, Stepped = true };
    }

    private void SwitchMode(IInvocationOperation call, TorchOp op, Value receiver, Value?[] arguments, Site site)
    {
        var mode = op == TorchOp.Eval ? ModulePhase.Eval : ModulePhase.Train;
        if (op == TorchOp.Train && call.Arguments.FirstOrDefault(a => a.ArgumentKind != ArgumentKind.DefaultValue) is { } argument)
            mode = argument.Value.ConstantValue is { HasValue: true, Value: bool on } ? on ? ModulePhase.Train : ModulePhase.Eval : ModulePhase.Unknown;
        Record(mode == ModulePhase.Eval ? EventKind.Eval : EventKind.Train, call, receiver);

        // A module that overrides train() decides for itself what the mode is.
        if (!SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingAssembly, program.Compilation.Assembly) && receiver.Path is not null && !program.OverridesTrain(receiver, call.Instance?.Type))
        {
            state = state.WithMode(receiver.Path, new(Relation.Constant(PhaseSet.Of(mode)), mode == ModulePhase.Eval ? [site] : []));
            return;
        }

        foreach (var path in receiver.Paths) state = state.WithMode(path, new(ModulePhase.Forget, []));
    }

    private Value Forward(IInvocationOperation call, Value receiver, Value?[] arguments, Site site)
    {
        var module = receiver;
        if (module.Fact is null && receiver.Path is { } known) module = Known(known);
        var kinds = module.Fact is ModuleFact { Made: var made } ? made : ImmutableArray<MadeModule>.Empty;
        if (LossOf(kinds, call.Instance?.Type) is { } loss) return Loss(call, loss, call.TargetMethod, kinds, arguments);

        Record(EventKind.Forward, call, module);
        if (receiver.Path is { } path && state.GradientsOff is null)
        {
            // A later pass of the same module takes the place of the earlier one: that one's result was not trained on, or both have one mode.
            var mode = state.Mode(path);
            state = state with { Forwards = state.Forwards.Except(state.Forwards.Where(f => f.Module.Equals(path))).Add(new(path, site, mode)) };
        }

        var output = Output(module, call, receiver, arguments);
        return output.Fact is TensorFact { Device: { } device } fact && receiver.Path is { } at && state.Place(at) is { } place && Places.Differ(place, device) ? output.With(fact with { Device = null }) : output;
    }

    // The loss that all of these are, or that the declared type is.
    private LossKind? LossOf(ImmutableArray<MadeModule> made, ITypeSymbol? declared)
    {
        if (made.IsEmpty) return torch.LossOf(declared);
        var kinds = made.Select(m => torch.LossOf(m.Type)).Distinct().ToList();
        return kinds.Count == 1 ? kinds[0] : null;
    }

    private Value Append(Value receiver, Value?[] arguments)
    {
        if (receiver.Path is not { } path || state[path].Fact is not ModuleFact { Made: { Length: 1 } made } || made[0].Layers.IsDefault) return receiver;
        var layer = arguments.LastOrDefault(a => a is not null) ?? Value.Unknown;
        var value = state[path].With(new ModuleFact(ImmutableArray.Create(made[0] with { Layers = made[0].Layers.Add(layer) })));
        state = state.Put(path, value);
        return value;
    }
}
