using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace TrainLint.Analyzers.Tests.Contract;

/// <summary>The rules as an editor asks for them: file by file and span by span, while the code is being typed.</summary>
public class EditorTests
{
    // Spread over all statements of all programs, so that the time stays the same as their number grows.
    private const int Cuts = 600;

    // No editor shows more of a title without a scroll bar.
    private const int LongestTitle = 100;

    public static TheoryData<string> RuleIds => Repository.RuleIds;

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task A_file_by_itself_says_what_the_build_says_once(string id)
    {
        using var workspace = new AdhocWorkspace();
        var (_, _, compilation, options) = await Violation(workspace, id);
        var build = Texts(await Driver(compilation, options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken));
        Assert.Distinct(build);

        var driver = Driver(compilation, options);
        var editor = new List<Diagnostic>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            editor.AddRange(await driver.GetAnalyzerSyntaxDiagnosticsAsync(tree, TestContext.Current.CancellationToken));
            editor.AddRange(await driver.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), null, TestContext.Current.CancellationToken));
        }

        Assert.Equal(build, Texts(editor));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task A_span_by_itself_says_what_stands_in_it(string id)
    {
        using var workspace = new AdhocWorkspace();
        var (_, found, compilation, options) = await Violation(workspace, id);
        foreach (var finding in found)
        {
            var tree = finding.Location.SourceTree!;
            var line = (await tree.GetTextAsync(TestContext.Current.CancellationToken)).Lines.GetLineFromPosition(finding.Location.SourceSpan.Start);
            var seen = await Driver(compilation, options).GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(tree), line.Span, TestContext.Current.CancellationToken);
            Assert.Contains(Text(finding), seen.Select(Text));
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task What_is_underlined_is_on_one_line_and_no_whole_statement(string id)
    {
        using var workspace = new AdhocWorkspace();
        var (_, found, _, _) = await Violation(workspace, id);
        Assert.All(found, d =>
        {
            var lines = d.Location.GetLineSpan();
            Assert.Equal(lines.StartLinePosition.Line, lines.EndLinePosition.Line);
            Assert.False(d.Location.SourceTree!.GetRoot(TestContext.Current.CancellationToken).FindNode(d.Location.SourceSpan) is StatementSyntax statement && statement.Span == d.Location.SourceSpan, "A whole statement is underlined.");
        });
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task A_light_bulb_says_shortly_what_it_does(string id)
    {
        Assert.SkipWhen(Repository.FixOf(Repository.Rule(id)) is null, "The rule has no fix.");
        using var workspace = new AdhocWorkspace();
        var (project, found, _, _) = await Violation(workspace, id);
        foreach (var finding in found)
        {
            var actions = new List<CodeAction>();
            await Repository.FixOf(Repository.Rule(id))!.RegisterCodeFixesAsync(new CodeFixContext(project.GetDocument(finding.Location.SourceTree)!, finding, (action, _) => actions.Add(action), TestContext.Current.CancellationToken));
            Assert.NotEmpty(actions);
            Assert.All(actions, a =>
            {
                Assert.Matches("^[A-Z].*[^.]$", a.Title);
                Assert.InRange(a.Title.Length, 5, LongestTitle);
                Assert.StartsWith(id + ".", a.EquivalenceKey, StringComparison.Ordinal);
            });
            Assert.Distinct(actions.Select(a => a.Title));
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task It_is_suppressed_by_attribute_and_by_editorconfig(string id)
    {
        using var workspace = new AdhocWorkspace();
        var (project, found, compilation, options) = await Violation(workspace, id);
        Assert.NotEmpty(found);

        var attribute = CSharpSyntaxTree.ParseText($"[assembly: System.Diagnostics.CodeAnalysis.SuppressMessage(\"{Repository.Rule(id).Descriptor.Category}\", \"{id}\")]",
            (CSharpParseOptions)project.ParseOptions!, path: "/0/Suppressed.cs", cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await Driver(compilation.AddSyntaxTrees(attribute), options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken), d => d.Id == id);

        var config = project.AnalyzerConfigDocuments.Single();
        var text = (await config.GetTextAsync(TestContext.Current.CancellationToken)).ToString();
        var off = project.Solution.WithAnalyzerConfigDocumentText(config.Id, SourceText.From($"{text}\n[*]\ndotnet_diagnostic.{id}.severity = none\n")).GetProject(project.Id)!;
        var silent = (await off.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        Assert.DoesNotContain(await Driver(silent, off.AnalyzerOptions, except: id).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken), d => d.Id == id);
    }

    [Fact]
    public async Task A_method_may_be_suppressed_by_attribute()
    {
        const string marked = """
            public static class Training
            {
                [System.Diagnostics.CodeAnalysis.SuppressMessage("TrainLint.TrainingStep", "TL0701", Justification = "On purpose.")]
                public static void Accumulate(IEnumerable<(Tensor x, Tensor y)> data, Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer)
                {
                    foreach (var (x, y) in data)
                    {
                        functional.mse_loss(model.forward(x), y).backward();
                        optimizer.step();
                    }
                }
            }
            """;
        await Verifier.Silent("TL0701", marked);
        await Assert.ThrowsAsync<VerificationException>(() => Verifier.Silent("TL0701", marked.Replace("\"TL0701\"", "\"TL0702\"", StringComparison.Ordinal)));
    }

    /// <summary>Each statement is cut in its middle, as it stands there while it is typed: no rule finds anything that it does not find in the whole program.</summary>
    [Fact]
    public async Task A_half_typed_statement_brings_nothing_up()
    {
        var cuts = new List<(string Program, TextSpan Statement, int From)>();
        foreach (var program in Programs())
            foreach (var statement in CSharpSyntaxTree.ParseText(program, cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<StatementSyntax>().Where(s => !s.DescendantNodes().Any(n => n is StatementSyntax)))
            {
                var tokens = statement.DescendantTokens().ToList();
                if (tokens.Count > 3) cuts.Add((program, statement.Span, tokens[tokens.Count / 2].Span.End));
            }

        var step = Math.Max(1, cuts.Count / Cuts);
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(cuts.Where((_, i) => i % step == 0), TestContext.Current.CancellationToken, async (cut, cancellation) =>
        {
            var half = cut.Program[..cut.From] + cut.Program[cut.Statement.End..];

            // Where the half happens to be a statement as well, it means what it says.
            var member = CSharpSyntaxTree.ParseText(half, cancellationToken: cancellation).GetRoot(cancellation).FindToken(cut.Statement.Start).Parent!.FirstAncestorOrSelf<MemberDeclarationSyntax>();
            if (member is null or GlobalStatementSyntax ? !CSharpSyntaxTree.ParseText(half, cancellationToken: cancellation).GetDiagnostics(cancellation).Any() : !member.ContainsDiagnostics) return;
            foreach (var id in (await In(half, member)).Except(await In(cut.Program, null)))
                failures.Add($"{id} by: {half[cut.Statement.Start..cut.From]}");
        });
        Assert.Empty(failures);

        // What stands in the member that is typed, and all there is where none is named.
        async Task<List<string>> In(string text, MemberDeclarationSyntax? member) =>
        [
            .. (await Driver(Compile(text), new AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken))
                .Where(d => d.Location.SourceTree?.FilePath == "Program.cs" && (member is null or GlobalStatementSyntax || member.Span.Contains(d.Location.SourceSpan))).Select(d => d.Id),
        ];
    }

    private static IEnumerable<string> Programs()
    {
        var pages = Repository.Rules.Select(r => Repository.CodeBlocks(Repository.Read(Repository.PagePath(r.Id)))[0]).Select(code => TestProgram.Parse(code, VerifyOptions.Default)).Where(p => p.Files.Length == 1).Select(p => p.Files[0].Text);
        return [.. pages.Distinct()];
    }

    private static CSharpCompilation Compile(string text) => CSharpCompilation.Create("Typing",
        TestProgram.Parse("public class Nothing;", VerifyOptions.Default).Support.Append(new TestFile("Program.cs", text, [])).Select(f => CSharpSyntaxTree.ParseText(f.Text, path: f.Name)),
        References.WithTorchSharp, new CSharpCompilationOptions(OutputKind.ConsoleApplication));

    // The violation on the page of a rule, which has settings of its own on some pages.
    private static async Task<(Project Project, ImmutableArray<Diagnostic> Found, Compilation Compilation, AnalyzerOptions Options)> Violation(AdhocWorkspace workspace, string id)
    {
        var (program, options) = PageTests.Violation(id);
        var project = program.ToProject(workspace, options);
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        var found = await Driver(compilation, project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return (project, [.. found.Where(d => d.Id == id)], compilation, project.AnalyzerOptions);
    }

    // Rules that are off by default are on, by an option of the compilation that goes before every .editorconfig.
    private static CompilationWithAnalyzers Driver(Compilation compilation, AnalyzerOptions options, string? except = null)
    {
        var analyzer = new TrainLintAnalyzer();
        var on = analyzer.SupportedDiagnostics.Where(d => !d.IsEnabledByDefault && d.Id != except).Select(d => d.Id).Distinct().Select(id => KeyValuePair.Create(id, ReportDiagnostic.Info));
        return compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(on)).WithAnalyzers([analyzer], options);
    }

    private static List<string> Texts(IEnumerable<Diagnostic> diagnostics) => [.. diagnostics.Select(Text).Order(StringComparer.Ordinal)];

    private static string Text(Diagnostic diagnostic) => $"{diagnostic.Location.GetLineSpan()} {diagnostic.Id}: {diagnostic.GetMessage(null)}";
}
