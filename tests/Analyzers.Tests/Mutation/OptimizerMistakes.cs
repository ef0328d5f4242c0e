using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class OptimizerMistakes
{
    private const string Factories = "SGD Adam AdamW NAdam RAdam Adamax Adagrad RMSProp";

    public static IEnumerable<Mistake> All =>
    [
        new("TL0501", "gradients are clipped after the step", source => source.Statements("clip_grad_norm_ clip_grad_value_", "utils")
            .Select(clip => (clip, step: After(clip).FirstOrDefault(s => s is ExpressionStatementSyntax { Expression: var e } && source.IsCall(e, "step", "Optimizer"))))
            .Where(p => p.step is not null).Select(p => source.With(source.Remove(p.clip), source.InsertAfter(p.step!, Marked(p.clip.Expression.ToString()) + ";")))),
        new("TL0502", "the forward pass runs without gradients", source => source.Nodes<LocalDeclarationStatementSyntax>()
            .Select(s => (s, backwards: source.Backwards.Where(b => After(s).Contains(b.Parent)).ToList()))
            .Where(p => p.backwards.Count > 0 && p.s.DescendantNodes().Any(n => source.Passes.Contains(n)) && p.s.UsingKeyword == default)
            .Select(p => source.With([source.InsertBefore(p.s, "using var injected = TorchSharp.torch.no_grad();"), .. Mark(p.backwards)])), "TL0409"),
        new("TL0503", "the optimizer holds another model's parameters", OtherModel, "TL0704", "TL0508") { Or = "TL0510" },
        new("TL0504", "the optimizer is made in the loop", source => source.Nodes<LocalDeclarationStatementSyntax>()
            .Where(s => s.Declaration.Variables is [{ Initializer.Value: InvocationExpressionSyntax made }] && source.Made(Factories).Contains(made))
            .Select(s => (s, loop: source.Statements("step", "Optimizer").Where(t => Body(t) == Body(s)).Select(InnermostLoop).FirstOrDefault(l => l is not null && LoopBody(l) is BlockSyntax && !l.Span.Contains(s.Span))))
            .Where(p => p.loop is not null)
            .Select(p => source.With(source.Remove(p.s), source.InsertBefore(((BlockSyntax)LoopBody(p.loop!)!).Statements[0], p.s.ToString().Replace(p.s.Declaration.Variables[0].Initializer!.Value.ToString(), Marked(p.s.Declaration.Variables[0].Initializer!.Value.ToString()), StringComparison.Ordinal))))),
        new("TL0505", "the optimizer is made before the model is moved", MadeBeforeMove),
        new("TL0506", "retain_graph: true", source => source.Backwards.Where(b => source.Backwards.Count(o => Body(o) == Body(b)) == 1).Select(b => source.With(Replace(b.ArgumentList, $"({Marked("retain_graph: true")})")))),
        new("TL0508", "everything that the optimizer holds is frozen", source => source.Nodes<StatementSyntax>()
            .Where(s => s.Parent is BlockSyntax && Made(source, s) is { } made && made.ArgumentList.Arguments[0].Expression is InvocationExpressionSyntax p && source.IsCall(p, "parameters", "Module"))
            .Select(s => source.With(source.InsertAfter(s, $"foreach (var frozen in {Receiver((InvocationExpressionSyntax)Made(source, s)!.ArgumentList.Arguments[0].Expression)}.parameters()) {Marked("frozen.requires_grad = false;")}")))),
        new("TL0509", "a tensor that requires gradients is moved", source => source.Nodes<InvocationExpressionSyntax>()
            .Where(c => source.Method(c) is { } m && IsLibrary(m) && m.ContainingType.Name == "torch" && source.Argument(c, "requires_grad") is { Expression: var on } && source.Constant(on) is true)
            .Select(c => source.With(Replace(c, Marked($"{c}.cuda()")))), "TL0707"),
        new("TL0510", "the same parameters in two groups", source => source.Nodes<BaseObjectCreationExpressionSyntax>().Where(c => source.Method(c) is { ContainingType.Name: "ParamGroup" })
            .GroupBy(c => c.Parent).Where(g => g.Count() > 1).Select(g => g.Select(c => c.ArgumentList!.Arguments[0]).ToList())
            .Select(g => source.With([Replace(g[1], g[0].ToString()), .. Mark(g[1])]))),
    ];

    private static InvocationExpressionSyntax? Made(ProgramSource source, StatementSyntax statement) => statement switch
    {
        LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: InvocationExpressionSyntax made }] } when source.Made(Factories).Contains(made) => made,
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Right: InvocationExpressionSyntax made } } when source.Made(Factories).Contains(made) => made,
        _ => null,
    };

    // a.parameters() where b of the same kind is in sight.
    private static IEnumerable<string> OtherModel(ProgramSource source)
    {
        foreach (var made in source.Made(Factories))
        {
            if (made.ArgumentList.Arguments is not [{ Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax model } } parameters }, ..] || !source.IsCall(parameters, "parameters", "Module")) continue;
            var symbol = source.Symbol(model)!;
            var other = source.Model.LookupSymbols(model.SpanStart).FirstOrDefault(s => s.Kind == symbol.Kind && !Same(s, symbol) && s switch
            {
                IFieldSymbol field => Is(field.Type, "Module"),
                ILocalSymbol local => Is(local.Type, "Module") && local.Locations[0].SourceSpan.Start < model.SpanStart,
                IParameterSymbol parameter => Is(parameter.Type, "Module"),
                _ => false,
            } && !Is(s is IFieldSymbol f ? f.Type : s is ILocalSymbol l ? l.Type : null, "Loss"));
            if (other is null) continue;

            // Where the other model has an optimizer already, both hold it now, and either may be named.
            var both = source.Made(Factories).Where(m => m != made && m.ArgumentList.Arguments is [{ Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax held } } }, ..] && Same(source.Symbol(held), other));
            yield return source.With([Replace(model, other.Name), .. Mark([made, .. both])]);
        }
    }

    private static IEnumerable<string> MadeBeforeMove(ProgramSource source)
    {
        foreach (var move in source.Statements("to cuda", "Module"))
        {
            var made = After(move).FirstOrDefault(s => Made(source, s) is { } call && call.ArgumentList.Arguments[0].Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var model } }
                && Same(source.Symbol(model), source.Symbol(Receiver((InvocationExpressionSyntax)move.Expression))));
            if (made is not null) yield return source.With(source.Remove(made), source.InsertBefore(move, made.ToString().Replace(Made(source, made)!.ToString(), Marked(Made(source, made)!.ToString()), StringComparison.Ordinal)));
        }
    }
}
