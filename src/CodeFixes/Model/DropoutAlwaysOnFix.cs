using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0311: asks the module whether it is in training.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DropoutAlwaysOnFix)), Shared]
public sealed class DropoutAlwaysOnFix() : TrainLintFix("TL0311", "Mode")
{
    private const string Mode = TorchVocabulary.TrainingParameter;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList: var list }) return [];

        // `training` has to be that of the module.
        if (page.Model.GetEnclosingSymbol(list.SpanStart, page.Cancellation) is not { } member || member.ContainingType is not { } type || !page.Torch.Is(type, TorchType.Module)) return [];
        FormattableString title = $"Pass '{Mode}'";
        var named = list.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == Mode);
        var told = named ?? list.Arguments.FirstOrDefault(a => a.Expression.IsKind(SyntaxKind.TrueLiteralExpression) && a.NameColon is null);
        if (told is not null) return Repair.Of(title, [new TextChange(told.Expression.Span, Mode)]);
        if (list.Arguments.Count == 0) return [];
        var added = list.Arguments.Count == 2 && list.Arguments.All(a => a.NameColon is null) ? Mode : $"{Mode}: {Mode}";
        return Repair.Of(title, [new TextChange(new(list.Arguments.Last().Span.End, 0), ", " + added)]);
    }
}
