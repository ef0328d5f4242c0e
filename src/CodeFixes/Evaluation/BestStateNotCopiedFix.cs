using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Evaluation;

/// <summary>TL0804: keeps copies of the tensors.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BestStateNotCopiedFix)), Shared]
public sealed class BestStateNotCopiedFix() : TrainLintFix("TL0804", "Clone")
{
    private static readonly string[] Names = ["p", "pair", "entry"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        ExpressionSyntax? value = page.NodeAt(diagnostic.Location.SourceSpan) switch
        {
            AssignmentExpressionSyntax assignment => assignment.Right,
            VariableDeclaratorSyntax { Initializer.Value: var initial } => initial,
            _ => null,
        };
        if (value is null) return [];

        // What is made inside a dispose scope would end with it.
        var release = Page.Said(diagnostic, RuleProperties.Release) is { } method ? $".{method}()" : "";
        return Names.Where(n => page.Model.LookupSymbols(value.SpanStart, name: n).IsEmpty).SelectMany(n =>
            Repair.Of($"Keep copies of the tensors", [new TextChange(new(value.Span.End, 0), $".ToDictionary({n} => {n}.Key, {n} => {n}.Value.detach().clone(){release})")]));
    }
}
