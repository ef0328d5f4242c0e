using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests;

/// <summary>One verification: an analyzer, its fixes and the rule that is looked at. <see cref="Verifier"/> is the way in.</summary>
internal sealed class Verification(DiagnosticAnalyzer analyzer, ImmutableArray<CodeFixProvider> fixes, string id, VerifyOptions options)
{
    private readonly ImmutableArray<CodeFixProvider> fixes = [.. fixes.Where(f => f.FixableDiagnosticIds.Contains(id))];

    private readonly DiagnosticDescriptor rule = analyzer.SupportedDiagnostics.FirstOrDefault(d => d.Id == id)
        ?? throw new VerificationException($"No rule {id}.");

    public async Task Silent(string source)
    {
        if (TestProgram.Parse(source, options).Files.Any(f => f.Marks.Any(IsDiagnostic)))
            throw new VerificationException("Silence has no marks. Use Warns or Fix.");
        using var workspace = new AdhocWorkspace();
        await Reports(workspace, source);
    }

    public async Task Warns(string source)
    {
        using var workspace = new AdhocWorkspace();
        await ReportsSomething(workspace, source);
    }

    public async Task NoFix(string source)
    {
        using var workspace = new AdhocWorkspace();
        var (program, project, found) = await ReportsSomething(workspace, source);
        foreach (var diagnostic in found)
        {
            if ((await Actions(project, diagnostic)).FirstOrDefault() is { Action: { } action })
                throw VerificationException.At($"A fix is offered where none was expected: '{action.Title}'.", program.Files, [diagnostic]);
        }
    }

    public async Task Fix(string before, string after)
    {
        using var workspace = new AdhocWorkspace();
        var (program, project, found) = await ReportsSomething(workspace, before);
        var expected = TestProgram.Parse(after, options);
        if (program.Files.All(f => f.Text == Expected(expected, f)))
            throw new VerificationException("Before and after are the same text. Where no fix is expected, use NoFix.");

        var mended = await OneByOne(program, project, found.Count);
        await SameText("One fix after the other", program, expected, mended);
        await Fixed(program, expected, project, mended);
        foreach (var scope in new[] { FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution })
            await SameText($"Fix all in {scope.ToString().ToLowerInvariant()}", program, expected, await FixAll(project, scope));
    }

    /// <summary>All diagnostics of the analyzer, by file and place, looked for by many threads or by one. A crash of the analyzer is a failure.</summary>
    public async Task<ImmutableArray<Diagnostic>> Analyze(Compilation compilation, AnalyzerOptions analyzerOptions, bool concurrent = true, CancellationToken cancellation = default)
    {
        var all = await Driver(compilation, analyzerOptions, concurrent).GetAnalyzerDiagnosticsAsync(cancellation);
        var crash = all.FirstOrDefault(d => d.Id == "AD0001");
        return crash is null ? Ordered(all) : throw new VerificationException("The analyzer crashed. " + crash.GetMessage(null) + "\n" + crash.Descriptor.Description);
    }

    private static ImmutableArray<Diagnostic> Ordered(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Location.SourceSpan.End).ThenBy(d => d.Id, StringComparer.Ordinal)];

    private CompilationWithAnalyzers Driver(Compilation compilation, AnalyzerOptions analyzerOptions, bool concurrent = true)
    {
        // Rules that are off by default are on, at their own severity.
        var enabled = analyzer.SupportedDiagnostics.Where(d => !d.IsEnabledByDefault).DistinctBy(d => d.Id).ToDictionary(d => d.Id, d => d.DefaultSeverity switch
        {
            DiagnosticSeverity.Error => ReportDiagnostic.Error,
            DiagnosticSeverity.Warning => ReportDiagnostic.Warn,
            DiagnosticSeverity.Info => ReportDiagnostic.Info,
            _ => ReportDiagnostic.Hidden,
        });
        return compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(enabled)).WithAnalyzers([analyzer],
            new CompilationWithAnalyzersOptions(analyzerOptions, onAnalyzerException: null, concurrentAnalysis: concurrent, logAnalyzerExecutionTime: false));
    }

    private bool IsDiagnostic(Mark mark) => !mark.IsLocation && !mark.IsCompiler && (options.All || (mark.Key ?? id) == id);

    private bool IsLookedAt(Diagnostic diagnostic) => options.All || diagnostic.Id == id;

    private async Task<(TestProgram Program, Project Project, IReadOnlyList<Diagnostic> Found)> ReportsSomething(Workspace workspace, string source)
    {
        var result = await Reports(workspace, source);
        return result.Found.Count > 0 ? result : throw new VerificationException("No place is marked and none is reported. Use Silent.");
    }

    /// <summary>The analyzer's half: what it reports on the source and on all that can be made of it without asking.</summary>
    private async Task<(TestProgram Program, Project Project, IReadOnlyList<Diagnostic> Found)> Reports(Workspace workspace, string source)
    {
        var program = TestProgram.Parse(source, options);
        var project = program.ToProject(workspace, options);
        var compilation = (await project.GetCompilationAsync())!;
        CompilesAsMarked(program, compilation);

        var all = await Analyze(compilation, project.AnalyzerOptions);
        AsMarked(program, [.. all.Where(IsLookedAt)]);
        if (!all.IsEmpty)
        {
            await NothingWhere("the code is generated", program, Prefixed(compilation, "// <auto-generated/>\n"), project, _ => true);
            await NothingWhere("TorchSharp is not referenced", program, compilation.RemoveReferences(compilation.References.Where(r => r == References.TorchSharpOf(options.TorchSharpVersion))), project, _ => true);
            await NothingWhere("a pragma disables it", program, Prefixed(compilation, $"#pragma warning disable {id}\n"), project, d => d.Id == id);
        }

        await TwinsAlike(program, compilation, project, all);
        var found = all.Where(d => d.Id == id).ToList();
        await Local(program, compilation, project, found);
        return (program, project, found);
    }

    private static void CompilesAsMarked(TestProgram program, Compilation compilation)
    {
        var marked = program.Files.SelectMany(f => f.Marks.Where(m => m.IsCompiler).Select(m => (m.Key!, f.Path, m.Span))).ToHashSet();
        var errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        var unexpected = errors.Where(d => !marked.Contains((d.Id, d.Location.SourceTree?.FilePath ?? "", d.Location.SourceSpan))).ToList();
        if (unexpected.Count > 0)
            throw VerificationException.At("The source does not compile: " + unexpected[0], program.Files, unexpected);
        if (errors.Count < marked.Count)
            throw VerificationException.At("The compiler does not report each marked error.", program.Files, errors);
    }

    private void AsMarked(TestProgram program, ImmutableArray<Diagnostic> found)
    {
        var expected = program.Files.SelectMany(f => f.Marks.Where(IsDiagnostic).Select(m => (Id: m.Key ?? id, f.Path, m.Span)))
            .OrderBy(e => e.Path, StringComparer.Ordinal).ThenBy(e => e.Span.Start).ThenBy(e => e.Span.End).ThenBy(e => e.Id, StringComparer.Ordinal).ToList();
        var actual = found.Select(d => (d.Id, Path: d.Location.SourceTree?.FilePath ?? "", Span: d.Location.SourceSpan)).ToList();
        if (!expected.SequenceEqual(actual))
        {
            var lines = Without(expected, actual).Select(e => $"  not reported: {e.Id} at {Place(e.Path, e.Span)}")
                .Concat(Without(actual, expected).Select(a => $"  not expected: {a.Id} at {Place(a.Path, a.Span)}"));
            throw VerificationException.At($"{id} does not report what is marked.\n{string.Join("\n", lines)}", program.Files, found);
        }

        foreach (var diagnostic in found.Where(d => d.Id == id))
        {
            var severity = options.Severity ?? rule.DefaultSeverity;
            if (diagnostic.Severity != severity && (options.Severity is not null || options.EditorConfig.Length == 0))
                throw VerificationException.At($"{id} is reported as {diagnostic.Severity}, expected was {severity}.", program.Files, [diagnostic]);
            if (options.Message is { } message && diagnostic.GetMessage(CultureInfo.InvariantCulture) != message)
                throw VerificationException.Difference($"{id} has another message.", message, diagnostic.GetMessage(CultureInfo.InvariantCulture));
        }

        AdditionalLocations(program, [.. found.Where(d => d.Id == id)]);

        string Place(string path, TextSpan span)
        {
            var text = program.Files.FirstOrDefault(f => f.Path == path)?.Text;
            if (text is null)
                return $"a place outside of the test's files ({path})";
            var start = SourceText.From(text).Lines.GetLinePosition(span.Start);
            return $"{path}({start.Line + 1},{start.Character + 1}) '{text[span.Start..span.End]}'";
        }
    }

    private void AdditionalLocations(TestProgram program, ImmutableArray<Diagnostic> found)
    {
        var places = program.Files.SelectMany(f => f.Marks.Where(m => m.IsLocation).Select(m => (Number: int.Parse(m.Key![1..], null), f.Path, m.Span))).OrderBy(p => p.Number).ToList();
        if (places.Count == 0 && options.AdditionalLocations is null)
            return;
        var expected = options.AdditionalLocations ?? [[.. places.Select(p => p.Number)]];
        if (expected.Count != found.Length)
            throw new VerificationException($"Additional locations are expected of {expected.Count} diagnostics, {found.Length} are reported. Name those of each (VerifyOptions.AdditionalLocations).");
        foreach (var (numbers, diagnostic) in expected.Zip(found))
        {
            var wanted = numbers.Select(n => places.Single(p => p.Number == n)).Select(p => (p.Path, p.Span));
            var actual = diagnostic.AdditionalLocations.Select(l => (Path: l.SourceTree?.FilePath ?? "", Span: l.SourceSpan));
            if (!wanted.SequenceEqual(actual))
            {
                var shown = diagnostic.AdditionalLocations.Select(l => Diagnostic.Create(new DiagnosticDescriptor("additional", "", "location", "", DiagnosticSeverity.Info, true), l));
                throw VerificationException.At($"{id} has other additional locations than {string.Join(", ", numbers.Select(n => "#" + n))}.", program.Files, [diagnostic, .. shown]);
            }
        }
    }

    private static IEnumerable<T> Without<T>(IEnumerable<T> items, IEnumerable<T> others)
    {
        var rest = others.ToList();
        return items.Where(item => !rest.Remove(item));
    }

    private static Compilation Prefixed(Compilation compilation, string header)
    {
        foreach (var tree in compilation.SyntaxTrees)
            compilation = compilation.ReplaceSyntaxTree(tree, Parsed(tree, header + tree.GetText(), tree.FilePath));
        return compilation;
    }

    private static SyntaxTree Parsed(SyntaxTree like, string text, string path) => CSharpSyntaxTree.ParseText(text, (CSharpParseOptions)like.Options, path);

    private async Task NothingWhere(string condition, TestProgram program, Compilation compilation, Project project, Func<Diagnostic, bool> looked)
    {
        var found = (await Analyze(compilation, project.AnalyzerOptions)).Where(looked).ToList();
        if (found.Count > 0)
            throw VerificationException.At($"{found[0].Id} is reported although {condition}: {found[0]}", program.Files, []);
    }

    /// <summary>The same program twice, in one compilation: shared state of rules that run at the same time would show.</summary>
    private async Task TwinsAlike(TestProgram program, Compilation compilation, Project project, ImmutableArray<Diagnostic> found)
    {
        if (program.OutputKind != OutputKind.DynamicallyLinkedLibrary)
            return;
        var trees = compilation.SyntaxTrees.Where(t => program.Files.Any(f => f.Path == t.FilePath)).ToList();
        var doubled = compilation.AddSyntaxTrees(trees.Select(t => Parsed(t, Twin((CompilationUnitSyntax)t.GetRoot()), t.FilePath.Replace(TestProgram.Folder, TestProgram.Folder + "Twin/", StringComparison.Ordinal))));
        if (Errors(doubled) > Errors(compilation))
            return; // The program names its own namespace or an assembly-wide thing, and cannot stand twice.
        var both = await Analyze(doubled, project.AnalyzerOptions);
        var (once, twice) = (found.Count(IsLookedAt), both.Count(IsLookedAt));
        if (twice != 2 * once)
            throw VerificationException.At($"{id} is reported {once} times on the program, and {twice} times on two copies of it.", program.Files, both);

        static int Errors(Compilation c) => c.GetDiagnostics().Count(d => d.Severity == DiagnosticSeverity.Error);
    }

    private static string Twin(CompilationUnitSyntax root)
    {
        var text = root.ToFullString();
        if (root.Members is [FileScopedNamespaceDeclarationSyntax own, ..])
            return text.Insert(own.Name.SpanStart, "Twin.");
        var start = root.Members.FirstOrDefault()?.FullSpan.Start ?? root.EndOfFileToken.FullSpan.Start;
        return text[..start] + "namespace Twin\n{\n" + text[start..] + "\n}\n";
    }

    /// <summary>A fix is offered only for what is found while a single file is looked at.</summary>
    private async Task Local(TestProgram program, Compilation compilation, Project project, IEnumerable<Diagnostic> found)
    {
        foreach (var file in found.GroupBy(d => d.Location.SourceTree))
        {
            // The live analysis of an open file: this tree alone, nothing at the compilation's end.
            var driver = Driver(compilation, project.AnalyzerOptions);
            var tree = driver.Compilation.SyntaxTrees.Single(t => t.FilePath == file.Key?.FilePath);
            var local = (await driver.GetAnalyzerSyntaxDiagnosticsAsync(tree, default)).Concat(await driver.GetAnalyzerSemanticDiagnosticsAsync(driver.Compilation.GetSemanticModel(tree), null, default));
            var missing = Without(file.Select(d => d.Location.SourceSpan), local.Where(d => d.Id == id).Select(d => d.Location.SourceSpan)).ToList();
            if (missing.Count > 0)
                throw VerificationException.At($"{id} is not local: analysis of its file alone does not report it, so an editor does not show it.", program.Files, file.Where(d => missing.Contains(d.Location.SourceSpan)));
        }
    }

    private async Task<List<(CodeFixProvider Provider, CodeAction Action)>> Actions(Project project, Diagnostic diagnostic)
    {
        var document = project.Solution.GetDocument(diagnostic.Location.SourceTree)
            ?? throw new VerificationException($"{diagnostic} is in no document.");
        var offered = new List<(CodeFixProvider Provider, CodeAction Action)>();
        foreach (var fix in fixes)
        {
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) =>
            {
                lock (offered)
                    offered.AddRange(Leaves(action).Select(leaf => (fix, leaf)));
            }, default));
        }

        return options.ActionKey is { } key ? [.. offered.Where(o => o.Action.EquivalenceKey == key)] : [.. offered.Skip(options.ActionIndex)];

        static IEnumerable<CodeAction> Leaves(CodeAction action) => action.NestedActions.IsEmpty ? [action] : action.NestedActions.SelectMany(Leaves);
    }

    /// <summary>The first finding with a fix, and what it offers first.</summary>
    public async Task<(ImmutableArray<Diagnostic> Found, CodeFixProvider? Provider, CodeAction? Action)> NextFix(Project project)
    {
        var found = (await Analyze((await project.GetCompilationAsync())!, project.AnalyzerOptions)).Where(d => d.Id == id).ToImmutableArray();
        foreach (var diagnostic in found)
        {
            if (await Actions(project, diagnostic) is [var first, ..])
                return (found, first.Provider, first.Action);
        }

        return (found, null, null);
    }

    /// <summary>The project after the rule's fixes, one after the other, with a judge of what each makes; null where none is offered.</summary>
    public async Task<Project?> Mend(Project project, Func<CodeAction, Project, Task>? judge = null)
    {
        var most = (await NextFix(project)).Found.Length;
        for (var i = 0; ; i++)
        {
            var (_, _, action) = await NextFix(project);
            if (action is null)
                return i > 0 ? project : null;
            if (i == most)
                throw new VerificationException($"The fix does not converge: {most} places were reported, and after {most} fixes one more is offered ('{action.Title}').");
            project = await Applied(project, action);
            if (judge is not null) await judge(action, project);
        }
    }

    private async Task<Project> OneByOne(TestProgram program, Project project, int most)
    {
        for (var i = 0; ; i++)
        {
            var (found, _, action) = await NextFix(project);
            if (action is null)
                return i > 0 ? project : throw VerificationException.At($"No fix is offered for {id}.", program.Files, found);
            if (i == most)
                throw new VerificationException($"The fix does not converge: {most} places were reported, and after {most} fixes one more is offered ('{action.Title}') on\n\n{await Text(project, program)}");
            if (string.IsNullOrEmpty(action.EquivalenceKey))
                throw new VerificationException($"The action '{action.Title}' has no equivalence key, so that it has no fix-all.");
            var next = await Applied(project, action);
            if (await Text(next, program) == await Text(project, program))
                throw VerificationException.At($"The fix '{action.Title}' changes nothing.", program.Files, found);
            project = next;
        }
    }

    private async Task<Project> FixAll(Project project, FixAllScope scope)
    {
        // In a document: one pass for each that has something to fix. Else: one pass.
        HashSet<string> done = [];
        while (true)
        {
            var (found, provider, first) = await NextFix(project);
            var next = scope == FixAllScope.Document ? found.FirstOrDefault(d => !done.Contains(d.Location.SourceTree!.FilePath)) : done.Count == 0 ? found.FirstOrDefault() : null;
            if (next is null || provider is null)
                return project;
            done.Add(next.Location.SourceTree!.FilePath);
            var all = provider.GetFixAllProvider() ?? throw new VerificationException($"{provider.GetType().Name} has no fix-all.");
            if (!all.GetSupportedFixAllScopes().Contains(scope))
                throw new VerificationException($"{provider.GetType().Name} cannot fix all in {scope}.");
            var document = project.Solution.GetDocument(next.Location.SourceTree)!;
            var action = await all.GetFixAsync(new FixAllContext(document, provider, scope, first!.EquivalenceKey, [id], new Known(found), default));
            if (action is not null)
                project = await Applied(project, action);
        }
    }

    private static async Task<Project> Applied(Project project, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(default);
        var changed = operations.OfType<ApplyChangesOperation>().SingleOrDefault()?.ChangedSolution ?? project.Solution;
        var added = changed.GetChanges(project.Solution).GetProjectChanges().SelectMany(c => c.GetAddedDocuments().Concat(c.GetRemovedDocuments())).ToList();
        return added.Count == 0 ? changed.GetProject(project.Id)! : throw new VerificationException($"The fix '{action.Title}' adds or removes a file.");
    }

    /// <summary>Each file once, the test's and those beside it, which no fix may touch.</summary>
    private static async Task<string> Text(Project project, TestProgram program)
    {
        var texts = program.Files.Concat(program.Support).Select(async f => $"{f.Path}\n{await TextOf(project, f)}");
        return string.Join("\n", await Task.WhenAll(texts));
    }

    private static async Task<string> TextOf(Project project, TestFile file) =>
        (await project.Documents.Single(d => d.FilePath == file.Path).GetTextAsync()).ToString();

    private static string Expected(TestProgram expected, TestFile file) => expected.Files.FirstOrDefault(f => f.Name == file.Name)?.Text ?? file.Text;

    private static async Task SameText(string way, TestProgram program, TestProgram expected, Project mended)
    {
        foreach (var file in program.Files.Concat(program.Support))
        {
            var (wanted, actual) = (Expected(expected, file), await TextOf(mended, file));
            if (wanted != actual)
                throw VerificationException.Difference($"{way} gives another text in {file.Path}.", wanted, actual);
        }
    }

    /// <summary>What the fix leaves: it compiles as well as before, is a tree that its own text gives, and has none of the findings and no new one.</summary>
    private async Task Fixed(TestProgram program, TestProgram expected, Project before, Project after)
    {
        foreach (var document in after.Documents)
        {
            var built = (await document.GetSyntaxTreeAsync())!;
            if (!SyntaxFactory.AreEquivalent(built, Parsed(built, built.ToString(), built.FilePath), topLevel: false))
                throw new VerificationException($"The fix built a tree in {document.FilePath} that differs from what its text means:\n\n{built}");
        }

        var (was, now) = ((await before.GetCompilationAsync())!, (await after.GetCompilationAsync())!);
        var files = program.Files.Select(f => f with { Text = Expected(expected, f) }).ToList();
        if (New(was.GetDiagnostics(), now.GetDiagnostics(), d => d.Severity >= DiagnosticSeverity.Warning) is { Count: > 0 } complaints)
            throw VerificationException.At("The compiler complains of the fixed code: " + complaints[0], files, complaints);

        var left = await Analyze(now, after.AnalyzerOptions);
        var wanted = expected.Files.SelectMany(f => f.Marks.Where(m => IsDiagnostic(m) && (m.Key ?? id) == id).Select(m => (f.Path, m.Span)));
        var unexpected = Without(left.Where(d => d.Id == id).Select(d => (Path: d.Location.SourceTree?.FilePath ?? "", Span: d.Location.SourceSpan)), wanted).ToList();
        if (unexpected.Count > 0)
            throw VerificationException.At($"{id} is still reported on the fixed code.", files, left.Where(d => d.Id == id));
        if (New(await Analyze(was, before.AnalyzerOptions), left, d => d.Id != id && d.Severity >= DiagnosticSeverity.Warning) is { Count: > 0 } others)
            throw VerificationException.At("The fixed code has a new finding: " + others[0], files, others);
    }

    private static List<Diagnostic> New(IEnumerable<Diagnostic> before, IEnumerable<Diagnostic> after, Func<Diagnostic, bool> looked)
    {
        var was = before.Where(looked).GroupBy(d => d.Id).ToDictionary(g => g.Key, g => g.Count());
        return [.. after.Where(looked).GroupBy(d => d.Id).Where(g => g.Count() > was.GetValueOrDefault(g.Key)).SelectMany(g => g)];
    }

    private sealed class Known(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return diagnostics.Where(d => d.Location.SourceTree == tree);
        }

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(diagnostics.Where(d => !d.Location.IsInSource));
    }
}
