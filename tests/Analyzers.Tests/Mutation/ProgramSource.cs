using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests.Mutation;

/// <summary>A place of the text and what stands there instead.</summary>
internal readonly record struct Edit(TextSpan Span, string Text);

/// <summary>A clean program and what its code means: where a mistake can be made is asked by meaning, the mistake itself is made in the text.</summary>
internal sealed class ProgramSource(SyntaxNode root, SemanticModel model)
{
    public SyntaxNode Root { get; } = root;

    public SemanticModel Model { get; } = model;

    /// <summary>The program with some places changed. Marks in the changed text, as <see cref="Mark"/> sets them, say where a rule must report.</summary>
    public string With(params IEnumerable<Edit> edits)
    {
        var text = new StringBuilder();
        var (source, at) = (Root.ToFullString(), 0);
        foreach (var edit in edits.OrderBy(e => e.Span.Start).ThenBy(e => e.Span.End))
        {
            if (edit.Span.Start < at) throw new ArgumentException($"Two changes at '{source[edit.Span.Start..edit.Span.End]}'.");
            text.Append(source, at, edit.Span.Start - at).Append(edit.Text);
            at = edit.Span.End;
        }

        return text.Append(source, at, source.Length - at).ToString();
    }

    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Root.DescendantNodes().OfType<T>();

    public IMethodSymbol? Method(SyntaxNode call) => Model.GetSymbolInfo(call).Symbol as IMethodSymbol;

    public ISymbol? Symbol(SyntaxNode? node) => node is null ? null : Model.GetSymbolInfo(node).Symbol;

    public ITypeSymbol? TypeOf(SyntaxNode? node) => node is null ? null : Model.GetTypeInfo(node).Type;

    /// <summary>Calls of the library's methods of these names, optionally on a receiver (or in a static class) of that type.</summary>
    public IEnumerable<InvocationExpressionSyntax> Calls(string names, string? on = null) => Nodes<InvocationExpressionSyntax>().Where(c => IsCall(c, names, on));

    public bool IsCall(SyntaxNode? node, string names, string? on = null) =>
        node is InvocationExpressionSyntax call && Method(call) is { } m && names.Split(' ').Contains(m.Name) && IsLibrary(m)
        && (on is null || Is(m.ReducedFrom is null && m.IsStatic ? m.ContainingType : Receiver(call) is { } r && TypeOf(r) is { } t ? t : m.ContainingType, on));

    /// <summary>Statements that are nothing but such a call, in a list of statements.</summary>
    public IEnumerable<ExpressionStatementSyntax> Statements(string names, string on) =>
        Calls(names, on).Select(c => c.Parent).OfType<ExpressionStatementSyntax>().Where(s => s.Parent is BlockSyntax or GlobalStatementSyntax);

    /// <summary>The factories and constructors of the library's layers, losses, optimizers: calls of these names that make a module or an optimizer.</summary>
    public IEnumerable<InvocationExpressionSyntax> Made(string names) =>
        Calls(names).Where(c => Method(c) is { IsStatic: true, ReturnType: var made } && (Is(made, "Module") || Is(made, "Optimizer") || Is(made, "LRScheduler") || Is(made, "Loss") || Is(made, "DataLoader")));

    /// <summary>Where a method of the library or a constructor is given a value for that parameter.</summary>
    public ArgumentSyntax? Argument(ExpressionSyntax call, string parameter)
    {
        if (Method(call) is not { } method) return null;
        var list = call switch
        {
            InvocationExpressionSyntax i => i.ArgumentList,
            BaseObjectCreationExpressionSyntax o => o.ArgumentList,
            _ => null,
        };
        return list?.Arguments.Where((a, i) => (a.NameColon?.Name.Identifier.ValueText ?? method.Parameters.ElementAtOrDefault(i)?.Name) == parameter).FirstOrDefault();
    }

    /// <summary>Creations of loaders: constructors, and the factory of the same name.</summary>
    public IEnumerable<ExpressionSyntax> Loaders() =>
        Nodes<ExpressionSyntax>().Where(e => e is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && Method(e) is { } m && IsLibrary(m) && (m.Name == "DataLoader" || m is { MethodKind: MethodKind.Constructor } && Is(m.ContainingType, "DataLoader")));

    public static ExpressionSyntax? Receiver(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Expression,
        _ => null,
    };

    public static bool IsLibrary(ISymbol symbol) => symbol.ContainingAssembly?.Name == "TorchSharp";

    /// <summary>Whether a type is, or derives from, the library's type of that name.</summary>
    public static bool Is(ITypeSymbol? type, string name)
    {
        for (; type is not null; type = type.BaseType)
            if (type.Name == name && IsLibrary(type)) return true;
        return false;
    }

    /// <summary>Whether the loss of that call is of one of these kinds, by the function's or the module's name; null where the call is none.</summary>
    public bool IsLoss(InvocationExpressionSyntax call, string functions, string modules) => call.ArgumentList.Arguments.Count >= 2
        && (IsCall(call, functions, "functional") || IsCall(call, "forward call") && modules.Split(' ').Contains(LossName(Receiver(call))));

    // The module that a criterion is, also where it is declared as a Loss<,,>.
    private string? LossName(ExpressionSyntax? criterion)
    {
        if (criterion is null || TypeOf(criterion) is not { } type) return null;
        if (type.Name != "Loss") return type.Name;
        return Symbol(criterion)?.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).FirstOrDefault() switch
        {
            VariableDeclaratorSyntax { Initializer.Value: { } value } => TypeOf(value)?.Name,
            ParameterSyntax parameter => Nodes<ArgumentSyntax>().Where(a => Model.GetOperation(a) is Microsoft.CodeAnalysis.Operations.IArgumentOperation { Parameter: { } p } && SymbolEqualityComparer.Default.Equals(p, Model.GetDeclaredSymbol(parameter)))
                .Select(a => TypeOf(a.Expression)?.Name).FirstOrDefault(),
            _ => null,
        };
    }

    public IEnumerable<InvocationExpressionSyntax> Losses(string functions, string modules) => Nodes<InvocationExpressionSyntax>().Where(c => IsLoss(c, functions, modules));

    public IEnumerable<InvocationExpressionSyntax> Backwards => Calls("backward", "Tensor");

    /// <summary>Calls of modules that are no losses.</summary>
    public IEnumerable<InvocationExpressionSyntax> Passes => Calls("forward call", "Module").Concat(OwnForwards).Distinct().Where(c => Receiver(c) is { } r && !Is(TypeOf(r), "Loss"));

    /// <summary>Whether the node reads a number off what a model has computed, directly or by way of variables.</summary>
    public bool IsReadOfModel(SyntaxNode node) =>
        IsCall(node, "item ToSingle ToDouble ToInt32 ToInt64 ToBoolean") && Receiver((InvocationExpressionSyntax)node) is { } read && IsOfModel(read, 5);

    private bool IsOfModel(SyntaxNode value, int depth) => ComesFrom(value, n => n is InvocationExpressionSyntax call && Passes.Contains(call), depth);

    /// <summary>Whether such a node stands in the expression, or in what is put into the variables that it names.</summary>
    public bool ComesFrom(SyntaxNode value, Func<SyntaxNode, bool> origin, int depth) => value.DescendantNodesAndSelf().Any(n => origin(n)
        || depth > 0 && n is IdentifierNameSyntax && Symbol(n) is ILocalSymbol local && Creations(local).Concat(Deconstructed(local)).Any(v => ComesFrom(v, origin, depth - 1)));

    /// <summary>The calls and creations in this program that run a method or constructor.</summary>
    public IEnumerable<ExpressionSyntax> CallsOf(ISymbol? method) => Nodes<ExpressionSyntax>().Where(e => e is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && method is not null && Same(Method(e)?.OriginalDefinition, method));

    /// <summary>Whether a pass comes again and again: in a loop, or in a method that something here calls.</summary>
    public bool IsRepeated(SyntaxNode node) => InnermostLoop(node) is not null || Body(node) is not MethodDeclarationSyntax method || CallsOf(Model.GetDeclaredSymbol(method)).Any();

    /// <summary>Whether the module is known, by how the program makes it, to behave differently in training and in evaluation.</summary>
    public bool HasModes(ExpressionSyntax? module) => module is not null && MayHaveModes(module, 6);

    private bool MayHaveModes(SyntaxNode made, int depth) => depth > 0 && (HoldsModes(made)
        || made is ExpressionSyntax expression && TypeOf(expression) is INamedTypeSymbol type && TypesIn(type).Any(t => t.DeclaringSyntaxReferences.Any(r => HoldsModes(r.GetSyntax()) || FieldsOf(t).Any(f => f.DeclaringSyntaxReferences.Any(d => HoldsModes(d.GetSyntax().Parent!)))))
        || Origins(made).Any(o => MayHaveModes(o, depth - 1)));

    // The class of a module, and those of its parts.
    private static IEnumerable<INamedTypeSymbol> TypesIn(INamedTypeSymbol type) => new[] { type }.Concat(type.TypeArguments.OfType<INamedTypeSymbol>()).Where(t => !IsLibrary(t) && Is(t, "Module")).SelectMany(t => FieldsOf(t).Select(f => f.Type).OfType<INamedTypeSymbol>().Where(f => !Same(f, t)).SelectMany(TypesIn).Prepend(t));

    private static IEnumerable<IFieldSymbol> FieldsOf(INamedTypeSymbol type) => type.GetMembers().OfType<IFieldSymbol>();

    private bool HoldsModes(SyntaxNode code) => code.DescendantNodesAndSelf().Any(n => IsCall(n, "Dropout BatchNorm1d BatchNorm2d TransformerEncoderLayer dropout"));

    // Where what an expression names is made: variables, fields, parameters, and what methods of the program return.
    private IEnumerable<SyntaxNode> Origins(SyntaxNode made)
    {
        if (made is InvocationExpressionSyntax call)
        {
            if (Receiver(call) is { } on && Method(call) is { } moved && IsLibrary(moved)) return [on];
            return Method(call) is { MethodKind: MethodKind.DelegateInvoke } ? Symbol(call.Expression) is { } held ? Creations(held) : [] : Method(call)?.DeclaringSyntaxReferences.Select(r => r.GetSyntax()) ?? [];
        }

        if (Symbol(made) is not { } symbol) return [];
        return symbol is not IParameterSymbol { ContainingSymbol: IMethodSymbol method } parameter ? Creations(symbol) : CallsOf(method).Select(c => Argument(c, parameter.Name)?.Expression).OfType<SyntaxNode>();
    }

    // `var (logits, state) = model.call(x)`
    private static IEnumerable<ExpressionSyntax> Deconstructed(ILocalSymbol local) =>
        local.DeclaringSyntaxReferences[0].GetSyntax() is SingleVariableDesignationSyntax variable && variable.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { Right: var whole } ? [whole] : [];

    private IEnumerable<InvocationExpressionSyntax> OwnForwards => Nodes<InvocationExpressionSyntax>().Where(c => Method(c)?.Name == "forward" && Receiver(c) is { } r && Is(TypeOf(r), "Module"));

    /// <summary>Whether the code belongs to a class that derives from Module.</summary>
    public bool IsInModule(SyntaxNode node) => node.FirstAncestorOrSelf<ClassDeclarationSyntax>() is { } type && Is(Model.GetDeclaredSymbol(type), "Module");

    /// <summary>The body of the method, lambda or local function, or the whole top level, that the node stands in.</summary>
    public static SyntaxNode Body(SyntaxNode node) =>
        node.Ancestors().First(n => n is MethodDeclarationSyntax or ConstructorDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or PropertyDeclarationSyntax or TypeDeclarationSyntax or CompilationUnitSyntax);

    public static StatementSyntax? InnermostLoop(SyntaxNode node) => LoopsAround(node).FirstOrDefault();

    /// <summary>The loops around the node in its body, innermost first.</summary>
    public static IEnumerable<StatementSyntax> LoopsAround(SyntaxNode node)
    {
        var body = Body(node);
        return node.Ancestors().TakeWhile(a => a != body).OfType<StatementSyntax>().Where(a => LoopBody(a) is { } b && b.Span.Contains(node.Span));
    }

    public static StatementSyntax? LoopBody(SyntaxNode node) => node switch
    {
        ForStatementSyntax f => f.Statement,
        CommonForEachStatementSyntax f => f.Statement,
        WhileStatementSyntax w => w.Statement,
        DoStatementSyntax d => d.Statement,
        _ => null,
    };

    /// <summary>The statements of the same list, in their order.</summary>
    public static IReadOnlyList<StatementSyntax> Beside(StatementSyntax statement) => statement.Parent switch
    {
        BlockSyntax block => [.. block.Statements],
        GlobalStatementSyntax global => [.. global.Parent!.ChildNodes().OfType<GlobalStatementSyntax>().Select(g => g.Statement)],
        _ => [statement],
    };

    public static IEnumerable<StatementSyntax> After(StatementSyntax statement) => Beside(statement).SkipWhile(s => s != statement).Skip(1);

    public static IEnumerable<StatementSyntax> Before(StatementSyntax statement) => Beside(statement).TakeWhile(s => s != statement);

    /// <summary>Where the library makes what a variable or field holds: its initializer, or what is assigned to it.</summary>
    public IEnumerable<ExpressionSyntax> Creations(ISymbol variable) =>
        Nodes<VariableDeclaratorSyntax>().Where(d => d.Initializer is not null && Same(Model.GetDeclaredSymbol(d), variable)).Select(d => d.Initializer!.Value)
            .Concat(Nodes<AssignmentExpressionSyntax>().Where(a => Same(Symbol(a.Left), variable)).Select(a => a.Right))
            .Concat(Nodes<PropertyDeclarationSyntax>().Where(p => p.Initializer is not null && Same(Model.GetDeclaredSymbol(p), variable)).Select(p => p.Initializer!.Value));

    public IEnumerable<IdentifierNameSyntax> UsesOf(ISymbol variable) => Nodes<IdentifierNameSyntax>().Where(i => i.Identifier.ValueText == variable.Name && Same(Symbol(i), variable));

    public static bool Same(ISymbol? a, ISymbol? b) => SymbolEqualityComparer.Default.Equals(a, b);

    /// <summary>Constant of a literal or constant expression.</summary>
    public object? Constant(ExpressionSyntax? expression) => expression is null ? null : Model.GetConstantValue(expression) is { HasValue: true, Value: var value } ? value : null;

    // How texts are changed.
    public static Edit Replace(SyntaxNode node, string text) => new(node.Span, text);

    public static Edit Insert(int at, string text) => new(new TextSpan(at, 0), text);

    /// <summary>The node stays, and a rule must report at it.</summary>
    public static IEnumerable<Edit> Mark(params IEnumerable<SyntaxNode> nodes) => nodes.Distinct().SelectMany(n => new[] { Insert(n.SpanStart, "[|"), Insert(n.Span.End, "|]") });

    public static string Marked(string text) => "[|" + text + "|]";

    /// <summary>The statement goes, with its line.</summary>
    public Edit Remove(StatementSyntax statement)
    {
        var lines = Root.SyntaxTree.GetText().Lines;
        var (first, last) = (lines.GetLineFromPosition(statement.SpanStart), lines.GetLineFromPosition(statement.Span.End));
        var alone = string.IsNullOrWhiteSpace(first.ToString()[..(statement.SpanStart - first.Start)]) && string.IsNullOrWhiteSpace(last.ToString()[(statement.Span.End - last.Start)..]);
        return alone && statement.Parent is BlockSyntax or GlobalStatementSyntax ? new(TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak), "") : new(statement.Span, ";");
    }

    /// <summary>Another statement on a line before this one.</summary>
    public Edit InsertBefore(StatementSyntax statement, string text) => Insert(statement.SpanStart, text + "\n" + Indent(statement));

    public Edit InsertAfter(StatementSyntax statement, string text) => Insert(statement.Span.End, "\n" + Indent(statement) + text);

    private string Indent(SyntaxNode node)
    {
        var line = Root.SyntaxTree.GetText().Lines.GetLineFromPosition(node.SpanStart).ToString();
        return line[..^line.TrimStart().Length];
    }

    /// <summary>An argument goes, with the comma before it (or after it, where it is the first).</summary>
    public static Edit Remove(ArgumentSyntax argument)
    {
        var list = (BaseArgumentListSyntax)argument.Parent!;
        var at = list.Arguments.IndexOf(argument);
        return at > 0 ? new(TextSpan.FromBounds(list.Arguments[at - 1].Span.End, argument.Span.End), "")
            : list.Arguments.Count > 1 ? new(TextSpan.FromBounds(argument.SpanStart, list.Arguments[1].SpanStart), "")
            : new(argument.Span, "");
    }

    /// <summary>One more argument at the end of a call.</summary>
    public static Edit Add(BaseArgumentListSyntax list, string text) => Insert(list.Arguments.Count == 0 ? list.Span.End - 1 : list.Arguments[^1].Span.End, list.Arguments.Count == 0 ? text : ", " + text);
}
