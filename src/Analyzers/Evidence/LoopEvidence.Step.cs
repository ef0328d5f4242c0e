using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Evaluation;
using TrainLint.Analyzers.Rules.LearningRate;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Evidence;

internal sealed partial class LoopEvidence
{
    // Every step finds gradients that were computed since the last clearing, on every way that leads to it, and the clearing is not left
    // to a choice: the rules believe one that may be skipped, a proof does not.
    private Shown? Gradients()
    {
        var all = inside.SelectMany(r => GradientSteps.AllSteps(r.Body).Where(s => s.Direct && r.Within.Span.Contains(s.Node.Span)).Select(s => (r.Body, Step: s))).ToList();
        if (all.Count == 0 || all.Any(s => GradientSteps.ClearsByHand(s.Body) || s.Step.Before.HasEscaped(s.Step.Optimizer))) return null;
        if (!all.All(s => GradientSteps.Certain(s.Body, s.Step).Equals(PhaseSet.Of(GradientPhase.Computed)) && !s.Step.Before.Gradient(s.Step.Optimizer).Relation.Range.Has(GradientPhase.Mixed))) return null;
        var clears = Inside(EventKind.ZeroGrad).Concat(Inside(EventKind.ModuleZeroGrad)).Where(c => IsAlways(c.Event.Node, all.Select(s => s.Step.Node))).ToList();
        if (!all.All(s => clears.Any(c => Clears(c, s.Body, s.Step)))) return null;
        return Proven("gradients", [.. clears.Select(c => c.Event.Node), .. Inside(EventKind.Backward).Select(e => e.Event.Node), .. all.Select(s => s.Step.Node)]);
    }

    // Whether a clearing is one of that very optimizer, or of a module that it holds.
    private static bool Clears((BodyReport Body, TrainingEvent Event) clear, BodyReport stepping, GradientStep step)
    {
        if (clear.Event.Subject.Path is not { } cleared) return false;
        var held = (step.Before[step.Optimizer].Fact ?? stepping.Resolve(Value.At(step.Optimizer))) as OptimizerFact;
        if (clear.Event.Kind == EventKind.ModuleZeroGrad) return held is not null && held.Parameters.Modules.All(m => m.StartsWith(cleared));
        return clear.Body.Body == stepping.Body ? cleared.Equals(step.Optimizer)
            : held is not null && (clear.Event.Before[cleared].Fact ?? clear.Body.Resolve(clear.Event.Subject)) is OptimizerFact other && other.Creations.Intersect(held.Creations).Any();
    }

    // Whether nothing decides if a node runs that does not decide the same of a step.
    private bool IsAlways(SyntaxNode node, IEnumerable<SyntaxNode> steps)
    {
        for (var (at, depth) = (node, 0); depth <= TrainingProgram.ContextDepth; depth++)
        {
            var region = inside.FirstOrDefault(r => r.Within.SyntaxTree == at.SyntaxTree && r.Within.Span.Contains(at.Span));
            if (region is null) return false;
            var choices = at.Ancestors().TakeWhile(n => n != region.Within).Where(n => n is IfStatementSyntax or SwitchStatementSyntax or SwitchExpressionSyntax or ConditionalExpressionSyntax or CatchClauseSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax);
            if (choices.Any(c => !steps.Any(s => s.SyntaxTree == c.SyntaxTree && c.Span.Contains(s.Span)))) return false;
            if (region.Call is null) return true;
            at = region.Call;
        }

        return false;
    }

    private Shown? TrainingMode()
    {
        var passes = Inside(EventKind.Backward).SelectMany(b => b.Event.Before.Forwards.Select(f => (b.Body, Pass: f, b.Event.Before))).Where(p => !IsLoss(p.Pass.Module)).ToList();
        if (passes.Count == 0) return null;
        if (passes.All(p => TypesOf(p.Body, p.Before, p.Pass.Module).ToList() is { Count: > 0 } types && !types.Any(t => Program.HasModeLayers(t, Cancellation)) && !TrainingPasses.HasModeLayers(p.Body, p.Pass.Module, p.Before) && types.All(t => t.Locations.Any(l => l.IsInSource)))) return None("no.mode");
        if (passes.Any(p => p.Before.HasEscaped(p.Pass.Module))) return null;
        var modes = passes.Select(p => p.Body.ModeBefore(p.Pass.Module, p.Pass.Mode)).ToList();
        if (modes.All(m => m.Equals(PhaseSet.Of(ModulePhase.Train))))
        {
            var calls = Inside(EventKind.Train).Concat(Around(EventKind.Train)).Select(e => e.Event.Node).Distinct().ToList();
            return calls.Count > 0 ? Proven("train", calls) : null;
        }

        return Program.Index.Mentioning(TorchVocabulary.EvalName).Count == 0 && !Program.Index.Mentioning(TorchVocabulary.TrainName).Any(m => m.Node.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.ArgumentList.Arguments.Count > 0 && c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: TorchVocabulary.TrainName }))
            ? Proven("train.always", []) : null;
    }

    private bool IsLoss(Path module) => module.Symbol switch
    {
        ILocalSymbol local => body.Torch.Is(local.Type, TorchType.Loss),
        IFieldSymbol field => body.Torch.Is(field.Type, TorchType.Loss),
        IPropertySymbol property => body.Torch.Is(property.Type, TorchType.Loss),
        IParameterSymbol parameter => body.Torch.Is(parameter.Type, TorchType.Loss),
        _ => false,
    };

    // Nothing in the program names another device than the one that everything is made on.
    private Shown? Placement()
    {
        if (Program.DefaultDevice is not { } device || TensorVocabulary.MovingNames.Any(n => Program.Index.Mentioning(n).Count > 0)) return null;
        return Proven("placement.one", [], device);
    }

    private Shown? OptimizerHoldsModel()
    {
        if (steps.Count == 0 || steps.Any(s => s.Fact is null)) return null;
        var trained = Inside(EventKind.Backward).Select(b => b.Body.GraphOf(b.Event.Subject)).ToList();
        if (trained.Count == 0 || trained.Any(g => g is not { IsAttached: true, Modules.IsEmpty: false })) return null;
        foreach (var (_, _, _, fact) in steps)
            if (!fact!.Outdated.IsEmpty || !fact.Replaced.IsEmpty || fact.Parameters.Modules.IsEmpty) return null;
        // In the loop and in a helper the same module can have two names: then the classes must be the same.
        var held = new HashSet<INamedTypeSymbol>(steps.SelectMany(s => s.Fact!.Parameters.Modules.SelectMany(m => TypesOf(s.Body, s.Event.Before, m))), SymbolEqualityComparer.Default);
        var used = Inside(EventKind.Backward).SelectMany(b => b.Body.GraphOf(b.Event.Subject)!.Modules.Select(m => (b.Body, b.Event.Before, Module: m))).Where(m => !IsLoss(m.Module)).ToList();
        var same = used.Count > 0 && used.All(u => steps.Any(s => s.Body.Body == u.Body.Body && s.Fact!.Parameters.Modules.Any(m => m.Overlaps(u.Module))) || TypesOf(u.Body, u.Before, u.Module).ToList() is { Count: > 0 } types && types.All(held.Contains));
        return same ? Proven("optimizer.holds", Creations(), string.Join(", ", used.Select(u => u.Module.ToString()).Distinct())) : null;
    }

    private Shown? OptimizerKept()
    {
        var made = Creations().ToList();
        if (made.Count == 0 || steps.Any(s => s.Fact is null)) return null;
        return made.Any(c => c.SyntaxTree == node.SyntaxTree && node.Span.Contains(c.Span) || inside.Any(r => r.Body.Body != body.Body && r.Body.Body.Syntax.SyntaxTree == c.SyntaxTree && r.Body.Body.Syntax.Span.Contains(c.Span))) ? null : Proven("optimizer.before", made);
    }

    private Shown? Clipping()
    {
        var clips = Inside(EventKind.Clip).ToList();
        if (clips.Count == 0) return None("no.clipping");
        var fresh = clips.All(c => c.Event.Before.Gradients.Values.Append(c.Event.Before.OtherGradients).Any(g => g.Relation.Apply(GradientPhase.Any).Equals(PhaseSet.Of(GradientPhase.Computed))));
        var next = Inside(EventKind.Step).Select(s => s.Event.Node).ToList();
        return fresh && clips.All(c => next.Any(s => s.SyntaxTree == c.Event.Node.SyntaxTree && s.SpanStart > c.Event.Node.SpanStart)) ? Proven("clipping", [.. Inside(EventKind.Backward).Select(e => e.Event.Node), .. clips.Select(c => c.Event.Node), .. next]) : null;
    }

    private Shown? GradientsRecorded()
    {
        var backwards = Inside(EventKind.Backward).ToList();
        if (backwards.Count == 0 || backwards.Any(b => b.Body.GraphOf(b.Event.Subject) is not { IsAttached: true } || b.Event.Before.GradientsOff is not null || GuardsOf.MayBeOff(b.Body, b.Event.Node) || GuardsOf.MayBeOffAtCallers(b.Body))) return null;
        return Proven("gradients.on", backwards.Select(b => b.Event.Node));
    }

    // A rate that is certain, within the limits for its optimizer, and that nothing sets later.
    private Shown? RateSize()
    {
        var made = Creations().ToList();
        if (made.Count == 0 || steps.Any(s => s.Fact is null)) return null;
        var rates = new List<(string Rate, string Optimizer)>();
        foreach (var creation in made)
        {
            if (Program.Model(creation.SyntaxTree).GetOperation(creation, Cancellation) is not { } operation) return null;
#pragma warning disable CS0618 // Made by hand: no rule is run here, only what rules share is asked.
            var report = new OperationReport(Program, new(operation, body.Body.Owner, Program.Compilation, new(ImmutableArray<AdditionalText>.Empty), _ => { }, _ => true, Cancellation));
#pragma warning restore CS0618
            if (Rates.IsSetLater(report)) return null;
            if (Rates.Of(report).ToList() is { Count: > 0 } given)
            {
                // Of the callers that choose the rate, one may not be seen.
                if (given.Any(r => r.Caller is not null || LearningRateTooHigh.LimitOf(r.Optimizer) is not { } most || r.Value.Number > Program.Get(most, creation.SyntaxTree) || r.Value.Number < Program.Get(Limits.RateMin, creation.SyntaxTree))) return null;
                rates.AddRange(given.Select(r => (Text(r.Value.Number), r.Optimizer)));
            }
            else if (Preset(operation) is { } preset)
            {
                rates.Add(preset);
            }
            else
            {
                return null;
            }
        }

        return Proven("rate", made, string.Join(", ", rates.Distinct().Select(r => r.Rate)), string.Join(", ", rates.Select(r => r.Optimizer).Distinct()));
    }

    // The rate of the library's own, where none is given.
    private static (string Rate, string Optimizer)? Preset(IOperation creation) =>
        creation is IInvocationOperation { Type: { } type, Arguments: var arguments } && arguments.FirstOrDefault(a => TorchVocabulary.RateParameters.Contains(a.Parameter?.Name)) is { ArgumentKind: ArgumentKind.DefaultValue, Value.ConstantValue: { HasValue: true, Value: double rate } }
            ? (Text(rate), type.Name) : null;

    private Shown? Schedule()
    {
        var made = Around(EventKind.Create).Concat(Inside(EventKind.Create)).Where(e => body.Torch.Is(e.Event.Operation.Type, TorchType.Scheduler)).Select(e => e.Event.Node).ToList();
        var stepped = Around(EventKind.SchedulerStep).Concat(Inside(EventKind.SchedulerStep)).GroupBy(e => e.Event.Node).Select(g => g.First()).ToList();
        if (made.Count == 0 && stepped.Count == 0) return None("no.schedule");
        var known = stepped.Select(s => Schedulers.Of(s.Body, s.Event)).ToList();
        if (made.Count == 0 || known.Any(k => k is null) || !made.All(m => known.Any(k => k!.Creation == m)) || stepped.Any(s => !s.Event.Before.Stepped)) return null;
        return Proven("schedule", [.. made, .. stepped.Select(s => s.Event.Node), .. Inside(EventKind.Step).Select(s => s.Event.Node)]);
    }

    private Shown? DisposeScope()
    {
        var backwards = Inside(EventKind.Backward).ToList();
        var scopes = backwards.Select(b => b.Event.Before.Guards.LastOrDefault(g => g.Kind == TorchOp.NewScope)?.Node
            ?? inside.SelectMany(r => r.Body.Flow.Calls.Where(c => c.Callee == b.Body.Body && r.Within.Span.Contains(c.Node.Span))).Select(c => c.Before.Guards.LastOrDefault(g => g.Kind == TorchOp.NewScope)?.Node).FirstOrDefault()).ToList();
        if (scopes.Count == 0 || scopes.Any(s => s is null || !inside.Any(r => r.Within.SyntaxTree == s.SyntaxTree && r.Within.Span.Contains(s.Span)) || Guards.Region(s) is null)) return null;
        return Proven("scope", scopes!);
    }

    // Each guard that begins around here is ended by its using.
    private Shown? GuardsDisposed()
    {
        var guards = Around(EventKind.Guard).Concat(Inside(EventKind.Guard)).Concat(evaluations.SelectMany(e => e.Body.Events(EventKind.Guard).Select(g => (e.Body, g)))).Select(e => e.Item2.Node).Distinct().ToList();
        if (guards.Count == 0) return null;
        return guards.All(g => Guards.Region(g) is not null) ? Proven("guards", guards) : null;
    }

    // What is added up in the loop are numbers, and no tensor is put into a collection.
    private Shown? SumsOfNumbers()
    {
        var sums = new List<SyntaxNode>();
        foreach (var part in Nodes())
        {
            if (part is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } sum)
            {
                if (IsTensor(sum.Left) || IsTensor(sum.Right)) return null;
                sums.Add(sum);
            }
            else if (part is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: var left, Right: BinaryExpressionSyntax added } && added.Left.ToString() == left.ToString() && IsTensor(left)
                || part is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "Append" or "Enqueue" or "Push" }, ArgumentList.Arguments: var arguments } && arguments.Any(a => IsTensor(a.Expression)))
            {
                return null;
            }
        }

        return sums.Count > 0 ? Proven("sums", sums) : null;
    }

    // No statement of the loop consists of a call that computes a tensor and leaves its operand as it is.
    private Shown? ResultsUsed()
    {
        var statements = Nodes().OfType<ExpressionStatementSyntax>().ToList();
        foreach (var statement in statements)
            if (statement.Expression is InvocationExpressionSyntax call && IsTensor(call)
                && (Program.Model(call.SyntaxTree).GetSymbolInfo(call, Cancellation).Symbol is not IMethodSymbol method || !body.Torch.IsInPlace(method))) return null;
        return statements.Count > 0 ? Proven("results", []) : null;
    }

    private Shown? LibraryVersion() =>
        body.Torch.Version == TorchVocabulary.NewestVersion || body.Torch.Version < LibraryDefects.AllFixedIn ? null : Proven("library", [], body.Torch.Version.ToString(3));
}
