using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.LearningRate;

/// <summary>TL0105: passes the one number in sight that can be meant, as a double.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PlateauSchedulerWithoutMetricFix)), Shared]
public sealed class PlateauSchedulerWithoutMetricFix() : TrainLintFix("TL0105", "Metric")
{
    private static readonly string[] Losses = ["loss", "error"];
    private static readonly string[] Scores = ["acc", "score", "f1", "auc", "iou"];
    private static readonly string[] Evaluations = ["val", "test", "eval", "dev"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList: var list } || Layout.HasComment(list)) return [];
        var words = Page.Said(diagnostic, RuleProperties.Metric) == "score" ? Scores : Losses;
        if (list.Arguments is [{ Expression: var given } argument] && !IsEpoch(page, given))
            return Mentions(given.ToString(), words) || given is LiteralExpressionSyntax ? Repair.Of($"Pass the number as a double", [new TextChange(argument.Span, AsDouble(given))]) : [];
        if (Best(page, list.SpanStart, words) is not { } metric) return [];
        var epoch = list.Arguments is [{ Expression: var counted }] ? ", " + counted : "";
        return Repair.Of($"Pass '{metric}'", [new TextChange(TextSpan.FromBounds(list.OpenParenToken.Span.End, list.CloseParenToken.SpanStart), metric + epoch)]);
    }

    private static string AsDouble(ExpressionSyntax given) => given switch
    {
        LiteralExpressionSyntax => given + ".0",
        IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax => "(double)" + given,
        _ => $"(double)({given})",
    };

    // The counter of a loop, or what calls itself so.
    private static bool IsEpoch(Page page, ExpressionSyntax given) =>
        Mentions(given.ToString(), ["epoch"])
        || page.Model.GetSymbolInfo(given, page.Cancellation).Symbol is ILocalSymbol local && local.DeclaringSyntaxReferences.Any(r => r.GetSyntax(page.Cancellation) is { Parent: VariableDeclarationSyntax { Parent: ForStatementSyntax } } or ForEachStatementSyntax);

    // A number that says by its name what it is, where only one does; before others one that was computed on data that is not trained on.
    private static string? Best(Page page, int position, string[] words)
    {
        var known = page.Model.LookupSymbols(position).Where(s => s switch
        {
            ILocalSymbol local => Fits(page, local.Type) && local.DeclaringSyntaxReferences.All(r => r.Span.End <= position),
            IParameterSymbol parameter => Fits(page, parameter.Type),
            _ => false,
        }).Where(s => Mentions(s.Name, words)).ToList();
        if (known.Where(s => Mentions(s.Name, Evaluations)).ToList() is { Count: > 0 } evaluated) known = evaluated;
        return known is [var only] ? IsTensor(page, only) ? only.Name + ".item<float>()" : only.Name : null;
    }

    private static bool Fits(Page page, ITypeSymbol type) => type.SpecialType is SpecialType.System_Double or SpecialType.System_Single || page.Torch.Is(type, TorchType.Tensor);

    private static bool IsTensor(Page page, ISymbol symbol) => page.Torch.Is((symbol as ILocalSymbol)?.Type ?? ((IParameterSymbol)symbol).Type, TorchType.Tensor);

    private static bool Mentions(string text, string[] words) => words.Any(w => text.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);
}
