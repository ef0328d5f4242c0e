using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers.Rules;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0507: limits the norm of the gradients before step().</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RecurrentWithoutClippingFix)), Shared]
public sealed class RecurrentWithoutClippingFix() : TrainLintFix("TL0507", "Clip")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver || Statements.Around(page.NodeAt(diagnostic.Location.SourceSpan)) is not { } step) return [];
        return Repair.Of($"Clip the gradients of '{receiver}'", Layout.AddBefore(page, step, $"torch.nn.utils.clip_grad_norm_({(receiver == "this" ? "" : receiver + ".")}parameters(), 1.0);"));
    }
}
