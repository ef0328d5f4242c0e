using System.Collections.Immutable;
using TrainLint.Analyzers.Rules.Batches;
using TrainLint.Analyzers.Rules.LearningRate;
using TrainLint.Analyzers.Rules.Loss;
using TrainLint.Analyzers.Rules.Model;
using TrainLint.Analyzers.Rules.Monitoring;
using TrainLint.Analyzers.Rules.Optimizer;
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
        new SubmodulesInPlainCollection(),
        new LayerCreatedInForward(),
        new TensorInsteadOfParameter(),
        new DropoutAlwaysOn(),
        new UnusedSubmodule(),
        new ForwardSkipsHooks(),
        new RegisteredTooEarly(),
        new StaticSubmodule(),
        new ParameterReplaced(),
        new ParameterProperty(),
        new SoftmaxBeforeCrossEntropy(),
        new SigmoidBeforeBCEWithLogits(),
        new NLLLossWithoutLogSoftmax(),
        new BCELossOnLogits(),
        new RegressionLossForClassification(),
        new CrossEntropyOnSingleOutput(),
        new ClassTargetType(),
        new LossArgumentsSwapped(),
        new LossDetached(),
        new LossIndependentOfModel(),
        new SummedLoss(),
        new MetricDenominator(),
        new SoftmaxDimension(),
        new KLDivArguments(),
        new UnreducedBackward(),
        new LossShapesBroadcast(),
        new LogOfSoftmax(),
        new ClippingMisplaced(),
        new LossUnderNoGrad(),
        new OptimizerMissesModel(),
        new OptimizerCreatedInLoop(),
        new StaleOptimizer(),
        new RetainGraph(),
        new RecurrentWithoutClipping(),
        new EverythingFrozen(),
        new NonLeafRequiresGrad(),
        new ParameterInTwoGroups(),
        new TrainingDataNotShuffled(),
        new MissingZeroGrad(),
        new StepBeforeBackward(),
        new GradientsClearedBeforeStep(),
        new OptimizerNeverStepped(),
        new MissingTrainMode(),
        new TrainModeNotRestored(),
        new DeviceMismatch(),
        new MoveResultDiscarded(),
        new TensorResultDiscarded(),
        new TensorOnDefaultDevice(),
        new LossNeverObserved(),
        new TensorPrintedAsMetadata(),
        new NoDisposeScope(),
        new LossTensorAccumulated(),
        new TensorEscapesScope(),
        new GradGuardNotDisposed(),
        new DisposeScopeNotDisposed(),
        new InPlaceResultDisposed(),
        new ThreadBoundScopeAcrossAwait(),
        new DisposeScopeOutsideLoop(),
        new ItemType(),
        new AffectedLibraryVersion(),
    ];
}
