using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.CodeFixes.Monitoring;

/// <summary>TL1001: prints the loss after the step.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LossNeverObservedFix)), Shared]
public sealed class LossNeverObservedFix() : TrainLintFix("TL1001", "Print")
{
    // ToSingle() converts; where its namespace is not imported, the number is taken as it is.
    private static readonly string[] Numbers = ["ToSingle()", "item<float>()"];

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        if (diagnostic.AdditionalLocations is not [var place] || place.SourceTree?.FilePath != page.Tree.FilePath) return [];
        if (page.NodeAt(place.SourceSpan) is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax loss } } backward) return [];
        if (Statements.Whole(backward) is not { } statement) return [];
        var console = page.Model.LookupSymbols(backward.SpanStart, name: "Console").IsEmpty ? "System.Console" : "Console";
        return Numbers.SelectMany(number => Repair.Of($"Print '{loss}'", Layout.AddAfter(page, Statements.WithFollowers(page, statement), $"{console}.WriteLine($\"loss: {{{loss}.{number}:F4}}\");")));
    }
}
