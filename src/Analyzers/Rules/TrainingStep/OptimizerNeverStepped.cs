using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>TL0704: gradients are computed for an optimizer that nothing ever steps.</summary>
internal sealed class OptimizerNeverStepped() : Rule(
    "TL0704",
    Section.TrainingStep,
    Level.Warning,
    "The optimizer is never stepped",
    "'{0}' is never stepped: '{1}' computes gradients, but without {0}.step() the model does not change",
    "backward() only computes gradients; step() applies them. Without it the parameters stay as they were initialized and the loss stays at chance.")
{
    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in body.Events(EventKind.Create))
            if (Type(creation) is { } type && body.Torch.Is(type, TorchType.Optimizer)) InspectCreation(body, creation);
        InspectForeign(body);
    }

    private static ITypeSymbol? Type(TrainingEvent creation) => creation.Operation.Type;

    private void InspectCreation(BodyReport body, TrainingEvent creation)
    {
        var uses = body.UsesOf(creation.Node);
        if (!Unstepped(body, uses) || !Cleared(body, uses)) return;
        var stored = uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member;
        if (Backward(body, uses) is not { } backward) return;
        var name = stored?.Name ?? (creation.Node.FirstAncestorOrSelf<Microsoft.CodeAnalysis.CSharp.Syntax.VariableDeclaratorSyntax>()?.Identifier.ValueText ?? "the optimizer");
        var receiver = uses.Where(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.ZeroGrad && InSameMember(body, u.Node, backward))
            .Select(u => ReceiverText(u.Node)).FirstOrDefault() ?? (InSameMember(body, creation.Node, backward) ? name : null);
        Report(body, creation.Node, name, receiver, backward);
    }

    // An optimizer that comes from outside: cleared and differentiated in one loop, and stepped by nobody that can be seen.
    private void InspectForeign(BodyReport body)
    {
        foreach (var clear in body.Events(EventKind.ZeroGrad))
        {
            if (clear.Subject.Path is not { } optimizer || optimizer.HasElement || clear.Before.HasEscaped(optimizer)) continue;
            var symbol = optimizer.Symbol!;
            if (optimizer.IsField ? body.Program.FieldFact(symbol) is OptimizerFact : !optimizer.IsParameter || body.Program.Resolve(Value.At(optimizer), body.Body, body.Cancellation) is not null) continue;
            if (!optimizer.IsField && !body.Program.CallersOf(body.Body, body.Cancellation).IsEmpty) continue;
            if (optimizer.IsField && VirtuallyAssigned(body, symbol)) continue;
            var loop = body.LoopsAround(clear.Node).FirstOrDefault();
            if (loop is null && !optimizer.IsField) continue;
            var backward = body.Events(EventKind.Backward).Select(e => e.Node).LastOrDefault(n => loop is null || loop.Span.Contains(n.Span));
            if (backward is null || !Unstepped(body, body.UsesOf(symbol))) continue;
            Report(body, backward, optimizer.ToString(), optimizer.ToString(), backward);
            return;
        }
    }

    // A field that something puts an optimizer of its own making into is judged where that happens.
    private static bool VirtuallyAssigned(BodyReport body, ISymbol field) =>
        body.Program.WritesTo(field, body.Cancellation).Any(w => w.Write.Value.Fact is OptimizerFact);

    private void Report(BodyReport body, SyntaxNode at, string name, string? receiver, SyntaxNode backward)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (receiver is not null && backward.SyntaxTree == at.SyntaxTree)
            properties = properties.Add(RuleProperties.Receiver, receiver).Add(RuleProperties.Backward, backward.SpanStart.ToString(CultureInfo.InvariantCulture));
        body.Report(Descriptor, at, backward == at ? null : [backward], properties, name, GradientSteps.Text(backward));
    }

    private static bool Unstepped(BodyReport body, IReadOnlyList<Use> uses) => uses.All(u => u.Kind switch
    {
        UseKind.Call => body.Torch.OperationOf(u.Method!) != TorchOp.Step && (TorchSymbols.IsLibrary(u.Method!) || !u.Method!.Name.Equals("step", StringComparison.OrdinalIgnoreCase)),
        UseKind.Escape => false,
        UseKind.Argument => u.Method is { } method && body.Torch.Is(method.MethodKind == MethodKind.Constructor ? method.ContainingType : method.ReturnType, TorchType.Scheduler),
        _ => true,
    });

    // Somebody means to train with it: its gradients are cleared, or a backward() stands beside it.
    private static bool Cleared(BodyReport body, IReadOnlyList<Use> uses) =>
        uses.Any(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.ZeroGrad)
        || body.Events(EventKind.Backward).Any();

    // A backward() in a member that uses the optimizer, or in the one that makes it.
    private static SyntaxNode? Backward(BodyReport body, IReadOnlyList<Use> uses)
    {
        if (LastBackward(body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation)) is { } here) return here;
        foreach (var use in uses.Where(u => u.Kind == UseKind.Call))
        {
            if (body.Program.Index.Around(use.Node) is not { } member) continue;
            foreach (var inside in body.Program.BodiesOf(member, body.Cancellation))
                if (LastBackward(body.Program.FlowsIn(inside, true, body.Cancellation)) is { } backward) return backward;
        }

        return null;
    }

    private static SyntaxNode? LastBackward(IEnumerable<BodyFlow> flows) =>
        flows.SelectMany(f => f.Events).Where(e => e.Kind == EventKind.Backward).Select(e => e.Node).LastOrDefault();

    private static bool InSameMember(BodyReport body, SyntaxNode left, SyntaxNode right) =>
        body.Program.Index.Around(left) is { } member && member == body.Program.Index.Around(right);

    private static string? ReceiverText(SyntaxNode call) =>
        call is Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax { Expression: Microsoft.CodeAnalysis.CSharp.Syntax.MemberAccessExpressionSyntax access } ? access.Expression.ToString() : null;
}
