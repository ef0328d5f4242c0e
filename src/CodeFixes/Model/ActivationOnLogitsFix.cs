using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;
using TrainLint.CodeFixes.Loss;

namespace TrainLint.CodeFixes.Model;

/// <summary>TL0309: takes away what stands between the last layer and the loss.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ActivationOnLogitsFix)), Shared]
public sealed class ActivationOnLogitsFix() : ActivationFix("TL0309", "RawScores")
{
    private protected override ImmutableArray<TorchOp> Activations => [];

    private protected override LossKind Kind => LossKind.CrossEntropy;

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax call) return [];
        if (IsLayer(page, call)) return WithoutLayer(page, call);
        if (InputOf(page, call) is not { } input || LosesComment(page, call, input)) return [];
        FormattableString title = $"Remove '{GradientSteps.Text(call)}'";

        // `x = x.relu();` would become `x = x;`.
        if (call.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax statement } assignment && SyntaxFactory.AreEquivalent(assignment.Left, input)) return Repair.Of(title, Layout.Remove(page, statement));
        if (call.Parent is ExpressionStatementSyntax alone) return Repair.Of(title, Layout.Remove(page, alone));

        // `using var y = x.relu();` owns a new tensor; `using var y = x` would dispose the scores.
        return input is not InvocationExpressionSyntax && call.FirstAncestorOrSelf<VariableDeclarationSyntax>() is { Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } } ? [] : Repair.Of(title, [Replaced(call, input)]);
    }

    // `x` in x.relu(), relu(x) and module.forward(x).
    private static ExpressionSyntax? InputOf(Page page, InvocationExpressionSyntax call)
    {
        if (page.Model.GetSymbolInfo(call, page.Cancellation).Symbol is not IMethodSymbol method) return null;
        var arguments = call.ArgumentList.Arguments;
        if (page.Torch.OperationOf(method) == TorchOp.Forward) return arguments is [var only] ? only.Expression : null;
        return method.IsStatic ? arguments is [{ NameColon: null } first, ..] ? first.Expression : null : (call.Expression as MemberAccessExpressionSyntax)?.Expression;
    }

    private static bool LosesComment(Page page, SyntaxNode call, SyntaxNode input) =>
        Layout.HasComment(page, TextSpan.FromBounds(call.SpanStart, input.SpanStart)) || Layout.HasComment(page, TextSpan.FromBounds(input.Span.End, call.Span.End));
}
