using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows tensors through modules: what a forward pass yields.</summary>
internal sealed partial class BodyInterpreter
{
    private Value Output(Value module, IInvocationOperation call, Value receiver, Value?[] arguments)
    {
        if (module.Fact is ModuleFact { Made: var made })
            return made.All(m => IsModel(m.Type)) ? Passed(Through(made), call.Syntax) : Through(made);
        if (call.Instance?.Type is not INamedTypeSymbol type) return Value.Unknown;
        var output = Output(new MadeModule(type, call.Syntax, default), call.Type, receiver, arguments, call.Syntax, exact: false);
        return IsModel(type) ? Passed(output, call.Syntax) : output;

        Value Through(ImmutableArray<MadeModule> modules) => Ranked(modules.Select(m => Output(m, call.Type, receiver, arguments, call.Syntax, exact: true)).Aggregate(Value.Join), arguments);
    }

    // A whole model, and no layer of the library: a Sequential, a class of one's own, something that is declared as a module and no more.
    private bool IsModel(INamedTypeSymbol type) => !TorchSymbols.IsLibrary(type) || torch.Is(type, TorchType.Sequential) || type.Name == TorchVocabulary.ModuleName;

    private Value Passed(Value output, SyntaxNode pass) =>
        output.Fact is TensorFact { Meaning: Meaning.Unknown, Ending: null, Loss: null } fact && (fact.Graph is { IsAttached: true } || state.GradientsOff is not null) ? output.With(fact with { Pass = pass }) : output;

    private Value Output(MadeModule module, ITypeSymbol? yields, Value receiver, Value?[] arguments, SyntaxNode node, bool exact)
    {
        var input = arguments.FirstOrDefault() ?? Value.Unknown;
        var known = Known(input);
        TensorFact Through(Meaning meaning) => TensorFact.Of(meaning, node) with { Graph = GraphOf(input), Device = known.Device, Shape = known.Shape };
        var weights = GraphFact.Of(receiver.Path);

        if (torch.Is(module.Type, TorchType.Softmax)) return Fresh(Through(Meaning.Softmax));
        if (torch.Is(module.Type, TorchType.LogSoftmax)) return Fresh(Through(Meaning.LogSoftmax) with { Ending = known.Ending });
        if (torch.Is(module.Type, TorchType.Sigmoid)) return Fresh(Through(Meaning.Sigmoid));
        if (torch.Is(module.Type, TorchType.LogSigmoid)) return Fresh(Through(Meaning.LogSigmoid));
        if (torch.Is(module.Type, TorchType.Scores))
            return Fresh(TensorFact.Of(Meaning.Scores, node) with { Graph = weights, Device = known.Device, Shape = torch.Is(module.Type, TorchType.Linear) && module.Number(TensorVocabulary.OutputSizeParameters) is { } size ? ShapeFact.EndingIn(size) : null });
        if (torch.Is(module.Type, TorchType.Weighted)) return Ended(Yield(yields, new TensorFact { Graph = weights, Device = known.Device }), module.Type, known, node);
        if (torch.Is(module.Type, TorchType.Sequential) && TorchSymbols.IsLibrary(module.Type)) return Chain(module, yields, receiver, input);
        if (IsPassive(module.Type)) return Ended(Yield(yields, new TensorFact { Graph = GraphFact.Combine(arguments.Where(a => a is not null).Select(a => GraphOf(a!))), Device = known.Device, Shape = Kept(module, known.Shape) }), module.Type, known, node);
        return Own(module, yields, receiver, arguments, node, exact) ?? Yield(yields, new TensorFact { Graph = weights });
    }

    // A module without parameters of its own, which only passes on: an activation, dropout, a loss.
    private bool IsPassive(INamedTypeSymbol type) =>
        torch.Is(type, TorchType.Parameterless) || torch.Is(type, TorchType.Passive) && TorchSymbols.IsLibrary(type) || torch.Is(type, TorchType.Loss) && TorchSymbols.IsLibrary(type);

    // A Sequential: through its layers, as far as they are known.
    private Value Chain(MadeModule module, ITypeSymbol? yields, Value receiver, Value input)
    {
        var weights = new TensorFact { Graph = GraphFact.Of(receiver.Path) };
        if (module.Layers.IsDefaultOrEmpty) return Yield(yields, weights);
        var value = input;
        foreach (var layer in module.Layers)
        {
            var made = layer.Fact is ModuleFact fact ? fact.Made : ImmutableArray<MadeModule>.Empty;
            value = made.IsEmpty ? Fresh(weights) : made.Select(m => Output(m, yields, receiver, [value], m.Creation, exact: true)).Aggregate(Value.Join);
        }

        return value;
    }

    // The forward of a module of this compilation; null where there is none to be seen.
    private Value? Own(MadeModule module, ITypeSymbol? yields, Value receiver, Value?[] arguments, SyntaxNode node, bool exact)
    {
        for (var type = module.Type; type is not null && type.Locations.Any(l => l.IsInSource); type = type.BaseType)
        {
            foreach (var member in type.OriginalDefinition.GetMembers(TorchVocabulary.ForwardName))
            {
                if (member is not IMethodSymbol { IsOverride: true } forward || torch.OperationOf(forward) != TorchOp.Forward) continue;
                var several = !exact && program.Implementations(forward, Value.Unknown, body, cancellation).Count > 1;
                if (several || program.BodyOf(forward, body, cancellation) is not { } callee) return null;
                var site = new CallSite(node, callee, receiver, arguments, state, exact);
                record?.Passes.Add(site);
                return Named(Import(program.Flow(callee, fieldFacts, cancellation).Return, site, yields), receiver.Path);
            }
        }

        return null;
    }

    // What comes out of a module of one's own has certainly gone through it, whatever else is known; its layers go by its name.
    private static Value Named(Value output, Path? module)
    {
        switch (output.Fact)
        {
            case ItemsFact items:
                return output.With(new ItemsFact(items.Items.Select(i => Named(i, module)).ToImmutableArray()));
            case TensorFact { Graph: { IsFree: true } or { Tracking: Tracking.Inherited } }:
                return output;
            case TensorFact { Graph: { IsAttached: true } graph } fact:
                return module is null ? output : output.With(fact with { Graph = graph with { Modules = graph.Modules.Where(m => !m.StartsWith(module)).Append(module).ToImmutableArray() } });
            case TensorFact fact:
                return output.With(fact with { Graph = GraphFact.Of(module) });
            case null when output.Paths.IsEmpty:
                return Value.Of(new TensorFact { Graph = GraphFact.Of(module) });
            default:
                return output;
        }
    }

    // The tensor, or each tensor of the tuple, that an operation yields.
    private Value Yield(ITypeSymbol? type, TensorFact fact)
    {
        if (IsTensor(type)) return Fresh(fact);
        return type is INamedTypeSymbol { IsTupleType: true } tuple ? Value.Of(new ItemsFact(tuple.TupleElements.Select(e => Yield(e.Type, fact)).ToImmutableArray())) : Value.Unknown;
    }
}
