using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.Analyzers.Training;

/// <summary>The way of a finding out of the analysis.</summary>
internal static class Findings
{
    /// <summary>Reports what is found, unless it stands in a statement that is not finished: that finding would be about what has not been typed yet.</summary>
    public static void Send(Action<Diagnostic> report, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!IsInUnfinishedStatement(diagnostic.Location, cancellation)) report(diagnostic);
    }

    private static bool IsInUnfinishedStatement(Location location, CancellationToken cancellation)
    {
        if (location.SourceTree?.GetRoot(cancellation) is not { ContainsDiagnostics: true } root) return false;
        return root.FindNode(location.SourceSpan).FirstAncestorOrSelf<SyntaxNode>(n => n is StatementSyntax or MemberDeclarationSyntax) is { } statement && HasOwnError(statement);
    }

    // Statements inside this one, as those of a loop, answer for themselves.
    private static bool HasOwnError(SyntaxNode node)
    {
        if (!node.ContainsDiagnostics) return false;
        var inside = false;
        foreach (var child in node.ChildNodesAndTokens())
        {
            if (!child.ContainsDiagnostics) continue;
            inside = true;
            if (child.AsNode() is { } inner ? inner is not (StatementSyntax or MemberDeclarationSyntax) && HasOwnError(inner) : IsError(child)) return true;
        }

        return !inside && IsError(node);
    }

    private static bool IsError(SyntaxNodeOrToken at) => at.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
}
