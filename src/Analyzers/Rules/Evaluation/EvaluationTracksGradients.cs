using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>TL0802: a model is evaluated with gradients on.</summary>
internal sealed class EvaluationTracksGradients() : Rule(
    "TL0802",
    Section.Evaluation,
    Level.Suggestion,
    "The evaluation records gradients that nobody uses",
    "'{0}' records a graph for gradients that nobody asks for: evaluate '{1}' under torch.no_grad()",
    "Outside of no_grad() or inference_mode() each forward pass keeps its intermediate results for a backward() that never comes. eval() does not switch this off. The memory is native: the garbage collector does not see how much there is of it.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Forward];

    public override void InspectBody(BodyReport body)
    {
        // A test runs a model to see what it does, not how good it is.
        if (TrainingProgram.StandsAlone(body.Body.Outermost.Method)) return;
        var reported = new HashSet<SyntaxNode>();
        foreach (var pass in EvaluationPasses.Candidates(body))
        {
            SyntaxNode region = pass.Loop ?? body.Body.Syntax;
            if (pass.AmongTraining || reported.Contains(region) || pass.Before.Guards.Any(g => g.Kind != TorchOp.NewScope) || GuardsOf.MayBeOff(body, pass.Node)) continue;
            var switched = body.Events(EventKind.Eval).Any(e => e.Node.SpanStart < pass.Node.SpanStart && e.Subject.Paths.Any(p => pass.Module.StartsWith(p)));
            var mode = pass.Before.Mode(pass.Module);
            if (switched && mode.Relation.Range.Has(ModulePhase.Train) || HasPlainWeights(body, pass)) continue;
            var fate = body.Program.FateOf(pass.Node, body.Cancellation);
            if (fate == Fate.Kept || fate == Fate.HandedOut && !switched) continue;
            if (!switched && !IsEvaluation(body, pass, mode)) continue;
            if (GuardsOf.MayBeOffAtCallers(body)) continue;
            reported.Add(region);
            body.Report(Descriptor, pass.Node, null, Properties(body, pass), GradientSteps.Text(pass.Node), EvaluationPasses.Name(pass.Module));
        }
    }

    // A module in evaluation mode, or one that is trained elsewhere and run here again and again.
    private static bool IsEvaluation(BodyReport body, EvaluationPass pass, ModeState mode)
    {
        var now = body.ModeBefore(pass.Module, mode);
        if (now.Has(ModulePhase.Eval) && !now.Has(ModulePhase.Train) && !now.Has(ModulePhase.Unknown)) return true;
        return EvaluationPasses.Matters(body, pass) && EvaluationPasses.IsTrained(body, pass);
    }

    // A layer without weights records nothing.
    private static bool HasPlainWeights(BodyReport body, EvaluationPass pass) => pass.Before[pass.Module].Fact is ModuleFact { Made: var made } && made.All(m => body.Torch.Is(m.Type, TorchType.Parameterless));

    private static ImmutableDictionary<string, string?> Properties(BodyReport body, EvaluationPass pass)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        var alone = body.Flow.Exit is { Backward: false } && body.Body.Outer is null && body.Body.Syntax is not CompilationUnitSyntax;
        if (pass.Loop is { } loop && !alone) return properties.Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture));
        return EvaluationPasses.Statement(pass) is { } statement ? properties.Add(RuleProperties.Before, statement.SpanStart.ToString(CultureInfo.InvariantCulture)) : properties;
    }
}
