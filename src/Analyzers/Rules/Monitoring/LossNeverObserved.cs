using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Monitoring;

/// <summary>TL1001: nobody ever looks at the loss of a training loop.</summary>
internal sealed class LossNeverObserved() : Rule(
    "TL1001",
    Section.Monitoring,
    Level.Suggestion,
    "The training loss is never looked at",
    "Nothing ever reads '{0}', so nobody will notice when it stops falling: print it, or keep loss.item<float>() of each epoch",
    "The training loss is the first thing that tells whether a model learns at all. A loop that only calls backward() on it trains blindly: a wrong learning rate, a detached loss or NaN look like a training that works.")
{
    // Where a method is a test, what it asserts is what it looks at.
    private static readonly string[] TestAttributes = ["Fact", "Theory", "Test", "TestCase", "TestMethod", "DataTestMethod", "Benchmark"];

    public override IEnumerable<EventKind> Events => [EventKind.Backward, EventKind.Loss, EventKind.Forward];

    public override void InspectBody(BodyReport body)
    {
        var losses = Losses(body).ToList();
        if (losses.Count == 0 || IsTest(body.Body.Outermost.Syntax)) return;
        var reported = new HashSet<SyntaxNode>();
        bool? looks = null;
        foreach (var (loss, backward) in losses)
        {
            if ((BatchLoops.Training(body, loss) ?? body.LoopsAround(loss).FirstOrDefault(l => BatchLoops.Accumulates(body, l))) is not { } loop || backward is null && BatchLoops.Does(body, loop, EventKind.Backward)) continue;
            if (Unread(body, loss) is { } at && (looks ??= LooksAtSomething(body)) == false && reported.Add(at)) body.Report(Descriptor, at, backward is null ? null : [backward], null, loss is VariableDeclaratorSyntax variable ? variable.Identifier.ValueText : GradientSteps.Text(loss));
        }
    }

    // What backward() is called on; and variables that hold a loss, for loops that have forgotten it.
    private static IEnumerable<(SyntaxNode Loss, SyntaxNode? Backward)> Losses(BodyReport body)
    {
        foreach (var backward in body.Events(EventKind.Backward))
            if (backward.Node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var loss } } && !GradientSteps.IsAssertion(backward.Node)) yield return (loss, backward.Node);
        foreach (var loss in body.Flow.Events.Where(e => BatchLoops.IsLossCall(body, e)))
            if (loss.Node.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }) yield return (variable, null);
    }

    private static bool IsTest(SyntaxNode member) =>
        member is MemberDeclarationSyntax { AttributeLists: var lists } && lists.SelectMany(l => l.Attributes).Any(a => TestAttributes.Any(n => a.Name.ToString().EndsWith(n, StringComparison.Ordinal) || a.Name.ToString().EndsWith(n + "Attribute", StringComparison.Ordinal)));

    // A number of what is trained that is read beside the training, here or in what is called here: an accuracy, a validation.
    private static bool LooksAtSomething(BodyReport body)
    {
        if (body.Events(EventKind.Item).Any(e => e.Operation is not IInvocationOperation && IsOfModel(body, Operand(e.Operation)?.Syntax))) return true;
        return body.Body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => ReadsNumber(call) ? IsOfModel(body, Receiver(call)) && !IsDropped(body, call) : CalledReads(body, call));
    }

    private static IOperation? Operand(IOperation read) => read is IConversionOperation conversion ? conversion.Operand : null;

    // What a method of the program, called here, reads.
    private static bool CalledReads(BodyReport body, InvocationExpressionSyntax call)
    {
        if (body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation).Symbol is not IMethodSymbol method || TorchSymbols.IsLibrary(method)) return false;
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            var declared = reference.GetSyntax(body.Cancellation);
            if (body.Program.Index.Around(declared) is { } member && TorchVocabulary.NumberNames.Any(member.Names.Contains)
                && declared.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => ReadsNumber(c) && IsOfModel(body, Receiver(c)))) return true;
        }

        return false;
    }

    private static bool ReadsNumber(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && TorchVocabulary.NumberNames.Contains(name);

    private static ExpressionSyntax Receiver(InvocationExpressionSyntax call) => ((MemberAccessExpressionSyntax)call.Expression).Expression;

    // Not of data alone: the largest label tells nothing of the training.
    private static bool IsOfModel(BodyReport body, SyntaxNode? tensor) => new Provenance(body.Program, body.Cancellation).Of(tensor) != Source.Data;

    // `hits += x.item<float>()`, where nobody ever reads hits.
    private static bool IsDropped(BodyReport body, InvocationExpressionSyntax read)
    {
        if (read.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { Left: IdentifierNameSyntax target, Parent: ExpressionStatementSyntax } || read.FirstAncestorOrSelf<ArgumentSyntax>() is not null) return false;
        var model = body.Program.Model(read.SyntaxTree);
        return model.GetSymbolInfo(target, body.Cancellation).Symbol is ILocalSymbol local && SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, body.Body.Owner)
            && body.Mentions(local.Name).All(n => IsSet(n) || IsOfItself(n) || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n, body.Cancellation).Symbol, local));
    }

    // `hits = 0`, `(hits, seen) = (0, 0)`
    private static bool IsSet(IdentifierNameSyntax name) => name.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax deconstruction } tuple }
        ? deconstruction.Left == tuple : name.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } assignment && assignment.Left == name;

    // Where the loss is computed that only backward() is called on; null where anything else reads it.
    private static SyntaxNode? Unread(BodyReport body, SyntaxNode loss)
    {
        if (loss is not (IdentifierNameSyntax or VariableDeclaratorSyntax)) return LossSums.IsComputedByLoss(body, (ExpressionSyntax)loss) ? loss : null;
        var model = body.Program.Model(loss.SyntaxTree);
        if ((loss is VariableDeclaratorSyntax ? model.GetDeclaredSymbol(loss, body.Cancellation) : model.GetSymbolInfo(loss, body.Cancellation).Symbol) is not ILocalSymbol local || !SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, body.Body.Owner)) return null;
        var made = (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) as VariableDeclaratorSyntax)?.Initializer?.Value;
        foreach (var name in body.Mentions(local.Name))
        {
            if (!SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, body.Cancellation).Symbol, local)) continue;
            if (name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name)
            {
                if (made is null or LiteralExpressionSyntax) made = assignment.Right;
            }
            else if (!IsTraining(name) && !IsOfItself(name))
            {
                return null;
            }
        }

        // A number that only steers, as in reinforcement learning, tells little; and what a loss is made of may be read instead: `var loss = a + b; Log(a);`
        return made is null || !IsComputedByLoss(body, made) || made.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => IsReadElsewhere(body, model, n, made)) ? null : made;
    }

    private static bool IsTraining(IdentifierNameSyntax name) => name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "backward" or nameof(IDisposable.Dispose) } access && access.Expression == name;

    // `loss = loss + penalty`
    private static bool IsOfItself(IdentifierNameSyntax name) =>
        name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { Left: IdentifierNameSyntax left, Parent: ExpressionStatementSyntax } && left.Identifier.ValueText == name.Identifier.ValueText;

    // By a loss of the library, here or in a method that is called here, or by a model that yields its own loss.
    private static bool IsComputedByLoss(BodyReport body, ExpressionSyntax made)
    {
        if (made.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(e => LossSums.IsComputedByLoss(body, e)) || body.Events(EventKind.Forward).Any(e => e.Node == made)) return true;
        return body.Flow.Calls.Where(c => made.Span.Contains(c.Node.Span)).Any(c => Returned(c.Callee.Syntax).Any(r => IsPartlyLoss(body.Of(c.Callee), r)));
    }

    private static bool IsPartlyLoss(BodyReport body, ExpressionSyntax returned) => returned.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(e => LossSums.IsComputedByLoss(body, e));

    private static IEnumerable<ExpressionSyntax> Returned(SyntaxNode method) =>
        method.DescendantNodes(n => n == method || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .Select(n => n switch { ReturnStatementSyntax { Expression: { } value } => value, ArrowExpressionClauseSyntax { Expression: var value } => value, _ => null }).OfType<ExpressionSyntax>();

    // Whether something that the loss is made of goes elsewhere as well: not its shape, nor into another loss or a number that nobody reads, nor the data that it is compared with.
    private static bool IsReadElsewhere(BodyReport body, SemanticModel model, IdentifierNameSyntax part, SyntaxNode made)
    {
        if (model.GetSymbolInfo(part, body.Cancellation).Symbol is not ILocalSymbol local || !body.Torch.Is(local.Type, TorchType.Tensor)) return false;
        var fact = body.ValueOf(part).Fact;
        if (fact is not (TensorFact { Loss: not null } or TensorFact { Graph.IsAttached: true } or null) || fact is null && !IsOfModel(body, part)) return false;
        return body.Mentions(local.Name).Any(name => !made.Span.Contains(name.Span)
            && name.Parent is not AssignmentExpressionSyntax && !IsTraining(name) && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, body.Cancellation).Symbol, local)
            && !IsMeasured(name) && !name.Ancestors().TakeWhile(a => a is not StatementSyntax).OfType<InvocationExpressionSyntax>().Any(a => LossSums.IsComputedByLoss(body, a) || ReadsNumber(a) && IsDropped(body, a)));
    }

    // `scores.shape[0]`, `scores.size(0)`
    private static bool IsMeasured(IdentifierNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: TensorVocabulary.ShapeProperty or TensorVocabulary.SizeMethod } access && access.Expression == name;
}
