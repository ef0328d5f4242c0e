using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Suppressors;
using Xunit;

namespace TrainLint.Analyzers.Tests.Suppressors;

/// <summary>
/// What is taken back and what stays. CS8618 is the compiler's own. For the other rules a stand-in reports at the marks, where the real ones
/// do: these belong to a newer Roslyn, and the package's tests let them run in a build.
/// </summary>
public class TrainLintSuppressorTests
{
    [Theory]
    [InlineData("[|x.add_(1)|];")]
    [InlineData("[|x?.add_(1)|];")]
    [InlineData("[|optimizer.step()|];")]
    [InlineData("[|model.to(CPU)|];")]
    [InlineData("[|manual_seed(1)|];")]
    [InlineData("[|nn.init.kaiming_uniform_(x)|];")]
    [InlineData("[|nn.utils.clip_grad_norm_(model.parameters(), 1.0)|];")]
    [InlineData("[|model.load(\"a.dat\")|];")]
    public Task Calls_for_their_effect(string statement) => Suppressed(Body(statement), "IDE0058", "CA1806");

    [Theory]
    [InlineData("[|x.add(1)|];")]
    [InlineData("[|x.to(CPU)|];")]
    [InlineData("[|model.parameters()|];")]
    [InlineData("[|Own.add_(x)|];")]
    public Task Calls_for_their_result(string statement) => Kept(Body(statement), "IDE0058", "CA1806");

    [Theory]
    [InlineData("var [|guard|] = no_grad();")]
    [InlineData("var [|guard = no_grad()|];")]
    [InlineData("IDisposable [|guard|] = NewDisposeScope();")]
    [InlineData("IDisposable? guard = null; [|guard|] = inference_mode();")]
    public Task Guards(string statement) => Suppressed(Body(statement), "IDE0059");

    [Theory]
    [InlineData("var [|sum|] = x.sum();")]
    [InlineData("var [|stream|] = new MemoryStream();")]
    public Task Other_values(string statement) => Kept(Body(statement), "IDE0059");

    [Fact]
    public Task Components_that_are_not_readonly() => Suppressed(Class("private Module<Tensor, Tensor> [|fc|] = Linear(1, 1); private Parameter [|w|] = new(zeros(1)); private Tensor [|mean|] = zeros(1);"), "IDE0044");

    [Fact]
    public Task Other_fields_of_a_module() => Kept(Class("private int [|steps|] = 1; private static Tensor [|shared|] = zeros(1);"), "IDE0044");

    [Fact]
    public Task A_field_outside_of_a_module() => Kept("public class Trainer { private Module<Tensor, Tensor> [|model|] = Linear(1, 1); }", "IDE0044");

    [Theory]
    [InlineData("using var scope = NewDisposeScope(); var mask = [|Own.CreateMask()|];")]
    [InlineData("using (NewDisposeScope()) { if (x is not null) { var mask = [|Own.CreateMask()|]; } }")]
    public Task Tensors_in_a_scope(string statements) => Suppressed(Body(statements), "CA2000");

    [Theory]
    [InlineData("var mask = [|Own.CreateMask()|];")]
    [InlineData("using (NewDisposeScope()) { } var mask = [|Own.CreateMask()|];")]
    [InlineData("using var scope = NewDisposeScope(); void Later() { var mask = [|Own.CreateMask()|]; } Later();")]
    [InlineData("using var scope = NewDisposeScope(); var weight = [|new Parameter(x)|];")]
    [InlineData("using var scope = NewDisposeScope(); var stream = [|new MemoryStream()|];")]
    [InlineData("using var guard = no_grad(); var mask = [|Own.CreateMask()|];")]
    public Task Tensors_in_no_scope(string statements) => Kept(Body(statements), "CA2000");

    [Theory]
    [InlineData("var all = Sequential((\"net\", [|new Net()|]), (\"more\", Linear(1, 1)));")]
    [InlineData("var list = new ModuleList<Module<Tensor, Tensor>>([|new Net()|]);")]
    [InlineData("var net = [|new Net()|]; var all = Sequential(net, Linear(1, 1));")]
    [InlineData("var weight = new Parameter([|Own.CreateMask()|]);")]
    public Task What_a_module_owns(string statements) => Suppressed(Body(statements), "CA2000");

    [Theory]
    [InlineData("var net = [|new Net()|];")]
    [InlineData("var net = [|new Net()|]; Console.WriteLine(net);")]
    [InlineData("Own.Show([|new Net()|]);")]
    public Task What_no_module_owns(string statements) => Kept(Body(statements), "CA2000");

    [Fact]
    public Task Registered_components_that_base_disposes() => Suppressed(Class("""
        private readonly Module<Tensor, Tensor> [|fc|] = Linear(1, 1);
        private readonly Tensor [|mean|] = zeros(1);
        protected override void Dispose(bool disposing) => base.Dispose(disposing);
        """), "CA2213");

    [Fact]
    public Task Components_that_base_is_not_asked_to_dispose() => Kept(Class("private readonly Module<Tensor, Tensor> [|fc|] = Linear(1, 1); protected override void Dispose(bool disposing) { }"), "CA2213");

    [Fact]
    public Task A_stream_of_a_module() => Kept(Class("private readonly Stream [|log|] = new MemoryStream(); protected override void Dispose(bool disposing) => base.Dispose(disposing);"), "CA2213");

    [Theory]
    [InlineData("Build();", "private void Build() { fc = Linear(1, 1); }")]
    [InlineData("Build();", "private void Build() => fc = Linear(1, 1);")]
    [InlineData("this.Build(2);", "private void Build(int n) { Console.WriteLine(n); this.fc = Linear(n, 1); }")]
    public async Task Components_that_the_constructor_has_made(string calls, string method) => Assert.All(await OfTheCompiler(calls, method), d => Assert.True(d.IsSuppressed));

    [Theory]
    [InlineData("", "")]
    [InlineData("Build();", "private void Build() { }")]
    [InlineData("", "private void Build() { fc = Linear(1, 1); }")]
    [InlineData("if (Environment.Is64BitProcess) Build();", "private void Build() { fc = Linear(1, 1); }")]
    [InlineData("Build();", "private void Build() { if (Environment.Is64BitProcess) fc = Linear(1, 1); }")]
    [InlineData("Build();", "private void Build() { if (Environment.Is64BitProcess) return; fc = Linear(1, 1); }")]
    [InlineData("if (Environment.Is64BitProcess) return; Build();", "private void Build() { fc = Linear(1, 1); }")]
    [InlineData("Build();", "private void Build() { Module<Tensor, Tensor> fc; fc = Linear(1, 1); Console.WriteLine(fc); }")]
    [InlineData("Build();", "private void Build() { fc = null!; }")]
    [InlineData("Build();", "protected virtual void Build() { fc = Linear(1, 1); }")]
    [InlineData("Build(new Net2());", "private static void Build(Net2 other) { other.fc = Linear(1, 1); }")]
    public async Task Components_that_the_constructor_may_leave_out(string calls, string method) => Assert.All(await OfTheCompiler(calls, method), d => Assert.False(d.IsSuppressed));

    [Fact]
    public async Task Nothing_is_taken_back_without_the_library()
    {
        var (compilation, spans, options) = await Compile("public class Owner { private string [|name|] = \"\"; }", new() { WithoutTorchSharp = true });
        Assert.All(await Analyze(compilation, spans, options, "IDE0044"), d => Assert.False(d.IsSuppressed));
    }

    [Fact]
    public async Task Whoever_wants_the_warning_back_gets_it()
    {
        var (compilation, spans, options) = await Compile(Body("[|x.add_(1)|];"), VerifyOptions.Default);
        var found = await Analyze(compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions([KeyValuePair.Create("TLS0001", ReportDiagnostic.Suppress)])), spans, options, "IDE0058");
        Assert.All(found, d => Assert.False(d.IsSuppressed));
    }

    [Fact]
    public void The_table_is_in_order()
    {
        Assert.Equal(Enumerable.Range(1, Suppressions.All.Length).Select(i => $"TLS{i:0000}"), Suppressions.All.Select(s => s.Id));
        Assert.All(Suppressions.All, s => Assert.False(s.Justification.EndsWith('.')));
    }

    private static string Body(string statements) => $$"""
        public static class Own
        {
            public static Tensor add_(Tensor t) => t;
            public static Tensor CreateMask() => zeros(1);
            public static void Show(Module m) { }
            public static void Run(Tensor x, Module<Tensor, Tensor> model, torch.optim.Optimizer optimizer)
            {
                {{statements}}
            }
        }

        public class Net() : Module<Tensor, Tensor>("Net")
        {
            public override Tensor forward(Tensor input) => input;
        }
        """;

    private static string Class(string members) => $$"""
        public class Net2 : Module<Tensor, Tensor>
        {
            {{members}}
            public Net2() : base("Net2") => RegisterComponents();
            public override Tensor forward(Tensor input) => input;
        }
        """;

    private static async Task<List<Diagnostic>> OfTheCompiler(string calls, string method)
    {
        var (compilation, _, options) = await Compile($$"""
            public class Net2 : Module<Tensor, Tensor>
            {
                private Module<Tensor, Tensor> fc;
                public Net2() : base("Net2") { {{calls}} RegisterComponents(); }
                {{method}}
                public override Tensor forward(Tensor input) => fc.forward(input);
            }
            """, VerifyOptions.Default);
        var found = (await Analyze(compilation, [], options, "none")).Where(d => d.Id == "CS8618").ToList();
        Assert.NotEmpty(found);
        return found;
    }

    private static async Task Suppressed(string source, params string[] ids) => await Check(source, true, ids);

    private static async Task Kept(string source, params string[] ids) => await Check(source, false, ids);

    private static async Task Check(string source, bool suppressed, string[] ids)
    {
        var (compilation, spans, options) = await Compile(source, VerifyOptions.Default);
        Assert.NotEmpty(spans);
        foreach (var id in ids)
        {
            var found = (await Analyze(compilation, spans, options, id)).Where(d => d.Id == id).ToList();
            Assert.Equal(spans.Length, found.Count);
            Assert.All(found, d => Assert.Equal(suppressed, d.IsSuppressed));
        }
    }

    private static async Task<(Compilation Compilation, ImmutableArray<TextSpan> Spans, AnalyzerOptions Options)> Compile(string source, VerifyOptions options)
    {
        using var workspace = new AdhocWorkspace();
        var program = TestProgram.Parse(source, options);
        var project = program.ToProject(workspace, options);
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        return (compilation, [.. program.Files[0].Marks.Select(m => m.Span)], project.AnalyzerOptions);
    }

    private static async Task<IEnumerable<Diagnostic>> Analyze(Compilation compilation, ImmutableArray<TextSpan> spans, AnalyzerOptions options, string id)
    {
        var driver = compilation.WithAnalyzers([new StandIn(id, spans), new TrainLintSuppressor()],
            new CompilationWithAnalyzersOptions(options, onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true));
        var found = await driver.GetAllDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(found, d => d.Id == "AD0001");
        return found;
    }

#pragma warning disable RS1001, RS1017, RS1036, RS2008 // No analyzer of ours: it says what another would.
    private sealed class StandIn(string id, ImmutableArray<TextSpan> spans) : DiagnosticAnalyzer
    {
#pragma warning disable RS0030
        private readonly DiagnosticDescriptor descriptor = new(id, "A stand-in", "A stand-in", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true);
#pragma warning restore RS0030

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [descriptor];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxTreeAction(tree =>
            {
                if (!tree.Tree.FilePath.EndsWith("Test.cs", StringComparison.Ordinal)) return;
                foreach (var span in spans)
                    tree.ReportDiagnostic(Diagnostic.Create(descriptor, Location.Create(tree.Tree, span)));
            });
        }
    }
#pragma warning restore RS1001, RS1017, RS1036, RS2008
}
