using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TrainLint.Analyzers.Training;

namespace TrainLint.Analyzers.Rules.Data;

/// <summary>TL0208: an inner loop tests or advances the variable of the loop around it.</summary>
internal sealed class WrongLoopVariable : Rule
{
    private readonly DiagnosticDescriptor endless;

    public WrongLoopVariable()
        : base(
            "TL0208",
            Section.Data,
            Level.Warning,
            "The loop counts with the variable of another loop",
            "'{0}' never changes in this loop: its head tests or advances '{1}', the variable of the loop around it",
            "Every round then reads the data at the same place, and the outer loop loses its count: most batches are never seen, one is seen again and again.") =>
        endless = Like("This loop counts '{0}' but tests '{1}', the variable of the loop around it: once begun it never ends");

    public override ImmutableArray<DiagnosticDescriptor> Descriptors => [Descriptor, endless];

    public override IEnumerable<OperationKind> Operations => [OperationKind.Loop];

    public override void InspectOperation(OperationReport operation)
    {
        if (operation.Node is not ForStatementSyntax { Condition: BinaryExpressionSyntax condition, Declaration.Variables: [{ Initializer.Value: var start } variable], Incrementors.Count: > 0 } loop) return;
        var own = variable.Identifier.ValueText;
        var (tests, testsOwn) = ((string?)null, false);
        foreach (var operand in new[] { condition.Left, condition.Right })
        {
            testsOwn |= Mentions(operand, own);
            if (operand is IdentifierNameSyntax name && IsOuter(loop, name.Identifier.ValueText)) tests ??= name.Identifier.ValueText;
        }

        if (condition.Kind() is not (SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression or SyntaxKind.NotEqualsExpression)) return;
        var advances = loop.Incrementors.Select(Written).FirstOrDefault(w => w is not null && w != own && IsOuter(loop, w));
        var ownWritten = loop.Incrementors.Any(i => Written(i) == own);

        // A start that is computed (`for (int start = i; …; i++)`) remembers something; one that is a constant is meant to be counted up.
        if (start is LiteralExpressionSyntax && !ownWritten && !Changes(loop.Statement, own) && advances is not null && (testsOwn || tests == advances))
        {
            Report(operation, Descriptor, condition, own, advances);
        }
        else if (ownWritten && !testsOwn && tests is not null && advances is null && !Changes(loop.Statement, tests) && !CanEnd(loop.Statement)
            && IsFixed(condition.Left is IdentifierNameSyntax { Identifier.ValueText: var left } && left == tests ? condition.Right : condition.Left, loop.Statement))
        {
            Report(operation, endless, condition, own, tests);
        }
    }

    private static void Report(OperationReport operation, DiagnosticDescriptor descriptor, SyntaxNode condition, string own, string outer) =>
        operation.Report(descriptor, condition, null, ImmutableDictionary<string, string?>.Empty.Add(RuleProperties.Replacement, own).Add(RuleProperties.Receiver, outer), own, outer);

    private static bool IsOuter(ForStatementSyntax loop, string name)
    {
        for (SyntaxNode? n = loop.Parent; n is not null and not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax); n = n is GlobalStatementSyntax ? null : n.Parent)
            if (n is ForStatementSyntax { Declaration: { } declaration } && declaration.Variables.Any(v => v.Identifier.ValueText == name)) return true;
        return false;
    }

    private static bool Mentions(SyntaxNode node, string name) => node.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax identifier && identifier.Identifier.ValueText == name);

    // `i++`, `--i`, `i += 4`, `i = i + 1`
    private static string? Written(SyntaxNode node) => (node switch
    {
        PostfixUnaryExpressionSyntax post => post.Operand,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } pre => pre.Operand,
        AssignmentExpressionSyntax assignment => assignment.Left,
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument => argument.Expression,
        _ => null,
    } as IdentifierNameSyntax)?.Identifier.ValueText;

    private static bool Changes(StatementSyntax body, string name) => body.DescendantNodes().Any(n => Written(n) == name);

    private static bool CanEnd(StatementSyntax body) => body.DescendantNodesAndSelf().Any(n => n is BreakStatementSyntax or ReturnStatementSyntax or ThrowStatementSyntax or ThrowExpressionSyntax or GotoStatementSyntax or YieldStatementSyntax);

    // What the variable is compared with stays the same as long as nobody writes it or does something with the object that it belongs to.
    private static bool IsFixed(ExpressionSyntax limit, StatementSyntax body) => limit switch
    {
        LiteralExpressionSyntax => true,
        ParenthesizedExpressionSyntax inner => IsFixed(inner.Expression, body),
        BinaryExpressionSyntax binary => IsFixed(binary.Left, body) && IsFixed(binary.Right, body),
        MemberAccessExpressionSyntax access => IsFixed(access.Expression, body),
        ElementAccessExpressionSyntax element => IsFixed(element.Expression, body) && element.ArgumentList.Arguments.All(a => IsFixed(a.Expression, body)),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Math" } } } call => call.ArgumentList.Arguments.All(a => IsFixed(a.Expression, body)),
        IdentifierNameSyntax { Identifier.ValueText: var name } => !body.DescendantNodes().Any(n => Written(n) == name
            || n is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax, Expression: IdentifierNameSyntax receiver } && receiver.Identifier.ValueText == name
            || n is AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: IdentifierNameSyntax changed } } && changed.Identifier.ValueText == name),
        _ => false,
    };
}
