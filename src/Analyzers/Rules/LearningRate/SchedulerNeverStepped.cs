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
    "'{0}' is made but never stepped: the learning rate stays as it is; call {0}.step() {1}",
    "A scheduler changes the learning rate only when its step() is called, usually once per epoch. One that nobody steps has no effect.")
{
    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in body.Events(EventKind.Create))
        {
            if (!body.Torch.Is(creation.Operation.Type, TorchType.Scheduler)) continue;
            if (body.Events(EventKind.SchedulerStep).Any(s => s.Subject.Fact is SchedulerFact fact && fact.Creation == creation.Node)) continue;
            var uses = body.UsesOf(creation.Node);
            if (uses.Any(u => u.Kind is UseKind.Escape or UseKind.Argument
                || u.Kind == UseKind.Call && (body.Torch.OperationOf(u.Method!) == TorchOp.SchedulerStep || !TorchSymbols.IsLibrary(u.Method!)))) continue;

            var factory = Factory(creation.Operation);
            var perBatch = TorchVocabulary.PerBatchSchedulerFactories.Contains(factory);
            var local = creation.Node.FirstAncestorOrSelf<VariableDeclaratorSyntax>();
            var name = uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member?.Name ?? local?.Identifier.ValueText;
            var properties = ImmutableDictionary<string, string?>.Empty;
            if (local is not null && factory != TorchVocabulary.PlateauFactory && TrainingLoop(body, creation.Node, perBatch) is { } loop)
                properties = properties.Add(RuleProperties.Receiver, local.Identifier.ValueText).Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(Descriptor, creation.Node, null, properties, name ?? "scheduler", perBatch ? "after each optimizer.step()" : "once per epoch");
        }
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
