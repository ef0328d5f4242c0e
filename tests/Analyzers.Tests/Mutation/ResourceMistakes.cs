using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class ResourceMistakes
{
    private const string GradGuards = "no_grad inference_mode set_grad_enabled enable_grad";

    public static IEnumerable<Mistake> All =>
    [
        new("TL1101", "the training loop has no dispose scope", source => Guards(source, "NewDisposeScope").Where(g => source.Backwards.Any(b => Holds(g, b) && source.IsRepeated(b)) && !FreesItself(source, g))
            .Select(g => source.With([.. Without(source, g), .. source.Nodes<StatementSyntax>().Where(s => LoopBody(s) is not null && (s.Span.Contains(g.Statement.Span) || Body(s) != Body(g.Statement) || Holds(g, s))).SelectMany(MarkStart)]))),
        new("TL1102", "the loss tensor itself is added up", LossAddedUp, "TL1002") { Or = "TL1103" },
        new("TL1103", "what leaves the scope is not moved out of it", source => source.Calls("MoveToOuterDisposeScope", "Tensor").Where(c => Receiver(c) is not null)
            .Select(c => source.With([Replace(c, Receiver(c)!.ToString()), .. Mark(c)]))),
        new("TL1104", "the gradient guard is not kept", source => Guards(source, GradGuards).Where(g => !FollowsRun(source, g.Call)).Select(g => source.With(Unguarded(g)))),
        new("TL1105", "the dispose scope is not kept", source => Guards(source, "NewDisposeScope").Where(g => g.Name is null || !source.Nodes<IdentifierNameSyntax>().Any(i => i.Identifier.ValueText == g.Name && Body(i) == Body(g.Statement)))
            .Select(g => source.With(Unguarded(g))), "TL1101"),
        new("TL1106", "using on the result of an operation in place", source => source.Nodes<LocalDeclarationStatementSyntax>()
            .Where(s => s.UsingKeyword == default && s.Declaration.Variables is [{ Initializer.Value: InvocationExpressionSyntax call }] && source.Method(call) is { } m && IsLibrary(m) && m.Name.EndsWith('_') && Is(m.ReturnType, "Tensor") && Receiver(call) is IdentifierNameSyntax)
            .Select(s => (s, later: UsesAfter(source, s).ToList())).Where(p => p.later.Count > 0)
            .Select(p => source.With([Insert(p.s.SpanStart, "using "), .. Mark(p.s.Declaration), .. Mark(p.later)]))) { Or = "TL1103" },
        new("TL1107", "await in a dispose scope", source => Guards(source, "NewDisposeScope").Where(g => g.Statement is LocalDeclarationStatementSyntax && IsAsync(Body(g.Statement)))
            .SelectMany(g => After(g.Statement).Take(1).Select(s => source.With(source.InsertBefore(s, Marked("await Task.Delay(1)") + ";"))))),
        new("TL1108", "the dispose scope stands around the loop", source => Guards(source, "NewDisposeScope")
            .Where(g => g.Statement is LocalDeclarationStatementSyntax { Parent: BlockSyntax { Parent: StatementSyntax loop } block } && LoopBody(loop) == block && loop.Parent is BlockSyntax && loop.DescendantNodes().Any(n => source.IsCall(n, "backward", "Tensor")) && !FreesItself(source, g))
            .Select(g => source.With(source.Remove(g.Statement), source.InsertBefore((StatementSyntax)g.Statement.Parent!.Parent!, $"using var outer = {Marked(g.Call.ToString())};"))), "TL1103", "TL1107"),
        new("TL1109", "item<int>() of 64-bit integers", source => source.Calls("item", "Tensor").Select(c => (c.Expression as MemberAccessExpressionSyntax)?.Name).OfType<GenericNameSyntax>()
            .Select(n => n.TypeArgumentList.Arguments[0]).Where(t => t.ToString() == "long").Select(t => source.With(Replace(t, Marked("int"))))),
    ];

    /// <summary>A guard or scope in a using declaration or statement.</summary>
    internal sealed record Guarded(StatementSyntax Statement, InvocationExpressionSyntax Call, string? Name);

    internal static IEnumerable<Guarded> Guards(ProgramSource source, string names)
    {
        foreach (var call in source.Calls(names, "torch"))
        {
            if (call.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } local } v }) yield return new(local, call, v.Identifier.ValueText);
            else if (call.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: UsingStatementSyntax used } w }) yield return new(used, call, w.Identifier.ValueText);
            else if (call.Parent is UsingStatementSyntax statement) yield return new(statement, call, null);
        }
    }

    // `set_grad_enabled(training)`: what is wanted is said anew each time, and nothing stays off that should be on.
    private static bool FollowsRun(ProgramSource source, InvocationExpressionSyntax call) => source.IsCall(call, "set_grad_enabled") && source.Constant(call.ArgumentList.Arguments[0].Expression) is null;

    private static bool Holds(Guarded guard, SyntaxNode node) => guard.Statement is UsingStatementSyntax ? guard.Statement.Span.Contains(node.Span) : guard.Statement.Parent!.Span.Contains(node.Span) && node.SpanStart > guard.Statement.SpanStart;

    // Where output and loss have a using of their own the scope is only a second way to free them: without it next to nothing is left behind.
    private static bool FreesItself(ProgramSource source, Guarded guard) => source.Nodes<LocalDeclarationStatementSyntax>()
        .Any(s => s.UsingKeyword != default && Holds(guard, s) && s.Declaration.Variables is [var kept] && source.Backwards.Any(b => Same(source.Symbol(Receiver(b)), source.Model.GetDeclaredSymbol(kept))));

    private static IEnumerable<Edit> Without(ProgramSource source, Guarded guard) => guard.Statement is UsingStatementSyntax used
        ? [new(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(used.SpanStart, used.Statement.SpanStart), "")]
        : [source.Remove(guard.Statement)];

    // The guard's call as a statement of its own.
    private static IEnumerable<Edit> Unguarded(Guarded guard) => guard.Statement is UsingStatementSyntax used
        ? [new(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(used.SpanStart, used.Statement.SpanStart), used.Parent is BlockSyntax ? $"{Marked(guard.Call.ToString())};\n" : $"return 0; {guard.Call}")]
        : [Replace(guard.Statement, Marked(guard.Call.ToString()) + ";")];

    // The keyword of a loop, from which a rule about loops reports.
    private static IEnumerable<Edit> MarkStart(StatementSyntax loop) => [Insert(loop.SpanStart, "[|"), Insert(loop.GetFirstToken().Span.End, "|]")];

    // What is disposed at the end of the block and still wanted after it: the operand, or the result that is returned. Where neither is,
    // the tensor is only freed under another name.
    private static IEnumerable<SyntaxNode> UsesAfter(ProgramSource source, LocalDeclarationStatementSyntax statement)
    {
        var operand = source.Symbol(Receiver((InvocationExpressionSyntax)statement.Declaration.Variables[0].Initializer!.Value));
        var result = source.Model.GetDeclaredSymbol(statement.Declaration.Variables[0]);
        return After(statement).SelectMany(s => s.DescendantNodes().OfType<IdentifierNameSyntax>().Where(i => Same(source.Symbol(i), operand) || Same(source.Symbol(i), result) && i.Parent is ReturnStatementSyntax)).Take(1);
    }

    private static bool IsAsync(SyntaxNode body) => body is MethodDeclarationSyntax method && method.Modifiers.Any(SyntaxKind.AsyncKeyword);

    private static IEnumerable<string> LossAddedUp(ProgramSource source)
    {
        foreach (var sum in source.Nodes<AssignmentExpressionSyntax>())
        {
            if (!sum.IsKind(SyntaxKind.AddAssignmentExpression) || sum.Right is not InvocationExpressionSyntax read || !source.IsCall(read, "item ToSingle ToDouble") || source.Symbol(sum.Left) is not ILocalSymbol local) continue;
            if (local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer: { } start, Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration })
                yield return source.With([Replace(declaration.Type, "Tensor"), Replace(start.Value, "TorchSharp.torch.zeros(1)"), Replace(sum, Marked($"{sum.Left} += {Receiver(read)}"))]);
        }
    }
}
