using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers;
using TrainLint.Analyzers.Torch;

namespace TrainLint.CodeFixes;

/// <summary>One file of a program, as it is or as a fix would leave it.</summary>
internal sealed class Page
{
    private readonly AnalyzerOptions options;
    private ImmutableArray<Diagnostic> complaints;
    private ImmutableArray<Diagnostic> findings;

    private Page(Compilation compilation, SyntaxTree tree, TorchSymbols torch, AnalyzerOptions options, CancellationToken cancellation)
    {
        (this.options, Compilation, Tree, Torch, Cancellation) = (options, compilation, tree, torch, cancellation);
        Root = (CompilationUnitSyntax)tree.GetRoot(cancellation);
        Text = tree.GetText(cancellation);
        Model = compilation.GetSemanticModel(tree);
    }

    public Compilation Compilation { get; }

    public SyntaxTree Tree { get; }

    public CompilationUnitSyntax Root { get; }

    public SourceText Text { get; }

    public SemanticModel Model { get; }

    public TorchSymbols Torch { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>What the compiler says about the file.</summary>
    public ImmutableArray<Diagnostic> Complaints
    {
        get
        {
            if (complaints.IsDefault)
                complaints = Model.GetDiagnostics(null, Cancellation).Where(d => d.Severity >= DiagnosticSeverity.Warning && !d.IsSuppressed).ToImmutableArray();
            return complaints;
        }
    }

    public static async Task<Page?> OpenAsync(Document document, CancellationToken cancellation)
    {
        var compilation = await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false);
        var tree = await document.GetSyntaxTreeAsync(cancellation).ConfigureAwait(false);
        if (compilation is null || tree is null || TorchSymbols.TryCreate(compilation) is not { } torch) return null;
        return new(compilation, tree, torch, document.Project.AnalyzerOptions, cancellation);
    }

    /// <summary>What the rules say about the file, also the one whose fix is tried, if it is off by default.</summary>
    public async Task<ImmutableArray<Diagnostic>> FindingsAsync(string id)
    {
        if (findings.IsDefault)
        {
            var analyzer = new TrainLintAnalyzer();
            var chosen = Compilation.Options.SpecificDiagnosticOptions;
            var compilation = chosen.ContainsKey(id) || analyzer.SupportedDiagnostics.Any(d => d.Id == id && d.IsEnabledByDefault) ? Compilation
                : Compilation.WithOptions(Compilation.Options.WithSpecificDiagnosticOptions(chosen.SetItem(id, ReportDiagnostic.Info)));
            var driver = new CompilationWithAnalyzers(compilation, [analyzer], new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false));
            findings = await driver.GetAnalyzerSemanticDiagnosticsAsync(driver.Compilation.GetSemanticModel(Tree), null, Cancellation).ConfigureAwait(false);
        }

        return findings;
    }

    public Page With(ImmutableArray<TextChange> changes)
    {
        var tree = Tree.WithChangedText(Text.WithChanges(changes));
        return new(Compilation.ReplaceSyntaxTree(Tree, tree), tree, Torch, options, Cancellation);
    }

    /// <summary>The parts of this page that differ from an earlier one.</summary>
    public ImmutableArray<TextSpan> Changed(Page earlier)
    {
        var spans = ImmutableArray.CreateBuilder<TextSpan>();
        var moved = 0;
        foreach (var change in Text.GetChangeRanges(earlier.Text))
        {
            spans.Add(new(change.Span.Start + moved, change.NewLength));
            moved += change.NewLength - change.Span.Length;
        }

        return spans.ToImmutable();
    }

    // What the rule said.

    public SyntaxNode NodeAt(TextSpan span) => Root.FindNode(span, getInnermostNodeForTie: true);

    public static string? Said(Diagnostic diagnostic, string property) => diagnostic.Properties.TryGetValue(property, out var value) ? value : null;

    private int? Position(Diagnostic diagnostic, string property) =>
        int.TryParse(Said(diagnostic, property), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < Root.FullSpan.End ? position : null;

    /// <summary>The call that begins where the property says.</summary>
    public ExpressionSyntax? CallAt(Diagnostic diagnostic, string property) =>
        Position(diagnostic, property) is { } start ? Root.FindToken(start).Parent?.AncestorsAndSelf().TakeWhile(n => n.SpanStart == start).OfType<InvocationExpressionSyntax>().LastOrDefault() : null;

    /// <summary>The statement that begins where the property says and stands in a list.</summary>
    public StatementSyntax? StatementAt(Diagnostic diagnostic, string property) =>
        Position(diagnostic, property) is { } start ? Root.FindToken(start).Parent?.AncestorsAndSelf().OfType<StatementSyntax>().FirstOrDefault(s => s.SpanStart == start && s is not BlockSyntax) : null;

    /// <summary>The name of an object, where it can be written as one: a chain of names.</summary>
    public static string? Receiver(Diagnostic diagnostic, string property)
    {
        if (Said(diagnostic, property) is not { Length: > 0 } text) return null;
        var expression = SyntaxFactory.ParseExpression(text);
        return !expression.ContainsDiagnostics && expression.ToString() == text && IsChain(expression) ? text : null;
    }

    private static bool IsChain(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => access.IsKind(SyntaxKind.SimpleMemberAccessExpression) && access.Name is IdentifierNameSyntax && IsChain(access.Expression),
        _ => false,
    };

    /// <summary>What the call does.</summary>
    public TorchOp OperationOf(SyntaxNode node) =>
        node is InvocationExpressionSyntax && Model.GetSymbolInfo(node, Cancellation).Symbol is IMethodSymbol method ? Torch.OperationOf(method) : TorchOp.None;

    /// <summary>Which loss of torch.nn.functional the call computes.</summary>
    public LossKind? LossOf(SyntaxNode node) =>
        node is InvocationExpressionSyntax && Model.GetSymbolInfo(node, Cancellation).Symbol is IMethodSymbol method ? Torch.LossOf(method) : null;

    /// <summary>What the call does that the statement consists of.</summary>
    public TorchOp OperationOf(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => OperationOf(assignment.Right),
        ExpressionStatementSyntax expression => OperationOf(expression.Expression),
        LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value }] } => OperationOf(value),
        _ => TorchOp.None,
    };
}
