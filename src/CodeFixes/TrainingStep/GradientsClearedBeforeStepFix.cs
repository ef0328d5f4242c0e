using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0703: moves zero_grad() behind the step() that needs the gradients.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(GradientsClearedBeforeStepFix)), Shared]
public sealed class GradientsClearedBeforeStepFix() : TrainLintFix("TL0703", "Order")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var clear = page.NodeAt(diagnostic.Location.SourceSpan);
        if (Statements.Whole(clear) is not { } moved || page.CallAt(diagnostic, RuleProperties.Step) is not { } step || Statements.Function(clear) != Statements.Function(step)) return [];
        if (Statements.Around(step) is not { } needed || Statements.IsDeeper(clear, step, loops: true) || step.Ancestors().TakeWhile(n => !n.Span.Contains(clear.Span)).Any(Statements.IsLoop)) return [];
        return Repair.Of($"Move '{GradientSteps.Text(clear)}' after '{GradientSteps.Text(step)}'", Layout.Move(page, moved, needed));
    }
}
