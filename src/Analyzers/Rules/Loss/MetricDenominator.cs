using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0412: an average over an epoch whose sum and whose divisor do not belong together.</summary>
internal sealed class MetricDenominator : Rule
{
    // Who says so in the name wants the last value.
    private static readonly string[] NamesOfTheLast = ["last", "final", "cur", "latest", "recent", "prev", "end"];

    private readonly DiagnosticDescriptor lastBatch;

    public MetricDenominator()
        : base(
            "TL0412",
            Section.Loss,
            Level.Warning,
            "The average is divided by the wrong number",
            "'{0}' {1}",
            "A loss with the default reduction is the mean over its batch already. A sum of such means divided by the number of samples is too small by the batch size; a sum over rows divided by the number of batches is too large by it. The printed figure is wrong, and whatever is decided by it: early stopping, the best model, the schedule.")
    {
        lastBatch = Milder(
            "Only the last batch counts",
            "'{0}' is set anew by every batch, so what is returned is the loss of the last batch alone: add up with += and divide by the number of batches",
            "The loss of one batch is a noisy figure. For the loss of an epoch add up the batches and divide by their number.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, lastBatch);

    public override void InspectBody(BodyReport body)
    {
        var figures = Figures(body);
        if (figures.Count > 0)
        {
            var numbers = new BatchNumbers(body);
            HashSet<SyntaxNode> reported = [];
            foreach (var figure in figures) Follow(body, numbers, figure, reported, true);
        }

        foreach (var unfilled in UnfilledBuffers.Of(body))
            body.Report(Descriptor, unfilled.Average, [unfilled.Fill], null, GradientSteps.Text(unfilled.Average), LocalizedText.Of($"counts the {unfilled.Which} entry of '{unfilled.Buffer}' as well, which the loop never fills, so the figure is too small"));
        Handed(body);
    }

    // What is read out of a tensor, here or by a method that hands it on.
    private static List<SyntaxNode> Figures(BodyReport body) =>
    [
        .. body.Events(EventKind.Item).Select(e => e.Node),
        .. body.Flow.Calls.Where(s => s.Callee.Method?.ReturnType.SpecialType is SpecialType.System_Single or SpecialType.System_Double).Select(s => s.Node).Distinct(),
    ];

    // Where the number goes: what is made of it as well.
    private void Follow(BodyReport body, BatchNumbers numbers, SyntaxNode figure, HashSet<SyntaxNode> reported, bool further)
    {
        for (var node = figure; ;)
        {
            var whole = BatchNumbers.Whole(node);
            switch (whole.Parent)
            {
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } division when division.Left == whole && numbers.IsRows(division.Right):
                    if (numbers.Of(division.Left) == BatchNumber.Mean && reported.Add(division))
                        body.Report(Descriptor, division, null, null, GradientSteps.Text(division), LocalizedText.Of($"divides a mean over the batch by the batch size once more, so the figure is too small"));
                    return;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } growing when growing.Right == whole:
                    if (numbers.SymbolOf(growing.Left) is { } grown) Sum(body, numbers, grown, growing, growing.Right, reported);
                    return;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax } set when set.Right == whole:
                    if (further && numbers.SymbolOf(set.Left) is ILocalSymbol anew) Overwritten(body, numbers, anew, set, figure, reported);
                    return;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator }:
                    if (further && body.Program.Model(declarator.SyntaxTree).GetDeclaredSymbol(declarator, body.Cancellation) is ILocalSymbol local && numbers.Writes(local).Count() == 1)
                        foreach (var mention in numbers.Mentions(local)) Follow(body, numbers, mention, reported, false);
                    return;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } addition when BatchNumbers.Whole(addition).Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } growing
                    && numbers.SymbolOf(growing.Left) is { } sum && SymbolEqualityComparer.Default.Equals(sum, numbers.SymbolOf(addition.Left == whole ? addition.Right : addition.Left)):
                    Sum(body, numbers, sum, growing, (ExpressionSyntax)whole, reported);
                    return;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.MultiplyExpression or (int)SyntaxKind.DivideExpression or (int)SyntaxKind.AddExpression } or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression }:
                    node = whole.Parent;
                    break;
                case ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } } when numbers.IsMath(call):
                    node = call;
                    break;
                default:
                    return;
            }
        }
    }

    // A sum that grows by one number for each batch, and is divided somewhere.
    private void Sum(BodyReport body, BatchNumbers numbers, ISymbol sum, SyntaxNode growing, ExpressionSyntax figure, HashSet<SyntaxNode> reported)
    {
        if (sum is not (ILocalSymbol or IFieldSymbol) || numbers.Innermost(growing) is not { } batches || numbers.Of(figure) is not { } number) return;
        foreach (var write in numbers.Writes(sum))
            if (write.Node != growing && write.Operator != SyntaxKind.SlashEqualsToken && !(write is { Operator: SyntaxKind.EqualsToken, Value: { } start } && numbers.IsZero(start))) return;
        foreach (var mention in numbers.Mentions(sum))
        {
            var whole = BatchNumbers.Whole(mention);
            var (division, divisor) = whole.Parent switch
            {
                BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } binary when binary.Left == whole => ((SyntaxNode)binary, binary.Right),
                AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.DivideAssignmentExpression } assignment when assignment.Left == whole => (assignment, assignment.Right),
                _ => (null, null),
            };
            if (division is null || divisor is null || reported.Contains(division)) continue;
            var problem = (number, numbers.CountOf(divisor, batches)) switch
            {
                (BatchNumber.Mean, Count.Samples) => LocalizedText.Of($"divides a sum of batch means by the number of samples, so the figure is too small by the batch size: divide by the number of batches"),
                (BatchNumber.Sum, Count.Batches) => LocalizedText.Of($"divides a sum over samples by the number of batches, so the figure is too large by the batch size: divide by the number of samples"),
                _ => null,
            };
            if (problem is not null && reported.Add(division)) body.Report(Descriptor, division, [growing], null, GradientSteps.Text(division), problem);
        }
    }

    // A loss by what computes it, or by the backward() on it.
    private static bool IsLoss(BodyReport body, SyntaxNode figure) => body.Events(EventKind.Item).FirstOrDefault(e => e.Node == figure) is { } item
        && (item.Subject.Fact is TensorFact { Loss: not null } || item.Subject.Path is { } path && body.Events(EventKind.Backward).Any(b => path.Equals(b.Subject.Path)));

    // `loss = batchLoss.item<float>();` in a loop, where the sum was meant.
    private void Overwritten(BodyReport body, BatchNumbers numbers, ILocalSymbol local, AssignmentExpressionSyntax set, SyntaxNode figure, HashSet<SyntaxNode> reported)
    {
        if (numbers.Innermost(set) is not { } loop || !IsSetOnlyIn(numbers, local, set, loop)) return;
        var reads = numbers.Mentions(local).Where(m => !set.Left.Span.Contains(m.Span) && m.SpanStart > loop.SpanStart).ToList();
        var isLoss = IsLoss(body, figure);
        var isPlain = isLoss && BatchNumbers.Whole(figure) == set.Right;
        if (reads.Any(m => DivisorOf(m) is { } divisor && (isPlain && m.SpanStart > loop.Span.End || numbers.CountsRounds(divisor, loop) && numbers.IsOfOneRound(set.Right, loop, isLoss ? figure : null))))
        {
            if (reported.Add(set)) body.Report(Descriptor, set, null, null, GradientSteps.Text(set), LocalizedText.Of($"sets the figure anew for every batch, so only the last batch counts in the average: write += instead of ="));
        }
        else if (isPlain && reads.Any(m => m.SpanStart > loop.Span.End && m.Parent is ReturnStatementSyntax) && numbers.IsBatchLoop(loop) && !NamesOfTheLast.Any(n => local.Name.StartsWith(n, StringComparison.OrdinalIgnoreCase)))
        {
            body.Report(lastBatch, set, null, null, local.Name);
        }
    }

    private static ExpressionSyntax? DivisorOf(IdentifierNameSyntax mention)
    {
        var whole = BatchNumbers.Whole(mention);
        return whole.Parent switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } division when division.Left == whole => division.Right,
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.DivideAssignmentExpression } division when division.Left == whole => division.Right,
            _ => null,
        };
    }

    // A sum by its start at zero before the loop, set there in each round. Inside it is read, if at all, for the average so far: over a count that goes on from round to round.
    private static bool IsSetOnlyIn(BatchNumbers numbers, ILocalSymbol local, AssignmentExpressionSyntax set, StatementSyntax loop)
    {
        if (Runs(loop) is not { } statements || !statements.Any(s => s == set.Parent || s.Span.Contains(set.Span) && s is UsingStatementSyntax)) return false;
        if (statements.LastOrDefault() is BreakStatementSyntax or ReturnStatementSyntax) return false;
        var writes = numbers.Writes(local).ToList();
        return writes.Count > 1 && writes[0] is { Operator: SyntaxKind.EqualsToken, Value: { } start } && numbers.IsZero(start) && writes[0].Node.SpanStart < loop.SpanStart
            && writes.Skip(1).All(w => w.Node == set || w.Operator == SyntaxKind.SlashEqualsToken && w.Node.SpanStart > loop.Span.End || w is { Operator: SyntaxKind.EqualsToken, Value: { } again } && numbers.IsZero(again) && (w.Node.SpanStart < loop.SpanStart || BatchNumbers.IsReset(w.Node, loop)))
            && numbers.Mentions(local).Where(m => loop.Span.Contains(m.Span) && !set.Left.Span.Contains(m.Span)).All(m => writes.Any(w => w.Node != set && w.Node.Span.Contains(m.Span)) || DivisorOf(m) is { } divisor && numbers.CountsRounds(divisor, loop));
    }

    private static SyntaxList<StatementSyntax>? Runs(StatementSyntax loop) => loop switch
    {
        CommonForEachStatementSyntax { Statement: BlockSyntax block } => block.Statements,
        ForStatementSyntax { Statement: BlockSyntax block } => block.Statements,
        WhileStatementSyntax { Statement: BlockSyntax block } => block.Statements,
        _ => null,
    };

    // A counter that is handed by reference to the method that runs one batch, and that sets it instead of adding to it.
    private void Handed(BodyReport body)
    {
        if (body.Body is not { Outer: null, Method: { MethodKind: MethodKind.Ordinary } method }) return;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.Ref || parameter.Type.SpecialType is not (SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double)) continue;
            var numbers = new BatchNumbers(body);
            if (numbers.Writes(parameter).ToList() is not [{ Operator: SyntaxKind.EqualsToken, Node: var set, Value: { } value }] || numbers.Mentions(parameter).Count() != 1 || numbers.IsZero(value)) continue;
            var calls = CallsOf(body, method).ToList();
            if (calls.Count > 0 && calls.All(c => IsAveraged(body, c, parameter)))
                body.Report(Descriptor, set, null, null, GradientSteps.Text(set), LocalizedText.Of($"sets the count anew for every batch, so only the last batch counts in the average: write += instead of ="));
        }
    }

    private static IEnumerable<InvocationExpressionSyntax> CallsOf(BodyReport body, IMethodSymbol method)
    {
        foreach (var member in body.Program.Mentioning(method))
            foreach (var call in member.Node.DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (call.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax && call.Expression.GetLastToken().ValueText == method.Name
                    && IsCallOf(body.Program.Model(call.SyntaxTree).GetSymbolInfo(call, body.Cancellation), method)) yield return call;
    }

    private static bool IsCallOf(SymbolInfo called, IMethodSymbol method) =>
        SymbolEqualityComparer.Default.Equals((called.Symbol ?? (called.CandidateSymbols.Length == 1 ? called.CandidateSymbols[0] : null))?.OriginalDefinition, method);

    // `var n = 0; while (...) Step(ref n); return sum / n;`
    private static bool IsAveraged(BodyReport body, InvocationExpressionSyntax call, IParameterSymbol parameter)
    {
        if (call.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } caller || body.Program.Model(call.SyntaxTree).GetDeclaredSymbol(caller, body.Cancellation) is not { } owner
            || body.Program.BodyOf(owner, null, body.Cancellation) is not { } other) return false;
        var outside = body.Of(other);
        var numbers = new BatchNumbers(outside);
        var argument = call.ArgumentList.Arguments.ElementAtOrDefault(parameter.Ordinal);
        if (argument is not { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword, NameColon: null } || numbers.SymbolOf(argument.Expression) is not ILocalSymbol local || numbers.Innermost(call) is not { } loop) return false;
        if (numbers.Writes(local).ToList() is not [{ Operator: SyntaxKind.EqualsToken, Value: { } start, Node: var declaration }, { Operator: SyntaxKind.RefKeyword }] || !numbers.IsZero(start) || declaration.SpanStart > loop.SpanStart) return false;
        var reads = numbers.Mentions(local).Where(m => !argument.Span.Contains(m.Span)).ToList();
        return reads.All(m => m.SpanStart > loop.Span.End) && reads.Any(m => BatchNumbers.Whole(m) is { Parent: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } });
    }
}
