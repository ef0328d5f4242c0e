using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Initialization;

/// <summary>TL0904: initializes for the activation that follows.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InitFitsActivationFix)), Shared]
public sealed class InitFitsActivationFix() : TrainLintFix("TL0904", "Fit")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (Page.Said(diagnostic, RuleProperties.Replacement) is not { } replacement) return [];
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList: { Arguments: [var weights, ..] } list } call || Layout.HasComment(list)) return [];
        var name = call.Expression is MemberAccessExpressionSyntax access ? access.Name : call.Expression as SimpleNameSyntax;
        if (name is null) return [];
        var prefix = page.Text.ToString(TextSpan.FromBounds(call.SpanStart, name.SpanStart));
        var kind = TorchVocabulary.KaimingNames.Contains(replacement) ? $", {TorchVocabulary.NonlinearityParameter}: {prefix}{TorchVocabulary.RectifiedKind}" : "";
        return Repair.Of($"Use '{replacement}'", [new TextChange(name.Span, replacement), new TextChange(TextSpan.FromBounds(weights.Span.End, list.CloseParenToken.SpanStart), kind)]);
    }
}
