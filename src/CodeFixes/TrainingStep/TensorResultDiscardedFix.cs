using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.TrainingStep;

/// <summary>TL0709: calls the method that works in place.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TensorResultDiscardedFix)), Shared]
public sealed class TensorResultDiscardedFix() : TrainLintFix("TL0709", "InPlace")
{
    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic) =>
        page.NodeAt(diagnostic.Location.SourceSpan) is ExpressionSyntax call && Name(call) is { } name
            ? Repair.Of($"Call '{name.Identifier.ValueText}_'", [new TextChange(new(name.Span.End, 0), "_")])
            : [];

    private static SimpleNameSyntax? Name(ExpressionSyntax call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax } } => null,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } } => name,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name: IdentifierNameSyntax name } } => name,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } => name,
        ConditionalAccessExpressionSyntax { WhenNotNull: { } rest } => Name(rest),
        _ => null,
    };
}
