using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0304: makes the tensor a Parameter.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorInsteadOfParameterFix)), Shared]
public sealed class TensorInsteadOfParameterFix() : TrainLintFix("TL0304", "Parameter")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var (type, symbol, initializer) = page.NodeAt(diagnostic.Location.SourceSpan) switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } variable => (declaration.Type, page.Model.GetDeclaredSymbol(variable, page.Cancellation), variable.Initializer?.Value),
            PropertyDeclarationSyntax property => (property.Type, page.Model.GetDeclaredSymbol(property, page.Cancellation), property.Initializer?.Value),
            _ => (null, null, null),
        };
        if (type is null || symbol is null || symbol.ContainingType.DeclaringSyntaxReferences.Length > 1) yield break;
        foreach (var name in new[] { ModuleVocabulary.ParameterName, TorchVocabulary.Modules + ModuleVocabulary.ParameterName })
            foreach (var repair in Repair.Of($"Make '{symbol.Name}' a Parameter", Changes(page, type, symbol, initializer, name)))
                yield return repair;
    }

    private static ImmutableArray<TextChange>? Changes(Page page, TypeSyntax type, ISymbol symbol, ExpressionSyntax? initializer, string name)
    {
        var changes = new List<TextChange> { new(type is NullableTypeSyntax nullable ? nullable.ElementType.Span : type.Span, name) };
        if (initializer is not null && !Wrap(initializer)) return null;
        foreach (var node in page.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (node.Identifier.ValueText != symbol.Name || !SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(node, page.Cancellation).Symbol, symbol)) continue;
            ExpressionSyntax reference = node.Parent is MemberAccessExpressionSyntax own && own.Name == node ? own : node;
            if (reference.Parent is AssignmentExpressionSyntax assignment && assignment.Left == reference && !Wrap(assignment.Right)) return null;
        }

        return [.. changes];

        // `new Parameter(randn(2))` for `randn(2, requires_grad: true)` and for `randn(2).requires_grad_()`.
        bool Wrap(ExpressionSyntax value)
        {
            if (value is not InvocationExpressionSyntax call || Layout.HasComment(page, call.Span)) return false;
            changes.Add(new(new(value.SpanStart, 0), $"new {name}("));
            if (page.OperationOf(call) == TorchOp.SetRequiresGrad && call.Expression is MemberAccessExpressionSyntax access)
            {
                changes.Add(new(TextSpan.FromBounds(access.Expression.Span.End, value.Span.End), ")"));
                return true;
            }

            var arguments = call.ArgumentList.Arguments;
            var at = arguments.IndexOf(a => a.NameColon?.Name.Identifier.ValueText == TensorVocabulary.RequiresGradParameter);
            if (at >= 0) changes.Add(new(at > 0 ? TextSpan.FromBounds(arguments[at - 1].Span.End, arguments[at].Span.End) : at + 1 < arguments.Count ? TextSpan.FromBounds(arguments[at].SpanStart, arguments[at + 1].SpanStart) : arguments[at].Span, ""));
            changes.Add(new(new(value.Span.End, 0), ")"));
            return true;
        }
    }
}
