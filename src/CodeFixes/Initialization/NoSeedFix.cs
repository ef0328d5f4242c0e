using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TrainLint.CodeFixes.Initialization;

/// <summary>TL0901: sets a seed at the start of the program.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NoSeedFix)), Shared]
public sealed class NoSeedFix() : TrainLintFix("TL0901", "Seed")
{
    private const string Seed = "torch.manual_seed(0);";

    private protected override IEnumerable<Repair> Propose(Page page, Diagnostic diagnostic)
    {
        var first = Statements.Function(page.NodeAt(diagnostic.Location.SourceSpan)) switch
        {
            MethodDeclarationSyntax { Body.Statements: [var statement, ..] } => statement,
            CompilationUnitSyntax unit => unit.Members.OfType<GlobalStatementSyntax>().FirstOrDefault()?.Statement,
            _ => null,
        };
        if (first is null) return [];
        FormattableString title = $"Set a seed at the start of the program";
        return Repair.Of(title, Layout.AddBefore(page, first, Seed)).Concat(Repair.Of(title, Layout.AddBefore(page, first, "TorchSharp." + Seed)));
    }
}
