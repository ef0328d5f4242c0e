using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.Batches;
using TrainLint.Analyzers.Rules.Evaluation;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Evidence;

/// <summary>Reads what is certain about one training loop.</summary>
internal sealed partial class LoopEvidence
{
    private const int MaxRegions = 64;

    private readonly BodyReport body;
    private readonly SyntaxNode node;
    private readonly List<Region> inside;
    private readonly List<Region> family;
    private readonly List<(BodyReport Body, TrainingEvent Event, Path Optimizer, OptimizerFact? Fact)> steps;
    private readonly List<MadeLoader> loaders;
    private readonly List<(BodyReport Body, EvaluationPass Pass)> evaluations;

    public LoopEvidence(BodyReport body, SyntaxNode node)
    {
        (this.body, this.node) = (body, node);
        inside = [];
        Reach(body, node, null, inside, 0);
        family = [];
        foreach (var member in Relatives()) Reach(member, member.Body.Syntax, null, family, 0);
        steps = Inside(EventKind.Step).Where(s => s.Event.Subject.Path is not null).Select(s => (s.Body, s.Event, s.Event.Subject.Path!, (s.Event.Before[s.Event.Subject.Path!].Fact ?? s.Body.Resolve(s.Event.Subject)) as OptimizerFact)).ToList();
        loaders = MadeLoaders().ToList();
        evaluations = Evaluations().ToList();
    }

    private TrainingProgram Program => body.Program;

    private CancellationToken Cancellation => body.Cancellation;

    public TrainingLoop Read() => new(node, Name(), Checklist.Points.Select(Evidence).ToImmutableArray(), Scope());

    private PointEvidence Evidence(ChecklistPoint point)
    {
        var shown = point.Key switch
        {
            "rate.size" => RateSize(),
            "rate.schedule" => Schedule(),
            "data.separate" => SeparateData(),
            "model.registered" => Registered(),
            "loss.input" => LossInput(),
            "loss.graph" => LossReachesModel(),
            "optimizer.parameters" => OptimizerHoldsModel(),
            "optimizer.kept" => OptimizerKept(),
            "optimizer.clipping" => Clipping(),
            "optimizer.gradients" => GradientsRecorded(),
            "batches.order" => Shuffled(),
            "batches.size" => BatchSize(),
            "step.gradients" => Gradients(),
            "step.mode" => TrainingMode(),
            "step.placement" => Placement(),
            "step.results" => ResultsUsed(),
            "evaluation.exists" => EvaluationExists(),
            "evaluation.mode" => EvaluationMode(),
            "evaluation.gradients" => EvaluationGradients(),
            "evaluation.data" => EvaluationOnOtherData(),
            "evaluation.best" => BestState(),
            "start.seed" => Seed(),
            "start.weights" => Weights(),
            "watch.loss" => LossRead(),
            "watch.values" => ValuesPrinted(),
            "memory.scope" => DisposeScope(),
            "memory.guards" => GuardsDisposed(),
            "memory.sums" => SumsOfNumbers(),
            "library.version" => LibraryVersion(),
            _ => null,
        };
        return shown is var (standing, reason, arguments, witnesses) ? new(point, standing, reason, arguments, witnesses) : new(point, Standing.NotProven, null, ImmutableArray<string>.Empty, ImmutableArray<Witness>.Empty);
    }

    /// <summary>Code that runs in the loop: the part of a body inside a node, and the call that leads there.</summary>
    private sealed record Region(BodyReport Body, SyntaxNode Within, SyntaxNode? Call);

    private sealed record Shown(Standing Standing, string Reason, ImmutableArray<string> Arguments, ImmutableArray<Witness> Witnesses);

    private static Shown Proven(string reason, IEnumerable<SyntaxNode> witnesses, params string[] arguments) =>
        new(Standing.Proven, reason, arguments.ToImmutableArray(), witnesses.Distinct().Select(n => new Witness(n, GradientSteps.Text(n))).ToImmutableArray());

    private static Shown None(string reason) => new(Standing.NotApplicable, reason, ImmutableArray<string>.Empty, ImmutableArray<Witness>.Empty);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();

    // Where to look.

    // The code of a body inside a node, with all that is called there.
    private void Reach(BodyReport from, SyntaxNode within, SyntaxNode? via, List<Region> found, int depth)
    {
        if (depth > TrainingProgram.ContextDepth || found.Count > MaxRegions || found.Any(f => f.Body.Body == from.Body && f.Within.Span.Contains(within.Span))) return;
        foreach (var flow in Program.FlowsIn(from.Body, true, Cancellation))
        {
            if (flow.Unknown) continue;
            var report = flow == from.Flow ? from : from.Of(flow.Body);
            found.Add(new(report, within, via));
            foreach (var call in flow.Calls)
                if (within.Span.Contains(call.Node.Span) && call.Callee.Outer is null) Reach(from.Of(call.Callee), call.Callee.Syntax, call.Node, found, depth + 1);
        }
    }

    // The body itself, its callers up to the entry point, and the constructors of its type.
    private IEnumerable<BodyReport> Relatives()
    {
        var seen = new HashSet<Body>();
        var work = new Queue<(Body Body, int Depth)>();
        work.Enqueue((body.Body.Outermost, 0));
        while (work.Count > 0)
        {
            var (next, depth) = work.Dequeue();
            if (!seen.Add(next)) continue;
            yield return body.Of(next);
            if (next.Type is { } type && !IsEntryPoint(next))
                foreach (var constructor in type.InstanceConstructors)
                    if (Program.BodyOf(constructor, null, Cancellation) is { } made && seen.Add(made)) yield return body.Of(made);
            if (depth == TrainingProgram.ContextDepth) continue;
            foreach (var (caller, _) in Program.CallersOf(next, Cancellation))
                if (!IsEntryPoint(caller.Outermost)) work.Enqueue((caller.Outermost, depth + 1));
        }
    }

    private bool IsEntryPoint(Body candidate) => Program.Compilation.GetEntryPoint(Cancellation) is { } entry && SymbolEqualityComparer.Default.Equals(entry, candidate.Owner);

    private IEnumerable<(BodyReport Body, TrainingEvent Event)> Inside(EventKind kind) => EventsIn(inside, kind);

    private IEnumerable<(BodyReport Body, TrainingEvent Event)> Around(EventKind kind) => EventsIn(family, kind);

    private static IEnumerable<(BodyReport Body, TrainingEvent Event)> EventsIn(List<Region> regions, EventKind kind)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var region in regions)
            foreach (var found in region.Body.Events(kind))
                if (region.Within.Span.Contains(found.Node.Span) && seen.Add(found.Node)) yield return (region.Body, found);
    }

    // The nodes of the code that the loop runs.
    private IEnumerable<SyntaxNode> Nodes() => inside.Select(r => r.Within).Distinct().SelectMany(w => w.DescendantNodes()).Distinct();

    private bool IsTensor(SyntaxNode expression) => body.Torch.Is(Program.Model(expression.SyntaxTree).GetTypeInfo(expression, Cancellation).Type, TorchType.Tensor);

    // The loaders of the library, in all the program, that this very loop runs over.
    private IEnumerable<MadeLoader> MadeLoaders()
    {
        var loops = new HashSet<SyntaxNode> { node };
        foreach (var member in Program.Index.Mentioning(TorchVocabulary.DataLoaderName))
            foreach (var outer in Program.BodiesOf(member, Cancellation))
                foreach (var flow in Program.FlowsIn(outer, true, Cancellation))
                    foreach (var loader in Loaders.Made(body.Of(flow.Body)))
                        if (Loaders.LoopsOver(body.UsesOf(loader.Creation)).Any(loops.Contains)) yield return loader;
    }

    // Forward passes that only look at the result, of a model that this loop trains.
    private IEnumerable<(BodyReport Body, EvaluationPass Pass)> Evaluations()
    {
        foreach (var report in family.Select(f => f.Body).GroupBy(b => b.Body).Select(g => g.First()))
            foreach (var pass in EvaluationPasses.Candidates(report))
                if (!pass.AmongTraining && Program.FateOf(pass.Node, Cancellation) == Fate.Read) yield return (report, pass);
    }

    // What is named.

    private string Name()
    {
        var owner = body.Body.Outermost.Owner;
        var member = owner is IMethodSymbol { MethodKind: MethodKind.Constructor } ? owner.ContainingType.Name : owner.Name;
        return IsEntryPoint(body.Body.Outermost) ? owner.ContainingType?.Name ?? member : owner.ContainingType is { } type && member != type.Name ? type.Name + "." + member : member;
    }

    // The members of the family as a whole, the modules that are trained, and the statements that make what the loop uses.
    private ImmutableArray<SyntaxNode> Scope()
    {
        var scope = new List<SyntaxNode>();
        if (IsEntryPoint(body.Body.Outermost)) scope.Add(node);
        else scope.AddRange(family.Select(f => f.Body.Body.Outermost.Syntax));
        scope.AddRange(inside.Where(r => r.Body.Body.Outermost != body.Body.Outermost).Select(r => r.Body.Body.Outermost.Syntax));
        scope.AddRange(evaluations.Select(e => e.Body.Body.Outermost.Syntax));
        foreach (var type in ModuleTypes())
            scope.AddRange(type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(Cancellation)));
        scope.AddRange(Creations().Concat(loaders.Select(l => l.Creation)).Select(c => (SyntaxNode?)c.FirstAncestorOrSelf<StatementSyntax>() ?? c));
        return scope.Where(n => n is not CompilationUnitSyntax).Distinct().ToImmutableArray();
    }

    // The modules of the program that the loop trains, with those in them.
    private IEnumerable<INamedTypeSymbol> ModuleTypes()
    {
        var types = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var (report, step, _, fact) in steps)
            if (fact is not null)
                foreach (var module in fact.Parameters.Modules) types.UnionWith(TypesOf(report, step.Before, module));
        foreach (var (report, pass) in Inside(EventKind.Forward))
            if (pass.Subject.Path is { } module) types.UnionWith(TypesOf(report, pass.Before, module));
        foreach (var type in types.ToList())
            if (Program.SummaryOf(type, Cancellation) is { } summary) types.UnionWith(summary.Held(Cancellation));
        return types.Where(t => t.Locations.Any(l => l.IsInSource));
    }

    private IEnumerable<INamedTypeSymbol> TypesOf(BodyReport report, State before, Path module)
    {
        if (Optimizers.ModuleAt(report, before, module) is { } fact) return fact.Made.Select(m => m.Type.OriginalDefinition);
        var declared = module.Symbol switch
        {
            ILocalSymbol local => local.Type,
            IParameterSymbol parameter => parameter.Type,
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            _ => module.Equals(Path.This) ? report.Body.Type : null,
        };
        return declared is INamedTypeSymbol named && body.Torch.Is(named, TorchType.Module) ? [named.OriginalDefinition] : [];
    }

    private IEnumerable<SyntaxNode> Creations() => steps.Where(s => s.Fact is not null).SelectMany(s => s.Fact!.Creations).Distinct();
}
