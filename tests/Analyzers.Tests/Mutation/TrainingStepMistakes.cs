using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class TrainingStepMistakes
{
    public static IEnumerable<Mistake> All =>
    [
        new("TL0701", "zero_grad() is missing", source => ZeroGrads(source).Where(z => IsOnly(source, z)).Select(z => source.With([source.Remove(z), .. Mark(BackwardsOf(source, z))]))),
        new("TL0702", "backward() is missing", source => source.Statements("backward", "Tensor").Where(b => source.Backwards.Count(o => Body(o) == Body(b)) == 1 && Steps(source, b).Count == 1)
            .Select(b => source.With([source.Remove(b), .. Mark(Steps(source, b)), .. Mark(ClearedAfterCallee(source, b))])), "TL0501", "TL0703", "TL0204") { Or = "TL0703" },
        new("TL0702", "step() before backward()", source => source.Statements("backward", "Tensor").Where(b => source.Backwards.Count(o => Body(o) == Body(b)) == 1)
            .SelectMany(b => Steps(source, b) is [var step] && After(b).Contains(step) && ClearedBefore(source, b) ? [source.With([source.Remove(step), source.InsertBefore(b, Marked(((ExpressionStatementSyntax)step).Expression.ToString()) + ";"), .. Mark(ClearedAfterCallee(source, b))])] : Array.Empty<string>()), "TL0501", "TL0703") { Or = "TL0703" },
        new("TL0703", "zero_grad() between backward() and step()", source => ZeroGrads(source)
            .Select(z => (z, b: LastBackward(source, z)))
            .Where(p => p.b is not null && After(p.b).Any(s => s is ExpressionStatementSyntax { Expression: var e } && source.IsCall(e, "step", "Optimizer")))
            .Select(p => source.With(source.Remove(p.z), source.InsertAfter(p.b!, Marked(p.z.Expression.ToString()) + ";"))), "TL0501"),
        new("TL0704", "step() is missing", NeverStepped, "TL0501"),
        new("TL0705", "eval() where train() is meant", source => source.Statements("train", "Module").Select(s => (s, call: (InvocationExpressionSyntax)s.Expression)).Where(p => p.call.ArgumentList.Arguments.Count == 0 && source.HasModes(Receiver(p.call)))
            .Select(p => source.With([Replace(((MemberAccessExpressionSyntax)p.call.Expression).Name, "eval"), .. Mark([.. TrainingPasses(source, p.call), p.call, .. CallsAround(source, p.s)])]))) { Or = "TL0706" },
        new("TL0706", "train() only before the epochs", source => source.Statements("train", "Module")
            .Select(s => (s, loop: s.Parent is BlockSyntax { Parent: StatementSyntax l } block && LoopBody(l) == block && block.Statements[0] == s ? l : null))
            .Where(p => p.loop is not null && p.loop.Parent is BlockSyntax && source.HasModes(Receiver((InvocationExpressionSyntax)p.s.Expression)) && EvalsOf(source, p.s).Any())
            .Select(p => source.With([source.Remove(p.s), source.InsertBefore(p.loop!, p.s.ToString()), .. Mark([.. EvalsOf(source, p.s), .. TrainingPasses(source, p.s)])]))) { Or = "TL0705" },
        new("TL0707", "a tensor stays on the other card", source => source.Calls("to", "Tensor")
            .Where(c => c.ArgumentList.Arguments is [{ Expression: var device }] && source.Symbol(device) is { } d && source.Creations(d).Any(m => m is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax }] }))
            .Select(c => source.With([Replace(c, Receiver(c)!.ToString()), .. Mark(c.Ancestors().OfType<InvocationExpressionSyntax>().Take(1)), .. Mark(source.Losses("cross_entropy", ""))]))),
        new("TL0708", "the moved tensor is dropped", source => source.Calls("to cuda cpu", "Tensor").Where(c => c.ArgumentList.Arguments is [{ Expression: var device }] && Is(source.TypeOf(device), "Device"))
            .Select(c => (c, s: c.FirstAncestorOrSelf<StatementSyntax>())).Where(p => p.s is { Parent: BlockSyntax } and (LocalDeclarationStatementSyntax or ExpressionStatementSyntax) && Receiver(p.c) is IdentifierNameSyntax or ElementAccessExpressionSyntax or MemberAccessExpressionSyntax && !InLambda(p.c, p.s))
            .Select(p => source.With(source.InsertBefore(p.s!, $"{Marked(p.c.ToString())};"), Replace(p.c, Receiver(p.c)!.ToString())))),
        new("TL0709", "the result of an operation out of place is dropped", source => source.Nodes<ExpressionStatementSyntax>().Select(s => s.Expression).OfType<InvocationExpressionSyntax>()
            .Where(c => source.IsCall(c, "add_ sub_ mul_ div_", "Tensor")).Select(c => source.With([Replace(((MemberAccessExpressionSyntax)c.Expression).Name, source.Method(c)!.Name.TrimEnd('_')), .. Mark(c)]))),
        new("TL0710", "a tensor of forward() on the default device", source => source.Nodes<InvocationExpressionSyntax>()
            .Where(c => source.IsInModule(c) && source.Method(c) is { ContainingType.Name: "torch" } m && IsLibrary(m) && source.Argument(c, "device") is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "device" } })
            .Select(c => source.With([Remove(source.Argument(c, "device")!), .. Mark(c)])), "TL0707"),
    ];

    private static IEnumerable<ExpressionStatementSyntax> ZeroGrads(ProgramSource source) => source.Statements("zero_grad", "Optimizer").Concat(source.Statements("zero_grad", "Module")).Where(z => Steps(source, z).Count > 0);

    /// <summary>The steps of the optimizer that the statement is about, or all in the same body.</summary>
    private static List<StatementSyntax> Steps(ProgramSource source, ExpressionStatementSyntax statement)
    {
        var all = source.Statements("step", "Optimizer").Where(s => Body(s) == Body(statement)).ToList();
        var own = all.Where(s => Same(source.Symbol(Receiver((InvocationExpressionSyntax)s.Expression)), source.Symbol(Receiver((InvocationExpressionSyntax)statement.Expression)))).ToList();
        return [.. own.Count > 0 ? own : all];
    }

    // What fills the gradients that were to be cleared: from there to the optimizer's step, or else all.
    private static List<InvocationExpressionSyntax> BackwardsOf(ProgramSource source, ExpressionStatementSyntax zero)
    {
        var all = source.Backwards.Concat(source.Nodes<InvocationExpressionSyntax>().Where(c => source.Method(c)?.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantNodes().Any(n => source.IsCall(n, "backward", "Tensor"))) == true)).Where(b => Body(b) == Body(zero)).ToList();
        var step = Steps(source, zero).FirstOrDefault(s => s.SpanStart > zero.SpanStart);
        var between = all.Where(b => b.SpanStart > zero.SpanStart && b.SpanStart < (step?.SpanStart ?? int.MaxValue)).ToList();

        // What a method called before has computed adds up as well, and comes first.
        return between.Count > 0 ? [.. between, .. all.Where(b => b.SpanStart < zero.SpanStart && !source.IsCall(b, "backward"))] : all;
    }

    // Another zero_grad() of the same optimizer in the same body clears as well.
    private static bool IsOnly(ProgramSource source, ExpressionStatementSyntax zero) =>
        ZeroGrads(source).Count(z => Body(z) == Body(zero) && Same(source.Symbol(Receiver((InvocationExpressionSyntax)z.Expression)), source.Symbol(Receiver((InvocationExpressionSyntax)zero.Expression)))) == 1;

    // Where a method called before has computed gradients, it is the clearing after it that leaves the step without any.
    private static IEnumerable<SyntaxNode> ClearedAfterCallee(ProgramSource source, ExpressionStatementSyntax backward) => ZeroGrads(source).Where(z => Before(backward).Contains(z)
        && Before(z).Any(s => s.DescendantNodes().Any(n => n is InvocationExpressionSyntax c && source.Method(c)?.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantNodes().Any(b => source.IsCall(b, "backward", "Tensor"))) == true))).Select(z => z.Expression);

    // The last backward() before the step: after any other the gradients that follow are still stepped.
    private static StatementSyntax? LastBackward(ProgramSource source, ExpressionStatementSyntax zero) =>
        After(zero).TakeWhile(s => !Steps(source, zero).Contains(s)).LastOrDefault(s => s is ExpressionStatementSyntax { Expression: var e } && source.IsCall(e, "backward", "Tensor"));

    // Calls of the method that a statement stands in: the rule speaks where the training is.
    private static IEnumerable<SyntaxNode> CallsAround(ProgramSource source, SyntaxNode statement) => Body(statement) is MethodDeclarationSyntax method ? source.CallsOf(source.Model.GetDeclaredSymbol(method)).Where(c => source.Backwards.Any(b => Body(b) == Body(c))) : [];

    // Only then does a step before backward() find nothing.
    private static bool ClearedBefore(ProgramSource source, ExpressionStatementSyntax backward) => ZeroGrads(source).Any(z => Before(backward).Contains(z));

    private static IEnumerable<string> NeverStepped(ProgramSource source)
    {
        foreach (var steps in source.Statements("step", "Optimizer").GroupBy(s => source.Symbol(Receiver((InvocationExpressionSyntax)s.Expression)), SymbolEqualityComparer.Default))
        {
            if (steps.Key is not { } optimizer || source.Calls("step", "Optimizer").Count(c => Same(source.Symbol(Receiver(c)), optimizer)) != steps.Count()) continue;
            var made = source.Made("SGD Adam AdamW NAdam RAdam Adamax Adagrad RMSProp").ToList();
            var backwards = source.Backwards.Where(b => steps.Any(s => Body(s) == Body(b)));
            yield return source.With([.. steps.Select(source.Remove), .. Mark([.. made, .. backwards])]);
        }
    }

    // The passes that the mode is for: in the same body, or else in those that backward() follows.
    private static IEnumerable<SyntaxNode> TrainingPasses(ProgramSource source, SyntaxNode train) =>
        source.Passes.Where(p => source.Backwards.Any(b => Body(b) == Body(p))).Concat(source.Nodes<InvocationExpressionSyntax>().Where(c => Body(c) == Body(train) && source.Method(c) is { } m && !IsLibrary(m) && m.Locations.Any(l => l.IsInSource)));

    private static IEnumerable<SyntaxNode> EvalsOf(ProgramSource source, ExpressionStatementSyntax train)
    {
        var type = source.TypeOf(Receiver((InvocationExpressionSyntax)train.Expression));
        var loop = InnermostLoop(train)!;
        var called = loop.DescendantNodes().OfType<InvocationExpressionSyntax>().Select(source.Method).Where(m => m is not null && !IsLibrary(m)).ToList();
        var evals = source.Statements("eval", "Module").Where(e => SymbolEqualityComparer.Default.Equals(source.TypeOf(Receiver((InvocationExpressionSyntax)e.Expression)), type))
            .Where(e => loop.Span.Contains(e.Span) || called.Any(m => m!.DeclaringSyntaxReferences.Any(r => r.GetSyntax().Span.Contains(e.Span)))).ToList();
        var calls = loop.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => source.Method(c) is { } m && m.DeclaringSyntaxReferences.Any(r => evals.Any(e => r.GetSyntax().Span.Contains(e.Span))));
        return evals.Count == 0 ? [] : evals.Select(e => (SyntaxNode)e.Expression).Concat(calls).Distinct();
    }

    private static bool InLambda(SyntaxNode node, SyntaxNode? statement) => node.Ancestors().TakeWhile(a => a != statement).Any(a => a is AnonymousFunctionExpressionSyntax or QueryExpressionSyntax);
}
