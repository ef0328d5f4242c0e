using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>TL0801: a model with dropout or batch normalization is evaluated in training mode.</summary>
internal sealed class MissingEvalMode() : Rule(
    "TL0801",
    Section.Evaluation,
    Level.Warning,
    "The model is evaluated in training mode",
    "'{0}' evaluates '{1}' in training mode: its dropout and batch normalization falsify the result; call {1}.eval() first",
    "In training mode dropout drops units at random and batch normalization uses, and updates, the statistics of whatever batch it is given. The result is worse than the model is, differs each time, and a single row can spoil the stored statistics for good.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Forward];

    public override void InspectBody(BodyReport body)
    {
        HashSet<Path>? reported = null;
        foreach (var pass in EvaluationPasses.Candidates(body))
        {
            if (pass.AmongTraining || reported?.Contains(pass.Module) == true || pass.Before.HasEscaped(pass.Module)) continue;
            var mode = pass.Before.Mode(pass.Module);
            if (mode.Relation.Apply(ModulePhase.Any).Has(ModulePhase.Eval)) continue;
            if (!TrainingPasses.HasModeLayers(body, pass.Module, pass.Before) || EvaluationPasses.IsSampling(body, pass) || EvaluationPasses.IsSwitchedOnPurpose(body, pass)) continue;
            if (body.Program.FateOf(pass.Node, body.Cancellation) != Fate.Read || !EvaluationPasses.Matters(body, pass)) continue;
            var now = body.ModeBefore(pass.Module, mode);
            if (now.Has(ModulePhase.Eval) || now.Has(ModulePhase.Unknown) && !EvaluationPasses.IsNeverSwitched(body, pass)) continue;
            if (!EvaluationPasses.IsTrained(body, pass)) continue;
            (reported ??= []).Add(pass.Module);
            var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, EvaluationPasses.Name(pass.Module));
            if (EvaluationPasses.Statement(pass) is { } statement) properties = properties.Add(RuleProperties.Before, statement.SpanStart.ToString(CultureInfo.InvariantCulture));
            body.Report(Descriptor, pass.Node, null, properties, GradientSteps.Text(pass.Node), EvaluationPasses.Name(pass.Module));
        }
    }
}
