using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.CodeFixes.Optimizer;

/// <summary>TL0506: does not keep the graph.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RetainGraphFix)), Shared]
public sealed class RetainGraphFix() : TrainLintFix("TL0506", "Free")
{
    private static readonly FormattableString Title = $"Do not keep the graph";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var span = diagnostic.Location.SourceSpan;
        if (page.NodeAt(span).AncestorsAndSelf().OfType<ArgumentSyntax>().FirstOrDefault(a => a.Span == span) is not { Parent: ArgumentListSyntax list } argument || Layout.HasComment(page, list.Span)) return [];
        var arguments = list.Arguments;
        var at = arguments.IndexOf(argument);

        // `backward(null, true)`: what stands before says nothing either.
        var first = at;
        if (at == arguments.Count - 1)
            while (first > 0 && arguments[first - 1].Expression.ToString() is "null" or "default" or "false") first--;
        var removed = first > 0 ? TextSpan.FromBounds(arguments[first - 1].Span.End, argument.Span.End)
            : at < arguments.Count - 1 ? TextSpan.FromBounds(argument.SpanStart, arguments[at + 1].SpanStart)
            : TextSpan.FromBounds(arguments[0].SpanStart, argument.Span.End);
        return Repair.Of(Title, [new TextChange(removed, "")]).Concat(Repair.Of(Title, [new TextChange(argument.Expression.Span, "false")]));
    }
}
