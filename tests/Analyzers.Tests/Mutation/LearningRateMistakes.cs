using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class LearningRateMistakes
{
    private const string EpochSchedulers = "StepLR MultiStepLR ExponentialLR CosineAnnealingLR";

    public static IEnumerable<Mistake> All =>
    [
        new("TL0101", "a learning rate of 50", source => Rates(source, "SGD Adam AdamW NAdam RAdam Adamax Adagrad RMSProp").Select(rate => source.With(Replace(rate, Marked("50.0"))))),
        new("TL0102", "a learning rate of 0", source => Rates(source, "SGD Adam AdamW NAdam RAdam Adamax Adagrad RMSProp LBFGS").Select(rate => source.With(Replace(rate, Marked("0.0"))))),
        new("TL0103", "the scheduler's step() is missing", NeverStepped),
        new("TL0104", "the scheduler's step() comes first in its loop", SteppedFirst),
        new("TL0105", "the plateau scheduler's step() without the metric", source =>
            source.Statements("step", "LRScheduler").Select(s => (InvocationExpressionSyntax)s.Expression).Where(c => c.ArgumentList.Arguments.Count == 1)
                .Select(c => source.With([Replace(c.ArgumentList, "()"), .. Mark(c)]))),
        new("TL0106", "the epochs' scheduler is stepped per batch", SteppedPerBatch),
        new("TL0107", "LBFGS is stepped without a closure", source =>
            source.Calls("step", "Optimizer").Where(c => c.ArgumentList.Arguments.Count == 1).Select(c => source.With([Replace(c.ArgumentList, "()"), .. Mark(c)])), "TL0702"),
    ];

    private static IEnumerable<ExpressionSyntax> Rates(ProgramSource source, string factories) =>
        source.Made("OneCycleLR CyclicLR LambdaLR LinearLR").Any() ? [] // These set the rate themselves.
        : source.Made(factories).Select(c => source.Argument(c, "lr") ?? source.Argument(c, "learningRate")).OfType<ArgumentSyntax>().Select(a => a.Expression);

    private static IEnumerable<string> NeverStepped(ProgramSource source)
    {
        foreach (var steps in source.Statements("step", "LRScheduler").GroupBy(s => source.Symbol(Receiver((InvocationExpressionSyntax)s.Expression)), SymbolEqualityComparer.Default))
        {
            if (steps.Key is not (ILocalSymbol or IFieldSymbol)) continue;
            var made = source.Creations(steps.Key).ToList();
            if (made.Count > 0) yield return source.With([.. steps.Select(source.Remove), .. Mark(made)]);
        }
    }

    private static IEnumerable<string> SteppedFirst(ProgramSource source)
    {
        foreach (var step in source.Statements("step", "LRScheduler"))
        {
            if (step.Parent is not BlockSyntax { Parent: StatementSyntax loop } block || LoopBody(loop) != block || block.Statements[0] == step) continue;
            if (((InvocationExpressionSyntax)step.Expression).ArgumentList.Arguments.Count > 0) continue;
            yield return source.With(source.Remove(step), source.InsertBefore(block.Statements[0], Marked(step.Expression.ToString()) + ";"));
        }
    }

    private static IEnumerable<string> SteppedPerBatch(ProgramSource source)
    {
        foreach (var step in source.Statements("step", "LRScheduler"))
        {
            if (InnermostLoop(step) is not { } epochs || !source.Creations(source.Symbol(Receiver((InvocationExpressionSyntax)step.Expression))!).Any(c => source.IsCall(c, EpochSchedulers))) continue;
            var update = source.Statements("step", "Optimizer").FirstOrDefault(s => epochs.Span.Contains(s.Span) && InnermostLoop(s) != epochs && Body(s) == Body(step));
            if (update is not null) yield return source.With(source.Remove(step), source.InsertAfter(update, Marked(step.Expression.ToString()) + ";"));
        }
    }
}
