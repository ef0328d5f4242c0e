using Xunit;

namespace TrainLint.Package.Tests;

public class InstallTests
{
    private const string Backward = "    loss.backward();\n";

    private const string Program = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        var model = Linear(8, 1);
        var optimizer = optim.SGD(model.parameters(), 0.01);

        for (var i = 0; i < 100; i++)
        {
            var loss = functional.mse_loss(model.forward(rand(16, 8)), rand(16, 1));
            loss.backward();
            optimizer.step();
        }

        """;

    [Fact]
    public async Task Installed_it_warns_and_mends()
    {
        using var consumer = await Consumer.Create(Program);

        var line = 1 + Program[..Program.IndexOf(Backward, StringComparison.Ordinal)].Count(c => c == '\n');
        var warning = Assert.Single(Warnings(await consumer.Build()));
        Assert.Contains($"Program.cs({line},5): warning TL0701: ", warning, StringComparison.Ordinal);
        Assert.Contains("(https://github.com/trainlint/trainlint/blob/main/docs/rules/TL0701.md)", warning, StringComparison.Ordinal);

        await consumer.Format("TL0701");
        Assert.Empty(Warnings(await consumer.Build()));
        var mended = (await File.ReadAllTextAsync(consumer.Program, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n");
        var added = mended.Split('\n').Except(Program.Split('\n'));
        Assert.Equal(["    optimizer.zero_grad();"], added);
        Assert.Equal(Program, mended.Replace("    optimizer.zero_grad();\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Japanese_builds_show_Japanese_messages()
    {
        const string message = "warning TL0701: 'loss.backward()' の実行時に、'optimizer' は前のバッチの勾配をまだ保持しています。";
        using var consumer = await Consumer.Create(Program);
        Assert.Contains(message, Assert.Single(Warnings(await consumer.Build("-p:PreferredUILang=ja-JP"))), StringComparison.Ordinal);
        consumer.Language = "ja";
        Assert.Contains(message, Assert.Single(Warnings(await consumer.Build())), StringComparison.Ordinal);
    }

    // The build says each warning twice: where it happens and in its summary.
    private static IEnumerable<string> Warnings(string output) => output.Split('\n').Where(l => l.Contains(": warning ", StringComparison.Ordinal)).Select(l => l.Trim()).Distinct();
}
