using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Loss;

/// <summary>TL0408: the model's output as target, the truth as input.</summary>
internal sealed class LossArgumentsSwapped : Rule
{
    private static readonly LossKind[] Directed = [LossKind.CrossEntropy, LossKind.NegativeLogLikelihood, LossKind.BinaryCrossEntropy, LossKind.BinaryCrossEntropyWithLogits];
    private static readonly LossKind[] Symmetric = [LossKind.MeanSquaredError, LossKind.MeanAbsoluteError, LossKind.SmoothL1, LossKind.Huber];

    private static readonly HashSet<string> TruthWords = ["target", "targets", "label", "labels", "truth", "truths", "gt", "batch"];
    private static readonly HashSet<string> OutputWords = ["pred", "preds", "predicted", "prediction", "predictions", "output", "outputs", "logit", "logits"];

    private const int MaxNames = 4;

    private readonly DiagnosticDescriptor symmetric;

    public LossArgumentsSwapped()
        : base(
            "TL0408",
            Section.Loss,
            Level.Warning,
            "The loss is given the target as input",
            "'{0}' is given '{1}' as input and '{2}', {3}, as target: this loss does not treat the two alike, so swap them",
            "A loss takes the model's output first and the truth second. Cross entropy of swapped arguments throws or pulls the model towards one class, and the number it prints falls without end or is NaN.")
    {
        symmetric = Milder(
            "A symmetric loss is given the target as input",
            "'{0}' is given '{1}' as input and '{2}', {3}, as target: this loss treats the two alike, but the next one may not",
            "Mean squared and absolute errors are the same either way. The order is input first and target second, and matters as soon as another loss takes their place.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, symmetric);

    public override IEnumerable<EventKind> Events => LossInputs.Events;

    public override void InspectBody(BodyReport body)
    {
        foreach (var loss in body.Losses([.. Directed, .. Symmetric]))
        {
            // What goes in first comes out of the model, as it should, in nearly every program.
            if (loss.Loss is not { Input: var input, Target: var target } || ComesFromModel(body, input) || Arguments(loss.Operation) is not var (first, second)) continue;
            var directed = Directed.Contains(loss.Loss.Kind);
            var reason = directed && AreClasses(body, input, target) ? LocalizedText.Of($"which holds no classes")
                : IsTruth(body, first, second, input, target) ? LocalizedText.Of($"which comes out of the model")
                : directed && IsTruthByName(body, first, second, loss) ? LocalizedText.Of($"which is the model's output by its name")
                : null;
            if (reason is not null) body.Report(directed ? Descriptor : symmetric, loss.Node, null, null, GradientSteps.Text(loss.Node), GradientSteps.Text(first), GradientSteps.Text(second), reason);
        }
    }

    // Whole numbers where scores belong, and floating point numbers where classes do.
    private static bool AreClasses(BodyReport body, Value input, Value target) =>
        body.Resolve(input) is TensorFact { Type: { } first } && LossInputs.IsWhole(first) && body.Resolve(target) is TensorFact { Type: { } second } && !LossInputs.IsWhole(second);

    // The truth and the model's output, in this order.
    private static bool IsTruth(BodyReport body, SyntaxNode first, SyntaxNode second, Value input, Value target)
    {
        var provenance = new Provenance(body.Program, body.Cancellation);
        if (!ComesFromModel(body, target) && provenance.Of(second) != Source.Model) return false;
        return WasNeverAttached(body.GraphOf(input)) || provenance.Of(first) == Source.Data && !(provenance.Assumed && target.Fact is TensorFact { Meaning: Meaning.Softmax or Meaning.Sigmoid });
    }

    // In a loss of one's own only the names of its parameters may tell the two apart.
    private static bool IsTruthByName(BodyReport body, SyntaxNode first, SyntaxNode second, TrainingEvent loss)
    {
        if (!IsNamed(body, second, OutputWords, TruthWords)) return false;
        var (truth, output) = (new Provenance(body.Program, body.Cancellation), new Provenance(body.Program, body.Cancellation));
        var (given, expected) = (truth.Of(first), output.Of(second));
        if (expected == Source.Data && !(output.Assumed || output.AssumedBatch)) return false;
        // With gradients on, what is free cannot be what is trained.
        var isFree = loss.Before.GradientsOff is null && body.GraphOf(loss.Loss!.Input) is { IsFree: true };
        return isFree || given switch
        {
            Source.Model => false,
            Source.Data when !truth.Assumed => true,
            _ => IsNamed(body, first, TruthWords, OutputWords),
        };
    }

    private static bool IsNamed(BodyReport body, SyntaxNode expression, HashSet<string> words, HashSet<string> others)
    {
        var names = Names(body, expression, 0).ToList();
        return names.Exists(n => Words.Says(n, words)) && !names.Exists(n => Words.Says(n, others));
    }

    // `target_scores` in `target_scores.to(type)`, `label` in `batch["label"].view(-1)`; and what a local is made of: `var flat = prediction.view(-1)`.
    private static IEnumerable<string> Names(BodyReport body, SyntaxNode? expression, int depth) => expression switch
    {
        IdentifierNameSyntax name => Made(body, name, depth).Prepend(name.Identifier.ValueText),
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } called => Names(body, called.Expression, depth),
        MemberAccessExpressionSyntax member => Names(body, member.Expression, depth).Append(member.Name.Identifier.ValueText),
        InvocationExpressionSyntax call => Names(body, call.Expression, depth),
        ElementAccessExpressionSyntax element => Names(body, element.Expression, depth).Concat(element.ArgumentList.Arguments.Select(a => a.Expression).OfType<LiteralExpressionSyntax>().Select(l => l.Token.ValueText)),
        ParenthesizedExpressionSyntax parenthesized => Names(body, parenthesized.Expression, depth),
        CastExpressionSyntax cast => Names(body, cast.Expression, depth),
        PostfixUnaryExpressionSyntax postfix => Names(body, postfix.Operand, depth),
        _ => [],
    };

    private static IEnumerable<string> Made(BodyReport body, IdentifierNameSyntax name, int depth) =>
        depth < MaxNames && body.Program.Model(name.SyntaxTree).GetSymbolInfo(name, body.Cancellation).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(body.Cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value } ? Names(body, value, depth + 1) : [];

    // Made from data alone: nothing was ever there to be cut off.
    private static bool WasNeverAttached(GraphFact? graph) => graph is { IsFree: true, Causes.IsEmpty: true, Modules.IsEmpty: true };

    private static bool ComesFromModel(BodyReport body, Value value)
    {
        if (body.GraphOf(value) is not { IsAttached: true } graph) return false;
        var provenance = new Provenance(body.Program, body.Cancellation);
        return graph.Modules.Any(m => provenance.MayLearn(TypeOf(m)));
    }

    private static ITypeSymbol? TypeOf(Path module) => module.Symbol switch { ILocalSymbol l => l.Type, IParameterSymbol p => p.Type, IFieldSymbol f => f.Type, IPropertySymbol p => p.Type, _ => null };

    private static (SyntaxNode Input, SyntaxNode Target)? Arguments(IOperation operation)
    {
        if (operation is not IInvocationOperation { Arguments: { Length: >= 2 } arguments }) return null;
        return (arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value.Syntax, arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 1)?.Value.Syntax) is ({ } input, { } target) ? (input, target) : null;
    }
}
