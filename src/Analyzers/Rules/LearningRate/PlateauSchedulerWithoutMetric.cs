using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.LearningRate;

/// <summary>TL0105: a ReduceLROnPlateau is stepped without the number that it watches.</summary>
internal sealed class PlateauSchedulerWithoutMetric : Rule
{
    private readonly DiagnosticDescriptor whole;

    public PlateauSchedulerWithoutMetric()
        : base(
            "TL0105",
            Section.LearningRate,
            Level.Warning,
            "A plateau scheduler is stepped without its metric",
            "'{0}' steps a ReduceLROnPlateau without the number that it watches, and throws: pass the loss of the validation",
            "ReduceLROnPlateau lowers the learning rate when a number, usually the validation loss, stops getting better. Its step() wants that number as a double. step() and step(int) compile, because all schedulers have them, and throw.") =>
        whole = Like("'{0}' takes the int for the epoch, and a ReduceLROnPlateau throws: pass the number that it watches as a double");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, whole);

    public override IEnumerable<EventKind> Events => [EventKind.SchedulerStep];

    public override void InspectBody(BodyReport body)
    {
        foreach (var step in body.Events(EventKind.SchedulerStep))
        {
            if (step.Operation is not IInvocationOperation { TargetMethod.Parameters: var parameters } || parameters.FirstOrDefault() is { Type.SpecialType: SpecialType.System_Double }) continue;
            if (body.Program.Index.Mentioning(TorchVocabulary.PlateauFactory).Count == 0 || GradientSteps.IsAssertion(step.Node) || Schedulers.AsksFor(step.Node, TorchVocabulary.PlateauFactory)) continue;
            if (Schedulers.Of(body, step) is not { Creation: var creation }) continue;
            var (factory, arguments) = Schedulers.Made(body, creation);
            if (factory != TorchVocabulary.PlateauFactory) continue;
            var rises = arguments.Any(a => a.Parameter?.Name == TorchVocabulary.ModeParameter && a.Value.ConstantValue is not { HasValue: true, Value: "min" });
            var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Metric, rises ? "score" : "loss");
            body.Report(parameters.IsEmpty ? Descriptor : whole, step.Node, [creation], properties, GradientSteps.Text(step.Node));
        }
    }
}
