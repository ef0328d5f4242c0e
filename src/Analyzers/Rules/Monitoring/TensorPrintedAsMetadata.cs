using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Monitoring;

/// <summary>TL1002: a tensor becomes text, which shows what it is and not what is in it.</summary>
internal sealed class TensorPrintedAsMetadata : Rule
{
    private readonly DiagnosticDescriptor several;

    public TensorPrintedAsMetadata()
        : base(
            "TL1002",
            Section.Monitoring,
            Level.Warning,
            "A tensor is printed without its value",
            "'{0}' is a tensor, and its text is its type and device, not its value: write '{1}'",
            "The text of a tensor, ToString() without arguments, is its shape, type and device: [], type = Float32, device = cpu. A format is ignored. item<T>() or ToSingle() reads the value of a tensor of one element, str() writes the values of any.")
    {
        several = Milder(
            "A tensor is printed without its values",
            "'{0}' is a tensor, and its text is its shape, type and device, not its values: write '{1}' if these are meant",
            "The text of a tensor, ToString() without arguments, is its shape, type and device. Where the values are meant, str() writes them.");
    }

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => ImmutableArray.Create(Descriptor, several);

    public override IEnumerable<string> Calls => [nameof(ToString)];

    public override IEnumerable<OperationKind> Operations => [OperationKind.Interpolation, OperationKind.InterpolatedStringAppendFormatted, OperationKind.Conversion];

    public override void InspectOperation(OperationReport operation)
    {
        var tensor = operation.Operation switch
        {
            IInterpolationOperation { Expression: var shown } => shown,
            IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments: [{ Value: var shown }, ..] } } => shown,
            IConversionOperation { Type.SpecialType: SpecialType.System_Object, Operand: var shown } conversion when operation.Torch.Is(shown.Type, TorchType.Tensor) && BecomesText(conversion) => shown,
            IInvocationOperation { Instance: { } shown, Arguments.IsEmpty: true } => shown,
            _ => null,
        };
        while (tensor is IConversionOperation { OperatorMethod: null } converted) tensor = converted.Operand;
        if (tensor is null || !operation.Torch.Is(tensor.Type, TorchType.Tensor) || IsOfException(operation.Node)) return;

        var isCall = operation.Operation is IInvocationOperation;
        var (scalar, type) = Known(operation, tensor);
        if (scalar || !isCall && !IsAboutShapes(operation)) Report(operation, tensor, scalar, type);
    }

    private void Report(OperationReport operation, IOperation tensor, bool scalar, string? type)
    {
        var reading = !scalar ? TensorVocabulary.StrCall : TensorVocabulary.Items.FirstOrDefault(i => i.Type == type) is { Keyword: { } keyword } ? $".{TensorVocabulary.ItemName}<{keyword}>()" : TensorVocabulary.ToSingleCall;
        var text = GradientSteps.Text(tensor.Syntax);
        operation.Report(scalar ? Descriptor : several, tensor.Syntax, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Reading, reading), text, text + reading);
    }

    // Whether the tensor certainly has one element, and of which type that is.
    private static (bool Scalar, string? Type) Known(OperationReport operation, IOperation tensor)
    {
        var fact = operation.Around() is { } body ? body.Resolve(body.ValueOf(tensor.Syntax)) as TensorFact : null;
        var scalar = fact is { Shape: { Rank: 0 } } or { Loss.Reduction: TensorVocabulary.ReductionMean or TensorVocabulary.ReductionSum } || IsTrainedOn(operation, tensor);
        return (scalar, fact?.Type);
    }

    // `loss.backward()` beside it would throw if the loss had more than one element.
    private static bool IsTrainedOn(OperationReport operation, IOperation tensor)
    {
        if (TrainingProgram.Variable(tensor) is not { } symbol || operation.Program.Index.Around(operation.Node) is not { } member || !TorchVocabulary.StepNames.Any(member.Names.Contains)) return false;
        return operation.Program.TrainedIn(operation.Operation).Contains(symbol);
    }

    // An operand of a string's `+`, or an argument of what writes and formats.
    private static bool BecomesText(IConversionOperation conversion)
    {
        var parent = conversion.Parent;
        if (parent is IBinaryOperation { Type.SpecialType: SpecialType.System_String } or ICompoundAssignmentOperation { Type.SpecialType: SpecialType.System_String }) return true;
        while (parent is IArrayInitializerOperation or IArrayCreationOperation { IsImplicit: true } or ICollectionExpressionOperation { IsImplicit: true } or IConversionOperation { IsImplicit: true }) parent = parent.Parent;
        return parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var method } } && !method.Locations.Any(l => l.IsInSource)
            && (method.Name is "Write" or "WriteLine" or "Append" or "AppendLine" or "AppendFormat" or "Format" or "Concat" || method.Name.StartsWith("Log", StringComparison.Ordinal));
    }

    // Inside a module, in an object's own ToString() and beside words and members about shapes, the shape and type are what is wanted.
    private static bool IsAboutShapes(OperationReport operation)
    {
        if (operation.Owner is { Name: nameof(ToString) } || operation.Torch.Is(operation.Owner.ContainingType, TorchType.Module)) return true;
        SyntaxNode whole = operation.Node;
        while (whole.Parent is ExpressionSyntax or InterpolationSyntax or ArgumentSyntax or ArgumentListSyntax) whole = whole.Parent;
        return whole.DescendantTokens().Any(t => t.RawKind is (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.InterpolatedStringTextToken or (int)SyntaxKind.IdentifierToken
            && (t.RawKind == (int)SyntaxKind.IdentifierToken ? TensorVocabulary.MetadataNames.Contains(t.ValueText) : TensorVocabulary.MetadataNames.Any(w => t.ValueText.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0)));
    }

    // Where something went wrong, the shape and type are what is wanted.
    private static bool IsOfException(SyntaxNode node) =>
        node.Ancestors().TakeWhile(n => n is not StatementSyntax and not MemberDeclarationSyntax).Any(n => n is ThrowExpressionSyntax) || node.FirstAncestorOrSelf<StatementSyntax>() is ThrowStatementSyntax;
}
