using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>The side of the interpreter that follows calls: of layers, of tensors, and of methods of this compilation.</summary>
internal sealed partial class LayerInterpreter
{
    private static readonly string[] Copies = ["ToArray", "ToList", "AsEnumerable"];

    private bool IsForward(IInvocationOperation call) => torch.OperationOf(call.TargetMethod) == TorchOp.Forward || TorchVocabulary.ForwardNames.Contains(call.TargetMethod.Name) && TorchSymbols.IsLibrary(call.TargetMethod) && torch.IsModuleLike(call.Instance?.Type);

    private Item? Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            foreach (var child in call.ChildOperations) Escape(Eval(child is IArgumentOperation argument ? argument.Value : child));
            return IsTensor(call.Type) ? Flowing.Unknown : null;
        }

        var receiver = call.Instance is null ? null : Eval(call.Instance);
        var arguments = Arguments(call.Arguments, method);
        if (IsForward(call) && receiver is Part module) return Forward(call, module, arguments);
        if (TorchSymbols.IsLibrary(method)) return Library(call, receiver, arguments);
        if (method.Locations.Any(l => l.IsInSource)) return CallOwn(call, receiver, arguments);
        return Foreign(call, receiver, arguments);
    }

    private Item? Forward(IInvocationOperation call, Part module, ImmutableArray<Item?> arguments)
    {
        var input = arguments.Length > 0 ? arguments[0] : null;
        Item? result = null;
        if (input is Flowing || call.Arguments.Length > 0 && IsTensor(call.Arguments[0].Value.Type))
            result = module switch
            {
                OwnModule own => Run(own, arguments),
                Layer layer => Pass(layer, Used(input as Flowing ?? Flowing.Unknown), null, call.Syntax, arguments),
                _ => null,
            };
        return result ?? (IsTensor(call.Type) ? Flowing.Unknown : null);
    }

    // The forward() of a module of this compilation.
    private Item? Run(OwnModule own, ImmutableArray<Item?> arguments)
    {
        for (var t = own.Type; t is not null && t.Locations.Any(l => l.IsInSource); t = t.BaseType)
            foreach (var member in t.OriginalDefinition.GetMembers(TorchVocabulary.ForwardName))
                if (member is IMethodSymbol { IsOverride: true } forward && forward.Parameters.Length == arguments.Length && torch.OperationOf(forward) == TorchOp.Forward)
                    return RunMethod(forward, own, arguments.Select(a => a is Flowing tensor ? Used(tensor) : a).ToImmutableArray());
        return null;
    }

    private Item? RunMethod(IMethodSymbol method, OwnModule? self, ImmutableArray<Item?> arguments)
    {
        if (running.Count > MaxCalls || method.DeclaringSyntaxReferences is not [var reference] || !running.Add(method)) return null;
        var syntax = reference.GetSyntax(cancellation);
        Item? result = null;
        if (Model(syntax).GetOperation(syntax, cancellation) is IMethodBodyOperation body)
        {
            var outer = frame;
            frame = new(self);
            foreach (var parameter in method.Parameters)
                memory = memory with { Variables = memory.Variables.SetItem(parameter, parameter.Ordinal < arguments.Length ? arguments[parameter.Ordinal] ?? (IsTensor(parameter.Type) ? Flowing.Unknown : null) : null) };
            Run(body);
            result = frame.Result;
            frame = outer;
        }
        else
        {
            foreach (var argument in arguments) Escape(argument);
        }

        running.Remove(method);
        return result;
    }

    private Item? CallOwn(IInvocationOperation call, Item? receiver, ImmutableArray<Item?> arguments)
    {
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod.OriginalDefinition;
        if (call.TargetMethod.ReducedFrom is not null && receiver is not null) arguments = arguments.Insert(0, receiver);
        foreach (var argument in arguments)
            if (argument is Flowing tensor) Used(tensor);

        // Which of several would run is not certain; an iterator or an async method hands out something else.
        var certain = method is { IsAbstract: false, IsVirtual: false, IsAsync: false } and not { IsOverride: true, IsSealed: false } && method.ContainingType?.TypeKind != TypeKind.Interface && method.MethodKind != MethodKind.LocalFunction;
        var result = certain ? RunMethod(method, method.IsStatic ? null : receiver as OwnModule, arguments) : null;
        if (!certain)
            foreach (var argument in arguments) Escape(argument);
        return result ?? (IsTensor(call.Type) ? Flowing.Unknown : null);
    }

    // Nobody knows what is in a list that others have seen.
    private void Escape(Item? item)
    {
        if (item is ListItem || item is Layer { Kind: LayerKind.Sequential or LayerKind.List }) Fill(item, default);
        if (item is Flowing tensor) tensor.Uses.Count += 2;
        if (item is TupleItem tuple)
            foreach (var inner in tuple.Items) Escape(inner);
    }

    private Item? Foreign(IInvocationOperation call, Item? receiver, ImmutableArray<Item?> arguments)
    {
        var name = call.TargetMethod.Name;
        var (list, rest) = receiver is null && call.TargetMethod.IsExtensionMethod && arguments.Length > 0 ? (arguments[0], arguments.RemoveAt(0)) : (receiver, arguments);
        if (list is ListItem && Copies.Contains(name)) return Contents(list) is { IsDefault: false } copied ? List(copied) : null;
        if (list is ListItem && Contents(list) is { IsDefault: false } items)
        {
            switch (name)
            {
                case "Add" when rest.Length == 1:
                    Fill(list, items.Add(rest[0]));
                    return null;
                case "AddRange" when rest.Length == 1:
                    Fill(list, Contents(rest[0]) is { IsDefault: false } more ? items.AddRange(more) : default);
                    return null;
                case "Insert" when rest.Length == 2 && LayerSizes.Number(rest[0]) is { } at && at >= 0 && at <= items.Length:
                    Fill(list, items.Insert((int)at, rest[1]));
                    return null;
                case "Last" or "First" when rest.IsEmpty && !items.IsEmpty:
                    return name == "First" ? items[0] : items[items.Length - 1];
            }
        }

        Escape(receiver);
        foreach (var argument in arguments) Escape(argument);
        if (call.TargetMethod.ContainingType is { SpecialType: SpecialType.None, Name: "Math" } && arguments is [ConstantItem { Value: long a }, ConstantItem { Value: long b }])
            return name switch { "Max" => new ConstantItem(Math.Max(a, b)), "Min" => new ConstantItem(Math.Min(a, b)), _ => null };
        return IsTensor(call.Type) ? Flowing.Unknown : null;
    }

    // The library.

    private Item? Library(IInvocationOperation call, Item? receiver, ImmutableArray<Item?> arguments)
    {
        var method = call.TargetMethod;
        if (call.Type is INamedTypeSymbol made && torch.Is(made, TorchType.Module))
        {
            if (receiver is Layer { Kind: LayerKind.Sequential } chain && method.Name == LayerVocabulary.AppendName)
            {
                Append(chain, arguments);
                return chain;
            }

            if (LayerOf(made, call.Syntax, method, call.Arguments, arguments) is { } layer) return layer;

            // `layer.to(device)` is the layer itself.
            var same = receiver ?? (method.IsExtensionMethod && arguments.Length > 0 ? arguments[0] : null);
            return same is Part && torch.OperationOf(method) is TorchOp.MoveModule or TorchOp.Train or TorchOp.Eval ? same : null;
        }

        if (receiver is Layer { Kind: LayerKind.List or LayerKind.Sequential } list)
        {
            if (method.Name is "Add" or LayerVocabulary.AppendName) Append(list, arguments);
            else if (torch.OperationOf(method) == TorchOp.None) Fill(list, default);
            return null;
        }

        if (IsTensor(call.Type)) return Tensor(call, receiver, arguments);
        if (method.Name == LayerVocabulary.SizeName && receiver is Flowing && arguments is [ConstantItem { Value: 0L }]) return RowsItem.Instance;
        foreach (var argument in arguments) Escape(argument);
        return null;
    }

    private void Append(Layer chain, ImmutableArray<Item?> arguments)
    {
        var added = arguments.LastOrDefault();
        Fill(chain, Contents(chain) is { IsDefault: false } layers && added is not ListItem ? layers.Add(added) : default);
        if (chain.Kind == LayerKind.Sequential) Try(chain);
    }

    // Tensors.

    private Flowing Tensor(IInvocationOperation call, Item? receiver, ImmutableArray<Item?> arguments)
    {
        var name = call.TargetMethod.Name;
        var rest = arguments;
        if (call.Instance is null || !IsTensor(call.Instance.Type))
        {
            receiver = arguments.FirstOrDefault();
            rest = arguments.IsEmpty ? arguments : arguments.RemoveAt(0);
        }

        if (LayerVocabulary.ConcatenationNames.Contains(name)) return Concatenated(Contents(arguments.FirstOrDefault()), LayerSizes.Number(arguments.LastOrDefault()));
        if (receiver is not Flowing input) return Flowing.Unknown;
        if (LayerVocabulary.ElementwiseNames.Contains(name) && rest.Length >= 1) return Elementwise(input, rest[0]);

        Used(input);
        foreach (var argument in rest)
            if (argument is Flowing) Escape(argument);
        if (TensorVocabulary.ReshapeNames.Contains(name)) return Reshaped(call, input, Contents(rest.FirstOrDefault()));
        if (!LayerVocabulary.Functions.TryGetValue(name, out var entry)) return Flowing.Unknown;
        Item? Named(string parameter)
        {
            foreach (var p in call.TargetMethod.Parameters)
                if (LayerVocabulary.Plain(p.Name) == parameter) return Spread(arguments[p.Ordinal]);
            return null;
        }

        var output = entry.Kind switch
        {
            LayerKind.Pool => LayerSizes.Pooled(input, entry.Rank, Named),
            LayerKind.AdaptivePool => LayerSizes.Adapted(input, entry.Rank, Named(LayerVocabulary.OutputSize), null),
            LayerKind.Flatten => LayerSizes.Flattened(input, LayerSizes.Number(Named(LayerVocabulary.StartDimension)), LayerSizes.Number(Named(LayerVocabulary.EndDimension))),
            _ => input,
        };
        return output.After(entry.Kind, input, call.Syntax, null);
    }

    private Flowing Reshaped(IInvocationOperation call, Flowing input, ImmutableArray<Item?> sizes)
    {
        if (sizes.IsDefaultOrEmpty) return Flowing.Unknown;
        if (sizes.Length == 2 && sizes[0] is RowsItem && LayerSizes.Number(sizes[1]) == -1) return LayerSizes.Flattened(input, 1, -1).After(LayerKind.Flatten, input, call.Syntax, null);
        var from = new Reshaping(call.Syntax, frame.Self);
        var extents = sizes.Select(s => LayerSizes.Number(s) is > 0 and var size ? Extent.Of(size, from) : Extent.Unknown).ToImmutableArray();
        var flat = sizes.Length == 2 && sizes[0] is RowsItem or ConstantItem { Value: -1L };
        var output = new Flowing { Extents = extents, Open = false };
        return flat ? output.After(LayerKind.Flatten, input, call.Syntax, null) : output;
    }

    // Side by side: the sizes along that dimension add up.
    private static Flowing Concatenated(ImmutableArray<Item?> parts, long? dimension)
    {
        if (parts.IsDefaultOrEmpty || parts.Any(p => p is not Flowing)) return Flowing.Unknown;
        var tensors = parts.Cast<Flowing>().Select(Used).ToList();
        var first = tensors[0];
        var at = dimension switch
        {
            < 0 => -dimension,
            1 when tensors.All(t => t is { Open: true, Channel: { } channel } && channel == first.Channel && channel == t.Extents.Length) => first.Channel,
            { } d when tensors.All(t => !t.Open && t.Extents.Length == first.Extents.Length) => first.Extents.Length - d,
            _ => null,
        };
        if (at is not > 0 || tensors.Any(t => t.Extents.Length < at)) return Flowing.Unknown;
        var joined = tensors.Aggregate(Flowing.Join);
        long? sum = 0;
        foreach (var tensor in tensors) sum += tensor.FromEnd((int)at).Size;
        var extents = joined.Extents.ToBuilder();
        extents[extents.Count - (int)at] = Extent.Of(sum, tensors[tensors.Count - 1].FromEnd((int)at).From);
        return new() { Extents = extents.ToImmutable(), Open = joined.Open, Channel = joined.Channel, Rows = joined.Rows, Bent = true };
    }

    // Layers.

    // The tensor goes through the layer; what comes out.
    private Item? Pass(Layer layer, Flowing input, Layer? chain, SyntaxNode? call, ImmutableArray<Item?> arguments = default)
    {
        if (layer.Kind == LayerKind.Sequential) return PassChain(layer, input);
        var pass = new LayerPass(layer, input, chain) { Clash = LayerSizes.Clash(layer, input), Call = call };
        report.Passes.Add(pass);
        switch (layer.Kind)
        {
            case LayerKind.Recurrent:
                var outputs = LayerSizes.Outputs(layer, input);
                return new TupleItem([outputs, LayerSizes.Hidden(layer), LayerSizes.Hidden(layer)]);
            case LayerKind.Cell:
                return LayerSizes.Hidden(layer);
            case LayerKind.Attention:
                foreach (var other in arguments.IsDefault ? [] : arguments.Skip(1))
                    if (other is Flowing tensor && tensor != input) Used(tensor);
                return new TupleItem([LayerSizes.Through(layer, input).After(layer.Kind, input, layer.Syntax, null), Flowing.Unknown]);
            default:
                return LayerSizes.Through(layer, input).After(layer.Kind, input, layer.Syntax, pass);
        }
    }

    private Item? PassChain(Layer chain, Flowing input)
    {
        if (Contents(chain) is not { IsDefault: false } layers) return Flowing.Unknown;
        Item? value = input;
        foreach (var layer in layers)
        {
            if (value is not Flowing tensor) value = tensor = Flowing.Unknown;
            value = layer switch
            {
                Layer inner => Pass(inner, ReferenceEquals(tensor, input) ? tensor : Used(tensor), chain, null),
                OwnModule own when ForwardOf(own) is { } forward => RunMethod(forward, own, [Used(tensor)]),
                _ => Flowing.Unknown,
            };
        }

        return value;
    }

    private IMethodSymbol? ForwardOf(OwnModule own)
    {
        for (var t = own.Type; t is not null && t.Locations.Any(l => l.IsInSource); t = t.BaseType)
            foreach (var member in t.OriginalDefinition.GetMembers(TorchVocabulary.ForwardName))
                if (member is IMethodSymbol { IsOverride: true, Parameters.Length: 1 } forward && torch.OperationOf(forward) == TorchOp.Forward) return forward;
        return null;
    }
}
