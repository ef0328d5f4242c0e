using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0313: runs the module with its hooks.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ForwardSkipsHooksFix)), Shared]
public sealed class ForwardSkipsHooksFix() : TrainLintFix("TL0313", "Call")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var name = page.NodeAt(diagnostic.Location.SourceSpan) is InvocationExpressionSyntax call ? call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            _ => null,
        } : null;
        return name is null ? [] : Repair.Of($"Use 'call()'", [new TextChange(name.Span, ModuleVocabulary.CallName)]);
    }
}
