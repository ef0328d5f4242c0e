using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Training;

/// <summary>One member with a body (or an initializer) and the names that stand in it. No meaning, only text: cheap, kept per syntax tree.</summary>
internal sealed class MemberText(SyntaxNode node, string name)
{
    public SyntaxNode Node { get; } = node;

    /// <summary>All nodes of the member: the top-level statements of a file are one member.</summary>
    public IEnumerable<SyntaxNode> Nodes => Node is GlobalStatementSyntax ? Node.Parent!.ChildNodes().OfType<GlobalStatementSyntax>() : [Node];

    /// <summary>The declared name; ".ctor" for constructors, "&lt;top-level&gt;" for top-level statements.</summary>
    public string Name { get; } = name;

    public HashSet<string> Names { get; } = [];

    /// <summary>The names that are assigned, or handed out by reference.</summary>
    public HashSet<string> Assigned { get; } = [];

    /// <summary>The fields (and parameters of a primary constructor) declared here whose text says that they hold a loss: who names one computes it.</summary>
    public ImmutableArray<string> Losses { get; set; } = ImmutableArray<string>.Empty;

    /// <summary>Adds the names in a part of the member.</summary>
    public MemberText Read(SyntaxNode part, NameReader names)
    {
        names.Begin(part.Span);
        var sinceParenthesis = new List<string>();
        string? last = null;
        var byReference = false;
        while (names.Next() is { } kind)
        {
            switch (kind)
            {
                case NameReader.Name:
                    var name = names.Text;
                    Names.Add(name);
                    if (byReference) Assigned.Add(name);
                    sinceParenthesis.Add(name);
                    byReference |= name is "ref" or "out";
                    last = name;
                    continue;
                case '(':
                    sinceParenthesis.Clear();
                    break;
                case NameReader.Assignment:
                    if (last is not null) Assigned.Add(last);
                    else Assigned.UnionWith(sinceParenthesis);
                    break;
            }

            if (kind is '(' or ')' or ',' or ';') byReference = false;
            if (kind != NameReader.Assignment) last = null;
        }

        return this;
    }
}

/// <summary>What a file says, as far as others ask for it. No meaning, only text: cheap, kept per syntax tree.</summary>
internal sealed class TreeText
{
    public List<MemberText> Members { get; } = [];

    /// <summary>The types that are declared here, by name and namespace; extension methods too, which are called without their type.</summary>
    public List<(string Name, string Space)> Declared { get; } = [];

    /// <summary>The names outside of the members: of base types, constraints, attributes, fields without a value.</summary>
    public HashSet<string> Loose { get; } = [];

    /// <summary>The namespaces that are global to all files, and the names in these lines, one of which may be an alias.</summary>
    public HashSet<string> GlobalSpaces { get; } = [];

    public HashSet<string> GlobalNames { get; } = [];

    /// <summary>Whether a type here has static state, through which files meet that do not know of each other.</summary>
    public bool Shares { get; set; }

    // The namespaces of the file, those that it uses, and those around them.
    private readonly HashSet<string> spaces = [];

    /// <summary>Whether a type of that namespace can be named here without it.</summary>
    public bool Sees(string space) => spaces.Contains(space);

    public void Open(string space) => spaces.UnionWith(WithThoseAround(space));

    /// <summary>A namespace and those around it: <c>A.B.C</c>, <c>A.B</c>, <c>A</c>.</summary>
    public static IEnumerable<string> WithThoseAround(string space)
    {
        for (var s = space; s.Length > 0; s = s.LastIndexOf('.') is > 0 and var dot ? s.Substring(0, dot) : "") yield return s;
    }
}

/// <summary>
/// Names, parentheses and assignments in a piece of source, without the tokens: a compilation is read once as a whole, and making its
/// nodes would cost more than all the analysis. Comments and plain strings are skipped; a name too many does no harm.
/// </summary>
internal sealed class NameReader
{
    public const char Name = 'a';
    public const char Assignment = '=';

    // AggressiveOptimization, which .NET Standard has no name for: a build is over before the runtime finds out by itself that this is worth it.
    private const MethodImplOptions Optimized = (MethodImplOptions)512;

    // Most names stand many times in a source: each is one string.
    private readonly Dictionary<int, string> known = [];
    private string source = "";
    private int start;
    private int end;
    private int at;
    private int closing;
    private int closingQuotes;

    public string Text { get; private set; } = "";

    /// <summary>Reads another source from now on.</summary>
    public void Open(SourceText text) => source = text.ToString();

    /// <summary>Reads this part of the source next.</summary>
    public void Begin(TextSpan span) => (start, end, at, closing, closingQuotes) = (span.Start, span.End, span.Start, -1, 1);

    /// <summary>The next name, parenthesis, assignment or other character; null at the end.</summary>
    [MethodImpl(Optimized)]
    public char? Next()
    {
        while (at < end)
        {
            var c = source[at];
            var following = at + 1 < end ? source[at + 1] : '\0';
            if (c == ' ' || char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                Text = ReadName();
                return Name;
            }
            else if (c == '/' && following == '/' && (at == start || source[at - 1] != ':'))
            {
                at = End(source.IndexOf('\n', at, end - at));
            }
            else if (c == '/' && following == '*')
            {
                at = End(source.IndexOf("*/", at, end - at, StringComparison.Ordinal)) + 2;
            }
            else if (at == closing)
            {
                at += closingQuotes;
            }
            else if (c == '"')
            {
                SkipString();
            }
            else if (c == '\'')
            {
                at += following == '\\' ? 4 : at + 2 < end && source[at + 2] == '\'' ? 3 : 1;
            }
            else
            {
                at++;
                if (c != '=') return c == Name ? '.' : c;
                if (following is '=' or '>')
                {
                    at++;
                    return '.';
                }

                return at - start >= 2 && source[at - 2] is '!' or '<' or '>' or '=' ? '.' : Assignment;
            }
        }

        return null;
    }

    [MethodImpl(Optimized)]
    private string ReadName()
    {
        var first = at;
        var hash = 0;
        for (; at < end && (char.IsLetterOrDigit(source[at]) || source[at] == '_'); at++) hash = hash * 31 + source[at];
        if (known.TryGetValue(hash, out var name) && name.Length == at - first && string.CompareOrdinal(name, 0, source, first, name.Length) == 0) return name;
        return known[hash] = source.Substring(first, at - first);
    }

    private int End(int found) => found < 0 ? end : found;

    // A plain string is passed over; an interpolated one is read on as if it were code, up to its closing quotes.
    private void SkipString()
    {
        var interpolated = Prefix('$');
        var verbatim = Prefix('@');
        var count = 1;
        while (at + count < end && source[at + count] == '"') count++;
        if (count == 2 || count > 2 && verbatim)
        {
            at += count;
            return;
        }

        var quotes = count >= 3 ? count : 1;
        var finish = quotes > 1 ? End(source.IndexOf(new string('"', quotes), at + quotes, end - at - quotes, StringComparison.Ordinal)) : EndOfString(verbatim, interpolated);
        if (interpolated) (closing, closingQuotes) = (finish, quotes);
        at = (interpolated ? at : finish) + quotes;
    }

    private bool Prefix(char mark) => at - start >= 1 && source[at - 1] == mark || at - start >= 2 && source[at - 2] == mark && source[at - 1] is '$' or '@';

    private int EndOfString(bool verbatim, bool interpolated)
    {
        var hole = 0;
        for (var i = at + 1; i < end; i++)
        {
            switch (source[i])
            {
                case '\\' when !verbatim:
                    i++;
                    break;
                case '{' when interpolated:
                    hole++;
                    break;
                case '}' when interpolated && hole > 0:
                    hole--;
                    break;
                case '"' when hole > 0:
                    i = i + 1 < end ? End(source.IndexOf('"', i + 1, end - i - 1)) : end;
                    break;
                case '"' when verbatim && i + 1 < end && source[i + 1] == '"':
                    i++;
                    break;
                case '"':
                    return i;
                case '\n' when !verbatim && !interpolated:
                    return i;
            }
        }

        return end;
    }
}

/// <summary>Which members mention which names: where to look for callers, overrides and assignments before anything is bound.</summary>
internal sealed class CallIndex
{
    public const string Constructor = ".ctor";
    public const string TopLevel = "<top-level>";

    private static readonly ConditionalWeakTable<SyntaxTree, TreeText> Trees = new();

    private readonly Dictionary<string, List<MemberText>> mentions = [];
    private readonly Dictionary<string, List<MemberText>> declarations = [];
    private readonly Dictionary<string, List<MemberText>> assignments = [];
    private readonly Dictionary<SyntaxNode, MemberText> nodes = [];
    private readonly HashSet<string> hot = [];
    private readonly HashSet<SyntaxNode> hotNodes = [];
    private readonly HashSet<SyntaxNode> creating = [];
    private readonly Lazy<FileReach> reach;

    public CallIndex(Compilation compilation, IEnumerable<string> eventNames, IEnumerable<string> creationNames, CancellationToken cancellation)
    {
        var all = new List<MemberText>();
        var names = new NameReader();
        var files = new List<(SyntaxTree, TreeText)>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (!Trees.TryGetValue(tree, out var text))
            {
                names.Open(tree.GetText(cancellation));
                text = TreeReader.Read(tree.GetRoot(cancellation), names);
                text = Trees.GetValue(tree, _ => text);
            }

            files.Add((tree, text));
            all.AddRange(text.Members);
        }

        reach = new(() => new FileReach(files, Mentioning));

        foreach (var member in all)
        {
            nodes[member.Node] = member;
            Add(declarations, member.Name, member);
            foreach (var name in member.Names) Add(mentions, name, member);
            foreach (var name in member.Assigned) Add(assignments, name, member);
        }

        foreach (var name in creationNames)
            foreach (var member in Mentioning(name)) creating.Add(member.Node);

        // A loss of something that a module or an activation yields, here or at a caller: nothing else that a loss is given says what it means.
        foreach (var loss in Torch.TensorVocabulary.Losses)
            foreach (var member in Mentioning(loss.Function).Concat(Mentioning(loss.Module)))
            {
                if (Torch.TensorVocabulary.MeaningNames.Any(member.Names.Contains) || member.Node is not MethodDeclarationSyntax { ParameterList.Parameters.Count: 0 }) creating.Add(member.Node);

                // Its callers say what it is given, and whether gradients are on.
                if (member.Name != Constructor) hot.Add(member.Name);
            }

        // A model that is run for the numbers: an evaluation, by whatever name.
        foreach (var name in Torch.TorchVocabulary.ForwardNames)
            foreach (var member in Mentioning(name))
                if (!Torch.TorchVocabulary.ForwardNames.Contains(member.Name) && member.Name != Constructor && Torch.TorchVocabulary.ReadNames.Any(member.Names.Contains))
                {
                    creating.Add(member.Node);
                    hot.Add(member.Name);
                }

        // A name is hot when a member of that name mentions an event or another hot name.
        var work = new Queue<string>(eventNames.Concat(all.SelectMany(m => m.Losses)).Distinct());
        var seen = new HashSet<string>(work);

        // What a module's forward() leads to is asked of the module, not of everybody who runs one.
        seen.UnionWith(Torch.TorchVocabulary.ForwardNames);
        while (work.Count > 0)
        {
            foreach (var member in Mentioning(work.Dequeue()))
            {
                hotNodes.Add(member.Node);
                hot.Add(member.Name);
                if (member.Name != Constructor && seen.Add(member.Name)) work.Enqueue(member.Name);
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

    /// <summary>Which files can have to do with which.</summary>
    public FileReach Reach => reach.Value;

    public IReadOnlyList<MemberText> Mentioning(string name) => mentions.TryGetValue(name, out var list) ? list : [];

    public IReadOnlyList<MemberText> Declaring(string name) => declarations.TryGetValue(name, out var list) ? list : [];

    public IReadOnlyList<MemberText> Assigning(string name) => assignments.TryGetValue(name, out var list) ? list : [];

    /// <summary>Whether this member may, by its text, lead to an event.</summary>
    public bool IsHot(SyntaxNode member) => hotNodes.Contains(member);

    /// <summary>Whether this member is worth a look at all: it may lead to an event, or mentions something that is looked at for its own sake.</summary>
    public bool MayMatter(SyntaxNode member) => hotNodes.Contains(member) || creating.Contains(member);

    /// <summary>Whether a member of that name may, by its text, lead to an event.</summary>
    public bool IsHot(string name) => hot.Contains(name);

    private static void Add(Dictionary<string, List<MemberText>> map, string key, MemberText member)
    {
        if (!map.TryGetValue(key, out var list)) map[key] = list = [];
        list.Add(member);
    }
}
