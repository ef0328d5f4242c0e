using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0317: makes the property a field.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ParameterPropertyFix)), Shared]
public sealed class ParameterPropertyFix() : TrainLintFix("TL0317", "Field")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not PropertyDeclarationSyntax { AccessorList: { } accessors, ExpressionBody: null, ExplicitInterfaceSpecifier: null } property) return [];
        if (property.Modifiers.Any(t => !t.IsKind(SyntaxKind.PublicKeyword) && !t.IsKind(SyntaxKind.PrivateKeyword) && !t.IsKind(SyntaxKind.ProtectedKeyword) && !t.IsKind(SyntaxKind.InternalKeyword) && !t.IsKind(SyntaxKind.NewKeyword))) return [];

        // A setter of its own accessibility would be lost.
        var writable = accessors.Accessors.FirstOrDefault(a => a.IsKind(SyntaxKind.SetAccessorDeclaration));
        if (accessors.Accessors.Any(a => a.AttributeLists.Count > 0 || a.IsKind(SyntaxKind.InitAccessorDeclaration) || a.Modifiers.Count > 0)) return [];
        var end = TextSpan.FromBounds(property.Identifier.Span.End, accessors.Span.End);
        if (Layout.HasComment(page, TextSpan.FromBounds(property.Identifier.Span.End, property.Span.End))) return [];
        var changes = new List<TextChange>();
        if (writable is null) changes.Add(new(new(property.Type.SpanStart, 0), "readonly "));
        changes.Add(new(end, property.Initializer is null ? ";" : ""));
        return Repair.Of($"Make '{property.Identifier.ValueText}' a field", [.. changes]);
    }
}
