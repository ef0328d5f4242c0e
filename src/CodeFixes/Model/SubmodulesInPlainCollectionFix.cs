using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0302: keeps them in the library's own collection.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SubmodulesInPlainCollectionFix)), Shared]
public sealed class SubmodulesInPlainCollectionFix() : TrainLintFix("TL0302", "Collection")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var (type, symbol) = page.NodeAt(diagnostic.Location.SourceSpan) switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } variable => (declaration.Type, page.Model.GetDeclaredSymbol(variable, page.Cancellation)),
            PropertyDeclarationSyntax property => (property.Type, page.Model.GetDeclaredSymbol(property, page.Cancellation)),
            _ => (null, null),
        };
        if (type is null || symbol is null || Replacement(page, type) is not { } replacement) yield break;

        // Others may say `Length`, or be handed a List.
        if (symbol.ContainingType.DeclaringSyntaxReferences.Length > 1) yield break;
        foreach (var name in new[] { replacement, "TorchSharp.Modules." + replacement })
            foreach (var repair in Repair.Of($"Keep them in a '{replacement}'", Changes(page, type, symbol, name)))
                yield return repair;
    }

    // `ModuleList<Linear>` for `List<Linear>`; the library's name for it.
    private static string? Replacement(Page page, TypeSyntax type)
    {
        var element = Bare(type) switch
        {
            ArrayTypeSyntax { RankSpecifiers: [{ Rank: 1 }], ElementType: var of } => of,
            GenericNameSyntax { Identifier.ValueText: "List" or "IList" or "IReadOnlyList" or "ICollection" or "IReadOnlyCollection" or "IEnumerable", TypeArgumentList.Arguments: [var of] } => of,
            GenericNameSyntax { Identifier.ValueText: "Dictionary" or "IDictionary" or "IReadOnlyDictionary", TypeArgumentList.Arguments: [PredefinedTypeSyntax { Keyword.ValueText: "string" }, var of] } => of,
            _ => null,
        };
        if (element is null || page.Model.GetTypeInfo(element, page.Cancellation).Type is not { } symbol) return null;
        var isDictionary = Bare(type) is GenericNameSyntax { TypeArgumentList.Arguments.Count: 2 };
        if (page.Torch.Is(symbol, TorchType.Parameter)) return isDictionary ? ModuleVocabulary.ParameterDictName : ModuleVocabulary.ParameterListName;
        if (!page.Torch.Is(symbol, TorchType.Module)) return null;
        return $"{(isDictionary ? ModuleVocabulary.ModuleDictName : ModuleVocabulary.ModuleListName)}<{(element is NullableTypeSyntax nullable ? nullable.ElementType : element)}>";
    }

    private static TypeSyntax Bare(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right,
        NullableTypeSyntax nullable => Bare(nullable.ElementType),
        _ => type,
    };

    private static ImmutableArray<TextChange>? Changes(Page page, TypeSyntax type, ISymbol symbol, string name)
    {
        var changes = new List<TextChange> { new(type is NullableTypeSyntax nullable ? nullable.ElementType.Span : type.Span, name) };
        var declaration = symbol.DeclaringSyntaxReferences[0].GetSyntax(page.Cancellation);
        var initializer = declaration switch { VariableDeclaratorSyntax variable => variable.Initializer?.Value, PropertyDeclarationSyntax property => property.Initializer?.Value, _ => null };
        if (initializer is not null && !Value(initializer)) return null;
        foreach (var node in page.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (node.Identifier.ValueText != symbol.Name || !SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(node, page.Cancellation).Symbol, symbol)) continue;
            ExpressionSyntax reference = node.Parent is MemberAccessExpressionSyntax own && own.Name == node ? own : node;
            switch (reference.Parent)
            {
                case AssignmentExpressionSyntax assignment when assignment.Left == reference:
                    if (!Value(assignment.Right)) return null;
                    break;
                case MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "Length" } length } access when access.Expression == reference:
                    changes.Add(new(length.Span, "Count"));
                    break;
                case MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "AddRange" } adding } access when access.Expression == reference:
                    changes.Add(new(adding.Span, ModuleVocabulary.ExtendName));
                    break;
            }
        }

        return [.. changes];

        // The making of the collection.
        bool Value(ExpressionSyntax value)
        {
            switch (value)
            {
                case ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0, Initializer: null }:
                    return true;
                case ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 0, Initializer: { } elements } creation when !HasComment(creation, elements):
                    changes.Add(new(creation.Span, Made(Inner(elements))));
                    return true;
                case ObjectCreationExpressionSyntax { Initializer: null } creation when creation.ArgumentList is null or { Arguments.Count: 0 } or { Arguments: [{ Expression: LiteralExpressionSyntax }] }:
                    changes.Add(new(creation.Span, Made("")));
                    return true;
                case ObjectCreationExpressionSyntax { Initializer: { } elements } creation when creation.ArgumentList is null or { Arguments.Count: 0 } && !HasComment(creation, elements):
                    changes.Add(new(creation.Span, Made(Inner(elements))));
                    return true;
                case CollectionExpressionSyntax { Elements.Count: 0 }:
                    changes.Add(new(value.Span, Made("")));
                    return true;
                case CollectionExpressionSyntax collection when collection.Elements.All(e => e is ExpressionElementSyntax):
                    changes.Add(new(collection.Span, Made(page.Text.ToString(TextSpan.FromBounds(collection.Elements[0].SpanStart, collection.Elements.Last().Span.End)))));
                    return true;
                case ArrayCreationExpressionSyntax { Initializer: { Expressions.Count: > 0 } elements }:
                    changes.Add(new(value.Span, Made(Inner(elements))));
                    return true;
                case ImplicitArrayCreationExpressionSyntax { Initializer: { Expressions.Count: > 0 } elements }:
                    changes.Add(new(value.Span, Made(Inner(elements))));
                    return true;
                case InitializerExpressionSyntax { Expressions.Count: > 0 } elements:
                    changes.Add(new(value.Span, Made(Inner(elements))));
                    return true;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToList" } access, ArgumentList.Arguments.Count: 0 }:
                    changes.Add(new(new(value.SpanStart, 0), $"new {name}("));
                    changes.Add(new(access.Name.Span, "ToArray"));
                    changes.Add(new(new(value.Span.End, 0), ")"));
                    return true;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray" }, ArgumentList.Arguments.Count: 0 }:
                    changes.Add(new(new(value.SpanStart, 0), $"new {name}("));
                    changes.Add(new(new(value.Span.End, 0), ")"));
                    return true;
                default:
                    return false;
            }
        }

        string Made(string elements) => $"new {name}({elements})";

        string Inner(InitializerExpressionSyntax elements) => elements.Expressions.Count == 0 ? "" : page.Text.ToString(TextSpan.FromBounds(elements.Expressions[0].SpanStart, elements.Expressions.Last().Span.End));

        // Between the type and the elements.
        bool HasComment(ExpressionSyntax creation, InitializerExpressionSyntax elements) => Layout.HasComment(page, TextSpan.FromBounds(creation.SpanStart, elements.OpenBraceToken.Span.End));
    }
}
