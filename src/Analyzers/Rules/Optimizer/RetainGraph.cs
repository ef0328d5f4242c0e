using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0506: a graph is kept that no second backward() goes through.</summary>
internal sealed class RetainGraph() : Rule(
    "TL0506",
    Section.Optimizer,
    Level.Suggestion,
    "retain_graph keeps a graph that nobody needs",
    "'{0}' is the only backward pass over this graph: retain_graph keeps all its tensors alive for nothing",
    "backward() frees what the forward pass has stored as it goes. With retain_graph: true everything stays in memory until the loss itself is freed. It is needed only where a second backward() goes through the same graph.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Backward];

    public override void InspectBody(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (backward.Operation is not IInvocationOperation call || Argument(call, TorchVocabulary.RetainGraphParameter) is not { } argument || Argument(call, TorchVocabulary.CreateGraphParameter) is not null) continue;
            if (!IsOnly(body, backward) || !IsMadeHere(body, backward) || IsCarried(body, backward.Node)) continue;
            body.Report(Descriptor, argument.Syntax, null, null, GradientSteps.Text(backward.Node));
        }
    }

    private static IArgumentOperation? Argument(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Name == parameter && Constant(a.Value) is true);

    private static object? Constant(IOperation value)
    {
        while (value is IConversionOperation { ConstantValue.HasValue: false } conversion) value = conversion.Operand;
        return value.ConstantValue is { HasValue: true, Value: var constant } ? constant : null;
    }

    // No other backward() in the member or in what it calls, nor a gradient asked for in another way.
    private static bool IsOnly(BodyReport body, TrainingEvent backward)
    {
        if (body.Program.Index.Around(body.Body.Outermost.Syntax) is not { } text || TorchVocabulary.RetainGradNames.Concat(TorchVocabulary.GradientNames).Any(text.Names.Contains)) return false;
        var flows = body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation).ToList();
        return flows.SelectMany(f => f.Events).Count(e => e.Kind == EventKind.Backward) == 1
            && flows.SelectMany(f => f.Calls).All(c => c.Callee.Outermost == body.Body.Outermost || body.Program.Flow(c.Callee, true, body.Cancellation) is { Unknown: false, Exit: null or { Backward: false } });
    }

    // The graph begins and ends in the round of the loop that the backward() belongs to: nothing of it comes in from before or gets out.
    private static bool IsMadeHere(BodyReport body, TrainingEvent backward)
    {
        if (body.GraphOf(backward.Subject) is not { IsAttached: true } || backward.Subject.Fact is not TensorFact) return false;
        if (body.Body.Method is { } method && (HoldsTensor(body, method.ReturnType) || method.Parameters.Any(p => p.RefKind != RefKind.None && HoldsTensor(body, p.Type)))) return false;
        var loop = body.LoopsAround(backward.Node).FirstOrDefault();
        SyntaxNode round = loop is null ? body.Body.Syntax : loop;
        if (loop is null && body.Body.Method is { Parameters: { IsEmpty: false } parameters } && parameters.Any(p => HoldsTensor(body, p.Type)) && body.GraphOf(backward.Subject) is { Modules.IsEmpty: true }) return false;
        var made = body.Flow.Events.Where(e => e.Kind is EventKind.Forward or EventKind.Loss && e.Node.SpanStart < backward.Node.Span.End).ToList();
        return made.Count > 0 && made.All(e => round.Span.Contains(e.Node.Span));
    }

    private static bool HoldsTensor(BodyReport body, ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HoldsTensor(body, array.ElementType),
        INamedTypeSymbol { TypeArguments: var arguments } named => body.Torch.Is(named, TorchType.Tensor) || arguments.Any(a => HoldsTensor(body, a)),
        _ => false,
    };

    // A tensor of an earlier round, in a variable from outside of the loop, in a field, or kept by a module.
    private static bool IsCarried(BodyReport body, SyntaxNode backward)
    {
        foreach (var flow in body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation))
        {
            if (flow.Writes.Any(w => IsTensorMember(body, w.Member))) return true;
            if (flow.Passes.Concat(flow.Calls).Any(p => body.Program.Flow(p.Callee, true, body.Cancellation) is var callee && (callee.Unknown || callee.Writes.Any(w => IsTensorMember(body, w.Member))))) return true;
        }

        if (body.LoopsAround(backward).FirstOrDefault() is not { } loop) return false;
        var model = body.Program.Model(loop.SyntaxTree);
        if (model.AnalyzeDataFlow(loop) is not { Succeeded: true } data) return true;
        return data.WrittenInside.Any(s => !data.VariablesDeclared.Contains(s, SymbolEqualityComparer.Default) && s switch
        {
            ILocalSymbol local => HoldsTensor(body, local.Type),
            IParameterSymbol parameter => HoldsTensor(body, parameter.Type),
            _ => true,
        });
    }

    private static bool IsTensorMember(BodyReport body, ISymbol member) => member switch
    {
        IFieldSymbol field => HoldsTensor(body, field.Type),
        IPropertySymbol property => HoldsTensor(body, property.Type),
        _ => false,
    };
}
