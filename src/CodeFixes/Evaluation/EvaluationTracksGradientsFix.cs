using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Evaluation;

/// <summary>TL0802: switches gradients off for the evaluation: for the rest of its method, or, where that trains as well, inside the loop.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(EvaluationTracksGradientsFix)), Shared]
public sealed class EvaluationTracksGradientsFix() : TrainLintFix("TL0802", "NoGrad")
{
    // What a guard may be called, best first.
    private static readonly string[] Names = ["noGrad", "noGradGuard", "gradientsOff"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.StatementAt(diagnostic, RuleProperties.Loop) is { } loop && Statements.IsLoop(loop))
            return Layout.Body(loop) is { } body ? Declared(page, body.SpanStart + (body is BlockSyntax ? 1 : 0), code => $"Begin the loop with '{code}'", code => Layout.AddAtStart(page, loop, code)) : [];
        return page.StatementAt(diagnostic, RuleProperties.Before) is { } before && !TrainsAfter(page, before)
            ? Declared(page, before.SpanStart, code => $"Begin the evaluation with '{code}'", code => Layout.AddBefore(page, before, code)) : [];
    }

    private static IEnumerable<Repair> Declared(Page page, int position, Func<string, FormattableString> title, Func<string, ImmutableArray<TextChange>?> add)
    {
        var off = page.Model.LookupSymbols(position, name: TorchVocabulary.NoGradName).Any(s => s is IMethodSymbol) ? TorchVocabulary.NoGradName + "()"
            : (page.Model.LookupSymbols(position, name: "torch").Any(s => s is INamedTypeSymbol) ? "" : "TorchSharp.") + "torch." + TorchVocabulary.NoGradName + "()";
        return Names.Where(name => page.Model.LookupSymbols(position, name: name).IsEmpty)
            .SelectMany(name => Repair.Of(title($"using var {name} = {off}"), add($"using var {name} = {off};")));
    }

    // A declaration holds to the end of its block.
    private static bool TrainsAfter(Page page, StatementSyntax statement) => Statements.After(statement).Any(s => s.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c =>
        page.OperationOf(c) is TorchOp.Backward or TorchOp.Step || page.Model.GetSymbolInfo(c, page.Cancellation).Symbol is IMethodSymbol method && method.Locations.Any(l => l.IsInSource)));
}
