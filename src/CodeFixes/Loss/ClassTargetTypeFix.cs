using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;
using TrainLint.Analyzers.Training;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0407: converts the classes to int64, or one-hot rows to the class that they mark.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ClassTargetTypeFix)), Shared]
public sealed class ClassTargetTypeFix() : TrainLintFix("TL0407", "Int64")
{
    // However the type can be named on the page.
    private static readonly string[] Int64 = ["int64", "torch.int64", "TorchSharp.torch.int64"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var target = page.NodeAt(diagnostic.Location.SourceSpan);
        if ((target as ArgumentSyntax)?.Expression is { } inner) target = inner;
        if (target is not ExpressionSyntax expression) return [];
        if (Page.Said(diagnostic, RuleProperties.Meaning) != nameof(Meaning.OneHot))
            return Int64.SelectMany(type => Repair.Of($"Convert to int64", [.. LossCalls.Appended(expression, $".to({type})")]));
        if (expression is InvocationExpressionSyntax { ArgumentList.Arguments: [var classes, ..] } call && page.OperationOf(call) == TorchOp.OneHot && !Layout.HasComment(page, call.Span))
            return Repair.Of($"Pass the classes", [new TextChange(call.Span, classes.Expression.ToString())]);
        return Repair.Of($"Pass the classes", [.. LossCalls.Appended(expression, ".argmax(1)")]);
    }
}
