using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static TrainLint.Analyzers.Tests.Mutation.ProgramSource;

namespace TrainLint.Analyzers.Tests.Mutation;

internal static class ModelMistakes
{
    private const string Sized = "Linear Conv1d Conv2d BatchNorm1d BatchNorm2d LayerNorm";
    private const string Bends = "ReLU LeakyReLU Tanh GELU Sigmoid PReLU";

    public static IEnumerable<Mistake> All =>
    [
        new("TL0301", "RegisterComponents() is missing", NotRegistered),
        new("TL0302", "a List stands for the ModuleList", PlainCollection),
        new("TL0303", "a layer is made in forward()", source => Fields(source).Where(f => source.IsCall(f.Made, "Linear Conv1d Conv2d Embedding") && IsConstant(source, f.Made))
            .SelectMany(f => PassesOf(source, f.Symbol).Take(1).Select(p => source.With(Replace(Receiver(p)!, Marked(f.Made.ToString()))))), "TL0312"),
        new("TL0304", "a tensor that requires gradients stands for the Parameter", TensorForParameter),
        new("TL0305", "a layer takes one number more than the layer before gives", WrongSize),
        new("TL0306", "no activation between two layers", NoActivation),
        new("TL0307", "every activation of a deep stack is a sigmoid", source => source.Made("Sequential")
            .Select(s => (s, bends: s.ArgumentList.Arguments.Where(a => source.IsCall(a.Expression, "ReLU Tanh GELU")).ToList()))
            .Where(s => s.bends.Count >= 4 && !s.s.DescendantNodes().Any(n => source.IsCall(n, "BatchNorm1d BatchNorm2d LayerNorm"))).Select(s => source.With(s.bends.Select((b, i) => Replace(b, i == 0 ? Marked("Sigmoid()") : "Sigmoid()"))))),
        new("TL0308", "dropout of 1.5", source => source.Made("Dropout Dropout2d").Concat(source.Calls("dropout", "functional"))
            .Select(c => source.Argument(c, "p")).OfType<ArgumentSyntax>().Select(a => source.With(Replace(a.Expression, Marked("1.5"))))),
        new("TL0309", "an activation between the last layer and the loss", source => source.Losses("cross_entropy", "CrossEntropyLoss").Where(IsTrained(source))
            .Select(c => source.With(Replace(c.ArgumentList.Arguments[0].Expression, Marked($"TorchSharp.torch.nn.functional.relu({c.ArgumentList.Arguments[0].Expression})"))))),
        new("TL0311", "functional dropout without the module's mode", source => source.Calls("dropout", "functional")
            .Select(c => (c, mode: source.Argument(c, "training"))).Where(c => c.mode is not null).Select(c => source.With([Remove(c.mode!), .. Mark(c.c)]))),
        new("TL0312", "forward() leaves out a layer", source => Fields(source).Where(f => source.IsCall(f.Made, "BatchNorm1d BatchNorm2d LayerNorm") || IsSquare(source, f.Made))
            .SelectMany(f => PassesOf(source, f.Symbol) is [var pass] ? [source.With([Replace(pass, pass.ArgumentList.Arguments[0].ToString()), .. Mark(f.Declared)])] : Array.Empty<string>()), "TL0306"),
        new("TL0313", "forward() where hooks are registered", source => source.Passes
            .Where(c => c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "call" } && source.IsInModule(c) && IsHooked(source, source.TypeOf(Receiver(c))))
            .Select(c => source.With([Replace(((MemberAccessExpressionSyntax)c.Expression).Name, "forward"), .. Mark(c)]))),
        new("TL0314", "a component is set after RegisterComponents()", source => source.Statements("RegisterComponents", "Module")
            .Select(r => (r, set: Before(r).OfType<ExpressionStatementSyntax>().LastOrDefault(s => s.Expression is AssignmentExpressionSyntax { Left: var left } && source.Symbol(left) is IFieldSymbol { Type: var t } && Is(t, "Module"))))
            .Where(p => p.set is not null && !After(p.set!).Any(s => s != p.r)).Select(p => source.With(source.Remove(p.set!), source.InsertAfter(p.r, Marked(p.set!.Expression.ToString()) + ";")))),
        new("TL0315", "a component is static", source => source.Nodes<FieldDeclarationSyntax>()
            .Where(f => source.IsInModule(f) && f.Declaration.Variables is [{ Initializer: not null } v] && source.Model.GetDeclaredSymbol(v) is IFieldSymbol { Type: var t, IsStatic: false } && HasParameters(source, t, v.Initializer!.Value))
            .Select(f => source.With([Insert(f.Declaration.SpanStart, "static "), .. Mark(f.Declaration.Variables)]))),
        new("TL0316", "a parameter is replaced instead of filled", source => source.Statements("copy_", "Tensor")
            .Select(s => (s, call: (InvocationExpressionSyntax)s.Expression)).Where(c => source.Symbol(Receiver(c.call)) is IFieldSymbol { Type.Name: "Parameter", IsReadOnly: false })
            .Select(c => source.With(Replace(c.s, $"{Marked($"{Receiver(c.call)} = new TorchSharp.Modules.Parameter({c.call.ArgumentList.Arguments[0]})")};")))),
        new("TL0317", "a component is a property", source => source.Nodes<FieldDeclarationSyntax>()
            .Where(f => source.IsInModule(f) && f.Declaration.Variables is [var v] && source.Model.GetDeclaredSymbol(v) is IFieldSymbol { Type: var t, IsStatic: false } && (Is(t, "Parameter") || v.Initializer is { Value: var made } && HasParameters(source, t, made)))
            .Select(f => source.With(Replace(f, $"public {f.Declaration.Type} {Marked(f.Declaration.Variables[0].Identifier.ValueText)} {{ get; set; }}{(f.Declaration.Variables[0].Initializer is { } i ? $" {i};" : "")}")))),
        new("TL0318", "a layer is added after the Sequential was made", AddedLate),
        new("TL0319", "dropout on one recurrent layer", source => source.Made("GRU LSTM RNN").Where(c => source.Argument(c, "numLayers") is null && source.Argument(c, "dropout") is null)
            .Select(c => source.With(Add(c.ArgumentList, Marked("dropout: 0.2"))))),
    ];

    /// <summary>Losses on which backward() is called in the same body.</summary>
    private static Func<InvocationExpressionSyntax, bool> IsTrained(ProgramSource source) => call => source.Backwards.Any(b => Body(b) == Body(call));

    private static IEnumerable<(IFieldSymbol Symbol, VariableDeclaratorSyntax Declared, InvocationExpressionSyntax Made)> Fields(ProgramSource source) =>
        from declared in source.Nodes<VariableDeclaratorSyntax>()
        let symbol = source.Model.GetDeclaredSymbol(declared) as IFieldSymbol
        where symbol is not null && Is(symbol.Type, "Module") && Is(symbol.ContainingType, "Module")
        let made = source.Creations(symbol).OfType<InvocationExpressionSyntax>().ToList()
        where made.Count == 1
        select (symbol, declared, made[0]);

    // Hooks of one kind of layers are none of another kind.
    private static bool IsHooked(ProgramSource source, ITypeSymbol? type) =>
        source.Calls("register_forward_hook register_forward_pre_hook").Any(h => source.TypeOf(Receiver(h)) is { } hooked && Is(type, hooked.Name));

    private static List<InvocationExpressionSyntax> PassesOf(ProgramSource source, ISymbol field) =>
        [.. source.Passes.Where(p => p.ArgumentList.Arguments.Count == 1 && Same(source.Symbol(Receiver(p)), field))];

    private static bool IsConstant(ProgramSource source, InvocationExpressionSyntax made) => made.ArgumentList.Arguments.All(a => source.Constant(a.Expression) is not null);

    private static bool IsSquare(ProgramSource source, InvocationExpressionSyntax made) =>
        source.IsCall(made, "Linear") && made.ArgumentList.Arguments is [{ Expression: var input }, { Expression: var output }, ..] && input.ToString() == output.ToString();

    private static bool HasParameters(ProgramSource source, ITypeSymbol type, ExpressionSyntax made) =>
        Is(type, "Parameter") || Is(type, "Module") && made is InvocationExpressionSyntax call && (source.IsCall(call, "Linear Conv1d Conv2d Embedding BatchNorm1d BatchNorm2d LayerNorm GRU LSTM")
            || source.IsCall(call, "Sequential") && call.DescendantNodes().Any(n => source.IsCall(n, "Linear Conv2d")));

    // A module inside another one is registered with it; the mistake shows on those that somebody uses by themselves.
    private static IEnumerable<string> NotRegistered(ProgramSource source)
    {
        foreach (var call in source.Calls("RegisterComponents"))
        {
            var type = call.FirstAncestorOrSelf<ClassDeclarationSyntax>()!;
            var symbol = source.Model.GetDeclaredSymbol(type);
            var roots = source.Nodes<BaseObjectCreationExpressionSyntax>().Where(c => Same(source.TypeOf(c), symbol) && !source.IsInModule(c));
            if (call.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not { } constructor || !roots.Any()) continue;
            var edit = call.Parent is ExpressionStatementSyntax statement ? source.Remove(statement)
                : call.Parent is ArrowExpressionClauseSyntax arrow ? new Edit(Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(arrow.SpanStart, constructor.Span.End), "{ }")
                : default(Edit?);
            if (edit is { } e) yield return source.With([e, .. Mark(constructor.ParameterList)]);
        }
    }

    private static IEnumerable<string> PlainCollection(ProgramSource source)
    {
        foreach (var field in source.Nodes<FieldDeclarationSyntax>())
        {
            if (!source.IsInModule(field) || field.Declaration is not { Type: GenericNameSyntax { Identifier.ValueText: "ModuleList" } type, Variables: [var variable] }) continue;
            var list = $"List<{type.TypeArgumentList.Arguments[0]}>";
            var edits = new List<Edit> { Replace(type, "System.Collections.Generic." + list) };
            foreach (var made in source.Creations(source.Model.GetDeclaredSymbol(variable)!))
            {
                if (made is InvocationExpressionSyntax { ArgumentList.Arguments: var items })
                    edits.Add(Replace(made, items is [{ Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray", Expression: var query } } }] ? $"{query}.ToList()" : $"[{string.Join(", ", items)}]"));
                else if (made is ObjectCreationExpressionSyntax explicitly)
                    edits.Add(Replace(explicitly.Type, "System.Collections.Generic." + list));
            }

            yield return source.With([.. edits, .. Mark(variable)]);
        }
    }

    private static IEnumerable<string> TensorForParameter(ProgramSource source)
    {
        foreach (var field in source.Nodes<FieldDeclarationSyntax>())
        {
            if (!source.IsInModule(field) || field.Declaration.Type.ToString() != "Parameter") continue;
            var made = field.Declaration.Variables.SelectMany(v => source.Creations(source.Model.GetDeclaredSymbol(v)!)).OfType<InvocationExpressionSyntax>().Where(c => source.IsCall(c, "Parameter")).ToList();
            if (made.Count == field.Declaration.Variables.Count)
                yield return source.With([Replace(field.Declaration.Type, "Tensor"), .. made.Select(c => Replace(c, $"({c.ArgumentList.Arguments[0].Expression}).requires_grad_()")), .. Mark(field.Declaration.Variables)]);
        }
    }

    // The first size of a layer, where what goes into it comes from a layer whose size stands in the same class or the same Sequential.
    private static IEnumerable<string> WrongSize(ProgramSource source)
    {
        foreach (var layer in source.Made(Sized))
        {
            var around = (SyntaxNode?)layer.FirstAncestorOrSelf<ArgumentListSyntax>(l => source.IsCall(l.Parent, "Sequential")) ?? layer.FirstAncestorOrSelf<ClassDeclarationSyntax>();
            if (layer.ArgumentList.Arguments is not [{ Expression: var first }, ..] || source.Constant(first) is not int size || around is null) continue;
            if (source.Made("Linear Conv1d Conv2d Embedding").Any(before => before.SpanStart < layer.SpanStart && around.Span.Contains(before.Span) && before.ArgumentList.Arguments.Count > 1 && Equals(source.Constant(before.ArgumentList.Arguments[1].Expression), size)))
                yield return source.With([Replace(first, $"{size + 1}"), .. Mark(layer)]);
        }
    }

    private static IEnumerable<string> NoActivation(ProgramSource source)
    {
        foreach (var chain in source.Made("Sequential"))
        {
            var items = chain.ArgumentList.Arguments;
            for (var i = 1; i + 1 < items.Count; i++)
            {
                if (source.IsCall(Layer(items[i]), Bends) && source.IsCall(Layer(items[i - 1]), "Linear") && source.IsCall(Layer(items[i + 1]), "Linear"))
                    yield return source.With([Remove(items[i]), .. Mark(Layer(items[i + 1])!)]);
            }
        }

        var layers = Fields(source).Where(f => source.IsCall(f.Made, "Linear")).ToList();
        foreach (var bend in source.Calls("relu tanh").Where(c => source.IsInModule(c)))
        {
            // What bends the output of the last layer stands between no two of them.
            if (bend.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax && !bend.Ancestors().Any(a => source.Passes.Contains(a))) continue;
            var input = source.Method(bend)!.IsStatic ? bend.ArgumentList.Arguments.FirstOrDefault()?.Expression : Receiver(bend);
            if (input is InvocationExpressionSyntax pass && layers.Any(l => Same(l.Symbol, source.Symbol(Receiver(pass)))))
                yield return source.With([Replace(bend, pass.ToString()), .. Mark(layers.Where(l => !Same(l.Symbol, source.Symbol(Receiver(pass)))).Select(l => l.Made))]);
        }

        static ExpressionSyntax? Layer(ArgumentSyntax item) => item.Expression is TupleExpressionSyntax { Arguments: [_, var named] } ? named.Expression : item.Expression;
    }

    private static IEnumerable<string> AddedLate(ProgramSource source)
    {
        foreach (var made in source.Made("Sequential"))
        {
            if (made.ArgumentList.Arguments is not [{ Expression: IdentifierNameSyntax list }] || made.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax statement) continue;
            var add = Before(statement).OfType<ExpressionStatementSyntax>().LastOrDefault(s => s.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: IdentifierNameSyntax on } } && Same(source.Symbol(on), source.Symbol(list)));
            if (add is not null) yield return source.With(source.Remove(add), source.InsertAfter(statement, Marked(add.Expression.ToString()) + ";"));
        }
    }
}
