using System.Collections.Immutable;
using TrainLint.Analyzers.Rules.Batches;
using TrainLint.Analyzers.Rules.LearningRate;
using TrainLint.Analyzers.Rules.Loss;
using TrainLint.Analyzers.Rules.Model;
using TrainLint.Analyzers.Rules.Monitoring;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.Analyzers;

/// <summary>All rules, in the order of the checklist.</summary>
internal static class RuleCatalogue
{
    public static ImmutableArray<Rule> All { get; } =
    [
        new SchedulerNeverStepped(),
        new SchedulerSteppedBeforeOptimizer(),
        new ComponentsNotRegistered(),
        new SoftmaxBeforeCrossEntropy(),
        new TrainingDataNotShuffled(),
        new MissingZeroGrad(),
        new StepBeforeBackward(),
        new GradientsClearedBeforeStep(),
        new OptimizerNeverStepped(),
        new MissingTrainMode(),
        new TrainModeNotRestored(),
        new LossNeverObserved(),
        new NoDisposeScope(),
        new LossTensorAccumulated(),
        new TensorEscapesScope(),
        new GradGuardNotDisposed(),
        new DisposeScopeNotDisposed(),
        new ThreadBoundScopeAcrossAwait(),
        new DisposeScopeOutsideLoop(),
    ];
}
