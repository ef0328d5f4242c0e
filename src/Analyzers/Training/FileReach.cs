using System.Collections;
using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// Which files can have to do with which, by the names of types alone: code names a type, or gets it from a type that it names, or it can
/// do nothing with it. A program of many parts is so not searched as a whole where one part is meant.
/// </summary>
internal sealed class FileReach
{
    private readonly Dictionary<SyntaxTree, int> numbers = [];
    private readonly List<int>[] names;
    private readonly List<int>[] namedBy;
    private readonly BitArray sharing;
    private readonly ConcurrentDictionary<int, BitArray> above = new();
    private readonly ConcurrentDictionary<int, BitArray> related = new();

    public FileReach(IReadOnlyList<(SyntaxTree Tree, TreeText Text)> files, Func<string, IReadOnlyList<MemberText>> mentioning)
    {
        names = new List<int>[files.Count];
        namedBy = new List<int>[files.Count];
        sharing = new BitArray(files.Count);
        var loose = new Dictionary<string, List<int>>();
        var everywhere = new HashSet<string>();
        var open = new HashSet<string>();
        for (var i = 0; i < files.Count; i++)
        {
            var (tree, text) = files[i];
            numbers[tree] = i;
            (names[i], namedBy[i], sharing[i]) = ([], [], text.Shares);
            open.UnionWith(text.GlobalSpaces);
            everywhere.UnionWith(text.GlobalNames);
            foreach (var name in text.Loose)
            {
                if (!loose.TryGetValue(name, out var list)) loose[name] = list = [];
                list.Add(i);
            }
        }

        for (var i = 0; i < files.Count; i++)
        {
            foreach (var (name, space) in files[i].Text.Declared)
            {
                foreach (var member in mentioning(name))
                    if (numbers.TryGetValue(member.Node.SyntaxTree, out var from)) Connect(from, i, space, member.Names);
                if (loose.TryGetValue(name, out var others))
                    foreach (var from in others) Connect(from, i, space, files[from].Text.Loose);
                if (everywhere.Contains(name))
                    for (var from = 0; from < files.Count; from++) Connect(from, i);
            }
        }

        void Connect(int from, int to, string space = "", HashSet<string>? beside = null)
        {
            if (from == to || space.Length > 0 && !open.Contains(space) && !files[from].Text.Sees(space) && beside?.Contains(space.Substring(space.LastIndexOf('.') + 1)) != true) return;
            if (names[from].Count > 0 && names[from][names[from].Count - 1] == to) return;
            names[from].Add(to);
            namedBy[to].Add(from);
        }
    }

    /// <summary>Whether code of a file can name a member of a type in another.</summary>
    public bool CanName(SyntaxTree from, SyntaxTree declared) =>
        from == declared || !numbers.TryGetValue(from, out var f) || !numbers.TryGetValue(declared, out var d) || Above(d)[f];

    /// <summary>Whether an object of a type in one file can be given to code of the other: some code can name both, or state that all share lies between.</summary>
    public bool MayMeet(SyntaxTree one, SyntaxTree other) =>
        one == other || !numbers.TryGetValue(one, out var a) || !numbers.TryGetValue(other, out var b) || Related(a)[b];

    private BitArray Above(int file) => above.GetOrAdd(file, f => Closure(Only(f), namedBy));

    private BitArray Related(int file) => related.GetOrAdd(file, f =>
    {
        var found = Closure(Above(f), names);
        while (true)
        {
            // Whoever shares state with one of them may be handed the object there.
            var sharers = new BitArray(found).And(sharing);
            var wider = Closure(new BitArray(found).Or(Closure(sharers, namedBy)), names);
            if (Same(wider, found)) return found;
            found = wider;
        }
    });

    private BitArray Only(int file)
    {
        var only = new BitArray(names.Length);
        only[file] = true;
        return only;
    }

    private static BitArray Closure(BitArray from, List<int>[] edges)
    {
        var found = new BitArray(from);
        var work = new Stack<int>();
        for (var i = 0; i < from.Length; i++)
            if (from[i]) work.Push(i);
        while (work.Count > 0)
        {
            foreach (var next in edges[work.Pop()])
            {
                if (found[next]) continue;
                found[next] = true;
                work.Push(next);
            }
        }

        return found;
    }

    private static bool Same(BitArray one, BitArray other)
    {
        for (var i = 0; i < one.Length; i++)
            if (one[i] != other[i]) return false;
        return true;
    }
}
