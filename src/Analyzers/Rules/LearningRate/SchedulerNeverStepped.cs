using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0103: a scheduler is made and nothing steps it.</summary>
internal sealed class SchedulerNeverStepped() : Rule(
    "TL0103",
    Section.LearningRate,
    Level.Warning,
    "The scheduler is never stepped",
    "'{0}' is {2}: the learning rate stays as it is; call {0}.step() {1}",
    "A scheduler changes the learning rate only when its step() is called, usually once per epoch. One that nobody steps has no effect.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in body.Events(EventKind.Create))
        {
            if (!body.Torch.Is(creation.Operation.Type, TorchType.Scheduler)) continue;

            // The usual case costs nothing: it is stepped in a loop right here.
            if (body.Events(EventKind.SchedulerStep).Any(s => s.Subject.Fact is SchedulerFact fact && fact.Creation == creation.Node && body.LoopsAround(s.Node).Any())) continue;
            var uses = body.UsesOf(creation.Node);
            if (uses.Any(u => u.Kind is UseKind.Escape or UseKind.Argument || u.Kind == UseKind.Call && !TorchSymbols.IsLibrary(u.Method!))) continue;
            var steps = uses.Where(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.SchedulerStep).ToList();
            var inherited = uses.Any(u => u.Kind == UseKind.Store);
            if (inherited && body.Flow.Writes.Any(w => w.Target is { Root: null, Members.Length: 1 } && w.Node.Span.Contains(creation.Node.Span))) steps.RemoveAll(u => NeverRuns(body, u));
            if (steps.Count > 0 && (inherited || !AfterTraining(body, creation, steps))) continue;

            var factory = Factory(creation.Operation);
            var perBatch = TorchVocabulary.PerBatchSchedulerFactories.Contains(factory);
            var local = creation.Node.FirstAncestorOrSelf<VariableDeclaratorSyntax>();
            var name = uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member?.Name ?? local?.Identifier.ValueText;
            var properties = ImmutableDictionary<string, string?>.Empty;
            if (local is not null && factory != TorchVocabulary.PlateauFactory && TrainingLoop(body, creation.Node, perBatch) is { } loop)
                properties = properties.Add(RuleProperties.Receiver, local.Identifier.ValueText).Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(Descriptor, creation.Node, null, properties, name ?? "scheduler", perBatch ? LocalizedText.Of($"after each optimizer.step()") : LocalizedText.Of($"once per epoch"),
                steps.Count > 0 ? LocalizedText.Of($"stepped only when the training is over") : LocalizedText.Of($"made but never stepped"));
        }
    }

    // A step in a method that the class that makes the scheduler overrides, without calling it: it is not for this object.
    private static bool NeverRuns(BodyReport body, Use step)
    {
        var receiver = step.Node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } ? access.Expression : null;
        while (receiver is PostfixUnaryExpressionSyntax postfix) receiver = postfix.Operand;
        if (receiver is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax })) return false;
        if (body.Program.Index.Around(step.Node) is not { Node: MethodDeclarationSyntax syntax } || body.Program.Model(syntax.SyntaxTree).GetDeclaredSymbol(syntax, body.Cancellation) is not { } method) return false;
        for (var type = body.Body.Type; type is not null && !SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, method.ContainingType.OriginalDefinition); type = type.BaseType)
            foreach (var member in type.OriginalDefinition.GetMembers(method.Name).OfType<IMethodSymbol>())
                if (SymbolEqualityComparer.Default.Equals(member.OverriddenMethod?.OriginalDefinition, method)
                    && member.DeclaringSyntaxReferences.All(r => !r.GetSyntax(body.Cancellation).DescendantNodes().OfType<BaseExpressionSyntax>().Any())) return true;
        return false;
    }

    // Each step comes after the last step of the optimizer, and both were made here: nobody is left to be slowed down.
    private static bool AfterTraining(BodyReport body, TrainingEvent creation, IReadOnlyList<Use> steps)
    {
        if (body.Flow.Exit is not { } exit || exit.Values.Values.Select(v => v.Fact).OfType<SchedulerFact>().FirstOrDefault(f => f.Creation == creation.Node) is not { Optimizer: { IsLocal: true } optimizer }) return false;
        if (exit[optimizer].Fact is not OptimizerFact { Creations: [var made] } || exit.HasEscaped(optimizer) || body.UsesOf(made).Any(u => u.Kind is UseKind.Escape or UseKind.Store or UseKind.Handed)) return false;
        var training = GradientSteps.AllSteps(body).Where(s => s.Optimizer.Equals(optimizer)).Select(s => s.Node).Where(n => n.SpanStart > creation.Node.SpanStart).ToList();
        return training.Any(n => body.LoopsAround(n).Any(l => !l.Span.Contains(creation.Node.Span)))
            && steps.All(s => body.Body.Syntax.Span.Contains(s.Node.Span) && s.Node.SyntaxTree == body.Body.Syntax.SyntaxTree
                && !s.Node.Ancestors().TakeWhile(a => a != body.Body.Syntax).Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
                && training.All(t => t.SpanStart < s.Node.SpanStart && !body.LoopsAround(s.Node).Any(l => l.Span.Contains(t.Span) && !l.Span.Contains(creation.Node.Span))));
    }

    private static string Factory(IOperation creation) => creation switch
    {
        IInvocationOperation call => call.TargetMethod.Name,
        _ => creation.Type?.Name ?? "",
    };

    // The loop after the creation in which the optimizer steps: the outermost one for schedulers that count epochs, the innermost for those that count batches.
    private static StatementSyntax? TrainingLoop(BodyReport body, SyntaxNode creation, bool perBatch)
    {
        var step = body.Events(EventKind.Step).Select(e => e.Node)
            .Concat(body.Flow.Calls.Where(c => body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Stepped: true }).Select(c => c.Node))
            .FirstOrDefault(n => n.SpanStart > creation.SpanStart);
        if (step is null) return null;
        var loops = body.LoopsAround(step).Where(l => !l.Span.Contains(creation.Span)).ToList();
        return perBatch ? loops.FirstOrDefault() : loops.LastOrDefault();
    }
}
