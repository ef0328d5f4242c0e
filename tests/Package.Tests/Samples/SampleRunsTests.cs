using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Xunit;

namespace TrainLint.Package.Tests.Samples;

/// <summary>The samples train, on the stand-in for TorchSharp and on drawn clothes: the mended one learns, the broken one shows what its mistakes cost.</summary>
public partial class SampleRunsTests
{
    // Scores that went through softmax once more leave cross entropy no lower value for ten classes.
    private static readonly double Floor = Math.Log(Math.E + 9) - 1;

    [Fact]
    public async Task The_mended_sample_learns()
    {
        var said = await Run(Sample.Mended);
        Assert.StartsWith("This run computes with the stand-in for TorchSharp", said, StringComparison.Ordinal);
        var epochs = Epochs(said);
        Assert.Equal(4, epochs.Count);
        Assert.True(epochs[^1].Loss < epochs[0].Loss / 3, said);
        Assert.True(epochs[^1].Accuracy > 85, said);
    }

    [Fact]
    public async Task The_broken_sample_hits_its_floor()
    {
        var said = await Run(Sample.Broken);
        var epochs = Epochs(said);
        Assert.Equal(4, epochs.Count);
        Assert.All(epochs, e => Assert.True(e.Loss > Floor, said));
        // It falls by a fraction of what it should.
        Assert.True(epochs[^1].Loss > epochs[0].Loss / 2, said);
    }

    /// <summary>What the sample prints. It runs in a thread of its own, because the broken one leaves it without gradients.</summary>
    private static async Task<string> Run(string sample)
    {
        using var workspace = new AdhocWorkspace();
        using var image = new MemoryStream();
        var compilation = (await Sample.Load(workspace, sample).GetCompilationAsync(TestContext.Current.CancellationToken))!;
        Assert.True(compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        var main = System.Reflection.Assembly.Load(image.ToArray()).EntryPoint!;

        var folder = Directory.CreateTempSubdirectory("trainlint-");
        var (screen, here) = (Console.Out, Environment.CurrentDirectory);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Exception? failure = null;
        try
        {
            Console.SetOut(output);
            Environment.CurrentDirectory = folder.FullName;
            var thread = new Thread(() => failure = Record.Exception(() => main.Invoke(null, [Array.Empty<string>()])));
            thread.Start();
            thread.Join();
        }
        finally
        {
            Environment.CurrentDirectory = here;
            Console.SetOut(screen);
            folder.Delete(recursive: true);
        }

        Assert.True(failure is null, $"{failure}\n{output}");
        return output.ToString();
    }

    private static List<(double Loss, double Accuracy)> Epochs(string said) =>
        [.. Epoch().Matches(said).Select(m => (double.Parse(m.Groups["loss"].Value, CultureInfo.CurrentCulture), double.Parse(m.Groups["accuracy"].Value, CultureInfo.CurrentCulture)))];

    [GeneratedRegex(@"^epoch +\d+  loss (?<loss>\S+)  accuracy (?<accuracy>[\d.,]+)", RegexOptions.Multiline)]
    private static partial Regex Epoch();
}
