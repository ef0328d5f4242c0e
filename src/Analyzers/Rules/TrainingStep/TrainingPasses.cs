using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.TrainingStep;

/// <summary>A forward pass that is trained on although the module may be in evaluation mode.</summary>
/// <param name="Module">The module.</param>
/// <param name="Forward">The pass, in this member.</param>
/// <param name="Evals">The eval() calls that may still hold.</param>
/// <param name="LoopsBack">Whether these stand after the pass in a loop around both, so that only the first round is right.</param>
internal sealed record EvaluatingPass(Path Module, SyntaxNode Forward, ImmutableArray<SyntaxNode> Evals, bool LoopsBack);

/// <summary>What the two rules about a forgotten train() share.</summary>
internal static class TrainingPasses
{
    public static IEnumerable<EvaluatingPass> InEvaluationMode(BodyReport body)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var (before, backward) in Backwards(body))
        {
            // One place may have been passed in several modes, in the first round and in later ones.
            foreach (var passes in before.Forwards.GroupBy(f => (f.Site.Node, f.Module)))
            {
                var pass = passes.First();
                if (!seen.Add(pass.Site.Node) || before.HasEscaped(pass.Module)) continue;
                var evaluating = passes.Where(p => p.Mode.Relation.Range.Has(ModulePhase.Eval) && body.ModeBefore(p.Module, p.Mode).Has(ModulePhase.Eval)).ToList();
                if (evaluating.Count == 0 || !HasModeLayers(body, pass.Module, before) || !IsTrained(body, pass.Module, before)) continue;
                var forward = GradientSteps.Local(body, pass.Site);
                var evals = evaluating.SelectMany(p => p.Mode.Evals).Select(s => GradientSteps.Local(body, s)).Distinct().OrderBy(e => e.SpanStart).ToImmutableArray();
                if (evals.Any(e => IsOneSideOfAChoice(e, forward, backward))) continue;
                var loopsBack = !evals.IsEmpty && evals.All(e => e.SpanStart > forward.SpanStart && body.Body.Syntax.Span.Contains(e.Span) && body.LoopsAround(forward).Any(l => l.Span.Contains(e.Span)))
                    && !body.Program.EntryMode(body.Body, pass.Module, body.Cancellation).Has(ModulePhase.Eval);
                yield return new(pass.Module, forward, evals, loopsBack);
            }
        }
    }

    // Each point where gradients are computed: backward() itself, or a call that leads to it.
    private static IEnumerable<(State Before, SyntaxNode Node)> Backwards(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward)) yield return (backward.Before, backward.Node);
        foreach (var call in body.Flow.Calls)
            if (UsesEarlierPass(body, call.Callee, 0)) yield return (call.Before, call.Node);
    }

    // Whether a callee calls backward() on what was computed before it began.
    private static bool UsesEarlierPass(BodyReport body, Body callee, int depth)
    {
        if (depth > TrainingProgram.ContextDepth || body.Program.Flow(callee, true, body.Cancellation) is not { Exit.Backward: true } flow) return false;
        return flow.Events.Any(e => e.Kind == EventKind.Backward && e.Before.Forwards.IsEmpty)
            || flow.Calls.Any(c => c.Before.Forwards.IsEmpty && UsesEarlierPass(body, c.Callee, depth + 1));
    }

    public static bool HasModeLayers(BodyReport body, Path module, State before)
    {
        if ((before[module].Fact ?? body.Resolve(Value.At(module))) is { } fact) return body.Program.HasModeLayers(fact, body.Cancellation);
        var type = module.Symbol switch
        {
            ILocalSymbol local => local.Type,
            IParameterSymbol parameter => parameter.Type,
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            _ => module.Equals(Path.This) ? body.Body.Type : null,
        };
        return type is INamedTypeSymbol named && body.Program.HasModeLayers(named, body.Cancellation);
    }

    // Whether an optimizer that is stepped certainly holds the module: a frozen teacher or target network is in evaluation mode on purpose.
    private static bool IsTrained(BodyReport body, Path module, State before)
    {
        var optimizers = body.Events(EventKind.Step).SelectMany(e => e.Subject.Paths).Concat(before.Gradients.Keys).ToImmutableHashSet();
        var known = optimizers.Select(o => before[o].Fact as OptimizerFact ?? body.Resolve(Value.At(o)) as OptimizerFact).ToList();
        if (known.Any(o => o is not null && o.Parameters.Modules.Any(m => module.StartsWith(m) || m.StartsWith(module)))) return true;
        if (known.Any(o => o is { Parameters.Complete: true })) return false;
        var trains = body.Events(EventKind.Step).Any() || body.Flow.Calls.Any(c => body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Stepped: true });
        return trains && before.Forwards.Select(f => f.Module).Distinct().Count(m => !IsLoss(body, m)) == 1;
    }

    private static bool IsLoss(BodyReport body, Path path) => path.Symbol switch
    {
        ILocalSymbol local => body.Torch.Is(local.Type, TorchType.Loss),
        IParameterSymbol parameter => body.Torch.Is(parameter.Type, TorchType.Loss),
        IFieldSymbol field => body.Torch.Is(field.Type, TorchType.Loss),
        IPropertySymbol property => body.Torch.Is(property.Type, TorchType.Loss),
        _ => false,
    };

    // `if (training) model.train(); else model.eval();` ... `if (training) loss.backward();`: the two never meet.
    private static bool IsOneSideOfAChoice(SyntaxNode eval, SyntaxNode forward, SyntaxNode backward)
    {
        for (var n = eval.Parent; n is not null and not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax); n = n.Parent)
        {
            if (n is not (IfStatementSyntax or SwitchStatementSyntax or ConditionalExpressionSyntax) || n.Span.Contains(forward.Span)) continue;
            if (n is IfStatementSyntax { Else: not null } or SwitchStatementSyntax && n.DescendantTokens().Any(t => t.ValueText == "train")) return true;
            if (eval.SpanStart < forward.SpanStart && backward.Ancestors().Any(a => a is IfStatementSyntax && !a.Span.Contains(forward.Span))) return true;
        }

        return false;
    }

    /// <summary>What the fix needs: which module, and before which statement train() belongs.</summary>
    public static ImmutableDictionary<string, string?> Properties(BodyReport body, EvaluatingPass pass)
    {
        var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Receiver, pass.Module.ToString());
        StatementSyntax? before = Loops.StatementOf(pass.Forward);
        if (body.LoopsAround(pass.Forward).FirstOrDefault() is { } batches && !pass.Evals.Any(e => batches.Span.Contains(e.Span))) before = batches;
        return before is null ? properties : properties.Add(RuleProperties.Before, before.SpanStart.ToString(CultureInfo.InvariantCulture));
    }
}
