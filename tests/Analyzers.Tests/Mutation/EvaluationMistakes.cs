using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>Evaluation, initialization, monitoring.</summary>
internal static class EvaluationMistakes
{
    public static IEnumerable<Mistake> All =>
    [
        new("TL0801", "eval() is missing", source => source.Statements("eval", "Module").Where(e => source.HasModes(Receiver((InvocationExpressionSyntax)e.Expression)) && !source.Backwards.Any(b => Body(b) == Body(e)))
            .Where(e => EvaluationPasses(source, e).Any(source.IsRepeated) && !IsEvaluatingAlready(source, e))
            .Select(e => source.With([source.Remove(e), .. Mark(source.Passes.Where(p => !source.Backwards.Any(b => Body(b) == Body(p))))]))),
        new("TL0802", "no_grad() is missing", source => ResourceMistakes.Guards(source, "no_grad inference_mode").Where(g => g.Statement is LocalDeclarationStatementSyntax && EvaluationPasses(source, g.Statement).Any(p => InnermostLoop(p) is not null))
            .Select(g => source.With([source.Remove(g.Statement), .. Mark(EvaluationPasses(source, g.Statement))]))),
        new("TL0803", "the loop that trains reads the evaluation data", TrainedOnEvaluation, "TL0205", "TL0601"),
        new("TL0804", "the kept state is no copy", source => source.Nodes<AssignmentExpressionSyntax>()
            .Select(a => (a, state: a.Right.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => source.IsCall(c, "state_dict", "Module"))))
            .Where(p => p.state is not null && p.state != p.a.Right).Select(p => source.With(Replace(p.a, Marked($"{p.a.Left} = {p.state}"))))),
        new("TL0902", "the loop sets the same seed each time", source => source.Backwards.Select(b => InnermostLoop(b)).Distinct().Where(l => l is not null && LoopBody(l) is BlockSyntax { Statements.Count: > 0 })
            .Select(l => source.With(source.InsertBefore(((BlockSyntax)LoopBody(l!)!).Statements[0], Marked("TorchSharp.torch.manual_seed(42)") + ";")))),
        new("TL0903", "weights begin as zeros", AllZeros),
        new("TL1001", "the loss is not looked at", NeverObserved),
        new("TL1002", "the tensor is printed, not its value", source => source.Nodes<InterpolationSyntax>().Select(i => i.Expression).Concat(source.Nodes<ArgumentSyntax>().Where(IsPrinted(source)).Select(a => a.Expression)).OfType<InvocationExpressionSyntax>()
            .Where(c => source.IsCall(c, "item ToSingle ToDouble ToInt64") && Receiver(c) is not null)
            .Select(c => source.With(Replace(c, Marked(Receiver(c)!.ToString()))))),
    ];

    // A method that is only ever called after another one has switched the same model, with no train() in between: `{Clean(test)} {Attacked(test)}`.
    private static bool IsEvaluatingAlready(ProgramSource source, ExpressionStatementSyntax eval)
    {
        bool Switches(SyntaxNode code, string names) => code.DescendantNodes().Any(n => n != eval.Expression && source.IsCall(n, names, "Module") && Same(source.Symbol(Receiver((InvocationExpressionSyntax)n)), source.Symbol(Receiver((InvocationExpressionSyntax)eval.Expression))));
        var calls = Body(eval) is MethodDeclarationSyntax method ? source.CallsOf(source.Model.GetDeclaredSymbol(method)).ToList() : [];
        return calls.Count > 0 && calls.All(c => Body(c).DescendantNodes().OfType<InvocationExpressionSyntax>().LastOrDefault(o => o.SpanStart < c.SpanStart && source.Method(o) is { } called
            && (IsLibrary(called) ? source.IsCall(o, "train", "Module") : called.DeclaringSyntaxReferences.Any(r => Switches(r.GetSyntax(), "train eval")))) is { } last
            && source.Method(last) is { } before && !IsLibrary(before) && before.DeclaringSyntaxReferences.All(r => !Switches(r.GetSyntax(), "train")));
    }

    private static Func<ArgumentSyntax, bool> IsPrinted(ProgramSource source) => a => a.Parent?.Parent is InvocationExpressionSyntax call && source.Method(call) is { Name: "WriteLine" or "Write" };

    private static IEnumerable<InvocationExpressionSyntax> EvaluationPasses(ProgramSource source, SyntaxNode guard) => source.Passes.Where(p => Body(p) == Body(guard) && p.SpanStart > guard.SpanStart);

    private static IEnumerable<string> TrainedOnEvaluation(ProgramSource source)
    {
        foreach (var loop in source.Nodes<ForEachStatementSyntax>())
        {
            if (!Is(source.TypeOf(loop.Expression), "DataLoader") || !loop.DescendantNodes().Any(n => source.IsCall(n, "backward", "Tensor"))) continue;
            var other = source.Model.LookupSymbols(loop.SpanStart).FirstOrDefault(s => s is ILocalSymbol or IParameterSymbol && DataMistakes.IsForEvaluation(s.Name) && Is(s is ILocalSymbol l ? l.Type : ((IParameterSymbol)s).Type, "DataLoader"));
            if (other is not null) yield return source.With([Replace(loop.Expression, other.Name), .. Mark(loop.Expression)]);
        }
    }

    // The linear layers and convolutions of a class, where it has nothing else with weights. One layer alone may begin at zero on purpose: the
    // last one, or the end of a residual branch; and what another kind of module draws at random tells the units apart.
    private static IEnumerable<string> AllZeros(ProgramSource source)
    {
        foreach (var register in source.Calls("RegisterComponents"))
        {
            if (register.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax { Parent: ConstructorDeclarationSyntax constructor } } statement || source.Model.GetDeclaredSymbol(constructor)?.ContainingType is not { } type) continue;
            var parts = type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsImplicitlyDeclared && (Is(f.Type, "Module") || Is(f.Type, "Tensor")) && f.Type.Name is not ("Dropout" or "ReLU" or "Tanh")).ToList();
            if (parts.Count > 1 && parts.All(f => f.Type.Name is "Linear" or "Conv2d"))
                yield return source.With(source.InsertAfter(statement, string.Join(" ", parts.Select(f => Marked($"TorchSharp.torch.nn.init.zeros_({f.Name}.weight)") + ";"))));
        }
    }

    // All statements that read the loss, but for backward() itself. Where a number of the model is still read after that, in the same body or
    // in a method called there, somebody looks at the training: an accuracy, a validation. That program is not the mistake.
    private static IEnumerable<string> NeverObserved(ProgramSource source)
    {
        foreach (var backward in source.Backwards)
        {
            if (source.Symbol(Receiver(backward)) is not ILocalSymbol loss || loss.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax declared) continue;
            var readers = source.UsesOf(loss).Where(u => u.Parent?.Parent != backward).Select(u => u.Ancestors().OfType<StatementSyntax>().FirstOrDefault(s => s.Parent is BlockSyntax)).Distinct().ToList();
            if (readers.Count == 0 || InnermostLoop(backward) is null || !readers.All(r => r is ExpressionStatementSyntax or IfStatementSyntax { Else: null } && r.SpanStart > declared.SpanStart && !r.DescendantNodes().Any(n => source.IsCall(n, "backward step")))) continue;
            if (!LooksAtModel(source, Body(backward), readers!)) yield return source.With([.. readers.Select(r => source.Remove(r!)), .. Mark(declared)]);
        }
    }

    private static bool IsSet(IdentifierNameSyntax use) => use.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple } ? tuple.Parent is AssignmentExpressionSyntax whole && whole.Left == tuple : use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use;

    // Whether the body, or a method that it calls, reads a number of the model, but for these statements.
    private static bool LooksAtModel(ProgramSource source, SyntaxNode body, IReadOnlyList<SyntaxNode> removed)
    {
        bool Stays(SyntaxNode node) => !removed.Any(r => r.Span.Contains(node.Span));
        return body.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(Stays).Any(c => source.IsReadOfModel(c)
            ? c.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { Left: IdentifierNameSyntax sum } || source.UsesOf(source.Symbol(sum)!).Where(Stays).Any(u => !IsSet(u))
            : source.Method(c)?.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantNodes().Any(source.IsReadOfModel)) == true);
    }
}
