using System.Text.Json;
using TrainLint.Analyzers;
using Xunit;

namespace TrainLint.Tool.Tests;

public sealed class CheckTests
{
    private const string Training = """
        using TorchSharp;
        using static TorchSharp.torch;

        using var model = nn.Linear(4, 2);
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        for (var i = 0; i < 100; i++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.cross_entropy(model.forward(randn(8, 4)), zeros(8, dtype: ScalarType.Int64));
            loss.backward();
            optimizer.step();
            if (i % 10 == 0) System.Console.WriteLine(loss.item<float>());
        }
        """;

    [Fact]
    public async Task A_project_gives_what_its_build_gives()
    {
        var sample = Tool.PathOf("samples/BrokenTraining");
        var (code, output, errors) = await Tool.Run("check", sample, "--format", "json", "--level", "warning");

        Assert.Equal("", errors);
        Assert.Equal(CommandLine.Found, code);
        var found = Findings(output).Select(f => $"{Path.GetRelativePath(sample, Path.Combine(Directory.GetCurrentDirectory(), f.GetProperty("file").GetString()!)).Replace('\\', '/')}({f.GetProperty("line").GetInt32()}): {f.GetProperty("id").GetString()}");
        Assert.Equal(File.ReadAllLines(Path.Combine(sample, "expected.txt")), found);
    }

    [Fact]
    public async Task A_folder_without_a_project_gives_the_same()
    {
        using var folder = new Folder().Copy("samples/BrokenTraining");
        var (code, output, errors) = await Tool.RunLoose("check", folder.Path, "--level", "warning");

        Assert.Equal("", errors);
        Assert.Equal(CommandLine.Found, code);
        var ids = output.Split('\n').Where(l => l.Contains(": warning TL", StringComparison.Ordinal)).Select(l => l.Split(": warning ")[1][..6]).Order(StringComparer.Ordinal);
        Assert.Equal(File.ReadAllLines(Tool.PathOf("samples/BrokenTraining/expected.txt")).Select(l => l[^6..]).Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Mended_code_is_clean()
    {
        using var folder = new Folder().Copy("samples/MendedTraining");
        var (code, output, errors) = await Tool.RunLoose("check", folder.Path, "--level", "warning");

        Assert.Equal((CommandLine.Clean, "Nothing found.", ""), (code, output.Trim(), errors));
    }

    [Fact]
    public async Task A_file_is_a_program()
    {
        using var folder = new Folder();
        var (code, output, _) = await Tool.RunLoose("check", folder.Write("train.cs", Training));

        Assert.Equal(CommandLine.Found, code);
        Assert.Contains("train.cs(10,5): warning TL0701:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_may_load_and_reference()
    {
        using var folder = new Folder();
        var (_, output, errors) = await Tool.RunLoose("check", folder.Write("train.csx", "#r \"nuget: TorchSharp, 0.105.2\"\n" + Training));

        Assert.Equal("", errors);
        Assert.Contains("train.csx(11,5): warning TL0701:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notebook_names_cell_and_line()
    {
        using var folder = new Folder();
        var (_, output, errors) = await Tool.RunLoose("check", folder.Write("train.ipynb", Notebook), "--format", "json", "--ids", "TL0701");

        Assert.Equal("", errors);
        var finding = Assert.Single(Findings(output));
        Assert.Equal((4, 6), (finding.GetProperty("cell").GetInt32(), finding.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_fix_changes_one_line_of_a_notebook()
    {
        using var folder = new Folder();
        var path = folder.Write("train.ipynb", Notebook);
        var (_, _, _) = await Tool.RunLoose("fix", path, "--yes", "--ids", "TL0701");

        var (before, after) = (Notebook.Split('\n'), File.ReadAllText(path).Split('\n'));
        Assert.Equal(["    \"    optimizer.zero_grad();\\n\","], after.Except(before));
        Assert.Empty(before.Except(after));
        Assert.Empty(Findings((await Tool.RunLoose("check", path, "--format", "json", "--ids", "TL0701")).Output));
    }

    [Fact]
    public async Task Cells_of_an_interactive_notebook_are_read()
    {
        using var folder = new Folder();
        var text = "#!meta\n\n{}\n\n#!csharp\n\n#r \"nuget: TorchSharp\"\n\n#!markdown\n\n# Training\n\n#!csharp\n\n" + Training;
        var (_, output, errors) = await Tool.RunLoose("check", folder.Write("train.dib", text), "--ids", "TL0701");

        Assert.Equal("", errors);
        Assert.Contains("train.dib#cell3(11,5): warning TL0701:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TorchSharp_is_taken_from_the_cache_in_its_newest_version()
    {
        using var folder = new Folder();
        folder.Write("cache/torchsharp/0.99.6/lib/net6.0/TorchSharp.dll", "not an assembly");
        folder.Write("cache/torchsharp/0.105.2/lib/netstandard2.0/x", "");
        File.Copy(Tool.TorchSharp, Path.Combine(folder.Path, "cache/torchsharp/0.105.2/lib/netstandard2.0/TorchSharp.dll"));
        var (code, _, errors) = await Tool.With("NUGET_PACKAGES", Path.Combine(folder.Path, "cache"), () => Tool.Run("check", folder.Write("train.cs", Training)));

        Assert.Equal((CommandLine.Found, ""), (code, errors));
    }

    [Fact]
    public async Task Sarif_knows_every_rule_and_its_page()
    {
        using var folder = new Folder();
        var (_, output, _) = await Tool.RunLoose("check", folder.Write("train.cs", Training), "--format", "sarif");

        var run = JsonDocument.Parse(output).RootElement.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().ToList();
        Assert.Equal(RuleCatalogue.All.Select(r => r.Id), rules.Select(r => r.GetProperty("id").GetString()));
        Assert.All(rules, r => Assert.Equal(Rule.HelpRoot + r.GetProperty("id").GetString() + ".md", r.GetProperty("helpUri").GetString()));
        Assert.All(run.GetProperty("results").EnumerateArray(), r => Assert.Equal(r.GetProperty("ruleId").GetString(), rules[r.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        Assert.Contains(run.GetProperty("results").EnumerateArray(), r => r.GetProperty("ruleId").GetString() == "TL0701" && r.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32() == 10);
    }

    [Fact]
    public async Task GitHub_gets_annotations_and_a_summary()
    {
        using var folder = new Folder();
        var summary = folder.Write("summary.md", "");
        var (_, output, _) = await Tool.With("GITHUB_ACTIONS", "true", () => Tool.With("GITHUB_STEP_SUMMARY", summary, () => Tool.RunLoose("check", folder.Write("train.cs", Training), "--ids", "TL0701")));

        Assert.Matches(@"(?m)^::warning file=[^,]*train\.cs,line=10,col=5,endLine=10,endColumn=20,title=TL0701 .*::'optimizer' still holds", output);
        Assert.Contains("| [TL0701](", folder.Read("summary.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never", CommandLine.Clean)]
    [InlineData("error", CommandLine.Clean)]
    [InlineData("warning", CommandLine.Found)]
    public async Task The_exit_code_is_chosen(string failOn, int expected)
    {
        using var folder = new Folder();
        Assert.Equal(expected, (await Tool.RunLoose("check", folder.Write("train.cs", Training), "--fail-on", failOn)).Code);
    }

    [Fact]
    public async Task What_is_wrong_with_the_input_is_said()
    {
        using var folder = new Folder();
        await Says("does not exist", "check", Path.Combine(folder.Path, "none"));
        await Says("no project, no solution and no C# file", "check", folder.Path);
        await Says("is no C# project", "check", folder.Write("notes.txt", ""));
        await Says("holds no C# cell", "check", folder.Write("python.ipynb", """{"cells":[{"cell_type":"code","source":"import torch"}],"metadata":{"kernelspec":{"language":"python"}}}"""));
        await Says("is no notebook", "check", folder.Write("torn.ipynb", "{"));
        await Says("There is no rule TL9999", "check", folder.Write("train.cs", Training), "--ids", "TL9999", "--reference", Tool.TorchSharp);
        await Says("does not exist", "check", folder.Write("train.cs", Training), "--reference", "none.dll");
        await Says("is not in the NuGet cache", "check", folder.Write("train.cs", Training));
        await Says("SDK was not found", "check", folder.Write("some/some.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"/>"));
        await Says("--whatever", "check", "--whatever");

        async Task Says(string text, params string[] arguments)
        {
            var (code, output, errors) = await Tool.With("NUGET_PACKAGES", folder.Path, () => Tool.With("DOTNET_HOST_PATH", Path.Combine(folder.Path, "no-dotnet"), () => Tool.Run(arguments)));
            Assert.Equal(CommandLine.Wrong, code);
            Assert.Contains(text, errors + output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_project_that_does_not_restore_and_one_without_TorchSharp_say_so()
    {
        using var folder = new Folder();
        var broken = folder.Write("broken/broken.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><RestoreSources>$(MSBuildThisFileDirectory)</RestoreSources></PropertyGroup><ItemGroup><PackageReference Include=\"TorchSharp\" Version=\"0.105.2\"/></ItemGroup></Project>");
        var plain = folder.Write("plain/plain.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks></PropertyGroup></Project>");
        folder.Write("plain/Program.cs", "class Program { static void Main() { } }");

        var (code, _, errors) = await Tool.Run("check", broken);
        Assert.Equal(CommandLine.Wrong, code);
        Assert.Matches("cannot be restored:[\\s\\S]*NU110[0-9][\\s\\S]*TorchSharp", errors);
        (code, _, errors) = await Tool.Run("check", plain);
        Assert.Equal((CommandLine.Wrong, "plain does not reference TorchSharp: there is nothing in it to check."), (code, errors.Trim()));
    }

    private static List<JsonElement> Findings(string json) => [.. JsonDocument.Parse(json).RootElement.GetProperty("findings").EnumerateArray()];

    private const string Notebook = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "metadata": {},
           "source": ["# Training"]
          },
          {
           "cell_type": "code",
           "metadata": {},
           "source": [
            "#r \"nuget: TorchSharp\"\n",
            "using TorchSharp;\n",
            "using static TorchSharp.torch;"
           ]
          },
          {
           "cell_type": "code",
           "metadata": {},
           "source": [
            "class Net : nn.Module<Tensor, Tensor>\n",
            "{\n",
            "    readonly nn.Module<Tensor, Tensor> layer = nn.Linear(4, 2);\n",
            "    public Net() : base(\"net\") { RegisterComponents(); }\n",
            "    public override Tensor forward(Tensor x) => layer.forward(x);\n",
            "}\n",
            "var model = new Net();\n",
            "var optimizer = optim.Adam(model.parameters(), 1e-3);"
           ]
          },
          {
           "cell_type": "code",
           "metadata": {},
           "source": [
            "%time\n",
            "for (var i = 0; i < 100; i++)\n",
            "{\n",
            "    using var scope = NewDisposeScope();\n",
            "    var loss = nn.functional.cross_entropy(model.forward(randn(8, 4)), zeros(8, dtype: ScalarType.Int64));\n",
            "    loss.backward();\n",
            "    optimizer.step();\n",
            "    if (i % 10 == 0) Console.WriteLine(loss.item<float>());\n",
            "}\n",
            "model"
           ]
          }
         ],
         "metadata": { "kernelspec": { "language": "C#", "name": ".net-csharp" } },
         "nbformat": 4,
         "nbformat_minor": 2
        }
        """;
}
