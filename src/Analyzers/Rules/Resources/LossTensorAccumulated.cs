using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1102: the loss tensor itself, not its number, is summed up or stored round by round.</summary>
internal sealed class LossTensorAccumulated : Rule
{
    private const string Explanation = "A loss is a tensor with the whole graph of its round behind it. A sum of tensors keeps all those graphs, where no backward() frees them, and a sum that belongs to a dispose scope is disposed with it. What is wanted is the number: loss.item<float>().";

    private readonly DiagnosticDescriptor disposed;
    private readonly DiagnosticDescriptor mild;

    public LossTensorAccumulated()
        : base(
            "TL1102",
            Section.Resources,
            Level.Warning,
            "The loss tensor is accumulated instead of its number",
            "'{0}' keeps the whole graph behind '{1}' in memory, round after round, because no backward() frees it: take its number with {1}.item<float>()",
            Explanation)
    {
        disposed = Like("'{0}' adds to a tensor that the dispose scope of the round before has disposed, so the second round throws: take the number of '{1}' with {1}.item<float>()");
        mild = Milder("The loss tensor is accumulated instead of its number", "'{0}' keeps the tensor '{1}' of every round, though only its number is wanted: take it with {1}.item<float>()", Explanation);
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, disposed, mild);

    public override IEnumerable<EventKind> Events => [EventKind.Scope, EventKind.Loss, EventKind.Backward, EventKind.Accumulate];

    public override void InspectBody(BodyReport body)
    {
        var reported = new HashSet<SyntaxNode>();
        var lost = body.Events(EventKind.LostRead).Any() || body.Flow.Exit is { Lost.IsEmpty: false };
        foreach (var escape in lost ? ScopeEscapes.Of(body) : [])
            if (LossSums.Of(body, escape.At) is { } sum && reported.Add(sum.At)) Report(body, disposed, sum, escape.Scope);
        if (!body.MentionsLoops || !body.Events(EventKind.Loss).Any() && !body.Events(EventKind.Backward).Any() && !body.Events(EventKind.Accumulate).Any()) return;

        foreach (var node in Guards.NodesIn(body.Body.Syntax, body.Body.Syntax.Span))
        {
            if (LossSums.Parse(node) is not { } sum || reported.Contains(sum.At) || body.LoopsAround(node).FirstOrDefault() is not { } loop) continue;
            if (IsEmptied(body, sum, loop) && LossSums.IsLoss(body, sum.Added))
            {
                reported.Add(sum.At);
                Report(body, disposed, sum, null);
                continue;
            }

            if (!LossSums.IsLoss(body, sum.Added) || Kept(body, sum, loop) is not { } descriptor) continue;
            reported.Add(sum.At);
            Report(body, descriptor, sum, null);
        }
    }

    // `scope.DisposeEverything()` at the end of the round takes the sum along.
    private static bool IsEmptied(BodyReport body, LossSum sum, StatementSyntax loop)
    {
        if (sum.IsList || sum.Target is not IdentifierNameSyntax || body.Program.Model(sum.At.SyntaxTree).GetSymbolInfo(sum.Target, body.Cancellation).Symbol is not ILocalSymbol target) return false;
        if (!body.Torch.Is(target.Type, TorchType.Tensor) || target.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span)) || body.Events(EventKind.Scope).Count != 1) return false;
        return body.Events(EventKind.ScopeCall).Any(e => e.Operation is IInvocationOperation { Arguments.IsEmpty: true, TargetMethod: var method } && body.Torch.OperationOf(method) == TorchOp.DisposeEverything
            && e.Node.SpanStart > sum.At.SpanStart && body.LoopsAround(e.Node).FirstOrDefault() == loop && !Optimizers.IsConditional(e.Node, loop));
    }

    // How bad it is that the sum holds tensors; null where it is none of our business.
    private DiagnosticDescriptor? Kept(BodyReport body, LossSum sum, StatementSyntax loop)
    {
        var model = body.Program.Model(sum.At.SyntaxTree);
        if (sum.Target is not IdentifierNameSyntax || model.GetSymbolInfo(sum.Target, body.Cancellation).Symbol is not ILocalSymbol target || target.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span))) return null;
        if (body.GraphOf(body.ValueOf(sum.Added)) is not { IsAttached: true } || !NumberReads.Only(body, target, sum.IsList) || IsReset(model, target, loop)) return null;
        var backward = body.Events(EventKind.Backward).Where(b => loop.Span.Contains(b.Node.Span)).ToList();
        if (backward.Any(b => LossSums.IsCalledOn(b, sum.Added))) return mild;
        if (backward.Count > 0 || body.Flow.Calls.Any(c => loop.Span.Contains(c.Node.Span) && body.Program.Flow(c.Callee, true, body.Cancellation).Exit is null or { Backward: true })) return null;
        return MayRunWithoutGradients(body) ? null : Descriptor;
    }

    // The sum begins anew in each round of the loop.
    private static bool IsReset(SemanticModel model, ILocalSymbol target, StatementSyntax loop) => loop.DescendantNodes().Any(n =>
        n is AssignmentExpressionSyntax { Left: IdentifierNameSyntax left } && left.Identifier.ValueText == target.Name && LossSums.Parse(n) is null
        || n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax list, Name.Identifier.ValueText: "Clear" } } && list.Identifier.ValueText == target.Name);

    // A caller may have switched gradients off; where no caller is to be seen, anybody may.
    private static bool MayRunWithoutGradients(BodyReport body)
    {
        if (IsEntry(body.Body)) return false;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        return callers.IsEmpty ? body.Program.CallableFromOutside(body.Body) || body.Body.Outer is not null
            : callers.Any(c => c.Site.Before.Guards.Any(g => g.Kind != TorchOp.NewScope) || !IsEntry(c.Caller) && MayRunWithoutGradients(body.Of(c.Caller), 1));
    }

    private static bool MayRunWithoutGradients(BodyReport body, int depth) =>
        depth < TrainingProgram.ContextDepth && body.Program.CallersOf(body.Body, body.Cancellation).Any(c => c.Site.Before.Guards.Any(g => g.Kind != TorchOp.NewScope) || MayRunWithoutGradients(body.Of(c.Caller), depth + 1));

    private static bool IsEntry(Body body) => body is { Outer: null, Method: { IsStatic: true, Name: WellKnownMemberNames.EntryPointMethodName or WellKnownMemberNames.TopLevelStatementsEntryPointMethodName } };

    private static void Report(BodyReport body, DiagnosticDescriptor descriptor, LossSum sum, SyntaxNode? scope) =>
        body.Report(descriptor, sum.At, scope is null ? null : [scope], null, sum.At is InvocationExpressionSyntax call ? $"{call.Expression}({GradientSteps.Text(sum.Added)})" : $"{sum.Target} += {GradientSteps.Text(sum.Added)}", GradientSteps.Text(sum.Added));
}
