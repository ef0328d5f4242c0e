using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// Runs the bodies of one type on sizes: constructors make layers, forward() sends a tensor through them. Statements are followed as they are
/// written; what a loop or a branch leaves open is unknown afterwards, and so is everything that comes from it.
/// </summary>
internal sealed partial class LayerInterpreter(TrainingProgram program, LayerReport report, CancellationToken cancellation)
{
    private const int MaxCalls = 8;
    private const int MaxRounds = 48;
    private const int MaxNesting = 150;

    /// <summary>Operations that are run for one type.</summary>
    private const int MaxOperations = 60_000;

    private readonly TorchSymbols torch = program.Torch;
    private readonly HashSet<IMethodSymbol> running = new(SymbolEqualityComparer.Default);
    private readonly List<Layer> growing = [];
    private Memory memory = Memory.Empty;
    private Frame frame = new(null);
    private int operations;
    private int nesting;

    /// <summary>Whether sizes were asked of a parameter of a constructor that nobody has given a value.</summary>
    public bool AsksParameters { get; private set; }

    /// <summary>The variables, and what is in lists and objects.</summary>
    private sealed record Memory(ImmutableDictionary<ISymbol, Item?> Variables, ImmutableDictionary<Item, ImmutableArray<Item?>> Contents, ImmutableDictionary<(OwnModule, ISymbol), Item?> Fields)
    {
        public static readonly Memory Empty = new(ImmutableDictionary.Create<ISymbol, Item?>(SymbolEqualityComparer.Default), ImmutableDictionary<Item, ImmutableArray<Item?>>.Empty, ImmutableDictionary<(OwnModule, ISymbol), Item?>.Empty);
    }

    /// <summary>A body that runs.</summary>
    private sealed class Frame(OwnModule? self)
    {
        public OwnModule? Self { get; } = self;

        public bool Returned { get; set; }

        public Item? Result { get; set; }
    }

    // Types.

    /// <summary>Makes an object of the type, with these arguments of its constructor.</summary>
    public OwnModule Make(INamedTypeSymbol made, IMethodSymbol? constructor, ImmutableArray<Item?> arguments, SyntaxNode syntax, OwnModule? home)
    {
        var self = new OwnModule(made, syntax, home);
        Construct(self, made, constructor, arguments);
        TryGrown();
        foreach (var pair in memory.Fields)
            if (pair.Key.Item1 == self && pair.Value is Part or ListItem && IsSetElsewhere(pair.Key.Item2)) memory = memory with { Fields = memory.Fields.SetItem(pair.Key, null) };
        return self;
    }

    private void Construct(OwnModule self, INamedTypeSymbol made, IMethodSymbol? constructor, ImmutableArray<Item?> arguments)
    {
        if (!made.Locations.Any(l => l.IsInSource) || nesting > MaxNesting) return;
        var (outer, outerFrame) = (nesting, frame);
        nesting++;
        frame = new(self);
        var syntax = constructor?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        if (constructor is not null)
            foreach (var parameter in constructor.Parameters)
            {
                var value = parameter.Ordinal < arguments.Length ? arguments[parameter.Ordinal] : null;
                memory = memory with { Variables = memory.Variables.SetItem(parameter, value) };
                if (syntax is TypeDeclarationSyntax) memory = memory with { Fields = memory.Fields.SetItem((self, parameter), value) };
            }

        var body = syntax is ConstructorDeclarationSyntax declared ? Model(declared).GetOperation(declared, cancellation) as IConstructorBodyOperation : null;
        var chained = syntax is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.ThisKeyword };
        if (!chained) Initialize(made);
        if (body?.Initializer is { } initializer)
        {
            foreach (var call in initializer.Descendants().OfType<IInvocationOperation>().Take(1))
                if (call.TargetMethod.MethodKind == MethodKind.Constructor) Construct(self, call.TargetMethod.ContainingType, call.TargetMethod, Arguments(call.Arguments, call.TargetMethod));
        }
        else if (made.BaseType is { } parent && parent.Locations.Any(l => l.IsInSource))
        {
            Construct(self, parent, parent.InstanceConstructors.FirstOrDefault(c => c.Parameters.IsEmpty) ?? parent.InstanceConstructors.FirstOrDefault(), ImmutableArray<Item?>.Empty);
        }

        if (body is not null) Run(body.BlockBody ?? (IOperation?)body.ExpressionBody);
        (nesting, frame) = (outer, outerFrame);
    }

    // The initializers of fields and properties.
    private void Initialize(INamedTypeSymbol made)
    {
        foreach (var member in made.GetMembers())
        {
            if (member.IsStatic || member is not (IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol)) continue;
            EqualsValueClauseSyntax? clause = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
            {
                VariableDeclaratorSyntax variable => variable.Initializer,
                PropertyDeclarationSyntax property => property.Initializer,
                _ => null,
            };
            if (clause is not null && Model(clause).GetOperation(clause, cancellation) is ISymbolInitializerOperation initializer) Set(member, frame.Self, Eval(initializer.Value));
        }
    }

    /// <summary>Keeps what a static field is set to where it is declared.</summary>
    public void RunInitializer(IFieldSymbol field, IOperation initializer)
    {
        frame = new(null);
        var value = Eval(initializer);
        memory = memory with { Variables = memory.Variables.SetItem(field, IsSetElsewhere(field) ? null : value) };
    }

    /// <summary>Runs a body of the type, with tensors of unknown sizes for its parameters.</summary>
    public void RunAlone(IMethodSymbol method, IOperation body, OwnModule? self)
    {
        frame = new(method.IsStatic ? null : self);
        var before = memory;
        foreach (var parameter in method.Parameters)
            memory = memory with { Variables = memory.Variables.SetItem(parameter, IsTensor(parameter.Type) ? new Flowing { Rows = true } : null) };
        Run(body);
        TryGrown();
        memory = before;
        if (method.IsOverride && torch.OperationOf(method) == TorchOp.Forward && frame.Result is Flowing end) report.Ends.Add(end);
    }

    // Layers were appended one by one: what came of it is looked at once.
    private void TryGrown()
    {
        foreach (var chain in growing) Try(chain);
        growing.Clear();
    }

    // Somebody but the constructors puts something there.
    private bool IsSetElsewhere(ISymbol field) =>
        program.Assigning(field).Any(m => m.Node is not (ConstructorDeclarationSyntax or FieldDeclarationSyntax or PropertyDeclarationSyntax { Initializer: not null }));

    private SemanticModel Model(SyntaxNode node) => program.Model(node.SyntaxTree);

    private bool IsTensor(ITypeSymbol? type) => torch.Is(type, TorchType.Tensor);

    // Statements.

    // Whether what follows can be reached.
    private bool Run(IOperation? statement)
    {
        if (statement is null) return true;
        if (nesting > MaxNesting || ++operations > MaxOperations) return false;
        nesting++;
        var goesOn = RunOne(statement);
        nesting--;
        return goesOn;
    }

    private bool RunOne(IOperation statement)
    {
        switch (statement)
        {
            case IMethodBodyOperation method:
                return Run(method.BlockBody ?? (IOperation?)method.ExpressionBody);
            case IBlockOperation block:
                foreach (var inner in block.Operations)
                    if (!Run(inner)) return false;
                return true;
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations) Declare(declaration);
                return true;
            case IExpressionStatementOperation expression:
                Eval(expression.Operation);
                return true;
            case IReturnOperation { Kind: OperationKind.Return } returned:
                var value = returned.ReturnedValue is null ? null : Eval(returned.ReturnedValue);
                frame.Result = frame.Returned ? Joined(frame.Result, value) : value;
                frame.Returned = true;
                return false;
            case IUsingOperation scope:
                if (scope.Resources is IVariableDeclarationGroupOperation) Run(scope.Resources);
                else Eval(scope.Resources);
                return Run(scope.Body);
            case IUsingDeclarationOperation declaration:
                return Run(declaration.DeclarationGroup);
            case IConditionalOperation choice:
                return Choose(choice);
            case IForLoopOperation loop:
                return Unroll(loop);
            case IForEachLoopOperation loop:
                return Unroll(loop);
            case ILoopOperation or ISwitchOperation or ITryOperation:
                RunSomehow(statement);
                return true;
            case IThrowOperation thrown:
                Eval(thrown.Exception);
                return false;
            case IBranchOperation:
                return false;
            case ILockOperation locked:
                return Run(locked.Body);
            case ILocalFunctionOperation function:
                RunApart(function.Body);
                return true;
            case ILabeledOperation or IEmptyOperation:
                return true;
            default:
                foreach (var child in statement.ChildOperations) Eval(child);
                return true;
        }
    }

    private void Declare(IVariableDeclarationOperation declaration)
    {
        foreach (var declarator in declaration.Declarators)
        {
            var initializer = declarator.Initializer ?? declaration.Initializer;
            var value = initializer is null ? null : Eval(initializer.Value);
            memory = memory with { Variables = memory.Variables.SetItem(declarator.Symbol, value) };
        }
    }

    private bool Choose(IConditionalOperation choice)
    {
        if (Eval(choice.Condition) is ConstantItem { Value: bool known }) return Run(known ? choice.WhenTrue : choice.WhenFalse);
        var before = memory;
        var first = Run(choice.WhenTrue);
        var afterFirst = memory;
        memory = before;
        var second = Run(choice.WhenFalse);
        memory = first && second ? Joined(afterFirst, memory) : first ? afterFirst : memory;
        return first || second;
    }

    // `for (var i = 0; i < 4; i++)`, round by round.
    private bool Unroll(IForLoopOperation loop)
    {
        foreach (var start in loop.Before) Run(start);
        for (var round = 0; ; round++)
        {
            if (loop.Condition is null || Eval(loop.Condition) is not ConstantItem { Value: bool again } || round > MaxRounds)
            {
                RunSomehow(loop);
                return true;
            }

            if (!again) return true;
            if (!Run(loop.Body))
            {
                RunSomehow(loop);
                return true;
            }

            foreach (var step in loop.AtLoopBottom) Run(step);
        }
    }

    private bool Unroll(IForEachLoopOperation loop)
    {
        var variable = loop.LoopControlVariable is IVariableDeclaratorOperation declarator ? declarator.Symbol : null;
        if (Contents(Eval(loop.Collection)) is { IsDefault: false, Length: <= MaxRounds } items && variable is not null)
        {
            foreach (var item in items)
            {
                memory = memory with { Variables = memory.Variables.SetItem(variable, item) };
                if (Run(loop.Body)) continue;
                RunSomehow(loop);
                return true;
            }

            return true;
        }

        RunSomehow(loop);
        return true;
    }

    // Some parts run some number of times: what they change is unknown before and after.
    private void RunSomehow(IOperation statement)
    {
        Forget(statement);
        foreach (var child in statement.ChildOperations)
        {
            if (child is IBlockOperation or ISwitchCaseOperation or ICatchClauseOperation or IExpressionStatementOperation or IConditionalOperation or ILoopOperation or IUsingOperation or ITryOperation) RunApart(child is ISwitchCaseOperation or ICatchClauseOperation ? null : child);
            if (child is ISwitchCaseOperation section)
                foreach (var inner in section.Body) RunApart(inner);
            if (child is ICatchClauseOperation { Handler: var handler }) RunApart(handler);
        }

        Forget(statement);
    }

    // What happens there has no effect here.
    private void RunApart(IOperation? statement)
    {
        var (before, result, returned) = (memory, frame.Result, frame.Returned);
        Run(statement);
        memory = before;
        if (statement is IBlockOperation { Parent: ILocalFunctionOperation or IAnonymousFunctionOperation }) (frame.Result, frame.Returned) = (result, returned);
        else if (frame.Returned && !returned) frame.Result = null;
    }

    private void Forget(IOperation statement)
    {
        foreach (var operation in statement.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IAssignmentOperation { Target: var target }:
                    ForgetTarget(target);
                    break;
                case IIncrementOrDecrementOperation { Target: var target }:
                    ForgetTarget(target);
                    break;
                case IInvocationOperation call:
                    if (call.Instance is { } instance && !IsForward(call)) ForgetContents(instance);
                    foreach (var argument in call.Arguments)
                    {
                        ForgetContents(argument.Value);
                        if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out) ForgetTarget(argument.Value);
                    }

                    break;
            }
        }
    }

    private void ForgetTarget(IOperation target)
    {
        switch (target)
        {
            case ITupleOperation tuple:
                foreach (var element in tuple.Elements) ForgetTarget(element);
                break;
            case IDeclarationExpressionOperation declaration:
                ForgetTarget(declaration.Expression);
                break;
            case ILocalReferenceOperation local:
                memory = memory with { Variables = memory.Variables.SetItem(local.Local, null) };
                break;
            case IParameterReferenceOperation parameter:
                memory = memory with { Variables = memory.Variables.SetItem(parameter.Parameter, null) };
                break;
            case IFieldReferenceOperation { Field: var field }:
                Set(field, frame.Self, null);
                break;
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property }:
                Set(property, frame.Self, null);
                break;
            case IPropertyReferenceOperation { Instance: { } list }:
                ForgetContents(list);
                break;
            case IArrayElementReferenceOperation { ArrayReference: var array }:
                ForgetContents(array);
                break;
        }
    }

    private void ForgetContents(IOperation operation)
    {
        operation = operation.Unconverted();
        var item = operation switch
        {
            ILocalReferenceOperation local => Value(local.Local),
            IParameterReferenceOperation parameter => Value(parameter.Parameter),
            IFieldReferenceOperation { Field: var field } when frame.Self is { } self => memory.Fields.TryGetValue((self, field.OriginalDefinition), out var held) ? held : null,
            _ => null,
        };
        if (item is ListItem || item is Layer { Kind: LayerKind.Sequential or LayerKind.List }) Fill(item, default);
    }

    // Joining.

    private static Item? Joined(Item? left, Item? right)
    {
        if (ReferenceEquals(left, right)) return left;
        if (left is Flowing a && right is Flowing b) return Flowing.Join(a, b);
        return left is ConstantItem && left.Equals(right) ? left : null;
    }

    private static Memory Joined(Memory left, Memory right)
    {
        if (ReferenceEquals(left, right)) return left;
        return new(Merge(left.Variables, right.Variables, Joined), Merge(left.Contents, right.Contents, (a, b) => Same(a, b) ? a : default), Fields(left.Fields, right.Fields));
    }

    private static bool Same(ImmutableArray<Item?> left, ImmutableArray<Item?> right) =>
        left.Equals(right) || !left.IsDefault && !right.IsDefault && left.Length == right.Length && left.Zip(right, (a, b) => ReferenceEquals(a, b) || a is ConstantItem && a.Equals(b)).All(same => same);

    private static ImmutableDictionary<TKey, TValue> Merge<TKey, TValue>(ImmutableDictionary<TKey, TValue> left, ImmutableDictionary<TKey, TValue> right, Func<TValue, TValue, TValue> join)
        where TKey : notnull
    {
        if (ReferenceEquals(left, right)) return left;
        var result = left;
        foreach (var pair in right)
            result = result.SetItem(pair.Key, left.TryGetValue(pair.Key, out var other) ? join(other, pair.Value) : pair.Value);
        return result;
    }

    // What only one way puts into a field is not certain to be there.
    private static ImmutableDictionary<(OwnModule, ISymbol), Item?> Fields(ImmutableDictionary<(OwnModule, ISymbol), Item?> left, ImmutableDictionary<(OwnModule, ISymbol), Item?> right)
    {
        if (ReferenceEquals(left, right)) return left;
        var result = Merge(left, right, Joined);
        foreach (var pair in result)
            if (!left.ContainsKey(pair.Key) || !right.ContainsKey(pair.Key)) result = result.SetItem(pair.Key, null);
        return result;
    }

    // Variables.

    private Item? Value(ISymbol variable)
    {
        if (memory.Variables.TryGetValue(variable, out var value)) return value;
        if (frame.Self is { } self && memory.Fields.TryGetValue((self, variable), out value)) return value;
        return null;
    }

    private void Set(ISymbol member, OwnModule? self, Item? value)
    {
        if (self is not null) memory = memory with { Fields = memory.Fields.SetItem((self, member.OriginalDefinition), value) };
    }

    private void Fill(Item container, ImmutableArray<Item?> items) => memory = memory with { Contents = memory.Contents.SetItem(container, items) };

    private ImmutableArray<Item?> Contents(Item? container) => container switch
    {
        TupleItem tuple => tuple.Items,
        null => default,
        _ => memory.Contents.TryGetValue(container, out var items) ? items : default,
    };
}
