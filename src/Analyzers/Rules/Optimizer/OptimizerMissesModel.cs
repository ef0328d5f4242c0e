using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0503: the loss comes from one model, the optimizer holds another.</summary>
internal sealed class OptimizerMissesModel() : Rule(
    "TL0503",
    Section.Optimizer,
    Level.Warning,
    "The optimizer holds another model's parameters",
    "'{0}' holds the parameters of {1}, but the loss comes from {2}: the model that is trained never changes",
    "An optimizer changes the parameters that it was given and no others. Where the loss comes from another model, backward() fills gradients that no step() uses: nothing is thrown and the loss stays where it is.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in Optimizers.Made(body))
            if ((Optimizers.Homes(body).Select(home => Mixed(home, creation)).FirstOrDefault(m => m is not null) ?? Unreached(body, creation)) is var (held, trained, other))
                body.Report(Descriptor, creation.Node, other is null ? null : [other], null, Optimizers.NameOf(creation.Node), held, trained);
    }

    // An optimizer in a field, over models in fields that no gradient ever reaches: they run with gradients off or not at all, as a target
    // network does, while the steps follow on losses of a model that no optimizer holds.
    private static (object Held, object Trained, SyntaxNode? Other)? Unreached(BodyReport body, TrainingEvent creation)
    {
        var uses = body.UsesOf(creation.Node);
        if (uses.FirstOrDefault(u => u.Kind == UseKind.Store)?.Member is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field || uses.Any(u => u.Kind == UseKind.Escape)) return null;
        if (body.Program.FieldFact(field) is not OptimizerFact { Creations: [var only], Parameters: { Complete: true, Modules: { IsEmpty: false } held } } || only != creation.Node || !held.All(IsPrivateField)) return null;
        var steps = uses.Where(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.Step).SelectMany(u => Optimizers.Stepping(body, u.Node)).ToList();
        if (steps.Count == 0 || TorchVocabulary.GradientNames.SelectMany(body.Program.Index.Mentioning).Any(m => m.Names.Contains(TorchVocabulary.ParametersName))) return null;
        var trained = new List<Path>();
        foreach (var step in steps)
        {
            if (Trained(step) is not { Count: > 0 } here || here.Any(t => held.Any(t.Overlaps)) || !AreOthers(step, State.Start, here, held)) return null;
            trained.AddRange(here.Where(t => !step.Program.OptimizersOver(t, step.Body).Any()));
        }

        if (trained.Count == 0 || held.Any(h => body.Program.Index.Mentioning(h.Symbol!.Name).SelectMany(m => body.Program.BodiesOf(m, body.Cancellation)).Any(b => TakesPart(body.Of(b), h)))) return null;
        return (Names(held), Names(trained.Distinct()), null);
    }

    private static bool IsPrivateField(Path path) => path is { Root: null, Members: [IFieldSymbol { DeclaredAccessibility: Accessibility.Private }] };

    // What the optimizer holds and what is trained, where these are two.
    private static (object Held, object Trained, SyntaxNode? Other)? Mixed(BodyReport body, TrainingEvent creation)
    {
        var steps = GradientSteps.AllSteps(body).ToList();
        if (steps.Count == 0 || steps.Select(s => s.Optimizer).Distinct().Count() != 1 || GradientSteps.ClearsByHand(body) || Copies(body)) return null;
        var step = steps[0];
        if (step.Before[step.Optimizer].Fact is not OptimizerFact { Creations: [var only] } fact || only != creation.Node || step.Before.HasEscaped(step.Optimizer)) return null;
        if (Trained(body) is not { Count: > 0 } trained || trained.Any(t => fact.Parameters.Modules.Any(t.Overlaps))) return null;
        if (fact.Replaced.FirstOrDefault(r => trained.All(t => t.StartsWith(r))) is { } replaced && fact.Parameters.Modules.IsEmpty)
            return (LocalizedText.Of($"the earlier '{replaced}'"), LocalizedText.Of($"the one that took its place"), Optimizers.ModuleAt(body, step.Before, replaced)?.Made[0].Creation);
        if (!fact.Parameters.Complete || fact.Parameters.Modules.IsEmpty || !AreOthers(body, step.Before, trained, fact.Parameters.Modules)) return null;
        return (Names(fact.Parameters.Modules), Names(trained), null);
    }

    private static object Names(IEnumerable<Path> modules) => modules.Select(m => (object)$"'{m}'").Aggregate((all, m) => LocalizedText.Of($"{all} and {m}"));

    // Weights are carried from one model to the other by hand.
    private static bool Copies(BodyReport body) =>
        body.Program.Index.Around(body.Body.Outermost.Syntax) is not { } text || TorchVocabulary.CopyNames.Any(text.Names.Contains);

    // The modules that every backward() here goes through; null where one of them is not certain.
    private static List<Path>? Trained(BodyReport body)
    {
        var modules = new List<Path>();
        foreach (var backward in body.Events(EventKind.Backward))
        {
            if (body.GraphOf(backward.Subject) is not { IsAttached: true, Modules: { IsEmpty: false } attached }) return null;
            modules.AddRange(attached);
        }

        return modules.Distinct().ToList();
    }

    // All made in sight, none inside another, and what the optimizer holds takes part in no loss.
    private static bool AreOthers(BodyReport body, State before, List<Path> trained, IEnumerable<Path> held)
    {
        var others = new List<MadeModule>();
        foreach (var module in held)
        {
            if (Optimizers.ModuleAt(body, before, module) is not { Made: var made } || made.Any(m => Shares(body, m)) || TakesPart(body, module)) return false;
            others.AddRange(made);
        }

        foreach (var module in trained)
        {
            var root = module.Members.IsEmpty || module.Parent is not { IsLocal: true } ? module : module.RootPath;
            if (Optimizers.ModuleAt(body, before, root) is not { Made: var made } || made.Any(m => others.Any(o => o.Creation == m.Creation))) return false;
            if (made.Any(m => m.Creation.DescendantTokens().Any(t => held.Any(h => t.ValueText == h.Symbol?.Name)))) return false;
        }

        return true;
    }

    // Whether the module may be part of something else: handed to a container, kept by another module, given away.
    private static bool Shares(BodyReport body, MadeModule module) => body.UsesOf(module.Creation).Any(u => u.Kind switch
    {
        UseKind.Escape => true,
        UseKind.Argument => !body.Torch.Is(u.Makes, TorchType.Optimizer),
        UseKind.Store => body.Torch.Is(u.Member?.ContainingType, TorchType.Module),
        UseKind.Call => !TorchSymbols.IsLibrary(u.Method!) && body.Torch.OperationOf(u.Method!) != TorchOp.Forward,
        _ => false,
    });

    // A pass whose result can carry gradients back.
    private static bool TakesPart(BodyReport body, Path module)
    {
        foreach (var flow in body.Program.FlowsIn(body.Body.Outermost, true, body.Cancellation))
        {
            foreach (var pass in flow.Events)
                if (pass.Kind == EventKind.Forward && pass.Subject.Paths.Any(p => p.Overlaps(module)) && pass.Before.GradientsOff is null && !IsDetached(body, pass.Node)) return true;
            foreach (var call in flow.Calls)
                if ((call.Arguments.Any(a => a is not null && a.Paths.Any(p => p.Overlaps(module))) || call.Receiver.Paths.Any(p => p.Overlaps(module) && !p.Equals(Path.This))) && Runs(body, call.Callee, 0)) return true;
            if (flow.Calls.Any(c => module.Root is null && body.Program.Flow(c.Callee, true, body.Cancellation).Events.Any(e => e.Kind == EventKind.Forward && e.Subject.Path is { } inner && c.Map(inner) is { } seen && seen.Overlaps(module) && e.Before.GradientsOff is null))) return true;
        }

        return false;
    }

    // Whether a callee runs any module.
    private static bool Runs(BodyReport body, Body callee, int depth)
    {
        var flow = body.Program.Flow(callee, true, body.Cancellation);
        return flow.Unknown || depth > TrainingProgram.ContextDepth || flow.Events.Any(e => e.Kind == EventKind.Forward) || flow.Calls.Any(c => Runs(body, c.Callee, depth + 1));
    }

    // `teacher.forward(x).detach()`
    private static bool IsDetached(BodyReport body, SyntaxNode pass) =>
        pass.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access && access.Expression == pass
        && body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation).Symbol is IMethodSymbol method && body.Torch.OperationOf(method) == TorchOp.Detach;
}
