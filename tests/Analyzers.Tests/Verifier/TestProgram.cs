using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TrainLint.Analyzers.Tests;

internal sealed record TestFile(string Name, string Text, IReadOnlyList<Mark> Marks)
{
    public string Path => TestProgram.Folder + Name;
}

/// <summary>
/// What a test writes, made into a program. A source with a type, a namespace or a using directive, or with the first line <c>// top-level</c>,
/// is taken as it is. Anything else is a list of statements and is put into a method that has a model, a criterion, an optimizer and data.
/// Lines <c>// file: Name.cs</c> divide a source into several files.
/// </summary>
internal sealed class TestProgram
{
    public const string Folder = "/0/";

    public const string GlobalUsings = "GlobalUsings.cs";

    private const string FileSeparator = "// file: ";
    private const string TopLevel = "// top-level";

    private const string FrameworkUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        """;

    private const string TorchUsings = """
        global using TorchSharp;
        global using TorchSharp.Modules;
        global using static TorchSharp.torch;
        global using static TorchSharp.torch.nn;

        """;

    private const string Net = """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> first = Linear(4, 8);
            private readonly Module<Tensor, Tensor> norm = BatchNorm1d(8);
            private readonly Module<Tensor, Tensor> dropout = Dropout(0.5);
            private readonly Module<Tensor, Tensor> last = Linear(8, 1);

            public Net() : base(nameof(Net)) => RegisterComponents();

            public override Tensor forward(Tensor input) => last.forward(dropout.forward(norm.forward(first.forward(input)).relu()));
        }

        """;

    private static readonly (string Name, string Declaration)[] Locals =
    [
        ("model", "Module<Tensor, Tensor> model = new Net();"),
        ("criterion", "Loss<Tensor, Tensor, Tensor> criterion = MSELoss();"),
        ("optimizer", "torch.optim.Optimizer optimizer = torch.optim.SGD(model.parameters(), 0.01);"),
    ];

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private TestProgram(ImmutableArray<TestFile> files, ImmutableArray<TestFile> support, OutputKind outputKind) =>
        (Files, Support, OutputKind) = (files, support, outputKind);

    /// <summary>The files of the test.</summary>
    public ImmutableArray<TestFile> Files { get; }

    /// <summary>What was put beside them: global usings and the model of the wrapped ones.</summary>
    public ImmutableArray<TestFile> Support { get; }

    public OutputKind OutputKind { get; }

    public static TestProgram Parse(string source, VerifyOptions options)
    {
        var parts = Split(source).Concat(options.OtherFiles).ToImmutableArray();
        var roots = parts.Select(part => Root(Markup.Parse(part.Text).Code)).ToImmutableArray();
        var wrapped = roots.Select((root, i) => IsStatements(root, parts[i].Text)).ToImmutableArray();

        var files = parts.Select((part, i) =>
        {
            var (code, marks) = Markup.Parse(wrapped[i] ? Wrap(part.Text, roots[i]) : part.Text);
            return new TestFile(part.Name, code, marks);
        }).ToImmutableArray();

        var usesTorch = !options.WithoutTorchSharp && !roots.Any(r => r.Usings.Any(u => u.Name?.ToString().Contains("TorchSharp", StringComparison.Ordinal) == true));
        var support = ImmutableArray.Create(new TestFile(GlobalUsings, usesTorch ? FrameworkUsings + TorchUsings : FrameworkUsings, []));
        if (wrapped.Contains(true))
            support = support.Add(new TestFile("Net.cs", Net, []));

        var topLevel = roots.Where((root, i) => !wrapped[i] && root.Members.Any(SyntaxKind.GlobalStatement)).Any();
        var outputKind = options.OutputKind ?? (topLevel ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary);
        return new TestProgram(files, support, outputKind);
    }

    /// <summary>The program as the project of a workspace of its own.</summary>
    public Project ToProject(Workspace workspace, VerifyOptions options)
    {
        var id = ProjectId.CreateNewId();
        var compilation = new CSharpCompilationOptions(OutputKind, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var info = ProjectInfo.Create(id, VersionStamp.Default, "Test", "Test", LanguageNames.CSharp, compilationOptions: compilation, parseOptions: ParseOptions,
            metadataReferences: (options.WithoutTorchSharp ? References.Framework : References.Framework.Add(References.TorchSharpOf(options.TorchSharpVersion))).AddRange(options.WithRuntime ? References.Runtime : []));
        var solution = workspace.CurrentSolution.AddProject(info)
            .AddAnalyzerConfigDocument(DocumentId.CreateNewId(id), ".editorconfig",
                SourceText.From("root = true\n[*.cs]\nend_of_line = lf\n" + options.EditorConfig), filePath: Folder + ".editorconfig");
        foreach (var file in Files.AddRange(Support))
            solution = solution.AddDocument(DocumentId.CreateNewId(id), file.Name, SourceText.From(file.Text, Encoding.UTF8), filePath: file.Path);
        return solution.GetProject(id)!;
    }

    private static IEnumerable<(string Name, string Text)> Split(string source)
    {
        source = source.ReplaceLineEndings("\n");
        var name = "Test.cs";
        var text = new StringBuilder();
        foreach (var line in source.Split('\n').SkipWhile((line, i) => i == 0 && !source.StartsWith(FileSeparator, StringComparison.Ordinal) && line.Length == 0))
        {
            if (line.StartsWith(FileSeparator, StringComparison.Ordinal))
            {
                if (text.Length > 0)
                    yield return (name, text.ToString());
                name = line[FileSeparator.Length..].Trim();
                text.Clear();
            }
            else
            {
                text.Append(line).Append('\n');
            }
        }

        // A raw string has no line end after its last line; a file has.
        yield return (name, text.ToString().TrimEnd('\n') + "\n");
    }

    private static CompilationUnitSyntax Root(string code) => SyntaxFactory.ParseCompilationUnit(code, options: ParseOptions);

    private static bool IsStatements(CompilationUnitSyntax root, string text) =>
        !text.StartsWith(TopLevel, StringComparison.Ordinal) && !root.Usings.Any() && root.Members.All(m => m is GlobalStatementSyntax) && root.Members.Any();

    private static string Wrap(string statements, CompilationUnitSyntax root)
    {
        var declared = root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)
            && t.Parent is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ParameterSyntax or ForEachStatementSyntax).Select(t => t.ValueText).ToHashSet();
        var isAsync = root.DescendantNodes().Any(n => n is AwaitExpressionSyntax);
        var text = new StringBuilder($$"""
            public static class Training
            {
                public static {{(isAsync ? "async Task" : "void")}} Run(IEnumerable<(Tensor x, Tensor y)> data)
                {

            """);
        foreach (var (name, declaration) in Locals)
        {
            if (!declared.Contains(name))
                text.Append("        ").Append(declaration).Append('\n');
        }

        text.Append('\n');
        foreach (var line in statements.TrimEnd('\n').Split('\n'))
            text.Append(line.Length == 0 ? "" : "        ").Append(line).Append('\n');
        return text.Append("    }\n}\n").ToString();
    }
}
