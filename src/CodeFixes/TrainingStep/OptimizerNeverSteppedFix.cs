using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0704: adds the missing step() behind backward().</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(OptimizerNeverSteppedFix)), Shared]
public sealed class OptimizerNeverSteppedFix() : TrainLintFix("TL0704", "Step")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } receiver || page.CallAt(diagnostic, RuleProperties.Backward) is not { } backward) return [];
        if (Statements.Around(backward) is not { } statement) return [];
        var last = Statements.WithFollowers(page, statement);

        // Clipping that comes later, as under the condition of an accumulation, says that step() belongs behind it.
        if (statement.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().OfType<StatementSyntax>().Any(s => s.SpanStart > last.Span.End && page.OperationOf(s) is TorchOp.ClipGradients) == true) return [];
        return Repair.Of($"Call '{receiver}.step()' after '{GradientSteps.Text(backward)}'", Layout.AddAfter(page, last, receiver + ".step();"));
    }
}
