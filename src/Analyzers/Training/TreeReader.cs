using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Training;

/// <summary>Takes the text of a file apart: its members with their names, the types that it declares, what it can see.</summary>
internal sealed class TreeReader
{
    private static readonly HashSet<string> LossNames = [.. Torch.TensorVocabulary.Losses.Select(l => l.Module), Torch.TensorVocabulary.LossBaseName];

    private readonly TreeText text = new();
    private readonly NameReader names;
    private MemberText? topLevel;

    private TreeReader(NameReader names) => this.names = names;

    /// <summary>Reads a file whose source the reader of names has been given.</summary>
    public static TreeText Read(SyntaxNode root, NameReader names)
    {
        var reader = new TreeReader(names);
        var work = new Stack<(SyntaxNode Node, string Space)>();
        work.Push((root, ""));
        while (work.Count > 0)
        {
            var (node, space) = work.Pop();
            foreach (var child in node.ChildNodes())
            {
                switch (child)
                {
                    case UsingDirectiveSyntax directive:
                        reader.Use(directive, space);
                        break;
                    case BaseNamespaceDeclarationSyntax inner:
                        var full = space.Length == 0 ? inner.Name.ToString() : space + "." + inner.Name;
                        reader.text.Open(full);
                        work.Push((inner, full));
                        break;
                    case TypeDeclarationSyntax type:
                        reader.Declare(type, space);
                        work.Push((type, space));
                        break;
                    default:
                        reader.Read(child, space);
                        break;
                }
            }
        }

        if (reader.topLevel is { } top) reader.text.Members.Add(top);
        return reader.text;
    }

    // `using A.B;` also opens, inside of namespace N, N.A.B; a static one or an alias names a type, whose namespace stands before it.
    private void Use(UsingDirectiveSyntax directive, string space)
    {
        LooseIn(directive.Span);
        var name = directive.NamespaceOrType.ToString();
        if (name.StartsWith("global::", StringComparison.Ordinal)) name = name.Substring("global::".Length);
        text.Open(name);
        foreach (var outer in TreeText.WithThoseAround(space)) text.Open(outer + "." + name);
        if (!directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword)) return;
        var part = new MemberText(directive, "").Read(directive, names);
        text.GlobalNames.UnionWith(part.Names);
        text.GlobalSpaces.UnionWith(TreeText.WithThoseAround(name));
    }

    private void Declare(TypeDeclarationSyntax type, string space)
    {
        text.Declared.Add((type.Identifier.ValueText, space));
        LooseIn(TextSpan.FromBounds(type.SpanStart, type.OpenBraceToken.IsKind(SyntaxKind.None) ? type.Span.End : type.OpenBraceToken.SpanStart));
        if (type.ParameterList is not null && type.BaseList is not null) text.Members.Add(Member(type.BaseList, CallIndex.Constructor));
        if (type.ParameterList?.Parameters.Where(p => IsLoss(p.Type)).Select(p => p.Identifier.ValueText).ToImmutableArray() is { IsEmpty: false } parameters)
            text.Members.Add(new MemberText(type.ParameterList, CallIndex.Constructor) { Losses = parameters });
    }

    private void Read(SyntaxNode node, string space)
    {
        switch (node)
        {
            case GlobalStatementSyntax:
                (topLevel ??= new MemberText(node, CallIndex.TopLevel)).Read(node, names);
                break;
            case BaseTypeDeclarationSyntax or DelegateDeclarationSyntax:
                text.Declared.Add(((node as BaseTypeDeclarationSyntax)?.Identifier.ValueText ?? ((DelegateDeclarationSyntax)node).Identifier.ValueText, space));
                LooseIn(node.Span);
                break;
            case BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null }:
                LooseIn(node.Span);
                break;
            case MethodDeclarationSyntax method:
                // In an extension block the receiver stands around its methods.
                if (method.ParameterList.Parameters is [var first, ..] && first.Modifiers.Any(SyntaxKind.ThisKeyword) || method.Parent is TypeDeclarationSyntax { Identifier.ValueText: "" }) text.Declared.Add((method.Identifier.ValueText, space));
                text.Members.Add(Member(method, method.Identifier.ValueText));
                break;
            case ConstructorDeclarationSyntax constructor:
                text.Members.Add(Member(constructor, CallIndex.Constructor));
                break;
            case BaseMethodDeclarationSyntax or IndexerDeclarationSyntax or EventDeclarationSyntax:
                text.Members.Add(Member(node, ""));
                break;
            case PropertyDeclarationSyntax property:
                text.Shares |= property.Modifiers.Any(SyntaxKind.StaticKeyword);
                var member = Member(property, property.Identifier.ValueText);
                if (property.Initializer is not null) member.Assigned.Add(property.Identifier.ValueText);
                text.Members.Add(member);
                break;
            case BaseFieldDeclarationSyntax field:
                text.Shares |= field.Modifiers.Any(SyntaxKind.StaticKeyword);
                if (field is EventFieldDeclarationSyntax || field.Declaration.Variables.All(v => v.Initializer is null) && !IsLoss(field.Declaration.Type))
                {
                    LooseIn(field.Span);
                    break;
                }

                var declared = Member(field, CallIndex.Constructor);
                if (declared.Names.Overlaps(LossNames)) declared.Losses = field.Declaration.Variables.Select(v => v.Identifier.ValueText).ToImmutableArray();
                text.Members.Add(declared);
                break;
        }
    }

    private void LooseIn(TextSpan span)
    {
        names.Begin(span);
        while (names.Next() is { } kind)
            if (kind == NameReader.Name) text.Loose.Add(names.Text);
    }

    // `CrossEntropyLoss`, `Loss<…>`, `nn.Loss<…>?`
    private static bool IsLoss(TypeSyntax? type) => type switch
    {
        SimpleNameSyntax name => LossNames.Contains(name.Identifier.ValueText),
        QualifiedNameSyntax qualified => IsLoss(qualified.Right),
        NullableTypeSyntax nullable => IsLoss(nullable.ElementType),
        _ => false,
    };

    private MemberText Member(SyntaxNode node, string name) => new MemberText(node, name).Read(node, names);
}
