using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0301: registers the components at the end of each constructor, but before the module is moved or asked for them.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ComponentsNotRegisteredFix)), Shared]
public sealed class ComponentsNotRegisteredFix() : TrainLintFix("TL0301", "Register")
{
    private const string Code = "RegisterComponents();";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not ConstructorDeclarationSyntax { Parent: TypeDeclarationSyntax type }) return [];
        var constructors = type.Members.OfType<ConstructorDeclarationSyntax>()
            .Where(c => !c.Modifiers.Any(SyntaxKind.StaticKeyword) && c.Initializer is not { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword }
                && !c.DescendantTokens().Any(t => t.ValueText == ModuleVocabulary.RegisterComponentsName)).ToList();

        // Those that stand in another part of the type, or are its head, stay as they are: then none is touched.
        var all = page.Model.GetDeclaredSymbol(type, page.Cancellation)?.InstanceConstructors.Where(c => !c.IsImplicitlyDeclared).SelectMany(c => c.DeclaringSyntaxReferences).ToList() ?? [];
        if (all.Any(r => r.SyntaxTree != page.Tree || r.GetSyntax(page.Cancellation).Parent != type)) return [];
        FormattableString title = $"Call 'RegisterComponents()' at the end of each constructor";
        if (constructors.Count == 1) title = $"Call 'RegisterComponents()' at the end of the constructor";
        return Repair.Of(title, constructors.Select(c => Added(page, c)).ToArray());
    }

    private static ImmutableArray<TextChange>? Added(Page page, ConstructorDeclarationSyntax constructor)
    {
        if (constructor.ExpressionBody is { } arrow) return AsBlock(page, constructor, arrow);
        if (constructor.Body is not { } body) return null;
        var statements = body.Statements;
        var end = statements.Count > 0 && statements.Last() is ReturnStatementSyntax ? statements.Count - 1 : statements.Count;
        if (statements.Count > 0 && statements.Last() is ThrowStatementSyntax || statements.Take(end).Any(Returns)) return null;

        var first = statements.TakeWhile(s => !UsesComponents(page, s)).Count();
        if (first < end)
            return statements.Skip(first).Any(s => SetsComponent(page, s)) ? null : Layout.AddBefore(page, statements[first], Code);
        if (end < statements.Count) return Layout.AddBefore(page, statements[end], Code);
        return end > 0 ? Layout.AddAfter(page, statements[end - 1], Code) : InEmpty(page, body);
    }

    private static ImmutableArray<TextChange>? InEmpty(Page page, BlockSyntax body)
    {
        var (open, close) = (body.OpenBraceToken, body.CloseBraceToken);
        if (body.ContainsDirectives) return null;
        if (!Layout.StartsLine(page.Text, close.SpanStart))
            return Layout.HasComment(page, TextSpan.FromBounds(open.Span.End, close.SpanStart)) ? null : [new(TextSpan.FromBounds(open.Span.End, close.SpanStart), " " + Code + " ")];
        var line = page.Text.Lines.GetLineFromPosition(close.SpanStart);
        return [new(new(line.Start, 0), Layout.Indentation(page.Text, close.SpanStart) + Layout.Unit(page, body) + Code + Layout.LineBreak(page.Text))];
    }

    private static ImmutableArray<TextChange>? AsBlock(Page page, ConstructorDeclarationSyntax constructor, ArrowExpressionClauseSyntax arrow)
    {
        var before = arrow.ArrowToken.GetPreviousToken();
        var (head, tail) = (TextSpan.FromBounds(before.Span.End, arrow.Expression.SpanStart), TextSpan.FromBounds(arrow.Expression.Span.End, constructor.SemicolonToken.Span.End));
        if (arrow.Expression is ThrowExpressionSyntax || UsesComponents(page, arrow.Expression) || Layout.HasComment(page, head) || Layout.HasComment(page, TextSpan.FromBounds(tail.Start, tail.End))) return null;
        var (line, outer) = (Layout.LineBreak(page.Text), Layout.Indentation(page.Text, constructor.SpanStart));
        var inner = outer + Layout.Unit(page, constructor);
        return
        [
            new(head, line + outer + "{" + line + inner),
            new(tail, ";" + line + inner + Code + line + outer + "}"),
        ];
    }

    private static bool Returns(StatementSyntax statement) =>
        statement.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax);

    // A call on `this` that needs to know the components: a move, parameters(), train(), save().
    private static bool UsesComponents(Page page, SyntaxNode node) => node.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n =>
        n is InvocationExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } or GenericNameSyntax } call
        && (page.OperationOf(call) is TorchOp.MoveModule or TorchOp.Parameters or TorchOp.Train or TorchOp.Eval or TorchOp.RootUse or TorchOp.ModuleZeroGrad || Name(call) is "to" or "cuda" or "cpu" or "apply"));

    private static string Name(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : ((SimpleNameSyntax)call.Expression).Identifier.ValueText;

    private static bool SetsComponent(Page page, StatementSyntax statement) => statement.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a =>
        page.Model.GetSymbolInfo(a.Left, page.Cancellation).Symbol is not (ILocalSymbol or IParameterSymbol or IDiscardSymbol)
        && (page.Model.GetTypeInfo(a.Left, page.Cancellation).Type is not { } type || page.Torch.IsModuleLike(type) || page.Torch.Is(type, TorchType.Tensor) || page.Torch.Is(type, TorchType.Parameter)));
}
