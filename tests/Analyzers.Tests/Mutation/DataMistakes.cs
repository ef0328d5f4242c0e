using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class DataMistakes
{
    public static IEnumerable<Mistake> All =>
    [
        new("TL0201", "bytes are not divided by 255", source => source.Nodes<BinaryExpressionSyntax>()
            .Where(b => b.IsKind(SyntaxKind.DivideExpression) && source.Constant(b.Right) is 255 or 255f or 255.0 && Is(source.TypeOf(b.Left), "Tensor"))
            .Select(b => source.With(Replace(b, Marked(b.Left.ToString()))))),
        new("TL0202", "constants of Normalize for bytes on images from 0 to 1", source => source.Calls("Normalize", "transforms")
            .Where(c => c.Ancestors().OfType<InvocationExpressionSyntax>().Any(p => p.DescendantNodes().Any(n => source.IsCall(n, "ConvertImageDtype"))))
            .Select(c => source.With([Replace(c.ArgumentList.Arguments[0].Expression, "new[] { 123.7, 116.3, 103.5 }"), .. Mark(c)]))),
        new("TL0203", "the evaluation data is not normalised", source => Pipelines(source, evaluation: true)
            .Select(p => (p, normalize: p.ArgumentList.Arguments.FirstOrDefault(a => source.IsCall(a.Expression, "Normalize"))))
            .Where(p => p.normalize is not null && p.p.ArgumentList.Arguments.Count > 1)
            .Select(p => source.With([Remove(p.normalize!), .. Mark(p.p)]))),
        new("TL0204", "the evaluation data is flipped at random", source => Pipelines(source, evaluation: true)
            .Select(p => source.With(Add(p.ArgumentList, Marked("TorchSharp.torchvision.transforms.RandomHorizontalFlip()"))))),
        new("TL0205", "the training loader is given to the evaluation", EvaluatedOnTraining),
        new("TL0206", "one class weight too many", source => source.Nodes<ArgumentSyntax>()
            .Where(a => a.NameColon?.Name.Identifier.ValueText == "weight" && a.Parent?.Parent is InvocationExpressionSyntax loss && source.IsCall(loss, "CrossEntropyLoss NLLLoss cross_entropy nll_loss"))
            .SelectMany(a => WeightList(source, a.Expression).Select(list => source.With([Insert(list.Expressions[^1].Span.End, ", 1f"), .. Mark(a)])))),
        new("TL0207", "the transformed batch is not used", TransformedUnused),
        new("TL0208", "the inner loop's condition asks the outer loop's variable", OtherLoopVariable),
    ];

    private static IEnumerable<InvocationExpressionSyntax> Pipelines(ProgramSource source, bool evaluation)
    {
        var all = source.Calls("Compose", "transforms").ToList();
        bool Augments(SyntaxNode p) => p.DescendantNodes().Any(n => n is InvocationExpressionSyntax c && source.Method(c) is { } m && m.Name.StartsWith("Random", StringComparison.Ordinal));
        return all.Any(Augments) && all.Count > 1 ? all.Where(p => Augments(p) != evaluation) : [];
    }

    // A call of an own method with a loader whose name says that it is for evaluation, where one for training is in sight.
    private static IEnumerable<string> EvaluatedOnTraining(ProgramSource source)
    {
        foreach (var argument in source.Nodes<ArgumentSyntax>())
        {
            if (argument.Expression is not IdentifierNameSyntax used || !Is(source.TypeOf(used), "DataLoader") || !IsForEvaluation(used.Identifier.ValueText)) continue;
            if (argument.Parent?.Parent is not InvocationExpressionSyntax call || source.Method(call) is not { } callee || IsLibrary(callee)) continue;
            var training = source.Model.LookupSymbols(used.SpanStart).FirstOrDefault(s => s is ILocalSymbol { Type: var t } && Is(t, "DataLoader") && s.Name.StartsWith("train", StringComparison.OrdinalIgnoreCase)
                || s is IParameterSymbol { Type: var u } && Is(u, "DataLoader") && s.Name.StartsWith("train", StringComparison.OrdinalIgnoreCase));
            var loop = callee.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantNodes()).OfType<CommonForEachStatementSyntax>().FirstOrDefault();

            // Where another call still evaluates on it, the first shows what the model makes of its training data, beside what it makes of others.
            if (source.UsesOf(source.Symbol(used)!).Any(u => u != used && u.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax other } && source.Method(other) is { } method && !IsLibrary(method))) continue;
            if (training is not null && loop is not null && !loop.DescendantNodes().Any(n => source.IsCall(n, "backward")))
                yield return source.With([Replace(used, training.Name), .. Mark(argument), .. Mark(loop.Expression)]);
        }
    }

    public static bool IsForEvaluation(string name) => new[] { "test", "valid", "held" }.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<InitializerExpressionSyntax> WeightList(ProgramSource source, ExpressionSyntax weight)
    {
        var made = weight is IdentifierNameSyntax && source.Symbol(weight) is { } variable ? source.Creations(variable).FirstOrDefault() : weight;
        return made is null ? [] : made.DescendantNodes().OfType<InitializerExpressionSyntax>().Take(1);
    }

    // The local that holds what became of the batch, and the raw batch in all places where it was used.
    private static IEnumerable<string> TransformedUnused(ProgramSource source)
    {
        foreach (var local in source.Nodes<VariableDeclaratorSyntax>())
        {
            if (local.Initializer?.Value is not { } made || local.Parent?.Parent is not LocalDeclarationStatementSyntax statement || !Is(source.TypeOf(made), "Tensor") || InnermostLoop(local) is not CommonForEachStatementSyntax) continue;

            // What is put together from several tensors is no transformed batch, and no model takes one of them in its place.
            if (made is ElementAccessExpressionSyntax || made.DescendantNodesAndSelf().Any(n => source.IsCall(n, "stack cat")) || made.DescendantNodesAndSelf().Any(n => source.IsCall(n, "forward call"))) continue;
            var raw = made.DescendantNodes().OfType<ElementAccessExpressionSyntax>().FirstOrDefault(e => Is(source.TypeOf(e), "Tensor") && e.ArgumentList.Arguments is [{ Expression: LiteralExpressionSyntax }]) as ExpressionSyntax
                ?? made.DescendantNodes().OfType<IdentifierNameSyntax>().FirstOrDefault(i => source.Symbol(i) is ILocalSymbol { Type: var t } symbol && Is(t, "Tensor") && IsFromBatch(source, symbol));
            var uses = source.UsesOf(source.Model.GetDeclaredSymbol(local)!).ToList();
            if (raw is null || uses.Count == 0 || !source.Passes.Any(p => p.ArgumentList.Arguments.Any(a => a.Expression is IdentifierNameSyntax i && uses.Contains(i)))) continue;
            yield return source.With([.. uses.Select(u => Replace(u, raw.ToString())), .. Mark(local)]);
        }
    }

    private static bool IsFromBatch(ProgramSource source, ILocalSymbol local) =>
        local.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is ForEachStatementSyntax or SingleVariableDesignationSyntax || r.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: ElementAccessExpressionSyntax });

    private static IEnumerable<string> OtherLoopVariable(ProgramSource source)
    {
        foreach (var inner in source.Nodes<ForStatementSyntax>())
        {
            if (inner is not { Declaration.Variables: [var own], Condition: BinaryExpressionSyntax { Left: IdentifierNameSyntax tested } } || tested.Identifier.ValueText != own.Identifier.ValueText) continue;
            if (LoopsAround(inner).OfType<ForStatementSyntax>().FirstOrDefault() is { Declaration.Variables: [var outer] })
                yield return source.With([Replace(tested, outer.Identifier.ValueText), .. Mark(inner.Condition)]);
        }
    }
}
