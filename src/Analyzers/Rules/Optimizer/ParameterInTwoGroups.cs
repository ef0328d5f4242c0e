using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Optimizer;

/// <summary>TL0510: the same parameters are stepped twice.</summary>
internal sealed class ParameterInTwoGroups() : Rule(
    "TL0510",
    Section.Optimizer,
    Level.Warning,
    "The same parameters are stepped twice",
    "'{0}' takes parameters that {1} holds already: each step moves them twice",
    "Parameters that are in two groups of one optimizer, or in two optimizers that step for the same gradients, are changed twice per step, with two learning rates and two sets of moments. TorchSharp does not check this, PyTorch does.")
{
    public override IEnumerable<EventKind> Events => [EventKind.Create, EventKind.AddGroup, EventKind.Step];

    public override void InspectBody(BodyReport body)
    {
        foreach (var creation in Optimizers.Made(body)) InspectGroups(body, creation);
        foreach (var added in body.Events(EventKind.AddGroup)) InspectAdded(body, added);
        InspectSteps(body);
    }

    private void InspectGroups(BodyReport body, TrainingEvent creation)
    {
        if (Operation(body, creation.Node) is not { } operation || FirstArgument(operation) is not { } argument) return;
        var parts = Parts(body, argument).ToList();
        for (var i = 1; i < parts.Count; i++)
            if (parts.Take(i).FirstOrDefault(p => p.Module.Overlaps(parts[i].Module)).Module is { } first)
            {
                body.Report(Descriptor, parts[i].Node, [parts.First(p => p.Module == first).Node], null, GradientSteps.Text(parts[i].Node), LocalizedText.Of($"another group ('{first}')"));
                return;
            }

        // Whatever the parameters are, the same expression yields the same ones.
        var groups = Groups(argument).ToList();
        for (var i = 1; i < groups.Count; i++)
            if (groups.Take(i).FirstOrDefault(g => IsSame(g, groups[i])) is { } first)
            {
                body.Report(Descriptor, groups[i], [first], null, GradientSteps.Text(groups[i]), LocalizedText.Of($"another group ('{GradientSteps.Text(first)}')"));
                return;
            }
    }

    // What each group of an argument is made of.
    private static IEnumerable<SyntaxNode> Groups(IOperation argument) => argument.Unconverted() switch
    {
        IArrayCreationOperation { Initializer.ElementValues: var elements } => elements.SelectMany(Groups),
        ICollectionExpressionOperation { Elements: var elements } => elements.SelectMany(Groups),
        IObjectCreationOperation { Type.Name: TorchVocabulary.ParameterGroupName, Arguments: { IsEmpty: false } arguments } => [arguments[0].Value.Syntax],
        IObjectCreationOperation { Arguments.IsEmpty: true, Initializer.Initializers: var added } => added.OfType<IInvocationOperation>().SelectMany(a => a.Arguments).SelectMany(a => Groups(a.Value)),
        _ => [],
    };

    // `decayed` and `decayed`, `groups[false]` and `groups[false]`: names and constants alone, where no call can yield something else.
    private static bool IsSame(SyntaxNode first, SyntaxNode second) => SyntaxFactory.AreEquivalent(first, second)
        && second.DescendantNodesAndSelf().All(n => n is IdentifierNameSyntax or MemberAccessExpressionSyntax or ThisExpressionSyntax or LiteralExpressionSyntax or ElementAccessExpressionSyntax or BracketedArgumentListSyntax or ArgumentSyntax);

    private void InspectAdded(BodyReport body, TrainingEvent added)
    {
        if (added.Subject.Path is not { } optimizer || added.Before[optimizer].Fact is not OptimizerFact { Creations: [var creation], Parameters: { Complete: true } held } || !IsWhole(body, creation)) return;
        if (Operation(body, added.Node) is not IInvocationOperation { Arguments: [var group] } || Parts(body, group.Value).FirstOrDefault() is not { Module: { } module } part) return;
        if (held.Modules.Any(module.Overlaps)) body.Report(Descriptor, part.Node, [creation], null, GradientSteps.Text(part.Node), $"'{optimizer}'");
    }

    // Two optimizers that step for one and the same backward(), here or, where they are made into fields, in another method.
    private void InspectSteps(BodyReport body)
    {
        foreach (var (one, two, first) in Pairs(body))
            if (body.Body.Syntax.Span.Contains(two.Span)) Report(body, one, two, first);
        var made = Optimizers.Made(body).ToList();
        if (made.Count < 2) return;
        foreach (var creation in made)
            if (Stepping(body, creation.Node).SelectMany(Pairs).FirstOrDefault(p => p.Two == creation.Node) is { Two: not null } pair) Report(body, pair.One, pair.Two, pair.First);
    }

    private void Report(BodyReport body, SyntaxNode one, SyntaxNode two, Training.Path first) => body.Report(Descriptor, two, [one], null, Optimizers.NameOf(two), $"'{first}'");

    // The other bodies that step an optimizer which is kept in a field.
    private static IEnumerable<BodyReport> Stepping(BodyReport body, SyntaxNode creation)
    {
        var uses = body.UsesOf(creation);
        return uses.Any(u => u.Kind == UseKind.Store) && uses.All(u => u.Kind != UseKind.Escape)
            ? uses.Where(u => u.Kind == UseKind.Call && body.Torch.OperationOf(u.Method!) == TorchOp.Step).SelectMany(u => Optimizers.Stepping(body, u.Node)).Where(b => b.Body != body.Body) : [];
    }

    private static IEnumerable<(SyntaxNode One, SyntaxNode Two, Training.Path First)> Pairs(BodyReport body)
    {
        var steps = body.Events(EventKind.Step).Where(s => s.Subject.Path is not null).ToList();
        for (var i = 1; i < steps.Count; i++)
        {
            var (first, second) = (steps[i - 1], steps[i]);
            if (first.Subject.Path!.Equals(second.Subject.Path) || body.LoopsAround(first.Node).FirstOrDefault() != body.LoopsAround(second.Node).FirstOrDefault()) continue;
            if (Loops.StatementOf(first.Node)?.Parent?.Parent != Loops.StatementOf(second.Node)?.Parent?.Parent || IsUnder(first.Node) || IsUnder(second.Node)) continue;
            if (body.Flow.Events.Any(e => e.Kind is EventKind.Backward or EventKind.ZeroGrad or EventKind.ModuleZeroGrad && e.Node.SpanStart > first.Node.SpanStart && e.Node.SpanStart < second.Node.SpanStart)) continue;
            if (Held(body, second, first.Subject.Path) is not { Creations: [var one], Parameters: { Complete: true } held } || Held(body, second, second.Subject.Path!) is not { Creations: [var two], Parameters: { Complete: true } again }) continue;
            if (one == two || !IsWhole(body, one) || !IsWhole(body, two) || !again.Modules.Any(m => held.Modules.Any(m.Overlaps))) continue;
            if (second.Before.HasEscaped(first.Subject.Path) || second.Before.HasEscaped(second.Subject.Path!)) continue;
            yield return (one, two, first.Subject.Path);
        }
    }

    private static OptimizerFact? Held(BodyReport body, TrainingEvent step, Training.Path optimizer) => (step.Before[optimizer].Fact ?? body.Resolve(Value.At(optimizer))) as OptimizerFact;

    // `if (warm) first.step();`
    private static bool IsUnder(SyntaxNode step) => Loops.StatementOf(step) is not { } statement || Optimizers.IsConditional(step, statement.Parent!);

    // Made over all parameters of its modules, not a choice among them.
    private static bool IsWhole(BodyReport body, SyntaxNode creation) =>
        Operation(body, creation) is { } operation && FirstArgument(operation) is { } argument && Parts(body, argument).Any() && !argument.Syntax.ToString().Contains("=>");

    private static IOperation? Operation(BodyReport body, SyntaxNode node) => body.Program.Model(node.SyntaxTree).GetOperation(node, body.Cancellation);

    private static IOperation? FirstArgument(IOperation operation) => operation switch
    {
        IInvocationOperation { Arguments: { IsEmpty: false } arguments } => arguments[0].Value,
        IObjectCreationOperation { Arguments: { IsEmpty: false } arguments } => arguments[0].Value,
        _ => null,
    };

    // The modules whose parameters, all of them, stand in an argument: alone, one after the other, or in groups.
    private static IEnumerable<(Path Module, SyntaxNode Node)> Parts(BodyReport body, IOperation argument)
    {
        argument = argument.Unconverted();
        if (Optimizers.ModuleOf(body, argument) is { } module) return [(module, argument.Syntax)];
        return argument switch
        {
            IArrayCreationOperation { Initializer.ElementValues: var elements } => elements.SelectMany(e => Parts(body, e)),
            ICollectionExpressionOperation { Elements: var elements } => elements.SelectMany(e => Parts(body, e is ISpreadOperation spread ? spread.Operand : e)),
            IObjectCreationOperation { Type.Name: TorchVocabulary.ParameterGroupName, Arguments: { IsEmpty: false } arguments } => Parts(body, arguments[0].Value),
            IObjectCreationOperation { Arguments.IsEmpty: true, Initializer.Initializers: var added } => added.OfType<IInvocationOperation>().SelectMany(a => a.Arguments).SelectMany(a => Parts(body, a.Value)),
            IInvocationOperation { TargetMethod.Name: "Concat" or "ToList" or "ToArray", Arguments: var arguments } => arguments.SelectMany(a => Parts(body, a.Value)),
            _ => [],
        };
    }
}
