using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Model;

/// <summary>TL0308: a dropout probability that leaves nothing, hardly anything, or is none.</summary>
internal sealed class DropoutProbability : Rule
{
    private readonly DiagnosticDescriptor everything;
    private readonly DiagnosticDescriptor nearlyEverything;

    public DropoutProbability()
        : base(
            "TL0308",
            Section.Model,
            Level.Warning,
            "The dropout probability is out of range",
            "{0} is no probability: '{1}' drops each value with a probability from 0 up to, but not including, 1, and throws for anything else",
            "The argument of a dropout is the share of the values that are set to zero, not the share that is kept. Outside the range from 0 to 1 the forward pass throws; at 1 nothing is left; at 0.9 nine of ten values are lost in each pass and the rest is scaled up tenfold.")
    {
        everything = Like("With a probability of {0} '{1}' drops every value: what comes after it sees nothing but zeros while training, and nothing before it learns");
        nearlyEverything = Like("With a probability of {0} '{1}' drops nearly every value while training: hardly any signal is left to learn from (the argument is the share that is dropped, not the share that is kept)");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, everything, nearlyEverything];

    public override IEnumerable<string> Calls => LayerVocabulary.DropoutNames.Concat(LayerVocabulary.DroppingNames);

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation call) return;
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind != ArgumentKind.Explicit || argument.Parameter?.Name is not (LayerVocabulary.ProbabilityParameter or LayerVocabulary.DropoutParameter)) continue;
            if (argument.Value.ConstantValue is not { HasValue: true, Value: double p }) continue;
            var said = p switch
            {
                1 => everything,
                >= 0 and < 1 => p < operation.Program.Get(Limits.DropoutHigh, call.Syntax.SyntaxTree) ? null : nearlyEverything,
                _ => Descriptor,
            };
            if (said is null) continue;

            operation.Report(said, argument.Value.Syntax, null, null, p.ToString(CultureInfo.InvariantCulture), GradientSteps.Text(call.Syntax));
        }
    }
}
