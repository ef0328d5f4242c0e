using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>The calls of losses as text: what they are given, and how another loss takes their place.</summary>
internal static class LossCalls
{
    public static ExpressionSyntax? InputOf(InvocationExpressionSyntax loss) => loss.ArgumentList.Arguments.Count == 0 ? null : First(loss.ArgumentList.Arguments, TensorVocabulary.InputParameter);

    /// <summary>The argument of that name, else the one that stands first.</summary>
    public static ExpressionSyntax? First(SeparatedSyntaxList<ArgumentSyntax> arguments, string name) =>
        (arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name) ?? arguments.FirstOrDefault(a => a.NameColon is null && a == arguments[0]) ?? (arguments.Count == 1 ? arguments[0] : null))?.Expression;

    /// <summary>A call of a method on the expression.</summary>
    public static IEnumerable<TextChange> Appended(ExpressionSyntax expression, string call)
    {
        if (!IsPrimary(expression)) yield return new(new(expression.SpanStart, 0), "(");
        yield return new(new(expression.Span.End, 0), (IsPrimary(expression) ? "" : ")") + call);
    }

    /// <summary>Whether a member can be called on the expression as it stands.</summary>
    public static bool IsPrimary(ExpressionSyntax expression) =>
        expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax or ObjectCreationExpressionSyntax;

    /// <summary>Another loss of the same arguments in the place of this one: in the call of its function, or where its module is made.</summary>
    public static IEnumerable<Repair> Replaced(Page page, InvocationExpressionSyntax loss, LossKind kind)
    {
        var (_, function, module) = TensorVocabulary.Losses.First(l => l.Kind == kind);
        if (page.LossOf(loss) is not null)
            return NameOf(loss.Expression) is { } name ? Repair.Of($"Use '{function}'", [new TextChange(name.Span, function)]) : [];
        if (loss.Expression is not MemberAccessExpressionSyntax { Expression: var receiver } || page.Model.GetTypeInfo(receiver, page.Cancellation).Type is null) return [];
        var changes = Creation(page, receiver) is { } own ? Renamed(page, own, module) : Declared(page, receiver, module);
        return changes is null ? [] : Repair.Of($"Use '{module}'", [.. changes]);
    }

    // The making of a loss module, without what only moves it.
    private static ExpressionSyntax? Creation(Page page, ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var moved } } call when page.OperationOf(call) == TorchOp.MoveModule => Creation(page, moved),
        InvocationExpressionSyntax or ObjectCreationExpressionSyntax when page.Torch.LossOf(page.Model.GetTypeInfo(expression, page.Cancellation).Type) is not null => expression,
        ParenthesizedExpressionSyntax inner => Creation(page, inner.Expression),
        _ => null,
    };

    private static List<TextChange>? Renamed(Page page, ExpressionSyntax creation, string module)
    {
        var name = creation is InvocationExpressionSyntax call ? NameOf(call.Expression) : creation is ObjectCreationExpressionSyntax made ? NameOf(made.Type) : null;
        return name is not null && page.Model.GetTypeInfo(creation, page.Cancellation).Type?.Name == name.Identifier.ValueText ? [new(name.Span, module)] : null;
    }

    // A local or private field that is only there to be called: its making, and its type where that is spelled out.
    private static List<TextChange>? Declared(Page page, ExpressionSyntax receiver, string module)
    {
        if (page.Model.GetSymbolInfo(receiver, page.Cancellation).Symbol is not { } symbol || symbol is not (ILocalSymbol or IFieldSymbol { DeclaredAccessibility: Accessibility.Private })) return null;
        if (symbol.DeclaringSyntaxReferences is not [var reference] || reference.GetSyntax(page.Cancellation) is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } variable) return null;
        if (variable.SyntaxTree != page.Tree || symbol is IFieldSymbol { ContainingType.DeclaringSyntaxReferences.Length: > 1 }) return null;
        var made = variable.Initializer is { } initializer ? [initializer.Value] : new List<ExpressionSyntax>();
        foreach (var name in page.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != symbol.Name || !SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(name, page.Cancellation).Symbol, symbol)) continue;
            ExpressionSyntax use = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own && own.Name == name ? own : name;
            if (use.Parent is AssignmentExpressionSyntax assignment && assignment.Left == use) made.Add(assignment.Right);
            else if (use.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access || access.Expression != use || page.OperationOf(call) != TorchOp.Forward) return null;
        }

        if (made.Count != 1 || Creation(page, made[0]) is not { } creation || Renamed(page, creation, module) is not { } changes) return null;
        if (NameOf(declaration.Type) is { } type && type.Identifier.ValueText == page.Model.GetTypeInfo(creation, page.Cancellation).Type!.Name) changes.Add(new(type.Span, module));
        return changes;
    }

    /// <summary>The last name of a chain of names.</summary>
    public static SimpleNameSyntax? NameOf(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name,
        MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } => name,
        QualifiedNameSyntax { Right: IdentifierNameSyntax name } => name,
        NullableTypeSyntax { ElementType: TypeSyntax element } => NameOf(element),
        _ => null,
    };
}
