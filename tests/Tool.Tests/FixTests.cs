using TrainLint.Tool.Output;
using Xunit;

namespace TrainLint.Tool.Tests;

public sealed class FixTests
{
    private static readonly string[] Applied = ["TL0103", "TL0104", "TL0301", "TL0401", "TL0601", "TL0701", "TL0702", "TL0703", "TL0704", "TL0705", "TL0706", "TL1104"];

    [Fact]
    public async Task A_dry_run_changes_nothing_and_prints_what_patch_understands()
    {
        using var folder = new Folder().Copy("samples/BrokenTraining");
        var before = Texts(folder);
        var (code, output, errors) = await Tool.RunLoose("fix", folder.Path, "--dry-run", "--ids", "TL0701,TL0601");

        Assert.Equal(CommandLine.Found, code);
        Assert.StartsWith("2 would be mended", errors, StringComparison.Ordinal);
        Assert.Equal(before, Texts(folder));
        Assert.Equal(2, output.Split('\n').Count(l => l.StartsWith("+++ ", StringComparison.Ordinal)));
        Assert.Contains("\n+            optimizer.zero_grad();\n", output, StringComparison.Ordinal);
        Assert.Equal(["+            optimizer.zero_grad();", "+using var trainLoader = DataLoader(new FashionDataset(folder, \"train\"), 128, device: device, shuffle: true);"], output.Split('\n').Where(l => l.StartsWith('+') && !l.StartsWith("+++", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_mended_is_found_no_more()
    {
        using var folder = new Folder().Copy("samples/BrokenTraining");
        var (code, output, _) = await Tool.RunLoose("fix", folder.Path, "--yes");

        Assert.Equal(CommandLine.Clean, code);
        Assert.Equal(Applied, output.Split('\n').Where(l => l.Contains(": mended ", StringComparison.Ordinal)).Select(l => l.Split(": mended ")[1][..6]).Order(StringComparer.Ordinal));
        Assert.Equal("Nothing found.", (await Tool.RunLoose("check", folder.Path, "--level", "warning")).Output.Trim());
    }

    [Fact]
    public async Task Line_endings_and_a_byte_order_mark_stay()
    {
        using var folder = new Folder();
        var text = "using static TorchSharp.torch;\r\nvar model = nn.Linear(4, 2);\r\nvar optimizer = optim.Adam(model.parameters(), 1e-3);\r\nfor (var i = 0; i < 9; i++)\r\n{\r\n    var loss = model.forward(randn(8, 4)).mean();\r\n    loss.backward();\r\n    optimizer.step();\r\n    System.Console.WriteLine(loss.item<float>());\r\n}\r\n";
        var path = folder.Write("train.cs", "");
        File.WriteAllText(path, text, new System.Text.UTF8Encoding(true));
        await Tool.RunLoose("fix", path, "--yes", "--ids", "TL0701");

        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(path)[..3]);
        Assert.Equal(text.Replace("    loss.backward();\r\n", "    optimizer.zero_grad();\r\n    loss.backward();\r\n", StringComparison.Ordinal), File.ReadAllText(path));
    }

    [Fact]
    public async Task Nobody_is_asked_where_nobody_can_answer()
    {
        Assert.SkipWhen(!Console.IsInputRedirected, "somebody could answer");
        using var folder = new Folder().Copy("samples/BrokenTraining");
        var (code, _, errors) = await Tool.RunLoose("fix", folder.Path);

        Assert.Equal(CommandLine.Wrong, code);
        Assert.Contains("--yes", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nb\nc\n", "a\nb\nc\n", "")]
    [InlineData("a\nb\nc\n", "a\nx\nc\n", "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n")]
    [InlineData("", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n")]
    [InlineData("a", "a\nb", "--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n")]
    [InlineData("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "--- a/f\n+++ b/f\n@@ -7,3 +7,4 @@\n 7\n 8\n 9\n+10\n")]
    public void Differences_are_in_the_unified_format(string before, string after, string expected) => Assert.Equal(expected, Diff.Unified("f", before, after));

    private static Dictionary<string, string> Texts(Folder folder) => Directory.EnumerateFiles(folder.Path, "*.cs", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllText);
}
