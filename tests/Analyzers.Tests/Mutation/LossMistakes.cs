using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class LossMistakes
{
    private const string Distances = "mse_loss l1_loss smooth_l1_loss huber_loss";
    private const string DistanceModules = "MSELoss L1Loss SmoothL1Loss HuberLoss";
    private const string Functional = "TorchSharp.torch.nn.functional";

    public static IEnumerable<Mistake> All =>
    [
        new("TL0401", "softmax before cross entropy", source => CrossEntropies(source).Select(c => source.With([Wrap(Input(c), $"{Functional}.softmax({{0}}, 1)"), .. Mark(c)]))),
        new("TL0402", "sigmoid before binary cross entropy with logits", source => source.Losses("binary_cross_entropy_with_logits", "BCEWithLogitsLoss")
            .Select(c => source.With([Wrap(Input(c), "TorchSharp.torch.sigmoid({0})"), .. Mark(c)]))),
        new("TL0403", "softmax for log-softmax before the negative log likelihood", source => !source.Losses("nll_loss", "NLLLoss").Any() ? [] :
            source.Calls("log_softmax").Select(c => Rename(c, "softmax")).Concat(source.Made("LogSoftmax").Select(c => Rename(c, "Softmax")))
                .Select(edit => source.With([edit, .. Mark(source.Losses("nll_loss", "NLLLoss"))]))),
        new("TL0404", "no sigmoid before binary cross entropy", source => !source.Losses("binary_cross_entropy", "BCELoss").Any() ? [] :
            source.Made("Sigmoid").Select(c => c.Parent).OfType<ArgumentSyntax>().Select(Remove).Concat(source.Calls("sigmoid", "torch").Select(c => Replace(c, c.ArgumentList.Arguments[0].ToString())))
                .Select(edit => source.With([edit, .. Mark(source.Losses("binary_cross_entropy", "BCELoss"))]))),
        new("TL0405", "squared error for classes", source => source.Losses("cross_entropy", "").Where(c => IsIndex(source, Target(c)) && IsTrained(source, c))
            .Select(c => source.With(Replace(c, Marked($"{Functional}.mse_loss(({Input(c)}).softmax(1), {Functional}.one_hot({Target(c)}).to(ScalarType.Float32))"))))),
        new("TL0406", "a single output before cross entropy", SingleOutput, "TL0206"),
        new("TL0407", "classes as 32-bit integers", source => CrossEntropies(source).Where(c => IsIndex(source, Target(c)))
            .Select(c => source.With(Replace(Target(c), Marked($"({Target(c)}).to(ScalarType.Int32)"))))),
        new("TL0408", "target and input of the loss are swapped", source => CrossEntropies(source).Concat(source.Losses("nll_loss binary_cross_entropy binary_cross_entropy_with_logits", "NLLLoss BCELoss BCEWithLogitsLoss"))
            .Where(c => c.ArgumentList.Arguments.Take(2).All(a => a.NameColon is null))
            .Select(c => source.With([Replace(Input(c), Target(c).ToString()), Replace(Target(c), Input(c).ToString()), .. Mark(c)])), "TL0401", "TL0407", "TL0404", "TL0410"),
        new("TL0409", "the loss is detached", source => source.Backwards.Where(b => Receiver(b) is not null).Select(b => source.With([Wrap(Receiver(b)!, "{0}.detach()"), .. Mark(b)])), "TL0802"),
        new("TL0409", "argmax before the loss", source => CrossEntropies(source).Where(c => IsTrained(source, c) && IsOnly(source, c))
            .Select(c => source.With([Wrap(Input(c), "({0}).argmax(1).to(ScalarType.Float32)"), .. Mark(BackwardsBeside(source, c))])), "TL0406"),
        new("TL0410", "the loss compares the target with noise", source => source.Losses("mse_loss l1_loss smooth_l1_loss huber_loss cross_entropy", "MSELoss L1Loss SmoothL1Loss CrossEntropyLoss")
            .Where(c => BackwardsBeside(source, c) is [{ }] && IsOnly(source, c) && c.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { Declaration.Variables: [{ Initializer.Value: var whole }] } && whole == c)
            .Select(c => source.With([Wrap(Input(c), "TorchSharp.torch.rand_like({0}.detach())"), .. Mark(BackwardsBeside(source, c))])), "TL0409", "TL0408", "TL0502"),
        new("TL0411", "the loss sums over the batch", source => source.Losses("mse_loss l1_loss smooth_l1_loss cross_entropy", "").Where(c => IsTrained(source, c) && Updates(source, c) && source.Argument(c, "reduction") is null)
            .Select(c => source.With([Add(c.ArgumentList, "reduction: TorchSharp.torch.nn.Reduction.Sum"), .. Mark(c)])), "TL0412"),
        new("TL0412", "the last batch's loss stands for the sum", source => Sums(source).Select(a => source.With(Replace(a, Marked($"{a.Left} = {a.Right}"))))),
        new("TL0412", "the sum of batch means is divided by the number of samples", source => source.Nodes<MemberAccessExpressionSyntax>()
            .Where(m => m.Name.Identifier.ValueText == "Count" && Is(source.TypeOf(m.Expression), "DataLoader") && m.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } d && d.Right == m)
            .Select(m => source.With([Insert(m.Expression.Span.End, ".dataset"), .. Mark(m.Parent!)]))),
        new("TL0413", "softmax over the batch", source => source.Calls("softmax log_softmax", "functional").Where(c => !InAttention(source, c)).Select(c => source.Argument(c, "dim")).Concat(source.Made("LogSoftmax Softmax").Select(c => source.Argument(c, "dim")))
            .OfType<ArgumentSyntax>().Where(a => source.Constant(a.Expression) is 1 or -1).Select(a => source.With(Replace(a.Expression, Marked("0"))))),
        new("TL0414", "log_target is left at its default", source => source.Losses("kl_div", "").Select(c => (c, log: source.Argument(c, "log_target"))).Where(c => c.log is not null)
            .Select(c => source.With([Remove(c.log!), .. Mark(c.c)]))),
        new("TL0414", "probabilities where kl_div takes logarithms", source => source.Losses("kl_div", "").Where(c => source.IsCall(Input(c), "log_softmax"))
            .Select(c => source.With([Rename((InvocationExpressionSyntax)Input(c), "softmax"), .. Mark(c)]))),
        new("TL0415", "backward() on a loss that was not reduced", source => source.Losses("mse_loss l1_loss smooth_l1_loss cross_entropy nll_loss", "")
            .Where(c => source.Argument(c, "reduction") is null && c.Parent is EqualsValueClauseSyntax && BackwardsBeside(source, c).Any(b => SameVariable(source, b, c)))
            .Select(c => source.With([Add(c.ArgumentList, "reduction: TorchSharp.torch.nn.Reduction.None"), .. Mark(BackwardsBeside(source, c).Where(b => SameVariable(source, b, c)))]))),
        new("TL0416", "a column of outputs against a row of targets", source => !source.Losses(Distances, DistanceModules).Any() ? [] : source.Calls("squeeze", "Tensor").Where(c => source.IsInModule(c) && c.Parent is ArrowExpressionClauseSyntax or ReturnStatementSyntax && source.IsCall(Receiver(c), "forward call"))
            .Select(c => source.With([Replace(c, Receiver(c)!.ToString()), .. Mark(source.Losses(Distances, DistanceModules))]))),
        new("TL0417", "the logarithm of a softmax in two steps", source => source.Calls("log_softmax", "functional").Select(c => source.With(Replace(c, Marked($"{Functional}.softmax{c.ArgumentList}.log()")))), "TL0414"),
    ];

    private static ExpressionSyntax Input(InvocationExpressionSyntax loss) => loss.ArgumentList.Arguments[0].Expression;

    private static ExpressionSyntax Target(InvocationExpressionSyntax loss) => loss.ArgumentList.Arguments[1].Expression;

    private static Edit Wrap(ExpressionSyntax expression, string format) => Replace(expression, string.Format(null, format, expression));

    private static Edit Rename(InvocationExpressionSyntax call, string name) => Replace(call.Expression is MemberAccessExpressionSyntax access ? access.Name : call.Expression, name);

    private static IEnumerable<InvocationExpressionSyntax> CrossEntropies(ProgramSource source) => source.Losses("cross_entropy", "CrossEntropyLoss");

    private static List<InvocationExpressionSyntax> BackwardsBeside(ProgramSource source, SyntaxNode node) => [.. source.Backwards.Where(b => Body(b) == Body(node))];

    private static bool IsTrained(ProgramSource source, SyntaxNode loss) => BackwardsBeside(source, loss).Count > 0;

    // Whether the member moves parameters as well: an attack that takes the sign of a gradient does the same for a sum as for a mean.
    private static bool Updates(ProgramSource source, SyntaxNode loss) =>
        loss.Ancestors().OfType<MemberDeclarationSyntax>().First() is var member && source.Calls("step", "Optimizer").Concat(source.Calls("parameters", "Module")).Any(c => member.Span.Contains(c.Span));

    // No other loss beside it that backward() goes through as well.
    private static bool IsOnly(ProgramSource source, SyntaxNode loss) =>
        source.Nodes<InvocationExpressionSyntax>().Count(c => Body(c) == Body(loss) && source.IsLoss(c, "cross_entropy mse_loss kl_div l1_loss smooth_l1_loss nll_loss", "CrossEntropyLoss MSELoss L1Loss SmoothL1Loss NLLLoss")) == 1;

    private static bool SameVariable(ProgramSource source, InvocationExpressionSyntax backward, InvocationExpressionSyntax loss) =>
        loss.Parent?.Parent is VariableDeclaratorSyntax declared && Same(source.Symbol(Receiver(backward)), source.Model.GetDeclaredSymbol(declared));

    // Targets that are classes, not probabilities: all but the mixed ones.
    private static bool IsIndex(ProgramSource source, ExpressionSyntax target) => !target.ToString().Contains("mixed", StringComparison.Ordinal) && source.TypeOf(target) is not null;

    private static bool InAttention(ProgramSource source, SyntaxNode node) => source.IsInModule(node) && node.FirstAncestorOrSelf<StatementSyntax>() is { } s && s.ToString().Contains("attention", StringComparison.OrdinalIgnoreCase) || node.ToString().Contains("scores, -1", StringComparison.Ordinal);

    // Whether a model's last layer yields the scores: similarities that a batch has with itself are none, and a probe is a layer by itself.
    private static bool IsOfModel(ProgramSource source, InvocationExpressionSyntax loss)
    {
        var made = Input(loss) is IdentifierNameSyntax scores && source.Symbol(scores) is { } variable ? source.Creations(variable).ToList() : [Input(loss)];
        if (made.Count > 0 && made.All(m => m.DescendantNodesAndSelf().Any(n => source.IsCall(n, "matmul masked_fill")))) return false;
        return !made.OfType<InvocationExpressionSyntax>().Any(pass => source.Symbol(Receiver(pass)) is { } model && source.Creations(model).Any(c => c is InvocationExpressionSyntax moved && source.IsCall(Receiver(moved), "Linear")));
    }

    // The last layer of what is trained with cross entropy: its number of outputs.
    private static IEnumerable<string> SingleOutput(ProgramSource source)
    {
        var losses = CrossEntropies(source).Where(c => IsOfModel(source, c)).ToList();
        if (losses.Count == 0 || source.Losses("mse_loss l1_loss", "").Any()) yield break;
        foreach (var layer in source.Made("Linear"))
        {
            if (layer.ArgumentList.Arguments is not [_, { Expression: var width }, ..]) continue;
            var isLast = layer.Parent is ArgumentSyntax { Parent: ArgumentListSyntax list } item && source.IsCall(list.Parent, "Sequential") ? list.Arguments[^1] == item
                : layer.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: "output" or "head" or "fc" or "classifier" } } or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "output" or "head" or "fc" or "decoder" } };
            if (isLast) yield return source.With([Replace(width, "1"), .. Mark(losses)]);
        }
    }

    // x += loss, where x is divided by something later.
    private static IEnumerable<AssignmentExpressionSyntax> Sums(ProgramSource source) => source.Nodes<AssignmentExpressionSyntax>()
        .Where(a => a.IsKind(SyntaxKind.AddAssignmentExpression) && a.Parent is ExpressionStatementSyntax && InnermostLoop(a) is not null && a.Right.DescendantNodesAndSelf().Any(n => source.IsCall(n, "item ToSingle ToDouble"))
            && source.Symbol(a.Left) is ILocalSymbol sum && source.UsesOf(sum).Any(u => u.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression } d && d.Left == u));
}
