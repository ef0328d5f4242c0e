using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.Analyzers.Training;

/// <summary>The way of a finding out of the analysis.</summary>
internal static class Findings
{
    /// <summary>
    /// Reports what is found, unless the member that it stands in has a syntax error: half of a call is no call to anybody who looks for
    /// it, so the finding may be about what has not been typed yet, in this statement or in another.
    /// </summary>
    public static void Send(Action<Diagnostic> report, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!IsBeingTyped(diagnostic.Location, cancellation)) report(diagnostic);
    }

    private static bool IsBeingTyped(Location location, CancellationToken cancellation)
    {
        if (location.SourceTree?.GetRoot(cancellation) is not { ContainsDiagnostics: true } root) return false;
        return root.FindNode(location.SourceSpan).FirstAncestorOrSelf<MemberDeclarationSyntax>() switch
        {
            GlobalStatementSyntax => root.ChildNodes().OfType<GlobalStatementSyntax>().Any(HasError),
            { } member => HasError(member),
            null => HasError(root),
        };
    }

    private static bool HasError(SyntaxNode node) => node.ContainsDiagnostics && node.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
}
