using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Optimizer;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Initialization;

/// <summary>TL0902: the same seed is set again in every round of a training.</summary>
internal sealed class SeedResetInLoop() : Rule(
    "TL0902",
    Section.Initialization,
    Level.Warning,
    "The training loop sets the same seed again and again",
    "'{0}' makes all rounds of the training draw the same random numbers: dropout, noise and sampled batches repeat; call it once, before the loop",
    "A seed begins a sequence of random numbers. Set again in every round, it begins the same sequence again: each batch that is drawn is the same one, each dropout mask drops the same units.")
{
    public override IEnumerable<string> Calls => TorchVocabulary.SeedNames;

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod.IsStatic: true, Arguments: [{ Value: var seed }] }) return;
        if (operation.Program.Index.Around(operation.Node) is not { } member || TorchVocabulary.GeneratorStateNames.Any(member.Names.Contains)) return;
        var loops = Loops.Around(operation.Node, operation.Node.SyntaxTree.GetRoot(operation.Cancellation)).Reverse().Where(l => !Optimizers.IsConditional(operation.Node, l) && IsSame(operation, seed, l)).ToList();
        if (loops.Count == 0 && (!IsCertain(operation, seed) || operation.Node.Ancestors().Any(n => n is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax))) return;
        if (operation.Around() is not { } body) return;

        if (loops.FirstOrDefault(l => GoesOn(body, l)) is { } loop)
        {
            operation.Report(Descriptor, operation.Node, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Loop, loop.SpanStart.ToString(CultureInfo.InvariantCulture)), GradientSteps.Text(operation.Node));
        }
        else if (loops.Count == 0 && IsStepOfLoops(body, operation.Node) is { } call)
        {
            operation.Report(Descriptor, operation.Node, [call], null, GradientSteps.Text(operation.Node));
        }
    }

    private static bool IsCertain(OperationReport operation, IOperation seed) => Constants.Of(seed, operation.Program, operation.Cancellation) is not null;

    // The value does not change from round to round.
    private static bool IsSame(OperationReport operation, IOperation seed, StatementSyntax loop)
    {
        if (IsCertain(operation, seed)) return true;
        if (seed.Syntax.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax or ElementAccessExpressionSyntax or BaseObjectCreationExpressionSyntax or AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax)) return false;
        var model = operation.Program.Model(loop.SyntaxTree);
        if (model.AnalyzeDataFlow(loop) is not { Succeeded: true } flow) return false;
        foreach (var name in seed.Syntax.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            switch (model.GetSymbolInfo(name, operation.Cancellation).Symbol)
            {
                case { } local and (ILocalSymbol or IParameterSymbol):
                    if (flow.WrittenInside.Contains(local, SymbolEqualityComparer.Default) || flow.VariablesDeclared.Contains(local, SymbolEqualityComparer.Default)) return false;
                    break;
                case { } held and (IFieldSymbol or IPropertySymbol) when held.ContainingAssembly is ISourceAssemblySymbol:
                    if (operation.Program.Index.Assigning(held.Name).Any(m => m.Node is not (FieldDeclarationSyntax or PropertyDeclarationSyntax or ConstructorDeclarationSyntax))) return false;
                    break;
                case INamespaceOrTypeSymbol:
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    // The loop trains, and what it trains lives longer than a round: it is no series of experiments, each with a start of its own.
    private static bool GoesOn(BodyReport body, StatementSyntax loop)
    {
        var byHand = BatchLoops.UpdatesByHand(body, loop);
        if (!body.Trains(loop) && byHand is null && !BatchLoops.Accumulates(body, loop) || body.Events(EventKind.Create).Any(e => loop.Span.Contains(e.Node.Span) && IsTrained(body, e))) return false;
        if (loop.DescendantTokens().Any(t => TorchVocabulary.CopyNames.Contains(t.ValueText))) return false;
        if (byHand is not null) return BatchLoops.Does(body, loop, EventKind.Backward) && Outlives(body, byHand.Expression, loop);
        return BatchLoops.Accumulates(body, loop) || GradientSteps.AllSteps(body).Any(s => loop.Span.Contains(s.Node.Span) && Outlives(s.Optimizer, loop));
    }

    // Parameters that are changed by hand, and come from outside of the loop.
    private static bool Outlives(BodyReport body, ExpressionSyntax parameters, StatementSyntax loop) =>
        body.Program.Model(loop.SyntaxTree).AnalyzeDataFlow(loop) is { Succeeded: true } flow && !parameters.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(n => flow.VariablesDeclared.Concat(flow.WrittenInside).Any(v => v.Name == n.Identifier.ValueText && !parameters.Span.Contains(v.Locations[0].SourceSpan)));

    private static bool IsTrained(BodyReport body, TrainingEvent creation) => body.Torch.Is(creation.Operation.Type, TorchType.Optimizer);

    private static bool Outlives(Training.Path optimizer, SyntaxNode loop)
    {
        var root = optimizer.RootPath.Root;
        if (root is ILocalSymbol local && local.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span))) return false;
        var name = root is ILocalSymbol or IParameterSymbol ? root.Name : optimizer.Members.IsEmpty ? null : optimizer.Members[0]?.Name;
        return name is null || !loop.DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: var target } && (target is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : target.ToString()) == name);
    }

    // A step of its own in a method that all callers call in a loop, for an optimizer that outlives the call.
    private static SyntaxNode? IsStepOfLoops(BodyReport body, SyntaxNode seeding)
    {
        if (body.Body is not { Outer: null, Method: { MethodKind: MethodKind.Ordinary } } || Optimizers.IsConditional(seeding, body.Body.Syntax) || body.Program.CallableFromOutside(body.Body)) return null;
        if (!body.Events(EventKind.Backward).Any() || body.Events(EventKind.Create).Any(e => IsTrained(body, e))) return null;
        if (!GradientSteps.AllSteps(body).Any(s => s.Optimizer.RootPath.Root is not ILocalSymbol)) return null;
        var callers = body.Program.CallersOf(body.Body, body.Cancellation);
        if (callers.IsEmpty || !callers.All(c => body.Of(c.Caller) is var caller && caller.LoopsAround(c.Site.Node).Any(l => GoesOn(caller, l)))) return null;
        return callers[0].Site.Node;
    }
}
