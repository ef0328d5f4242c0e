using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Torch;

namespace TrainLint.Analyzers.Training;

/// <summary>
/// One class of modules as its sources have it, with all its parts: what it makes, who registers it, what forward() comes to. Found on
/// demand, once for all rules. What a nested class does, it does for itself.
/// </summary>
internal sealed class ModuleSummary
{
    private readonly TrainingProgram program;
    private ImmutableArray<INamedTypeSymbol> made;
    private HashSet<INamedTypeSymbol>? held;
    private HashSet<string>? forward;
    private HashSet<string>? construction;
    private List<MemberText>? forwards;
    private bool switchesDropout;

    public ModuleSummary(TrainingProgram program, INamedTypeSymbol type, CancellationToken cancellation)
    {
        (this.program, Type) = (program, type);
        Declarations = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>()
            .OrderBy(d => d.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(d => d.SpanStart).ToImmutableArray();
        Members = Declarations.SelectMany(Texts).ToImmutableArray();
        Parent = program.SummaryOf(type.BaseType, cancellation);
    }

    public INamedTypeSymbol Type { get; }

    public ImmutableArray<TypeDeclarationSyntax> Declarations { get; }

    /// <summary>The members with code.</summary>
    public ImmutableArray<MemberText> Members { get; }

    /// <summary>The class that it derives from, where that is one of this compilation.</summary>
    public ModuleSummary? Parent { get; }

    /// <summary>Whether code of the class itself mentions one of the names.</summary>
    public bool Mentions(string[] names)
    {
        foreach (var member in Members)
            foreach (var name in names)
                if (member.Names.Contains(name)) return true;
        return false;
    }

    /// <summary>Whether code of the class, or of one that it derives from, mentions one of the names.</summary>
    public bool MentionsAnywhere(string[] names) => Mentions(names) || Parent?.MentionsAnywhere(names) == true;

    /// <summary>Whether the class, or one that it derives from in this compilation, declares a method of that name.</summary>
    public bool Declares(string[] names) => names.Any(n => Type.GetMembers(n).Any(m => m is IMethodSymbol)) || Parent?.Declares(names) == true;

    /// <summary>Whether forward(), or what it calls in the class, mentions the name; for a class without one, whether any of its methods does.</summary>
    public bool UsesInForward(string name) => (forward ??= Reached(Forwards())).Contains(name);

    /// <summary>Whether a constructor, an initializer or what they call in the class mentions the name.</summary>
    public bool UsesInConstruction(string name) => (construction ??= Reached(Chain().Where(m => m.Name == CallIndex.Constructor))).Contains(name);

    /// <summary>Whether the member, or what it calls in the class, mentions the name.</summary>
    public bool Reaches(MemberText member, string name) => Reached([member]).Contains(name);

    /// <summary>Whether the member is forward(), or a method that only it leads to.</summary>
    public bool RunsInForward(MemberText member) => Forwards().Contains(member) || member.Node is MethodDeclarationSyntax && UsesInForward(member.Name) && !UsesInConstruction(member.Name);

    /// <summary>The types of all modules and parameters that the class makes, itself or in what it makes or derives from.</summary>
    public HashSet<INamedTypeSymbol> Held(CancellationToken cancellation)
    {
        if (held is not null) return held;
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<ModuleSummary>();
        var seen = new HashSet<ModuleSummary> { this };
        work.Push(this);
        while (work.Count > 0)
        {
            var next = work.Pop();
            foreach (var type in next.Made(cancellation))
                if (found.Add(type) && program.SummaryOf(type, cancellation) is { } own && seen.Add(own)) work.Push(own);
            if (next.Parent is { } parent && seen.Add(parent)) work.Push(parent);
        }

        SwitchesDropout = seen.Any(s => s.switchesDropout);
        return held = found;
    }

    /// <summary>Whether functional dropout in it is told if this is training; known once <see cref="Held"/> has been asked.</summary>
    public bool SwitchesDropout { get; private set; }

    private ImmutableArray<INamedTypeSymbol> Made(CancellationToken cancellation)
    {
        if (!made.IsDefault) return made;
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var declaration in Declarations)
        {
            foreach (var (_, type) in program.MadeIn(declaration, cancellation)) found.Add(type.OriginalDefinition);
            switchesDropout |= Mentions(ModuleVocabulary.FunctionalDropouts) && declaration.DescendantNodes(n => n == declaration || n is not TypeDeclarationSyntax).OfType<InvocationExpressionSyntax>().Any(call =>
                call.ArgumentList.Arguments.Any(a => a.ToString().Contains(TorchVocabulary.TrainingParameter))
                && program.Model(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol method && program.Torch.OperationOf(method) == TorchOp.FunctionalDropout);
        }

        return made = found.ToImmutableArray();
    }

    private IEnumerable<MemberText> Chain()
    {
        for (var s = this; s is not null; s = s.Parent)
            foreach (var member in s.Members) yield return member;
    }

    private List<MemberText> Forwards()
    {
        if (forwards is not null) return forwards;
        var found = Chain().Where(m => m.Node is MethodDeclarationSyntax method && TorchVocabulary.ForwardNames.Contains(m.Name) && method.Modifiers.Any(t => t.ValueText == "override")).ToList();
        return forwards = found.Count > 0 ? found : Chain().Where(m => m.Node is MethodDeclarationSyntax).ToList();
    }

    // All names in these members and in those that they name.
    private HashSet<string> Reached(IEnumerable<MemberText> from)
    {
        var names = new HashSet<string>();
        var waiting = Chain().Where(m => m.Name != CallIndex.Constructor).ToList();
        var work = new Queue<MemberText>(from);
        while (work.Count > 0)
        {
            names.UnionWith(work.Dequeue().Names);
            if (work.Count > 0) continue;
            foreach (var member in waiting.Where(m => names.Contains(m.Name))) work.Enqueue(member);
            waiting.RemoveAll(work.Contains);
        }

        return names;
    }

    private IEnumerable<MemberText> Texts(TypeDeclarationSyntax declaration)
    {
        if (declaration.ParameterList is not null && declaration.BaseList is { } bases && program.Index.Around(bases) is { } head && head.Node == bases) yield return head;
        foreach (var member in declaration.Members)
            if (member is not BaseTypeDeclarationSyntax && program.Index.Around(member) is { } text && text.Node == member) yield return text;
    }
}
