using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0106: a schedule made for epochs moves on with each batch, or the reverse.</summary>
internal sealed class SchedulerPace : Rule
{
    // Schedules that run for this long are made for batches.
    private const double ManyEpochs = 200;
    private const double SlowDecay = 0.99;

    private readonly DiagnosticDescriptor slow;

    public SchedulerPace()
        : base(
            "TL0106",
            Section.LearningRate,
            Level.Suggestion,
            "The scheduler is stepped at another pace than it was made for",
            "'{0}' runs after every batch, but this {1} is made for epochs: the learning rate is gone after a few batches; call it once per epoch",
            "A scheduler counts the calls of its step(). Whether these are epochs or batches is decided by the loop that it is called in, and has to agree with the numbers that it was made with.") =>
        slow = Like("'{0}' runs once per epoch, but this {1} is made for batches: training ends at the beginning of the schedule; call it after every step of the optimizer");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, slow);

    public override IEnumerable<EventKind> Events => [EventKind.SchedulerStep];

    public override void InspectBody(BodyReport body)
    {
        foreach (var step in body.Events(EventKind.SchedulerStep))
        {
            var loops = body.LoopsAround(step.Node).ToList();
            if (loops.Count == 0 || Optimizers.IsConditional(step.Node, loops[0])) continue;
            if (Schedulers.Of(body, step) is not { } scheduler || loops.Any(l => l.Span.Contains(scheduler.Creation.Span) && l.SyntaxTree == scheduler.Creation.SyntaxTree)) continue;
            var (name, arguments) = Schedulers.Made(body, scheduler.Creation);
            var steps = GradientSteps.AllSteps(body).Where(s => loops[0].Span.Contains(s.Node.Span) && (scheduler.Optimizer is null || s.Optimizer.Equals(scheduler.Optimizer))).ToList();
            if (steps.Count == 0) continue;
            if (TorchVocabulary.PerBatchSchedulerFactories.Contains(name))
            {
                if (steps.All(s => IsInDeeperLoop(body, s, loops[0])) && IsForBatches(body, name, arguments, loops[0]) && IsOnlyStep(body, step, scheduler))
                    body.Report(slow, step.Node, [scheduler.Creation], null, GradientSteps.Text(step.Node), name);
            }
            else if (steps.Any(s => s.Direct && body.LoopsAround(s.Node).First() == loops[0]) && IsBatchLoop(body, loops) && IsForEpochs(body, name, arguments, loops))
            {
                body.Report(Descriptor, step.Node, [scheduler.Creation], null, GradientSteps.Text(step.Node), name);
            }
        }
    }

    private static bool IsOnlyStep(BodyReport body, TrainingEvent step, SchedulerFact scheduler) =>
        body.Events(EventKind.SchedulerStep).All(e => e == step || (e.Subject.Fact as SchedulerFact)?.Creation != scheduler.Creation);

    // A loop over batches: another one stands around it, or around all calls of the method.
    private static bool IsBatchLoop(BodyReport body, List<StatementSyntax> loops)
    {
        if (loops.Count > 1) return true;
        if (loops[0] is not CommonForEachStatementSyntax || body.Program.CallableFromOutside(body.Body)) return false;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        return !callers.IsEmpty && callers.All(c => body.Of(c.Caller).LoopsAround(c.Site.Node).Any());
    }

    private static bool IsInDeeperLoop(BodyReport body, GradientStep step, StatementSyntax loop) =>
        body.LoopsAround(step.Node).First() != loop || !step.Direct && StepsInLoop(body, step.Node, 0);

    private static bool StepsInLoop(BodyReport body, SyntaxNode call, int depth)
    {
        if (depth > TrainingProgram.ContextDepth) return false;
        foreach (var site in body.Flow.Calls.Where(c => c.Node == call))
        {
            var callee = body.Of(site.Callee);
            if (GradientSteps.AllSteps(callee).Any(s => callee.LoopsAround(s.Node).Any() || !s.Direct && StepsInLoop(callee, s.Node, depth + 1))) return true;
        }

        return false;
    }

    private static bool IsForEpochs(BodyReport body, string name, ImmutableArray<IArgumentOperation> arguments, List<StatementSyntax> loops)
    {
        double? Number(string parameter) => Value(arguments, parameter) is { } value ? Constants.Of(value, body.Program, body.Cancellation)?.Number : null;
        switch (name)
        {
            case TorchVocabulary.StepScheduler:
                return Number(TorchVocabulary.StepSizeParameter) <= ManyEpochs;
            case TorchVocabulary.MultiStepScheduler:
                return Milestones(Value(arguments, TorchVocabulary.MilestonesParameter)) is { Count: > 0 } milestones && milestones.All(m => Constants.Of(m, body.Program, body.Cancellation)?.Number <= ManyEpochs);
            case TorchVocabulary.ExponentialScheduler:
                return Number(TorchVocabulary.DecayParameter) < SlowDecay;
            case TorchVocabulary.CosineScheduler:
                return Value(arguments, TorchVocabulary.PeriodParameter) is { } period && loops.Skip(1).Any(l => IsBound(body, l, period));
            default:
                return false;
        }
    }

    private static bool IsForBatches(BodyReport body, string name, ImmutableArray<IArgumentOperation> arguments, StatementSyntax epochs)
    {
        if (Value(arguments, TorchVocabulary.StepsPerEpochParameter, written: true) is { } perEpoch) return Constants.Of(perEpoch, body.Program, body.Cancellation) is not { Number: <= 1 };
        if (name == TorchVocabulary.CyclicScheduler) return Constants.Of(Value(arguments, TorchVocabulary.CycleParameter), body.Program, body.Cancellation)?.Number >= ManyEpochs;

        // More steps than the loop has rounds.
        if (Value(arguments, TorchVocabulary.TotalStepsParameter, written: true) is not { } total || IsBound(body, epochs, total)) return false;
        var (steps, rounds) = (Constants.Of(total, body.Program, body.Cancellation)?.Number, Constants.Of(Bound(body, epochs), body.Program, body.Cancellation)?.Number);
        return steps > rounds || total.Unconverted() is IBinaryOperation { OperatorKind: BinaryOperatorKind.Multiply };
    }

    private static IOperation? Value(ImmutableArray<IArgumentOperation> arguments, string parameter, bool written = false) =>
        arguments.FirstOrDefault(a => a.Parameter?.Name == parameter && !(written && a.ArgumentKind == ArgumentKind.DefaultValue))?.Value;

    private static IReadOnlyList<IOperation> Milestones(IOperation? list) => list.Unconverted() switch
    {
        IArrayCreationOperation { Initializer.ElementValues: var values } => values,
        ICollectionExpressionOperation { Elements: var elements } => elements,
        IObjectCreationOperation { Initializer.Initializers: var added } => added.OfType<IInvocationOperation>().Select(a => a.Arguments.FirstOrDefault()?.Value).OfType<IOperation>().ToList(),
        _ => [],
    };

    // `for (…; epoch < epochs; …)`
    private static IOperation? Bound(BodyReport body, StatementSyntax loop) =>
        loop is ForStatementSyntax { Condition: BinaryExpressionSyntax { Right: var bound } } ? body.Program.Model(loop.SyntaxTree).GetOperation(bound, body.Cancellation) : null;

    private static bool IsBound(BodyReport body, StatementSyntax loop, IOperation value)
    {
        if (Bound(body, loop) is not { } bound) return false;
        if (Constants.Of(bound, body.Program, body.Cancellation)?.Number is { } rounds && Constants.Of(value, body.Program, body.Cancellation)?.Number is { } number) return rounds == number;
        return Named(bound) is { } symbol && SymbolEqualityComparer.Default.Equals(symbol, Named(value));
    }

    private static ISymbol? Named(IOperation operation) => operation.Unconverted() switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };
}
