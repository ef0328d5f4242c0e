using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Evaluation;

/// <summary>TL0801: switches the module to evaluation mode before the evaluation, and back where training goes on without switching it itself.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MissingEvalModeFix)), Shared]
public sealed class MissingEvalModeFix() : TrainLintFix("TL0801", "Eval")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver || page.StatementAt(diagnostic, RuleProperties.Before) is not { } before) return [];
        var eval = Layout.AddBefore(page, before, receiver + ".eval();");
        var where = Statements.IsLoop(before) ? LocalizedText.Of($"loop") : LocalizedText.Of($"pass");
        return Repair.Of($"Call '{receiver}.eval()' before the {where}", eval)
            .Concat(Repair.Of($"Call '{receiver}.eval()' before the {where} and '{receiver}.train()' after it", eval, Layout.AddAfter(page, before, receiver + ".train();")));
    }
}
