using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.Analyzers.Training;

/// <summary>One member with a body (or an initializer) and the names that stand in it. No meaning, only text: cheap, kept per syntax tree.</summary>
internal sealed class MemberText(SyntaxNode node, string name)
{
    public SyntaxNode Node { get; } = node;

    /// <summary>The declared name; ".ctor" for constructors, "&lt;top-level&gt;" for top-level statements.</summary>
    public string Name { get; } = name;

    public HashSet<string> Names { get; } = [];

    /// <summary>The names that are assigned, or handed out by reference.</summary>
    public HashSet<string> Assigned { get; } = [];

    public MemberText Read(SyntaxNode part)
    {
        var sinceParenthesis = new List<string>();
        SyntaxToken previous = default;
        foreach (var token in part.DescendantTokens())
        {
            switch (token.Kind())
            {
                case SyntaxKind.IdentifierToken:
                    Names.Add(token.ValueText);
                    sinceParenthesis.Add(token.ValueText);
                    if (previous.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword) Assigned.Add(token.ValueText);
                    break;
                case SyntaxKind.OpenParenToken:
                    sinceParenthesis.Clear();
                    break;
                case SyntaxKind.EqualsToken or SyntaxKind.QuestionQuestionEqualsToken:
                    if (previous.IsKind(SyntaxKind.IdentifierToken)) Assigned.Add(previous.ValueText);
                    else if (previous.IsKind(SyntaxKind.CloseParenToken)) Assigned.UnionWith(sinceParenthesis);
                    break;
            }

            previous = token;
        }

        return this;
    }
}

/// <summary>Which members mention which names: where to look for callers, overrides and assignments before anything is bound.</summary>
internal sealed class CallIndex
{
    public const string Constructor = ".ctor";
    public const string TopLevel = "<top-level>";

    private static readonly ConditionalWeakTable<SyntaxTree, MemberText[]> Trees = new();

    private readonly Dictionary<string, List<MemberText>> mentions = [];
    private readonly Dictionary<string, List<MemberText>> declarations = [];
    private readonly Dictionary<string, List<MemberText>> assignments = [];
    private readonly Dictionary<SyntaxNode, MemberText> nodes = [];
    private readonly HashSet<string> hot = [];
    private readonly HashSet<SyntaxNode> hotNodes = [];

    public CallIndex(Compilation compilation, IEnumerable<string> eventNames, CancellationToken cancellation)
    {
        var all = new List<MemberText>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!Trees.TryGetValue(tree, out var members))
            {
                members = Read(tree.GetRoot(cancellation)).ToArray();
                members = Trees.GetValue(tree, _ => members);
            }

            all.AddRange(members);
        }

        foreach (var member in all)
        {
            nodes[member.Node] = member;
            Add(declarations, member.Name, member);
            foreach (var name in member.Names) Add(mentions, name, member);
            foreach (var name in member.Assigned) Add(assignments, name, member);
        }

        // A name is hot when a member of that name mentions an event or another hot name.
        var work = new Queue<string>(eventNames);
        var seen = new HashSet<string>(work);

        // What a module's forward() leads to is asked of the module, not of everybody who runs one.
        seen.UnionWith(Torch.TorchVocabulary.ForwardNames);
        while (work.Count > 0)
        {
            foreach (var member in Mentioning(work.Dequeue()))
            {
                hotNodes.Add(member.Node);
                if (hot.Add(member.Name) && member.Name != Constructor && seen.Add(member.Name)) work.Enqueue(member.Name);
            }
        }
    }

    /// <summary>The text of the member that a node belongs to, or null outside of any.</summary>
    public MemberText? Around(SyntaxNode node)
    {
        for (var n = node; n is not null; n = n.Parent)
        {
            if (nodes.TryGetValue(n, out var member)) return member;
            if (n is GlobalStatementSyntax)
                return n.Parent!.ChildNodes().OfType<GlobalStatementSyntax>().Select(g => nodes.TryGetValue(g, out var top) ? top : null).FirstOrDefault(m => m is not null);
        }

        return node is CompilationUnitSyntax unit ? unit.Members.OfType<GlobalStatementSyntax>().Select(Around).FirstOrDefault() : null;
    }

    public IReadOnlyList<MemberText> Mentioning(string name) => mentions.TryGetValue(name, out var list) ? list : [];

    public IReadOnlyList<MemberText> Declaring(string name) => declarations.TryGetValue(name, out var list) ? list : [];

    public IReadOnlyList<MemberText> Assigning(string name) => assignments.TryGetValue(name, out var list) ? list : [];

    /// <summary>Whether this member may, by its text, lead to an event.</summary>
    public bool IsHot(SyntaxNode member) => hotNodes.Contains(member);

    /// <summary>Whether a member of that name may, by its text, lead to an event.</summary>
    public bool IsHot(string name) => hot.Contains(name);

    private static void Add(Dictionary<string, List<MemberText>> map, string key, MemberText member)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(member);
    }

    private static IEnumerable<MemberText> Read(SyntaxNode root)
    {
        MemberText? topLevel = null;
        var work = new Stack<SyntaxNode>();
        work.Push(root);
        while (work.Count > 0)
        {
            foreach (var node in work.Pop().ChildNodes())
            {
                switch (node)
                {
                    case GlobalStatementSyntax:
                        (topLevel ??= new MemberText(node, TopLevel)).Read(node);
                        break;
                    case BaseNamespaceDeclarationSyntax:
                        work.Push(node);
                        break;
                    case TypeDeclarationSyntax type:
                        if (type.ParameterList is not null && type.BaseList is not null) yield return Member(type.BaseList, Constructor);
                        work.Push(node);
                        break;
                    case BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null }:
                        break;
                    case MethodDeclarationSyntax method:
                        yield return Member(method, method.Identifier.ValueText);
                        break;
                    case ConstructorDeclarationSyntax constructor:
                        yield return Member(constructor, Constructor);
                        break;
                    case BaseMethodDeclarationSyntax or IndexerDeclarationSyntax or EventDeclarationSyntax:
                        yield return Member(node, "");
                        break;
                    case PropertyDeclarationSyntax property:
                        var text = Member(property, property.Identifier.ValueText);
                        if (property.Initializer is not null) text.Assigned.Add(property.Identifier.ValueText);
                        yield return text;
                        break;
                    case FieldDeclarationSyntax field when field.Declaration.Variables.Any(v => v.Initializer is not null):
                        yield return Member(field, Constructor);
                        break;
                }
            }
        }

        if (topLevel is not null) yield return topLevel;
    }

    private static MemberText Member(SyntaxNode node, string name) => new MemberText(node, name).Read(node);
}
