using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
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
            if (loss.Loss is not { Input: var input, Target: var target } || ComesFromModel(body.GraphOf(input)) || Arguments(loss.Operation) is not var (first, second)) continue;
            var directed = Directed.Contains(loss.Loss.Kind);
            var reason = directed && AreClasses(body, input, target) ? "which holds no classes" : IsTruth(body, first, second, input, target) ? "which comes out of the model" : null;
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
        if (!(body.GraphOf(target) is { } graph && ComesFromModel(graph) && graph.Modules.Any(m => provenance.MayLearn(TypeOf(m)))) && provenance.Of(second) != Source.Model) return false;
        return provenance.Of(first) == Source.Data && !(provenance.Assumed && target.Fact is TensorFact { Meaning: Meaning.Softmax or Meaning.Sigmoid });
    }

    private static bool ComesFromModel(GraphFact? graph) => graph is { IsAttached: true, Modules.IsEmpty: false };

    private static ITypeSymbol? TypeOf(Path module) => module.Symbol switch { ILocalSymbol l => l.Type, IParameterSymbol p => p.Type, IFieldSymbol f => f.Type, IPropertySymbol p => p.Type, _ => null };

    private static (SyntaxNode Input, SyntaxNode Target)? Arguments(IOperation operation)
    {
        if (operation is not IInvocationOperation { Arguments: { Length: >= 2 } arguments }) return null;
        return (arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value.Syntax, arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 1)?.Value.Syntax) is ({ } input, { } target) ? (input, target) : null;
    }
}
