using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>TL0401: gives the loss the raw scores, where nothing else wants the probabilities.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SoftmaxBeforeCrossEntropyFix)), Shared]
public sealed class SoftmaxBeforeCrossEntropyFix() : TrainLintFix("TL0401", "RawScores")
{
    // What is the same of the scores and of their softmax.
    private static readonly string[] SameOfBoth = ["argmax", "shape", "device", "dtype", "size", "dim", "ndim", "numel"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath) return [];
        if (page.NodeAt(diagnostic.Location.SourceSpan) is not InvocationExpressionSyntax loss || page.NodeAt(place.SourceSpan) is not ExpressionSyntax softmax) return [];
        if (Element(softmax) is { } element && IsLayerOf(page, element)) return WithoutElement(page, softmax, element);
        if (softmax is not InvocationExpressionSyntax call || Operand(page, call) is not { } operand || HasOtherComment(page, call, operand)) return [];
        if (IsResultOfForward(page, call)) return Repair.Of("Return the raw scores from 'forward'", [Replaced(call, operand)]);
        return Statements.Function(call) == Statements.Function(loss) ? InTraining(page, loss, call, operand) : [];
    }

    private static IEnumerable<Repair> InTraining(Page page, InvocationExpressionSyntax loss, InvocationExpressionSyntax softmax, ExpressionSyntax operand)
    {
        var without = $"Remove '{GradientSteps.Text(softmax)}'";
        if (InputOf(loss) is not { } input) yield break;
        if (input.Span.Contains(softmax.Span))
        {
            foreach (var repair in Repair.Of(without, [Replaced(softmax, operand)])) yield return repair;
            yield break;
        }

        if (Target(page, softmax) is not { } local) yield break;
        var uses = UsesAfter(page, softmax, local);
        if (uses.All(u => IsInputOfLoss(page, u, loss) || IsSameOfBoth(u)) && !IsDisposedAlias(softmax, operand))
        {
            // `x = softmax(x, 1);` would become `x = x;`.
            var nothing = softmax.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } && SyntaxFactory.AreEquivalent(((AssignmentExpressionSyntax)softmax.Parent).Left, operand);
            var repairs = nothing ? Repair.Of(without, Layout.Remove(page, (StatementSyntax)softmax.Parent!.Parent!)) : Repair.Of(without, [Replaced(softmax, operand)]);
            foreach (var repair in repairs) yield return repair;
        }
        else if (operand is IdentifierNameSyntax scores && input is IdentifierNameSyntax && IsUntouched(page, scores, softmax, loss))
        {
            foreach (var repair in Repair.Of($"Pass '{scores}' to the loss", [new TextChange(input.Span, scores.ToString())])) yield return repair;
        }
    }

    // What goes into the softmax: `x` in x.softmax(1), softmax(x, 1) and module.forward(x).
    private static ExpressionSyntax? Operand(Page page, InvocationExpressionSyntax call)
    {
        if (page.Model.GetSymbolInfo(call, page.Cancellation).Symbol is not IMethodSymbol method) return null;
        var arguments = call.ArgumentList.Arguments;
        switch (page.Torch.OperationOf(method))
        {
            case TorchOp.Softmax or TorchOp.LogSoftmax when !method.IsStatic || method.ReducedFrom is not null:
                return arguments.Count <= 1 && call.Expression is MemberAccessExpressionSyntax access && access.IsKind(SyntaxKind.SimpleMemberAccessExpression) ? access.Expression : null;
            case TorchOp.Softmax or TorchOp.LogSoftmax:
                return arguments.Count is 1 or 2 ? First(arguments, "input") : null;
            case TorchOp.Forward:
                return arguments.Count == 1 ? First(arguments, "input") : null;
            default:
                return null;
        }
    }

    private static ExpressionSyntax? First(SeparatedSyntaxList<ArgumentSyntax> arguments, string name) =>
        (arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == name) ?? arguments.FirstOrDefault(a => a.NameColon is null && a == arguments[0]) ?? (arguments.Count == 1 ? arguments[0] : null))?.Expression;

    private static ExpressionSyntax? InputOf(InvocationExpressionSyntax loss) => loss.ArgumentList.Arguments.Count == 0 ? null : First(loss.ArgumentList.Arguments, "input");

    private static TextChange Replaced(InvocationExpressionSyntax call, ExpressionSyntax operand)
    {
        var text = operand.ToString();
        var free = call.Parent is ArgumentSyntax or EqualsValueClauseSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or ParenthesizedExpressionSyntax
            || call.Parent is AssignmentExpressionSyntax assignment && assignment.Right == call;
        var primary = operand is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax or ThisExpressionSyntax or ObjectCreationExpressionSyntax;
        return new(call.Span, free || primary ? text : "(" + text + ")");
    }

    private static bool HasOtherComment(Page page, SyntaxNode call, SyntaxNode operand) =>
        Layout.HasComment(page, TextSpan.FromBounds(call.SpanStart, operand.SpanStart)) || Layout.HasComment(page, TextSpan.FromBounds(operand.Span.End, call.Span.End));

    // `return softmax(...)` as the only result of a module's forward.
    private static bool IsResultOfForward(Page page, InvocationExpressionSyntax softmax)
    {
        if (softmax.Parent is not (ReturnStatementSyntax or ArrowExpressionClauseSyntax) || Statements.Function(softmax) is not MethodDeclarationSyntax method) return false;
        if (page.Model.GetDeclaredSymbol(method, page.Cancellation) is not { IsOverride: true } symbol || page.Torch.OperationOf(symbol) != TorchOp.Forward) return false;
        return method.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().Count() <= 1;
    }

    // The local that holds the softmax.
    private static ILocalSymbol? Target(Page page, InvocationExpressionSyntax softmax) => softmax.Parent switch
    {
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => page.Model.GetDeclaredSymbol(variable, page.Cancellation) as ILocalSymbol,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Parent: ExpressionStatementSyntax } assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) => page.Model.GetSymbolInfo(left, page.Cancellation).Symbol as ILocalSymbol,
        _ => null,
    };

    // The reads of the local that may see the softmax: those behind it, and all where a loop leads back.
    private static List<IdentifierNameSyntax> UsesAfter(Page page, InvocationExpressionSyntax softmax, ILocalSymbol local)
    {
        var declaration = local.DeclaringSyntaxReferences[0].GetSyntax(page.Cancellation);
        var repeats = softmax.Ancestors().Any(n => Statements.IsLoop(n) && !n.Span.Contains(declaration.Span));
        return (Statements.Function(softmax) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == local.Name && !softmax.Span.Contains(n.Span) && (repeats || n.SpanStart > softmax.SpanStart))
            .Where(n => n.Parent is not AssignmentExpressionSyntax assignment || assignment.Left != n || !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression))
            .Where(n => SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(n, page.Cancellation).Symbol, local)).ToList();
    }

    private static bool IsInputOfLoss(Page page, IdentifierNameSyntax use, InvocationExpressionSyntax loss) =>
        use.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && InputOf(call) == use
        && (call == loss || page.LossOf(call) == LossKind.CrossEntropy || SyntaxFactory.AreEquivalent(call.Expression, loss.Expression));

    // The largest score has the largest probability.
    private static bool IsSameOfBoth(IdentifierNameSyntax use) => use.Parent switch
    {
        MemberAccessExpressionSyntax access when access.Expression == use => SameOfBoth.Contains(access.Name.Identifier.ValueText)
            || access is { Name.Identifier.ValueText: "max" or "topk", Parent: InvocationExpressionSyntax { Parent: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "indexes" or "indices" } } },
        ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call, Arguments: var arguments } } argument => arguments[0] == argument
            && call.Expression is IdentifierNameSyntax { Identifier.ValueText: "argmax" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "argmax" },
        _ => false,
    };

    // `using var p = scores.softmax(1)` owns a new tensor; `using var p = scores` would dispose the scores.
    private static bool IsDisposedAlias(InvocationExpressionSyntax softmax, ExpressionSyntax operand) =>
        operand is not InvocationExpressionSyntax
        && softmax.FirstAncestorOrSelf<VariableDeclarationSyntax>() is { Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } };

    // Whether the scores are still the same at the loss: a local or parameter that nothing assigns in this member after the softmax.
    private static bool IsUntouched(Page page, IdentifierNameSyntax scores, InvocationExpressionSyntax softmax, InvocationExpressionSyntax loss)
    {
        if (loss.SpanStart < softmax.SpanStart || page.Model.GetSymbolInfo(scores, page.Cancellation).Symbol is not { } symbol || symbol is not (ILocalSymbol or IParameterSymbol)) return false;
        return !(Statements.Function(softmax) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == symbol.Name
            && n.SpanStart >= softmax.SpanStart && n.SpanStart < loss.SpanStart && IsWritten(n));
    }

    private static bool IsWritten(IdentifierNameSyntax name) =>
        name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name || name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } }
        || name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && (member.EndsWith("_", StringComparison.Ordinal) || member == "Dispose");

    // A layer of a Sequential.

    private static SyntaxNode? Element(ExpressionSyntax softmax)
    {
        SyntaxNode item = softmax.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple } ? tuple : softmax;
        return item.Parent switch
        {
            ArgumentSyntax { Parent: ArgumentListSyntax } argument => argument,
            ExpressionElementSyntax element => element,
            InitializerExpressionSyntax => item,
            _ => null,
        };
    }

    private static bool IsLayerOf(Page page, SyntaxNode element)
    {
        var list = element is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: ExpressionSyntax own } } ? own
            : element.Parent?.FirstAncestorOrSelf<ArgumentListSyntax>() is { Parent: ExpressionSyntax around } arguments && element.Parent.Ancestors().TakeWhile(n => n != arguments).All(n => n is ArgumentSyntax or ExpressionSyntax) ? around : null;
        return list is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && page.Torch.Is(page.Model.GetTypeInfo(list, page.Cancellation).Type, TorchType.Sequential);
    }

    private static IEnumerable<Repair> WithoutElement(Page page, ExpressionSyntax softmax, SyntaxNode element)
    {
        var previous = element.GetFirstToken().GetPreviousToken();
        if (!previous.IsKind(SyntaxKind.CommaToken) || element is ArgumentSyntax { NameColon: not null }) return [];
        var removed = TextSpan.FromBounds(previous.GetPreviousToken().Span.End, element.Span.End);
        return Layout.HasComment(page, removed) ? [] : Repair.Of($"Remove the layer '{GradientSteps.Text(softmax)}'", [new TextChange(removed, "")]);
    }
}
