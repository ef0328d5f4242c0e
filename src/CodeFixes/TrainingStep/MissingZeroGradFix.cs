using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0701: clears the gradients before backward(), or after a step() that gathers those of several batches.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MissingZeroGradFix)), Shared]
public sealed class MissingZeroGradFix() : TrainLintFix("TL0701", "ZeroGrad")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver) return [];
        var backward = page.NodeAt(diagnostic.Location.SourceSpan);
        var code = receiver + ".zero_grad();";
        var step = page.CallAt(diagnostic, RuleProperties.Step);
        if (step is not null && Statements.Function(step) == Statements.Function(backward) && !step.Span.Contains(backward.Span) && (Statements.IsDeeper(step, backward, loops: false) || Statements.IsDeeper(backward, step, loops: true)))
            return Statements.Around(step) is not { } closing ? []
                : Repair.Of($"Call '{receiver}.zero_grad()' after '{GradientSteps.Text(step)}'", Layout.AddAfter(page, closing, code));
        return Statements.Around(backward) is not { } statement ? []
            : Repair.Of($"Call '{receiver}.zero_grad()' before '{GradientSteps.Text(backward)}'", Layout.AddBefore(page, statement, code));
    }
}
