using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Batches;

/// <summary>Changes of the arguments that a data loader is made with.</summary>
internal static class LoaderArguments
{
    /// <summary>One more argument, on a line of its own where the last one has one.</summary>
    public static TextChange Added(SourceText text, ArgumentListSyntax arguments, string argument)
    {
        var last = arguments.Arguments.Last();
        var ownLine = arguments.Arguments.Count > 1 && Layout.StartsLine(text, last.SpanStart);
        return new(new(last.Span.End, 0), ownLine ? "," + Layout.LineBreak(text) + Layout.Indentation(text, last.SpanStart) + argument : ", " + argument);
    }

    public static ArgumentListSyntax? Of(SyntaxNode? creation) => creation switch
    {
        BaseObjectCreationExpressionSyntax made => made.ArgumentList,
        InvocationExpressionSyntax call => call.ArgumentList,
        _ => null,
    };
}
