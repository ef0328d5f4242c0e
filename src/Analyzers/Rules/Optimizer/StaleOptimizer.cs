using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0505: the optimizer is made before its module is moved or registered, and keeps parameters that are gone.</summary>
internal sealed class StaleOptimizer() : Rule(
    "TL0505",
    Section.Optimizer,
    Level.Warning,
    "The optimizer is made before the parameters that it is to train",
    "'{0}' is made before '{1}', which {2}: step() then throws or trains nothing, so make the optimizer after it",
    "Moving a module to another device or type replaces its parameters and disposes the old ones, and RegisterComponents() is what makes the layers known. An optimizer made before holds parameters that nobody trains: depending on the version of TorchSharp, step() throws a KeyNotFoundException or changes nothing.")
{
    private sealed record MovedStep(Path Optimizer, State Before, ImmutableArray<ModuleMove> Moves);

    public override IEnumerable<EventKind> Events => [EventKind.Create];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in Optimizers.Made(body))
            if (Register(body, creation) is { } registration) Report(body, creation.Node, registration, LocalizedText.Of($"makes the layers known"));
            else if (Mentions(body) && Move(body, creation) is { } move) Report(body, creation.Node, move, LocalizedText.Of($"replaces the parameters"));
    }

    private void Report(BodyReport body, SyntaxNode creation, SyntaxNode cause, LocalizedText what)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (cause.SyntaxTree == creation.SyntaxTree) properties = properties.Add(RuleProperties.Before, cause.SpanStart.ToString(CultureInfo.InvariantCulture));
        body.Report(Descriptor, creation, [cause], properties, Optimizers.NameOf(creation), GradientSteps.Text(cause), what);
    }

    // The cheap question first: does any text move something?
    private static bool Mentions(BodyReport body) => TorchVocabulary.MoveNames.Concat(TorchVocabulary.TypeMoveNames).Any(n => body.Program.Index.Mentioning(n).Count > 0);

    // The optimizer of a module's own parameters, made in its constructor before RegisterComponents().
    private static SyntaxNode? Register(BodyReport body, TrainingEvent creation)
    {
        if (body.Body.Method is not { MethodKind: MethodKind.Constructor } || body.Body.Type?.BaseType is not { } parent || !TorchSymbols.IsLibrary(parent)) return null;
        var registrations = body.Events(EventKind.Register).Where(e => Path.This.Equals(e.Subject.Path)).ToList();
        if (registrations.Count == 0 || registrations.Any(r => r.Node.SpanStart < creation.Node.SpanStart)) return null;
        return registrations.FirstOrDefault(r => Held(r.Before, creation.Node).Any(f => f.Parameters.Modules.Contains(Path.This)))?.Node;
    }

    private static IEnumerable<OptimizerFact> Held(State state, SyntaxNode creation) =>
        state.Values.Values.Select(v => v.Fact).OfType<OptimizerFact>().Where(f => f.Creations.Contains(creation));

    private static SyntaxNode? Move(BodyReport body, TrainingEvent creation)
    {
        foreach (var home in Optimizers.Homes(body))
        {
            foreach (var step in Steps(home, home.Body, 0))
            {
                if (step.Before[step.Optimizer].Fact is not OptimizerFact fact || !fact.Creations.Contains(creation.Node)) continue;
                foreach (var move in fact.Outdated.Concat(Replacing(home, step, fact)).OrderBy(r => r.Node.SpanStart))
                    if (fact.Parameters.Modules.All(m => StartsAtHome(home, step.Before, m, body, move.ByType, 0))) return move.Node;
            }
        }

        return InFields(body, creation);
    }

    // What a callee moves before it steps.
    private static IEnumerable<Replacement> Replacing(BodyReport home, MovedStep step, OptimizerFact fact) =>
        Replacing(home, step.Moves, fact.Parameters, step.Before.Moves);

    private static IEnumerable<Replacement> Replacing(BodyReport home, IEnumerable<ModuleMove> moves, ParametersFact held, IEnumerable<ModuleMove> before)
    {
        var all = moves.Where(m => held.Modules.Any(m.Module.Overlaps)).ToList();
        foreach (var move in all)
        {
            var earlier = before.Concat(all).Where(m => m.Node != move.Node).ToList();
            if (move.Replaces(earlier, home.Program)) yield return new(move.Node, move.ChangesType(earlier));
        }
    }

    // The steps in a body and in what it calls, with what was moved inside the callee before.
    private static IEnumerable<MovedStep> Steps(BodyReport home, Body body, int depth)
    {
        var flow = home.Program.Flow(body, true, home.Cancellation);
        foreach (var step in flow.Events)
            if (step.Kind == EventKind.Step && step.Subject.Path is { } optimizer) yield return new(optimizer, step.Before, depth == 0 ? ImmutableArray<ModuleMove>.Empty : step.Before.Moves.ToImmutableArray());
        if (depth > TrainingProgram.ContextDepth) yield break;
        foreach (var call in flow.Calls)
            foreach (var inner in Steps(home, call.Callee, depth + 1))
            {
                // Where the callee makes one of its own, ours is not the one that steps.
                if (inner.Before[inner.Optimizer].Fact is not null || call.Map(inner.Optimizer) is not { } optimizer) continue;
                var moves = inner.Moves.Select(m => call.Map(m.Module) is { } module ? m with { Module = module } : null).OfType<ModuleMove>();
                yield return new(call.Before[optimizer].Path ?? optimizer, call.Before, (depth == 0 ? moves : moves.Concat(call.Before.Moves)).ToImmutableArray());
            }
    }

    // An optimizer that only constructors put into its field, where one of them moves the module later, or a method does just before it steps.
    private static SyntaxNode? InFields(BodyReport body, TrainingEvent creation)
    {
        if (body.Body.Outer is not null || !IsConstruction(body.Body)) return null;
        foreach (var write in body.Flow.Writes)
        {
            if (write.Value.Fact is not OptimizerFact made || !made.Creations.Contains(creation.Node)) continue;

            // What a sibling class puts into the field that it has inherited is another object's.
            if (!body.Program.WritesTo(write.Member, body.Cancellation).All(w => IsConstruction(w.Flow.Body) || IsStranger(w.Flow.Body.Type, body.Body.Type))) continue;

            // Stale already when the constructor ends.
            if (body.Flow.Exit is { } exit && write.Target is { } target && exit.Values.TryGetValue(target, out var left) && left.Fact is OptimizerFact { Outdated: { IsEmpty: false } outdated, Parameters.Modules: var modules }
                && outdated.OrderBy(r => r.Node.SpanStart).FirstOrDefault(r => modules.All(m => StartsAtHome(body, exit, m, body, r.ByType, 0))) is { } first) return first.Node;
            if (body.Program.FieldFact(write.Member) is not OptimizerFact { Parameters: { } held }) continue;
            foreach (var member in body.Program.Mentioning(write.Member))
            {
                if (!TorchVocabulary.MoveNames.Concat(TorchVocabulary.TypeMoveNames).Any(member.Names.Contains)) continue;
                foreach (var user in body.Program.BodiesOf(member, body.Cancellation))
                {
                    if (IsConstruction(user) || user.Type is null || !TrainingProgram.DerivesFrom(user.Type, body.Body.Type)) continue;
                    var report = body.Of(user);
                    foreach (var step in Steps(report, user, 0))
                    {
                        if (step.Optimizer.Root is not null || !SymbolEqualityComparer.Default.Equals(step.Optimizer.Symbol, write.Member) || step.Before[step.Optimizer].Fact is not null) continue;
                        foreach (var move in Replacing(report, step.Before.Moves.Concat(step.Moves), held, body.Flow.Exit?.Moves ?? []).OrderBy(r => r.Node.SpanStart))
                            if (held.Modules.All(m => StartsAtHome(report, step.Before, m, body, move.ByType, 0))) return move.Node;
                    }
                }
            }
        }

        return null;
    }

    private static bool IsStranger(INamedTypeSymbol? other, INamedTypeSymbol? type) =>
        other is not null && type is not null && !TrainingProgram.DerivesFrom(other, type) && !TrainingProgram.DerivesFrom(type, other);

    private static bool IsConstruction(Body body) => body.Owner is IFieldSymbol or IPropertySymbol || body.Method is { MethodKind: MethodKind.Constructor };

    // Whether the module was certainly made here, on the default device (or with the default type), and nothing that we cannot follow has changed that.
    private static bool StartsAtHome(BodyReport home, State before, Path module, BodyReport creating, bool byType, int depth)
    {
        if (module.Equals(Path.This))
        {
            if (home.Body.Method is { MethodKind: MethodKind.Constructor }) return home.Body.Type?.BaseType is { } parent && !MovesItself(home, parent, byType);
            var callers = home.Program.CallersOf(home.Body, home.Cancellation);
            return depth < TrainingProgram.ContextDepth && !callers.IsEmpty && !home.Program.CallableFromOutside(home.Body)
                && callers.All(c => c.Site.Receiver.Path is { } receiver && StartsAtHome(home.Of(c.Caller), c.Site.Before, receiver, creating, byType, depth + 1) && !c.Site.Before.Moves.Any(m => Matters(m, byType) && m.Module.Overlaps(receiver)));
        }

        if (Optimizers.ModuleAt(home, before, module) is not { Made: var made } || made.IsEmpty || MovedByCallers(home, module, byType, 0)) return false;
        return made.All(m =>
        {
            if (MovesItself(home, m.Type, byType) || IsPlaced(home, m.Creation, byType)) return false;
            var around = home.Program.Index.Around(m.Creation);
            return around is null || around == home.Program.Index.Around(home.Body.Syntax) || around == home.Program.Index.Around(creating.Body.Syntax) || !Moving(byType).Any(around.Names.Contains);
        });
    }

    private static bool Matters(ModuleMove move, bool byType) => (byType ? move.Type : move.Device) is not null;

    private static string[] Moving(bool byType) => byType ? TorchVocabulary.TypeNames : TorchVocabulary.MoveNames;

    // `new Net(device)`, `Linear(4, 8, device: device)`, `new Net().to(device)`
    private static bool IsPlaced(BodyReport home, SyntaxNode creation, bool byType)
    {
        var model = home.Program.Model(creation.SyntaxTree);
        if (creation.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name, Parent: InvocationExpressionSyntax move })
        {
            if (TorchVocabulary.TypeMoveNames.Contains(name)) return byType;
            if (TorchVocabulary.MoveNames.Contains(name) && (!byType || Says(home, model.GetOperation(move, home.Cancellation), byType))) return true;
        }

        return Says(home, model.GetOperation(creation, home.Cancellation), byType);
    }

    // Whether an argument names a device, or a type.
    private static bool Says(BodyReport home, IOperation? operation, bool byType)
    {
        var arguments = operation switch
        {
            IObjectCreationOperation made => made.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };
        return arguments.Any(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Value.ConstantValue is not { HasValue: true, Value: null } && a.Parameter is { } parameter
            && (byType ? parameter.Type.ToString().Contains("ScalarType") || parameter.Name == TensorVocabulary.DTypeParameter
                : home.Torch.Is(parameter.Type, TorchType.Device) || parameter.Name == TensorVocabulary.DeviceParameter || parameter.Type.Name == "DeviceType"));
    }

    // A constructor that says `this.to(device)`.
    private static bool MovesItself(BodyReport home, INamedTypeSymbol type, bool byType)
    {
        for (INamedTypeSymbol? t = type; t is not null && t.Locations.Any(l => l.IsInSource); t = t.BaseType)
            foreach (var constructor in t.InstanceConstructors)
                foreach (var reference in constructor.DeclaringSyntaxReferences)
                    if (home.Program.Index.Around(reference.GetSyntax(home.Cancellation)) is { } text && Moving(byType).Any(text.Names.Contains)) return true;
        return false;
    }

    private static bool MovedByCallers(BodyReport home, Path module, bool byType, int depth) =>
        depth < TrainingProgram.ContextDepth && home.Program.CallersOf(home.Body, home.Cancellation).Any(c =>
            c.Site.Map(module) is { } mapped && (c.Site.Before.Moves.Any(m => Matters(m, byType) && m.Module.Overlaps(mapped)) || MovedByCallers(home.Of(c.Caller), mapped, byType, depth + 1)));
}
