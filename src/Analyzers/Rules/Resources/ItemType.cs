using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Resources;

/// <summary>TL1109: item() with another type than the tensor's.</summary>
internal sealed class ItemType() : Rule(
    "TL1109",
    Section.Resources,
    Level.Warning,
    "item() with another type than the tensor's",
    "'{0}' is of the type {1}, which item<{2}>() cannot read: it throws; write item<{3}>(), or {4}(), which converts",
    "item<T>() does not convert: T must be the element type of the tensor, or it throws an ArgumentException. argmax(), comparisons that are summed up and labels are Int64. ToSingle(), ToInt32() and the like convert.")
{
    public override IEnumerable<string> Calls => [TensorVocabulary.ItemName];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Operation is not IInvocationOperation { TargetMethod.TypeArguments: [var read], Instance: { } tensor } call || TypeArgument(call.Syntax) is not { } argument) return;
        var asked = TensorVocabulary.Items.FirstOrDefault(i => i.Argument == read.SpecialType && i.Keyword is not null);
        if (asked.Keyword is null || !MayBeOther(operation, asked.Type) || DroppedResults.IsTried(call.Syntax)) return;
        if (operation.Around() is not { } body || body.Resolve(body.ValueOf(tensor.Syntax)) is not TensorFact { Type: { } type } || type == asked.Type) return;
        var right = TensorVocabulary.Items.FirstOrDefault(i => i.Type == type);
        if (right.Keyword is null) return;
        var properties = ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Reading, right.Keyword).Add(RuleProperties.Conversion, asked.Conversion);
        operation.Report(Descriptor, argument, null, properties, GradientSteps.Text(tensor.Syntax), type, asked.Keyword, right.Keyword, asked.Conversion);
    }

    // A cheap question before the flow: outside of training, numbers are of the default type unless the text says something else.
    private static bool MayBeOther(OperationReport operation, string asked) =>
        asked != TensorVocabulary.DefaultType || operation.Program.Index.Around(operation.Node) is not { } member || operation.Program.Index.MayMatter(member.Node) || member.Names.Overlaps(TensorVocabulary.TypeGivingNames);

    private static TypeSyntax? TypeArgument(SyntaxNode call) => call is InvocationExpressionSyntax invocation
        ? invocation.Expression switch
        {
            MemberAccessExpressionSyntax { Name: GenericNameSyntax { TypeArgumentList.Arguments: [var only] } } => only,
            MemberBindingExpressionSyntax { Name: GenericNameSyntax { TypeArgumentList.Arguments: [var only] } } => only,
            _ => null,
        }
        : null;
}
