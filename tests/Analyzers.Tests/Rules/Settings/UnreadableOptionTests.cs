using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace TrainLint.Analyzers.Tests.Rules.Settings;

public class UnreadableOptionTests
{
    private const string Id = "TL0001";

    private const string Program = """
        // top-level
        var net = Linear(2, 1);
        var adam = optim.Adam(net.parameters());
        Console.WriteLine(adam);
        """;

    private static readonly string Marked = Program.Replace("var net", "[|var|] net", StringComparison.Ordinal);

    private static VerifyOptions With(string option, string? message = null) => new() { EditorConfig = option + "\n", Message = message };

    [Theory]
    [InlineData("trainlint.TL0101.adam_max = high", "'trainlint.TL0101.adam_max = high' in .editorconfig is ignored: a number from 0 to 1000000000000 is wanted, so the default 0.1 holds")]
    [InlineData("trainlint.TL0101.adam_max = -1", "'trainlint.TL0101.adam_max = -1' in .editorconfig is ignored: a number from 0 to 1000000000000 is wanted, so the default 0.1 holds")]
    [InlineData("trainlint.TL0102.min = NaN", "'trainlint.TL0102.min = NaN' in .editorconfig is ignored: a number from 0 to 1 is wanted, so the default 1E-08 holds")]
    [InlineData("trainlint.TL0101.adam = 1", "'trainlint.TL0101.adam = 1' in .editorconfig is ignored: TL0101 has no option of that name, but trainlint.TL0101.adam_max, trainlint.TL0101.rmsprop_max, trainlint.TL0101.adagrad_max, trainlint.TL0101.sgd_max")]
    [InlineData("trainlint.TL0401.max = 1", "'trainlint.TL0401.max = 1' in .editorconfig is ignored: TL0401 has no options")]
    [InlineData("trainlint.TL9999.max = 1", "'trainlint.TL9999.max = 1' in .editorconfig is ignored: there is no rule TL9999")]
    [InlineData("trainlint.tl9999 = 1", "'trainlint.TL9999 = 1' in .editorconfig is ignored: there is no rule TL9999")]
    [InlineData("trainlint.TL0101.adam_max = 0,1", "'trainlint.TL0101.adam_max = 0,1' in .editorconfig is ignored: a number from 0 to 1000000000000 is wanted, so the default 0.1 holds")]
    public Task Warns_of_what_cannot_be_read(string option, string message) => Verifier.Warns(Id, Marked, message, options: With(option));

    [Theory]
    [InlineData("trainlint.TL0101.adam_max = 0.5")]
    [InlineData("TrainLint.tl0101.Adam_Max = 5e-1")]
    [InlineData("trainlint.TL0602.max = 65536")]
    [InlineData("dotnet_diagnostic.TL0101.severity = none")]
    [InlineData("")]
    public Task Silent_on_what_can_be_read(string option) => Verifier.Silent(Id, Program, With(option));

    [Fact]
    public Task Warns_once_for_all_files() => Verifier.Warns(Id, """
        // file: A.g.cs
        internal static class Generated { }
        // file: B.cs
        [|internal|] static class First { }
        // file: C.cs
        internal static class Second { }
        // file: Program.cs
        // top-level
        Console.WriteLine();
        """, options: With("trainlint.TL0101.adam_max = high"));

    [Fact]
    public Task Warns_of_each_option() => Verifier.Warns(Id, "// top-level\n{|TL0001:[|var|]|} net = Linear(2, 1);\nConsole.WriteLine(net);",
        options: With("trainlint.TL0101.adam_max = high\ntrainlint.TL0101.sgd_max = higher"));

    // The package shows the compiler the files themselves.
    [Theory]
    [InlineData("[*.cs]\ntrainlint.TL0101.adam_max = high # quick\n", "(1,0)-(1,32) Warning 'trainlint.TL0101.adam_max = high' in .editorconfig is ignored: a number from 0 to 1000000000000 is wanted, so the default 0.1 holds")]
    [InlineData("[*.cs]\n\n  trainlint.tl9999.max: 1\n", "(2,2)-(2,25) Warning 'trainlint.TL9999.max = 1' in .editorconfig is ignored: there is no rule TL9999")]
    [InlineData("[*.cs]\ntrainlint.TL0101.adam_max = high\ndotnet_diagnostic.TL0001.severity = error\n", "(1,0)-(1,32) Error 'trainlint.TL0101.adam_max = high' in .editorconfig is ignored: a number from 0 to 1000000000000 is wanted, so the default 0.1 holds")]
    [InlineData("[*.cs]\ntrainlint.TL0101.adam_max = high\ndotnet_diagnostic.TL0001.severity = none\n", "")]
    [InlineData("[*.cs]\ntrainlint.TL0101.adam_max = 0.5\n", "")]
    [InlineData("[other/*.cs]\ntrainlint.TL0101.adam_max = high\n", "")]
    [InlineData("[*.cs]\n# trainlint.TL0101.adam_max = high\n", "")]
    public async Task Names_the_line_of_the_file_where_it_can_be_read(string config, string found)
    {
        using var workspace = new AdhocWorkspace();
        var project = TestProgram.Parse(Program, VerifyOptions.Default).ToProject(workspace, VerifyOptions.Default);
        var solution = project.Solution.RemoveAnalyzerConfigDocument(project.AnalyzerConfigDocuments.Single().Id)
            .AddAnalyzerConfigDocument(DocumentId.CreateNewId(project.Id), ".editorconfig", SourceText.From("root = true\n" + config), filePath: "/0/.editorconfig")
            .AddAdditionalDocument(DocumentId.CreateNewId(project.Id), ".editorconfig", SourceText.From(config), filePath: "/0/.editorconfig");
        project = solution.GetProject(project.Id)!;
        var compilation = (await project.GetCompilationAsync(TestContext.Current.CancellationToken))!;
        var all = await compilation.WithAnalyzers([new TrainLintAnalyzer()], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.Equal(found, string.Join("\n", all.Where(d => d.Id == Id).Select(d => $"{d.Location.GetLineSpan().Span} {d.Severity} {d.GetMessage(null)}")));
        Assert.All(all.Where(d => d.Id == Id), d => Assert.Equal("/0/.editorconfig", d.Location.GetLineSpan().Path));
    }
}
