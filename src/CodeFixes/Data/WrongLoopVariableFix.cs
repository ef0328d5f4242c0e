using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Data;

/// <summary>TL0208: tests and advances the loop's own variable.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WrongLoopVariableFix)), Shared]
public sealed class WrongLoopVariableFix() : TrainLintFix("TL0208", "OwnVariable")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Said(diagnostic, RuleProperties.Replacement) is not { } own || Page.Said(diagnostic, RuleProperties.Receiver) is not { } outer) return [];
        if (page.NodeAt(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ForStatementSyntax>() is not { Condition: BinaryExpressionSyntax condition } loop) return [];
        var names = new[] { condition.Left, condition.Right }.Where(o => o is IdentifierNameSyntax).Concat(loop.Incrementors.SelectMany(i => i.DescendantNodes()))
            .OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == outer);
        return Repair.Of($"Count with '{own}'", [.. names.Select(n => new TextChange(n.Span, own))]);
    }
}
