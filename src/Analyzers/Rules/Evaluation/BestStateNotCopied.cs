using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Flow;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Evaluation;

/// <summary>TL0804: the state of a model is kept to be restored after further training, but never copied.</summary>
internal sealed class BestStateNotCopied() : Rule(
    "TL0804",
    Section.Evaluation,
    Level.Warning,
    "The kept state is no copy",
    "'{0}' holds the live weights of '{1}', not a copy: it changes with every further step, and loading it back restores nothing",
    "state_dict() hands out the very tensors that the optimizer changes. What was kept as the best state is the latest state by the time it is loaded.")
{
    private static readonly string[] Keepsakes = ["best", "backup", "snapshot", "checkpoint", "saved", "initial"];

    public override IEnumerable<string> Calls => [TorchVocabulary.StateName];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { Instance: { } instance, TargetMethod: { } method } || operation.Torch.OperationOf(method) != TorchOp.RootUse) return;
        var value = operation.Node;
        while (value.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax) value = value.Parent;
        var model = operation.Program.Model(value.SyntaxTree);
        var (target, at) = value.Parent switch
        {
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment when assignment.Right == value => (model.GetSymbolInfo(assignment.Left, operation.Cancellation).Symbol, (SyntaxNode)assignment),
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } => (model.GetDeclaredSymbol(declarator, operation.Cancellation), declarator),
            _ => (null, value),
        };
        if (target is not (ILocalSymbol or IFieldSymbol or IPropertySymbol { IsIndexer: false }) || SymbolOf(instance) is not { } source) return;
        var loads = Uses.Of(target, operation.Program, operation.Cancellation).Where(u => u is { Kind: UseKind.Argument, Method: { } loader } && loader.Name == TorchVocabulary.LoadStateName && LoadsBack(operation, u.Node, at, source, target)).ToList();
        if (loads.Count == 0 || FillsItself(operation, target) || !TrainsBetween(operation, at, target, loads)) return;
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (operation.Around() is { } body && body.Flow.Events.Any(e => e.Before.Scope is { } scope && IsInScope(scope.Node, at))) properties = properties.Add(RuleProperties.Release, TorchVocabulary.DetachFromScopeName);
        operation.Report(Descriptor, at, loads.Select(l => l.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>() ?? l.Node), properties, target.Name, GradientSteps.Text(instance.Syntax));
    }

    // The scope of a using around the place, or of a declaration earlier in a block around it.
    private static bool IsInScope(SyntaxNode scope, SyntaxNode at)
    {
        if (scope.SpanStart > at.SpanStart || scope.FirstAncestorOrSelf<StatementSyntax>() is not { } statement) return false;
        return statement is UsingStatementSyntax ? statement.Span.Contains(at.Span) : statement.Parent is GlobalStatementSyntax || statement.Parent?.Span.Contains(at.Span) == true;
    }

    private static ISymbol? SymbolOf(IOperation? operation)
    {
        operation = operation.Unconverted();
        return operation switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IMemberReferenceOperation member => member.Member,
            IInstanceReferenceOperation self => self.Type,
            _ => null,
        };
    }

    // Into the same model: into another it is a way to make two models alike.
    private static bool LoadsBack(OperationReport operation, SyntaxNode argument, SyntaxNode kept, ISymbol source, ISymbol target)
    {
        if (argument.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || operation.Program.Model(call.SyntaxTree).GetOperation(call, operation.Cancellation) is not IInvocationOperation load) return false;
        if (!operation.Torch.Is(load.TargetMethod.ContainingType, TorchType.Module) || SymbolOf(load.Instance) is not { } other) return false;
        if (SymbolEqualityComparer.Default.Equals(source, other)) return true;

        // The same model under the names of two methods: its type and the name of the variable must say so.
        var together = call.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member && member.Span.Contains(kept.Span) && member.SyntaxTree == kept.SyntaxTree;
        return !together && (source is IParameterSymbol || other is IParameterSymbol) && SymbolEqualityComparer.Default.Equals(TypeOf(source), TypeOf(other))
            && Keepsakes.Any(k => target.Name.IndexOf(k, StringComparison.OrdinalIgnoreCase) >= 0);
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => symbol as ITypeSymbol,
    };

    // `foreach (var key in keys) best[key] = best[key].clone();`
    private static bool FillsItself(OperationReport operation, ISymbol target) => operation.Program.Index.Mentioning(target.Name).Any(m => m.Names.Contains(TorchVocabulary.CloneName)
        && (m.Node is GlobalStatementSyntax ? m.Node.Parent! : m.Node).DescendantNodes().Any(n => n is AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: IdentifierNameSyntax name } } && name.Identifier.ValueText == target.Name));

    private static bool TrainsBetween(OperationReport operation, SyntaxNode at, ISymbol target, List<Use> loads)
    {
        if (operation.Program.Index.Mentioning(TorchVocabulary.BackwardName).Count == 0) return false;

        // Kept by one method and loaded by another: whoever calls them trains in between.
        if (target is not ILocalSymbol local) return loads.Any(l => Function(l.Node) != Function(at)) || operation.Around() is { } own && LoopsThatTrain(own, at).Any();
        if (operation.Around() is not { } body) return false;
        var declaration = local.DeclaringSyntaxReferences.FirstOrDefault()?.Span;
        if (LoopsThatTrain(body, at).Any(l => declaration is { } d && !l.Span.Contains(d))) return true;
        var last = loads.Where(l => l.Node.SyntaxTree == at.SyntaxTree).Select(l => l.Node.SpanStart).DefaultIfEmpty(0).Max();
        return body.Events(EventKind.Step).Select(e => e.Node).Concat(body.Flow.Calls.Where(c => body.Program.Flow(c.Callee, true, body.Cancellation).Exit is { Stepped: true }).Select(c => c.Node))
            .Any(n => n.SpanStart > at.SpanStart && n.SpanStart < last);
    }

    private static IEnumerable<StatementSyntax> LoopsThatTrain(BodyReport body, SyntaxNode at) => body.LoopsAround(at).Where(body.Trains);

    private static MemberDeclarationSyntax? Function(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax);
}
