using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0710: makes the tensor where the input is.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorOnDefaultDeviceFix)), Shared]
public sealed class TensorOnDefaultDeviceFix() : TrainLintFix("TL0710", "Device")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax { ArgumentList: var list } || Page.Receiver(diagnostic, RuleProperties.Receiver) is not { } input) return [];
        var device = $"{TensorVocabulary.DeviceParameter}: {input}.{TensorVocabulary.DeviceParameter}";
        if (list.Arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == TensorVocabulary.DeviceParameter) is { } written)
            return Repair.Of($"Write '{device}'", [new TextChange(written.Span, device)]);
        return Repair.Of($"Add '{device}'", [new TextChange(new(list.Arguments.Count == 0 ? list.OpenParenToken.Span.End : list.Arguments.Last().Span.End, 0), list.Arguments.Count == 0 ? device : ", " + device)]);
    }
}
