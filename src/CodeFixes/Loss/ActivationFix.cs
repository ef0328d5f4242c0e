using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Rules.TrainingStep;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes.Loss;

/// <summary>
/// A fix for a loss whose input has been through one activation too many (its only additional location): the activation is taken away
/// where nothing else wants what it yields, or the loss is given what went into it.
/// </summary>
public abstract class ActivationFix : TrainLintFix
{
    // What is the same of the scores and of what the activation makes of them.
    private static readonly string[] SameOfBoth = ["argmax", "shape", "device", "dtype", "size", "dim", "ndim", "numel"];

    private protected ActivationFix(string id, string word)
        : base(id, word)
    {
    }

    /// <summary>What the activation may be.</summary>
    private protected abstract ImmutableArray<TorchOp> Activations { get; }

    /// <summary>The loss that wants raw scores.</summary>
    private protected abstract LossKind Kind { get; }

    /// <summary>The call of the loss and the place of the activation, where both stand on the page.</summary>
    private protected static (InvocationExpressionSyntax Loss, ExpressionSyntax Activation)? Places(Page page, Diagnostic diagnostic) =>
        diagnostic.AdditionalLocations is [var place] && place.SourceTree?.FilePath == page.Tree.FilePath
        && page.NodeAt(diagnostic.Location.SourceSpan) is InvocationExpressionSyntax loss && page.NodeAt(place.SourceSpan) is ExpressionSyntax activation ? (loss, activation) : null;

    /// <summary>The activation as a layer of a Sequential, taken out.</summary>
    private protected static IEnumerable<Repair> WithoutLayer(Page page, ExpressionSyntax activation) =>
        Element(activation) is { } element && IsLayerOf(page, element) ? WithoutElement(page, activation, element) : [];

    private protected static bool IsLayer(Page page, ExpressionSyntax activation) => Element(activation) is { } element && IsLayerOf(page, element);

    /// <summary>What goes into the activation, where taking it out loses no comment.</summary>
    private protected ExpressionSyntax? OperandOf(Page page, InvocationExpressionSyntax activation) =>
        Operand(page, activation) is { } operand && !HasOtherComment(page, activation, operand) ? operand : null;

    /// <summary>The activation in the function that computes the loss.</summary>
    private protected IEnumerable<Repair> InTraining(Page page, InvocationExpressionSyntax loss, InvocationExpressionSyntax activation, ExpressionSyntax operand)
    {
        FormattableString without = $"Remove '{GradientSteps.Text(activation)}'";
        if (LossCalls.InputOf(loss) is not { } input) yield break;
        if (input.Span.Contains(activation.Span))
        {
            foreach (var repair in Repair.Of(without, [Replaced(activation, operand)])) yield return repair;
            yield break;
        }

        if (Target(page, activation) is null) yield break;
        if (IsOnlyFor(page, loss, activation) && !IsDisposedAlias(activation, operand))
        {
            // `x = softmax(x, 1);` would become `x = x;`.
            var nothing = activation.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax } && SyntaxFactory.AreEquivalent(((AssignmentExpressionSyntax)activation.Parent).Left, operand);
            var repairs = nothing ? Repair.Of(without, Layout.Remove(page, (StatementSyntax)activation.Parent!.Parent!)) : Repair.Of(without, [Replaced(activation, operand)]);
            foreach (var repair in repairs) yield return repair;
        }
        else if (operand is IdentifierNameSyntax scores && input is IdentifierNameSyntax && IsUntouched(page, scores, activation, loss))
        {
            foreach (var repair in Repair.Of($"Pass '{scores}' to the loss", [new TextChange(input.Span, scores.ToString())])) yield return repair;
        }
    }

    /// <summary>Whether what the activation yields goes into the loss and serves nothing that raw scores would not serve as well.</summary>
    private protected bool IsOnlyFor(Page page, InvocationExpressionSyntax loss, InvocationExpressionSyntax activation) =>
        LossCalls.InputOf(loss) is { } input && input.Span.Contains(activation.Span)
        || Target(page, activation) is { } local && UsesAfter(page, activation, local).All(u => IsInputOfLoss(page, u, loss) || IsSameOfBoth(u));

    // What goes into the activation: `x` in x.softmax(1), softmax(x, 1) and module.forward(x).
    private ExpressionSyntax? Operand(Page page, InvocationExpressionSyntax call)
    {
        if (page.Model.GetSymbolInfo(call, page.Cancellation).Symbol is not IMethodSymbol method) return null;
        var arguments = call.ArgumentList.Arguments;
        var op = page.Torch.OperationOf(method);
        if (op == TorchOp.Forward) return arguments.Count == 1 ? LossCalls.First(arguments, "input") : null;
        if (!Activations.Contains(op)) return null;
        if (!method.IsStatic || method.ReducedFrom is not null)
            return arguments.Count <= 1 && call.Expression is MemberAccessExpressionSyntax access && access.IsKind(SyntaxKind.SimpleMemberAccessExpression) ? access.Expression : null;
        return arguments.Count is 1 or 2 ? LossCalls.First(arguments, "input") : null;
    }

    private protected static TextChange Replaced(InvocationExpressionSyntax call, ExpressionSyntax operand)
    {
        var text = operand.ToString();
        var free = call.Parent is ArgumentSyntax or EqualsValueClauseSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or ParenthesizedExpressionSyntax
            || call.Parent is AssignmentExpressionSyntax assignment && assignment.Right == call;
        return new(call.Span, free || LossCalls.IsPrimary(operand) ? text : "(" + text + ")");
    }

    private static bool HasOtherComment(Page page, SyntaxNode call, SyntaxNode operand) =>
        Layout.HasComment(page, TextSpan.FromBounds(call.SpanStart, operand.SpanStart)) || Layout.HasComment(page, TextSpan.FromBounds(operand.Span.End, call.Span.End));

    // `return softmax(...)` as the only result of a module's forward.
    private protected static bool IsResultOfForward(Page page, InvocationExpressionSyntax activation)
    {
        if (activation.Parent is not (ReturnStatementSyntax or ArrowExpressionClauseSyntax) || Statements.Function(activation) is not MethodDeclarationSyntax method) return false;
        if (page.Model.GetDeclaredSymbol(method, page.Cancellation) is not { IsOverride: true } symbol || page.Torch.OperationOf(symbol) != TorchOp.Forward) return false;
        return method.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().Count() <= 1;
    }

    // The local that holds the softmax.
    private static ILocalSymbol? Target(Page page, InvocationExpressionSyntax activation) => activation.Parent switch
    {
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => page.Model.GetDeclaredSymbol(variable, page.Cancellation) as ILocalSymbol,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax left, Parent: ExpressionStatementSyntax } assignment when assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) => page.Model.GetSymbolInfo(left, page.Cancellation).Symbol as ILocalSymbol,
        _ => null,
    };

    // The reads of the local that may see the activation: those behind it, and all where a loop leads back.
    private static List<IdentifierNameSyntax> UsesAfter(Page page, InvocationExpressionSyntax activation, ILocalSymbol local)
    {
        var declaration = local.DeclaringSyntaxReferences[0].GetSyntax(page.Cancellation);
        var repeats = activation.Ancestors().Any(n => Statements.IsLoop(n) && !n.Span.Contains(declaration.Span));
        return (Statements.Function(activation) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == local.Name && !activation.Span.Contains(n.Span) && (repeats || n.SpanStart > activation.SpanStart))
            .Where(n => n.Parent is not AssignmentExpressionSyntax assignment || assignment.Left != n || !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression))
            .Where(n => SymbolEqualityComparer.Default.Equals(page.Model.GetSymbolInfo(n, page.Cancellation).Symbol, local)).ToList();
    }

    private bool IsInputOfLoss(Page page, IdentifierNameSyntax use, InvocationExpressionSyntax loss) =>
        use.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && LossCalls.InputOf(call) == use
        && (call == loss || page.LossOf(call) == Kind || SyntaxFactory.AreEquivalent(call.Expression, loss.Expression));

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
    private static bool IsDisposedAlias(InvocationExpressionSyntax activation, ExpressionSyntax operand) =>
        operand is not InvocationExpressionSyntax
        && activation.FirstAncestorOrSelf<VariableDeclarationSyntax>() is { Parent: UsingStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } };

    // Whether the scores are still the same at the loss: a local or parameter that nothing assigns in this member after the softmax.
    private static bool IsUntouched(Page page, IdentifierNameSyntax scores, InvocationExpressionSyntax activation, InvocationExpressionSyntax loss)
    {
        if (loss.SpanStart < activation.SpanStart || page.Model.GetSymbolInfo(scores, page.Cancellation).Symbol is not { } symbol || symbol is not (ILocalSymbol or IParameterSymbol)) return false;
        return !(Statements.Function(activation) ?? page.Root).DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == symbol.Name
            && n.SpanStart >= activation.SpanStart && n.SpanStart < loss.SpanStart && IsWritten(n));
    }

    private static bool IsWritten(IdentifierNameSyntax name) =>
        name.Parent is AssignmentExpressionSyntax assignment && assignment.Left == name || name.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax } }
        || name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } && (member.EndsWith("_", StringComparison.Ordinal) || member == "Dispose");

    // A layer of a Sequential.

    private static SyntaxNode? Element(ExpressionSyntax activation)
    {
        SyntaxNode item = activation.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax tuple } ? tuple : activation;
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

    private static IEnumerable<Repair> WithoutElement(Page page, ExpressionSyntax activation, SyntaxNode element)
    {
        var previous = element.GetFirstToken().GetPreviousToken();
        if (!previous.IsKind(SyntaxKind.CommaToken) || element is ArgumentSyntax { NameColon: not null }) return [];
        var removed = TextSpan.FromBounds(previous.GetPreviousToken().Span.End, element.Span.End);
        return Layout.HasComment(page, removed) ? [] : Repair.Of($"Remove the layer '{GradientSteps.Text(activation)}'", [new TextChange(removed, "")]);
    }
}
