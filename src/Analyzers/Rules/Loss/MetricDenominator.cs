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
        BatchNumbers? numbers = null;
        HashSet<SyntaxNode>? reported = null;
        foreach (var item in body.Events(EventKind.Item))
        {
            numbers ??= new(body);
            if (numbers.Of(item) is { } number) Follow(body, numbers, item.Node, number, reported ??= [], true);
            if (BatchNumbers.Whole(item.Node) is { Parent: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax } set } value && set.Right == value
                && numbers.SymbolOf(set.Left) is ILocalSymbol local && IsLoss(body, item)) Overwritten(body, numbers, local, set);
        }

        foreach (var unfilled in UnfilledBuffers.Of(body))
            body.Report(Descriptor, unfilled.Average, [unfilled.Fill], null, GradientSteps.Text(unfilled.Average), LocalizedText.Of($"counts the {unfilled.Which} entry of '{unfilled.Buffer}' as well, which the loop never fills, so the figure is too small"));
        Handed(body);
    }

    // Where the number goes.
    private void Follow(BodyReport body, BatchNumbers numbers, SyntaxNode node, BatchNumber number, HashSet<SyntaxNode> reported, bool further)
    {
        var whole = BatchNumbers.Whole(node);
        switch (whole.Parent)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } division when division.Left == whole && number == BatchNumber.Mean && numbers.IsRows(division.Right):
                if (reported.Add(division)) body.Report(Descriptor, division, null, null, GradientSteps.Text(division), LocalizedText.Of($"divides a mean over the batch by the batch size once more, so the figure is too small"));
                break;
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } growing when growing.Right == whole && numbers.SymbolOf(growing.Left) is { } sum:
                Sum(body, numbers, sum, growing, number, reported);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } addition when BatchNumbers.Whole(addition).Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } growing
                && numbers.SymbolOf(growing.Left) is { } sum && SymbolEqualityComparer.Default.Equals(sum, numbers.SymbolOf(addition.Left == whole ? addition.Right : addition.Left)):
                Sum(body, numbers, sum, growing, number, reported);
                break;
            case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier: var name } declarator } when further
                && body.Program.Model(declarator.SyntaxTree).GetDeclaredSymbol(declarator, body.Cancellation) is ILocalSymbol local && numbers.Writes(local).Count() == 1:
                foreach (var mention in numbers.Mentions(local)) Follow(body, numbers, mention, number, reported, false);
                break;
        }
    }

    // A sum that grows by one number for each batch, and is divided somewhere.
    private void Sum(BodyReport body, BatchNumbers numbers, ISymbol sum, SyntaxNode growing, BatchNumber number, HashSet<SyntaxNode> reported)
    {
        if (sum is not (ILocalSymbol or IFieldSymbol) || numbers.Innermost(growing) is not { } batches) return;
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
    private static bool IsLoss(BodyReport body, TrainingEvent item) =>
        item.Subject.Fact is TensorFact { Loss: not null } || item.Subject.Path is { } path && body.Events(EventKind.Backward).Any(b => path.Equals(b.Subject.Path));

    // `loss = batchLoss.item<float>();` in a loop, where the sum was meant.
    private void Overwritten(BodyReport body, BatchNumbers numbers, ILocalSymbol local, AssignmentExpressionSyntax set)
    {
        if (numbers.Innermost(set) is not { } loop || !IsSetOnlyIn(numbers, local, set, loop)) return;
        var after = numbers.Mentions(local).Where(m => m.SpanStart > loop.Span.End).ToList();
        if (after.Any(IsDividend))
        {
            body.Report(Descriptor, set, null, null, GradientSteps.Text(set), LocalizedText.Of($"sets the figure anew for every batch, so only the last batch counts in the average: write += instead of ="));
        }
        else if (after.Any(m => m.Parent is ReturnStatementSyntax) && numbers.IsBatchLoop(loop) && !NamesOfTheLast.Any(n => local.Name.StartsWith(n, StringComparison.OrdinalIgnoreCase)))
        {
            body.Report(lastBatch, set, null, null, local.Name);
        }
    }

    private static bool IsDividend(IdentifierNameSyntax mention) =>
        BatchNumbers.Whole(mention) is var whole && whole.Parent switch
        {
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } division => division.Left == whole,
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.DivideAssignmentExpression } division => division.Left == whole,
            _ => false,
        };

    // A sum by its start at zero before the loop; never read inside, and set there in each round.
    private static bool IsSetOnlyIn(BatchNumbers numbers, ILocalSymbol local, SyntaxNode set, StatementSyntax loop)
    {
        if (Runs(loop) is not { } statements || !statements.Any(s => s == set.Parent || s.Span.Contains(set.Span) && s is UsingStatementSyntax)) return false;
        if (statements.LastOrDefault() is BreakStatementSyntax or ReturnStatementSyntax) return false;
        var writes = numbers.Writes(local).ToList();
        return writes.Count > 1 && writes[0] is { Operator: SyntaxKind.EqualsToken, Value: { } start } && numbers.IsZero(start) && writes[0].Node.SpanStart < loop.SpanStart
            && writes.Skip(1).All(w => w.Node == set || w.Operator == SyntaxKind.SlashEqualsToken && w.Node.SpanStart > loop.Span.End || w is { Operator: SyntaxKind.EqualsToken, Value: { } again } && numbers.IsZero(again) && w.Node.SpanStart < loop.SpanStart)
            && !numbers.Mentions(local).Any(m => loop.Span.Contains(m.Span) && !set.Span.Contains(m.Span));
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
