using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TrainLint.Analyzers.Tests.Contract;
using TrainLint.Analyzers.Tests.Mutation;

namespace TrainLint.Analyzers.Tests.Fuzz;

/// <summary>A program of which one file is edited: a clean program, a code block of a page, a file of a sample, or odd code.</summary>
internal sealed class FuzzProgram
{
    private static readonly AdhocWorkspace Workspace = new();

    private readonly Lazy<Document> document;

    private FuzzProgram(string name, TestProgram program, VerifyOptions options, TestFile file)
    {
        (Name, Text) = (name, file.Text);
        document = new(() =>
        {
            lock (Workspace)
                return program.ToProject(Workspace, options).Documents.First(d => d.FilePath == file.Path);
        });
    }

    /// <summary>Everything there is to edit, in an order that does not depend on the machine.</summary>
    public static IEnumerable<FuzzProgram> All() =>
        CleanProgram.All.Values.SelectMany(p => Of(p.Name, p.Text))
            .Concat(Repository.Rules.SelectMany(r => Repository.CodeBlocks(Repository.Read(Repository.PagePath(r.Id))).SelectMany((code, i) => Of($"{r.Id}.{i}", code))))
            .Concat(new[] { "BrokenTraining", "MendedTraining" }.SelectMany(sample => Of(sample, Sample(sample))))
            .Concat(OddCode.All.SelectMany(odd => Of(odd.Name, odd.Code)));

    /// <summary>One program for each file of a source.</summary>
    public static IEnumerable<FuzzProgram> Of(string name, string source, VerifyOptions? options = null)
    {
        options ??= VerifyOptions.Default;
        var program = TestProgram.Parse(source, options);
        return program.Files.Select(file => new FuzzProgram(program.Files.Length == 1 ? name : $"{name}/{file.Name}", program, options, file));
    }

    public string Name { get; }

    /// <summary>The text of the file that is edited.</summary>
    public string Text { get; }

    /// <summary>The program with another text in that file.</summary>
    public Project With(string text) => text == Text ? document.Value.Project : document.Value.WithText(SourceText.From(text, Encoding.UTF8)).Project;

    private static string Sample(string name)
    {
        var folder = Repository.PathOf($"samples/{name}");
        var files = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => path.Split('/')[0] is not ("bin" or "obj")).Order(StringComparer.Ordinal);
        return string.Concat(files.Select(path => $"// file: {path}\n{File.ReadAllText(Path.Combine(folder, path))}\n"));
    }
}
