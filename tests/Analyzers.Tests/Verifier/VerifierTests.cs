using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace TrainLint.Analyzers.Tests;

/// <summary>Each misbehaviour of a rule or of a fix fails the verification, and says which one it is.</summary>
public class VerifierTests
{
    private const string Before = """
        public class C
        {
            public void bad() { }
            public void good() { }
            public void M()
            {
                [|bad()|];
                [|bad()|];
            }
        }
        """;

    private const string After = """
        public class C
        {
            public void bad() { }
            public void good() { }
            public void M()
            {
                good();
                good();
            }
        }
        """;

    public enum Fault
    {
        None,

        // of the rule
        Throws,
        ReportsAtTheEnd,
        ReportsGeneratedCode,
        ReportsWithoutLibrary,
        IgnoresPragma,
        WideSpan,
        SharesState,
        OtherRuleToo,

        // of the fix
        NotOffered,
        ChangesNothing,
        BreaksTheBuild,
        AddsAWarning,
        AddsAFinding,
        DoesNotConverge,
        OtherText,
        OtherTree,
        NoKey,
        NoFixAll,
        FixAllOfOne,
        FixAllOfAnother,
        AddsAFile,
    }

    [Fact]
    public Task A_good_rule_with_a_good_fix_passes() => With(Fault.None).Fix(Before, After);

    [Theory]
    [InlineData(Fault.Throws, "The analyzer crashed")]
    [InlineData(Fault.Throws, "on purpose")]
    [InlineData(Fault.ReportsAtTheEnd, "not local")]
    [InlineData(Fault.ReportsGeneratedCode, "the code is generated")]
    [InlineData(Fault.ReportsWithoutLibrary, "TorchSharp is not referenced")]
    [InlineData(Fault.IgnoresPragma, "a pragma disables it")]
    [InlineData(Fault.WideSpan, "not reported: T1 at /0/Test.cs(7,9) 'bad()'")]
    [InlineData(Fault.WideSpan, "not expected: T1 at /0/Test.cs(7,9) 'bad();'")]
    [InlineData(Fault.WideSpan, "            bad();\n            ^^^^^^ T1: 'bad' is bad\n")]
    [InlineData(Fault.SharesState, "is reported 2 times on the program, and 2 times on two copies")]
    [InlineData(Fault.NotOffered, "No fix is offered")]
    [InlineData(Fault.ChangesNothing, "changes nothing")]
    [InlineData(Fault.DoesNotConverge, "does not converge")]
    [InlineData(Fault.NoKey, "no equivalence key")]
    [InlineData(Fault.NoFixAll, "has no fix-all")]
    [InlineData(Fault.FixAllOfOne, "Fix all in document gives another text")]
    [InlineData(Fault.FixAllOfAnother, "Fix all in document gives another text")]
    [InlineData(Fault.OtherText, "One fix after the other gives another text in /0/Test.cs")]
    [InlineData(Fault.OtherText, "The first difference is in line 7")]
    [InlineData(Fault.AddsAFile, "adds or removes a file")]
    public async Task A_misbehaviour_fails(Fault fault, string saying) =>
        Assert.Contains(saying, (await Assert.ThrowsAsync<VerificationException>(() => With(fault).Fix(Before, After))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Fault.BreaksTheBuild, "missing()", "The compiler complains of the fixed code")]
    [InlineData(Fault.AddsAWarning, "old()", "The compiler complains of the fixed code")]
    [InlineData(Fault.OtherTree, "this.good()", "differs from what its text means")]
    [InlineData(Fault.AddsAFinding, "worse()", "The fixed code has a new finding")]
    public async Task A_fix_that_harms_fails(Fault fault, string result, string saying)
    {
        const string more = "public class C\n{\n    public void worse() { }\n    [Obsolete] public void old() { }";
        var (before, after) = (Before.Replace("public class C\n{", more, StringComparison.Ordinal), After.Replace("public class C\n{", more, StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<VerificationException>(() => With(fault).Fix(before, after.Replace("    good();", "    " + result + ";", StringComparison.Ordinal)));
        Assert.Contains(saying, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_that_nothing_is_reported_at_fails() =>
        await Fails("not reported: T1", () => With(Fault.None).Warns("public class C { void good() { [|good()|]; } }"));

    [Fact]
    public async Task A_report_where_nothing_is_marked_fails()
    {
        await Fails("not expected: T1", () => With(Fault.None).Silent("public class C { void bad() { bad(); } }"));
        await Fails("No place is marked", () => With(Fault.None).Warns("public class C { void good() { good(); } }"));
        await Fails("Silence has no marks", () => With(Fault.None).Silent("public class C { void bad() { [|bad()|]; } }"));
    }

    [Fact]
    public async Task The_source_must_compile()
    {
        await Fails("does not compile", () => With(Fault.None).Silent("public class C { void M() { missing(); } }"));
        await With(Fault.None).Silent("public class C { void M() { {|CS0103:missing|}(); } }");
        await Fails("The compiler does not report", () => With(Fault.None).Silent("public class C { void M() { {|CS0103:M|}(); } }"));
    }

    [Fact]
    public async Task Message_and_severity_are_compared()
    {
        await With(Fault.None, new() { Message = "'bad' is bad", Severity = DiagnosticSeverity.Warning }).Warns(Before);
        await Fails("has another message", () => With(Fault.None, new() { Message = "'bad' is good" }).Warns(Before));
        await Fails("is reported as Warning, expected was Info", () => With(Fault.None, new() { Severity = DiagnosticSeverity.Info }).Warns(Before));
        await With(Fault.None, new() { Severity = DiagnosticSeverity.Info, EditorConfig = "dotnet_diagnostic.T1.severity = suggestion" }).Warns(Before);
        await With(Fault.None, new() { EditorConfig = "dotnet_diagnostic.T1.severity = none" }).Silent(Before.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Additional_locations_are_compared()
    {
        const string one = "public class C { public void {|#0:bad|}() { [|bad()|]; } }";
        await With(Fault.None).Warns(one);
        await Fails("other additional locations than #0", () => With(Fault.None).Warns("public class {|#0:C|} { public void bad() { [|bad()|]; } }"));
        await Fails("Name those of each", () => With(Fault.None).Warns("public class C { public void {|#0:bad|}() { [|bad()|]; [|bad()|]; } }"));
        await With(Fault.None, new() { AdditionalLocations = [[0], [0]] }).Warns("public class C { public void {|#0:bad|}() { [|bad()|]; [|bad()|]; } }");
        await Fails("other additional locations than", () => With(Fault.None, new() { AdditionalLocations = [[]] }).Warns("public class C { public void bad() { [|bad()|]; } }"));
    }

    [Fact]
    public async Task Other_rules_are_compared_on_demand()
    {
        await With(Fault.OtherRuleToo).Fix(Before, After);
        await Fails("not expected: T2", () => With(Fault.OtherRuleToo, new() { All = true }).Warns("public class C { void bad() { [|bad()|]; } }"));
        await With(Fault.OtherRuleToo, new() { All = true }).Warns("public class C { void bad() { {|T2:[|bad()|]|}; } }");
    }

    [Fact]
    public async Task No_fix_means_none()
    {
        await With(Fault.NotOffered).NoFix(Before);
        await Fails("A fix is offered", () => With(Fault.None).NoFix(Before));
        await Fails("same text", () => With(Fault.None).Fix(Before, Before));
    }

    [Fact]
    public async Task One_of_several_actions_is_chosen()
    {
        static string Named(string text) => text.Replace("good", "fine", StringComparison.Ordinal);
        await With(Fault.None, new() { ActionKey = "Fine" }).Fix(Named(Before), Named(After));
        await With(Fault.None, new() { ActionIndex = 1 }).Fix(Named(Before), Named(After));
        await Fails("No fix is offered", () => With(Fault.None, new() { ActionKey = "Better" }).Fix(Before, After));
    }

    [Fact]
    public async Task A_project_may_lack_the_library()
    {
        await With(Fault.None, new() { WithoutTorchSharp = true }).Silent("public class C { void bad() { bad(); } }");
        await Fails("not expected", () => With(Fault.ReportsWithoutLibrary, new() { WithoutTorchSharp = true }).Silent("public class C { void bad() { bad(); } }"));
        await Fails("does not compile", () => With(Fault.None, new() { WithoutTorchSharp = true }).Silent("public class C { Tensor? t; }"));
    }

    [Fact]
    public async Task What_cannot_be_fixed_stays_marked()
    {
        const string before = "public class C { public void bad() { } public void good() { } void M() { [|bad()|]; /* keep */ [|this.bad()|]; } }";
        const string after = "public class C { public void bad() { } public void good() { } void M() { good(); /* keep */ {0}; } }";
        await With(Fault.None).Fix(before, after.Replace("{0}", "[|this.bad()|]", StringComparison.Ordinal));
        await Fails("is still reported", () => With(Fault.None).Fix(before, after.Replace("{0}", "this.bad()", StringComparison.Ordinal)));
    }

    [Fact]
    public Task Several_files_are_one_program() => With(Fault.None).Fix(
        """
        // file: A.cs
        namespace First;

        public class A
        {
            public static void bad() { }
            public static void good() { }
        }
        // file: B.cs
        using static First.A;

        public class B
        {
            void M() => [|bad()|];
            void N() => [|bad()|];
        }
        // file: C.cs
        using static First.A;

        public class C
        {
            void M() => [|bad()|];
        }
        """,
        """
        // file: B.cs
        using static First.A;

        public class B
        {
            void M() => good();
            void N() => good();
        }
        // file: C.cs
        using static First.A;

        public class C
        {
            void M() => good();
        }
        """);

    [Fact]
    public Task Statements_are_put_into_a_training_method() => With(Fault.None).Fix(
        """
        void bad() { }
        void good() { }
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            await Task.Yield();
            [|bad()|];
        }
        """,
        """
        void bad() { }
        void good() { }
        foreach (var (x, y) in data)
        {
            optimizer.zero_grad();
            criterion.forward(model.forward(x), y).backward();
            optimizer.step();
            await Task.Yield();
            good();
        }
        """);

    [Fact]
    public Task Statements_may_have_an_optimizer_of_their_own() =>
        With(Fault.None).Silent("using var optimizer = torch.optim.SGD(model.parameters(), 1.0);\noptimizer.step();");

    [Fact]
    public async Task Top_level_statements_are_a_program()
    {
        await With(Fault.None).Warns("// top-level\nvoid bad() { }\n[|bad()|];");
        await With(Fault.None).Warns("using System.Text;\nvoid bad() { }\n[|bad()|];\nConsole.WriteLine(new StringBuilder());");
    }

    [Fact]
    public void Marks_nest_and_are_added_back()
    {
        var (code, marks) = Markup.Parse("a {|TL0701:b [|c|] d|} {|#12:e|} { f => [g] }");
        Assert.Equal("a b c d e { f => [g] }", code);
        Assert.Equal([new Mark("TL0701", new TextSpan(2, 5)), new Mark(null, new TextSpan(4, 1)), new Mark("#12", new TextSpan(8, 1))], marks);
        Assert.Equal("a [|b [|c|] d|]", Markup.Add("a b c d", [new TextSpan(2, 5), new TextSpan(4, 1)]));
        Assert.Throws<ArgumentException>(() => Markup.Parse("[|a"));
        Assert.Throws<ArgumentException>(() => Markup.Parse("a|]"));
        Assert.Throws<ArgumentException>(() => Markup.Parse("{|T1:a|]"));
    }

    private static async Task Fails(string saying, Func<Task> verification) =>
        Assert.Contains(saying, (await Assert.ThrowsAsync<VerificationException>(verification)).Message, StringComparison.Ordinal);

    private static Verification With(Fault fault, VerifyOptions? options = null) => new(new BadCalls(fault), [new GoodCalls(fault)], "T1", options ?? VerifyOptions.Default);

#pragma warning disable RS1001, RS2008 // Made by hand, for these tests only.

    /// <summary>Reports calls of a method named bad; a second rule reports those of one named worse.</summary>
    private sealed class BadCalls(Fault fault) : DiagnosticAnalyzer
    {
        private readonly DiagnosticDescriptor bad = new("T1", "Bad call", "'{0}' is bad", "Test",
            fault == Fault.IgnoresPragma ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, true,
            customTags: fault == Fault.IgnoresPragma ? [WellKnownDiagnosticTags.NotConfigurable] : []);

        private readonly DiagnosticDescriptor worse = new("T2", "Worse call", "'{0}' is worse", "Test", DiagnosticSeverity.Warning, false);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [bad, worse];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(fault == Fault.ReportsGeneratedCode ? GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics : GeneratedCodeAnalysisFlags.None);
            context.RegisterCompilationStartAction(Start);
        }

        private void Start(CompilationStartAnalysisContext start)
        {
            if (start.Compilation.GetTypeByMetadataName("TorchSharp.torch") is null && fault != Fault.ReportsWithoutLibrary)
                return;
            var seen = 0;
            var later = new ConcurrentBag<Diagnostic>();
            start.RegisterOperationAction(context =>
            {
                var call = (IInvocationOperation)context.Operation;
                if (call.TargetMethod.Name == "worse" || (call.TargetMethod.Name == "bad" && fault == Fault.OtherRuleToo))
                    context.ReportDiagnostic(Diagnostic.Create(worse, call.Syntax.GetLocation(), call.TargetMethod.Name));
                if (call.TargetMethod.Name != "bad")
                    return;
                if (fault == Fault.Throws)
                    throw new InvalidOperationException("on purpose");
                if (fault == Fault.SharesState && Interlocked.Increment(ref seen) > 2)
                    return;
                var place = fault == Fault.WideSpan ? call.Syntax.Parent! : call.Syntax;
                var diagnostic = Diagnostic.Create(bad, place.GetLocation(), call.TargetMethod.Locations, call.TargetMethod.Name);
                if (fault == Fault.ReportsAtTheEnd)
                    later.Add(diagnostic);
                else
                    context.ReportDiagnostic(diagnostic);
            }, OperationKind.Invocation);
            start.RegisterCompilationEndAction(end =>
            {
                foreach (var diagnostic in later)
                    end.ReportDiagnostic(diagnostic);
            });
        }
    }

#pragma warning restore RS1001, RS2008

    /// <summary>Makes bad() good(); leaves this.bad() alone.</summary>
    private sealed class GoodCalls(Fault fault) : CodeFixProvider
    {
        private int count;

        public override ImmutableArray<string> FixableDiagnosticIds => ["T1"];

        public override FixAllProvider? GetFixAllProvider() => fault switch
        {
            Fault.NoFixAll => null,
            Fault.FixAllOfOne => FixAllProvider.Create(async (context, document, diagnostics) => await Mend(document, diagnostics[..1])),
            _ => WellKnownFixAllProviders.BatchFixer,
        };

        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken))!;
            if (fault == Fault.NotOffered || root.FindNode(context.Span) is not InvocationExpressionSyntax { Expression: IdentifierNameSyntax })
                return;
            var key = fault switch
            {
                Fault.NoKey => null,
                Fault.FixAllOfAnother => "Good" + Interlocked.Increment(ref count),
                _ => "Good",
            };
            if (fault == Fault.AddsAFile)
                context.RegisterCodeFix(CodeAction.Create("Call good()", _ => Task.FromResult(context.Document.Project.AddDocument("More.cs", "").Project.Solution), key), context.Diagnostics);
            else
                context.RegisterCodeFix(CodeAction.Create("Call good()", _ => Mend(context.Document, [.. context.Diagnostics])!, key), context.Diagnostics);
            context.RegisterCodeFix(CodeAction.Create("Call fine()", _ => Mend(context.Document, [.. context.Diagnostics], "fine")!, "Fine"), context.Diagnostics);
        }

        private async Task<Document?> Mend(Document document, ImmutableArray<Diagnostic> diagnostics, string good = "good")
        {
            var root = (await document.GetSyntaxRootAsync())!;
            var calls = diagnostics.Select(d => root.FindNode(d.Location.SourceSpan)).OfType<InvocationExpressionSyntax>();
            return document.WithSyntaxRoot(root.ReplaceNodes(calls, (call, _) => fault switch
            {
                Fault.ChangesNothing => call,
                Fault.BreaksTheBuild => Called("missing"),
                Fault.AddsAWarning => Called("old"),
                Fault.AddsAFinding => Called("worse"),
                Fault.OtherText => Called("good").WithTrailingTrivia(SyntaxFactory.Comment("/* mended */")),
                Fault.DoesNotConverge => Called("bad").WithTrailingTrivia(SyntaxFactory.Comment($"/* {Interlocked.Increment(ref count)} */")),
                Fault.OtherTree => Called("this.good"), // one identifier with a dot in it
                _ => Called(good),
            }));

            static InvocationExpressionSyntax Called(string name) => SyntaxFactory.InvocationExpression(SyntaxFactory.IdentifierName(name));
        }
    }
}
