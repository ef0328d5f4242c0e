using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0315: makes it a field of the instance.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(StaticSubmoduleFix)), Shared]
public sealed class StaticSubmoduleFix() : TrainLintFix("TL0315", "Instance")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { AttributeLists.Count: 0 } member) return [];
        if (member is FieldDeclarationSyntax { Declaration.Variables.Count: > 1 }) return [];
        var keyword = member.Modifiers.FirstOrDefault(t => t.IsKind(SyntaxKind.StaticKeyword));
        if (!keyword.IsKind(SyntaxKind.StaticKeyword) || Layout.HasComment(page, TextSpan.FromBounds(keyword.Span.End, keyword.GetNextToken().SpanStart))) return [];
        return Repair.Of($"Remove 'static'", [new TextChange(TextSpan.FromBounds(keyword.SpanStart, keyword.GetNextToken().SpanStart), "")]);
    }
}
