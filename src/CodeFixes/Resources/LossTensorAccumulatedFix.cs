using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.Resources;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Resources;

/// <summary>TL1102: sums the numbers, where nothing but a number is wanted of a plain local; else cuts the graph off, or lets the sum leave the scope.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LossTensorAccumulatedFix)), Shared]
public sealed class LossTensorAccumulatedFix() : TrainLintFix("TL1102", "Number")
{
    private const string Detach = "detach";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not ExpressionSyntax expression) yield break;
        if ((LossSums.Parse(expression) ?? LossSums.Parse(expression.Parent!)) is not { } sum) yield break;
        if (!sum.IsList && Numbers(page, sum) is { } numbers)
            foreach (var repair in Repair.Of($"Sum the numbers instead of the tensors", numbers)) yield return repair;
        if (diagnostic.AdditionalLocations.Count == 0)
            foreach (var repair in Repair.Of($"Add '{sum.Added}.{Detach}()'", TensorEscapesScopeFix.Released(sum.Added, Detach))) yield return repair;
        else if (sum.Target is IdentifierNameSyntax or MemberAccessExpressionSyntax)
            foreach (var repair in Repair.Of($"Let the sum leave the scope", [new TextChange(sum.At.Span, $"{sum.Target} = ({sum.Target} + {sum.Added}).{TorchVocabulary.MoveToOuterName}()")])) yield return repair;
    }

    // `Tensor total = zeros(1); ... total += loss; ... (total / n).item<float>()` with a float in the place of the tensor.
    private static ImmutableArray<TextChange>? Numbers(Page page, LossSum sum)
    {
        if (sum.Target is not IdentifierNameSyntax || page.Model.GetSymbolInfo(sum.Target, page.Cancellation).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: [var reference] } local) return null;
        if (reference.GetSyntax(page.Cancellation) is not VariableDeclaratorSyntax { Initializer.Value: var start, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } } declaration } declarator || !IsZero(page, start)) return null;

        var changes = ImmutableArray.CreateBuilder<TextChange>();
        string? read = null;
        foreach (var name in (Statements.Function(declarator) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != local.Name || !SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(name, page.Cancellation).Symbol, local)) continue;
            if (name.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is { } assignment && LossSums.Parse(assignment) is { } other && (assignment.Left == name || SyntaxFactory.AreEquivalent(other.Target, name) && name.Parent == assignment.Right))
            {
                if (assignment.Left != name) continue;
                if (!SyntaxFactory.AreEquivalent(other.Added, sum.Added)) return null;
                changes.Add(new(new(other.Added.Span.End, 0), "?"));
                continue;
            }

            ExpressionSyntax whole = name;
            while (whole.Parent is ParenthesizedExpressionSyntax || whole.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.DivideExpression or (int)SyntaxKind.MultiplyExpression } binary && binary.Left == whole) whole = (ExpressionSyntax)whole.Parent;
            if (whole.Parent is InterpolationSyntax) continue;
            if (whole.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call } access) return null;
            if (!TorchVocabulary.NumberNames.Contains(access.Name.Identifier.ValueText) || read is not null && read != access.Name.ToString()) return null;
            read = access.Name.ToString();
            changes.Add(new(TextSpan.FromBounds(whole.Span.End, call.Span.End), ""));
        }

        read ??= "item<float>";
        var type = read switch { "item<float>" or "ToSingle" => "float", "item<double>" or "ToDouble" => "double", _ => null };
        if (type is null || sum.Added is not (IdentifierNameSyntax or InvocationExpressionSyntax or MemberAccessExpressionSyntax)) return null;
        changes.Add(new(start.Span, type == "float" ? "0f" : "0.0"));
        if (!declaration.Type.IsVar) changes.Add(new(declaration.Type.Span, type));
        return changes.Select(c => c.NewText == "?" ? new TextChange(c.Span, $".{read}()") : c).ToImmutableArray();
    }

    private static bool IsZero(Page page, ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value is 0 or 0f or 0d or 0L,
        InvocationExpressionSyntax { ArgumentList.Arguments: var arguments } call => page.OperationOf(call) == TorchOp.Make
            && (call.Expression is IdentifierNameSyntax { Identifier.ValueText: "zeros" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "zeros" } || arguments is [{ Expression: LiteralExpressionSyntax only }, ..] && IsZero(page, only)),
        _ => false,
    };
}
