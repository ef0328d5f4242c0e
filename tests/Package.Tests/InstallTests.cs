using Xunit;

namespace TrainLint.Package.Tests;

[Collection(SharedConsumer.Name)]
public class InstallTests(ConsumerFixture fixture)
{
    private readonly Consumer consumer = fixture.Consumer;

    [Fact]
    public async Task Installed_it_warns_and_mends()
    {
        await consumer.Start(Programs.Training);
        var warning = Assert.Single(consumer.Complaints(await consumer.Build()));
        Assert.StartsWith($"Program.cs({Programs.LineOf("loss.backward();")},5): warning TL0701: ", warning, StringComparison.Ordinal);
        Assert.Contains("(https://github.com/trainlint/trainlint/blob/main/docs/rules/TL0701.md)", warning, StringComparison.Ordinal);

        await consumer.Format("TL0701");
        Assert.Empty(consumer.Complaints(await consumer.Build()));
        var mended = (await File.ReadAllTextAsync(consumer.Program, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var added = mended.Split('\n').Except(Programs.Training.Split('\n'));
        Assert.Equal(["    optimizer.zero_grad();"], added);
        Assert.Equal(Programs.Training, mended.Replace("    optimizer.zero_grad();\n", "", StringComparison.Ordinal));

        // Nothing of it reaches the program.
        var outputs = Directory.GetFiles(Path.Combine(consumer.Folder, "bin"), "*", SearchOption.AllDirectories);
        Assert.Contains(outputs, f => f.EndsWith("Consumer.deps.json", StringComparison.Ordinal));
        Assert.DoesNotContain(outputs, f => Path.GetFileName(f).Contains("TrainLint", StringComparison.OrdinalIgnoreCase));
        Assert.All(outputs.Where(f => f.EndsWith(".json", StringComparison.Ordinal)), f => Assert.DoesNotContain("TrainLint", File.ReadAllText(f), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Japanese_builds_show_Japanese_messages()
    {
        const string message = "warning TL0701: 'loss.backward()' の実行時に、'optimizer' は前のバッチの勾配をまだ保持しています。";
        await consumer.Start(Programs.Training);
        Assert.Contains(message, Assert.Single(consumer.Complaints(await consumer.Build("-p:PreferredUILang=ja-JP"))), StringComparison.Ordinal);
        consumer.Language = "ja";
        try
        {
            Assert.Contains(message, Assert.Single(consumer.Complaints(await consumer.Build())), StringComparison.Ordinal);
        }
        finally
        {
            consumer.Language = "en";
        }
    }

    /// <summary>docs/configuration.md: a mode, what goes before it, and what cannot be read.</summary>
    [Fact]
    public async Task A_mode_and_the_settings_of_the_project_take_effect()
    {
        await consumer.Start(Programs.Training,
            (".editorconfig", "root = true\n[*.cs]\ndotnet_analyzer_diagnostic.category-TrainLint.Resources.severity = none\ntrainlint.TL0101.adam_max = high\n"),
            (".globalconfig", "is_global = true\ntrainlint.TL9999.max = 1\n"));
        var said = consumer.Complaints(await consumer.Build("-p:TrainLintMode=recommended")).ConvertAll(c => c[..(c.IndexOf(": ", c.IndexOf("TL", StringComparison.Ordinal), StringComparison.Ordinal))]);
        Assert.Equal(
        [
            ".editorconfig(4,1): warning TL0001",
            ".globalconfig(2,1): warning TL0001",
            $"Program.cs({Programs.LineOf("var loss")},16): warning TL1001",
            $"Program.cs({Programs.LineOf("loss.backward();")},5): warning TL0701",
        ], said.Order(StringComparer.Ordinal));

        await consumer.Start(Programs.Training);
        Assert.Empty(consumer.Complaints(await consumer.Build("-p:TrainLintMode=None")));

        said = consumer.Complaints(await consumer.Build("-p:TrainLintMode=Strict"));
        Assert.Equal(2, said.Count);
        Assert.Contains(said, c => c.Contains("warning TL0701", StringComparison.Ordinal));
        Assert.Contains(said, c => c.StartsWith("Consumer.csproj : warning TL0001: 'TrainLintMode = Strict' is ignored: there is no such mode, so Default holds; the modes are Minimum, Default, Recommended, All and None", StringComparison.Ordinal));
    }

    /// <summary>The general rules are the real ones of the SDK, with TrainLint's suppressions and without.</summary>
    [Fact]
    public async Task General_rules_are_taken_back()
    {
        string[] rules = ["CA1806", "CA2000", "CA2213", "IDE0044", "IDE0058", "IDE0059"];
        await consumer.Start(Programs.Habits, (".editorconfig", "root = true\n[*.cs]\n" + string.Concat(rules.Select(r => $"dotnet_diagnostic.{r}.severity = warning\n"))
            + "dotnet_code_quality.CA1806.additional_use_results_methods = M:TorchSharp.torch.Tensor.add_(TorchSharp.torch.Tensor)\ndotnet_analyzer_diagnostic.category-TrainLint.Resources.severity = none\n"));
        string[] build = ["-p:EnforceCodeStyleInBuild=true", "-p:TrainLintMode=Minimum"];
        var with = Ids(await consumer.Build(build));
        var without = Ids(await consumer.Build([.. build, $"-p:NoWarn={string.Join("%3B", Enumerable.Range(1, 8).Select(i => $"TLS{i:0000}"))}"]));
        Assert.Empty(with);
        Assert.Equal([.. rules[..3], "CS8618", .. rules[3..]], without);

        List<string> Ids(string output) => [.. consumer.Complaints(output).Select(c => c.Split(": warning ")[1].Split(':')[0]).Distinct().Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task A_program_of_one_file_has_it_too()
    {
        Assert.Contains("`#:package TrainLint@*`", Repository.Read("README.md"), StringComparison.Ordinal);

        // Beside the project, with the same source of packages. The native compiler, which such programs are published with, is not asked for.
        var folder = Directory.CreateDirectory(Path.Combine(consumer.Folder, "single")).FullName;
        foreach (var file in new[] { "NuGet.config", "Directory.Build.targets", "Directory.Packages.props" })
            File.Copy(Path.Combine(consumer.Folder, file), Path.Combine(folder, file));
        await consumer.Write("single/Directory.Build.props", $"<Project><PropertyGroup><PublishAot>false</PublishAot></PropertyGroup><ItemGroup><Reference Include=\"TorchSharp\" HintPath=\"{Repository.TorchSharp}\" /></ItemGroup></Project>\n");
        await consumer.Write("single/train.cs", $"#:package TrainLint@*\n{Programs.Training}");
        try
        {
            var (code, output) = await consumer.Shell("cd single && dotnet build train.cs");
            Assert.True(code == 0, output);
            Assert.Contains($"train.cs({Programs.LineOf("loss.backward();") + 1},5): warning TL0701: ", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
