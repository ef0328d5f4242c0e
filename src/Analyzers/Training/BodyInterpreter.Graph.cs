using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that keeps what is known of a tensor's graph certain: where it is cut off, and what may change it behind its name.</summary>
internal sealed partial class BodyInterpreter
{
    // What has no graph any more keeps the first place that cut it off.
    private GraphFact CutOff(Value self, IInvocationOperation call) => GraphOf(self) is { IsFree: true } free ? free : GraphFact.Cut(call.Syntax);

    // A number that was read out of a tensor has lost its graph; any other is data.
    private GraphFact ReadOut(IOperation number) => number.ConstantValue.HasValue || !HoldsItem(number.Syntax) ? GraphFact.Data : GraphFact.Cut(number.Syntax);

    private bool HoldsItem(SyntaxNode node) =>
        node.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax).Any(n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } }
            && TensorVocabulary.ItemNames.Contains(name) && program.IsItem(n));

    // What a call depends on beside the tensors that it is given: an object that holds some (`distribution.log_prob(x)`), a delegate,
    // the untyped arguments of a function with a backward() of its own, a request for gradients.
    private IEnumerable<GraphFact?> HiddenOperands(IInvocationOperation call)
    {
        if (call.Instance is not null && !IsTensor(call.Instance.Type) || call.Arguments.Any(IsHidden)) yield return null;
    }

    private static bool IsHidden(IArgumentOperation argument) => argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Parameter is { } parameter
        && (parameter.Type is { TypeKind: TypeKind.Delegate } or { SpecialType: SpecialType.System_Object } or IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Object }
            || parameter.Name == TensorVocabulary.RequiresGradParameter && argument.Value.ConstantValue is not { HasValue: true, Value: false });

    // `x.requires_grad = true`, `x.requires_grad_()`: the start of a graph of its own. What had been cut off before stays known by its origins.
    private static TensorFact Leaf(TensorFact fact, IOperation? on)
    {
        if (on is not null && on.ConstantValue is not { HasValue: true, Value: true }) return fact with { Graph = null };
        return fact.Graph is { IsFree: true, Causes: { IsEmpty: false } causes }
            ? fact with { Graph = GraphFact.SomeModule, Meaning = Meaning.Unknown, Origins = causes }
            : fact with { Graph = GraphFact.SomeModule };
    }

    private Value Leaf(Value self, IOperation? on) => Changed(self, fact => Leaf(fact, on));

    private Value WithGraph(Value self, GraphFact graph) => Changed(self, fact => fact with { Graph = graph });

    // The tensor itself changes, under all its names.
    private Value Changed(Value self, Func<TensorFact, TensorFact> change)
    {
        Value As(Value value)
        {
            var changed = change(Known(value));
            return value.Fact is null && changed.Equals(TensorFact.Nothing) ? value : value.With(changed);
        }

        foreach (var path in self.Paths)
        {
            var now = state[path];
            if (now is { Fact: null or TensorFact } && As(now) is var changed && !changed.Equals(now)) state = state.Put(path, changed.Paths.IsEmpty ? changed.Named(path) : changed);
        }

        foreach (var alias in state.Linked)
            if (!self.Paths.Contains(alias) && state.Values.TryGetValue(alias, out var held) && held.Fact is TensorFact && held.Paths.Any(self.Paths.Contains))
                state = state.Put(alias, As(held));
        return As(self);
    }

    // An operation in place gives it other numbers.
    private Value Changed(Value self, Meaning meaning, SyntaxNode origin) => Changed(self, fact => fact with
    {
        Meaning = meaning,
        Origins = meaning == Meaning.Unknown ? ImmutableArray<SyntaxNode>.Empty : ImmutableArray.Create(origin),
        Loss = null,
        Ending = null,
        Pass = null,
    });

    // What is written into a tensor brings its graph along, also into what the tensor is a view of.
    private Value WrittenInto(Value self, IReadOnlyList<GraphFact?> written)
    {
        if (state.GradientsOff is not null || written.All(g => g is { IsFree: true })) return self;
        foreach (var pair in state.Values)
            if (pair.Value.Fact is TensorFact { Graph.IsFree: true } other && !self.Paths.Contains(pair.Key))
                state = state.Put(pair.Key, pair.Value.With(other with { Graph = null }));
        return Changed(self, fact => fact with { Graph = GraphFact.Combine(written.Append(fact.Graph)) });
    }

    // A collection that is written to holds other things than it was made of.
    private void Refilled(Value? collection)
    {
        if (collection is not { Fact: ItemsFact }) return;
        foreach (var path in collection.Paths) state = state.Drop(path);
    }

    // A method of one's own may put other tensors into fields.
    private void ForgetTensorFields()
    {
        foreach (var pair in state.Values)
            if (!pair.Key.IsLocal && !pair.Key.IsParameter && pair.Value.Fact is TensorFact { Graph.IsFree: true } fact)
                state = state.Put(pair.Key, pair.Value.With(fact with { Graph = null }));
    }

    // The lambda may run there, and set variables of this body.
    private void ForgetCaptured(DelegateFact lambda)
    {
        if (program.BodyOf(lambda.Method, body, cancellation) is not { } callee || program.Flow(callee, fieldFacts, cancellation).Exit is not { } exit) return;
        foreach (var path in exit.Values.Keys)
            if (state.Values.TryGetValue(path, out var held) && held.Fact is TensorFact fact && !IsOwnLocal(path, callee))
                state = state.Put(path, held.With(fact with { Graph = null }));
    }

    // The result of a callee that runs with gradients off; what it merely hands on is as it was.
    private static Value Unattached(Value value, SyntaxNode guard) => value.Fact switch
    {
        ItemsFact items => value.With(new ItemsFact(items.Items.Select(i => Unattached(i, guard)).ToImmutableArray())),
        TensorFact { Graph.IsFree: true } => value,
        TensorFact fact when value.Paths.IsEmpty => value.With(fact with { Graph = GraphFact.Cut(guard) }),
        null when value.Paths.IsEmpty => value.With(new TensorFact { Graph = GraphFact.Cut(guard) }),
        TensorFact fact => value.With(fact with { Graph = null }),
        _ => value,
    };
}
