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
        new("TL0801", "eval() is missing", source => source.Statements("eval", "Module").Where(e => TrainingStepMistakes.HasModes(source) && !source.Backwards.Any(b => Body(b) == Body(e)))
            .Select(e => source.With([source.Remove(e), .. Mark(source.Passes.Where(p => !source.Backwards.Any(b => Body(b) == Body(p))))]))),
        new("TL0802", "no_grad() is missing", source => ResourceMistakes.Guards(source, "no_grad inference_mode").Where(g => g.Statement is LocalDeclarationStatementSyntax && EvaluationPasses(source, g.Statement).Any(p => InnermostLoop(p) is not null))
            .Select(g => source.With([source.Remove(g.Statement), .. Mark(EvaluationPasses(source, g.Statement))]))),
        new("TL0803", "the loop that trains reads the evaluation data", TrainedOnEvaluation, "TL0205", "TL0601"),
        new("TL0804", "the kept state is no copy", source => source.Nodes<AssignmentExpressionSyntax>()
            .Select(a => (a, state: a.Right.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => source.IsCall(c, "state_dict", "Module"))))
            .Where(p => p.state is not null && p.state != p.a.Right).Select(p => source.With(Replace(p.a, Marked($"{p.a.Left} = {p.state}"))))),
        new("TL0902", "the loop sets the same seed each time", source => source.Backwards.Select(b => InnermostLoop(b)).Distinct().Where(l => l is not null && LoopBody(l) is BlockSyntax { Statements.Count: > 0 })
            .Select(l => source.With(source.InsertBefore(((BlockSyntax)LoopBody(l!)!).Statements[0], Marked("TorchSharp.torch.manual_seed(42)") + ";")))),
        new("TL0903", "weights begin as zeros", source => source.Calls("xavier_uniform_ kaiming_normal_ uniform_ normal_", "init").Where(c => c.Parent is ExpressionStatementSyntax && IsWeightOfLayer(source, c.ArgumentList.Arguments[0].Expression))
            .Select(c => source.With(Replace(c, Marked($"TorchSharp.torch.nn.init.zeros_({c.ArgumentList.Arguments[0]})"))))),
        new("TL1001", "the loss is not looked at", NeverObserved),
        new("TL1002", "the tensor is printed, not its value", source => source.Nodes<InterpolationSyntax>().Select(i => i.Expression).Concat(source.Nodes<ArgumentSyntax>().Where(IsPrinted(source)).Select(a => a.Expression)).OfType<InvocationExpressionSyntax>()
            .Where(c => source.IsCall(c, "item ToSingle ToDouble ToInt64") && Receiver(c) is not null)
            .Select(c => source.With(Replace(c, Marked(Receiver(c)!.ToString()))))),
    ];

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

    // The weight of a linear layer or convolution, not that of an embedding.
    private static bool IsWeightOfLayer(ProgramSource source, ExpressionSyntax weight)
    {
        if (weight is PostfixUnaryExpressionSyntax { Operand: var operand }) weight = operand;
        return weight is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "weight", Expression: var layer } ? source.TypeOf(layer)?.Name is "Linear" or "Conv2d" : source.Symbol(weight) is IFieldSymbol { Name: "weight" };
    }

    // All statements that read the loss, but for backward() itself.
    private static IEnumerable<string> NeverObserved(ProgramSource source)
    {
        foreach (var backward in source.Backwards)
        {
            if (source.Symbol(Receiver(backward)) is not ILocalSymbol loss || loss.DeclaringSyntaxReferences[0].GetSyntax() is not VariableDeclaratorSyntax declared) continue;
            var readers = source.UsesOf(loss).Where(u => u.Parent?.Parent != backward).Select(u => u.Ancestors().OfType<StatementSyntax>().FirstOrDefault(s => s.Parent is BlockSyntax)).Distinct().ToList();
            if (readers.Count > 0 && InnermostLoop(backward) is not null && readers.All(r => r is ExpressionStatementSyntax or IfStatementSyntax { Else: null } && r.SpanStart > declared.SpanStart && !r.DescendantNodes().Any(n => source.IsCall(n, "backward step"))))
                yield return source.With([.. readers.Select(r => source.Remove(r!)), .. Mark(declared)]);
        }
    }
}
